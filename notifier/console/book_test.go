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

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/console"
	"hearback/notifier/publishing"
	"hearback/notifier/rehearse/report"
	"hearback/notifier/rules"
)

// smallBook is a whole book in as few words as it can have.
func smallBook() rules.Files {
	files := rules.Files{
		"rules.yaml": `council: {name: Hertfordshire County Council, short: Herts SEND, phone: 01632 960123}
working_time: {bank_holidays: england-and-wales, hours: {mon-fri: ["09:00-17:00"]}}
contact_hours: {mon-sat: ["08:00-20:00"]}
languages: {approved: [ar]}
promises:
  - name: reply
    opened_by: [enquiry.received, message.received]
    kept_by: [reply.sent]
    due: 5 working days
    acknowledge: {words: enquiry-received, via: preferred, any_hour: true}
    steps:
      - {at: due, chase: [officer], words: reply-overdue}
      - {every: 5 working days, from: 2 working days after due, chase: [team_lead], words: reply-overdue}
`,
		"directory.yaml": `teams: [{id: north, name: SEND North, lead: p.lead, manager: p.manager, head_of_service: p.head, phone: 01632 960200}]
people:
  - {id: o.jane, name: Jane Okafor, email: jane.okafor@council.example, mobile: 07700 900200, team: north, role: officer}
  - {id: p.lead, name: Moira Sinclair, email: moira.sinclair@council.example, mobile: 07700 900220, team: north, role: team_lead}
  - {id: p.manager, name: Tomasz Wrona, email: tomasz.wrona@council.example, mobile: 07700 900230, role: manager}
  - {id: p.head, name: Adaeze Whitlock, email: adaeze.whitlock@council.example, mobile: 07700 900240, role: head_of_service}
`,
		"words/en/chases-digest.email.md": "Subject: Families wait for your reply\n\nThese families wait:\n\n((list))\n",
		"words/ar/status.yaml":            "status: approved\nby: Layla Haddad, qualified translator\non: 2026-12-01\n",
	}
	for name, says := range map[string]string{
		"enquiry-received": "Thank you. A person will reply to you by ((due day)). Your reference is ((ref)).",
		"reply-postponed":  "We will reply to you by ((due day)). Your reference is ((ref)).",
		"reply-late":       "Sorry, we are late. Your reference is ((ref)).",
		"opted-out":        "We will not write to you like this again.", "opted-in": "We will write to you like this again.", "help": "We are ((council)). Call us on ((phone)).",
		"interpreter": "We can arrange an interpreter.",
	} {
		files["words/en/"+name+".sms.txt"] = says + "\n"
		files["words/en/"+name+".email.md"] = "Subject: Your enquiry\n\n" + says + "\n\n* ((council))\n"
	}
	files["words/en/interpreter.email.md"] = "We can arrange an interpreter.\n"
	files["words/en/reply-overdue.email.md"] = "Subject: A family waits: ((ref))\n\nPlease reply to the family of ((ref)).\n"
	files["words/ar/enquiry-received.sms.txt"] = "شكرا. رقم الحالة ((ref)). سيرد عليك شخص قبل ((due day)).\n"
	return files
}

// shelf is a made-up Books, Replans, Drafts and Backtests.
type shelf struct {
	mu       sync.Mutex
	versions []publishing.Version
	drafts   map[string]console.Draft
	sequence uint64
	refuse   error         // what publishing ends with
	hold     chan struct{} // a backtest waits for it
	testing  bool
	moved    []publishing.Asked
}

func newShelf(files rules.Files) *shelf {
	return &shelf{sequence: 7, drafts: map[string]console.Draft{},
		versions: []publishing.Version{{Version: files.Version(), Sequence: 7, At: morning().AddDate(0, 0, -30), By: "start", Files: files}}}
}

func (s *shelf) options() console.Options {
	return console.Options{Council: councilName, Demo: true, Now: morning, Who: anybody, Publishing: console.Publishing{Books: s, Replans: s, Drafts: s, Backtests: s}}
}

