package console_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/console"
	"hearback/notifier/picture"
)

// What only those may read who may see the case of a family in the team north. No page
// says any of it by itself.
const (
	privateCase  = "H-77001"
	otherCase    = "H-88002"
	privateName  = "Zebedee Quillfeather"
	privateTexts = "Zebedee|Quillfeather|447700900991|07700 900991|quill@family.example|marmalade"
)

// divided is a council of two teams with a family each.
func divided() *council {
	now := morning()
	c := &council{cases: map[string]picture.CaseView{}, status: console.Status{Captured: []string{"sms"}, Leader: true}, behind: map[string]picture.Background{}}
	for ref, team := range map[string]string{privateCase: "north", otherCase: "south"} {
		officer := map[string]string{"north": "o.north", "south": "o.south"}[team]
		name, mobile, email, words := "Ola Plain", "+447700900992", "ola@family.example", "Ordinary words"
		if team == "north" {
			name, mobile, email, words = privateName, "+447700900991", "quill@family.example", "Our marmalade cat is ill"
		}
		opened := now.AddDate(0, 0, -3)
		w := picture.Waiting{Case: ref, Promise: "reply", Enquiry: "call-1", Opened: opened, Due: now.AddDate(0, 0, 2), DueDate: now.AddDate(0, 0, 2).Format(time.DateOnly), Officer: officer, Team: team}
		c.waiting = append(c.waiting, w)
		task := notifier.Task{ID: ref + "-t1", What: "Phone the family", Contact: "c1", Why: words, Opened: opened}
		c.tasks = append(c.tasks, picture.CaseTask{Case: ref, Task: task})
		c.behind[task.ID] = picture.Background{Failed: []notifier.Unusable{{Channel: "sms", Reason: words}}}
		c.captured = append(c.captured, picture.Captured{At: now, ID: ref + "-1", Channel: "sms", To: mobile, Text: "Dear " + name + ", " + words},
			picture.Captured{At: now, ID: ref + "-2", Channel: "email", To: email, Subject: words, Text: "Dear " + name})
		c.cases[ref] = picture.CaseView{Case: ref, State: "open", Team: team, Officer: officer, Promises: []picture.Waiting{w}, Tasks: []notifier.Task{task},
			Contacts: []notifier.Contact{{ID: "c1", Name: name, Relationship: "parent", Mobile: mobile, Email: email, Prefers: []string{"sms"}}},
			Ways:     map[string][]notifier.Way{"c1": {{Channel: "sms", Address: mobile}, {Channel: "email", Address: email}}},
			Messages: []picture.MessageView{{ID: ref + "-1", To: "c1", Channel: "sms", Status: notifier.Sent, Kind: notifier.Acknowledgement, Decided: opened, Text: "Dear " + name, Why: words}},
			Timeline: []picture.Line{{At: opened, What: "Event enquiry.received", Why: words}}}
	}
	c.rejected = []picture.Rejected{{At: now, Case: privateCase, Reason: "data.channel: is not a way to get in touch", Sequence: 3}}
	return c
}

// dividedBook is the directory of those two teams.
func dividedBook() *notifier.Book {
	return &notifier.Book{Directory: notifier.Directory{
		Teams: []notifier.Team{{ID: "north", Name: "North", Manager: "m.north"}, {ID: "south", Name: "South", Manager: "m.south"}},
		People: []notifier.Person{{ID: "o.north", Name: "Officer North", Email: "o.north@council.example", Team: "north"}, {ID: "m.north", Name: "Manager North", Email: "m.north@council.example", Team: "north"},
			{ID: "o.south", Name: "Officer South", Email: "o.south@council.example", Team: "south"}, {ID: "m.south", Name: "Manager South", Email: "m.south@council.example", Team: "south"}},
	}}
}

// diary keeps who has seen a case, in memory.
type diary struct {
	mu      sync.Mutex
	entries []console.Seen
	fault   error
}

func (d *diary) Record(_ context.Context, entries ...console.Seen) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fault == nil {
		d.entries = append(d.entries, entries...)
	}
	return d.fault
}

func (d *diary) Seen(_ context.Context, ref string) (list []console.Seen, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, s := range slices.Backward(d.entries) {
		if s.Case == ref {
			list = append(list, s)
		}
	}
	return list, d.fault
}

