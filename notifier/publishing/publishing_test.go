package publishing_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/backtest"
	"hearback/notifier/calendar"
	"hearback/notifier/engine"
	"hearback/notifier/publishing"
	"hearback/notifier/rules"
	"hearback/notifier/story"
)

const (
	family   = "07700 900123"
	jane     = "jane.okafor@council.example"
	lead     = "moira.sinclair@council.example"
	patience = 10 * time.Second
)

// book is the example book with one text of rules.yaml changed for another.
func book(t *testing.T, from, to string) fs.FS {
	t.Helper()
	files, err := rules.Bundle(deploy.Hertfordshire())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(files["rules.yaml"], from) {
		t.Fatalf("rules.yaml does not hold %q", from)
	}
	changed := fstest.MapFS{}
	for name, content := range files {
		changed[name] = &fstest.MapFile{Data: []byte(content)}
	}
	changed["rules.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(files["rules.yaml"], from, to, 1))}
	return changed
}

func bundle(t *testing.T, book fs.FS) rules.Files {
	t.Helper()
	files, err := rules.Bundle(book)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func load(t *testing.T, hearback *story.Replica) *publishing.History {
	t.Helper()
	h, err := publishing.Load(t.Context(), hearback.Stream)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// publish puts a book in force as Moira.
func publish(t *testing.T, hearback *story.Replica, files rules.Files, why string) publishing.Version {
	t.Helper()
	over, _ := load(t, hearback).InForce()
	v, err := publishing.Publish(t.Context(), hearback.Stream, engine.Published{At: time.Now(), By: "Moira", Why: why, Files: files}, over)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func replan(t *testing.T, hearback *story.Replica, to publishing.Version, reach publishing.Reach) publishing.Done {
	t.Helper()
	done, err := publishing.Replan(t.Context(), hearback.Stream, load(t, hearback).Books(nil), to, reach, publishing.Asked{By: to.By, Why: to.Why}, patience)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// told is what the timeline of a case says with these words in it.
func told(t *testing.T, town *story.Town, hearback *story.Replica, ref, words string) []string {
	t.Helper()
	var list []string
	for _, line := range town.Case(ref, hearback.Shelf).Timeline {
		if strings.Contains(line.What, words) {
			list = append(list, line.What+"; "+line.Why)
		}
	}
	return list
}

// The manager shortens the reply promise from 10 to 5 working days, sees what it would
// have done in the last ninety days and what it does to the open promises, publishes, re-plans, and the ledger of an open case tells it.
func TestTheManagerShortensThePromise(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, book(t, "due: 5 working days", "due: 10 working days"), "Mon 23 Nov 2026 09:00")
		hearback := town.Start(story.Setup{})
		long, _ := load(t, hearback).InForce()
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("reply by 5pm on Mon 7 Dec")
		town.Opens("H-3", "north", "o.jane", "07700 900125", "")
		town.Asks("H-3", "e3")
		town.Phone("07700 900125").Expects("reply by 5pm on Mon 7 Dec")
		town.Until("Mon 30 Nov 2026 09:00")
		town.Opens("H-2", "north", "o.jane", "07700 900124", "")
		town.Asks("H-2", "e2")
		town.Phone("07700 900124").Expects("reply by 5pm on Mon 14 Dec")
		town.Until("Tue 1 Dec 2026 10:00")
		town.Replies("H-3", "e3")
		town.Until("Tue 1 Dec 2026 11:00")

		files := bundle(t, deploy.Hertfordshire())
		shorter(t, hearback, files)
		changes, err := rules.Diff(long.Files, files)
		if want := `The promise "reply" is due 5 working days after it opens (was 10 working days after it opens).`; err != nil || len(changes) != 1 || changes[0].What != want {
			t.Fatalf("the difference is %+v (%v), want %s", changes, err, want)
		}
		short, _ := rules.Load(files.FS())
		plan, err := publishing.Look(t.Context(), hearback.Stream, load(t, hearback).Books(short), short.Version, publishing.Everything, time.Now())
		if err != nil || !slices.Equal(plan.Kinds, []publishing.Kind{{Rule: "reply", Earlier: 1, LateAtOnce: 1}}) || !slices.Equal(plan.Cases, []string{"H-1", "H-2"}) {
			t.Fatalf("the plan is %+v (%v)", plan, err)
		}
		if first := plan.First[0]; first.Case != "H-1" || first.Effect != notifier.LateAtOnce || first.Before.String() != "2026-12-07" || first.After.String() != "2026-11-30" {
			t.Errorf("the first is %+v", first)
		}
		town.Silence() // looking changes nothing

		version := publish(t, hearback, files, "families should hear within a week")
		if done := replan(t, hearback, version, publishing.Everything); done != (publishing.Done{Cases: 2}) {
			t.Errorf("re-planning: %+v", done)
		}
		town.Settle()
		town.Pass(time.Minute)
		town.Inbox(jane).Expects("still waiting", "H-1")
		town.Inbox(lead).Expects("still waiting", "H-1")
		town.Silence() // no family is bothered
		want := "Promise reply/e1 re-planned: due Monday 7 December 2026 under version " + long.Version + "; now Monday 30 November 2026 under version " + version.Version
		lines := told(t, town, hearback, "H-1", "re-planned")
		if len(lines) != 1 || !strings.HasPrefix(lines[0], want) || !strings.Contains(lines[0], "Moira re-planned the open promises: families should hear within a week.") || !strings.Contains(lines[0], "5 working days: Tuesday 24 November is 1, … Monday 30 November is 5.") {
			t.Errorf("the ledger says %q, want %q", lines, want)
		}
		if again := replan(t, hearback, version, publishing.Everything); again.Cases != 0 {
			t.Errorf("re-planning again told %d cases", again.Cases)
		}

		// It was too much at once: the old version is published again, and the old date is back.
		back := publish(t, hearback, long.Files, "it was too much at once")
		if done := replan(t, hearback, back, publishing.Everything); done != (publishing.Done{Cases: 2}) {
			t.Errorf("re-planning back: %+v", done)
		}
		c, _, err := hearback.Picture.Case("H-1")
		if err != nil || c.Promises[0].DueDate.String() != "2026-12-07" || c.Promises[0].Book != long.Version || c.Promises[0].Late {
			t.Errorf("the promise is %+v (%v)", c.Promises[0], err)
		}
		town.Settle()
		town.Silence()
		town.Replay()
	})
}

// shorter looks at what five working days would have done to the last ninety days: two
// of three replies would have been late, none was, and the officer and the lead would
// have been chased.
func shorter(t *testing.T, hearback *story.Replica, files rules.Files) {
	t.Helper()
	book, _ := rules.Load(files.FS())
	today := calendar.DateOf(time.Now(), book.Calendar.Location)
	c, err := backtest.Compare(t.Context(), hearback.Stream, book, backtest.Window{From: today.AddDays(-89), To: today}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(c.Rows, func(r backtest.Row) bool { return r.Promise == "reply" && r.Team == "north" })
	if i < 0 || !c.Exact {
		t.Fatalf("the last ninety days: %+v", c)
	}
	was, is := c.Rows[i].Happened, c.Rows[i].Candidate
	if was.Opened != 3 || is.Opened != 3 || was.Late != 0 || is.Late != 2 || was.Chases != 0 || is.Chases < 4 {
		t.Errorf("what happened: %+v; under five days: %+v", was, is)
	}
}

// A bank holiday that is proclaimed moves the promises that it touches and no others,
// and the ledger names it.
func TestANewBankHoliday(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, deploy.Hertfordshire(), "Wed 28 Apr 2027 09:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Opens("H-2", "north", "o.jane", "07700 900124", "")
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("by 5pm on Thu 6 May") // Monday 3 May is a bank holiday as ever
		town.Tells("H-2", events.TypeEnquiryReceived, `{"enquiry":"e2","channel":"phone","urgent":true}`)
		town.Phone("07700 900124").Expects("by 5pm on Thu 29 Apr")

		// Another rule for urgent enquiries is in force, and nobody re-planned for it: that
		// is no business of the holiday.
		publish(t, hearback, bundle(t, book(t, "due: 1 working day", "due: 2 working days")), "more time")
		last, _ := load(t, hearback).InForce()
		day, err := calendar.OneDay(calendar.Date{Year: 2027, Month: 5, Day: 4}, "Coronation")
		if err != nil {
			t.Fatal(err)
		}
		files := rules.Files{"bank-holidays.json": string(day)}
		maps.Copy(files, last.Files)
		version := publish(t, hearback, files, "the Palace announced it")
		if done := replan(t, hearback, version, publishing.Touched); done != (publishing.Done{Cases: 1}) {
			t.Errorf("re-planning: %+v", done)
		}
		town.Settle()
		town.Phone(family).Expects("will now reply by 4:30pm on Fri 7 May")
		town.Silence()
		lines := told(t, town, hearback, "H-1", "re-planned")
		if len(lines) != 1 || !strings.Contains(lines[0], "now Friday 7 May 2027") || !strings.Contains(lines[0], "new bank holiday: Tuesday 4 May 2027 (Coronation)") {
			t.Errorf("the ledger says %q", lines)
		}
		if lines := told(t, town, hearback, "H-2", "re-planned"); len(lines) != 0 {
			t.Errorf("a case that it does not touch says %q", lines)
		}
		town.Replay()
	})
}

// Of two managers at once the second hears who was first, when and why; both books are
// there, one in the history and one in the second one's hands.
func TestTwoManagersAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, deploy.Hertfordshire(), "Mon 23 Nov 2026 09:00")
		hearback := town.Start(story.Setup{})
		over, _ := load(t, hearback).InForce()
		first := bundle(t, book(t, "due: 5 working days", "due: 6 working days"))
		second := bundle(t, book(t, "due: 5 working days", "due: 7 working days"))
		v, err := publishing.Publish(t.Context(), hearback.Stream, engine.Published{At: time.Now(), By: "Moira", Why: "Christmas", Files: first}, over)
		if err != nil {
			t.Fatal(err)
		}
		_, err = publishing.Publish(t.Context(), hearback.Stream, engine.Published{At: time.Now(), By: "Tomasz", Files: second}, over)
		overtaken, is := errors.AsType[*publishing.Overtaken](err)
		if !is || overtaken.By.Sequence != v.Sequence {
			t.Fatalf("the second hears %v", err)
		}
		for _, word := range []string{v.Version, "Moira", "2026-11-23 09:00", "Christmas", "not lost"} {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%q does not say %q", err, word)
			}
		}
		h := load(t, hearback)
		if last, _ := h.InForce(); last.Version != v.Version || len(h.Versions) != 2 {
			t.Errorf("in force is %s; %d versions", last, len(h.Versions))
		}
		if _, err := publishing.Publish(t.Context(), hearback.Stream, engine.Published{At: time.Now(), By: "Tomasz", Files: second}, v); err != nil {
			t.Errorf("after a look at hers: %v", err)
		}
		// A start finds the version that is in force, and knows all three.
		hearback.Kill()
		town.Pass(20 * time.Second)
		hearback = town.Start(story.Setup{})
		if books := hearback.Shelf.Books(); books.Current.Version != second.Version() || len(books.Versions) != 3 {
			t.Errorf("in force %s of %d versions", books.Current.Version, len(books.Versions))
		}
	})
}

