package console_test

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

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/caseload"
	"hearback/notifier/console"
	"hearback/notifier/keeping"
)

// district is a made-up council with teams north and south, seen by one caller.
type district struct {
	*council
	index *caseload.Index
	tally *keeping.Tally
	book  *notifier.Book
	who   console.Caller
	trail *managerTrail
	site  http.Handler
}

func managerOf(teams ...string) console.Caller {
	return console.Caller{ID: "p.moira", Name: "Moira Kerr", Roles: []console.Role{console.Officer, console.Manager}, Teams: teams}
}

func theBook(t testing.TB) *notifier.Book {
	t.Helper()
	hours, err := calendar.ParseHours(map[string][]string{"mon-fri": {"09:00-17:00"}})
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := calendar.BankHolidays("england-and-wales")
	if err != nil {
		t.Fatal(err)
	}
	return &notifier.Book{Version: "b1", Calendar: &calendar.Calendar{Location: time.UTC, Working: hours, Holidays: holidays}, Directory: notifier.Directory{
		Teams: []notifier.Team{{ID: "north", Name: "SEND North"}, {ID: "south", Name: "SEND South"}},
		People: []notifier.Person{{ID: "o.jane", Name: "Jane Okafor", Team: "north"}, {ID: "o.amir", Name: "Amir Hosseini", Team: "north",
			Away: []notifier.Absence{{Officer: "o.amir", From: calendar.Date{Year: 2026, Month: time.December, Day: 7}, To: calendar.Date{Year: 2026, Month: time.December, Day: 18}, Cover: "o.jane"}}},
			{ID: "o.lee", Name: "Lee Marsh", Team: "south"}},
	}}
}

func newDistrict(t testing.TB, who console.Caller) *district {
	t.Helper()
	d := &district{council: &council{}, index: caseload.New(), tally: keeping.New(), book: theBook(t), who: who, trail: &managerTrail{}}
	d.council.status = console.Status{Leader: true}
	d.council.decide = func(_ *council, e events.Event) { d.moved(e) }
	d.open(console.Options{})
	return d
}

// open makes the site, with what the options say beside the district's own.
func (d *district) open(o console.Options) {
	o.Who = func(http.ResponseWriter, *http.Request) (console.Caller, bool) { return d.who, true }
	o.Cases, o.Keeping, o.Trail, o.Now = d.index, d.tally, d.trail, morning
	o.Book = func() *notifier.Book { return d.book }
	d.site = console.New(d.council, d.council, o)
}

// put makes the index know a case with one promise to a family, so many days old.
func (d *district) put(ref, team, officer string, days int) {
	opened := morning().AddDate(0, 0, -days)
	due := opened.AddDate(0, 0, 7)
	d.index.Put(notifier.Case{Ref: ref, Team: team, Officer: officer, Promises: []notifier.Promise{
		{Rule: "reply", Enquiry: "q-" + ref, Channel: "phone", Opened: opened, Due: due, DueDate: calendar.DateOf(due, time.UTC), Late: due.Before(morning()), Next: due}}})
}

// moved decides an event about an officer, as far as lists show it.
func (d *district) moved(e events.Event) {
	team, _, _ := d.index.Team(e.Case)
	changed, err := events.DataOf[events.OfficerChanged](e)
	if e.Type == events.TypeOfficerChanged && err == nil {
		rows := d.index.Of(e.Case)
		c := notifier.Case{Ref: e.Case, Team: team, Officer: changed.Officer}
		for _, r := range rows {
			c.Promises = append(c.Promises, notifier.Promise{Rule: r.Rule, Enquiry: r.Enquiry, Channel: r.Channel, Opened: r.Opened, Due: r.Due, DueDate: r.DueDate, Late: r.Late})
		}
		d.index.Put(c)
	}
}

func (d *district) get(path string) *httptest.ResponseRecorder { return get(d.site, path) }

func (d *district) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	d.site.ServeHTTP(w, r)
	return w
}