func (s *shelf) History(context.Context) (*publishing.History, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &publishing.History{Versions: slices.Clone(s.versions)}, nil
}

func (s *shelf) Publish(_ context.Context, files rules.Files, asked publishing.Asked, over publishing.Version) (publishing.Version, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.versions[len(s.versions)-1]
	switch {
	case s.refuse != nil:
		return publishing.Version{}, s.refuse
	case last.Sequence != over.Sequence:
		return publishing.Version{}, &publishing.Overtaken{By: last}
	}
	s.sequence++
	v := publishing.Version{Version: files.Version(), Sequence: s.sequence, At: morning(), By: asked.By, Why: asked.Why, Files: files}
	s.versions = append(s.versions, v)
	return v, nil
}

func (s *shelf) Look(_ context.Context, files rules.Files) (publishing.Plan, error) {
	return publishing.Plan{Version: files.Version(), Cases: []string{"H-10480"}, Kinds: []publishing.Kind{{Rule: "reply", Later: 1}}, Unreadable: []string{"H-10487"},
		First: []notifier.Replanning{{Case: "H-10480", Promise: "reply/call-1", Effect: notifier.LateAtOnce, Before: calendar.DateOf(morning(), time.UTC), After: calendar.DateOf(morning(), time.UTC).AddDays(-3)}}}, nil
}

func (s *shelf) Replan(_ context.Context, _ publishing.Version, asked publishing.Asked) (publishing.Done, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved = append(s.moved, asked)
	return publishing.Done{Cases: 1}, nil
}

func (s *shelf) Draft(_ context.Context, manager string) (console.Draft, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drafts[manager], nil
}

func (s *shelf) Keep(_ context.Context, manager string, d console.Draft) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drafts[manager].Sequence != d.Sequence {
		return console.ErrDraftChanged
	}
	s.sequence++
	d.Sequence = s.sequence
	s.drafts[manager] = d
	return nil
}

func (s *shelf) Backtest(ctx context.Context, _ rules.Files) (report.Report, error) {
	s.mu.Lock()
	if s.testing {
		s.mu.Unlock()
		return report.Report{}, console.ErrBusy
	}
	s.testing = true
	s.mu.Unlock()
	defer func() { s.mu.Lock(); s.testing = false; s.mu.Unlock() }()
	if s.hold != nil {
		select {
		case <-s.hold:
		case <-ctx.Done():
			return report.Report{}, ctx.Err()
		}
	}
	return report.Report{Title: "What it would have done", Sections: []report.Section{{Title: "What changes",
		Plots:  []report.Plot{&report.Bars{Title: nasty, Describes: nasty, Across: "weeks", Up: "chases", Labels: []string{"1"}, Series: []report.Series{{Name: nasty, Values: []float64{3}}}}},
		Tables: []report.Table{{Caption: "By promise", Columns: []report.Column{{Name: "Promise"}, {Name: "Late", Number: true}}, Rows: [][]string{{nasty, "3 → 1"}}}}}}}, nil
}

func post(h http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// plots are drawn elsewhere and judged there; a test of pages leaves them out.
var plots = regexp.MustCompile(`(?s)<svg.*?</svg>`)

// sound fails where a page is not, and gives what it says.
func soundPage(t testing.TB, what string, w *httptest.ResponseRecorder) markup {
	t.Helper()
	m := parseMarkup(t, plots.ReplaceAllString(w.Body.String(), ""))
	for _, address := range m.links() {
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(address)), "javascript:") {
			t.Errorf("%s: a link leads to %s", what, address)
		}
	}
	for _, fault := range m.faults() {
		t.Errorf("%s: %s", what, fault)
	}
	return m
}

func bookOf(s *shelf) http.Handler { return console.New(busyCouncil(), busyCouncil(), s.options()) }

