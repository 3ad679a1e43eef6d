package outbox

import (
	"time"

	"hearback/notifier/channel"
)

// Standing is how one channel stands. Nothing in it is about a family.
type Standing struct {
	// Ready may be handed over now, and the oldest of them was decided at Oldest; Later
	// wait for contact hours, or to be tried again.
	Ready, Later int
	Oldest       time.Time
	// Accepted is when the provider last accepted a message; zero: not since this
	// process began to lead.
	Accepted time.Time
	// Failed is when it last did not, and Failure why; zero and nil: it has not since.
	Failed  time.Time
	Failure *channel.Failure
	// Slowed is for how long hand-overs have waited, in all, so as not to go faster than
	// the channel may.
	Slowed time.Duration
}

// Standing says of every channel how it stands.
func (o *Outbox) Standing() map[string]Standing {
	now := time.Now()
	all := map[string]Standing{}
	for name, l := range o.lanes {
		all[name] = l.standing(now)
	}
	return all
}

func (l *lane) standing(now time.Time) Standing {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.known
	ready := func(it item) {
		s.Ready++
		for _, m := range it.members {
			if !m.decided.IsZero() && (s.Oldest.IsZero() || m.decided.Before(s.Oldest)) {
				s.Oldest = m.decided
			}
		}
	}
	for _, it := range l.ready[l.head:] {
		ready(it)
	}
	for _, it := range l.waiting {
		if it.at.After(now) {
			s.Later++
		} else {
			ready(it.item)
		}
	}
	return s
}

// answered notes what a provider said to a hand-over.
func (l *lane) answered(failure *channel.Failure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if failure == nil {
		l.known.Accepted = time.Now()
		return
	}
	l.known.Failed, l.known.Failure = time.Now(), failure
}

func (l *lane) slowed(by time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known.Slowed += by
}
