package story

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"hearback/notifier/channel"
)

// Answer is what a provider does with one message.
type Answer struct {
	// Think is how long it takes before it decides.
	Think time.Duration
	// Failure is what the caller is told; nil: it was accepted.
	Failure *channel.Failure
	// Accept: it was accepted, whatever the caller is told.
	Accept bool
}

// Accepted is one message that a provider took.
type Accepted struct {
	channel.Message
	ID      string // the provider's own
	At      time.Time
	claimed bool
}

// Provider takes messages as its Answers say; without any it accepts at once.
// One provider serves every replica, as in life.
type Provider struct {
	name string

	mu       sync.Mutex
	answer   func(channel.Message) Answer
	accepted []*Accepted
	attempts []time.Time
	finds    int
	// lookUp is how long a look-up takes; lag how long the list lags behind.
	lookUp, lag time.Duration
	findErr     *channel.Failure
	inFlight    int
	mostAtOnce  int
	// took hears of every message that was taken; report says what became of one.
	took   func(Accepted)
	report func(id string) channel.Report
}

// Took has fn called with every message that is taken from now on, by the
// goroutine that hands it over.
func (p *Provider) Took(fn func(Accepted)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.took = fn
}

// Reports sets what the provider answers when it is asked about a message.
func (p *Provider) Reports(report func(id string) channel.Report) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report = report
}

// Answers sets what the provider does from now on; nil: it accepts at once.
func (p *Provider) Answers(answer func(channel.Message) Answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

// Fails makes every attempt fail in this way until Recovers.
func (p *Provider) Fails(failure channel.Failure) {
	p.Answers(func(channel.Message) Answer { return Answer{Failure: &failure} })
}

// Recovers makes the provider accept at once again.
func (p *Provider) Recovers() { p.Answers(nil) }

// LookUps sets how long a look-up takes and how far the list lags behind.
func (p *Provider) LookUps(takes, lag time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lookUp, p.lag = takes, lag
}

// Attempts are the times at which it was asked to take a message.
func (p *Provider) Attempts() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Time(nil), p.attempts...)
}

// Finds counts the look-ups.
func (p *Provider) Finds() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.finds
}

// MostAtOnce is how many attempts were under way at the same time.
func (p *Provider) MostAtOnce() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mostAtOnce
}

// Accepted are the messages taken so far, oldest first.
func (p *Provider) Accepted() []Accepted {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Accepted, len(p.accepted))
	for i, a := range p.accepted {
		list[i] = *a
	}
	return list
}

func (p *Provider) send(ctx context.Context, m channel.Message, dead <-chan struct{}) (channel.Receipt, error) {
	p.mu.Lock()
	p.attempts = append(p.attempts, time.Now())
	p.inFlight++
	p.mostAtOnce = max(p.mostAtOnce, p.inFlight)
	answer := Answer{}
	if p.answer != nil {
		answer = p.answer(m)
	}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.inFlight--
		p.mu.Unlock()
	}()
	if answer.Think > 0 {
		timer := time.NewTimer(answer.Think)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-dead: // the request of a process that died is lost
			return channel.Receipt{}, &channel.Failure{Verdict: channel.Unknown, Code: "dead", Reason: "The process died."}
		case <-ctx.Done():
			return channel.Receipt{}, &channel.Failure{Verdict: channel.Unknown, Code: "timeout", Reason: "The provider did not answer.", Err: channel.Ended(ctx)}
		}
	}
	id := ""
	if answer.Accept || answer.Failure == nil {
		p.mu.Lock()
		id = fmt.Sprintf("%s-%d", p.name, len(p.accepted)+1)
		p.accepted = append(p.accepted, &Accepted{Message: m, ID: id, At: time.Now()})
		taken, took := *p.accepted[len(p.accepted)-1], p.took
		p.mu.Unlock()
		if took != nil {
			took(taken)
		}
	}
	if answer.Failure != nil {
		return channel.Receipt{}, answer.Failure
	}
	return channel.Receipt{ProviderID: id}, nil
}

func (p *Provider) find(ctx context.Context, since time.Time, to, text string) ([]channel.Found, error) {
	p.mu.Lock()
	p.finds++
	takes, failure := p.lookUp, p.findErr
	p.mu.Unlock()
	if takes > 0 {
		timer := time.NewTimer(takes)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, &channel.Failure{Verdict: channel.Retry, Code: "timeout", Reason: "The provider did not answer.", Err: channel.Ended(ctx)}
		}
	}
	if failure != nil {
		return nil, failure
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var found []channel.Found
	for i := len(p.accepted) - 1; i >= 0; i-- {
		a := p.accepted[i]
		// A provider's list looks a minute further back, because clocks differ.
		if a.To == to && a.Text == text && !a.At.Before(since.Add(-time.Minute)) && time.Since(a.At) >= p.lag {
			found = append(found, channel.Found{ProviderID: a.ID, Created: a.At})
		}
	}
	return found, nil
}

// claim takes the oldest message to an address that no expectation has taken.
func (p *Provider) claim(to string) (Accepted, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.accepted {
		if a.To == to && !a.claimed {
			a.claimed = true
			return *a, true
		}
	}
	return Accepted{}, false
}

// unclaimed describes what nobody expected.
func (p *Provider) unclaimed(t testing.TB) []string {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []string
	for _, a := range p.accepted {
		if !a.claimed {
			list = append(list, describe(p.name, *a))
		}
	}
	return list
}

// line is one replica's way to a provider. It ends with the replica.
type line struct {
	provider *Provider
	dead     <-chan struct{}
}

func (l line) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	select {
	case <-l.dead:
		return channel.Receipt{}, &channel.Failure{Verdict: channel.Retry, Code: "dead", Reason: "The process died."}
	default:
		return l.provider.send(ctx, m, l.dead)
	}
}

// asked is a line to a provider that can be asked what it has.
type asked struct{ line }

var (
	_ channel.Finder   = asked{}
	_ channel.Reporter = asked{}
)

func (a asked) Report(_ context.Context, id string) (channel.Report, error) {
	a.provider.mu.Lock()
	defer a.provider.mu.Unlock()
	if a.provider.report == nil {
		return channel.Report{Status: channel.Sent}, nil
	}
	return a.provider.report(id), nil
}

func (a asked) Find(ctx context.Context, since time.Time, m channel.Message) ([]channel.Found, error) {
	return a.provider.find(ctx, since, m.To, m.Text)
}
