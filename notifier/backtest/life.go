package backtest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/rehearse"
	"hearback/notifier/stream"
)

// life is what the stream tells of one case. A council's year of them must fit into
// memory, so it holds no more than the play needs, and each name once.
type life struct {
	ref   string
	names *names
	// events are what happened, receipts apart.
	events   []told
	receipts []keptReceipt
	handed   []keptHandover
	// promises are the keys that hand-overs name.
	promises []string
	// asked is what providers said of messages when they were asked.
	asked map[int]notifier.Result
	tasks map[string]*aim
	tally *tally
}

// told is one event as it is stored, and when it was decided: when it was stored,
// where no entry answers it.
type told struct {
	sequence      uint64
	stored, heard int64 // Unix nanoseconds
	kind          string
	header        map[string][]string // nil where the whole event stands in the data
	data          []byte
}

// keptReceipt and keptHandover are receipts and hand-overs as they wait to be played:
// a council's year has millions, and what holds no pointer costs the collector nothing.
// Texts are numbers of names, promise a place among the life's promises.
type (
	keptReceipt struct {
		sequence                      uint64
		heard                         int64
		message                       int32
		channel, status, code, reason uint32
		unusable                      bool
	}
	keptHandover struct {
		at                                               int64
		message, promise                                 int32
		to, channel, words, status, code, reason, awaits uint32
		named, unusable, optedOut                        bool
	}
)

// receipt is what a provider said of one message.
type receipt struct {
	heard int64          // Unix nanoseconds
	said  events.Receipt // without the message and the provider's id
}

// handover is what became of one message when it was handed over.
type handover struct {
	message        int
	to, channel    string
	promise, words string
	at             int64 // Unix nanoseconds
	status         notifier.Status
	code, reason   string
	awaits         string
	// named: the provider gave the message an id.
	named, unusable, optedOut bool
}

// aim is what a task is about, which is the same under any book.
type aim struct {
	what, promise, contact string
	// ended is when the task was no longer open, in Unix nanoseconds; 0: it is.
	ended int64
}

// names keeps each text once, and numbers them.
type names struct {
	numbers map[string]uint32
	texts   []string
}

func newNames() *names { return &names{numbers: map[string]uint32{}} }

func (n *names) of(text string) string { return n.texts[n.number(text)] }

func (n *names) number(text string) uint32 {
	number, known := n.numbers[text]
	if !known {
		text = strings.Clone(text)
		number = uint32(len(n.texts))
		n.numbers[text] = number
		n.texts = append(n.texts, text)
	}
	return number
}

// written is what must be known of an entry of the ledger.
type written struct {
	At       time.Time           `json:"at"`
	Inputs   []notifier.Answered `json:"inputs"`
	Ended    []notifier.Promise  `json:"ended"`
	Settled  []notifier.Settled  `json:"settled"`
	Outcomes []notifier.Outcome  `json:"outcomes"`
}

func newLife(ref string, n *names, s span) *life {
	return &life{ref: ref, names: n, asked: map[int]notifier.Result{}, tasks: map[string]*aim{}, tally: newTally(s)}
}

// event takes one event.
func (l *life) event(r stream.Record) {
	_, kind, ok := events.ParseSubject(r.Subject)
	if !ok {
		return // it was refused
	}
	stored := r.Time.UnixNano()
	if kind != events.TypeReceiptReceived {
		t := told{sequence: r.Sequence, stored: stored, heard: stored, kind: l.names.of(kind), data: r.Data}
		for name := range r.Header {
			if name = strings.ToLower(name); strings.HasPrefix(name, "ce-") || name == "content-type" {
				t.header = r.Header // a part of the event may stand there
			}
		}
		l.events = append(l.events, t)
		return
	}
	event, err := events.ParseMessage(r.Subject, r.Header, r.Data)
	if err != nil || event.Check(r.Time) != nil {
		return
	}
	said, err := events.DataOf[events.Receipt](event)
	if number, ok := l.number(said.Message); err == nil && ok {
		l.receipts = append(l.receipts, keptReceipt{sequence: r.Sequence, heard: stored, message: int32(number), channel: l.names.number(said.Channel),
			status: l.names.number(said.Status), code: l.names.number(said.Code), reason: l.names.number(said.Reason), unusable: said.Unusable})
	}
}

// number is the place of a message among those of the case.
func (l *life) number(id string) (int, bool) {
	text, ours := strings.CutPrefix(id, l.ref+"-")
	n, err := strconv.Atoi(text)
	return n, ours && err == nil
}