// Every page of the book that can be reached by its links, without a draft, with one and
// with a broken one, is well formed and can be used without eyes or a mouse.
func TestEveryPageOfTheBookIsSound(t *testing.T) {
	book := smallBook()
	if loaded, faults := rules.Load(book.FS()); loaded == nil {
		t.Fatalf("the book of this test: %v", faults)
	}
	for name, change := range map[string]func(files rules.Files){
		"no draft": nil,
		"a draft": func(files rules.Files) {
			files["rules.yaml"] = strings.Replace(files["rules.yaml"], "5 working days\n", "10 working days\n", 1)
			files["words/en/help.sms.txt"] = nasty
			delete(files, "words/en/opted-in.sms.txt")
		},
		"bank holidays of its own": func(files rules.Files) { files["bank-holidays.json"] = nasty },
		"a broken draft": func(files rules.Files) {
			files["rules.yaml"] = strings.Replace(files["rules.yaml"], "5 working days\n", "5 wroking days\n", 1)
			files["words/en/no words at all"] = nasty
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(book)
			if change != nil {
				files := maps.Clone(book)
				change(files)
				s.drafts["demo"] = console.Draft{Files: files, Over: s.versions[0], Changed: morning(), Sequence: 9}
			}
			h := bookOf(s)
			seen, queue := map[string]bool{}, []string{"/book"}
			for len(queue) > 0 {
				path := queue[0]
				queue = queue[1:]
				if seen[path] || !strings.HasPrefix(path, "/book") {
					continue
				}
				seen[path] = true
				w := get(h, path)
				if w.Code != http.StatusOK {
					t.Fatalf("%s: status %d", path, w.Code)
				}
				for _, link := range soundPage(t, path, w).links() {
					address, _, _ := strings.Cut(link, "#")
					queue = append(queue, strings.ReplaceAll(address, "&amp;", "&"))
				}
			}
			if len(seen) < 24 {
				t.Errorf("only %d pages were reached", len(seen))
			}
		})
	}
}

// Whoever is no manager is not let in anywhere, nor changes anything.
func TestTheBookIsForManagers(t *testing.T) {
	for _, role := range []console.Role{console.Officer, console.Operator} {
		s := newShelf(smallBook())
		options := s.options()
		options.Who = func(http.ResponseWriter, *http.Request) (console.Caller, bool) {
			return console.Caller{ID: "o.jane", Name: "Jane Okafor", Roles: []console.Role{role}}, true
		}
		h := console.New(busyCouncil(), busyCouncil(), options)
		v := s.versions[0].Version
		for _, path := range []string{"/book", "/book/promises/reply", "/book/rules", "/book/directory", "/book/words", "/book/words/add?language=en&name=a&channel=sms", "/book/words/en/help.sms.txt",
			"/book/draft", "/book/history", "/book/history/" + v} {
			if w := get(h, path); w.Code != http.StatusForbidden {
				t.Errorf("%s: GET %s is answered %d", role, path, w.Code)
			}
		}
		for _, path := range []string{"/book/rules", "/book/directory", "/book/words/en/help.sms.txt", "/book/check", "/book/draft/backtest", "/book/draft/publish", "/book/draft/renew",
			"/book/draft/discard", "/book/history/" + v + "/revert", "/book/history/" + v + "/move"} {
			if w := post(h, path, url.Values{"text": {"x"}, "version": {v}, "confirmed": {"yes"}}); w.Code != http.StatusForbidden {
				t.Errorf("%s: POST %s is answered %d", role, path, w.Code)
			}
		}
		if len(s.versions) != 1 || len(s.drafts) != 0 || len(s.moved) != 0 {
			t.Errorf("%s: something was changed: %v", role, s.drafts)
		}
	}
}

// changed keeps a draft of another due date and gives its version.
func changed(t *testing.T, s *shelf, h http.Handler, days int) string {
	t.Helper()
	text := strings.Replace(smallBook()["rules.yaml"], "5 working days\n", fmt.Sprintf("%d working days\n", days), 1)
	if w := post(h, "/book/rules", url.Values{"text": {text}}); w.Code != http.StatusSeeOther {
		t.Fatalf("a change is answered %d: %s", w.Code, soundPage(t, "/book/rules", w).text)
	}
	return s.drafts["demo"].Files.Version()
}