// The command is cut off in the middle, and run again: every case is re-planned once.
func TestReplanningThatIsCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const cases = 30
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		for i := range cases {
			town.Tells(fmt.Sprintf("H-%d", i), events.TypeEnquiryReceived, `{"enquiry":"e1","channel":"phone"}`)
		}
		version := publish(t, hearback, bundle(t, story.Book(t, strings.ReplaceAll(story.QuietRules, "due: 10 minutes", "due: 20 minutes"))), "")
		for i := range 10 { // what the first run came to
			id := fmt.Sprintf("replanned-H-%d-%d", i, version.Sequence)
			body := fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":%q,"type":"case.replanned","subject":"H-%d","time":"2026-11-23T10:00:00Z","data":{"book":%q}}`, id, publishing.Source, i, version.Version)
			town.Raw(events.Subject(fmt.Sprintf("H-%d", i), events.TypeCaseReplanned), nil, []byte(body))
		}
		done := replan(t, hearback, version, publishing.Everything)
		if done.Waiting != 0 {
			t.Errorf("%+v", done)
		}
		for i := range cases {
			ref := fmt.Sprintf("H-%d", i)
			if lines := told(t, town, hearback, ref, "re-planned"); len(lines) != 1 {
				t.Errorf("case %s says %q", ref, lines)
			}
		}
		town.Replay()
	})
}