// hear notes when an event was decided.
func (l *life) hear(sequence uint64, at time.Time) {
	if i, is := slices.BinarySearchFunc(l.events, sequence, func(t told, s uint64) int { return cmp.Compare(t.sequence, s) }); is {
		l.events[i].heard = at.UnixNano()
	} else if i, is := slices.BinarySearchFunc(l.receipts, sequence, func(r keptReceipt, s uint64) int { return cmp.Compare(r.sequence, s) }); is {
		l.receipts[i].heard = at.UnixNano()
	}
}

// entry takes one entry of the ledger.
func (l *life) entry(data []byte) error {
	head, line, ok := bytes.Cut(data, []byte{'\n'})
	if !ok {
		return errors.New("it has no line for the case")
	}
	var w written
	if err := json.Unmarshal(head, &w); err != nil {
		return err
	}
	// A hand-over that succeeded opens and decides nothing: most entries are that.
	plain := true
	for _, in := range w.Inputs {
		plain = plain && in.Result != nil && in.Result.Status == notifier.Sent
		if in.Event != 0 {
			l.hear(in.Event, w.At)
		}
		if in.Result != nil && in.Result.Asked {
			if n, ok := l.number(in.Result.Message); ok {
				l.asked[n] = *in.Result
			}
		}
	}
	var c standing
	if !plain {
		if err := json.Unmarshal(line, &c); err != nil {
			return err
		}
		l.tally.stood(w.At, &c, l.names)
		for _, t := range c.Tasks {
			if _, is := l.tasks[t.ID]; !is {
				l.tasks[t.ID] = &aim{what: l.names.of(t.What), promise: t.Promise, contact: l.names.of(t.Contact)}
			}
		}
		for id, task := range l.tasks {
			if task.ended == 0 && !slices.ContainsFunc(c.Tasks, func(t openTask) bool { return t.ID == id }) {
				task.ended = w.At.UnixNano()
			}
		}
	}
	for _, s := range w.Settled {
		if m, waited := l.tally.waiting[s.Message]; waited && s.Status != notifier.Withdrawn && !ownRefusal(s.Result) {
			l.hand(m, s.Result)
		}
	}
	l.tally.came(w.At, w.Ended, w.Settled, w.Outcomes)
	return nil
}

// ownRefusal: no provider was asked; the last look held the message back, as it will
// again where it must.
func ownRefusal(r notifier.Result) bool {
	return r.Status == notifier.Failed && r.Code == "" && !r.Unusable && !r.OptedOut
}

// hand notes what became of a message.
func (l *life) hand(m note, r notifier.Result) {
	if n, ok := l.number(m.ID); ok {
		promise := slices.Index(l.promises, m.Promise)
		if promise < 0 {
			promise = len(l.promises)
			l.promises = append(l.promises, m.Promise)
		}
		l.handed = append(l.handed, keptHandover{message: int32(n), promise: int32(promise), to: l.names.number(m.To), channel: l.names.number(m.Channel),
			words: l.names.number(m.Words), at: r.At.UnixNano(), status: l.names.number(string(r.Status)), code: l.names.number(r.Code),
			reason: l.names.number(r.Reason), awaits: l.names.number(r.Awaits), named: r.Provider != "", unusable: r.Unusable, optedOut: r.OptedOut})
	}
}

// handovers are what became of the messages of a life, in the order of the ledger.
func (l *life) handovers() []handover {
	text := l.names.texts
	list := make([]handover, len(l.handed))
	for i, h := range l.handed {
		list[i] = handover{message: int(h.message), to: text[h.to], channel: text[h.channel], promise: l.promises[h.promise], words: text[h.words], at: h.at,
			status: notifier.Status(text[h.status]), code: text[h.code], reason: text[h.reason], awaits: text[h.awaits],
			named: h.named, unusable: h.unusable, optedOut: h.optedOut}
	}
	return list
}

// tape is the life as it can be played: what was understood, when it was heard.
func (l *life) tape() []rehearse.Happening {
	tape := make([]rehearse.Happening, 0, len(l.events))
	for _, t := range l.events {
		event, err := events.ParseMessage(events.Subject(l.ref, t.kind), t.header, t.data)
		if err == nil && event.Check(time.Unix(0, t.stored)) == nil && !events.IsOutcome(event.Type) {
			if event.Type == events.TypeTaskDone && l.stale(event, t.heard) {
				continue
			}
			tape = append(tape, rehearse.Happening{At: time.Unix(0, t.heard).UTC().Truncate(time.Microsecond), Event: event})
		}
	}
	return tape
}

// stale: what is said to be done had ended before, so that nothing came of it.
func (l *life) stale(e events.Event, heard int64) bool {
	done, err := events.DataOf[events.TaskDone](e)
	if err != nil {
		return false
	}
	task := l.tasks[done.Task]
	return task != nil && task.ended != 0 && task.ended < heard
}