func TestABookWithFaultsIsNotPublished(t *testing.T) {
	s := newShelf(smallBook())
	h := bookOf(s)
	w := post(h, "/book/rules", url.Values{"text": {"promises: []"}})
	if text := soundPage(t, "faults", w).text; w.Code != http.StatusUnprocessableEntity || !strings.Contains(text, "There is a problem") || !strings.Contains(text, "Line 1") {
		t.Errorf("status %d: %s", w.Code, text)
	}
	v := s.drafts["demo"].Files.Version()
	for _, path := range []string{"/book/draft/publish", "/book/draft/backtest"} {
		w := post(h, path, url.Values{"version": {v}, "why": {"because"}, "replan": {"yes"}, "confirmed": {"yes"}})
		if text := soundPage(t, path, w).text; w.Code != http.StatusUnprocessableEntity || !strings.Contains(text, "Mend what is wrong") {
			t.Errorf("%s: status %d: %s", path, w.Code, text)
		}
	}
	if len(s.versions) != 1 || len(s.moved) != 0 {
		t.Error("it was published")
	}
}

// What is published is what was seen: a draft that has changed since is not.
func TestWhatWasNotSeenIsNotPublished(t *testing.T) {
	s := newShelf(smallBook())
	h := bookOf(s)
	seen := changed(t, s, h, 10)
	changed(t, s, h, 12)
	for _, path := range []string{"/book/draft/publish", "/book/draft/backtest", "/book/draft/renew", "/book/draft/discard"} {
		w := post(h, path, url.Values{"version": {seen}, "why": {"because"}})
		if text := soundPage(t, path, w).text; w.Code != http.StatusConflict || !strings.Contains(text, "Your draft has changed since you opened the page") {
			t.Errorf("%s: status %d: %s", path, w.Code, text)
		}
	}
	if len(s.versions) != 1 || len(s.drafts["demo"].Files) == 0 {
		t.Error("it was published or thrown away")
	}
}

// Two pages of one manager do not undo each other without a word.
func TestTwoPagesOfOneFile(t *testing.T) {
	s := newShelf(smallBook())
	h := bookOf(s)
	page := get(h, "/book/directory").Body.String()
	was := regexp.MustCompile(`name="was" value="([0-9a-f]+)"`).FindStringSubmatch(page)[1]
	first := smallBook()["directory.yaml"] + "# first\n"
	if w := post(h, "/book/directory", url.Values{"text": {first}, "was": {was}}); w.Code != http.StatusSeeOther {
		t.Fatalf("status %d", w.Code)
	}
	w := post(h, "/book/directory", url.Values{"text": {smallBook()["directory.yaml"] + "# second\n"}, "was": {was}})
	if text := soundPage(t, "second", w).text; w.Code != http.StatusUnprocessableEntity || !strings.Contains(text, "You have changed this file on another page") || !strings.Contains(text, "# second") {
		t.Errorf("status %d: %s", w.Code, text)
	}
	if s.drafts["demo"].Files["directory.yaml"] != first {
		t.Error("the first change is lost")
	}
}

// Of two who publish at the same moment the second hears who was first.
func TestTwoWhoPublishAtTheSameMoment(t *testing.T) {
	s := newShelf(smallBook())
	h := bookOf(s)
	v := changed(t, s, h, 10)
	s.refuse = &publishing.Overtaken{By: publishing.Version{Version: "0123456789ab", By: nasty}}
	w := post(h, "/book/draft/publish", url.Values{"version": {v}, "why": {"because"}})
	if text := soundPage(t, "overtaken", w).text; w.Code != http.StatusConflict || !strings.Contains(text, "Somebody was first") || !strings.Contains(text, "0123456789ab") {
		t.Errorf("status %d: %s", w.Code, text)
	}
	s.refuse = errors.New("no answer")
	w = post(h, "/book/draft/publish", url.Values{"version": {v}, "why": {"because"}})
	if text := soundPage(t, "no answer", w).text; w.Code != http.StatusServiceUnavailable || !strings.Contains(text, "It is not known whether the book was published") {
		t.Errorf("status %d: %s", w.Code, text)
	}
	s.refuse = &publishing.Faulty{}
	w = post(h, "/book/draft/publish", url.Values{"version": {v}, "why": {"because"}})
	if text := soundPage(t, "faulty", w).text; w.Code != http.StatusUnprocessableEntity || !strings.Contains(text, "a book with faults cannot be put in force") {
		t.Errorf("status %d: %s", w.Code, text)
	}
	if len(s.drafts["demo"].Files) == 0 {
		t.Error("the draft is lost")
	}
}

