package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/events"
	"hearback/events/commit"
)

// ErrLeaseLost is the cause with which a leader's context ends when it could
// not renew its lease in time, or somebody else has taken it.
var ErrLeaseLost = errors.New("the lease is lost; another replica may lead by now")

// The states of a lease.
const (
	leaseHeld     = "held"
	leaseReleased = "released"
)

// leaseMessage is what a lease says of itself. At is for people: no decision
// is made by comparing two machines' clocks.
type leaseMessage struct {
	Holder string    `json:"holder"`
	At     time.Time `json:"at"`
	State  string    `json:"state"`
}

// sighting is the newest lease message that this replica knows of, and when it
// learned of it by its own clock.
type sighting struct {
	at       time.Time
	lease    leaseMessage
	sequence uint64 // 0: there is none
}

// Lease decides which replica leads. The holder renews it three times a term; a
// standby takes it over when it has seen no change for a term and a margin.
// Every change is a compare-and-set on one subject, so that of two replicas
// that reach for it one wins.
//
// The holder counts its term from before it asked for the renewal, a standby
// from after it saw it, each by its own monotonic clock. A holder has therefore
// stopped acting before a standby begins, as long as their clocks run equally
// fast to within a quarter.
type Lease struct {
	changed chan struct{}
	holder  string
	sole    bool
	stream  *Stream
	term    time.Duration

	renewed atomic.Pointer[time.Time] // start of the last successful renewal; nil: not held
	seen    atomic.Pointer[sighting]
}

// Lease returns the lease of the replica with this holder id, which must differ
// between replicas. A term of several seconds is usual. Sole says that no other
// replica of the same id can be alive, because the embedded server's folder is
// locked: after a crash the lease is then taken up again at once.
func (s *Stream) Lease(holder string, term time.Duration, sole bool) *Lease {
	return &Lease{changed: make(chan struct{}, 1), holder: holder, sole: sole, stream: s, term: term}
}

// margin is what a standby waits beyond the term.
func (l *Lease) margin() time.Duration { return l.term / 4 }

// Held says whether the lease is certainly ours at now: look before each act
// that must not be done twice. It must be given time.Now().
//
// A process that was suspended wakes with its monotonic clock where it was, so
// the wall clock must agree too; when that is set forward the lease seems lost
// until the next renewal, which is the safe side.
func (l *Lease) Held(now time.Time) bool {
	renewed := l.renewed.Load()
	if renewed == nil {
		return false
	}
	return now.Sub(*renewed) < l.term && now.Round(0).Sub(renewed.Round(0)) < l.term
}

// Age is how long ago this replica last saw a lease taken, renewed or released,
// 0 before it has looked for the first time.
func (l *Lease) Age(now time.Time) time.Duration {
	seen := l.seen.Load()
	if seen == nil {
		return 0
	}
	return max(now.Sub(seen.at), 0)
}

// Holder is the id of whoever held the lease when this replica last saw it, ""
// for nobody.
func (l *Lease) Holder() string {
	seen := l.seen.Load()
	if seen == nil || seen.lease.State != leaseHeld {
		return ""
	}
	return seen.lease.Holder
}

// Run stands by until the lease is won and then calls lead, again and again
// until ctx ends. The context that lead is given ends when ctx does, or, with
// cause ErrLeaseLost, when the lease is lost; lead must return soon after. The
// lease is renewed until it has returned.
//
// When lead returns by itself, or because ctx has ended, Run releases the
// lease, so that a standby takes over at once, and returns lead's error.
func (l *Lease) Run(ctx context.Context, lead func(ctx context.Context) error) error {
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		err := l.stream.Follow(watching, []string{events.LeaderSubject}, 0, l.see)
		if watching.Err() == nil {
			l.stream.log.Error("the lease can no longer be watched; it is looked up instead", "error", err)
		}
	}()
	defer func() {
		stop()
		<-done
	}()
	for {
		won, started, err := l.win(ctx)
		if err != nil {
			return err
		}
		l.stream.log.Info("this replica leads", "holder", l.holder, "sequence", won)
		err = l.hold(ctx, won, started, lead)
		if !errors.Is(err, ErrLeaseLost) {
			return err
		}
		l.stream.log.Warn("this replica leads no more", "holder", l.holder)
	}
}

