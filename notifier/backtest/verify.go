package backtest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hearback/events"
	"hearback/notifier/engine"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// Verified is what came of deciding the whole ledger again.
type Verified struct {
	// Entries of the ledger; each is counted in one of the five that follow.
	Entries int `json:"entries"`
	// Same, byte for byte, header included.
	Same int `json:"same"`
	// Different is what nothing explains.
	Different int `json:"different"`
	// OtherBuild differ and were written by another build of Hearback, which may
	// have decided otherwise.
	OtherBuild int `json:"other_build"`
	// NoBook were decided under a book that is not in the stream, or that this
	// build cannot read.
	NoBook int `json:"no_book"`
	// Begun differ because what they build on is older than the stream.
	Begun int `json:"begun_before"`

	Events int `json:"events"`
	// Answered by an entry; Refused with a reason; Unchanged: a repeat, or a receipt
	// without news; Passed: the ledger says that it was answered, and nothing shows
	// it; Open: newer than the last entry.
	Answered  int `json:"answered"`
	Refused   int `json:"refused"`
	Unchanged int `json:"unchanged"`
	Passed    int `json:"passed_over"`
	Open      int `json:"open"`

	Cases int       `json:"cases"`
	From  time.Time `json:"from,omitzero"`
	To    time.Time `json:"to,omitzero"`
	// Builds are the other builds that wrote entries which differ.
	Builds []string `json:"builds,omitempty"`
	// First are the first faults, in the order of the stream.
	First []Fault `json:"first,omitempty"`
}

// Exact is true where every entry could be decided again and nothing is unexplained.
func (v Verified) Exact() bool { return v.Different == 0 && v.Passed == 0 }

// Fault is an entry that is decided differently now, or an event that was passed over.
type Fault struct {
	Sequence uint64    `json:"sequence"`
	Case     string    `json:"case"`
	At       time.Time `json:"at"`
	// What differs, in words, without what stands in messages and addresses.
	What string `json:"what"`
	// Why it does, where that is known; empty where nothing explains it.
	Why string `json:"why,omitempty"`
}

// faultsMost bounds the faults that are told of.
const faultsMost = 10

// Verify decides every entry of the ledger again, from the inputs that it records,
// the case as the entry before left it and the book that it names, and compares
// what comes of it with what is stored. build is what this program writes into
// entries; see [engine.Config].
func Verify(ctx context.Context, source Source, build string) (Verified, error) {
	checkers := make([]*checker, atOnce())
	workers := make([]func(<-chan []item), len(checkers))
	info, err := source.Info(ctx)
	if err != nil {
		return Verified{}, err
	}
	for i := range checkers {
		checkers[i] = newChecker(build, info.FirstSequence)
		workers[i] = checkers[i].work
	}
	if _, err := deal(ctx, source, []string{events.EventPrefix, events.LedgerPrefix, events.RejectedPrefix}, workers, nil); err != nil {
		return Verified{}, err
	}
	var through uint64
	for _, c := range checkers {
		through = max(through, c.through)
	}
	var all Verified
	for _, c := range checkers {
		c.passed(through)
		c.judge()
		all.add(c.found, len(c.cases), len(c.pending))
	}
	slices.SortFunc(all.First, bySequence)
	all.First = all.First[:min(len(all.First), faultsMost)]
	slices.Sort(all.Builds)
	all.Builds = slices.Compact(all.Builds)
	return all, nil
}

func (v *Verified) add(o Verified, cases, open int) {
	v.Entries += o.Entries
	v.Same += o.Same
	v.Different += o.Different
	v.OtherBuild += o.OtherBuild
	v.NoBook += o.NoBook
	v.Begun += o.Begun
	v.Events += o.Events
	v.Answered += o.Answered
	v.Refused += o.Refused
	v.Unchanged += o.Unchanged
	v.Passed += o.Passed
	v.Open += open
	v.Cases += cases
	v.span(o.From)
	v.span(o.To)
	v.Builds = append(v.Builds, o.Builds...)
	v.First = append(v.First, o.First...)
}

func (v *Verified) span(at time.Time) {
	if at.IsZero() {
		return
	}
	if v.From.IsZero() || at.Before(v.From) {
		v.From = at
	}
	if at.After(v.To) {
		v.To = at
	}
}

// checker decides the entries of some cases again.
type checker struct {
	build string
	// begins is the first sequence that the stream still has.
	begins uint64
	// cases are the last entries' cases, as they are stored.
	cases map[string][]byte
	// pending are the events that no entry has answered yet, oldest first in order;
	// silent are those that left no trace, to be judged at the end.
	pending map[uint64]stream.Record
	order   []uint64
	silent  []silent
	through uint64
	found   Verified
}

func newChecker(build string, begins uint64) *checker {
	return &checker{build: build, begins: begins, cases: map[string][]byte{}, pending: map[uint64]stream.Record{}}
}

func (c *checker) work(queue <-chan []item) {
	for batch := range queue {
		for _, it := range batch {
			c.take(it)
		}
	}
}

func (c *checker) take(it item) {
	switch {
	case hasPrefix(it, events.LedgerPrefix):
		c.entry(it)
	case hasPrefix(it, events.RejectedPrefix):
		if sequence := engine.RefusedSequence(it.Record); c.answered(sequence) {
			c.found.Refused++
		}
	default:
		c.found.Events++
		c.pending[it.Sequence] = it.Record
		c.order = append(c.order, it.Sequence)
	}
}

// answered lets go of an event.
func (c *checker) answered(sequence uint64) bool {
	_, is := c.pending[sequence]
	delete(c.pending, sequence)
	return is
}

// passed looks at events that nothing has answered though the ledger says that
// everything up to through has been.
func (c *checker) passed(through uint64) {
	c.through = max(c.through, through)
	for len(c.order) > 0 && c.order[0] <= c.through {
		if r, open := c.pending[c.order[0]]; open {
			c.unanswered(r)
			delete(c.pending, c.order[0])
		}
		c.order = c.order[1:]
	}
}

// silent is an event that left no trace.
type silent struct {
	sequence, identity uint64
	ref                string
	at                 time.Time
}

// unanswered notes an event that left no trace: a receipt that says nothing new may.
func (c *checker) unanswered(r stream.Record) {
	event, err := events.ParseMessage(r.Subject, r.Header, r.Data)
	if err == nil && event.Type == events.TypeReceiptReceived {
		c.found.Unchanged++
		return
	}
	c.silent = append(c.silent, silent{r.Sequence, event.Identity(), caseOf(r.Subject), r.Time})
}

// judge finds the repeats among the events that left no trace: a case knows for ever
// what it has seen.
func (c *checker) judge() {
	for _, s := range c.silent {
		if last, err := picture.DecodeCase(c.cases[s.ref]); err == nil && last.HasSeen(s.identity) {
			c.found.Unchanged++
			continue
		}
		c.found.Passed++
		c.fault(Fault{Sequence: s.sequence, Case: s.ref, At: s.at, What: "the ledger says that everything up to this event was answered, and no entry and no refusal answers it"})
	}
}

func (c *checker) fault(f Fault) {
	at, _ := slices.BinarySearchFunc(c.found.First, f, bySequence)
	c.found.First = slices.Insert(c.found.First, at, f)
	c.found.First = c.found.First[:min(len(c.found.First), faultsMost)]
}

func bySequence(a, b Fault) int { return cmp.Compare(a.Sequence, b.Sequence) }