// brokenShelf is a shelf that cannot be read, or on which nothing can be kept.
type brokenShelf struct {
	*shelf
	read, keep error
}

func (b brokenShelf) History(ctx context.Context) (*publishing.History, error) {
	h, err := b.shelf.History(ctx)
	return h, errors.Join(err, b.read)
}

func (b brokenShelf) Keep(context.Context, string, console.Draft) error { return b.keep }

func TestWhatCannotBeReadOrKeptIsSaid(t *testing.T) {
	s := newShelf(smallBook())
	for name, test := range map[string]struct {
		with   console.Publishing
		status int
		says   string
	}{
		"no versions":     {console.Publishing{}, http.StatusOK, "The book cannot be changed here"},
		"cannot be read":  {console.Publishing{Books: brokenShelf{shelf: s, read: errors.New("no answer")}, Drafts: s}, http.StatusServiceUnavailable, "The book cannot be read at the moment"},
		"cannot be kept":  {console.Publishing{Books: s, Drafts: brokenShelf{shelf: s, keep: errors.New("no answer")}}, http.StatusServiceUnavailable, "Your draft could not be kept"},
		"changed between": {console.Publishing{Books: s, Drafts: brokenShelf{shelf: s, keep: console.ErrDraftChanged}}, http.StatusConflict, "Your draft was changed on another page"},
		"nothing yet":     {console.Publishing{Books: &shelf{}, Drafts: s}, http.StatusOK, "No book was ever published"},
	} {
		t.Run(name, func(t *testing.T) {
			options := s.options()
			options.Publishing = test.with
			w := post(console.New(busyCouncil(), busyCouncil(), options), "/book/rules", url.Values{"text": {"a: 1"}})
			if text := soundPage(t, name, w).text; w.Code != test.status || !strings.Contains(text, test.says) {
				t.Errorf("status %d: %s", w.Code, text)
			}
		})
	}
	// Without what moves and plays, everything else works.
	options := s.options()
	options.Publishing.Replans, options.Publishing.Backtests = nil, nil
	h := console.New(busyCouncil(), busyCouncil(), options)
	form := url.Values{"version": {changed(t, s, h, 10)}, "why": {"because"}}
	if w := post(h, "/book/draft/backtest", form); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a backtest is answered %d", w.Code)
	}
	form.Set("replan", "yes")
	if w := post(h, "/book/draft/publish", form); w.Code != http.StatusServiceUnavailable || len(s.versions) != 1 {
		t.Errorf("moving is answered %d", w.Code)
	}
	form.Set("confirmed", "yes") // though nobody can have seen a plan
	if w := post(h, "/book/draft/publish", form); w.Code != http.StatusServiceUnavailable || len(s.versions) != 1 {
		t.Errorf("moving without a plan is answered %d, %d versions", w.Code, len(s.versions))
	}
	form.Del("replan")
	if w := post(h, "/book/draft/publish", form); w.Code != http.StatusSeeOther || len(s.versions) != 2 {
		t.Errorf("publishing is answered %d", w.Code)
	}
}