// Where no Hearback runs, the cases are told and not waited for without end.
func TestReplanningWhileNobodyDecides(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{Name: "first"})
		town.Tells("H-1", events.TypeEnquiryReceived, `{"enquiry":"e1","channel":"phone"}`)
		version := publish(t, hearback, bundle(t, story.Book(t, strings.ReplaceAll(story.QuietRules, "due: 10 minutes", "due: 20 minutes"))), "")
		books := load(t, hearback).Books(nil)
		s := town.Watch()
		hearback.Stop()
		began := time.Now()
		done, err := publishing.Replan(t.Context(), s, books, version, publishing.Everything, publishing.Asked{By: "Moira"}, patience)
		if err != nil || done != (publishing.Done{Cases: 1, Waiting: 1}) || time.Since(began) > 2*patience {
			t.Errorf("%+v after %s (%v)", done, time.Since(began), err)
		}
		hearback = town.Start(story.Setup{Name: "second"})
		town.Pass(20 * time.Second)
		c, _, err := hearback.Picture.Case("H-1")
		if err != nil || c.Promises[0].Book != version.Version {
			t.Errorf("the promise is %+v (%v)", c.Promises, err)
		}
	})
}

func TestABookWithFaultsIsNotPublished(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, deploy.Hertfordshire(), "Mon 23 Nov 2026 09:00")
		hearback := town.Start(story.Setup{})
		over, _ := load(t, hearback).InForce()
		_, err := publishing.Publish(t.Context(), hearback.Stream, engine.Published{At: time.Now(), By: "Moira", Files: bundle(t, book(t, "due: 5 working days", "due: soon"))}, over)
		faulty, is := errors.AsType[*publishing.Faulty](err)
		if !is || len(faulty.Faults) == 0 || !strings.Contains(err.Error(), "rules.yaml:") {
			t.Errorf("the error is %v", err)
		}
		h := load(t, hearback)
		if len(h.Versions) != 1 {
			t.Errorf("%d versions are published", len(h.Versions))
		}
		if _, err := h.Find("zz"); err == nil || !strings.Contains(err.Error(), "book history") {
			t.Errorf("a version that never was: %v", err)
		}
		if v, err := h.Find(over.Version[:4]); err != nil || v.Sequence != over.Sequence {
			t.Errorf("by its beginning: %v (%v)", v, err)
		}
	})
}
