package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/outbox"
	"hearback/notifier/stream"
)

// Bounds of the leader's loop.
const (
	// eventsAhead is how many events may wait in memory to be decided.
	eventsAhead = 4096
	// resultsAhead is how many results may wait before hand-overs pause.
	resultsAhead = 4096
	// plannedMost bounds the look ahead at deadlines: beyond it a person's chases
	// wait the full minute for one another.
	plannedMost = 500
	// commitPauseFirst and commitPauseMost bound the wait after a failed commit.
	commitPauseFirst = 50 * time.Millisecond
	commitPauseMost  = 5 * time.Second
	// lastCommits is how long a leadership that ends may go on recording.
	lastCommits = 30 * time.Second
)

// work is one input on its way to a decision.
type work struct {
	ref    string
	input  notifier.Input
	refuse error // why an event could not be understood
}

// leader is one leadership: from a won lease until it is lost or given back.
type leader struct {
	*Engine
	box     *outbox.Outbox
	events  chan stream.Record
	results chan work
	// again holds inputs whose commit did not succeed; they go first.
	again []work
	// read is the last event taken; through is that up to which all are answered.
	read, through uint64
	// refused is the last event known to have been refused before this leadership.
	refused uint64
}

// lead decides and sends until ctx ends.
func (e *Engine) lead(ctx context.Context) error {
	l := &leader{Engine: e, events: make(chan stream.Record, eventsAhead), results: make(chan work, resultsAhead)}
	if err := l.catchUp(ctx); err != nil {
		return err
	}
	l.box = outbox.New(l.outboxConfig())
	// Whatever ends the leadership ends its reader and its outbox too.
	leading, stop := context.WithCancel(ctx)
	defer stop()
	var helpers sync.WaitGroup
	readErr := make(chan error, 1)
	helpers.Go(func() {
		readErr <- e.config.Stream.Follow(leading, []string{events.EventWildcard}, l.through, func(r stream.Record) {
			select {
			case l.events <- r:
			case <-leading.Done():
			}
		})
	})
	helpers.Go(func() { l.box.Run(leading) })
	for _, ref := range e.config.Picture.Unsettled() {
		e.offerAll(l.box, ref)
	}
	e.outbox.Store(l.box)
	e.leading.Store(true)
	e.config.Log.Info("leading", "holder", e.config.Holder, "from", l.through)
	err := l.loop(ctx, readErr)
	e.leading.Store(false)
	e.outbox.Store(nil)
	stop()
	l.discard()
	helpers.Wait()
	return err
}

// discard takes the results that nobody records any more, so that no hand-over
// waits for ever. Their messages stay unsettled, and so in doubt.
func (l *leader) discard() {
	for {
		select {
		case <-l.results:
		case <-l.box.Done():
			return
		}
	}
}

// catchUp brings the picture to the end of the ledger after the lease was won,
// and publishes the outcomes that the last leader may not have come to.
func (l *leader) catchUp(ctx context.Context) error {
	for _, subject := range []string{events.LedgerWildcard, events.BookWildcard} {
		last, err := l.config.Stream.Last(ctx, subject)
		if errors.Is(err, stream.ErrNone) {
			continue
		}
		if err != nil {
			return fmt.Errorf("find the end of the ledger: %w", err)
		}
		if err := l.follow.wait(ctx, last.Sequence); err != nil {
			return err
		}
	}
	l.through = l.config.Picture.Through()
	l.read = l.through
	if r, err := l.config.Stream.Last(ctx, events.RejectedWildcard); err == nil {
		l.refused = refusedSequence(r)
	} else if !errors.Is(err, stream.ErrNone) {
		return fmt.Errorf("find the last refused event: %w", err)
	}
	return l.publishMissed(ctx)
}

func (l *leader) outboxConfig() outbox.Config {
	c := l.config.Outbox
	c.Log = l.config.Log
	c.Books = l.books
	c.Held = l.lease.Held
	c.Case = func(ref string) (notifier.Case, error) {
		one, _, err := l.config.Picture.Case(ref)
		return one, err
	}
	c.Planned = l.planned
	c.Settle = func(ref string, r notifier.Result) {
		l.results <- work{ref: ref, input: notifier.Input{Result: &r}}
	}
	return c
}

// planned is the latest chase of a person that will fall due by until, from a
// promise that is not among except.
func (l *leader) planned(person string, except map[string]bool, until time.Time) (latest time.Time) {
	refs := l.config.Picture.Due(until, plannedMost, nil)
	if len(refs) == plannedMost {
		return until
	}
	for _, ref := range refs {
		c, _, err := l.config.Picture.Case(ref)
		if err != nil {
			continue
		}
		for _, p := range notifier.Planned(c, l.books(), until) {
			if p.Person == person && !except[ref+" "+p.Promise] && p.At.After(latest) {
				latest = p.At
			}
		}
	}
	return latest
}

