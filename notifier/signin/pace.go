package signin

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Paces. A whole council may come from one address at nine in the morning, with two
// requests for each sign-in, and a browser that is opened again asks for all its pages
// at once. There is no password here that could be guessed.
const (
	attemptsAtOnce    = 200
	attemptsPerSecond = 10
	requestsAtOnce    = 120
	requestsPerSecond = 10
	// pacedMost bounds how many addresses or sessions are remembered, twice over.
	pacedMost = 10_000
)

// pace lets each key do something so many times at once, and so many per second then.
// It remembers at most twice pacedMost keys: whoever has not come since that many others
// did begins anew.
type pace struct {
	perSecond rate.Limit
	atOnce    int

	mu          sync.Mutex
	young, aged map[string]*rate.Limiter
}

func newPace(perSecond rate.Limit, atOnce int) *pace {
	return &pace{perSecond: perSecond, atOnce: atOnce, young: map[string]*rate.Limiter{}}
}

// allows counts one more and reports whether it may be done.
func (p *pace) allows(key string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	limiter := p.young[key]
	if limiter == nil {
		if limiter = p.aged[key]; limiter == nil {
			limiter = rate.NewLimiter(p.perSecond, p.atOnce)
		}
		if len(p.young) >= pacedMost {
			p.aged, p.young = p.young, map[string]*rate.Limiter{}
		}
		p.young[key] = limiter
	}
	return limiter.AllowN(now, 1)
}

// ended remembers what must not be used again until it would have run out anyway: at
// most endedMost of them, and then the oldest is forgotten first.
type ended struct {
	mu    sync.Mutex
	known map[string]bool
	queue []ending
}

type ending struct {
	id    string
	until time.Time
}

// endedMost bounds what is remembered as ended.
const endedMost = 20_000

// add reports whether the id was new.
func (e *ended) add(id string, now time.Time, lasts time.Duration) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.queue) > 0 && (e.queue[0].until.Before(now) || len(e.queue) >= endedMost) {
		delete(e.known, e.queue[0].id)
		e.queue = e.queue[1:]
	}
	if e.known[id] {
		return false
	}
	if e.known == nil {
		e.known = map[string]bool{}
	}
	e.known[id] = true
	e.queue = append(e.queue, ending{id, now.Add(lasts)})
	return true
}

func (e *ended) has(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.known[id]
}
