package console_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/console"
	"hearback/notifier/picture"
)

const councilName = "Hertfordshire County Council"

func demo(c *council) http.Handler {
	return console.New(c, c, console.Options{Council: councilName, Demo: true, Now: morning, Cases: indexOf(c)})
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = "127.0.0.1:8080"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Every page that can be reached by its links is well formed, can be used without eyes
// or a mouse, and leads nowhere that is not there.
func TestEveryPageIsSound(t *testing.T) {
	for name, c := range map[string]*council{"busy": busyCouncil(), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			h := demo(c)
			seen := map[string]bool{}
			queue := []string{"/"}
			for len(queue) > 0 {
				path := queue[0]
				queue = queue[1:]
				if seen[path] {
					continue
				}
				seen[path] = true
				w := get(h, path)
				if w.Code != http.StatusOK {
					t.Fatalf("%s: status %d", path, w.Code)
				}
				if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
					continue // a stylesheet, or a table for a spreadsheet
				}
				m := parseMarkup(t, w.Body.String())
				for _, fault := range m.faults() {
					t.Errorf("%s: %s", path, fault)
				}
				for _, link := range m.links() {
					address, _, _ := strings.Cut(link, "#")
					if address = strings.ReplaceAll(address, "&amp;", "&"); address != "" {
						queue = append(queue, address)
					}
				}
			}
			if name == "busy" && len(seen) < 40+4+3 {
				t.Errorf("only %d pages were reached", len(seen))
			}
		})
	}
}

func TestTheFirstPageExplainsItself(t *testing.T) {
	text := parseMarkup(t, get(demo(busyCouncil()), "/").Body.String()).text
	for _, wanted := range []string{
		"Who is waiting for a reply – Hearback – Hertfordshire County Council",
		"Demonstration The council and its families are made up. Texts and emails are captured here, not sent",
		"Hearback tells a family at once that they were heard",
		"40 replies are owed", "A family got in touch", "We have replied",
		"Case H-10480 o.jane Team north Wednesday 18 November 2026 at 9:30am 12 days Wednesday 25 November 2026 Late",
		"Nobody yet No team yet", "Nobody can reach them", "1 to 10 of 40", "Next page",
		"Text to &#43;447700900100, Monday 30 November 2026 at 9:30am", "This process is the leader",
	} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the page does not say %q", wanted)
		}
	}
	if strings.Contains(text, "Previous page") {
		t.Error("there is a page before the first")
	}
}

func TestACaseTellsItsStory(t *testing.T) {
	text := parseMarkup(t, get(demo(busyCouncil()), "/cases/H-10508").Body.String()).text
	for _, wanted := range []string{
		"Phone the family: no message can reach them", "How the date was worked out", "Saturday 21 and Sunday 22 November are not counted",
		"Captured, not sent Text to c1, decided", "Why The family got in touch by phone; text is what they prefer",
		"Email address does not exist Email to c1", "What became of it The mailbox does not exist",
		"Printed Letter to c1", "Delivered after 36 minutes, ", "Waiting for contact hours Letter to c1", "Waits until Monday 30 November 2026 at 10:30am",
		"Text &#43;447700900123 May be used", "Email sam@family.example Must not be used They opted out.",
		"Text 01632 960456 Cannot be used It is a landline; ask the family for a mobile number.", "Email Must not be used The service that keeps the case says so.", "Phone Must not be used",
		"Promise reply/call-1 opened",
	} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the page does not say %q", wanted)
		}
	}
}

func TestBannersSayWhatIsSent(t *testing.T) {
	for name, test := range map[string]struct {
		demo     bool
		captured []string
		wanted   string
		not      string
	}{
		"demonstration, all captured": {true, []string{"sms", "email"}, "Texts and emails are captured here, not sent", "really sent"},
		"demonstration, one captured": {true, []string{"email"}, "Emails are captured here, not sent", "Texts"},
		"demonstration that sends":    {true, nil, "messages are really sent", "captured here"},
		"run, one captured":           {false, []string{"sms"}, "Not sent Texts are captured here, not sent", "made up"},
		"run that sends":              {false, nil, "", "captured here"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &council{status: console.Status{Captured: test.captured, Lag: 3, Findings: []string{"The stream is slow."}}}
			h := console.New(c, c, console.Options{Who: anybody, Demo: test.demo, Now: morning})
			text := parseMarkup(t, get(h, "/tasks").Body.String()).text
			for _, wanted := range []string{test.wanted, "The stream is slow.", "This process is a standby", "3 stored events wait"} {
				if !strings.Contains(text, wanted) {
					t.Errorf("the page does not say %q: %s", wanted, text)
				}
			}
			lead, _, _ := strings.Cut(text, "Something needs attention")
			if strings.Contains(lead, test.not) {
				t.Errorf("the page says %q: %s", test.not, lead)
			}
		})
	}
}

