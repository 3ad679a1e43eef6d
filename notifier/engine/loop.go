package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/stream"
)

// loop decides and stores until ctx ends and the outbox has given back the last
// of its results. While one group of decisions is being stored, the next is made
// ready.
func (l *leader) loop(ctx context.Context, readErr <-chan error) error {
	pause := commitPauseFirst
	// Once the lease is lost or the process stops, what is in flight is still
	// recorded, for a while: a conflict says so where another leader was faster.
	commits, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		giveUp()
		if l.flight != nil {
			<-l.flight.landed
		}
	}()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastCommits, giveUp) })()
	for {
		inputs, over, err := l.next(ctx.Done(), readErr)
		if err != nil {
			return err
		}
		// First what came in: it must see that its case is still being stored.
		err = l.prepare(inputs, time.Now())
		l.countUndecided() // before the picture shows the first of the answers
		landed, failed := l.arrive(commits)
		err = errors.Join(err, failed)
		if l.mayLaunch(isClosed(ctx.Done()), time.Now()) {
			l.launch(commits)
			again, failed := l.arrive(commits)
			landed, err = landed || again, errors.Join(err, failed)
		}
		l.countUndecided()
		if over && l.idle() {
			return nil
		}
		if err == nil {
			if landed {
				l.stats.storing.Store(nil)
				pause = commitPauseFirst
			}
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		l.config.Log.Error("decisions could not be stored; they are tried again", "error", err, "pause", pause)
		l.stats.commitFailures.Add(1)
		l.stats.storing.Store(new(err.Error()))
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause = min(2*pause, commitPauseMost)
	}
}

func (l *leader) countUndecided() {
	count := len(l.again) + len(l.behind) + len(l.ready.decided)
	if l.flight != nil {
		count += len(l.flight.decided)
	}
	l.stats.undecided.Store(int64(count))
}

// idle reports whether every input that was taken has been dealt with.
func (l *leader) idle() bool {
	return l.flight == nil && len(l.ready.units)+len(l.again)+len(l.behind)+len(l.settled)+len(l.results) == 0
}

// next waits until there is something to do: inputs to decide, a flight that has
// landed, a group that may be stored. Events and deadlines go at once; results of
// hand-overs wait a moment for company, since nobody waits for them. over is
// true when the leadership has ended and no more inputs will come.
func (l *leader) next(done <-chan struct{}, readErr <-chan error) (inputs []work, over bool, err error) {
	first := min(len(l.again), max(l.room(), 0))
	if inputs = append(inputs, l.again[:first]...); first == len(l.again) {
		l.again = nil
	} else {
		l.again = l.again[first:]
	}
	for {
		stopping := isClosed(done)
		over = stopping && isClosed(l.box.Done())
		inputs = l.drain(inputs, stopping)
		now := time.Now()
		occupied := l.flight != nil || len(l.ready.units) > 0 || l.notBefore.After(now)
		switch {
		case len(l.settled) == 0:
		case occupied, stopping, l.room() <= 0,
			len(inputs) > 0 && len(inputs)+len(l.settled) >= crowd,
			len(inputs) == 0 && now.Sub(l.settledAt) >= linger:
			inputs = append(inputs, l.settled...)
			l.settled = l.settled[:0]
		}
		if len(inputs) > 0 || l.mayLaunch(stopping, now) || over && l.flight == nil {
			return inputs, over, nil
		}
		full := l.room() <= 0
		select {
		case r := <-unless(stopping || full, l.events):
			inputs = append(inputs, l.understand(r))
		case w := <-unless(full, l.results):
			l.settle(w, time.Now())
		case <-l.alarm(now):
		case <-l.landing():
			return nil, over, nil
		case err := <-readErr:
			if !isClosed(done) {
				return nil, false, fmt.Errorf("read events: %w", err)
			}
			readErr = nil
		case <-unless(!stopping || over, l.box.Done()):
		case <-unless(stopping, done):
		}
	}
}