// Two managers begin from the same book and change the same file: the second is shown
// what the first changed, in which files they meet, and keeps what is their own.
func TestTwoManagersWhoChangeTheSame(t *testing.T) {
	s := newShelf(smallBook())
	as := func(id string) http.Handler {
		options := s.options()
		options.Who = func(http.ResponseWriter, *http.Request) (console.Caller, bool) {
			return console.Caller{ID: id, Name: id, Roles: []console.Role{console.Manager}}, true
		}
		return console.New(busyCouncil(), busyCouncil(), options)
	}
	first, second := as("p.first"), as("p.second")
	rules, help := smallBook()["rules.yaml"], "We are ((council)). Ring us on ((phone)).\n"
	keep := func(h http.Handler, path, text string) {
		t.Helper()
		if w := post(h, path, url.Values{"text": {text}, "over": {"7"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: status %d: %s", path, w.Code, soundPage(t, path, w).text)
		}
	}
	keep(first, "/book/rules", strings.Replace(rules, "due: 5", "due: 10", 1))
	keep(first, "/book/directory", smallBook()["directory.yaml"]+"# first\n")
	if w := post(first, "/book/draft/publish", url.Values{"version": {s.drafts["p.first"].Files.Version()}, "why": {"ten"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("status %d", w.Code)
	}
	// The second had the page open since before, and begins from the book that it showed.
	keep(second, "/book/rules", strings.Replace(rules, "due: 5", "due: 8", 1))
	keep(second, "/book/words/en/help.sms.txt", help)
	text := soundPage(t, "draft", get(second, "/book/draft")).text
	for _, wanted := range []string{"Somebody has published since you began p.first published", "10 working days", "You have both changed the files below.", "rules.yaml Put my changes on top of theirs"} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the draft does not say %q: %s", wanted, text)
		}
	}
	v := s.drafts["p.second"].Files.Version()
	if w := post(second, "/book/draft/publish", url.Values{"version": {v}, "why": {"eight"}}); w.Code != http.StatusConflict || len(s.versions) != 2 {
		t.Fatalf("status %d, %d versions", w.Code, len(s.versions))
	}
	if w := post(second, "/book/draft/renew", url.Values{"version": {v}}); w.Code != http.StatusSeeOther {
		t.Fatalf("status %d", w.Code)
	}
	files := s.drafts["p.second"].Files
	if !strings.Contains(files["rules.yaml"], "due: 8") || files["words/en/help.sms.txt"] != help || !strings.HasSuffix(files["directory.yaml"], "# first\n") {
		t.Errorf("the draft is now %v", files)
	}
	if w := post(second, "/book/draft/publish", url.Values{"version": {files.Version()}, "why": {"eight"}}); w.Code != http.StatusSeeOther || len(s.versions) != 3 {
		t.Errorf("status %d, %d versions", w.Code, len(s.versions))
	}
}

// Nothing moves before its plan was seen, and only one backtest runs.
func TestMovingAsksFirst(t *testing.T) {
	s := newShelf(smallBook())
	h := bookOf(s)
	v := changed(t, s, h, 10)
	w := post(h, "/book/draft/publish", url.Values{"version": {v}, "why": {"because"}, "replan": {"yes"}})
	if text := soundPage(t, "plan", w).text; w.Code != http.StatusOK || !strings.Contains(text, "Late at once") || !strings.Contains(text, "H-10487") || len(s.versions) != 1 {
		t.Fatalf("status %d: %s", w.Code, text)
	}
	w = post(h, "/book/draft/publish", url.Values{"version": {v}, "why": {"because"}, "replan": {"yes"}, "confirmed": {"yes"}})
	if text := soundPage(t, "moved", w).text; w.Code != http.StatusOK || !strings.Contains(text, "The open promises were moved") || len(s.versions) != 2 {
		t.Fatalf("status %d: %s", w.Code, text)
	}
	if want := (publishing.Asked{By: "The demonstration (demo)", Why: "because"}); len(s.moved) != 1 || s.moved[0] != want {
		t.Errorf("moved as %v", s.moved)
	}
	if len(s.drafts["demo"].Files) > 0 {
		t.Error("the draft is still there")
	}
}

func TestOneBacktestAtATime(t *testing.T) {
	s := newShelf(smallBook())
	h := bookOf(s)
	form := url.Values{"version": {changed(t, s, h, 10)}}
	w := post(h, "/book/draft/backtest", form)
	if text := soundPage(t, "backtest", w).text; w.Code != http.StatusOK || !strings.Contains(text, "3 → 1") || !strings.Contains(w.Body.String(), "<svg") {
		t.Errorf("status %d: %s", w.Code, text)
	}
	s.testing = true
	w = post(h, "/book/draft/backtest", form)
	if text := soundPage(t, "busy", w).text; w.Code != http.StatusServiceUnavailable || !strings.Contains(text, "Another backtest is running") {
		t.Errorf("status %d: %s", w.Code, text)
	}
}

// The script is ours, and may only ask this server.
func TestTheScriptOfTheBookIsOurs(t *testing.T) {
	h := bookOf(newShelf(smallBook()))
	w := get(h, "/book/rules")
	var scripts []string
	for _, e := range soundPage(t, "/book/rules", w).elements {
		if e.name == "script" && strings.HasPrefix(e.attributes["src"], "/assets/book.js") {
			scripts = append(scripts, e.attributes["src"])
		}
	}
	policy := w.Header().Get("Content-Security-Policy")
	if len(scripts) != 1 || !strings.Contains(policy, "script-src 'self'; connect-src 'self';") {
		t.Fatalf("scripts %v under %q", scripts, policy)
	}
	if w := get(h, scripts[0]); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("%s: status %d, %q", scripts[0], w.Code, w.Header().Get("Content-Type"))
	}
	typed := post(h, "/book/check", url.Values{"file": {"words/en/help.sms.txt"}, "text": {"We are ((council)). <b>" + strings.Repeat("Call. ", 40) + "</b>"}})
	if text := typed.Body.String(); typed.Header().Get("X-Part") != "typed" || !strings.Contains(text, "2 segments") || strings.Contains(text, "<b>") {
		t.Errorf("what is typed is answered %d: %s", typed.Code, text)
	}
	for _, file := range []string{"", "../rules.yaml", "words/en/../../rules.yaml", "secrets"} {
		if w := post(h, "/book/check", url.Values{"file": {file}, "text": {"x"}}); w.Code != http.StatusNotFound || w.Header().Get("X-Part") != "" {
			t.Errorf("%q is answered %d", file, w.Code)
		}
	}
}

func TestWordsAreSeenAsTheyLook(t *testing.T) {
	h := bookOf(newShelf(smallBook()))
	w := get(h, "/book/words/ar/enquiry-received.sms.txt")
	text := soundPage(t, "arabic", w).text
	for _, wanted := range []string{`<p class="bubble" lang="ar" dir="rtl">`, `lang="ar" dir="rtl" aria-describedby`} {
		if !strings.Contains(w.Body.String(), wanted) {
			t.Errorf("the page does not hold %s", wanted)
		}
	}
	for _, wanted := range []string{"As it usually looks", "At its longest", "H-12345678", "In English Thank you."} {
		if !strings.Contains(text, wanted) {
			t.Errorf("the page does not say %q: %s", wanted, text)
		}
	}
	w = get(h, "/book/words/en/help.email.md")
	if text := soundPage(t, "email", w).text; !strings.Contains(text, "An email Your enquiry We are Hertfordshire County Council.") || !strings.Contains(w.Body.String(), "<li>") {
		t.Errorf("the page says %s", text)
	}
}

func TestNewWordsHaveAPlace(t *testing.T) {
	s := newShelf(smallBook())
	h := bookOf(s)
	if w := get(h, "/book/words/add?language=cy&name=reply-late&channel=email"); w.Header().Get("Location") != "/book/words/cy/reply-late.email.md" {
		t.Errorf("status %d, to %q", w.Code, w.Header().Get("Location"))
	}
	for path, wanted := range map[string]string{
		"/book/words/add?language=xx-klingon-forever&name=a&channel=sms": "The language",
		"/book/words/add?language=cy&name=../../rules&channel=sms":       "lower-case letters",
		"/book/words/add?language=cy&name=" + url.QueryEscape(nasty):     "lower-case letters",
	} {
		w := get(h, path)
		if text := soundPage(t, path, w).text; w.Code != http.StatusUnprocessableEntity || !strings.Contains(text, wanted) {
			t.Errorf("%s: status %d: %s", path, w.Code, text)
		}
	}
	soundPage(t, "new words", get(h, "/book/words/cy/reply-late.email.md"))
	if w := post(h, "/book/words/cy/reply-late.email.md", url.Values{"text": {"Subject: Hwyr\n\nMae'n ddrwg gennym.\n"}}); w.Code != http.StatusSeeOther && w.Code != http.StatusUnprocessableEntity {
		t.Errorf("status %d", w.Code)
	}
	if s.drafts["demo"].Files["words/cy/reply-late.email.md"] == "" {
		t.Error("the new words are not in the draft")
	}
	if w := post(h, "/book/words/cy/reply-late.email.md", url.Values{"text": {"x"}, "do": {"remove"}, "was": {""}}); w.Code != http.StatusSeeOther {
		t.Errorf("status %d", w.Code)
	}
	if _, there := s.drafts["demo"].Files["words/cy/reply-late.email.md"]; there {
		t.Error("the words are still in the draft")
	}
	for _, path := range []string{"/book/words/en/..%2f..%2frules.yaml", "/book/words/en/nothing.exe", "/book/words/%3Cscript%3E/help.sms.txt"} {
		if w := get(h, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

// Whatever is posted as a part of the book, the pages stay pages.
func FuzzThePostedBook(f *testing.F) {
	book := smallBook()
	f.Add("rules.yaml", book["rules.yaml"])
	f.Add("rules.yaml", "council: {name: '"+nasty+"'}\npromises: [{name: '<script>'}]")
	f.Add("rules.yaml", strings.Replace(book["rules.yaml"], "name: reply\n", "name: '<script>alert(1)</script>'\n", 1))
	f.Add("directory.yaml", strings.Replace(book["directory.yaml"], "Jane Okafor", "'"+strings.ReplaceAll(nasty, "'", "")+"'", 1))
	f.Add("directory.yaml", "&a [*a]\x00\xff")
	f.Add("words/en/help.sms.txt", nasty+"((council??((phone))))")
	f.Add("words/en/help.email.md", "Subject: x\n\n# <img src=x onerror=alert(1)> [a](javascript:alert(1)) ((name)) `y` <http://a.example>\n")
	paths := map[string]string{"rules.yaml": "/book/rules", "directory.yaml": "/book/directory", "words/en/help.sms.txt": "/book/words/en/help.sms.txt", "words/en/help.email.md": "/book/words/en/help.email.md"}
	f.Fuzz(func(t *testing.T, file, text string) {
		path, known := paths[file]
		if !known {
			return
		}
		s := newShelf(book)
		h := bookOf(s)
		for what, w := range map[string]*httptest.ResponseRecorder{
			"typed": post(h, "/book/check", url.Values{"file": {file}, "text": {text}}), "kept": post(h, path, url.Values{"text": {text}}),
		} {
			if w.Code >= 500 || what == "typed" && strings.Contains(strings.ToLower(w.Body.String()), "<script") {
				t.Errorf("%s: status %d: %s", what, w.Code, w.Body)
			}
		}
		for _, path := range []string{path, "/book/draft", "/book/words", "/book"} {
			w := get(h, path)
			if w.Code != http.StatusOK {
				t.Errorf("%s: status %d", path, w.Code)
			}
			soundPage(t, path, w)
		}
		if d := s.drafts["demo"]; len(d.Files) > 0 { // and what could be published reads as well
			v := d.Files.Version()
			if w := post(h, "/book/draft/publish", url.Values{"version": {v}, "why": {"because"}}); w.Code == http.StatusSeeOther {
				for _, path := range []string{"/book", "/book/history", "/book/history/" + v, "/book/promises/reply"} {
					if w := get(h, path); w.Code >= 500 {
						t.Errorf("%s: status %d", path, w.Code)
					} else {
						soundPage(t, path, w)
					}
				}
			}
		}
	})
}
