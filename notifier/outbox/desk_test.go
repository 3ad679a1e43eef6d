package outbox_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier"
	"hearback/notifier/channel"
	"hearback/notifier/outbox"
	"hearback/notifier/rules"
)

// monday is nine o'clock on a working Monday, inside contact hours.
var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

const (
	mobile     = "+447700900101"
	listingLag = 20 * time.Second
)

// desk plays the leader: it holds the cases, the lease and the record of results.
type desk struct {
	t      *testing.T
	config outbox.Config

	mu      sync.Mutex
	cases   map[string]notifier.Case
	lease   bool
	results []notifier.Result
	// unrecorded, where it is set, keeps every result from being recorded until it is closed.
	unrecorded chan struct{}
}

// bubble runs a test in fake time that begins at monday.
func bubble(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	book, faults := rules.Load(os.DirFS("../testdata/books/base"))
	if book == nil {
		t.Fatalf("the book has faults: %v", faults)
	}
	books := notifier.Books{Current: book, Versions: map[string]*notifier.Book{book.Version: book}}
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(monday))
		d := &desk{t: t, cases: map[string]notifier.Case{}, lease: true}
		d.config = outbox.Config{
			Lanes: map[string]outbox.Lane{}, Case: d.readCase, Books: func() notifier.Books { return books }, Held: d.held,
			Forbidden: func(string, string, string) bool { return false },
			Planned:   func(string, map[string]bool, time.Time) time.Time { return time.Time{} },
			Settle:    d.settle, Domain: "council.example", ListingLag: listingLag, ReplyTimeout: 30 * time.Second,
		}
		test(t, d)
	})
}

func (d *desk) readCase(ref string) (notifier.Case, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cases[ref], nil
}

func (d *desk) held(time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lease
}

func (d *desk) setLease(held bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lease = held
}

// settle takes the message out of its case, as Decide does.
func (d *desk) settle(ref string, r notifier.Result) <-chan struct{} {
	d.withdraw(ref, r.Message)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.results = append(d.results, r)
	if d.unrecorded != nil {
		return d.unrecorded
	}
	recorded := make(chan struct{})
	close(recorded)
	return recorded
}

// withdraw takes a message out of its case without a result.
func (d *desk) withdraw(ref, id string) {
	d.change(ref, func(c *notifier.Case) {
		c.Messages = slices.DeleteFunc(slices.Clone(c.Messages), func(m notifier.Message) bool { return m.ID == id })
	})
}

func (d *desk) change(ref string, how func(*notifier.Case)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.cases[ref]
	how(&c)
	d.cases[ref] = c
}

// settled are the results so far, each in a line without its time.
func (d *desk) settled() []notifier.Result {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.results)
}

// only is the one result there must be.
func (d *desk) only() notifier.Result {
	d.t.Helper()
	results := d.settled()
	if len(results) != 1 {
		d.t.Fatalf("there are %d results, want 1: %+v", len(results), results)
	}
	return results[0]
}

// start runs an outbox over the lanes until the test ends.
func (d *desk) start(lanes map[string]outbox.Lane) *outbox.Outbox {
	maps.Copy(d.config.Lanes, lanes)
	o := outbox.New(d.config)
	go o.Run(d.t.Context())
	d.t.Cleanup(func() { <-o.Done() })
	return o
}

// startOne runs an outbox with one worker for one channel.
func (d *desk) startOne(name string, sender channel.Sender) *outbox.Outbox {
	return d.start(map[string]outbox.Lane{name: {Sender: sender, Workers: 1}})
}

// text is a message to the one contact of a case, ready to go, in that case.
func (d *desk) text(ref, id string) outbox.Offer {
	return d.add(ref, notifier.Message{ID: id, Kind: notifier.Acknowledgement, Promise: "reply/q", To: "c1", Channel: notifier.SMS,
		Address: mobile, Words: "enquiry-received", Body: "words of " + id, Decided: time.Now(), Expires: time.Now().Add(48 * time.Hour)})
}

// letter is an email to the one contact of a case.
func (d *desk) letter(ref, id string) outbox.Offer {
	return d.add(ref, notifier.Message{ID: id, Kind: notifier.Acknowledgement, Promise: "reply/q", To: "c1", Channel: notifier.Email,
		Address: "one@family.example", Words: "enquiry-received", Subject: "subject of " + id, Body: "words of " + id,
		Decided: time.Now(), Expires: time.Now().Add(48 * time.Hour)})
}