// room is how many more inputs the group that is made ready can take.
func (l *leader) room() int {
	return l.config.RoundMost - len(l.ready.units) - len(l.settled)
}

// drain takes what is there without waiting.
func (l *leader) drain(inputs []work, stopping bool) []work {
	for len(l.again) == 0 && len(inputs) < l.room() {
		select {
		case r := <-unless(stopping, l.events):
			inputs = append(inputs, l.understand(r))
			continue
		case w := <-l.results:
			l.settle(w, time.Now())
			continue
		default:
		}
		break
	}
	if len(l.events) == 0 {
		l.stats.lag.Store(0)
	}
	if !stopping {
		inputs = l.takeDue(inputs)
	}
	return inputs
}

func (l *leader) settle(w work, now time.Time) {
	if len(l.settled) == 0 {
		l.settledAt = now
	}
	l.settled = append(l.settled, w)
}

// alarm rings when the ready group may go, results have waited long enough, or
// the earliest deadline passes. What waits for a flight needs none.
func (l *leader) alarm(now time.Time) <-chan time.Time {
	wait := time.Duration(-1)
	sooner := func(d time.Duration) {
		if d = max(d, 0); wait < 0 || d < wait {
			wait = d
		}
	}
	if len(l.settled) > 0 {
		sooner(linger - now.Sub(l.settledAt))
	}
	switch {
	case l.flight != nil:
	case len(l.ready.units) > 0:
		sooner(l.notBefore.Sub(now))
	default:
		if next := l.config.Picture.NextDue(); !next.IsZero() {
			wait := next.Sub(now)
			if len(l.stuck) > 0 {
				wait = max(wait, stuckPause) // the earliest may be one that cannot be decided
			}
			sooner(wait)
		}
	}
	if wait < 0 {
		return nil
	}
	return time.After(wait)
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// unless is the channel, or nil, which is never ready.
func unless[T any](not bool, c <-chan T) <-chan T {
	if not {
		return nil
	}
	return c
}

// takeDue adds the cases whose deadline has passed, the earliest first.
func (l *leader) takeDue(inputs []work) []work {
	room := l.room() - len(inputs)
	if room <= 0 {
		return inputs
	}
	now := time.Now()
	if next := l.config.Picture.NextDue(); next.IsZero() || next.After(now) {
		l.dueMost, l.crowded = dueFirst, false
		return inputs
	}
	taken := map[string]bool{}
	for _, w := range inputs {
		if w.input.Due {
			taken[w.ref] = true
		}
	}
	waiting := func(ref string) bool {
		if sequence, is := l.stuck[ref]; is {
			if _, now, _ := l.config.Picture.Case(ref); now == sequence {
				return true
			}
			delete(l.stuck, ref)
		}
		return taken[ref] || l.busy[ref]
	}
	if room = min(room, l.dueMost-len(taken)); room <= 0 {
		return inputs
	}
	due := l.config.Picture.Due(now, room, waiting)
	for _, ref := range due {
		inputs = append(inputs, work{ref: ref, input: notifier.Input{Due: true}})
	}
	if l.crowded = len(due) == room; l.crowded {
		l.dueMost = min(2*l.dueMost, l.config.RoundMost)
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
	if err == nil {
		err = l.checkVersion(event)
	}
	if err != nil {
		w.refuse = err
		return w
	}
	w.input.Event = &event
	l.stats.lag.Store(int64(time.Since(r.Time)))
	return w
}

// checkVersion refuses to re-plan to a version of the book that is not on the shelf.
func (l *leader) checkVersion(event events.Event) error {
	if event.Type != events.TypeCaseReplanned {
		return nil
	}
	data, err := events.DataOf[events.Replanned](event)
	if err != nil {
		return err
	}
	if _, known := l.books().Versions[data.Book]; !known {
		return fmt.Errorf("data.book: %w", notifier.UnknownVersion(data.Book))
	}
	return nil
}
