package console_test

import (
	"bufio"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/console"
	"hearback/notifier/picture"
)

// desk is a council whose cases can be acted on: what is published stands in the
// story of its case.
type desk struct{ *council }

func (d desk) Said(_ context.Context, ref, enquiry string) (string, error) {
	return "Nobody has called back about " + ref, nil
}

func (d desk) Foresee(_ context.Context, e events.Event) (notifier.Decision, error) {
	m := notifier.Message{ID: e.Case + "-9", To: "c1", Channel: notifier.SMS, Language: "en", Body: "Hertfordshire County Council: this is what you will read."}
	return notifier.Decision{Changed: true, Case: notifier.Case{Ref: e.Case, Contacts: []notifier.Contact{{ID: "c1", Name: "Sam Taylor"}}, Messages: []notifier.Message{m}},
		Lines: []notifier.Line{{What: "Message " + m.ID + " (words, sms) decided for contact c1", Why: "somebody asked"}}}, nil
}

func newDesk() (desk, *council) {
	c := busyCouncil()
	c.decide = func(c *council, e events.Event) {
		view := c.cases[e.Case]
		view.Timeline = append(view.Timeline, picture.Line{At: e.Time, What: "Event " + e.Type, Why: "from " + e.Source + ", id " + e.ID + "; it happened at " + e.Time.Format(time.RFC3339)})
		c.cases[e.Case] = view
	}
	return desk{c}, c
}

func officer(d notifier.Directory, id string) func(http.ResponseWriter, *http.Request) (console.Caller, bool) {
	return func(http.ResponseWriter, *http.Request) (console.Caller, bool) {
		who, ok := console.CallerOf(d, id)
		return who, ok
	}
}

var directory = notifier.Directory{
	Teams: []notifier.Team{{ID: "north", Name: "SEND North", Lead: "p.lead", Manager: "p.manager"}, {ID: "south", Name: "SEND South"}},
	People: []notifier.Person{{ID: "o.jane", Name: "Jane Okafor", Team: "north", Role: "officer"}, {ID: "o.amir", Name: "Amir Haddad", Team: "north", Role: "officer"},
		{ID: "o.lee", Name: "Lee Osei", Team: "south", Role: "officer"}, {ID: "p.lead", Name: "Priya Nair", Team: "north", Role: "team_lead"}, {ID: "p.manager", Name: "Mo Carr", Role: "manager"}},
}

// passing is a clock on which somebody looks at each page for a while.
func passing() func() time.Time {
	var looks atomic.Int64
	return func() time.Time { return morning().Add(time.Duration(looks.Add(1)) * 7 * time.Second) }
}

func deskOf(d desk, c *council, id string) http.Handler {
	return console.New(d, d, console.Options{Council: councilName, Now: passing(), Cases: indexOf(c), Families: d, Who: officer(directory, id),
		Book: func() *notifier.Book {
			return &notifier.Book{Council: notifier.Council{Name: councilName, Colour: "#1f3b63"}, Costs: notifier.Costs{Text: 4}, Directory: directory, Updates: []string{"step-taken"}}
		}})
}