// sound fails the test where a page has another status or is not as it must be.
func sound(t testing.TB, w *httptest.ResponseRecorder, status int, wanted ...string) markup {
	t.Helper()
	m := parseMarkup(t, w.Body.String())
	if w.Code != status {
		t.Fatalf("status %d, not %d: %s", w.Code, status, m.text)
	}
	for _, fault := range m.faults() {
		t.Error(fault)
	}
	for _, text := range wanted {
		if !strings.Contains(m.text, text) {
			t.Errorf("the page does not say %q: %s", text, m.text)
		}
	}
	return m
}

// hidden are the values of the hidden fields of the last form that has any.
func (m markup) hidden() url.Values {
	form := url.Values{}
	for _, e := range m.elements {
		if e.name == "input" && e.attributes["type"] == "hidden" {
			form.Add(e.attributes["name"], strings.ReplaceAll(e.attributes["value"], "&#43;", "+"))
		}
	}
	return form
}

func TestManagersPagesAreForManagers(t *testing.T) {
	d := newDistrict(t, console.Caller{ID: "o.jane", Name: "Jane", Roles: []console.Role{console.Officer}, Teams: []string{"north"}})
	d.put("H-1", "north", "o.jane", 3)
	for _, path := range []string{"/waiting", "/keeping", "/keeping.csv", "/staff", "/health", "/rejected", "/rejected/7"} {
		if w := d.get(path); w.Code != http.StatusForbidden {
			t.Errorf("an officer gets %s: status %d", path, w.Code)
		}
	}
	for _, path := range []string{"/waiting/hand-over", "/staff/away", "/rejected/7"} {
		if w := d.post(path, url.Values{"cases": {"H-1"}, "officer": {"o.amir"}, "confirm": {"yes"}}); w.Code != http.StatusForbidden {
			t.Errorf("an officer posts %s: status %d", path, w.Code)
		}
	}
	d.who = console.Caller{ID: "op", Name: "An operator", Roles: []console.Role{console.Operator}, Teams: []string{}}
	for _, path := range []string{"/waiting", "/keeping", "/keeping.csv", "/staff"} {
		if w := d.get(path); w.Code != http.StatusForbidden || strings.Contains(w.Body.String(), "H-1") {
			t.Errorf("an operator gets %s: status %d", path, w.Code)
		}
	}
	if len(d.published) > 0 {
		t.Errorf("stored: %v", d.published)
	}
}

func TestWhoIsWaiting(t *testing.T) {
	d := newDistrict(t, managerOf("north"))
	sound(t, d.get("/waiting"), http.StatusOK, "Hearback knows of no case yet")
	d.put("H-1", "north", "o.jane", 3)
	d.put("H-2", "north", "o.amir", 21)
	d.put("H-3", "south", "o.lee", 30)
	d.put("H-4", notifier.Unassigned, "", 6)
	d.index.Put(notifier.Case{Ref: "H-5", Team: "north", Officer: "o.jane", Promises: []notifier.Promise{{Rule: "assessment", Enquiry: "a", Opened: morning(), Due: morning().AddDate(0, 0, 42), Urgent: true, Unheard: []string{"c1"}}}})
	m := sound(t, d.get("/waiting"), http.StatusOK, "Waiting 3", "Late 1", "Due within 3 working days 1", "Without an officer 1", "the longest wait first: 1 to 3 of 3",
		"H-2", "Amir Hosseini SEND North 15 working days since Monday 9 November 2026", "No team yet", "Never", "Hand over to")
	if strings.Contains(m.text, "H-3") || strings.Contains(m.text, "H-5") || strings.Contains(m.text, "Lee Marsh") {
		t.Errorf("the page shows what is not for it: %s", m.text)
	}
	if strings.Index(m.text, "H-2") > strings.Index(m.text, "H-1") {
		t.Error("the longest wait is not first")
	}
	for query, want := range map[string]struct{ has, lacks string }{
		"state=late":              {"H-2", "H-1 "},
		"state=soon":              {"H-4", "H-2 "},
		"state=nobody":            {"H-4", "H-1 "},
		"state=urgent&kind=all":   {"H-5", "H-1 "},
		"state=unreachable":       {"Nobody waits who fits this choice", "H-1 "},
		"officer=o.jane":          {"H-1", "H-2 "},
		"kind=all":                {"assessment", "H-3 "},
		"team=south":              {"Nobody waits who fits this choice", "H-3 "},
		"team=%3Cscript%3E":       {"Nobody waits who fits this choice", "script"},
		"state=whatever":          {"Nobody waits who fits this choice", "H-1 "},
		"state=late&page=9":       {"H-2", "H-1 "},
		"officer=o.lee&team=nort": {"Nobody waits who fits this choice", "H-3 "},
	} {
		m := sound(t, d.get("/waiting?"+query), http.StatusOK, want.has)
		if strings.Contains(m.text, want.lacks) {
			t.Errorf("%s shows %q: %s", query, want.lacks, m.text)
		}
	}
	d.index = caseload.New()
	d.put("H-3", "south", "o.lee", 30)
	d.open(console.Options{})
	sound(t, d.get("/waiting"), http.StatusOK, "No family waits for a reply in the teams that you may see", "Show statutory promises too")
	sound(t, d.get("/waiting?kind=all"), http.StatusOK, "No promise is open in the teams that you may see")
}

