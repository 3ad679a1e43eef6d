package doorstep_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/notifier/doorstep"
	"hearback/notifier/link"
)

// council is a made-up Source, and the Publisher behind it.
type council struct {
	mu        sync.Mutex
	cases     map[string]doorstep.Case
	book      doorstep.Council
	unread    error // of every case
	refuse    error // of every event
	published []events.Event
	// decide, where it is set, is what storing an event does to the council.
	decide func(*council, events.Event)
}

func (c *council) Case(_ context.Context, ref string) (doorstep.Case, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unread != nil {
		return doorstep.Case{}, c.unread
	}
	found, known := c.cases[ref]
	if !known {
		return doorstep.Case{}, fmt.Errorf("case %s: %w", ref, doorstep.ErrUnknown)
	}
	return found, nil
}

func (c *council) Staff(id string) string {
	return map[string]string{"o.jane": "Jane Okafor", "p.lead": "Tomasz Zieliński", "o.nasty": nasty}[id]
}

func (c *council) Council() doorstep.Council { return c.book }

func (c *council) Publish(_ context.Context, list ...events.Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refuse != nil {
		return c.refuse
	}
	c.published = append(c.published, list...)
	if c.decide != nil {
		for _, e := range list {
			c.decide(c, e)
		}
	}
	return nil
}

// identities counts the events that are left when repeats change nothing.
func (c *council) identities() int {
	seen := map[uint64]bool{}
	for _, e := range c.published {
		seen[e.Identity()] = true
	}
	return len(seen)
}

const (
	nasty   = `<script>alert("1")</script>'&{{.}}`
	mobile  = "+447700900123"
	address = "sam@family.example"
)

// morning is the clock of the made-up council: Monday 30 November 2026, 9:30 in London.
func morning() time.Time { return time.Date(2026, time.November, 30, 9, 30, 0, 0, time.UTC) }

func date(text string) calendar.Date {
	d, err := calendar.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// herts has one case with two parents, who must not hear of each other, and one reply
// that is owed today.
func herts() *council {
	opened := morning().AddDate(0, 0, -7)
	return &council{
		book: doorstep.Council{Name: "Hertfordshire County Council", Phone: "01632 960123", Languages: []string{"en", "cy", "pl", "ur"}},
		cases: map[string]doorstep.Case{"H-10482": {
			Ref: "H-10482", Officer: "o.jane", Team: "North team",
			Contacts: []doorstep.Contact{
				{ID: "c1", Mobile: mobile, Email: address, Language: "en"},
				{ID: "c2", Mobile: "+447700900456", Email: "alex@other.example"},
			},
			Promises: []doorstep.Promise{
				{Key: "reply/call-1", Enquiry: "call-1", From: "c1", Opened: opened, Due: time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC), DueDate: date("2026-11-30")},
				{Key: "reply/call-2", Enquiry: "call-2", From: "c2", Opened: opened.Add(time.Hour), Due: time.Date(2026, 12, 8, 16, 0, 0, 0, time.UTC), DueDate: date("2026-12-08")},
				{Key: "reply/call-3", Enquiry: "call-3", Hidden: true, Opened: opened.Add(2 * time.Hour), Due: time.Date(2026, 12, 9, 15, 0, 0, 0, time.UTC), DueDate: date("2026-12-09")},
			},
			Messages: []doorstep.Message{
				{To: "c1", Kind: "acknowledgement", Channel: "sms", Status: "delivered", At: opened.Add(time.Minute)},
				{To: "c2", Kind: "acknowledgement", Channel: "letter", Status: "failed", At: opened.Add(61 * time.Minute)},
				{To: "", Kind: "courtesy", Channel: "letter", Status: "sent", At: opened.Add(90 * time.Minute)},
				{To: "c1", Kind: "late", Channel: "email", Status: "withdrawn", At: opened.Add(2 * time.Hour)},
			},
		}},
	}
}

// change alters the promise that links are about.
func (c *council) change(to func(*doorstep.Case, *doorstep.Promise)) {
	found := c.cases["H-10482"]
	found.Promises = append([]doorstep.Promise(nil), found.Promises...)
	found.Contacts = append([]doorstep.Contact(nil), found.Contacts...)
	found.Messages = append([]doorstep.Message(nil), found.Messages...)
	to(&found, &found.Promises[0])
	c.cases["H-10482"] = found
}

func keys() link.Keys {
	k, err := link.NewKeys([]byte(strings.Repeat("k", link.MinSecret)))
	if err != nil {
		panic(err)
	}
	return k
}

func (c *council) site() http.Handler {
	return doorstep.New(c, c, doorstep.Options{Keys: keys(), Now: morning})
}

// token makes a link that is good for a week, as change says.
func token(t testing.TB, l link.Link) string {
	t.Helper()
	if l.Expires.IsZero() {
		l.Expires = morning().AddDate(0, 0, 7)
	}
	made, err := keys().Make(l)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func officer(t testing.TB, purpose link.Purpose) string {
	return "/a/" + token(t, link.Link{Purpose: purpose, Case: "H-10482", Promise: "reply/call-1", Person: "o.jane"})
}

func family(t testing.TB) string {
	return "/f/" + token(t, link.Link{Purpose: link.Family, Case: "H-10482", Person: "c1", SentTo: keys().Tag(mobile)})
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// post sends a form as a browser does from our own page.
func post(h http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Origin", "null")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// says fails the test where a page lacks any of the words.
func says(t testing.TB, w *httptest.ResponseRecorder, status int, words ...string) sight {
	t.Helper()
	s := look(t, w.Body.String())
	if w.Code != status {
		t.Errorf("status %d, not %d: %s", w.Code, status, s.text)
	}
	for _, want := range words {
		if !strings.Contains(s.text, want) {
			t.Errorf("the page does not say %q: %s", want, s.text)
		}
	}
	return s
}
