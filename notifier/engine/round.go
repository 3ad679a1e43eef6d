package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// decided is the decision of one round about one case.
type decided struct {
	ref      string
	before   int    // messages ever decided, before the round
	sequence uint64 // of the case's last entry, which the commit expects
	decision notifier.Decision
	inputs   []notifier.Answered
	works    []work
	raw      []byte
	mark     picture.Mark
	refusal  bool
}

// prepare decides about inputs and makes the decisions ready to be stored. What
// cannot be prepared stands in l.again afterwards.
func (l *leader) prepare(inputs []work, now time.Time) (failed error) {
	if len(inputs) == 0 {
		return nil
	}
	now = now.UTC().Truncate(time.Microsecond)
	free := inputs[:0]
	for _, w := range inputs {
		if w.refuse == nil && l.busy[w.ref] {
			l.behind = append(l.behind, w)
			continue
		}
		free = append(free, w)
	}
	books := l.books()
	for _, d := range l.decide(free, books, now) {
		unit, err := l.unit(d, books, now)
		if err != nil && len(d.works) > 1 {
			l.alone[d.ref] = true // one by one, so that only the guilty is refused
			l.again = append(l.again, d.works...)
			continue
		}
		if err != nil {
			unit, err = l.cannotBeStored(d, err, now)
		}
		if err != nil {
			failed = errors.Join(failed, err)
			l.again = append(l.again, d.works...)
			continue
		}
		if !d.refusal {
			l.busy[d.ref] = true
		}
		l.ready.add(d, unit)
	}
	if l.flight == nil && len(l.ready.units) == 0 {
		l.regroup()
	}
	return failed
}

// finish tells whoever waits that inputs have been dealt with.
func (l *leader) finish(works []work) {
	for _, w := range works {
		if w.input.Result != nil {
			l.box.Recorded(*w.input.Result)
		}
		w.done()
	}
}

// decide runs the core on every input, in order, one decision for each case.
func (l *leader) decide(inputs []work, books notifier.Books, now time.Time) []*decided {
	var round []*decided
	at := map[string]*decided{}
	for _, w := range inputs {
		if w.refuse != nil {
			if w.input.Sequence == 0 || w.input.Sequence > l.refused {
				round = append(round, &decided{ref: w.ref, refusal: true, works: []work{w}})
			}
			continue
		}
		d, ok := at[w.ref]
		if !ok {
			c, sequence, err := l.config.Picture.Case(w.ref)
			if err != nil {
				w.refuse = err
				l.auditor.note(w.ref, sequence, err)
				if w.input.Due {
					l.stuck[w.ref] = sequence
				}
				round = append(round, &decided{ref: w.ref, refusal: true, works: []work{w}})
				continue
			}
			d = &decided{ref: w.ref, sequence: sequence, before: c.Decided, decision: notifier.Decision{Case: c}}
			at[w.ref] = d
		}
		if l.alone[w.ref] && len(d.works) > 0 {
			l.behind = append(l.behind, w)
			continue
		}
		next, err := safely(d.decision.Case, w.input, books, now)
		if err != nil {
			w.refuse = err
			l.config.Log.Error("an input could not be decided", "case", w.ref, "sequence", w.input.Sequence, "error", err)
			if w.input.Due {
				l.stuck[w.ref] = d.sequence
			}
			round = append(round, &decided{ref: w.ref, refusal: true, works: []work{w}})
			continue
		}
		if !next.Changed {
			l.finish([]work{w})
			continue
		}
		if !d.decision.Changed {
			round = append(round, d)
		}
		d.decision = d.decision.Then(next)
		d.inputs = append(d.inputs, w.input.Answer())
		d.works = append(d.works, w)
	}
	return round
}

// safely keeps a fault in the core from stopping what comes after it.
func safely(c notifier.Case, in notifier.Input, books notifier.Books, now time.Time) (d notifier.Decision, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("Hearback failed on this input; report it with this trace: %v\n%s", fault, debug.Stack())
		}
	}()
	return notifier.Decide(c, in, books, now), nil
}