func TestManyPagesOfWaiting(t *testing.T) {
	d := newDistrict(t, managerOf("north"))
	for i := range 60 {
		d.put(fmt.Sprintf("H-%03d", i), "north", "o.jane", 10+i)
	}
	sound(t, d.get("/waiting?officer=o.jane&page=2"), http.StatusOK, "26 to 50 of 60")
	if body := d.get("/waiting?officer=o.jane&page=2").Body.String(); !strings.Contains(body, `href="/waiting?officer=o.jane&amp;page=3"`) {
		t.Error("the next page forgets the choice")
	}
}

func TestHandOver(t *testing.T) {
	d := newDistrict(t, managerOf("north"))
	d.put("H-1", "north", "o.jane", 3)
	d.put("H-2", "north", "", 21)
	d.put("H-3", "south", "o.lee", 30)
	d.put("H-4", "north", "o.amir", 30)
	plan := sound(t, d.post("/waiting/hand-over?team=north", url.Values{"cases": {"H-1", "H-2", "H-3", "H-4", "H-9"}, "officer": {"o.amir"}}), http.StatusOK,
		"Amir Hosseini (SEND North) gets 2 cases", "What will happen", "H-1 SEND North Jane Okafor Amir Hosseini", "Cases that will stay as they are",
		"H-3 Not changed It belongs to another team, or nobody has told Hearback of it yet", "H-9 Not changed It belongs to another team", "H-4 With them already")
	if len(d.published) != 0 {
		t.Fatal("something was stored before anybody had seen what will happen")
	}
	form := plan.hidden()
	sound(t, d.post("/waiting/hand-over", form), http.StatusOK, "2 of 2 cases were handed over", "Handed over Reminders go to the new officer")
	if len(d.published) != 2 {
		t.Fatalf("%d events", len(d.published))
	}
	first := d.published[0]
	if changed, err := events.DataOf[events.OfficerChanged](first); err != nil || changed.Officer != "o.amir" || first.Check(morning()) != nil {
		t.Errorf("stored %v: %v", first, err)
	}
	if _, officer, _ := d.index.Team("H-3"); officer != "o.lee" {
		t.Error("a case of another team was moved")
	}
	if got := d.trail.cases(); !strings.Contains(got, "H-1") || !strings.Contains(got, "H-2") || strings.Contains(got, "H-3") {
		t.Errorf("written down: %s", got)
	}
	sound(t, d.post("/waiting/hand-over", form), http.StatusOK, "Nothing had to change")
	if len(d.published) != 2 {
		t.Errorf("a second press stored %d", len(d.published)-2)
	}
}

