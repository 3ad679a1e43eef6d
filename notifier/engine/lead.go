package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
	// crowd is from how many inputs a round counts as a group.
	crowd = 12
	// linger is how long a result may wait to be recorded with others.
	linger = 10 * time.Millisecond
	// breathMost bounds the pause between groups.
	breathMost = 60 * time.Millisecond
	// dueFirst is how many deadlines the first round of many takes: the fewer, the
	// sooner the first chase goes. Every full round doubles it.
	dueFirst = 50
	// stuckPause is how often deadlines are looked at while one cannot be decided.
	stuckPause = time.Second
	// lastCommits is how long a leadership that ends may go on recording.
	lastCommits = 30 * time.Second
)

// work is one input on its way to a decision.
type work struct {
	ref    string
	input  notifier.Input
	refuse error // why an event could not be understood
	// recorded is closed when a result needs no more recording.
	recorded chan struct{}
}

// done tells whoever waits that the input has been dealt with.
func (w work) done() {
	if w.recorded != nil {
		close(w.recorded)
	}
}

// leader is one leadership: from a won lease until it is lost or given back.
type leader struct {
	*Engine
	box     *outbox.Outbox
	events  chan stream.Record
	results chan work
	// again holds inputs whose commit did not succeed; they go first.
	again []work
	// ready are decisions to store next, flight those that are being stored. While
	// a case has one there, its next inputs wait behind.
	ready  group
	flight *flight
	busy   map[string]bool
	behind []work
	// settled are results that wait for company, since settledAt.
	settled   []work
	settledAt time.Time
	// stuck are cases whose deadline could not be decided, by the entry that
	// fails: they are not tried again until the case has moved on.
	stuck map[string]uint64
	// alone are cases whose inputs did not fit into one entry together.
	alone map[string]bool
	// dueMost is how many deadlines the next round may take; crowded: there are more.
	dueMost int
	crowded bool
	// notBefore is when the next group may be stored.
	notBefore time.Time
	// read is the last event taken; through is that up to which all are answered.
	read, through uint64
	// refused is the last event known to have been refused before this leadership.
	refused uint64
}

// lead decides and sends until ctx ends.
func (e *Engine) lead(ctx context.Context) error {
	l := &leader{Engine: e, events: make(chan stream.Record, eventsAhead), results: make(chan work, resultsAhead), stuck: map[string]uint64{}, alone: map[string]bool{}, busy: map[string]bool{}, dueMost: dueFirst}
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
		// Books come between the events, so that an event that names a version finds it.
		readErr <- e.config.Stream.Follow(leading, []string{events.EventWildcard, events.BookWildcard}, l.through, func(r stream.Record) {
			if strings.HasPrefix(r.Subject, events.BookPrefix) {
				e.takeBook(r)
				return
			}
			select {
			case l.events <- r:
			case <-leading.Done():
			}
		})
	})
	l.box.Offer(e.doubts(e.config.Picture.Unsettled()...))
	helpers.Go(func() { l.box.Run(leading) })
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
	// What was refused behind the last entry is not refused again. A gateway's
	// refusals stand among them and name no event.
	last, err := l.config.Stream.Last(ctx, events.RejectedWildcard)
	if err == nil {
		err = l.readTo(ctx, []string{events.RejectedWildcard}, l.through, last.Sequence, func(r stream.Record) {
			l.refused = max(l.refused, RefusedSequence(r))
		})
	}
	if err != nil && !errors.Is(err, stream.ErrNone) {
		return fmt.Errorf("find the last refused event: %w", err)
	}
	return l.publishMissed(ctx)
}

// readTo reads what is stored on the subjects after one sequence, up to another
// at which something is known to stand.
func (l *leader) readTo(ctx context.Context, subjects []string, after, end uint64, fn func(stream.Record)) error {
	if end <= after {
		return nil
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	whole := false
	err := l.config.Stream.Follow(reading, subjects, after, func(r stream.Record) {
		if whole {
			return
		}
		fn(r)
		if whole = r.Sequence >= end; whole {
			stop()
		}
	})
	if whole {
		return nil
	}
	return err
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
	c.Forbidden = l.config.Picture.ForbiddenElsewhere
	c.Planned = l.planned
	c.Settle = func(ref string, r notifier.Result) <-chan struct{} {
		w := work{ref: ref, input: notifier.Input{Result: &r}, recorded: make(chan struct{})}
		l.results <- w
		return w.recorded
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
		for _, p := range safelyPlanned(c, l.books(), until) {
			if p.Person == person && !except[ref+" "+p.Promise] && p.At.After(latest) {
				latest = p.At
			}
		}
	}
	return latest
}

// safelyPlanned keeps a fault in the core from ending the process: what cannot
// be foreseen is not waited for.
func safelyPlanned(c notifier.Case, books notifier.Books, until time.Time) (planned []notifier.PlannedChase) {
	defer func() {
		if recover() != nil {
			planned = nil // deciding the case will say what is wrong
		}
	}()
	return notifier.Planned(c, books, until)
}
