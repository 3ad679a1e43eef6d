package keeping_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/keeping"
)

func books(t testing.TB) notifier.Books {
	t.Helper()
	hours, err := calendar.ParseHours(map[string][]string{"mon": {"09:00-17:00"}, "tue": {"09:00-17:00"}, "wed": {"09:00-17:00"}, "thu": {"09:00-17:00"}, "fri": {"09:00-17:00"}})
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := calendar.BankHolidays("england-and-wales")
	if err != nil {
		t.Fatal(err)
	}
	book := &notifier.Book{Version: "b1", Calendar: &calendar.Calendar{Location: time.UTC, Working: hours, Holidays: holidays}}
	return notifier.Books{Current: book, Versions: map[string]*notifier.Book{"b1": book}}
}

// monday is 23 November 2026 at 9:00.
var monday = time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)

// ended is an entry that ends one promise, opened on monday and due a week later.
func ended(team, officer string, at time.Time, kept bool) notifier.Entry {
	return notifier.Entry{At: at, Case: notifier.Case{Ref: "H-1", Team: team, Officer: officer}, Ended: []notifier.Promise{
		{Rule: "reply", Enquiry: "q1", Channel: "phone", Book: "b1", Opened: monday, Due: monday.AddDate(0, 0, 7), Ended: &notifier.Ended{At: at, Kept: kept}}}}
}

func TestHowPromisesEnded(t *testing.T) {
	tally, all := keeping.New(), books(t)
	tally.Add(ended("north", "o.jane", monday.AddDate(0, 0, 2), true), all)
	tally.Add(ended("north", "o.jane", monday.AddDate(0, 0, 9), true), all)
	tally.Add(ended("north", "", monday.AddDate(0, 0, 9), false), all)
	tally.Add(ended("south", "o.lee", monday.AddDate(0, 0, 4), true), all)
	became := ended("south", "o.lee", monday, false)
	became.Ended[0].Ended.Became = "reply-urgent/q1"
	tally.Add(became, all)
	statutory := ended("south", "o.lee", monday.AddDate(0, 0, 4), true)
	statutory.Ended[0].Channel = ""
	tally.Add(statutory, all)

	s := tally.Sum(keeping.Filter{AskedOnly: true})
	if s.All.InTime != 2 || s.All.Late != 1 || s.All.Otherwise != 1 || len(s.Teams) != 2 || len(s.Officers) != 3 || len(s.Weeks) != 2 {
		t.Errorf("all: %+v", s)
	}
	if n := s.Teams["north"]; n.InTime != 1 || n.Late != 1 || n.Otherwise != 1 {
		t.Errorf("north: %+v", n)
	}
	if median, ok := s.All.Waits.Percentile(50); median != 4 || !ok {
		t.Errorf("the median is %d, %v", median, ok)
	}
	if ninetieth, _ := s.All.Waits.Percentile(90); ninetieth != 7 {
		t.Errorf("the 90th percentile is %d", ninetieth)
	}
	if s := tally.Sum(keeping.Filter{}); s.All.InTime != 3 {
		t.Errorf("with statutory promises: %+v", s.All)
	}
	if s := tally.Sum(keeping.Filter{Teams: []string{"south"}}); s.All.Kept() != 2 || s.Teams["north"] != nil {
		t.Errorf("of south: %+v", s)
	}
	if s := tally.Sum(keeping.Filter{From: calendar.Date{Year: 2026, Month: time.November, Day: 30}}); s.All.InTime != 0 || s.All.Late != 1 {
		t.Errorf("of the second week: %+v", s.All)
	}
}

func TestProgress(t *testing.T) {
	tally := keeping.New()
	if tally.Progress().Whole {
		t.Error("whole before it began")
	}
	tally.Begin(10)
	tally.Reached(9, monday)
	if p := tally.Progress(); p.Whole || !p.Until.Equal(monday) {
		t.Errorf("at 9 of 10: %+v", p)
	}
	tally.Reached(12, monday)
	if !tally.Progress().Whole {
		t.Error("not whole at its end")
	}
	tally.Begin(0)
	if !tally.Progress().Whole {
		t.Error("an empty ledger has been read as soon as it is looked at")
	}
}

