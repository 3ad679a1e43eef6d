package backtest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/rehearse"
	"hearback/notifier/stream"
)

// life is what the stream tells of one case.
type life struct {
	ref    string
	events []stream.Record
	// heard is when each event was decided, by its sequence.
	heard  map[uint64]time.Time
	handed []handover
	// asked is what providers said of messages when they were asked.
	asked map[string]notifier.Result
	tasks map[string]aim
	tally *tally
}

// handover is what became of one message when it was handed over.
type handover struct {
	note
	result notifier.Result
}

// aim is what a task is about, which is the same under any book.
type aim struct{ what, promise, contact string }

// written is what must be known of an entry of the ledger.
type written struct {
	At       time.Time           `json:"at"`
	Inputs   []notifier.Answered `json:"inputs"`
	Ended    []notifier.Promise  `json:"ended"`
	Settled  []notifier.Settled  `json:"settled"`
	Outcomes []notifier.Outcome  `json:"outcomes"`
}

func newLife(ref string, s span) *life {
	return &life{ref: ref, heard: map[uint64]time.Time{}, asked: map[string]notifier.Result{}, tasks: map[string]aim{}, tally: newTally(s)}
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
			l.heard[in.Event] = w.At
		}
		if in.Result != nil && in.Result.Asked {
			l.asked[in.Result.Message] = *in.Result
		}
	}
	var c standing
	if !plain {
		if err := json.Unmarshal(line, &c); err != nil {
			return err
		}
		l.tally.stood(w.At, &c)
		for _, t := range c.Tasks {
			l.tasks[t.ID] = aim{t.What, t.Promise, t.Contact}
		}
	}
	for _, s := range w.Settled {
		if m, waited := l.tally.waiting[s.Message]; waited && s.Status != notifier.Withdrawn && !ownRefusal(s.Result) {
			l.handed = append(l.handed, handover{m, s.Result})
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

// tape is the life as it can be played: what was understood, when it was heard, and
// apart from it what providers said of each message.
func (l *life) tape() (tape []rehearse.Happening, receipts map[string][]rehearse.Happening) {
	receipts = map[string][]rehearse.Happening{}
	for _, r := range l.events {
		event, err := events.ParseMessage(r.Subject, r.Header, r.Data)
		if err != nil || event.Check(r.Time) != nil || events.IsOutcome(event.Type) {
			continue
		}
		at, known := l.heard[r.Sequence]
		if !known {
			at = r.Time.Truncate(time.Microsecond)
		}
		h := rehearse.Happening{At: at, Event: event}
		if event.Type == events.TypeReceiptReceived {
			if said, err := events.DataOf[events.Receipt](event); err == nil {
				receipts[said.Message] = append(receipts[said.Message], h)
			}
			continue
		}
		tape = append(tape, h)
	}
	return tape, receipts
}

// world is everybody outside Hearback, as the stream recorded them.
type world struct {
	life *life
	// ways are the hand-overs by who they went to and how, in order.
	ways     map[[2]string][]handover
	receipts map[string][]rehearse.Happening
	books    func(time.Time) notifier.Books
	// like is the recorded hand-over by which each message of the play is judged.
	like map[string]string
}

func newWorld(l *life, receipts map[string][]rehearse.Happening, books func(time.Time) notifier.Books) *world {
	w := &world{life: l, ways: map[[2]string][]handover{}, receipts: receipts, books: books, like: map[string]string{}}
	for _, h := range l.handed {
		way := [2]string{h.To, h.Channel}
		w.ways[way] = append(w.ways[way], h)
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
	w.like[m.ID] = h.ID
	result := h.result
	result.Asked, result.Digest, result.Repeats = false, "", 0
	var then []rehearse.Happening
	for _, r := range w.receipts[h.ID] {
		later := max(r.At.Sub(h.result.At), 0)
		said, err := events.DataOf[events.Receipt](r.Event)
		if err != nil {
			continue
		}
		said.Message = m.ID
		if r.Data, err = json.Marshal(said); err != nil {
			continue
		}
		r.ID += " of " + m.ID
		r.Time = r.Time.Add(now.Sub(h.result.At))
		r.At = now.Add(later)
		then = append(then, r)
	}
	return result, then
}

func (w *world) nearest(m notifier.Message, now time.Time) (best handover, ok bool) {
	for _, h := range w.ways[[2]string{m.To, m.Channel}] {
		if h.ID == m.ID && h.Words == m.Words && h.Promise == m.Promise {
			return h, true
		}
		if !ok || h.result.At.Sub(now).Abs() < best.result.At.Sub(now).Abs() {
			best, ok = h, true
		}
	}
	return best, ok
}

// Asked is what was said of the recorded message when the provider was asked.
func (w *world) Asked(a notifier.Awaited, now time.Time) notifier.Result {
	r, known := w.life.asked[w.like[a.Message.ID]]
	if !known {
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
	done.Task = "" // nobody was asked to do it here
	if i := slices.IndexFunc(c.Tasks, func(t notifier.Task) bool {
		return t.What == recorded.what && t.Promise == recorded.promise && t.Contact == recorded.contact
	}); i >= 0 {
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