func sendForm(h http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Host = "127.0.0.1:8080"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// hidden are the hidden fields and the answers of the form on a page.
func formOf(t *testing.T, body string) url.Values {
	t.Helper()
	form := url.Values{}
	for _, name := range []string{"token", "seen", "shown"} {
		_, rest, ok := strings.Cut(body, `name="`+name+`" value="`)
		if !ok {
			t.Fatalf("the form has no %s", name)
		}
		value, _, _ := strings.Cut(rest, `"`)
		form.Set(name, value)
	}
	return form
}

func TestAReplyInTwoKeystrokes(t *testing.T) {
	d, c := newDesk()
	h := deskOf(d, c, "o.jane")
	page := get(h, "/cases/H-10480/reply")
	if page.Code != http.StatusOK {
		t.Fatalf("status %d: %s", page.Code, page.Body)
	}
	body := page.Body.String()
	if m := parseMarkup(t, body); len(m.faults()) > 0 || !strings.Contains(m.text, "Nobody has called back about H-10480") {
		t.Errorf("the page: %v", m.faults())
	}
	if !strings.Contains(body, `value="phone" selected`) || !strings.Contains(body, "autofocus") {
		t.Error("the usual answers are not given, or the button does not wait for the key")
	}
	form := formOf(t, body)
	form.Set("channel", "phone")
	form.Set("when", "now")
	w := sendForm(h, "/cases/H-10480/reply", form)
	if w.Code != http.StatusSeeOther || len(c.published) != 1 {
		t.Fatalf("status %d, %d events: %s", w.Code, len(c.published), parseMarkup(t, w.Body.String()).text)
	}
	var reply events.Reply
	if e := c.published[0]; e.Type != events.TypeReplySent || json.Unmarshal(e.Data, &reply) != nil || reply.By != "o.jane" || reply.Channel != "phone" || reply.Enquiry == "" {
		t.Errorf("published %s %s", e.Type, e.Data)
	}
	if text := parseMarkup(t, get(h, w.Header().Get("Location")).Body.String()).text; !strings.Contains(text, "Stored. The family has its reply") {
		t.Errorf("the case does not say that it is stored: %s", text)
	}
	// A second press of the button is the same event again, not a complaint.
	if w = sendForm(h, "/cases/H-10480/reply", form); w.Code != http.StatusSeeOther || c.published[1].ID != c.published[0].ID {
		t.Errorf("a second press: status %d, ids %s and %s", w.Code, c.published[0].ID, c.published[1].ID)
	}
}

// The second of two officers sees what the first did before anything is saved, and
// loses nothing of what they wrote.
func TestTwoOfficersOnOneCase(t *testing.T) {
	d, c := newDesk()
	jane, amir := deskOf(d, c, "o.jane"), deskOf(d, c, "o.amir")
	his := formOf(t, get(amir, "/cases/H-10480/reply").Body.String())
	hers := formOf(t, get(jane, "/cases/H-10480/reply").Body.String())
	hers.Set("channel", "phone")
	hers.Set("when", "now")
	his.Set("channel", "email")
	his.Set("when", "now")
	his.Set("note", "Sent the copy they asked for.")
	if w := sendForm(jane, "/cases/H-10480/reply", hers); w.Code != http.StatusSeeOther {
		t.Fatalf("the first: status %d", w.Code)
	}
	w := sendForm(amir, "/cases/H-10480/reply", his)
	body := w.Body.String()
	m := parseMarkup(t, body)
	if w.Code != http.StatusConflict || len(c.published) != 1 {
		t.Fatalf("the second: status %d, %d events", w.Code, len(c.published))
	}
	for _, wanted := range []string{"Something happened while this page was open", "Event reply.sent", "Sent the copy they asked for."} {
		if !strings.Contains(m.text, wanted) {
			t.Errorf("the page does not say %q", wanted)
		}
	}
	if len(m.faults()) > 0 {
		t.Error(m.faults())
	}
	again := formOf(t, body)
	for _, field := range []string{"channel", "when", "note"} {
		again.Set(field, his.Get(field))
	}
	if w := sendForm(amir, "/cases/H-10480/reply", again); w.Code != http.StatusSeeOther || len(c.published) != 2 {
		t.Errorf("sent again after reading: status %d, %d events", w.Code, len(c.published))
	}
}

func TestWhatTheFamilyReadsIsShownBeforeItGoes(t *testing.T) {
	for name, test := range map[string]struct {
		answers url.Values
		kind    string
		wants   string
	}{
		"postpone":  {url.Values{"until-day": {"7"}, "until-month": {"12"}, "until-year": {"2026"}, "reason": {"We wait for a report."}}, events.TypeReplyPostponed, `"until":"2026-12-07"`},
		"update":    {url.Values{"words": {"step-taken"}, "contact": {""}}, events.TypeUpdateSent, `"words":"step-taken"`},
		"hand-over": {url.Values{"officer": {"o.amir"}}, events.TypeOfficerChanged, `"officer":"o.amir"`},
		"call":      {url.Values{"call": {"no-answer"}}, events.TypeCallAttemptedNoAnswer, `"by":"o.jane"`},
	} {
		t.Run(name, func(t *testing.T) {
			d, c := newDesk()
			h := deskOf(d, c, "o.jane")
			form := formOf(t, get(h, "/cases/H-10480/"+name).Body.String())
			maps.Copy(form, test.answers)
			form.Set("do", "store") // nobody has seen it yet
			w := sendForm(h, "/cases/H-10480/"+name, form)
			m := parseMarkup(t, w.Body.String())
			if w.Code != http.StatusOK || len(c.published) != 0 {
				t.Fatalf("status %d, %d events: %s", w.Code, len(c.published), m.text)
			}
			for _, wanted := range []string{"What the family will read", "this is what you will read", "Text to Sam Taylor, in English", "sent and paid as 1 text. It costs 4p"} {
				if !strings.Contains(m.text, wanted) {
					t.Errorf("the page does not say %q", wanted)
				}
			}
			if len(m.faults()) > 0 {
				t.Error(m.faults())
			}
			shown := formOf(t, w.Body.String())
			maps.Copy(shown, test.answers)
			shown.Set("do", "store")
			if w = sendForm(h, "/cases/H-10480/"+name, shown); w.Code != http.StatusSeeOther || len(c.published) != 1 {
				t.Fatalf("status %d, %d events: %s", w.Code, len(c.published), parseMarkup(t, w.Body.String()).text)
			}
			if e := c.published[0]; e.Type != test.kind || !strings.Contains(string(e.Data), test.wants) {
				t.Errorf("published %s %s", e.Type, e.Data)
			}
		})
	}
}

func TestMistakesInDeeds(t *testing.T) {
	d, c := newDesk()
	h := deskOf(d, c, "o.jane")
	for path, tests := range map[string][]struct {
		answers url.Values
		problem string
	}{
		"reply": {{url.Values{"channel": {"pigeon"}, "when": {"now"}}, "Choose how you replied"},
			{url.Values{"channel": {"phone"}, "when": {"earlier"}}, "Enter the day on which you replied as day, month and year"},
			{url.Values{"channel": {"phone"}, "when": {"earlier"}, "on-day": {"31"}, "on-month": {"2"}, "on-year": {"2026"}}, "Enter a real date"},
			{url.Values{"channel": {"phone"}, "when": {"earlier"}, "on-day": {"1"}, "on-month": {"1"}, "on-year": {"2030"}}, "must be today or in the past"}},
		"postpone": {{url.Values{}, "Enter the new date"},
			{url.Values{"until-day": {"1"}, "until-month": {"1"}, "until-year": {"2026"}, "reason": {"x"}}, "The new date must be after today"},
			{url.Values{"until-day": {"1"}, "until-month": {"1"}, "until-year": {"2029"}, "reason": {"x"}}, "The new date must be within a year"},
			{url.Values{"until-day": {"7"}, "until-month": {"12"}, "until-year": {"2026"}}, "Enter the reason that the family will read"},
			{url.Values{"until-day": {"7"}, "until-month": {"12"}, "until-year": {"2026"}, "reason": {strings.Repeat("a", 201)}}, "200 characters or fewer"}},
		"update":    {{url.Values{"words": {"opted-out"}}, "Choose the words to send"}, {url.Values{"words": {"step-taken"}, "contact": {"c99"}}, "Choose who hears it"}},
		"hand-over": {{url.Values{}, "Choose who takes the case"}, {url.Values{"officer": {"o.lee"}}, "Choose who takes the case"}},
		"call":      {{url.Values{"call": {"sang"}}, "Choose what happened"}},
	} {
		for _, test := range tests {
			form := formOf(t, get(h, "/cases/H-10480/"+path).Body.String())
			maps.Copy(form, test.answers)
			w := sendForm(h, "/cases/H-10480/"+path, form)
			m := parseMarkup(t, w.Body.String())
			if w.Code != http.StatusUnprocessableEntity || strings.Count(m.text, test.problem) < 2 || len(m.faults()) > 0 {
				t.Errorf("%s %v: status %d, want %q twice, %v: %s", path, test.answers, w.Code, test.problem, m.faults(), m.text)
			}
		}
	}
	if len(c.published) != 0 {
		t.Errorf("%d events were published", len(c.published))
	}
}

// A summary leads to the fields in the order in which they stand, and has the focus.
func TestAFormSaysWhatIsWrongWhereItIs(t *testing.T) {
	d, c := newDesk()
	h := deskOf(d, c, "o.jane")
	for path, want := range map[string]struct {
		form   url.Values
		fields []string
	}{
		"/cases/H-10480/reply":    {url.Values{"when": {"earlier"}, "note": {strings.Repeat("x", 1001)}}, []string{"act-channel", "act-on", "act-note"}},
		"/cases/H-10480/postpone": {nil, []string{"act-until", "act-reason"}},
		"/cases/H-10480/call":     {nil, []string{"act-call"}},
		"/find?q=a":               {nil, []string{"find-again"}},
	} {
		w := get(h, path)
		if !strings.HasPrefix(path, "/find") {
			w = sendForm(h, path, want.form)
		}
		m := parseMarkup(t, w.Body.String())
		if found := m.faults(); w.Code != http.StatusUnprocessableEntity || len(found) > 0 {
			t.Errorf("%s: status %d, %v", path, w.Code, found)
		}
		var fields, focused, problems []string
		for _, e := range m.elements {
			if field, ok := strings.CutPrefix(e.attributes["href"], "#"); ok && field != "content" {
				fields = append(fields, field)
			}
			if _, first := e.attributes["autofocus"]; first {
				focused = append(focused, e.attributes["class"])
			}
			problems = append(problems, strings.Fields(e.attributes["aria-describedby"])...)
		}
		if !slices.Equal(fields, want.fields) || len(focused) == 0 || focused[0] != "summary" {
			t.Errorf("%s leads to %v, and the focus is on %v", path, fields, focused)
		}
		for _, field := range want.fields {
			if !slices.Contains(problems, strings.Replace(field, "find-again", "find", 1)+"-problem") {
				t.Errorf("%s: nothing says at %s what is wrong", path, field)
			}
		}
	}
}

func TestListsNamePeopleAndTeams(t *testing.T) {
	d, c := newDesk()
	h := deskOf(d, c, "o.jane")
	for path, want := range map[string]string{"/find?q=H-1048": "SEND North", "/tasks": "Priya Nair and Mo Carr"} {
		if text := parseMarkup(t, get(h, path).Body.String()).text; !strings.Contains(text, want) || strings.Contains(text, "p.lead") {
			t.Errorf("%s: %s", path, text)
		}
	}
}

func TestAnOfficerSeesTheirTeamOnly(t *testing.T) {
	d, c := newDesk()
	h := deskOf(d, c, "o.lee") // of south; the cases are north's
	for _, path := range []string{"/cases/H-10480", "/cases/H-10480/reply", "/cases/H-10480/hand-over"} {
		if w := get(h, path); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "Sam Taylor") {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	if text := parseMarkup(t, get(h, "/families").Body.String()).text; strings.Contains(text, "H-10480") {
		t.Errorf("a case of another team is listed: %s", text)
	}
	if w := get(h, "/find?q=H-10480"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "No family found") {
		t.Errorf("a case of another team is found: %d", w.Code)
	}
	if w := sendForm(h, "/cases/H-10480/reply", url.Values{"channel": {"phone"}, "when": {"now"}}); w.Code != http.StatusForbidden || len(c.published) != 0 {
		t.Errorf("a reply to another team's case: status %d, %d events", w.Code, len(c.published))
	}
	if w := get(h, "/rejected"); w.Code != http.StatusForbidden {
		t.Errorf("rejected events: status %d", w.Code)
	}
}

func TestMyFamilies(t *testing.T) {
	d, c := newDesk()
	w := get(deskOf(d, c, "o.jane"), "/families")
	m := parseMarkup(t, w.Body.String())
	if w.Code != http.StatusOK || len(m.faults()) > 0 {
		t.Fatalf("status %d, %v", w.Code, m.faults())
	}
	for _, wanted := range []string{"My families", "H-10480", "“Nobody has called back about H-10480”", "Next: Reply now", "Record the reply", "Jane Okafor, SEND North"} {
		if !strings.Contains(m.text, wanted) {
			t.Errorf("the list does not say %q: %s", wanted, m.text)
		}
	}
}

func TestAFamilyOfANewCaseGotInTouch(t *testing.T) {
	d, c := newDesk()
	h := deskOf(d, c, "o.jane")
	page := get(h, "/got-in-touch")
	if m := parseMarkup(t, page.Body.String()); page.Code != http.StatusOK || len(m.faults()) > 0 {
		t.Fatalf("status %d, %v", page.Code, m.faults())
	}
	w := sendForm(h, "/got-in-touch", url.Values{"case": {"H-99"}, "channel": {"phone"}, "about": {"Asks who their officer is."}})
	if w.Code != http.StatusSeeOther || len(c.published) != 1 || !strings.Contains(string(c.published[0].Data), "Asks who their officer is.") {
		t.Fatalf("status %d, %v", w.Code, c.published)
	}
	if w = sendForm(h, "/got-in-touch", url.Values{"case": {"H 99"}, "channel": {"pigeon"}}); w.Code != http.StatusUnprocessableEntity || len(c.published) != 1 {
		t.Errorf("mistakes: status %d", w.Code)
	}
	if w = sendForm(deskOf(d, c, "o.lee"), "/got-in-touch", url.Values{"case": {"H-10480"}, "channel": {"phone"}}); w.Code != http.StatusUnprocessableEntity || len(c.published) != 1 {
		t.Errorf("another team's case: status %d", w.Code)
	}
}

// An open page is told that something changed, and nothing of what.
func TestChangesAreTold(t *testing.T) {
	d, c := newDesk()
	x := indexOf(c)
	h := console.New(d, d, console.Options{Council: councilName, Now: morning, Cases: x, Families: d, Who: officer(directory, "o.jane")})
	server := httptest.NewServer(h)
	defer server.Close()
	answer, err := http.Get(server.URL + "/changes")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("status %d, %s", answer.StatusCode, kind)
	}
	lines := bufio.NewScanner(answer.Body)
	wait := func(wanted string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), "H-10480") {
				t.Fatalf("a change says %q", lines.Text())
			}
			if lines.Text() == wanted {
				return
			}
		}
		t.Fatalf("the answer ended without %q: %v", wanted, lines.Err())
	}
	wait("event: here")
	x.Put(notifier.Case{Ref: "H-10480", Team: "north"})
	wait("event: changed")
}