// stage is a site on which the council, the diary and the caller can be changed between
// requests. Nobody calls while the caller is nil.
type stage struct {
	*council
	diary *diary
	who   *console.Caller
	site  http.Handler
}

func newStage(c *council, d *diary, who *console.Caller) *stage {
	s := &stage{council: c, diary: d, who: who}
	s.site = console.New(s, s, console.Options{Council: councilName, Now: morning, Cases: indexOf(c), Book: dividedBook, Trail: s,
		Who: func(w http.ResponseWriter, r *http.Request) (console.Caller, bool) {
			if s.who == nil {
				http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
				return console.Caller{}, false
			}
			return *s.who, true
		}})
	return s
}

func (s *stage) Record(ctx context.Context, entries ...console.Seen) error {
	return s.diary.Record(ctx, entries...)
}

func (s *stage) Seen(ctx context.Context, ref string) ([]console.Seen, error) {
	return s.diary.Seen(ctx, ref)
}

func (s *stage) ask(method, path string, form url.Values) *httptest.ResponseRecorder {
	ctx, cancel := context.Background(), func() {}
	if strings.HasPrefix(path, "/changes") { // its answer does not end
		ctx, cancel = context.WithTimeout(ctx, 5*time.Millisecond)
	}
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	s.site.ServeHTTP(w, r)
	return w
}

// asked is one request of somebody.
func asked(c *council, d *diary, who *console.Caller, method, path string, form url.Values) *httptest.ResponseRecorder {
	return newStage(c, d, who).ask(method, path, form)
}

var wildcard = regexp.MustCompile(`\{[^{}]*\}`)

// addresses are a route's, for a case and for whatever else its path may name.
func addresses(path, ref string) []string {
	if path == "/{$}" {
		return []string{"/", "/?for=" + ref, "/?stored=reply&case=" + ref + "&id=call-1"}
	}
	filled := wildcard.ReplaceAllStringFunc(path, func(name string) string {
		switch name {
		case "{ref}":
			return ref
		case "{number}":
			return "1"
		}
		return "x"
	})
	return []string{filled, filled + "?q=" + url.QueryEscape(privateName), filled + "?q=07700900991", filled + "?q=" + ref, filled + "?case=" + ref + "&ref=" + ref,
		filled + "?officer=o.north&team=north&show=all", filled + "?officer=&team=", filled + "?team=north&person=m.north", filled + "?enquiry=call-1", filled + "?page=2"}
}

// answersAbout fills every field that a form may have.
func answersAbout(ref string) []url.Values {
	full := url.Values{"case": {ref}, "ref": {ref}, "channel": {"phone"}, "by": {"o.south"}, "urgent": {"yes"}, "note": {"A note"}, "reason": {"A reason"}, "officer": {"o.south"}, "team": {"south"},
		"contact": {"contact:c1"}, "event": {"SM0"}, "enquiry": {"every"}, "until": {"2026-12-10"}, "outcome": {"answered"}, "to": {"o.south"}, "words": {"update"}, "do": {"store"}, "q": {privateName},
		"cases": {ref}, "person": {"o.north"}, "from": {"o.north"}}
	preview := maps.Clone(full)
	preview["do"] = []string{"preview"}
	return []url.Values{{}, {"case": {ref}}, full, preview}
}

func people() map[string]*console.Caller {
	directory := dividedBook().Directory
	known := func(id string) *console.Caller { who, _ := console.CallerOf(directory, id); return &who }
	return map[string]*console.Caller{
		"nobody": nil, "officer": known("o.north"), "manager": known("m.north"), "another team's officer": known("o.south"), "another team's manager": known("m.south"),
		"operator":            {ID: "op", Name: "An Operator", Roles: []console.Role{console.Operator}, Teams: []string{}},
		"manager of no team":  {ID: "mg", Name: "A Manager", Roles: []console.Role{console.Manager}, Teams: []string{}},
		"somebody of no role": {ID: "no", Name: "No One", Roles: nil, Teams: []string{}},
	}
}

