package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"hearback/events/commit"
	"hearback/notifier/outbox"
	"hearback/notifier/stream"
)

// group is decisions to store together, no two of one case.
type group struct {
	decided []*decided
	units   []stream.Unit
}

func (g *group) add(d *decided, unit stream.Unit) {
	g.decided = append(g.decided, d)
	g.units = append(g.units, unit)
}

// flight is a group that is being stored. results are there once landed is closed.
type flight struct {
	group
	begun   time.Time
	results []commit.Result
	landed  chan struct{}
}

// landing is closed when the flight has landed; nil where there is none.
func (l *leader) landing() <-chan struct{} {
	if l.flight == nil {
		return nil
	}
	return l.flight.landed
}

// mayLaunch reports whether the ready group may be stored now: one at a time, and
// with a breath between unless it is full.
func (l *leader) mayLaunch(stopping bool, now time.Time) bool {
	return l.flight == nil && len(l.ready.units) > 0 && (stopping || l.room() <= 0 || !l.notBefore.After(now))
}

// launch begins to store the ready group. A small one is waited for: to go on
// meanwhile would cost more than it gains.
func (l *leader) launch(ctx context.Context) {
	f := &flight{group: l.ready, begun: time.Now(), landed: make(chan struct{})}
	l.flight, l.ready = f, group{}
	l.stats.rounds.Add(1)
	store := func() {
		defer close(f.landed)
		f.results = l.config.Stream.Commit(ctx, f.units)
	}
	if len(f.units) < crowd {
		store()
	} else {
		go store()
	}
}

// arrive lands the flight if it is there.
func (l *leader) arrive(ctx context.Context) (landed bool, err error) {
	if l.flight == nil || !isClosed(l.flight.landed) {
		return false, nil
	}
	return true, l.land(ctx)
}

// land acts on what was stored. What was not stands in l.again afterwards, with
// what waited behind.
func (l *leader) land(ctx context.Context) error {
	f := l.flight
	l.flight = nil
	for _, d := range f.decided {
		delete(l.busy, d.ref)
	}
	offers, failed := l.settleFlight(ctx, f)
	l.regroup()
	if len(offers) > 0 {
		l.box.Offer(offers)
	}
	if len(f.units) >= crowd && len(f.units) < l.config.RoundMost && !l.crowded {
		// A group holds the stream while it is stored. Leaving publishers
		// longer than that, and taking what they stored meanwhile, makes the
		// next group larger and both cheaper. A group needs no company when it is
		// full or more is due already.
		now := time.Now()
		l.notBefore = now.Add(min(3*now.Sub(f.begun), breathMost))
	}
	return failed
}

// settleFlight puts what was stored into the picture before anybody hears of it.
// It returns the messages that may be handed over now.
func (l *leader) settleFlight(ctx context.Context, f *flight) (offers []outbox.Offer, failed error) {
	for i, result := range f.results {
		d := f.decided[i]
		switch {
		case result.Err == nil && d.refusal:
			l.finish(d.works)
		case result.Err == nil:
			c := d.decision.Case
			l.config.Picture.Put(result.Sequence, d.mark, d.raw, &c)
			l.stats.entries.Add(1)
			l.finish(d.works) // only now: an offer of before must not find the message unsettled
			for _, m := range c.Messages {
				if number(m.ID) > d.before {
					offers = append(offers, outbox.Offer{Ref: d.ref, Message: m})
				}
			}
			offers = append(offers, questions(d.ref, c)...)
			l.count(d)
		case errors.Is(result.Err, commit.ErrConflict):
			l.stats.conflicts.Add(1)
			l.again = append(l.again, d.works...)
			failed = errors.Join(failed, l.refresh(ctx, d.ref))
			offers = append(offers, l.doubts(d.ref)...) // whoever wrote may be gone, or may have been us
		default:
			l.again = append(l.again, d.works...)
			failed = errors.Join(failed, result.Err)
			if errors.Is(result.Err, commit.ErrUnconfirmed) && !d.refusal {
				// It may be stored after all: then the inputs count as answered, and
				// what they led to must be handed over all the same.
				failed = errors.Join(failed, l.refresh(ctx, d.ref))
				offers = append(offers, l.doubts(d.ref)...)
			}
		}
	}
	return offers, failed
}

// regroup puts what waited behind among what goes again, in the order of the
// stream, and moves through to just before the first event without an answer.
func (l *leader) regroup() {
	l.again = append(l.again, l.behind...)
	l.behind = nil
	slices.SortStableFunc(l.again, func(a, b work) int { return cmp.Compare(a.input.Sequence, b.input.Sequence) })
	l.through = l.read
	unanswered := func(works []work) {
		for _, w := range works {
			if w.input.Sequence != 0 {
				l.through = min(l.through, w.input.Sequence-1)
			}
		}
	}
	unanswered(l.again)
	for _, d := range l.ready.decided {
		unanswered(d.works)
	}
}
