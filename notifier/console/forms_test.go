package console_test

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/console"
	"hearback/notifier/picture"
)

// send posts a form as a browser does from our own page.
func send(h http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func enquiryAnswers() url.Values {
	return url.Values{"token": {"one-showing"}, "case": {" H-99999 "}, "channel": {"phone"}, "urgent": {"yes"}}
}

func replyAnswers() url.Values {
	return url.Values{"token": {"one-showing"}, "case": {"H-10480"}, "channel": {"in-person"}, "by": {"o.jane"}}
}

// deciding is what the rest of Hearback makes of an event, a moment later.
func deciding(c *council, e events.Event) {
	switch e.Type {
	case events.TypeEnquiryReceived:
		w := picture.Waiting{Case: e.Case, Promise: "reply", Enquiry: e.ID, Opened: e.Time, Due: e.Time.AddDate(0, 0, 7), DueDate: "2026-12-07"}
		view := picture.CaseView{Case: e.Case, Promises: []picture.Waiting{w}}
		for _, channel := range []string{"sms", "email"} {
			view.Messages = append(view.Messages, picture.MessageView{Channel: channel, Kind: notifier.Acknowledgement, Status: notifier.Sent, Decided: e.Time})
		}
		c.waiting, c.cases[e.Case] = append(c.waiting, w), view
	case events.TypeReplySent:
		view := c.cases[e.Case]
		view.Promises[0].Kept = new(e.Time)
		c.cases[e.Case] = view
	}
}

func TestRecordsAnEnquiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := busyCouncil()
		c.decide = func(c *council, e events.Event) {
			go func() {
				time.Sleep(300 * time.Millisecond)
				c.mu.Lock()
				defer c.mu.Unlock()
				deciding(c, e)
			}()
		}
		h := demo(c)
		start := time.Now()
		w := send(h, "/enquiries", enquiryAnswers())
		if waited := time.Since(start); waited < 300*time.Millisecond || waited > 400*time.Millisecond {
			t.Errorf("the page came back after %v", waited)
		}
		if w.Code != http.StatusSeeOther || len(c.published) != 1 {
			t.Fatalf("status %d, %d published", w.Code, len(c.published))
		}
		e := c.published[0]
		if err := e.Check(morning()); err != nil {
			t.Errorf("the event is refused: %v", err)
		}
		data, err := events.DataOf[events.Enquiry](e)
		if err != nil || e.Type != events.TypeEnquiryReceived || e.Case != "H-99999" || e.Source != "/console" ||
			data.Channel != "phone" || !data.Urgent || !e.Time.Equal(morning()) {
			t.Errorf("published %+v with %+v, %v", e, data, err)
		}
		text := parseMarkup(t, get(h, w.Header().Get("Location")).Body.String()).text
		if !strings.Contains(text, "Stored. Hearback acknowledged it to the family by text and email. A person must reply by Monday 7 December 2026. See case H-99999") {
			t.Errorf("the notice is missing: %.600s", text)
		}
	})
}

func TestRecordsAReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := busyCouncil()
		c.decide = deciding
		h := demo(c)
		w := send(h, "/replies", replyAnswers())
		if w.Code != http.StatusSeeOther || len(c.published) != 1 {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		e := c.published[0]
		data, err := events.DataOf[events.Reply](e)
		if err != nil || e.Check(morning()) != nil || e.Type != events.TypeReplySent || e.Case != "H-10480" || data != (events.Reply{By: "o.jane", Channel: "in-person"}) {
			t.Errorf("published %+v with %+v, %v", e, data, err)
		}
		text := parseMarkup(t, get(h, w.Header().Get("Location")).Body.String()).text
		if !strings.Contains(text, "Stored. The family has its reply") {
			t.Errorf("the notice is missing: %.600s", text)
		}
	})
}

