package doorstep_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/notifier/calendar"
	"hearback/notifier/doorstep"
	"hearback/notifier/link"
	"hearback/templates"
)

func TestAFamilySeesWhereItsEnquiryStands(t *testing.T) {
	c := herts()
	s := says(t, get(c.site(), family(t)), http.StatusOK,
		"Where your enquiry stands – Hertfordshire County Council", "Your reference is H-10482.", "We are working on it",
		"We will reply by 5pm on Monday 30 November 2026. You do not have to do anything.",
		"We got it Monday 23 November 2026 at 9:30am", "Who will reply Jane Okafor, North team",
		"We have your message Text, Monday 23 November 2026 at 9:31am. Delivered.",
		"To talk to us, call 01632 960123. Please give the reference H-10482.", "It works until Monday 7 December 2026 at 10am.")
	if len(c.published) != 0 || strings.Contains(s.text, "Enquiry 1") {
		t.Error(s.text)
	}
	if got := s.chosen(); !slices.Equal(got, []string{"en", "any"}) {
		t.Errorf("chosen are %v", got)
	}
}

// Nothing that concerns the other parent, a caller or staff stands on the page.
func TestAFamilySeesNothingOfAnybodyElse(t *testing.T) {
	c := herts()
	c.change(func(found *doorstep.Case, _ *doorstep.Promise) {
		found.Promises[1].Postponed = &doorstep.Postponed{Until: date("2026-12-11"), Reason: "Alex asked for it."}
		for _, status := range []string{"waiting", "sending", "sent", "delivered", "failed", "unknown"} {
			found.Messages = append(found.Messages, doorstep.Message{To: "c2", Kind: "postponed", Channel: "email", Status: status, Code: "5.1.1", Unusable: true, HandedOver: true, Awaits: true, At: morning(), Delivered: morning()})
		}
	})
	s := says(t, get(c.site(), family(t)), http.StatusOK)
	for _, others := range []string{"8 December", "9 December", "10:30am", "11:30am", "10:31am", "at 11am", "Letter", "Alex", "alex", "456", "c2", "call-", "o.jane", "7700", "sam@", "Sorry, our reply is late", "A new date", "Delivering", "does not exist", "takes longer"} {
		if strings.Contains(s.text, others) {
			t.Errorf("the page says %q: %s", others, s.text)
		}
	}
	other := "/f/" + token(t, link.Link{Purpose: link.Family, Case: "H-10482", Person: "c2", SentTo: keys().Tag("Alex@Other.example")})
	says(t, get(c.site(), other), http.StatusOK, "Letter, Monday 23 November 2026 at 10:31am. It did not get to you.", "4pm on Tuesday 8 December 2026")
}