// Before lists show the first press, a second one must still be the same events.
func TestASecondPressIsTheSameEvents(t *testing.T) {
	d := newDistrict(t, managerOf("north"))
	d.council.decide = nil
	d.put("H-1", "north", "o.jane", 3)
	form := sound(t, d.post("/waiting/hand-over", url.Values{"cases": {"H-1"}, "officer": {"o.amir"}}), http.StatusOK).hidden()
	sound(t, d.post("/waiting/hand-over", form), http.StatusOK, "Hearback is deciding it")
	sound(t, d.post("/waiting/hand-over", form), http.StatusOK)
	if len(d.published) != 2 || d.published[0].Identity() != d.published[1].Identity() {
		t.Fatalf("stored %v", d.published)
	}
	again := sound(t, d.post("/waiting/hand-over", url.Values{"cases": {"H-1"}, "officer": {"o.amir"}}), http.StatusOK).hidden()
	sound(t, d.post("/waiting/hand-over", again), http.StatusOK)
	if d.published[2].Identity() == d.published[0].Identity() {
		t.Error("another showing of the form made the same event: moving a case back and forth would be lost")
	}
}

func TestHandOverThatCannotBe(t *testing.T) {
	d := newDistrict(t, managerOf("north"))
	d.put("H-1", "north", "o.jane", 3)
	d.put("H-3", "south", "o.lee", 3)
	sound(t, d.post("/waiting/hand-over", url.Values{"officer": {"o.amir"}}), http.StatusUnprocessableEntity, "There is a problem", "Tick the cases to hand over")
	sound(t, d.post("/waiting/hand-over", url.Values{"cases": {"H-1"}, "officer": {"o.lee"}}), http.StatusUnprocessableEntity, "Choose who gets the cases, of the teams that you see")
	sound(t, d.post("/waiting/hand-over", url.Values{"cases": {"H-1"}, "officer": {nasty}}), http.StatusUnprocessableEntity)
	// What somebody makes up moves nothing either.
	sound(t, d.post("/waiting/hand-over", url.Values{"cases": {"H-3", "<script>"}, "officer": {"o.amir"}, "confirm": {"yes"}, "was": {"H-3 o.lee"}, "token": {"made-up"}}), http.StatusOK, "Nothing had to change")
	sound(t, d.post("/waiting/hand-over", url.Values{"cases": {"H-1"}, "officer": {"o.amir"}, "confirm": {"yes"}, "was": {"H-1 o.somebody"}}), http.StatusOK, "Somebody else gave it to Jane Okafor since you looked")
	if len(d.published) > 0 {
		t.Fatalf("stored %v", d.published)
	}
	d.council.refuse = fmt.Errorf("no stream")
	sound(t, d.post("/waiting/hand-over", url.Values{"cases": {"H-1"}, "officer": {"o.amir"}, "confirm": {"yes"}}), http.StatusOK, "0 of 1 case was handed over", "It is not known whether this was stored", "Try again")
	d.council.refuse, d.trail.refuse = nil, fmt.Errorf("no stream")
	sound(t, d.post("/waiting/hand-over", url.Values{"cases": {"H-1"}, "officer": {"o.amir"}, "confirm": {"yes"}}), http.StatusOK, "Who acts on a case is written down")
	if len(d.published) > 0 {
		t.Errorf("stored %v", d.published)
	}
}

type managerTrail struct {
	mu     sync.Mutex
	seen   []console.Seen
	refuse error
}

func (t *managerTrail) Record(_ context.Context, entries ...console.Seen) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.refuse != nil {
		return t.refuse
	}
	t.seen = append(t.seen, entries...)
	return nil
}

func (t *managerTrail) Seen(context.Context, string) ([]console.Seen, error) { return t.seen, nil }

// cases are the cases that were written down, with spaces between.
func (t *managerTrail) cases() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var refs []string
	for _, s := range t.seen {
		refs = append(refs, s.Case)
	}
	return strings.Join(refs, " ")
}