// TestEveryPageForEverybody walks all pages as all kinds of people: nobody gets where
// their role does not go, and what is about a family of the team north is shown, and
// changed, by its own team alone.
func TestEveryPageForEverybody(t *testing.T) {
	private := regexp.MustCompile(privateTexts)
	shown := map[string]bool{}
	for name, who := range people() {
		ours := name == "officer" || name == "manager"
		site := newStage(divided(), &diary{}, who)
		for path, to := range console.Routes() {
			try := func(method, address string, form url.Values) {
				c, d := divided(), &diary{}
				c.hold("+447700900777", "text", "unmatched")
				c.decide = func(c *council, e events.Event) { deciding(c, e); matching(c, e) }
				site.council, site.diary = c, d
				w := site.ask(method, address, form)
				body := w.Body.String()
				about := fmt.Sprintf("%s: %s %s %v: status %d", name, method, address, form, w.Code)
				switch {
				case who == nil:
					if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/sign-in" {
						t.Errorf("%s, not to sign in", about)
					}
				case !who.Is(to.Roles...) && w.Code != http.StatusForbidden:
					t.Errorf("%s, which is not for their role", about)
				case to.Family && !ours && w.Code != http.StatusForbidden:
					t.Errorf("%s, on a case of another team", about)
				case w.Code >= 500:
					t.Errorf("%s", about)
				}
				found := private.FindString(body + fmt.Sprint(w.Header()))
				if found != "" && found != private.FindString(form.Encode()+address) && !ours {
					t.Errorf("%s, and it says %q", about, found)
				}
				if found != "" && ours {
					shown[name] = true
				}
				for _, e := range c.published {
					if e.Case == privateCase && !ours {
						t.Errorf("%s, and it published %s", about, e.Type)
					}
				}
				seen := slices.ContainsFunc(d.entries, func(s console.Seen) bool {
					return s.Case == privateCase && s.By == who.ID && s.Act == (method == http.MethodPost)
				})
				if to.Family && ours && !seen {
					t.Errorf("%s, and nobody wrote down that they have seen the case", about)
				}
				if slices.ContainsFunc(c.published, func(e events.Event) bool { return e.Case == privateCase }) && !seen {
					t.Errorf("%s, and nobody wrote down that they have changed the case", about)
				}
				if !ours && len(d.entries) > 0 && d.entries[0].Case == privateCase {
					t.Errorf("%s, and it counts as having seen the case", about)
				}
			}
			for _, address := range addresses(path, privateCase) {
				if to.Get {
					try(http.MethodGet, address, nil)
				}
			}
			if to.Post {
				for _, form := range answersAbout(privateCase) {
					try(http.MethodPost, addresses(path, privateCase)[0], form)
				}
			}
		}
	}
	if !shown["officer"] || !shown["manager"] {
		t.Error("the family's own team cannot see them, so that this test finds nothing out")
	}
}

// TestPensAreNoWayRound: what nobody has matched is for all who may match it; what they
// match it with must be theirs.
func TestPensAreNoWayRound(t *testing.T) {
	for name, who := range people() {
		if who == nil || name == "officer" || name == "manager" {
			continue
		}
		c := divided()
		pen := c.hold("+447700900777", "text", "unmatched")
		for _, w := range []*httptest.ResponseRecorder{
			asked(c, &diary{}, who, http.MethodGet, "/unmatched/"+pen+"?case="+privateCase, nil),
			asked(c, &diary{}, who, http.MethodPost, "/unmatched/"+pen+"/pass-on", url.Values{"event": {"SM0"}, "case": {privateCase}, "contact": {"contact:c1"}, "by": {"x"}}),
		} {
			if regexp.MustCompile(privateTexts).MatchString(w.Body.String()) {
				t.Errorf("%s reads of another team's family: %s", name, w.Body)
			}
		}
		for _, e := range c.published {
			if e.Case == privateCase {
				t.Errorf("%s published %s", name, e.Type)
			}
		}
	}
}

func TestNothingIsShownThatIsNotWrittenDown(t *testing.T) {
	c, d := divided(), &diary{fault: errors.New("the disk is full")}
	who := people()["officer"]
	for _, w := range []*httptest.ResponseRecorder{asked(c, d, who, http.MethodGet, "/cases/"+privateCase, nil),
		asked(c, d, who, http.MethodPost, "/replies", url.Values{"case": {privateCase}, "channel": {"phone"}, "by": {"o.north"}})} {
		if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "Quillfeather") {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	}
	if len(c.published) > 0 {
		t.Errorf("%d events were published", len(c.published))
	}
}