// nasty is what somebody might call themselves.
const nasty = `<script>alert(1)</script>"><img src=x onerror=alert(1)>{{.}}'` + "\u202e"

func TestWordsOfOthersAreOnlyWords(t *testing.T) {
	c := &council{cases: map[string]picture.CaseView{}}
	now := morning()
	w := picture.Waiting{Case: "H-1", Promise: nasty, Enquiry: nasty, Opened: now, Due: now, DueDate: nasty, Officer: nasty, Team: nasty, Ended: nasty, Working: []string{nasty}}
	c.waiting = []picture.Waiting{w}
	task := notifier.Task{ID: nasty, What: nasty, Why: nasty}
	c.tasks = []picture.CaseTask{{Case: nasty, Task: task}}
	c.captured = []picture.Captured{{ID: nasty, Channel: nasty, To: nasty, Subject: nasty, Text: nasty}, {Channel: "sms", To: nasty, Text: nasty}}
	c.rejected = []picture.Rejected{{Case: nasty, Reason: nasty}}
	c.status = console.Status{Captured: []string{nasty}, Findings: []string{nasty}}
	c.cases["H-1"] = picture.CaseView{Case: "H-1", State: nasty, Team: nasty, Officer: nasty, Promises: []picture.Waiting{w}, Tasks: []notifier.Task{task},
		Contacts: []notifier.Contact{{ID: nasty, Name: nasty, Relationship: nasty, Mobile: nasty, Email: nasty, Language: nasty,
			Prefers: []string{nasty}, DoNot: []string{nasty}, Unusable: []notifier.Unusable{{Channel: nasty, Reason: nasty}}}},
		Ways: map[string][]notifier.Way{nasty: {{Channel: nasty, Address: nasty, Why: nasty}}},
		Messages: []picture.MessageView{{ID: nasty, To: nasty, Channel: nasty, Words: nasty, Status: nasty, Why: nasty, Reason: nasty, Subject: nasty, Text: nasty},
			{Channel: "sms", Text: nasty, Staff: true}},
		Timeline: []picture.Line{{What: nasty, Why: nasty}}}
	h := console.New(c, c, console.Options{Who: anybody, Demo: true, Council: nasty, Now: morning})
	pen := c.hold("+447700900777", "text", nasty)
	email := c.hold(nasty, "email", nasty)
	c.tasks = append(c.tasks, picture.CaseTask{Case: "H-1", Task: notifier.Task{ID: "H-1-t1", What: nasty, Why: nasty, Contact: nasty}})
	c.behind = map[string]picture.Background{nasty: {}, "H-1-t1": {Chases: []notifier.PlannedChase{{Person: nasty}}, Failed: []notifier.Unusable{{Channel: nasty, Reason: nasty}}}}
	for _, path := range []string{"/", "/cases/H-1", "/tasks", "/rejected", "/messages", "/unmatched", "/unmatched/" + pen, "/unmatched/" + pen + "?case=H-1", "/unmatched/" + email, "/cases/" + pen, "/tasks/H-1/1", "/cases/H-1?done=%3Cb%3E&passed=1", "/?for=%3Cscript%3E", "/?stored=enquiry&case=%3Cb%3E&id=1"} {
		response := get(h, path)
		if response.Code != http.StatusOK {
			t.Errorf("%s: status %d", path, response.Code)
		}
		for _, fault := range parseMarkup(t, response.Body.String()).faults() {
			t.Errorf("%s: %s", path, fault)
		}
	}
}

func TestPagesThatAreNotThere(t *testing.T) {
	h := demo(busyCouncil())
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/nothing":                   {404, "Page not found"},
		"/cases/H-0":                 {404, "No case H-0 is known"},
		"/cases/H.1":                 {404, "Page not found"},
		"/cases/%3Cscript%3E":        {404, "Page not found"},
		"/find?q=":                   {422, "Enter at least 3 letters or digits"},
		"/find?q=a+b":                {200, "No family found"},
		"/find?q=+H-10480+":          {303, ""},
		"/assets/secret.css":         {404, "Page not found"},
		"/?page=99":                  {200, "31 to 40 of 40"},
		"/?page=-1":                  {200, "1 to 10 of 40"},
		"/?page=9999999999999999999": {200, "1 to 10 of 40"},
		"/tasks?page=x":              {200, "Tasks for a person"},
		"/tasks/H-10508/9":           {404, "This task is not open"},
		"/tasks/H-0/x":               {404, "This task is not open"},
		"/unmatched/pen-0":           {404, "Nothing of this sender waits to be matched"},
		"/unmatched/H-10508":         {404, "Nothing of this sender waits to be matched"},
	} {
		w := get(h, path)
		if w.Code != want.status {
			t.Errorf("%s: status %d", path, w.Code)
		}
		if want.status == 303 {
			if w.Header().Get("Location") != "/cases/H-10480" {
				t.Errorf("%s leads to %s", path, w.Header().Get("Location"))
			}
			continue
		}
		m := parseMarkup(t, w.Body.String())
		if !strings.Contains(m.text, want.text) || len(m.faults()) > 0 {
			t.Errorf("%s: %v %s", path, m.faults(), m.text)
		}
	}
}