// chase is an email to an officer for a promise opened at some time.
func (d *desk) chase(ref, id string, opened time.Time) outbox.Offer {
	d.change(ref, func(c *notifier.Case) {
		c.Promises = append(c.Promises, notifier.Promise{Rule: "reply", Enquiry: "q", Opened: opened})
	})
	return d.add(ref, notifier.Message{ID: id, Kind: notifier.Chase, Promise: "reply/q", To: "o.jane", Staff: true, Role: "officer",
		Channel: notifier.Email, Address: "jane.okafor@council.example", Words: "reply-overdue", Subject: "subject of " + id,
		Body: "words of " + id, Brief: "- brief of " + id, Anytime: true, Decided: time.Now(), Expires: time.Now().Add(48 * time.Hour)})
}

func (d *desk) add(ref string, m notifier.Message) outbox.Offer {
	d.change(ref, func(c *notifier.Case) {
		c.Ref = ref
		if len(c.Contacts) == 0 {
			c.Contacts = []notifier.Contact{{ID: "c1", Name: "Sam Taylor", Mobile: mobile, Email: "one@family.example"}}
		}
		c.Messages = append(slices.Clone(c.Messages), m)
	})
	return outbox.Offer{Ref: ref, Message: m}
}

// changed is the offer with its message changed, in the case too.
func (d *desk) changed(offer outbox.Offer, how func(*notifier.Message)) outbox.Offer {
	how(&offer.Message)
	d.change(offer.Ref, func(c *notifier.Case) {
		for i := range c.Messages {
			if c.Messages[i].ID == offer.Message.ID {
				c.Messages[i] = offer.Message
			}
		}
	})
	return offer
}

// attempt is one message that reached a provider.
type attempt struct {
	channel.Message
	after time.Duration // since monday
}

// post is a provider that cannot be asked. It answers as told.
type post struct {
	// answer says what becomes of the nth attempt, counted from 0; nil accepts all.
	answer func(n int) error
	takes  time.Duration

	mu       sync.Mutex
	attempts []attempt
}

func (p *post) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	p.mu.Lock()
	n := len(p.attempts)
	p.attempts = append(p.attempts, attempt{m, time.Since(monday)})
	p.mu.Unlock()
	if p.takes > 0 {
		select {
		case <-time.After(p.takes):
		case <-ctx.Done():
			return channel.Receipt{}, &channel.Failure{Verdict: channel.Unknown, Code: "too-slow", Reason: "no answer in time", Err: channel.Ended(ctx)}
		}
	}
	if p.answer != nil {
		if err := p.answer(n); err != nil {
			return channel.Receipt{}, err
		}
	}
	return channel.Receipt{ProviderID: fmt.Sprintf("accepted-%d", n)}, nil
}

func (p *post) sent() []attempt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.attempts)
}

func (p *post) ids() []string {
	ids := []string{}
	for _, a := range p.sent() {
		ids = append(ids, a.ID)
	}
	return ids
}

func (p *post) times() []time.Duration {
	times := []time.Duration{}
	for _, a := range p.sent() {
		times = append(times, a.after)
	}
	return times
}

// askable is a provider that can be asked what it accepted.
type askable struct {
	post
	// list is what it says of the nth question, counted from 0; nil lists nothing.
	list func(n int) ([]channel.Found, error)

	asked []question
}

type question struct {
	since    time.Time
	to, text string
	after    time.Duration
}

// The tests would pass over a Finder that is none.
var _ channel.Finder = (*askable)(nil)

func (a *askable) Find(_ context.Context, since time.Time, m channel.Message) ([]channel.Found, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := len(a.asked)
	a.asked = append(a.asked, question{since.UTC(), m.To, m.Text, time.Since(monday)})
	if a.list == nil {
		return nil, nil
	}
	return a.list(n)
}

func (a *askable) questions() []question {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.asked)
}

// first fails the first attempt in the way given, and no other.
func first(f channel.Failure) func(int) error {
	return func(n int) error {
		if n == 0 {
			return new(f)
		}
		return nil
	}
}

func always(f channel.Failure) func(int) error {
	return func(int) error { return new(f) }
}

// pass lets fake time pass, and then all that it woke come to rest.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func same[T comparable](t *testing.T, what string, got []T, want ...T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