func TestAManagerSeesWhoHasLooked(t *testing.T) {
	c, d := divided(), &diary{}
	c.decide = deciding
	officer, manager := people()["officer"], people()["manager"]
	for range 3 {
		asked(c, d, officer, http.MethodGet, "/cases/"+privateCase, nil)
	}
	asked(c, d, officer, http.MethodPost, "/replies", url.Values{"case": {privateCase}, "channel": {"phone"}, "by": {"o.north"}})
	w := asked(c, d, manager, http.MethodGet, "/cases/"+privateCase, nil)
	m := parseMarkup(t, w.Body.String())
	for _, words := range []string{"Who has looked at this case", "Manager North m.north looked at it", "Officer North o.north Sent a form", "Officer North o.north looked at it 3 times"} {
		if !strings.Contains(m.text, words) {
			t.Errorf("the page does not say %q: %s", words, m.text)
		}
	}
	if strings.Index(m.text, "Officer North o.north Sent a form") > strings.Index(m.text, "looked at it 3 times") {
		t.Error("the newest does not come first")
	}
	if len(m.faults()) > 0 {
		t.Error(m.faults())
	}
	if body := asked(c, d, officer, http.MethodGet, "/cases/"+privateCase, nil).Body.String(); strings.Contains(body, "Who has looked") {
		t.Error("an officer sees who has looked")
	}
	for i := range 200 {
		d.entries = append(d.entries, console.Seen{At: morning(), By: fmt.Sprint(i), Case: privateCase, Page: nasty, Name: nasty})
	}
	m = parseMarkup(t, asked(c, d, manager, http.MethodGet, "/cases/"+privateCase, nil).Body.String())
	if !strings.Contains(m.text, "Show the newest 50") || !strings.Contains(m.text, "There are older ones") {
		t.Errorf("the page does not stop: %s", m.text)
	}
}

// TestWhatTheSignInGives tries whom the sign-in describes against directories.
func TestWhatTheSignInGives(t *testing.T) {
	directory := dividedBook().Directory
	shared := dividedBook().Directory
	shared.People[1].Email = shared.People[0].Email
	for name, test := range map[string]struct {
		identity  console.Identity
		directory notifier.Directory
		want      string
	}{
		"by email, in any case": {console.Identity{Names: []string{"O.North@COUNCIL.example"}}, directory, "o.north [officer] [north] true"},
		"by id":                 {console.Identity{Names: []string{"x@council.example", "m.south"}}, directory, "m.south [officer manager] [south] true"},
		"the best name counts":  {console.Identity{Names: []string{"o.south@council.example", "m.north"}}, directory, "o.south [officer] [south] true"},
		"a role besides":        {console.Identity{Names: []string{"o.north"}, Roles: []string{"operator", "officer", "king"}}, directory, "o.north [officer operator] [north] true"},
		"a claim of no team":    {console.Identity{Names: []string{"o.north"}, Roles: []string{"manager"}, Teams: []string{"south"}}, directory, "o.north [officer manager] [north] true"},
		"teams of the claim":    {console.Identity{Names: []string{"boss@council.example"}, Roles: []string{"manager"}, Teams: []string{"SOUTH", "North", "", "west"}}, directory, "boss@council.example [manager] [north south] true"},
		"a manager of nothing":  {console.Identity{Names: []string{"boss@council.example"}, Roles: []string{"manager"}}, directory, "boss@council.example [manager] [] true"},
		"an address for two":    {console.Identity{Names: []string{"o.north@council.example"}}, shared, "o.north@council.example [] [] false"},
		"left the directory":    {console.Identity{Names: []string{"o.north@council.example"}}, notifier.Directory{}, "o.north@council.example [] [] false"},
		"nobody":                {console.Identity{Roles: []string{"manager"}}, directory, " [manager] [] false"},
		"an empty address":      {console.Identity{Names: []string{""}}, notifier.Directory{People: []notifier.Person{{ID: "o.x"}}}, " [] [] false"},
	} {
		who, ok := test.identity.Caller(test.directory)
		if got := fmt.Sprintf("%s %v %v %t", who.ID, who.Roles, who.Teams, ok); got != test.want {
			t.Errorf("%s: %s, not %s", name, got, test.want)
		}
		if who.Teams == nil {
			t.Errorf("%s: they may see every team", name)
		}
	}
}