func TestACaseThatCannotBeRead(t *testing.T) {
	c := busyCouncil()
	h := console.New(unreadable{c}, c, console.Options{Who: anybody, Now: morning})
	w := get(h, "/cases/H-10480")
	if text := parseMarkup(t, w.Body.String()).text; w.Code != http.StatusServiceUnavailable || !strings.Contains(text, "hearback doctor") || strings.Contains(text, "secret") {
		t.Errorf("status %d: %s", w.Code, text)
	}
}

type unreadable struct{ *council }

func (unreadable) Written(context.Context, []string) (map[string][]events.Event, error) {
	return nil, errors.New("secret place: disk on fire")
}

func (unreadable) Case(context.Context, string) (picture.CaseView, error) {
	return picture.CaseView{}, errors.New("secret place: disk on fire")
}

// While nobody can sign in nothing is shown and nothing is read.
func TestClosedWithoutSignIn(t *testing.T) {
	h := console.New(nil, nil, console.Options{Council: councilName, SignInMissing: true})
	for _, path := range []string{"/", "/cases/H-10480", "/tasks", "/enquiries", "/nothing"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
			m := parseMarkup(t, w.Body.String())
			if w.Code != http.StatusServiceUnavailable || !strings.Contains(m.text, "hearback waiting") || !strings.Contains(m.text, "hearback case REF") || !strings.Contains(m.text, "HEARBACK_OIDC_ISSUER") || !strings.Contains(m.text, "HEARBACK_SESSION_SECRET") {
				t.Errorf("%s %s: status %d: %s", method, path, w.Code, m.text)
			}
			if m.count("form") != 0 || m.count("nav") != 0 || len(m.faults()) > 0 {
				t.Errorf("%s %s shows more: %v", method, path, m.faults())
			}
		}
	}
	if w := get(h, "/assets/console.css"); w.Code != http.StatusOK {
		t.Errorf("the stylesheet: status %d", w.Code)
	}
}

func TestTheDemonstrationAnswersOnLoopbackOnly(t *testing.T) {
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "127.9.9.9": 200, "localhost:8080": 200, "LOCALHOST": 200, "[::1]:8080": 200, "[::1]": 200, "hearback.localhost": 200,
		"attacker.example": 421, "attacker.example:8080": 421, "localhost.attacker.example": 421, "127.0.0.1.attacker.example": 421, "192.0.2.1": 421, "": 421,
	} {
		c := busyCouncil()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		demo(c).ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: status %d, not %d", host, w.Code, want)
		}
		if want == 421 && strings.Contains(w.Body.String(), "H-10480") {
			t.Errorf("%q is shown a family", host)
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	h := demo(busyCouncil())
	for _, path := range []string{"/", "/cases/H-10480", "/nothing", "/enquiries", "/assets/console.css", "/assets/icon.svg"} {
		header := get(h, path).Header()
		policy := header.Get("Content-Security-Policy")
		if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: the policy is %q", path, policy)
		}
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, header)
		}
		if !strings.HasPrefix(path, "/assets/") && header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept: %q", path, header.Get("Cache-Control"))
		}
	}
}

func TestWrongMethods(t *testing.T) {
	h := demo(busyCouncil())
	for path, allowed := range map[string]string{
		"/": "GET, HEAD", "/find": "GET, HEAD", "/families": "GET, HEAD", "/cases/H-10480/reply": "GET, HEAD, POST", "/as": "POST", "/assets/console.js": "GET, HEAD", "/cases/H-10480": "GET, HEAD", "/tasks": "GET, HEAD", "/rejected": "GET, HEAD",
		"/messages": "GET, HEAD", "/unmatched": "GET, HEAD", "/unmatched/pen-1": "GET, HEAD", "/unmatched/pen-1/pass-on": "POST", "/unmatched/pen-1/nothing": "POST", "/tasks/H-10508/1": "GET, HEAD, POST", "/assets/console.css": "GET, HEAD", "/assets/icon.svg": "GET, HEAD", "/enquiries": "POST", "/replies": "POST",
	} {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"} {
			if strings.Contains(allowed, method) {
				continue
			}
			r := httptest.NewRequest(method, path, nil)
			r.Host = "localhost"
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != allowed {
				t.Errorf("%s %s: status %d, Allow %q", method, path, w.Code, w.Header().Get("Allow"))
			}
		}
	}
}

var _ console.Actions = (*council)(nil)