// Where nothing comes of it in time, the page says so instead of claiming anything.
func TestSaysThatHearbackIsStillDeciding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := demo(busyCouncil())
		for path, form := range map[string]url.Values{"/enquiries": enquiryAnswers(), "/replies": replyAnswers()} {
			start := time.Now()
			w := send(h, path, form)
			if waited := time.Since(start); waited != time.Second {
				t.Errorf("%s waited %v", path, waited)
			}
			text := parseMarkup(t, get(h, w.Header().Get("Location")).Body.String()).text
			if !strings.Contains(text, "Load the page again in a moment.") || strings.Contains(text, "Stored.") {
				t.Errorf("%s: %.600s", path, text)
			}
		}
	})
}

// Nobody can make the page claim that something was stored by making up an address.
func TestNoticesCannotBeMadeUp(t *testing.T) {
	h := demo(busyCouncil())
	for _, query := range []string{"stored=enquiry&case=H-10480&id=made-up", "stored=reply&case=H-10480&id=made-up", "stored=reply&case=H-0", "stored=other&case=H-10480", "stored=enquiry&case=%3Cb%3E"} {
		if text := parseMarkup(t, get(h, "/?"+query).Body.String()).text; strings.Contains(text, "Stored.") {
			t.Errorf("%s: %.600s", query, text)
		}
	}
}

func TestSaysWhenNoMessageCanTellTheFamily(t *testing.T) {
	c := busyCouncil()
	c.cases["H-1"] = picture.CaseView{Case: "H-1", Promises: []picture.Waiting{{Case: "H-1", Enquiry: "e1", DueDate: "2026-12-07"}},
		Messages: []picture.MessageView{{Channel: "sms", Kind: notifier.Acknowledgement, Status: notifier.Failed}, {Channel: "email", Kind: notifier.Chase, Staff: true, Status: notifier.Sent}}}
	if text := parseMarkup(t, get(demo(c), "/?stored=enquiry&case=H-1&id=e1").Body.String()).text; !strings.Contains(text, "No message can tell the family yet") {
		t.Errorf("%.600s", text)
	}
}

// The same showing of a form gives the same event however often it is sent; other
// answers, or another showing, give another.
func TestASecondPressIsARepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := busyCouncil()
		h := demo(c)
		again, urgent, other := enquiryAnswers(), enquiryAnswers(), enquiryAnswers()
		urgent.Del("urgent")
		other.Set("token", "another-showing")
		for _, form := range []url.Values{enquiryAnswers(), again, urgent, other} {
			send(h, "/enquiries", form)
		}
		ids := map[uint64]int{}
		for _, e := range c.published {
			ids[e.Identity()]++
		}
		if len(c.published) != 4 || len(ids) != 3 || ids[c.published[0].Identity()] != 2 {
			t.Errorf("%d published as %d events", len(c.published), len(ids))
		}
		send(h, "/enquiries", url.Values{"case": {"H-1"}, "channel": {"web"}})
		send(h, "/enquiries", url.Values{"case": {"H-1"}, "channel": {"web"}})
		if last := c.published[4:]; len(last) != 2 || last[0].ID == last[1].ID {
			t.Error("forms without a token are taken for one another")
		}
	})
}

