package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Lengths of a life, from the start or from readiness to the kill.
const (
	// A life usually ends while families are being acknowledged.
	lifeFrom = 150 * time.Millisecond
	lifeTo   = 900 * time.Millisecond
	// One in five is killed while it starts, wherever it has got to.
	startingOneIn = 5
	startingTo    = 400 * time.Millisecond
	// One in ten lives until it asks the provider about texts in doubt, which
	// it does some seconds after its start.
	longOneIn = 10
	longFrom  = 3 * time.Second
	longTo    = 4500 * time.Millisecond
)

// life is how long a process may live until it is killed.
type life struct {
	lasts time.Duration
	// starting: counted from its start instead of from when it was ready.
	starting bool
}

// drawLives draws when a process is killed. The same seed gives the same lives.
func drawLives(random *rand.Rand, n int) []life {
	between := func(from, to time.Duration) time.Duration { return from + time.Duration(random.Int64N(int64(to-from))) }
	lives := make([]life, n)
	for i := range lives {
		switch {
		case random.IntN(longOneIn) == 0:
			lives[i] = life{lasts: between(longFrom, longTo)}
		case random.IntN(startingOneIn) == 0:
			lives[i] = life{lasts: between(0, startingTo), starting: true}
		default:
			lives[i] = life{lasts: between(lifeFrom, lifeTo)}
		}
	}
	return lives
}

// victim is what is killed and started again.
type victim interface {
	// live starts what is down, calls begin once families may get in touch,
	// and kills after the life, calling kill just before. When it returns, who was
	// killed has ended.
	live(ctx context.Context, l life, begin, kill func()) error
	// rest starts what is down and leaves it running.
	rest(ctx context.Context) (*council, error)
	// starts are how long each process took to be ready, and takeovers how long
	// nobody led.
	durations() (starts, takeovers []time.Duration)
	end()
}

// alone is the whole of Hearback in one process, its server included.
type alone struct {
	*council
	starts []time.Duration
}

func (a *alone) live(ctx context.Context, l life, begin, kill func()) error {
	if l.starting && a.process == nil {
		begin()
		if err := a.launch(); err != nil {
			return err
		}
	} else {
		if _, err := a.rest(ctx); err != nil {
			return err
		}
		begin()
	}
	if err := pause(ctx, l.lasts); err != nil {
		return err
	}
	kill()
	a.kill(os.Kill)
	return nil
}

func (a *alone) rest(ctx context.Context) (*council, error) {
	if a.process != nil {
		return a.council, nil
	}
	took, err := a.start(ctx)
	a.starts = append(a.starts, took)
	return a.council, err
}

func (a *alone) durations() (starts, takeovers []time.Duration) { return a.starts, nil }

func (a *alone) end() { a.kill(os.Kill) }

// pair are two processes on one NATS server that is not theirs. The one that
// leads is killed, and started again at once as the other's standby.
type pair struct {
	replicas          [2]*council
	killed            time.Time
	starts, takeovers []time.Duration
}

// newPair makes two processes of a council's on the NATS server.
func newPair(c *council, natsURL string) (*pair, error) {
	c.natsURL = natsURL
	p := &pair{}
	for i := range p.replicas {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		replica := *c
		replica.servers = nil // they are the council's to close
		replica.httpAddr = "127.0.0.1:" + port
		replica.env = append(slices.Clone(c.env), "HEARBACK_HTTP_LISTEN="+replica.httpAddr,
			"HEARBACK_NATS_URL="+natsURL, "HEARBACK_REPLICAS=1",
			"HEARBACK_DATA_DIR="+filepath.Join(c.config.Dir, fmt.Sprintf("replica%d", i)))
		p.replicas[i] = &replica
	}
	return p, nil
}

func (p *pair) live(ctx context.Context, l life, begin, kill func()) error {
	leader, err := p.rest(ctx)
	if err != nil {
		return err
	}
	begin()
	if err := pause(ctx, l.lasts); err != nil {
		return err
	}
	kill()
	leader.kill(os.Kill)
	p.killed = time.Now()
	return nil
}

// rest starts whoever is down and waits until one of the two leads.
func (p *pair) rest(ctx context.Context) (leader *council, err error) {
	for _, replica := range p.replicas {
		if replica.process != nil {
			continue
		}
		took, err := replica.start(ctx)
		if err != nil {
			return nil, err
		}
		p.starts = append(p.starts, took)
	}
	err = untilEvery(ctx, 10*time.Millisecond, time.Minute, "one of two processes to lead", func() bool {
		for _, replica := range p.replicas {
			if replica.metric("hearback_leading") == 1 {
				leader = replica
			}
		}
		return leader != nil
	})
	if !p.killed.IsZero() {
		p.takeovers = append(p.takeovers, time.Since(p.killed))
		p.killed = time.Time{}
	}
	return leader, err
}

func (p *pair) durations() (starts, takeovers []time.Duration) { return p.starts, p.takeovers }

func (p *pair) end() {
	for _, replica := range p.replicas {
		replica.kill(os.Kill)
	}
}

// pause waits, or says why it must not.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
