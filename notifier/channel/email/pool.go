package email

import (
	"context"
	"sync"
	"time"

	"hearback/notifier/channel"
)

// pool lends lines, at most one for each worker. The line used last is lent
// first, so that a quiet council keeps one connection and not eight.
type pool struct {
	config Config
	// turns holds a token for every line that may still be lent.
	turns chan struct{}

	mutex  sync.Mutex
	idle   []*line
	reaper *time.Timer
	closed bool
}

func newPool(config Config) *pool {
	return &pool{config: config, turns: make(chan struct{}, config.Workers)}
}

// take waits for its turn. Every line taken must be put back.
func (p *pool) take(ctx context.Context) (*line, *channel.Failure) {
	if ctx.Err() != nil {
		return nil, stopped(ctx)
	}
	select {
	case p.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, stopped(ctx)
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.closed {
		<-p.turns
		return nil, &channel.Failure{Verdict: channel.Retry, Code: "closed",
			Reason: "Hearback was stopping. The email is tried again by itself."}
	}
	if last := len(p.idle) - 1; last >= 0 {
		line := p.idle[last]
		p.idle = p.idle[:last]
		return line, nil
	}
	return newLine(p.config), nil
}

// put gives a line back. A line without a connection is forgotten.
func (p *pool) put(l *line) {
	defer func() { <-p.turns }()
	if !l.connected() {
		return
	}
	p.mutex.Lock()
	if p.closed {
		p.mutex.Unlock()
		l.quit()
		return
	}
	l.since = time.Now()
	p.idle = append(p.idle, l)
	if p.reaper == nil {
		p.reaper = time.AfterFunc(p.config.Idle, p.reap)
	}
	p.mutex.Unlock()
}

// reap closes the lines that nobody used for a while, and comes again while any
// is left.
func (p *pool) reap() {
	var stale []*line
	p.mutex.Lock()
	now, kept := time.Now(), p.idle[:0]
	for _, l := range p.idle {
		if now.Sub(l.since) >= p.config.Idle {
			stale = append(stale, l)
		} else {
			kept = append(kept, l)
		}
	}
	clear(p.idle[len(kept):])
	p.idle, p.reaper = kept, nil
	if len(kept) > 0 {
		p.reaper = time.AfterFunc(p.config.Idle-now.Sub(kept[0].since), p.reap)
	}
	p.mutex.Unlock()
	for _, l := range stale {
		l.quit()
	}
}

func (p *pool) close() {
	p.mutex.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	if p.reaper != nil {
		p.reaper.Stop()
	}
	p.mutex.Unlock()
	for _, l := range idle {
		l.quit()
	}
}

func stopped(ctx context.Context) *channel.Failure {
	return &channel.Failure{Verdict: channel.Retry, Code: "stopped", Err: channel.Ended(ctx),
		Reason: "The email had to wait too long for its turn, or Hearback was stopping. It is tried again by itself."}
}