func TestShowsWhatIsWrongInAForm(t *testing.T) {
	for name, test := range map[string]struct {
		path     string
		change   url.Values
		messages []string // at the field and in the summary
		kept     string   // of what was typed
	}{
		"enquiry, nothing":      {"/enquiries", url.Values{"case": nil, "channel": nil}, []string{"Enter a case reference", "Choose how the family got in touch"}, ""},
		"enquiry, bad case":     {"/enquiries", url.Values{"case": {"H 1.<b>"}}, []string{"Case reference must be 1 to 64 letters"}, `value="H 1.&lt;b&gt;"`},
		"enquiry, long case":    {"/enquiries", url.Values{"case": {strings.Repeat("A", 65)}}, []string{"Case reference must be 1 to 64 letters"}, "AAAA"},
		"enquiry, made-up way":  {"/enquiries", url.Values{"channel": {"pigeon"}}, []string{"Choose how the family got in touch"}, `value="H-99999"`},
		"reply, nothing":        {"/replies", url.Values{"case": nil, "channel": nil, "by": nil}, []string{"Enter a case reference", "Choose how you replied", "Enter who replied"}, ""},
		"reply, nobody waits":   {"/replies", url.Values{"case": {"H-1"}}, []string{"Nobody is waiting for a reply on this case"}, `value="H-1"`},
		"reply, who in 2 lines": {"/replies", url.Values{"by": {"o.jane\nBcc: x"}}, []string{"Who replied must be a name or a staff id on one line"}, `value="H-10480"`},
		"reply, not UTF-8":      {"/replies", url.Values{"by": {"\xff"}}, []string{"Who replied must be a name or a staff id on one line"}, `value="H-10480"`},
		"reply, long name":      {"/replies", url.Values{"by": {strings.Repeat("é", 101)}}, []string{"Who replied must be 100 characters or fewer"}, "éééé"},
	} {
		t.Run(name, func(t *testing.T) {
			c := busyCouncil()
			form := enquiryAnswers()
			if test.path == "/replies" {
				form = replyAnswers()
			}
			maps.Copy(form, test.change)
			w := send(demo(c), test.path, form)
			if w.Code != http.StatusUnprocessableEntity || len(c.published) != 0 {
				t.Fatalf("status %d, %d published", w.Code, len(c.published))
			}
			m := parseMarkup(t, w.Body.String())
			for _, fault := range m.faults() {
				t.Error(fault)
			}
			if !strings.HasPrefix(m.text, "Error: Who is waiting") || !strings.Contains(m.text, "There is a problem") {
				t.Errorf("the page does not begin with the error: %.200s", m.text)
			}
			for _, message := range test.messages {
				if strings.Count(m.text, message) != 2 || strings.Count(m.text, "Error: "+message) != 1 {
					t.Errorf("%q does not stand once in the summary and once at its field", message)
				}
			}
			if !strings.Contains(w.Body.String(), test.kept) {
				t.Errorf("what was typed is gone: no %s", test.kept)
			}
		})
	}
}

func TestSaysWhenNothingCouldBeStored(t *testing.T) {
	c := busyCouncil()
	c.refuse = errors.New("dial 192.0.2.1: refused")
	for path, form := range map[string]url.Values{"/enquiries": enquiryAnswers(), "/replies": replyAnswers()} {
		w := send(demo(c), path, form)
		m := parseMarkup(t, w.Body.String())
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(m.text, "It is not known whether this was stored. Send it again") || strings.Contains(m.text, "192.0.2.1") {
			t.Errorf("%s: status %d: %.400s", path, w.Code, m.text)
		}
		if !strings.Contains(w.Body.String(), `value="`+strings.TrimSpace(form.Get("case"))+`"`) || len(m.faults()) > 0 {
			t.Errorf("%s: what was typed is gone, or %v", path, m.faults())
		}
	}
}

// A reply that a family has had is recorded even where its case cannot be read.
func TestRecordsAReplyToACaseThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := busyCouncil()
		h := console.New(unreadable{c}, c, console.Options{Who: anybody, Now: morning})
		if w := send(h, "/replies", replyAnswers()); w.Code != http.StatusSeeOther || len(c.published) != 1 {
			t.Errorf("status %d, %d published", w.Code, len(c.published))
		}
	})
}

func TestRefusesFormsFromElsewhere(t *testing.T) {
	for name, headers := range map[string]map[string]string{
		"another site":    {"Sec-Fetch-Site": "cross-site"},
		"another origin":  {"Origin": "https://attacker.example"},
		"a hidden origin": {"Origin": "null"},
	} {
		c := busyCouncil()
		r := httptest.NewRequest(http.MethodPost, "/enquiries", strings.NewReader(enquiryAnswers().Encode()))
		r.Host = "localhost:8080"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for header, value := range headers {
			r.Header.Set(header, value)
		}
		w := httptest.NewRecorder()
		demo(c).ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || len(c.published) != 0 || !strings.Contains(parseMarkup(t, w.Body.String()).text, "Nothing was stored") {
			t.Errorf("%s: status %d, %d published", name, w.Code, len(c.published))
		}
	}
}

