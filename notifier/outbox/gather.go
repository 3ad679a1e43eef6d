package outbox

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"hearback/notifier"
)

// together is how far apart the chases of one person may fall due and still go
// as one email.
const together = 60 * time.Second

// settling is how long after a planned chase is due it should have been decided.
const settling = 250 * time.Millisecond

// gatherer collects chases of one person. They go at once where nothing more is
// about to fall due for that person; else with what is.
type gatherer struct {
	outbox *Outbox
	mu     sync.Mutex
	groups map[string]*group
	wake   chan struct{}
}

type group struct {
	items []item
	first time.Time
	// at is when to look at the group again.
	at time.Time
}

func newGatherer(o *Outbox) *gatherer {
	return &gatherer{outbox: o, groups: map[string]*group{}, wake: make(chan struct{}, 1)}
}

func (g *gatherer) add(person string, it item, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	of, ok := g.groups[person]
	if !ok {
		of = &group{first: now}
		g.groups[person] = of
	}
	of.items = append(of.items, it)
	of.at = now
}

func (g *gatherer) nudge() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

func (g *gatherer) run(ctx context.Context) {
	for ctx.Err() == nil {
		next := g.look(time.Now())
		var timer <-chan time.Time
		if !next.IsZero() {
			timer = time.After(time.Until(next))
		}
		select {
		case <-ctx.Done():
		case <-g.wake:
		case <-timer:
		}
	}
}

// look sends on every group that waits for nothing more, and says when to look again.
func (g *gatherer) look(now time.Time) (next time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, person := range slices.Sorted(maps.Keys(g.groups)) {
		of := g.groups[person]
		if !of.at.After(now) {
			end := of.first.Add(together)
			except := map[string]bool{}
			for _, it := range of.items {
				except[it.members[0].ref+" "+it.members[0].promise] = true
			}
			planned := time.Time{}
			if now.Before(end) {
				planned = g.outbox.config.Planned(person, except, end)
			}
			if planned.IsZero() {
				g.send(of)
				delete(g.groups, person)
				continue
			}
			of.at = planned.Add(settling)
			if !of.at.After(now) {
				of.at = now.Add(settling)
			}
			if of.at.After(end) {
				of.at = end
			}
		}
		if next.IsZero() || of.at.Before(next) {
			next = of.at
		}
	}
	return next
}

// send puts a group into the email channel as one item. What is in doubt goes
// apart, so that it is the same email as before.
func (g *gatherer) send(of *group) {
	var fresh, doubt item
	for _, it := range of.items {
		to := &fresh
		if it.doubt {
			to = &doubt
			doubt.doubt, doubt.since = true, it.since
		}
		to.members = append(to.members, it.members...)
	}
	l := g.outbox.lanes[notifier.Email]
	for _, it := range []item{doubt, fresh} {
		if len(it.members) > 0 {
			l.push(it)
		}
	}
}