// world is everybody outside Hearback, as the stream recorded them.
type world struct {
	life *life
	// receipts are what was said of each message, by its number.
	receipts map[int][]receipt
	handed   []handover
	books    func(time.Time) notifier.Books
	// like is the recorded message by which each message of the play is judged.
	like map[string]int
}

func newWorld(l *life, books func(time.Time) notifier.Books) *world {
	w := &world{life: l, receipts: map[int][]receipt{}, handed: l.handovers(), books: books, like: map[string]int{}}
	text := l.names.texts
	for _, r := range l.receipts {
		w.receipts[int(r.message)] = append(w.receipts[int(r.message)], receipt{heard: r.heard,
			said: events.Receipt{Channel: text[r.channel], Status: text[r.status], Code: text[r.code], Reason: text[r.reason], Unusable: r.unusable}})
	}
	return w
}

// Books are the versions at an instant.
func (w *world) Books(now time.Time) notifier.Books { return w.books(now) }

// Handed fares as the recorded message did that went to the same person the same way
// at the nearest time; without one it is taken.
func (w *world) Handed(_ *notifier.Case, m notifier.Message, now time.Time) (notifier.Result, []rehearse.Happening) {
	h, ok := w.nearest(m, now)
	if !ok {
		return notifier.Result{Status: notifier.Sent}, nil
	}
	w.like[m.ID] = h.message
	result := notifier.Result{Status: h.status, Code: h.code, Reason: h.reason, Awaits: h.awaits, Unusable: h.unusable, OptedOut: h.optedOut}
	if h.named {
		result.Provider = "of " + m.ID
	}
	var then []rehearse.Happening
	for i, r := range w.receipts[h.message] {
		said := r.said
		said.Message, said.ProviderID = m.ID, result.Provider
		data, err := json.Marshal(said)
		if err != nil {
			continue
		}
		at := now.Add(max(time.Duration(r.heard-h.at), 0))
		then = append(then, rehearse.Happening{At: at, Event: events.Event{ID: fmt.Sprintf("receipt %d of %s", i, m.ID), Source: "/recorded",
			Type: events.TypeReceiptReceived, Case: w.life.ref, Time: at, Data: data}})
	}
	return result, then
}

func (w *world) nearest(m notifier.Message, now time.Time) (best handover, ok bool) {
	number, _ := w.life.number(m.ID)
	apart := func(h handover) time.Duration { return time.Duration(h.at - now.UnixNano()).Abs() }
	for _, h := range w.handed {
		switch {
		case h.to != m.To || h.channel != m.Channel:
		case h.message == number && h.words == m.Words && h.promise == m.Promise:
			return h, true
		case !ok || apart(h) < apart(best):
			best, ok = h, true
		}
	}
	return best, ok
}

// Asked is what was said of the recorded message when the provider was asked.
func (w *world) Asked(a notifier.Awaited, now time.Time) notifier.Result {
	like, known := w.like[a.Message.ID]
	r, was := w.life.asked[like]
	if !known || !was {
		r = notifier.Result{Status: notifier.Unknown, Reason: "no receipt came in time, and the provider cannot say either"}
	}
	r.Message, r.Asked, r.At, r.Provider = a.Message.ID, true, now, a.Provider
	return r
}

// Meant names a task that was done as it is named in the play.
func (w *world) Meant(c *notifier.Case, e events.Event) events.Event {
	if e.Type != events.TypeTaskDone {
		return e
	}
	done, err := events.DataOf[events.TaskDone](e)
	if err != nil {
		return e
	}
	recorded, known := w.life.tasks[done.Task]
	if !known {
		return e
	}
	same := func(t notifier.Task) bool {
		return t.What == recorded.what && t.Promise == recorded.promise && t.Contact == recorded.contact
	}
	if slices.ContainsFunc(c.Tasks, func(t notifier.Task) bool { return t.ID == done.Task && same(t) }) {
		return e
	}
	done.Task = "" // nobody was asked to do it here
	if i := slices.IndexFunc(c.Tasks, same); i >= 0 {
		done.Task = c.Tasks[i].ID
	}
	if data, err := json.Marshal(done); err == nil {
		e.Data = data
	}
	return e
}

// byCase orders lives.
func byCase(a, b *life) int { return cmp.Compare(a.ref, b.ref) }

// withoutType is the tape without the events of a type.
func withoutType(tape []rehearse.Happening, kind string) []rehearse.Happening {
	return slices.DeleteFunc(slices.Clone(tape), func(h rehearse.Happening) bool { return strings.EqualFold(h.Type, kind) })
}