func (l *leader) unit(d *decided, books notifier.Books, now time.Time) (stream.Unit, error) {
	if d.refusal {
		return l.refusal(d.works[0], now)
	}
	entry := notifier.NewEntry(d.decision, d.inputs, books.Current.Version, l.through, now)
	entry.Build = l.config.Build
	data, raw, err := picture.Encode(entry)
	if err != nil {
		return stream.Unit{}, err
	}
	d.raw, d.mark = raw, picture.MarkOf(&entry.Case, l.through, l.config.Holder)
	unit := stream.Unit{Entry: commit.Message{Subject: events.LedgerSubject(d.ref), Header: d.mark.Header(), Data: data, Expect: &d.sequence}}
	if len(data) > entryMost {
		return unit, fmt.Errorf("the case has grown to %d bytes, more than one message of the stream may hold; look for a service that adds contacts without end", len(data))
	}
	unit.After, err = outcomes(entry)
	return unit, err
}

// entryMost is the largest ledger entry: NATS takes 1 MB, headers included.
const entryMost = 1_000_000

// cannotBeStored refuses the inputs of a decision that cannot be written, so
// that it stops nothing else.
func (l *leader) cannotBeStored(d *decided, why error, now time.Time) (stream.Unit, error) {
	l.config.Log.Error("a decision cannot be written", "case", d.ref, "error", why)
	for i, w := range d.works {
		if w.input.Due {
			l.stuck[d.ref] = d.sequence
		}
		if d.works[i].refuse = why; w.input.Event != nil {
			d.works[0] = d.works[i]
		}
	}
	d.refusal = true
	return l.refusal(d.works[0], now)
}

// Refused is an input that could not be understood, as it is kept.
type Refused struct {
	At     time.Time      `json:"at"`
	Case   string         `json:"case"`
	Reason string         `json:"reason"`
	Faults []events.Fault `json:"faults,omitempty"`
	// Sequence is the event in the stream; Body what a gateway was given instead.
	Sequence uint64 `json:"sequence,omitempty"`
	Body     []byte `json:"body,omitempty"`
}

const headerInput = "Hearback-Input"

func (l *leader) refusal(w work, now time.Time) (stream.Unit, error) {
	refused := Refused{At: now, Case: w.ref, Reason: w.refuse.Error(), Sequence: w.input.Sequence}
	if refusal, ok := errors.AsType[*events.Refusal](w.refuse); ok {
		refused.Faults = refusal.Faults
	}
	data, err := json.Marshal(refused)
	header := map[string][]string{headerInput: {strconv.FormatUint(w.input.Sequence, 10)}}
	if w.input.Sequence != 0 {
		// A gateway's refusal may be the last one stored, so that a new leader
		// cannot tell by it how far the old one came.
		header[stream.HeaderIdentity] = []string{"refused-" + strconv.FormatUint(w.input.Sequence, 10)}
	}
	l.stats.refused.Add(1)
	return stream.Unit{Entry: commit.Message{Subject: events.RejectedSubject(w.ref), Data: data,
		Header: header}}, err
}

// RefusedSequence is the event that a refusal is about; 0 for one of a gateway, which
// stored no event.
func RefusedSequence(r stream.Record) uint64 {
	sequence, _ := strconv.ParseUint(first(r.Header[headerInput]), 10, 64)
	return sequence
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// refresh takes the case as somebody else left it.
func (l *leader) refresh(ctx context.Context, ref string) error {
	r, err := l.config.Stream.Last(ctx, events.LedgerSubject(ref))
	if errors.Is(err, stream.ErrNone) {
		l.config.Picture.Forget(ref)
		return nil
	}
	if err != nil {
		return fmt.Errorf("case %s: read its last entry again: %w", ref, err)
	}
	l.take(r)
	return nil
}

// number is the place of a message among those of its case.
func number(id string) int {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i] == '-' {
			n, _ := strconv.Atoi(id[i+1:])
			return n
		}
	}
	return 0
}

func (l *leader) count(d *decided) {
	for _, s := range d.decision.Settled {
		switch s.Status {
		case notifier.Sent:
			l.stats.sent.Add(1)
			l.stats.repeats.Add(int64(s.Repeats))
		case notifier.Failed:
			l.stats.failed.Add(1)
		case notifier.Withdrawn:
			l.stats.withdrawn.Add(1)
		}
	}
	for _, o := range d.decision.Outcomes {
		switch o.Type {
		case events.TypePromiseLate:
			l.stats.late.Add(1)
		case events.TypePromiseKept:
			l.stats.kept.Add(1)
		case events.TypeTaskOpened:
			l.stats.tasks.Add(1)
		}
	}
}
