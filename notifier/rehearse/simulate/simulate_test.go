package simulate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"hearback/deploy"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse/report"
	"hearback/notifier/rehearse/simulate"
	"hearback/notifier/rules"
)

// exampleBook is the built-in book, read anew.
func exampleBook(t testing.TB) *notifier.Book {
	t.Helper()
	book, faults := rules.Load(deploy.Hertfordshire())
	if book == nil {
		t.Fatalf("the example book has faults: %v", faults)
	}
	return book
}

func autumn() calendar.Date { return calendar.Date{Year: 2026, Month: time.September, Day: 1} }

func run(t testing.TB, book *notifier.Book, p simulate.Plan) *simulate.Result {
	t.Helper()
	r, err := simulate.Run(t.Context(), book, p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func bytesOf(t testing.TB, r *simulate.Result) []byte {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func small(seed uint64) simulate.Plan {
	return simulate.Plan{Cases: 400, From: autumn(), Days: 60, Seed: seed, Caseload: 50}
}

func TestSameSeedSameBytes(t *testing.T) {
	book := exampleBook(t)
	many := bytesOf(t, run(t, book, small(7)))
	if again := bytesOf(t, run(t, book, small(7))); !bytes.Equal(many, again) {
		t.Error("the same seed gave two results")
	}
	before := runtime.GOMAXPROCS(1)
	one := bytesOf(t, run(t, book, small(7)))
	runtime.GOMAXPROCS(before)
	if !bytes.Equal(many, one) {
		t.Error("one processor gave another result than many")
	}
	if other := bytesOf(t, run(t, book, small(8))); bytes.Equal(many, other) {
		t.Error("another seed gave the same result")
	}
}

func TestReport(t *testing.T) {
	r := run(t, exampleBook(t), small(1))
	var text, html strings.Builder
	if err := errors.Join(report.Text(&text, r.Report()), report.HTML(&html, r.Report())); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"400 invented cases", "SEND North", "Who waits longest at the end", "What was done until the end", r.Longest[0].Case} {
		if !strings.Contains(text.String(), want) || !strings.Contains(html.String(), want) {
			t.Errorf("the report does not say %q in text and in HTML", want)
		}
	}
	if n := strings.Count(html.String(), "<svg"); n != 3 {
		t.Errorf("%d plots, want three", n)
	}
}

// Whatever is played, nothing is lost: who asks is answered or waits, each chase is
// somebody's, and nothing goes to a family when it must not.
func TestNothingIsLost(t *testing.T) {
	book := exampleBook(t)
	rapid.Check(t, func(rt *rapid.T) {
		plan := simulate.Plan{
			Cases: rapid.IntRange(1, 40).Draw(rt, "cases"), Days: rapid.IntRange(1, 50).Draw(rt, "days"),
			From: calendar.Date{Year: 2026, Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 700).Draw(rt, "from")),
			Seed: rapid.Uint64().Draw(rt, "seed"), Caseload: rapid.IntRange(0, 40).Draw(rt, "caseload"),
		}
		r := run(t, book, plan)
		must := func(what string, have, want int) {
			if have != want {
				rt.Fatalf("%s: %d, want %d", what, have, want)
			}
		}
		var opened, kept, open int
		for _, group := range [][]simulate.Kept{r.Duties, r.Promises, r.Teams} {
			opened, kept, open = 0, 0, 0
			for _, k := range group {
				must("promises of "+k.Name+" kept, open or ended", k.Kept+k.Open+k.Ended, k.Opened)
				if k.InTime < 0 || k.InTime > 100 || k.Median > k.Ninetieth || k.Ninetieth > k.Longest {
					rt.Fatalf("odd figures: %+v", k)
				}
				opened, kept, open = opened+k.Opened, kept+k.Kept, open+k.Open
			}
		}
		f := r.Families
		must("promises acknowledged or not", f.AtOnce+f.Later+f.Unheard, opened)
		if opened < f.Enquiries { // a book may promise more than one thing
			rt.Fatalf("%d promises for %d enquiries", opened, f.Enquiries)
		}
		must("messages outside contact hours", f.OutsideHours, 0)
		must("messages", f.Acknowledged+f.ToldLate+f.Postponed+f.Chased+f.Other, f.Texts+f.Emails+f.Letters)
		must("tasks done, gone or open", r.Tasks.Done+r.Tasks.Gone+r.Tasks.Open, r.Tasks.Opened)
		if f.Segments < f.Texts || r.Tasks.Gone < 0 {
			rt.Fatalf("odd figures: %+v, %+v", f, r.Tasks)
		}
		var replies, waits, openedByDay, repliesByDay int
		for _, w := range r.Waits {
			replies, waits = replies+w.Replies, waits+w.Open
		}
		must("waits that ended", replies, kept)
		must("waits that go on", waits, open)
		chases := map[string]int{}
		for _, d := range r.Days {
			openedByDay, repliesByDay = openedByDay+d.Opened, repliesByDay+d.Replies
			for rung, n := range d.Chases {
				chases[rung] += n
			}
		}
		must("days", len(r.Days), plan.Days)
		must("promises by day", openedByDay, opened)
		must("replies by day", repliesByDay, kept)
		for _, of := range r.Staff {
			must("chases by day of "+of.Name, chases[of.Name], of.Chases)
			delete(chases, of.Name)
			if of.Emails+of.Texts > of.Chases || of.BusiestChases > of.Chases || of.Chases > 0 && of.Emails+of.Texts == 0 && of.Name == notifier.Officer {
				rt.Fatalf("odd figures: %+v", of)
			}
		}
		must("rungs that were chased and are not told", len(chases), 0)
		must("who waits longest", len(r.Longest), min(open, 10))
		asTheLadderSays(rt, book.Calendar, plan.To(), r.Longest)
		if err := report.Text(io.Discard, r.Report()); err != nil {
			rt.Fatal(err)
		}
	})
}

// A year of a council with plans: each duty that the law sets is played, about half is
// late, and whom its ladder names is chased for it.
func TestWhatTheLawHasTheCouncilDo(t *testing.T) {
	plan := simulate.Plan{Cases: 600, From: autumn(), Days: 365, Seed: 3, Caseload: 50}
	usual := run(t, exampleBook(t), plan)
	duties := map[string]simulate.Kept{}
	for _, k := range usual.Duties {
		duties[k.Name] = k
	}
	for _, name := range []string{"assessment-decision", "advice", "final-plan", "review-report", "review-decision", "complaint-reply", "amended-plan"} {
		if k := duties[name]; k.Kept < 3 || k.InTime < 10 || k.InTime > 95 {
			t.Errorf("%s: %+v", name, k)
		}
	}
	for _, k := range usual.Promises {
		if k.Name != "reply" && k.Name != "urgent-reply" {
			t.Errorf("%s counts as a reply", k.Name)
		}
	}
	quiet := run(t, bookWith(t, "{at: 3 working days before due, chase: [officer, team_lead], words: promise-due-soon}", "{at: 3 working days before due, chase: [team_lead], words: promise-due-soon}"), plan)
	if quiet.Staff[0].Chases >= usual.Staff[0].Chases {
		t.Errorf("officers are chased %d times where a step names them, and %d where it does not", usual.Staff[0].Chases, quiet.Staff[0].Chases)
	}
}

// asTheLadderSays holds those who still wait to the steps of the example book's
// promise: two working days before the date, at it, and two working days after.
func asTheLadderSays(t *rapid.T, c *calendar.Calendar, today calendar.Date, longest []simulate.Waiting) {
	for _, w := range longest {
		if w.Promise != "reply" {
			continue
		}
		least := 0
		switch late := c.WorkingDaysBetween(w.Due, today); {
		case late >= 3:
			least = 3
			if w.Highest == notifier.Officer {
				t.Fatalf("%d working days late, and nobody above the officer was chased: %+v", late, w)
			}
		case w.Due.Compare(today) < 0:
			least = 2 // one person may be the officer and, in somebody's absence, the lead
		case c.WorkingDaysBetween(today, w.Due) <= 1 && c.WorkingDaysBetween(w.Since, today) >= 3:
			least = 1
		}
		if w.Chases < least {
			t.Fatalf("chased %d times, want %d: %+v", w.Chases, least, w)
		}
	}
}

// A manager who halves the time to reply must see what it costs.
func TestAnotherBookAnotherCouncil(t *testing.T) {
	chases := func(due string) (officers, late int) {
		t.Helper()
		book := bookWith(t, "due: 5 working days", "due: "+due)
		for _, s := range []uint64{1, 2} {
			r := run(t, book, small(s))
			officers += r.Staff[0].Chases
			late += r.Families.ToldLate
		}
		return officers, late
	}
	shortChases, shortLate := chases("3 working days")
	longChases, longLate := chases("10 working days")
	if shortChases <= longChases || shortLate <= longLate {
		t.Errorf("3 working days: %d chases of officers, families told %d times; 10 working days: %d and %d; the shorter must cost more",
			shortChases, shortLate, longChases, longLate)
	}
}

func TestPlansThatCannotBePlayed(t *testing.T) {
	for _, spoil := range []func(*simulate.Plan){
		func(p *simulate.Plan) { p.Cases = 0 }, func(p *simulate.Plan) { p.Cases = 1e9 }, func(p *simulate.Plan) { p.Days = -1 },
		func(p *simulate.Plan) { p.Caseload = -1 }, func(p *simulate.Plan) { p.From = calendar.Date{} },
	} {
		plan := small(1)
		spoil(&plan)
		if _, err := simulate.Run(t.Context(), exampleBook(t), plan); err == nil || !strings.Contains(err.Error(), "; give ") {
			t.Errorf("%+v: %v, want what to give instead", plan, err)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := simulate.Run(stopped, exampleBook(t), small(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped run says %v", err)
	}
}

// bookWith is the example book with one text in the place of another in its rules.
func bookWith(t testing.TB, old, text string) *notifier.Book {
	t.Helper()
	source := deploy.Hertfordshire()
	files := fstest.MapFS{}
	err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(source, name)
		if name == "rules.yaml" {
			if !bytes.Contains(data, []byte(old)) {
				t.Fatalf("the rules do not say %q", old)
			}
			data = bytes.Replace(data, []byte(old), []byte(text), 1)
		}
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	book, faults := rules.Load(files)
	if book == nil {
		t.Fatalf("the changed book has faults: %v", faults)
	}
	return book
}

func BenchmarkQuarter(b *testing.B) {
	book := exampleBook(b)
	b.ReportAllocs()
	for b.Loop() {
		run(b, book, simulate.Usual(autumn()))
	}
}