// see takes note of a lease message, from the watch or from a look.
func (l *Lease) see(record Record) {
	next := &sighting{at: time.Now(), sequence: record.Sequence}
	if err := json.Unmarshal(record.Data, &next.lease); err != nil {
		// Whatever it is, it is not a release: wait it out.
		next.lease = leaseMessage{State: leaseHeld}
	}
	for {
		before := l.seen.Load()
		if before != nil && before.sequence >= next.sequence {
			return
		}
		if l.seen.CompareAndSwap(before, next) {
			break
		}
	}
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// look asks for the newest lease message, for what the watch may have missed.
func (l *Lease) look(ctx context.Context) error {
	record, err := l.stream.Last(ctx, events.LeaderSubject)
	switch {
	case errors.Is(err, ErrNone):
		before := l.seen.Load()
		switch {
		case before == nil:
			l.seen.CompareAndSwap(nil, &sighting{at: time.Now()})
		case before.sequence != 0:
			// Somebody has purged it, so its holder may still be acting.
			l.seen.CompareAndSwap(before, &sighting{at: time.Now(), lease: before.lease})
		}
		return nil
	case err != nil:
		return err
	}
	l.see(record)
	return nil
}

// win stands by until the lease is ours. It returns the sequence of our message
// and when we asked for it.
func (l *Lease) win(ctx context.Context) (sequence uint64, started time.Time, err error) {
	for failures := 0; ; {
		if err := l.look(ctx); err != nil {
			failures++
			if ctx.Err() != nil {
				return 0, time.Time{}, context.Cause(ctx)
			}
			l.stream.log.Warn("the lease cannot be read", "error", err)
			if !wait(ctx, min(time.Duration(failures)*l.term/10, l.term)) {
				return 0, time.Time{}, context.Cause(ctx)
			}
			continue
		}
		seen := l.seen.Load()
		if !l.standBy(ctx, seen) {
			if ctx.Err() != nil {
				return 0, time.Time{}, context.Cause(ctx)
			}
			continue // it has changed
		}
		started = time.Now()
		sequence, err = l.write(ctx, started, leaseHeld, seen.sequence)
		if err == nil {
			return sequence, started, nil
		}
		if !errors.Is(err, commit.ErrConflict) {
			l.stream.log.Warn("the lease cannot be taken", "error", err)
			if !wait(ctx, l.term/10) {
				return 0, time.Time{}, context.Cause(ctx)
			}
		}
	}
}

// standBy waits until the lease may be taken, and reports false when it changed
// or ctx ended before.
func (l *Lease) standBy(ctx context.Context, seen *sighting) bool {
	never := seen.lease == leaseMessage{}
	if never || seen.lease.State == leaseReleased || l.sole && seen.lease.Holder == l.holder {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(l.term + l.margin() - time.Since(seen.at))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case <-l.changed:
			if l.seen.Load() != seen {
				return false
			}
		}
	}
}

// hold calls lead and renews the lease until it returns. It returns
// ErrLeaseLost when the lease was lost, else lead's error.
func (l *Lease) hold(ctx context.Context, sequence uint64, started time.Time, lead func(context.Context) error) error {
	l.renewed.Store(new(started))
	leading, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error, 1)
	go func() { done <- lead(leading) }()
	timer := time.NewTimer(l.term/3 - time.Since(started))
	defer timer.Stop()
	for {
		select {
		case err := <-done:
			l.renewed.Store(nil)
			l.release(ctx, sequence)
			return err
		case <-timer.C:
		}
		next := time.Now()
		// Renewed even when ctx has ended, for as long as lead needs to stop.
		renewing, stop := context.WithDeadline(context.WithoutCancel(ctx), started.Add(l.term))
		renewal, err := l.write(renewing, next, leaseHeld, sequence)
		stop()
		if err != nil {
			l.stream.log.Warn("the lease could not be renewed", "holder", l.holder, "error", err)
			l.renewed.Store(nil)
			cancel(ErrLeaseLost)
			<-done
			return ErrLeaseLost
		}
		sequence, started = renewal, next
		l.renewed.Store(new(next))
		timer.Reset(l.term/3 - time.Since(next))
	}
}

// release gives the lease back, so that a standby need not wait. When that
// fails the standby waits out the term: nothing worse.
func (l *Lease) release(ctx context.Context, sequence uint64) {
	releasing, stop := context.WithTimeout(context.WithoutCancel(ctx), l.term)
	defer stop()
	if _, err := l.write(releasing, time.Now(), leaseReleased, sequence); err != nil {
		l.stream.log.Warn("the lease could not be released; a standby takes over when it has run out", "holder", l.holder, "error", err)
	}
}

// write sets the lease on condition that its newest message is still expect.
func (l *Lease) write(ctx context.Context, at time.Time, state string, expect uint64) (sequence uint64, err error) {
	data, err := json.Marshal(leaseMessage{Holder: l.holder, At: at.UTC(), State: state})
	if err != nil {
		return 0, fmt.Errorf("cannot write the lease: %w", err)
	}
	result := l.stream.writer.Write(ctx, []commit.Message{{
		Subject: events.LeaderSubject,
		Header:  nats.Header{"Nats-Rollup": {"sub"}}, // keep the newest only
		Data:    data,
		Expect:  &expect,
	}})[0]
	return result.Sequence, result.Err
}