func TestRefusesFormsThatAreTooLong(t *testing.T) {
	c := busyCouncil()
	form := replyAnswers()
	form.Set("note", strings.Repeat("a", 20<<10))
	if w := send(demo(c), "/replies", form); w.Code != http.StatusBadRequest || len(c.published) != 0 {
		t.Errorf("status %d", w.Code)
	}
}

// An address must not fill in what a form asks for.
func TestFormsAreReadFromTheirBodyOnly(t *testing.T) {
	c := busyCouncil()
	if w := send(demo(c), "/enquiries?"+enquiryAnswers().Encode(), nil); w.Code != http.StatusUnprocessableEntity || len(c.published) != 0 {
		t.Errorf("status %d", w.Code)
	}
}

func TestManyPeopleAtOnce(t *testing.T) {
	c := busyCouncil()
	c.decide = func(c *council, e events.Event) {
		if e.Type == events.TypeEnquiryReceived {
			c.cases[e.Case] = picture.CaseView{Case: e.Case, Promises: []picture.Waiting{{Enquiry: e.ID, Case: e.Case}}}
		}
	}
	h := demo(c)
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			form := enquiryAnswers()
			form.Set("token", string(rune('a'+i)))
			form.Set("case", "H-"+string(rune('a'+i)))
			if w := send(h, "/enquiries", form); w.Code != http.StatusSeeOther {
				t.Errorf("status %d", w.Code)
			}
			for _, path := range []string{"/", "/cases/H-10508", "/tasks", "/messages", "/rejected"} {
				if w := get(h, path); w.Code != http.StatusOK {
					t.Errorf("%s: status %d", path, w.Code)
				}
			}
		})
	}
	group.Wait()
	if len(c.published) != 16 {
		t.Errorf("%d published", len(c.published))
	}
}

// FuzzForms posts any answers: the pages never panic and stay sound, and what is
// published is always an event that can be taken.
func FuzzForms(f *testing.F) {
	f.Add("enquiries", "case=H-1&channel=phone&urgent=yes&token=x")
	f.Add("replies", "case=H-10480&channel=web&by=o.jane")
	f.Add("replies", "case=H-10480&channel=web&by=%00%0a%ff")
	f.Add("enquiries", "case=%zz;&=&;")
	f.Add("tasks/H-10508/1", "by=o.jane&note=done")
	f.Add("unmatched/"+penOf()+"/pass-on", passAnswers().Encode())
	f.Add("unmatched/"+penOf()+"/nothing", "event=SM0&by=o.jane&note=%0d%0a%09")
	f.Add("replies", "by="+url.QueryEscape(nasty)+"&case="+url.QueryEscape(nasty))
	f.Fuzz(func(t *testing.T, path, body string) {
		c := busyCouncil()
		c.decide = func(c *council, e events.Event) { deciding(c, e); matching(c, e) }
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.URL.Path, r.Host = "/"+strings.TrimLeft(path, "/"), "localhost"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		demo(c).ServeHTTP(w, r)
		for _, e := range c.published {
			if err := e.Check(morning()); err != nil {
				t.Errorf("published what is refused: %v", err)
			}
		}
		switch {
		case w.Code == http.StatusSeeOther && len(c.published) > 0:
		case w.Code >= 300 && w.Code < 400 && len(c.published) == 0: // a path in its clean form
		case w.Code >= 400 && len(c.published) == 0:
			for _, fault := range parseMarkup(t, w.Body.String()).faults() {
				t.Error(fault)
			}
		default:
			t.Errorf("status %d, %d published", w.Code, len(c.published))
		}
	})
}
