package mailin

import (
	"net/netip"
	"sync"
	"time"
)

// maxPaced bounds how many clients are remembered.
const maxPaced = 10_000

// pace bounds how quickly each client may send: a burst, and then so many a
// second.
type pace struct {
	rate, burst float64

	mutex   sync.Mutex
	clients map[netip.Addr]allowance
}

// allowance is how many emails a client may send at once, as of then.
type allowance struct {
	left float64
	then time.Time
}

func newPace(rate float64, burst int) *pace {
	return &pace{rate: rate, burst: max(1, float64(burst)), clients: map[netip.Addr]allowance{}}
}

// allow takes one email from the client's allowance, if there is one left.
func (p *pace) allow(client netip.Addr, now time.Time) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	a, known := p.clients[client]
	if !known {
		p.forget(now)
		a = allowance{left: p.burst, then: now}
	}
	a = p.refilled(a, now)
	allowed := a.left >= 1
	if allowed {
		a.left--
	}
	p.clients[client] = a
	return allowed
}

func (p *pace) refilled(a allowance, now time.Time) allowance {
	return allowance{left: min(p.burst, a.left+p.rate*max(0, now.Sub(a.then).Seconds())), then: now}
}

// forget lets go of clients whose allowance is whole again; of all of them where
// that is not enough, which gives each a new burst.
func (p *pace) forget(now time.Time) {
	if len(p.clients) < maxPaced {
		return
	}
	for client, a := range p.clients {
		if p.refilled(a, now).left >= p.burst {
			delete(p.clients, client)
		}
	}
	if len(p.clients) >= maxPaced {
		clear(p.clients)
	}
}
