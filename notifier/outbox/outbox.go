// Package outbox hands decided messages over to providers.
//
// It is level-triggered: what is to be sent stands in the cases, and the outbox
// only makes the world match. Before each hand-over it takes a last look at the
// case as it stands, and it reports what became of the message; the result goes
// through Decide into the ledger like any input. One channel's outage holds up
// no other. An Outbox lives for one leadership: a new leader starts with a new
// one, seeded with every message that is not settled, each of them in doubt.
package outbox

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hearback/notifier"
	"hearback/notifier/channel"
)

// Lane is one channel's provider and how fast it may be used.
type Lane struct {
	Sender channel.Sender
	// PerSecond is the greatest rate of hand-overs; 0 is no limit.
	PerSecond float64
	// Workers is how many hand-overs may be in flight at once.
	Workers int
	// Awaits is what may still be heard of a message that was accepted:
	// notifier.AwaitsReceipt, notifier.AwaitsBounce, or empty for nothing.
	Awaits string
}

// Config is what an Outbox works with. Every field but Log is needed.
type Config struct {
	Lanes map[string]Lane // by channel name
	// Case is the case as it stands now.
	Case func(ref string) (notifier.Case, error)
	// Books are the books in force.
	Books func() notifier.Books
	// Link makes a signed link for a message; empty where there is none of its kind.
	// Nil: there are no links.
	Link func(ref string, m notifier.Message, kind notifier.LinkKind) string
	// Forbidden reports whether another case than this forbids a channel to an address.
	Forbidden func(ref, channel, address string) bool
	// Held reports whether the lease is still ours: nothing is handed over without it.
	Held func(now time.Time) bool
	// Planned is the latest time, up to until, at which another promise will
	// chase this person; zero when none will.
	Planned func(person string, except map[string]bool, until time.Time) time.Time
	// Settle takes what became of a message. It may block. The channel is closed
	// once the result is recorded.
	Settle func(ref string, r notifier.Result) (recorded <-chan struct{})
	// Domain is the right-hand side of our Message-IDs.
	Domain string
	// ListingLag is how long a provider's list may lag behind what it accepted.
	ListingLag time.Duration
	// ReplyTimeout bounds one hand-over.
	ReplyTimeout time.Duration
	Log          *slog.Logger
}

// Offer names a decided message that is not settled yet.
type Offer struct {
	Ref     string
	Message notifier.Message
	// Doubt: it may have been handed over already, by us or by a leader before us.
	Doubt bool
	// Ask: it was handed over, and the provider, which knows it by this name, is to
	// say what became of it.
	Ask      bool
	Provider string
}

// Outbox hands over messages until its context ends.
type Outbox struct {
	config Config
	lanes  map[string]*lane
	gather *gatherer
	done   chan struct{}

	mu sync.Mutex
	// held are the messages that the outbox knows of and has not settled.
	held map[string]struct{}
}

// New makes an outbox; Run starts it.
func New(config Config) *Outbox {
	o := &Outbox{config: config, lanes: map[string]*lane{}, done: make(chan struct{}), held: map[string]struct{}{}}
	if o.config.Log == nil {
		o.config.Log = slog.New(slog.DiscardHandler)
	}
	for name, l := range config.Lanes {
		limit := rate.Inf
		if l.PerSecond > 0 {
			limit = rate.Limit(l.PerSecond)
		}
		o.lanes[name] = newLane(l.Sender, l.Awaits, rate.NewLimiter(limit, max(1, int(l.PerSecond/10))), max(1, l.Workers))
	}
	o.gather = newGatherer(o)
	return o
}

// Run hands over what is offered until ctx ends, then waits for the hand-overs
// in flight and returns once each of their results has been taken.
func (o *Outbox) Run(ctx context.Context) {
	var workers sync.WaitGroup
	for name, l := range o.lanes {
		for range l.workers {
			workers.Go(func() { o.work(ctx, name, l) })
		}
	}
	workers.Go(func() { o.gather.run(ctx) })
	workers.Wait()
	close(o.done)
}

// Done is closed when Run has returned.
func (o *Outbox) Done() <-chan struct{} { return o.done }

// Offer takes messages to hand over; one that it has already is left alone. It
// never blocks. What was decided together is offered together, so that chases of
// one person can go as one email.
func (o *Outbox) Offer(offers []Offer) {
	now := time.Now()
	for _, offer := range offers {
		m := offer.Message
		l, ok := o.lanes[m.Channel]
		if !ok {
			// Decide knows no other channels; the auditor will say that it stays unsettled.
			o.config.Log.Error("there is no such channel", "channel", m.Channel, "message", m.ID)
			continue
		}
		if offer.Ask {
			if o.hold(askKey(m.ID)) {
				l.push(item{members: []member{{ref: offer.Ref, id: m.ID}}, ask: true, provider: offer.Provider, since: now})
			}
			continue
		}
		if !o.hold(m.ID) {
			continue
		}
		it := item{members: []member{{ref: offer.Ref, id: m.ID, promise: m.Promise, decided: m.Decided}}, doubt: offer.Doubt}
		if offer.Doubt {
			it.since = now
		}
		if m.Kind == notifier.Chase && m.Channel == notifier.Email {
			o.gather.add(m.To, it, now)
			continue
		}
		if m.NotBefore.After(now) {
			l.later(it, m.NotBefore)
			continue
		}
		l.push(it)
	}
	o.gather.nudge()
}

// hold is false for a message that the outbox holds already.
func (o *Outbox) hold(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, has := o.held[id]
	o.held[id] = struct{}{}
	return !has
}

// Recorded lets go of a message whose result is recorded: it may be offered again.
func (o *Outbox) Recorded(r notifier.Result) {
	if r.Asked {
		o.forget(askKey(r.Message))
		return
	}
	o.forget(r.Message)
}

func (o *Outbox) forget(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.held, id)
}

// askKey is the question about a message, which may be held beside the message.
func askKey(id string) string { return "ask " + id }

// Depth is how many hand-overs wait in a channel, and since when the oldest may go.
func (o *Outbox) Depth() map[string]int {
	depth := map[string]int{}
	for name, l := range o.lanes {
		depth[name] = l.depth()
	}
	return depth
}