// Old weeks go, in whatever order entries come, and the tally does not grow for ever.
func TestOldWeeksGo(t *testing.T) {
	tally, all := keeping.New(), books(t)
	for week := range 3 * keeping.WeeksMost {
		tally.Add(ended("north", "o.jane", monday.AddDate(0, 0, 7*week), true), all)
	}
	tally.Add(ended("north", "o.jane", monday, true), all)
	if s := tally.Sum(keeping.Filter{}); len(s.Weeks) != keeping.WeeksMost || s.All.Kept() != keeping.WeeksMost {
		t.Errorf("%d weeks, %d kept", len(s.Weeks), s.All.Kept())
	}
}

func TestNoMoreThanThereIsRoomFor(t *testing.T) {
	tally, all := keeping.New(), books(t)
	for i := range keeping.CellsMost + 3 {
		tally.Add(ended("north", fmt.Sprint("o.", i), monday, true), all)
	}
	tally.Add(ended("north", "o.1", monday, true), all)
	if s := tally.Sum(keeping.Filter{}); s.Left != 3 || s.All.Kept() != keeping.CellsMost+1 {
		t.Errorf("%d left, %d kept", s.Left, s.All.Kept())
	}
}

// Percentiles are what sorting every wait would give, however the waits were added up.
func TestPercentilesAreExact(t *testing.T) {
	all := books(t)
	rapid.Check(t, func(t *rapid.T) {
		tally := keeping.New()
		days := rapid.SliceOfN(rapid.IntRange(0, 400), 1, 80).Draw(t, "days")
		var waits []int
		for i, n := range days {
			at := monday.AddDate(0, 0, n)
			tally.Add(ended(fmt.Sprint("team", i%2), fmt.Sprint("o.", i%5), at, true), all)
			waits = append(waits, min(keeping.DaysMost, all.Current.Calendar.WorkingDaysBetween(calendar.DateOf(monday, time.UTC), calendar.DateOf(at, time.UTC))))
		}
		slices.Sort(waits)
		percent := rapid.IntRange(1, 100).Draw(t, "percent")
		rank := (len(waits)*percent + 99) / 100
		sum := tally.Sum(keeping.Filter{})
		if got, ok := sum.All.Waits.Percentile(percent); !ok || got != waits[rank-1] {
			t.Fatalf("percentile %d of %v: %d, want %d", percent, waits, got, waits[rank-1])
		}
		if sum.All.Waits.Count() != len(waits) || sum.All.Waits.Within(0, keeping.DaysMost) != len(waits) {
			t.Fatalf("%d waits were counted of %d", sum.All.Waits.Count(), len(waits))
		}
	})
}

func TestManyMayReadAndAdd(t *testing.T) {
	tally, all := keeping.New(), books(t)
	var both sync.WaitGroup
	for range 4 {
		both.Go(func() {
			for i := range 200 {
				tally.Add(ended("north", "o.jane", monday.AddDate(0, 0, i%30), true), all)
				tally.Reached(uint64(i), monday)
			}
		})
		both.Go(func() {
			for range 200 {
				tally.Sum(keeping.Filter{})
				tally.Progress()
			}
		})
	}
	both.Wait()
	if s := tally.Sum(keeping.Filter{}); s.All.Kept() != 800 {
		t.Errorf("%d kept", s.All.Kept())
	}
}

func TestMonday(t *testing.T) {
	first := calendar.DateOf(monday, time.UTC)
	for i := range 7 {
		if got := keeping.Monday(first.AddDays(i)); got != first {
			t.Errorf("the Monday of %s is %s", first.AddDays(i), got)
		}
	}
}

// A year of 75 officers: the page asks for the sum.
func BenchmarkSum(b *testing.B) {
	tally, all := keeping.New(), books(b)
	for i := range 60_000 {
		tally.Add(ended(fmt.Sprint("team", i%10), fmt.Sprint("o.", i%75), monday.AddDate(0, 0, i%365), true), all)
	}
	for b.Loop() {
		tally.Sum(keeping.Filter{})
	}
}
