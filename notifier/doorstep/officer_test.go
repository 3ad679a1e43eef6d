package doorstep_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/notifier/doorstep"
	"hearback/notifier/link"
)

var staffPurposes = []link.Purpose{link.OfficerReplied, link.OfficerUntil, link.OfficerNotMine}

func TestAnOfficerIsAskedToConfirm(t *testing.T) {
	for purpose, words := range map[link.Purpose][]string{
		link.OfficerReplied: {"I have replied: case H-10482 – Hertfordshire County Council", "How did you reply?", "In person, or on a visit", "The family does not see it"},
		link.OfficerUntil:   {"I need more time", "By which day will the family have its reply?", "The family reads these words"},
		link.OfficerNotMine: {"This is not mine", "Whose is it? (optional)", "The team lead is asked"},
	} {
		c := herts()
		s := says(t, get(c.site(), officer(t, purpose)), http.StatusOK, append(words, "Waiting since Monday 23 November 2026 at 9:30am", "Reply due 5pm on Monday 30 November 2026", "You are Jane Okafor")...)
		if strings.Contains(s.text, "The reply is late") || s.count("form") != 1 || len(c.published) != 0 {
			t.Errorf("%v: %s", purpose, s.text)
		}
	}
}

func TestAnOfficerSeesWhatHasChanged(t *testing.T) {
	c := herts()
	c.change(func(_ *doorstep.Case, p *doorstep.Promise) {
		p.Due, p.Late = morning().Add(-time.Hour), true
		p.Postponed = &doorstep.Postponed{Until: date("2026-12-04"), Reason: nasty, By: "p.lead"}
	})
	says(t, get(c.site(), officer(t, link.OfficerReplied)), http.StatusOK, "The reply is late.", "Tomasz Zieliński gave Friday 4 December 2026. The reason: "+nasty)
	c.change(func(_ *doorstep.Case, p *doorstep.Promise) {
		p.Postponed = &doorstep.Postponed{Until: date("2026-12-04")}
	})
	says(t, get(c.site(), officer(t, link.OfficerReplied)), http.StatusOK, "Somebody gave Friday 4 December 2026.")
}

func TestAnOfficerAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		purpose link.Purpose
		form    url.Values
		kind    string
		data    string
		says    []string
	}{
		"replied": {link.OfficerReplied, url.Values{"channel": {"phone"}, "note": {" Spoke to her.\r\nShe is glad. "}}, events.TypeReplySent,
			`{"enquiry":"call-1","by":"o.jane","channel":"phone","note":"Spoke to her.\nShe is glad."}`,
			[]string{"Your reply is recorded", "Case H-10482: you have replied to the family by phone.", "Nobody is chased about it any more."}},
		"replied, without a note": {link.OfficerReplied, url.Values{"channel": {"in-person"}}, events.TypeReplySent,
			`{"enquiry":"call-1","by":"o.jane","channel":"in-person"}`, []string{"in person."}},
		"until": {link.OfficerUntil, url.Values{"until": {"2026-12-04"}, "reason": {"We wait for\r\n one more report."}}, events.TypeReplyPostponed,
			`{"enquiry":"call-1","until":"2026-12-04","reason":"We wait for one more report.","by":"o.jane"}`,
			[]string{"The new date is recorded", "you need until Friday 4 December 2026.", "We tell the family the new date and your reason."}},
		"until, typed": {link.OfficerUntil, url.Values{"until": {"4/12/2026"}, "reason": {"A report."}}, events.TypeReplyPostponed,
			`{"enquiry":"call-1","until":"2026-12-04","reason":"A report.","by":"o.jane"}`, nil},
		"until, at a weekend": {link.OfficerUntil, url.Values{"until": {"5 December 2026"}, "reason": {"A report."}}, events.TypeReplyPostponed,
			`{"enquiry":"call-1","until":"2026-12-05","reason":"A report.","by":"o.jane"}`, []string{"That is no working day (Saturday)"}},
		"not mine": {link.OfficerNotMine, url.Values{"who": {" East  team "}}, events.TypeOfficerDeclined,
			`{"enquiry":"call-1","by":"o.jane","note":"East team"}`, []string{"It is recorded that this reply is not yours", "The team lead is asked", "What you wrote", "by 5pm on Monday 30 November 2026"}},
		"not mine, whoever": {link.OfficerNotMine, nil, events.TypeOfficerDeclined, `{"enquiry":"call-1","by":"o.jane"}`, []string{"It is recorded that this reply is not yours"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := herts()
			says(t, post(c.site(), officer(t, test.purpose), test.form), http.StatusOK, test.says...)
			if len(c.published) != 1 {
				t.Fatalf("%d published", len(c.published))
			}
			e := c.published[0]
			if e.Type != test.kind || e.Case != "H-10482" || string(e.Data) != test.data || !e.Time.Equal(morning()) {
				t.Errorf("published %s %s %s", e.Type, e.Case, e.Data)
			}
			if err := e.Check(morning()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestABankHolidayIsSaid(t *testing.T) {
	c := herts()
	holidays, err := calendar.BankHolidays("england-and-wales")
	if err != nil {
		t.Fatal(err)
	}
	hours, err := calendar.ParseHours(map[string][]string{"mon-fri": {"09:00-17:00"}})
	if err != nil {
		t.Fatal(err)
	}
	c.book.Calendar = &calendar.Calendar{Location: time.UTC, Holidays: holidays, Working: hours}
	form := url.Values{"until": {"2026-12-25"}, "reason": {"A report."}}
	says(t, post(c.site(), officer(t, link.OfficerUntil), form), http.StatusOK, "That is no working day (Christmas Day")
	form.Set("until", "2026-12-24")
	says(t, post(c.site(), officer(t, link.OfficerUntil), form), http.StatusOK, "We tell the family the new date")
}

func TestWhatIsWrongInAnOfficersForm(t *testing.T) {
	for name, test := range map[string]struct {
		purpose  link.Purpose
		form     url.Values
		messages []string
		kept     string
	}{
		"no channel":        {link.OfficerReplied, url.Values{"note": {"kept <b>"}}, []string{"Choose how you replied"}, "kept &lt;b&gt;</textarea>"},
		"a made-up channel": {link.OfficerReplied, url.Values{"channel": {"pigeon"}}, []string{"Choose how you replied"}, ""},
		"a long note":       {link.OfficerReplied, url.Values{"channel": {"email"}, "note": {strings.Repeat("é", 1001)}}, []string{"The note must be 1,000 characters or fewer"}, `value="email" checked`},
		"a strange note":    {link.OfficerReplied, url.Values{"channel": {"email"}, "note": {"\x00"}}, []string{"The note must be plain words"}, ""},
		"nothing":           {link.OfficerUntil, nil, []string{"Enter the day by which the family will have its reply", "Enter the reason, in words for the family"}, ""},
		"no date":           {link.OfficerUntil, url.Values{"until": {"soon"}, "reason": {"r"}}, []string{"The day must be a date that exists, such as 7 December 2026"}, `value="soon"`},
		"a day that is not": {link.OfficerUntil, url.Values{"until": {"2027-02-30"}, "reason": {"r"}}, []string{"The day must be a date that exists"}, ""},
		"yesterday":         {link.OfficerUntil, url.Values{"until": {"2026-11-29"}, "reason": {"r"}}, []string{"The day must be today or later"}, `value="2026-11-29"`},
		"too far":           {link.OfficerUntil, url.Values{"until": {"2027-12-01"}, "reason": {"r"}}, []string{"The day must be within a year from now"}, ""},
		"a long reason":     {link.OfficerUntil, url.Values{"until": {"2026-12-01"}, "reason": {strings.Repeat("r", 501)}}, []string{"The reason must be 500 characters or fewer"}, `value="2026-12-01"`},
		"not UTF-8":         {link.OfficerUntil, url.Values{"until": {"\xff"}, "reason": {"\xff"}}, []string{"The day must be a date", "The reason must be plain words"}, ""},
		"a long name":       {link.OfficerNotMine, url.Values{"who": {strings.Repeat("w", 101)}}, []string{"Whose it is must be 100 characters or fewer"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := herts()
			w := post(c.site(), officer(t, test.purpose), test.form)
			s := says(t, w, http.StatusUnprocessableEntity, "There is a problem")
			if len(c.published) != 0 || !strings.HasPrefix(s.text, "Error: ") {
				t.Errorf("%d published: %.60s", len(c.published), s.text)
			}
			for _, message := range test.messages {
				if strings.Count(s.text, message) != 2 || strings.Count(s.text, "Error: "+message) != 1 {
					t.Errorf("%q does not stand once in the summary and once at its field: %s", message, s.text)
				}
			}
			if !strings.Contains(w.Body.String(), test.kept) {
				t.Errorf("what was filled in is gone: %s", test.kept)
			}
		})
	}
}

// Pressing twice, at once or after the first has been decided, records one thing.
func TestTwoPressesAreOneEvent(t *testing.T) {
	forms := map[link.Purpose]url.Values{
		link.OfficerReplied: {"channel": {"phone"}},
		link.OfficerUntil:   {"until": {"2026-12-04"}, "reason": {"A report."}},
		link.OfficerNotMine: {"who": {"East team"}},
	}
	for purpose, form := range forms {
		for name, decide := range map[string]func(*council, events.Event){"at once": nil, "later": deciding} {
			c := herts()
			c.decide = decide
			h, path := c.site(), officer(t, purpose)
			form.Set("seen", says(t, get(h, path), http.StatusOK).value("seen"))
			first, second := post(h, path, form), post(h, path, form)
			if first.Code != http.StatusOK || second.Code != http.StatusOK || c.identities() != 1 {
				t.Errorf("%v, %s: %d and %d, %d events", purpose, name, first.Code, second.Code, c.identities())
			}
		}
	}
}

// deciding does to the council what the core does, as far as these pages see it.
func deciding(c *council, e events.Event) {
	c.change(func(_ *doorstep.Case, p *doorstep.Promise) {
		switch e.Type {
		case events.TypeReplySent:
			data, _ := events.DataOf[events.Reply](e)
			p.Ended = &doorstep.Ended{At: e.Time, Kept: true, By: data.By, Channel: data.Channel}
		case events.TypeReplyPostponed:
			data, _ := events.DataOf[events.Postponement](e)
			p.DueDate = date(data.Until)
			p.Due = p.DueDate.At(17, 0, time.UTC)
			p.Postponed = &doorstep.Postponed{Until: p.DueDate, Reason: data.Reason, By: data.By}
		}
	})
}

// A date may be moved, and moved back: each is an event of its own.
func TestADateMayGoBackToWhatItWas(t *testing.T) {
	c := herts()
	c.decide = deciding
	h, path := c.site(), officer(t, link.OfficerUntil)
	for _, until := range []string{"2026-12-04", "2026-12-07", "2026-12-04"} {
		form := url.Values{"until": {until}, "reason": {"A report."}, "seen": {says(t, get(h, path), http.StatusOK).value("seen")}}
		says(t, post(h, path, form), http.StatusOK, "The new date is recorded")
	}
	if c.identities() != 3 {
		t.Errorf("%d events", c.identities())
	}
}

// The second of two officers sees what the first did.
func TestTwoOfficersAtOnce(t *testing.T) {
	c := herts()
	c.decide = deciding
	h := c.site()
	lead := func(purpose link.Purpose) string {
		return "/a/" + token(t, link.Link{Purpose: purpose, Case: "H-10482", Promise: "reply/call-1", Person: "p.lead"})
	}
	before := says(t, get(h, lead(link.OfficerUntil)), http.StatusOK)

	says(t, post(h, officer(t, link.OfficerUntil), url.Values{"until": {"2026-12-04"}, "reason": {"A report."}}), http.StatusOK)
	form := url.Values{"until": {"2026-12-08"}, "reason": {"Another."}, "seen": {before.value("seen")}}
	w := post(h, lead(link.OfficerUntil), form)
	again := says(t, w, http.StatusConflict, "The date changed while you had this page open", "Jane Okafor gave Friday 4 December 2026. The reason: A report.")
	if len(c.published) != 1 || again.value("until") != "2026-12-08" || !strings.Contains(w.Body.String(), "Another.</textarea>") {
		t.Error("the second officer's date was taken unseen, or is gone")
	}
	form.Set("seen", again.value("seen"))
	says(t, post(h, lead(link.OfficerUntil), form), http.StatusOK, "you need until Tuesday 8 December 2026")

	says(t, post(h, officer(t, link.OfficerReplied), url.Values{"channel": {"text"}}), http.StatusOK)
	for _, purpose := range staffPurposes {
		says(t, get(h, lead(purpose)), http.StatusOK, "This family has its reply", "Jane Okafor replied by text. Case H-10482, Monday 30 November 2026 at 9:30am.", "Nobody is chased about it any more")
		says(t, post(h, lead(purpose), url.Values{"channel": {"email"}, "until": {"2026-12-09"}, "reason": {"r"}}), http.StatusOK, "Jane Okafor replied by text.")
	}
	says(t, get(h, officer(t, link.OfficerUntil)), http.StatusOK, "You replied by text.")
	if len(c.published) != 3 {
		t.Errorf("%d published", len(c.published))
	}
}

func TestHowAPromiseEnded(t *testing.T) {
	for want, ended := range map[string]doorstep.Ended{
		"Somebody replied. Case H-10482":                 {Kept: true},
		"a.temp replied by letter. Case":                 {Kept: true, By: "a.temp", Channel: "letter"},
		"You replied in person. Case":                    {Kept: true, By: "o.jane", Channel: "in-person"},
		nasty + " replied by phone. Case":                {Kept: true, By: "o.nasty", Channel: "call"},
		"No reply is asked for any more":                 {Why: "The case was closed."},
		"at 9:30am. The case was closed. You do not":     {Why: "The case was closed."},
		"Jane O'Kafor <b> replied. Case H-10482, Monday": {Kept: true, By: "Jane O'Kafor <b>", Channel: "pigeon"},
	} {
		c := herts()
		ended.At = morning()
		c.change(func(_ *doorstep.Case, p *doorstep.Promise) { p.Ended = &ended })
		says(t, get(c.site(), officer(t, link.OfficerReplied)), http.StatusOK, want, "Case H-10482, Monday 30 November 2026 at 9:30am.", "You do not need to do anything.")
	}
}

// The same enquiry may be reported again after it was answered.
func TestAPromiseThatWasOpenedAgain(t *testing.T) {
	ended := func(by string) *doorstep.Ended { return &doorstep.Ended{At: morning(), Kept: true, By: by} }
	for want, ends := range map[string][]*doorstep.Ended{
		"How did you reply?": {ended("a.first"), ended("a.second"), nil}, "a.second replied.": {ended("a.first"), ended("a.second")},
	} {
		c := herts()
		c.change(func(found *doorstep.Case, p *doorstep.Promise) {
			var all []doorstep.Promise
			for _, end := range ends {
				again := *p
				again.Ended = end
				all = append(all, again)
			}
			found.Promises = all
		})
		says(t, get(c.site(), officer(t, link.OfficerReplied)), http.StatusOK, want)
	}
}

func TestAnOfficersLinkToWhatIsGone(t *testing.T) {
	form := url.Values{"channel": {"phone"}}
	for name, change := range map[string]func(*council){
		"the case":    func(c *council) { delete(c.cases, "H-10482") },
		"the promise": func(c *council) { c.change(func(_ *doorstep.Case, p *doorstep.Promise) { p.Key = "other" }) },
	} {
		c := herts()
		change(c)
		for _, w := range []*httptest.ResponseRecorder{get(c.site(), officer(t, link.OfficerReplied)), post(c.site(), officer(t, link.OfficerReplied), form)} {
			if says(t, w, http.StatusGone, "Nothing is left to answer"); len(c.published) != 0 {
				t.Errorf("without %s something was published", name)
			}
		}
	}
	c := herts()
	c.unread = errors.New("dial 192.0.2.1: refused")
	for _, w := range []*httptest.ResponseRecorder{get(c.site(), officer(t, link.OfficerReplied)), post(c.site(), officer(t, link.OfficerReplied), form)} {
		if s := says(t, w, http.StatusServiceUnavailable, "This page is not working just now", "nothing was changed"); strings.Contains(s.text, "192.0.2.1") || len(c.published) != 0 {
			t.Error("a fault is shown, or something was published")
		}
	}
}

// An email about several families has one link for each: it leads to the three answers.
func TestAnOfficerChoosesAnAnswer(t *testing.T) {
	c := herts()
	path := officer(t, link.OfficerAnswer)
	w := get(c.site(), path)
	page := w.Body.String()
	s := says(t, w, http.StatusOK, "Answer for this family", "I have replied", "I need until another date", "This is not mine to answer")
	if s.count("form") != 0 {
		t.Error("the page where one chooses has a form")
	}
	for _, purpose := range staffPurposes {
		if want := officer(t, purpose); !strings.Contains(page, `href="`+want+`"`) {
			t.Errorf("%v is not offered", purpose)
		}
	}
	says(t, post(c.site(), path, url.Values{"channel": {"phone"}}), http.StatusOK, "Answer for this family")
	if len(c.published) != 0 {
		t.Errorf("published %+v", c.published)
	}
	c.change(func(_ *doorstep.Case, p *doorstep.Promise) {
		p.Ended = &doorstep.Ended{At: morning(), Kept: true, By: "p.lead", Channel: "phone", Why: "A person replied."}
	})
	says(t, get(c.site(), path), http.StatusOK, "This family has its reply")
}