// loop takes inputs in rounds until ctx ends and the outbox has given back the
// last of its results.
func (l *leader) loop(ctx context.Context, readErr <-chan error) error {
	done := ctx.Done()
	pause := commitPauseFirst
	// Once the lease is lost or the process stops, what is in flight is still
	// recorded, for a while: a conflict says so where another leader was faster.
	commits, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastCommits, giveUp) })()
	for {
		inputs, over, err := l.collect(done, readErr)
		if err != nil {
			return err
		}
		if len(inputs) > 0 {
			if err := l.round(commits, inputs, time.Now()); err != nil {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				l.config.Log.Error("decisions could not be stored; they are tried again", "error", err, "pause", pause)
				l.stats.commitFailures.Add(1)
				l.stats.storing.Store(new(err.Error()))
				select {
				case <-time.After(pause):
				case <-done:
				}
				pause = min(2*pause, commitPauseMost)
				continue
			}
			l.stats.storing.Store(nil)
			pause = commitPauseFirst
		}
		if over {
			return nil
		}
	}
}

// collect waits for the next input and takes what else is there. over is true
// when the leadership has ended and nothing is left to record.
func (l *leader) collect(done <-chan struct{}, readErr <-chan error) (inputs []work, over bool, err error) {
	inputs, l.again = append(inputs, l.again...), nil
	stopping := isClosed(done)
	events, deadline := l.events, l.nextDeadline()
	if stopping {
		events, deadline = nil, nil
	}
	if len(inputs) == 0 {
		select {
		case r := <-events:
			inputs = append(inputs, l.understand(r))
		case w := <-l.results:
			inputs = append(inputs, w)
		case <-deadline:
		case err := <-readErr:
			if !isClosed(done) {
				return nil, false, fmt.Errorf("read events: %w", err)
			}
		case <-l.boxDone(stopping):
			for {
				select {
				case w := <-l.results:
					inputs = append(inputs, w)
					continue
				default:
				}
				return inputs, true, nil
			}
		case <-unless(stopping, done):
			return nil, false, nil
		}
	}
	for len(inputs) < l.config.RoundMost {
		select {
		case r := <-events:
			inputs = append(inputs, l.understand(r))
			continue
		case w := <-l.results:
			inputs = append(inputs, w)
			continue
		default:
		}
		break
	}
	if !stopping {
		inputs = l.takeDue(inputs)
	}
	return inputs, false, nil
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

func unless(not bool, c <-chan struct{}) <-chan struct{} {
	if not {
		return nil
	}
	return c
}

func (l *leader) boxDone(stopping bool) <-chan struct{} {
	if !stopping {
		return nil
	}
	return l.box.Done()
}

// nextDeadline fires when the earliest deadline of all cases has passed.
func (l *leader) nextDeadline() <-chan time.Time {
	next := l.config.Picture.NextDue()
	if next.IsZero() {
		return nil
	}
	return time.After(time.Until(next))
}

// takeDue adds the cases whose deadline has passed, the earliest first.
func (l *leader) takeDue(inputs []work) []work {
	room := l.config.RoundMost - len(inputs)
	now := time.Now()
	if next := l.config.Picture.NextDue(); room <= 0 || next.IsZero() || next.After(now) {
		return inputs
	}
	for _, ref := range l.config.Picture.Due(now, room, nil) {
		inputs = append(inputs, work{ref: ref, input: notifier.Input{Due: true}})
	}
	return inputs
}

// understand turns a stored event into an input, or says why it cannot be one.
func (l *leader) understand(r stream.Record) work {
	l.read = r.Sequence
	ref, _, ok := events.ParseSubject(r.Subject)
	if !ok {
		ref = events.UnknownCase
	}
	w := work{ref: ref, input: notifier.Input{Sequence: r.Sequence}}
	event, err := events.ParseMessage(r.Subject, r.Header, r.Data)
	if err == nil {
		err = event.Check(r.Time)
	}
	if err == nil && events.IsOutcome(event.Type) {
		err = errors.New("type: outcomes are published by Hearback alone; publish what happened, such as enquiry.received")
	}
	if err != nil {
		w.refuse = err
		return w
	}
	w.input.Event = &event
	l.stats.lag.Store(int64(time.Since(r.Time)))
	return w
}