// Every link of these pages that leads to one of them leads to a sound page.
func TestManagersLinksLeadSomewhere(t *testing.T) {
	d, _ := rejectingDistrict(t, console.Everybody())
	for i := range 60 {
		d.put(fmt.Sprint("N-", i), "north", []string{"o.jane", "o.amir", ""}[i%3], i)
		d.tally.Add(ends("north", fmt.Sprint("o.", i), 14, 2*aDay, true), d.books())
	}
	seen := map[string]bool{}
	queue := []string{"/waiting", "/keeping", "/staff", "/health", "/rejected"}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		w := d.get(path)
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			continue
		}
		for _, link := range sound(t, w, http.StatusOK).links() {
			link = strings.ReplaceAll(link, "&amp;", "&")
			for _, ours := range []string{"/waiting", "/keeping", "/staff", "/health", "/rejected"} {
				if strings.HasPrefix(link, ours) {
					queue = append(queue, link)
				}
			}
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d pages were reached", len(seen))
	}
}

// Whatever a manager of north sends, nothing is stored about a case of south.
func TestNothingMovesInAnotherTeam(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := newDistrict(t, managerOf("north"))
		if rapid.Bool().Draw(rt, "undecided") {
			d.council.decide = nil
		}
		for i := range 6 {
			d.put(fmt.Sprint("H-", i), []string{"north", "south"}[i%2], []string{"o.jane", "o.lee", "", "o.lee", "o.amir", "o.lee"}[i], i)
		}
		refs := rapid.SampledFrom([]string{"H-0", "H-1", "H-2", "H-3", "H-4", "H-5", "H-9", "", nasty})
		people := rapid.SampledFrom([]string{"o.jane", "o.amir", "o.lee", "p.nobody", ""})
		for range rapid.IntRange(1, 5).Draw(rt, "forms") {
			form := url.Values{"cases": rapid.SliceOfN(refs, 0, 6).Draw(rt, "cases"), "officer": {people.Draw(rt, "officer")}, "confirm": {"yes"},
				"token": {rapid.SampledFrom([]string{"t", "", nasty}).Draw(rt, "token")}, "cover": {people.Draw(rt, "cover")}}
			for _, ref := range form["cases"] {
				form.Add("was", ref+" "+people.Draw(rt, "was"))
			}
			for name, value := range map[string]string{"from-day": "1", "from-month": "12", "from-year": "2026"} {
				form.Set(name, value)
			}
			path := rapid.SampledFrom([]string{"/waiting/hand-over", "/waiting/hand-over?team=south", "/staff/away"}).Draw(rt, "path")
			if w := d.post(path, form); strings.Contains(w.Body.String(), "Lee Marsh") {
				rt.Fatalf("%s names somebody of south", path)
			}
		}
		for _, e := range d.published {
			if team, _, _ := d.index.Team(e.Case); team != "north" {
				rt.Fatalf("stored about %s of %s", e.Case, team)
			}
		}
	})
}

func TestHandOverToSomebodyWhoIsAway(t *testing.T) {
	d := newDistrict(t, managerOf("north"))
	d.put("H-1", "north", "o.jane", 3)
	form := url.Values{"cases": {"H-1"}, "officer": {"o.amir"}}
	if text := sound(t, d.post("/waiting/hand-over?page=2&state=late", form), http.StatusOK).text; strings.Contains(text, "is away") {
		t.Errorf("an absence that has not begun: %s", text)
	}
	away := &d.book.Directory.People[1].Away[0]
	away.From = calendar.Date{Year: 2026, Month: time.November, Day: 30}
	w := d.post("/waiting/hand-over?page=2&state=late", form)
	sound(t, w, http.StatusOK, "Amir Hosseini is away until Friday 18 December 2026. Jane Okafor is reminded meanwhile.")
	if !strings.Contains(w.Body.String(), `href="/waiting?page=2&amp;state=late"`) {
		t.Error("the way back forgets the list as it was")
	}
	away.Cover, away.To = "", calendar.Date{}
	sound(t, d.post("/waiting/hand-over", form), http.StatusOK, "Amir Hosseini is away until further notice, and the book names nobody who stands in")
}
