package backtest

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/picture"
)

func hasPrefix(it item, prefix string) bool { return strings.HasPrefix(it.Subject, prefix) }

// entry decides one entry again and counts what came of it.
func (c *checker) entry(it item) {
	c.found.Entries++
	before, known := c.cases[it.ref]
	if line, err := picture.CaseLine(it.Data); err == nil {
		// The next entry is decided on the case as it is stored, as a leader that takes
		// over does: a difference is told of where it arises and nowhere else.
		c.cases[it.ref] = bytes.Clone(line)
	}
	fault := Fault{Sequence: it.Sequence, Case: it.ref, At: it.Time}
	want, err := picture.Decode(it.Data)
	if err != nil {
		c.found.Different++
		fault.What = "the entry cannot be read"
		c.fault(fault)
		return
	}
	c.found.span(want.At)
	inputs, missing, lacks := c.inputs(want)
	defer c.passed(want.Through)
	fault.At = want.At
	book, ok := it.books.Versions[want.Book]
	if !ok {
		c.found.NoBook++
		return
	}
	older := missing != 0 && missing < c.begins || !known && c.begins > 1
	if lacks == "" {
		books := notifier.Books{Current: book, Versions: it.books.Versions}
		if fault.What, err = decideAgain(before, want, inputs, books, it); err != nil {
			fault.What = err.Error()
		}
	} else {
		fault.What = lacks
	}
	switch {
	case fault.What == "":
		c.found.Same++
		return
	case older:
		c.found.Begun++
		fault.Why = "what it builds on is older than the stream"
	case want.Build != c.build:
		c.found.OtherBuild++
		c.found.Builds = append(c.found.Builds, want.Build)
		slices.Sort(c.found.Builds)
		c.found.Builds = slices.Compact(c.found.Builds)
		fault.Why = "another build of Hearback wrote it"
	default:
		c.found.Different++
	}
	c.fault(fault)
}

// inputs are the inputs that an entry answers; lacks says what is wrong with them, and
// missing is an event that is not there.
func (c *checker) inputs(want notifier.Entry) (inputs []notifier.Input, missing uint64, lacks string) {
	for _, answered := range want.Inputs {
		in := notifier.Input{Sequence: answered.Event, Result: answered.Result, Due: answered.Due}
		if answered.Event != 0 {
			r, there := c.pending[answered.Event]
			if !there {
				missing = answered.Event
				lacks = fmt.Sprintf("it answers event %d, which does not stand before it in the stream or was answered already", answered.Event)
				continue
			}
			c.answered(answered.Event)
			c.found.Answered++
			event, err := events.ParseMessage(r.Subject, r.Header, r.Data)
			if err == nil {
				err = event.Check(r.Time)
			}
			if err != nil {
				lacks = fmt.Sprintf("it answers event %d, which cannot be understood now", answered.Event)
				continue
			}
			in.Event = &event
		}
		inputs = append(inputs, in)
	}
	return inputs, missing, lacks
}

// decideAgain decides an entry again on the case as it was stored before, and says in
// words what is different; nothing where the entry is the same.
func decideAgain(before []byte, want notifier.Entry, inputs []notifier.Input, books notifier.Books, it item) (different string, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("Hearback failed on it: %v", fault)
		}
	}()
	d := notifier.Decision{}
	if d.Case, err = picture.DecodeCase(before); err != nil {
		return "", fmt.Errorf("the case before it cannot be read")
	}
	for _, in := range inputs {
		d = d.Then(notifier.Decide(d.Case, in, books, want.At))
	}
	entry := notifier.NewEntry(d, want.Inputs, want.Book, want.Through, want.At)
	entry.Build = want.Build
	data, _, err := picture.Encode(entry)
	if err != nil {
		return "", fmt.Errorf("what is decided now cannot be written")
	}
	if !bytes.Equal(data, it.Data) {
		return differs(want, entry), nil
	}
	mark, err := picture.ParseMark(it.ref, it.Header)
	if err != nil || !reflect.DeepEqual(mark, picture.MarkOf(&entry.Case, want.Through, mark.Leader)) {
		return "its header does not fit what it says", nil
	}
	return "", nil
}