func TestHowAnEnquiryStands(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*doorstep.Case, *doorstep.Promise)
		says   []string
		not    string
	}{
		"late by the clock": {func(_ *doorstep.Case, p *doorstep.Promise) { p.Due = morning().Add(-time.Minute) },
			[]string{"Our reply is late", "Our reply was due by 9:29am on Monday 30 November 2026. We have not replied. We are sorry."}, "You do not have to"},
		"moved": {func(_ *doorstep.Case, p *doorstep.Promise) {
			p.DueDate, p.Due = date("2026-12-04"), time.Date(2026, 12, 4, 17, 0, 0, 0, time.UTC)
			p.Postponed = &doorstep.Postponed{Until: date("2026-12-05"), Reason: nasty, By: "o.jane"}
		}, []string{"Our reply takes longer than we said. We are sorry. We will reply by 5pm on Friday 4 December 2026.", "This is why the date has moved: " + nasty}, "5 December"},
		"moved, without a reason": {func(_ *doorstep.Case, p *doorstep.Promise) { p.Postponed = &doorstep.Postponed{Until: p.DueDate} },
			[]string{"Our reply takes longer than we said."}, "why the date"},
		"moved, and late again": {func(_ *doorstep.Case, p *doorstep.Promise) {
			p.Late, p.Postponed = true, &doorstep.Postponed{Until: p.DueDate, Reason: "A report."}
		}, []string{"Our reply is late", "This is why the date has moved: A report."}, "takes longer"},
		"told a later date than staff are held to": {func(_ *doorstep.Case, p *doorstep.Promise) {
			p.Late, p.Told = true, &doorstep.Told{Due: time.Date(2026, 12, 4, 17, 0, 0, 0, time.UTC), DueDate: date("2026-12-04")}
		}, []string{"We are working on it", "We will reply by 5pm on Friday 4 December 2026."}, "late"},
		"told a later date, and that has passed too": {func(_ *doorstep.Case, p *doorstep.Promise) {
			p.Due = morning().Add(-48 * time.Hour)
			p.Late, p.Told = true, &doorstep.Told{Due: morning().Add(-time.Minute), DueDate: date("2026-11-30")}
		}, []string{"Our reply is late", "Our reply was due by 9:29am on Monday 30 November 2026."}, "You do not have to"},
		"answered": {func(_ *doorstep.Case, p *doorstep.Promise) {
			p.Ended = &doorstep.Ended{At: morning(), Kept: true, By: "o.jane", Channel: "phone"}
		}, []string{"We have replied", "We replied Monday 30 November 2026 at 9:30am, by phone"}, "We will reply"},
		"closed": {func(_ *doorstep.Case, p *doorstep.Promise) {
			p.Ended = &doorstep.Ended{At: morning(), Why: "The case was closed. A reason was recorded."}
		}, []string{"Closed", "If you still need an answer, please call us."}, "A reason was recorded"},
		"a step": {func(_ *doorstep.Case, p *doorstep.Promise) { p.Step = true },
			[]string{"We are working on it Our next step is due by 5pm on Monday 30 November 2026.", "It began", "Who deals with it"}, "reply by"},
		"a step, late": {func(_ *doorstep.Case, p *doorstep.Promise) { p.Step, p.Late = true, true },
			[]string{"We are late Our next step was due by 5pm on Monday 30 November 2026. We have not done it. We are sorry."}, "We have not replied"},
		"a step, done": {func(_ *doorstep.Case, p *doorstep.Promise) {
			p.Step, p.Ended = true, &doorstep.Ended{At: morning(), Kept: true, By: "o.jane", Channel: "phone"}
		}, []string{"Done This step is over."}, "We have replied"},
		"nothing":      {func(found *doorstep.Case, _ *doorstep.Promise) { found.Promises, found.Messages = nil, nil }, []string{"There is nothing that we still have to answer.", "We have not sent you anything yet."}, "Delivered"},
		"for everyone": {func(found *doorstep.Case, p *doorstep.Promise) { p.From = "" }, []string{"5pm on Monday 30 November 2026"}, ""},
		"no officer":   {func(found *doorstep.Case, _ *doorstep.Promise) { found.Officer, found.Team = "o.gone", "" }, nil, "Who will reply"},
		"nasty names":  {func(found *doorstep.Case, _ *doorstep.Promise) { found.Officer, found.Team = "o.nasty", nasty }, []string{"Who will reply " + nasty + ", " + nasty}, ""},
		"a moved day":  {func(_ *doorstep.Case, p *doorstep.Promise) { p.DueDate = date("2026-12-01") }, []string{"We will reply by Tuesday 1 December 2026."}, "5pm on"},
		"no date":      {func(_ *doorstep.Case, p *doorstep.Promise) { p.DueDate = calendar.Date{} }, []string{"We will reply by a day that is not known."}, "5pm on"},
		"very many": {func(found *doorstep.Case, p *doorstep.Promise) {
			for range 100 {
				found.Promises = append(found.Promises, *p)
				found.Messages = append(found.Messages, found.Messages[0])
			}
		}, []string{"Enquiry 20: "}, "Enquiry 21: "},
		"several": {func(found *doorstep.Case, p *doorstep.Promise) {
			p.Ended = &doorstep.Ended{At: morning(), Kept: true}
			found.Promises[1].From = ""
		}, []string{"Enquiry 1: We are working on it We will reply by 4pm on Tuesday 8 December 2026", "Enquiry 2: We have replied"}, ""},
		"what Notify would show": {func(found *doorstep.Case, _ *doorstep.Promise) {
			at := morning().Add(time.Minute)
			for _, m := range []doorstep.Message{
				{Channel: "sms", Status: "sent", HandedOver: true, Awaits: true},
				{Channel: "sms", Status: "delivered", HandedOver: true, Delivered: at.Add(36 * time.Minute)},
				{Channel: "sms", Status: "failed", Code: "temporary-failure", HandedOver: true},
				{Channel: "email", Status: "failed", Code: "5.1.1", Unusable: true, HandedOver: true},
				{Channel: "letter", Status: "sent", Code: "delivered", HandedOver: true},
				{Channel: "email", Status: "sent", HandedOver: true, Captured: true},
			} {
				m.To, m.Kind, m.At = "c1", "postponed", at
				found.Messages = append(found.Messages, m)
			}
		}, []string{"Text, Monday 30 November 2026 at 9:31am. Delivering.", "Text, Monday 30 November 2026 at 9:31am. Delivered after 36 minutes.", "Phone not accepting messages right now.",
			"Email, Monday 30 November 2026 at 9:31am. Email address does not exist.", "Letter, Monday 30 November 2026 at 9:31am. Printed.", "Email, Monday 30 November 2026 at 9:31am. It was not sent."}, ""},
		"every status": {func(found *doorstep.Case, _ *doorstep.Promise) {
			for _, status := range []string{"waiting", "sending", "sent", "delivered", "failed", "unknown", "new", "withdrawn"} {
				found.Messages = append(found.Messages, doorstep.Message{To: "c1", Kind: "family-chase", Channel: "email", Status: status, At: morning()})
			}
			for _, kind := range []string{"postponed", "late", "confirmation", "new"} {
				found.Messages = append(found.Messages, doorstep.Message{To: "c1", Kind: kind, Channel: "carrier", Status: "sent", At: morning().Add(time.Minute)})
			}
		}, []string{"A new date for our reply Message, Monday 30 November 2026 at 9:31am. Sent. Sorry, our reply is late Message", "We saved what you asked for", "A message from us",
			"A reminder from us Email, Monday 30 November 2026 at 9:30am. It will go to you soon.", "Sent, but we do not know if it got to you.", "It did not get to you."}, "withdrawn"},
	} {
		t.Run(name, func(t *testing.T) {
			c := herts()
			c.change(test.change)
			s := says(t, get(c.site(), family(t)), http.StatusOK, test.says...)
			if test.not != "" && strings.Contains(s.text, test.not) {
				t.Errorf("the page says %q: %s", test.not, s.text)
			}
		})
	}
}