// TestWhatIsLookedForIsOnlyWords: neither a search nor a name becomes markup.
func TestWhatIsLookedForIsOnlyWords(t *testing.T) {
	c := divided()
	view := c.cases[privateCase]
	view.Contacts[0].Name = nasty + privateName
	for _, path := range []string{"/find?q=" + url.QueryEscape(nasty), "/find?q=Quillfeather", "/families?officer=" + url.QueryEscape(nasty), "/waiting?team=" + url.QueryEscape(nasty), "/cases/" + url.PathEscape("<script>")} {
		w := asked(c, &diary{}, people()["manager"], http.MethodGet, path, nil)
		if m := parseMarkup(t, w.Body.String()); len(m.faults()) > 0 || strings.Contains(w.Body.String(), "<script>") || m.count("script") > 1 {
			t.Errorf("%s: %v: %s", path, m.faults(), w.Body)
		}
	}
}

// FuzzEveryForm posts anything to every page that takes a form, as anybody: nothing
// panics, another team's case stays as it was, and what is published can be taken.
func FuzzEveryForm(f *testing.F) {
	var paths []string
	for path, to := range console.Routes() {
		if to.Post {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	names := slices.Sorted(maps.Keys(people()))
	for i := range paths {
		for j, form := range answersAbout(privateCase) {
			f.Add(uint8(i), uint8(j), privateCase, form.Encode())
		}
	}
	f.Add(uint8(0), uint8(1), "%2e%2e", "case=%zz;&=&;%00")
	site := newStage(divided(), nil, nil)
	f.Fuzz(func(t *testing.T, path, name uint8, ref, body string) {
		c := divided()
		c.decide = func(c *council, e events.Event) { deciding(c, e); matching(c, e) }
		who := people()[names[int(name)%len(names)]]
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.URL.Path = strings.ReplaceAll(addresses(paths[int(path)%len(paths)], "REF")[0], "REF", ref)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		site.council, site.diary, site.who = c, &diary{}, who
		site.site.ServeHTTP(w, r)
		for _, e := range c.published {
			if err := e.Check(morning()); err != nil {
				t.Errorf("published what is refused: %v", err)
			}
			if who == nil || !who.Is(console.Officer, console.Manager) || e.Case == privateCase && !slices.Contains(who.Teams, "north") {
				t.Errorf("%v published %s about %s", who, e.Type, e.Case)
			}
		}
		if w.Code >= 500 {
			t.Errorf("status %d", w.Code)
		}
	})
}

// TestWhoeverIsSignedInActs: nobody signs with another's name.
func TestWhoeverIsSignedInActs(t *testing.T) {
	c, d := divided(), &diary{}
	c.decide = func(c *council, e events.Event) { deciding(c, e); matching(c, e) }
	pen := c.hold("+447700900777", "text", "unmatched")
	officer := people()["officer"]
	forged := url.Values{"by": {"m.north"}, "case": {privateCase}, "channel": {"phone"}, "note": {"A note"}, "event": {"SM0"}, "contact": {"contact:c1"}}
	for _, path := range []string{"/tasks/" + privateCase + "/1", "/unmatched/" + pen + "/pass-on", "/replies"} {
		if w := asked(c, d, officer, http.MethodGet, path, nil); strings.Contains(w.Body.String(), `name="by"`) {
			t.Errorf("%s asks somebody who they are", path)
		}
		if w := asked(c, d, officer, http.MethodPost, path, forged); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: status %d: %s", path, w.Code, w.Body)
		}
	}
	for _, e := range c.published {
		if strings.Contains(string(e.Data), "m.north") {
			t.Errorf("%s is signed with another's name: %s", e.Type, e.Data)
		}
	}
	if n := len(c.published); n != 4 {
		t.Errorf("%d events were published", n)
	}
}
