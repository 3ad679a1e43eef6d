package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"hearback/notifier"
)

const (
	// auditEvery is how often each replica looks at its own picture.
	auditEvery = time.Minute
	// overdueMost is how long a deadline may have passed undecided.
	overdueMost = time.Minute
	// unsettledGrace is how long past its expiry a message may stand unsettled.
	unsettledGrace = 10 * time.Minute
)

// auditor holds what the last look found. It is independent of the leader's
// loop: it would see that the loop stands still.
type auditor struct {
	mu       sync.Mutex
	findings []string
	at       time.Time
	// unreadable are the last ledger entries that cannot be read, by case.
	unreadable map[string]uint64
}

// note remembers that the last entry of a case cannot be read, until another
// entry can.
func (a *auditor) note(ref string, sequence uint64, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err == nil && len(a.unreadable) > 0:
		delete(a.unreadable, ref)
	case err == nil:
	case a.unreadable == nil:
		a.unreadable = map[string]uint64{ref: sequence}
	default:
		a.unreadable[ref] = sequence
	}
}

// broken says which cases nobody watches, because their entries cannot be read.
func (a *auditor) broken() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	findings := make([]string, 0, len(a.unreadable))
	for _, ref := range slices.Sorted(maps.Keys(a.unreadable)) {
		findings = append(findings, fmt.Sprintf("case %s: its last ledger entry, %d in the stream, cannot be read, so nobody watches it; phone the family, and report the fault", ref, a.unreadable[ref]))
	}
	return findings
}

// audit looks once a minute for what must never be.
func (e *Engine) audit(ctx context.Context) {
	ticker := time.NewTicker(auditEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		e.Audit(time.Now())
	}
}

// Audit looks at the picture now and keeps what it found for Findings.
func (e *Engine) Audit(now time.Time) {
	var findings []string
	find := func(format string, args ...any) {
		if len(findings) < 100 {
			findings = append(findings, fmt.Sprintf(format, args...))
		}
	}
	for _, finding := range e.auditor.broken() {
		find("%s", finding)
	}
	e.config.Picture.Each(func(c notifier.Case) bool {
		for _, p := range c.Promises {
			switch {
			case p.Next.IsZero():
				find("case %s: promise %s is open and has no deadline", c.Ref, p.Key())
			case now.Sub(p.Next) > overdueMost:
				find("case %s: promise %s should have been looked at %s ago", c.Ref, p.Key(), now.Sub(p.Next).Round(time.Second))
			}
		}
		for _, t := range c.Tasks {
			if !t.Next.IsZero() && now.Sub(t.Next) > overdueMost {
				find("case %s: task %s should have been looked at %s ago", c.Ref, t.ID, now.Sub(t.Next).Round(time.Second))
			}
		}
		for _, m := range c.Messages {
			if now.Sub(m.Expires) > unsettledGrace {
				find("case %s: message %s is not settled %s after it expired", c.Ref, m.ID, now.Sub(m.Expires).Round(time.Second))
			}
		}
		return true
	})
	if age := e.lease.Age(now); age > 3*e.config.Term {
		find("no replica has renewed the lease for %s: nobody leads", age.Round(time.Second))
	}
	if reason := e.stats.storing.Load(); reason != nil {
		find("decisions cannot be stored: %s", *reason)
	}
	if e.books().Current == nil {
		find("no book is in force: publish one")
	}
	for _, f := range findings {
		e.config.Log.Error("auditor", "finding", f)
	}
	e.auditor.mu.Lock()
	e.auditor.findings, e.auditor.at = findings, now
	e.auditor.mu.Unlock()
}

// Findings are what the last audit found; none while all is well.
func (e *Engine) Findings() []string {
	e.auditor.mu.Lock()
	defer e.auditor.mu.Unlock()
	return append([]string(nil), e.auditor.findings...)
}