// A family's link opens only while the address it went to is theirs and safe.
func TestAFamilysLinkOpensNoMore(t *testing.T) {
	form := url.Values{"no-texts": {"yes"}}
	for name, change := range map[string]func(*doorstep.Case, *doorstep.Promise){
		"the number is another": func(found *doorstep.Case, _ *doorstep.Promise) { found.Contacts[0].Mobile = "+447700900999" },
		"there is no number":    func(found *doorstep.Case, _ *doorstep.Promise) { found.Contacts[0].Mobile = "" },
		"texts are unsafe":      func(found *doorstep.Case, _ *doorstep.Promise) { found.Contacts[0].Forbidden = []string{"call", "sms"} },
		"everything is unsafe":  func(found *doorstep.Case, _ *doorstep.Promise) { found.Contacts[0].Forbidden = []string{"all"} },
		"the number is shared, and unsafe for the other": func(found *doorstep.Case, _ *doorstep.Promise) {
			found.Contacts[1].Mobile, found.Contacts[1].Forbidden = mobile, []string{"sms"}
		},
		"the contact is gone":  func(found *doorstep.Case, _ *doorstep.Promise) { found.Contacts = found.Contacts[1:] },
		"the case was stopped": func(found *doorstep.Case, _ *doorstep.Promise) { found.Stopped = true },
		"the contact is another's": func(found *doorstep.Case, _ *doorstep.Promise) {
			found.Contacts[0].ID, found.Contacts[1].ID = "c2", "c1"
		},
	} {
		c := herts()
		c.change(change)
		broken := says(t, get(c.site(), "/f/broken"), http.StatusNotFound)
		for _, w := range []*httptest.ResponseRecorder{get(c.site(), family(t)), post(c.site(), family(t), form)} {
			if s := says(t, w, http.StatusNotFound, "This link does not work"); s.text != broken.text || len(c.published) != 0 {
				t.Errorf("%s: the page differs from that of a broken link, or something was published", name)
			}
		}
	}
	c := herts()
	delete(c.cases, "H-10482")
	says(t, get(c.site(), family(t)), http.StatusNotFound, "This link does not work")
	c.unread = errors.New("dial 192.0.2.1: refused")
	if s := says(t, get(c.site(), family(t)), http.StatusServiceUnavailable, "not working just now"); strings.Contains(s.text, "192.0.2.1") {
		t.Error("a fault is shown")
	}
	// An email that is unsafe does not matter to a link that came by text.
	c = herts()
	c.change(func(found *doorstep.Case, _ *doorstep.Promise) { found.Contacts[0].Forbidden = []string{"email"} })
	says(t, get(c.site(), family(t)), http.StatusOK)
}

// What families read is as plain as what we write to them.
func TestFamiliesCanReadThePages(t *testing.T) {
	c := herts()
	c.change(func(found *doorstep.Case, p *doorstep.Promise) {
		found.Promises[1].From, found.Promises[1].Late = "", true
	})
	h := c.site()
	expired := token(t, link.Link{Purpose: link.Family, Case: "H-10482", Person: "c1", SentTo: keys().Tag(mobile), Expires: morning().Add(-time.Hour)})
	for name, w := range map[string]*httptest.ResponseRecorder{
		"the page":      get(h, family(t)),
		"what is saved": post(h, family(t), url.Values{"no-texts": {"yes"}, "no-emails": {"yes"}}),
		"a problem":     post(h, family(t), url.Values{"hours": {"between"}}),
		"a broken link": get(h, "/f/broken"),
		"an old link":   get(h, "/f/"+expired),
		"no page":       get(h, "/f"),
	} {
		for _, note := range templates.Lint(strings.Join(look(t, w.Body.String()).prose, "\n\n")) {
			t.Errorf("%s: %v", name, note)
		}
	}
}

// What is published is one JSON object with nothing of the link in it.
func TestNoTokenIsPublished(t *testing.T) {
	c := herts()
	path := family(t)
	says(t, post(c.site(), path, nil), http.StatusOK)
	encoded, err := json.Marshal(c.published[0])
	if err != nil || strings.Contains(string(encoded), strings.TrimPrefix(path, "/f/")) {
		t.Errorf("%s, %v", encoded, err)
	}
}
