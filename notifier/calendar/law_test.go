package calendar_test

import (
	"strings"
	"testing"
	"time"

	"hearback/notifier/calendar"
	"pgregory.net/rapid"
)

// counts counts dates, by the law or as a promise, from a day on which something
// happened and another that the event names.
type counts struct {
	c     *calendar.Calendar
	limit calendar.Limit
	named calendar.Date
}

const named = "named_on"

func (k counts) from(t tester, d calendar.Date) calendar.Deadline {
	t.Helper()
	got, err := k.c.Count(calendar.From{At: d.At(9, 5, k.c.Location), Dates: map[string]calendar.Date{named: k.named}}, k.limit)
	if err != nil {
		t.Fatalf("%s from %s: %v", k.limit.Due, d, err)
	}
	return got
}

var dateUnits = []calendar.Unit{calendar.Days, calendar.Weeks, calendar.Months, calendar.WorkingDays}

func anyDateAmount() *rapid.Generator[calendar.Amount] {
	return rapid.Custom(func(t *rapid.T) calendar.Amount {
		unit := rapid.SampledFrom(dateUnits).Draw(t, "unit")
		most := map[calendar.Unit]int{calendar.Days: 120, calendar.Weeks: 30, calendar.Months: 12, calendar.WorkingDays: 60}[unit]
		return calendar.Amount{N: rapid.IntRange(1, most).Draw(t, "n"), Unit: unit}
	})
}

// laws are every way in which a statutory date is counted.
func laws(t tester) map[string]calendar.Law {
	return map[string]calendar.Law{
		"the date stays":   {},
		"rolls on":         {RollsOn: true},
		"united-kingdom":   {Holidays: new(bankHolidays(t, "united-kingdom")), RollsOn: true},
		"scotland":         {Holidays: new(bankHolidays(t, "scotland"))},
		"northern-ireland": {Holidays: new(bankHolidays(t, "northern-ireland"))},
		"starting appeal":  {Tribunal: calendar.StartingAppeal},
		"other acts":       {Tribunal: calendar.OtherActs},
	}
}

func eachLaw(t *testing.T, check func(*rapid.T, calendar.Law)) {
	for name, law := range laws(t) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { check(t, law) })
		})
	}
}

func TestCountAndCountBackAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := counts{c: anyCalendar(t).Draw(t, "calendar"), limit: calendar.Limit{Statutory: true}}
		amount := anyDateAmount().Draw(t, "amount")
		d := anyDate().Draw(t, "date")
		if amount.Unit == calendar.WorkingDays { // one counts back to working days only
			k.limit.Due = calendar.Due{Amount: calendar.Amount{N: 1, Unit: calendar.WorkingDays}}
			d = k.from(t, d).Date
		}
		k.limit.Due = calendar.Due{Amount: amount}
		on := k.from(t, d).Date
		k.limit.Due.Way, k.limit.CountsFrom, k.named = calendar.Ahead, named, on
		back := k.from(t, d).Date
		k.limit.Due.Way = calendar.Beginning
		k.named = d
		with := k.from(t, d).Date
		switch {
		case amount.Unit == calendar.Months:
			// What a short month cut off is not given back.
			if back.Compare(d) > 0 || back.AddDays(4).Compare(d) < 0 || back != d && on.Day == d.Day {
				t.Fatalf("%s from %s is %s, and before that %s", amount, d, on, back)
			}
		case back != d:
			t.Fatalf("%s from %s is %s, and before that %s", amount, d, on, back)
		}
		k.named = d.AddDays(-1)
		k.limit.Due.Way = calendar.Following
		if from := k.from(t, d).Date; amount.Unit != calendar.Months && with != from {
			t.Fatalf("%s beginning with %s is %s, and from the day before %s", amount, d, with, from)
		}
	})
}

// Whoever starts later is never due earlier; a longer time never ends earlier,
// and never leaves less notice.
func TestCountsAreMonotonic(t *testing.T) {
	eachLaw(t, func(t *rapid.T, law calendar.Law) {
		k := counts{c: anyCalendar(t).Draw(t, "calendar"), limit: calendar.Limit{CountsFrom: named, Statutory: true, Law: law}}
		amount := anyDateAmount().Draw(t, "amount")
		way := rapid.SampledFrom([]calendar.Way{calendar.Following, calendar.Beginning, calendar.Ahead}).Draw(t, "way")
		k.limit.Due = calendar.Due{Amount: amount, Way: way}
		k.named = anyDate().Draw(t, "date")
		first := k.from(t, k.named)
		later := k
		later.named = k.named.AddDays(rapid.IntRange(1, 40).Draw(t, "days later"))
		if second := later.from(t, k.named); second.Date.Compare(first.Date) < 0 || second.At.Before(first.At) {
			t.Fatalf("%s: from %s it is %s, from %s %s", k.limit.Due, k.named, first.At, later.named, second.At)
		}
		k.limit.Due.Amount.N += rapid.IntRange(1, 10).Draw(t, "more")
		more := k.from(t, k.named)
		if order := more.Date.Compare(first.Date); way == calendar.Ahead && order > 0 || way != calendar.Ahead && order < 0 {
			t.Fatalf("from %s: %s is %s, %s is %s", k.named, amount, first.Date, k.limit.Due.Amount, more.Date)
		}
	})
}

// The law's dates know nothing of the council's hours and closures.
func TestStatutoryDatesAreNotMovedByTheCouncil(t *testing.T) {
	eachLaw(t, func(t *rapid.T, law calendar.Law) {
		limit := calendar.Limit{Statutory: true, Law: law, Due: calendar.Due{Amount: anyDateAmount().Draw(t, "amount")}}
		d := anyDate().Draw(t, "date")
		a := counts{c: anyCalendar(t).Draw(t, "calendar"), limit: limit}.from(t, d)
		b := counts{c: anyCalendar(t).Draw(t, "another calendar"), limit: limit}.from(t, d)
		if a.Date != b.Date {
			t.Fatalf("%s from %s is %s for one council and %s for another", limit.Due, d, a.Date, b.Date)
		}
		if at := calendar.DateOf(a.At, zone(t, "Europe/London")); at != a.Date {
			t.Fatalf("due on %s, at an instant of %s", a.Date, at)
		}
	})
}

func TestDatesRollForwardOnlyAndToAWorkingDay(t *testing.T) {
	plainWeek := mondayToFriday(t, "england-and-wales")
	all := mondayToFriday(t, "united-kingdom")
	for name, rolls := range laws(t) {
		if !rolls.RollsOn && rolls.Tribunal != calendar.StartingAppeal {
			continue
		}
		week := plainWeek
		if rolls.Holidays != nil {
			week = all
		}
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				due := calendar.Due{Amount: anyDateAmount().Draw(t, "amount")}
				d := anyDate().Draw(t, "date")
				stays := counts{c: week, limit: calendar.Limit{Due: due, Statutory: true, Law: calendar.Law{Holidays: rolls.Holidays}}}.from(t, d)
				rolled := counts{c: week, limit: calendar.Limit{Due: due, Statutory: true, Law: rolls}}.from(t, d)
				works, why := week.IsWorkingDay(rolled.Date)
				fits, _ := week.IsWorkingDay(stays.Date)
				switch {
				case !works:
					t.Fatalf("rolled to %s, which is %s", rolled.Date, why)
				case rolled.Date.Compare(stays.Date) < 0:
					t.Fatalf("%s rolled back to %s", stays.Date, rolled.Date)
				case rolls.Tribunal == calendar.NoTribunal && fits != (rolled.Date == stays.Date):
					t.Fatalf("%s (works: %t) rolled to %s", stays.Date, fits, rolled.Date)
				case rolls.Tribunal == calendar.NoTribunal && week.WorkingDaysBetween(stays.Date, rolled.Date) > 1:
					t.Fatalf("%s rolled past a working day to %s", stays.Date, rolled.Date)
				}
			})
		})
	}
}

// Nothing that the Tribunal's rules set apart is ever a last day.
func TestAppealsNeverEndOnDaysSetApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := counts{c: anyCalendar(t).Draw(t, "calendar"), limit: calendar.Limit{Statutory: true, Law: calendar.Law{Tribunal: calendar.StartingAppeal}}}
		k.limit.Due = calendar.Due{Amount: anyDateAmount().Draw(t, "amount")}
		d := anyDate().Draw(t, "date")
		got := k.from(t, d).Date
		// A weekend before August ends on its first days: rule 12(2), not 12(3).
		if got.Month == time.August && got.Day > 3 || got.Month == time.December && got.Day >= 25 && got.Day < 28 || got.Month == time.January && got.Day == 1 {
			t.Fatalf("%s from %s: an appeal is due on %s", k.limit.Due, d, got)
		}
	})
}

// Counted one day after the other, without the days set apart.
func TestOtherActsCountTheDaysNotSetApart(t *testing.T) {
	isApart := func(d calendar.Date) bool {
		return d.Month == time.August || d.Month == time.December && d.Day >= 25 || d.Month == time.January && d.Day == 1
	}
	c := mondayToFriday(t, "england-and-wales")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "n")
		start := anyDate().Draw(t, "date")
		d := start
		for left := n; left > 0; {
			if d = d.AddDays(1); !isApart(d) {
				left--
			}
		}
		for works := false; !works; {
			if works, _ = c.IsWorkingDay(d); !works {
				d = d.AddDays(1)
			}
		}
		k := counts{c: c, limit: calendar.Limit{Statutory: true, Law: calendar.Law{Tribunal: calendar.OtherActs},
			Due: calendar.Due{Amount: calendar.Amount{N: n, Unit: calendar.Days}}}}
		if got := k.from(t, start).Date; got != d {
			t.Fatalf("%d days from %s are %s, one by one %s", n, start, got, d)
		}
	})
}

// A holiday in any part of the United Kingdom takes a day more, never one less.
func TestUnitedKingdomIsNeverEarlier(t *testing.T) {
	c := mondayToFriday(t, "england-and-wales")
	divisions := map[string]*calendar.Holidays{}
	for _, division := range []string{"england-and-wales", "scotland", "northern-ireland", "united-kingdom"} {
		divisions[division] = new(bankHolidays(t, division))
	}
	rapid.Check(t, func(t *rapid.T) {
		due := calendar.Due{Amount: calendar.Amount{N: rapid.IntRange(1, 80).Draw(t, "n"), Unit: calendar.WorkingDays}}
		d := anyDate().Draw(t, "date")
		in := func(division string) calendar.Date {
			return counts{c: c, limit: calendar.Limit{Due: due, Statutory: true, Law: calendar.Law{Holidays: divisions[division]}}}.from(t, d).Date
		}
		for division := range divisions {
			if all := in("united-kingdom"); all.Compare(in(division)) < 0 {
				t.Fatalf("%s from %s: %s for the United Kingdom, %s for %s", due, d, all, in(division), division)
			}
		}
	})
}

// Days are days of the wall calendar, whatever the clocks do on them.
func TestClockChangesMoveNoDate(t *testing.T) {
	loc := zone(t, "Europe/London")
	c := mondayToFriday(t, "england-and-wales")
	rapid.Check(t, func(t *rapid.T) {
		change := rapid.SampledFrom([]string{"2026-10-25", "2027-03-28", "2027-10-31", "2028-03-26", "2028-10-29"}).Draw(t, "change")
		second := rapid.IntRange(0, 3*24*60*60).Draw(t, "second")
		start := date(t, change).AddDays(-1).At(0, 0, loc).Add(time.Duration(second) * time.Second)
		day := calendar.DateOf(start, loc)
		n := rapid.IntRange(1, 10).Draw(t, "n")
		for unit, want := range map[calendar.Unit]calendar.Date{calendar.Days: day.AddDays(n), calendar.Weeks: day.AddDays(7 * n), calendar.Months: day.AddMonths(n)} {
			got := deadline(t, c, start, calendar.Due{Amount: calendar.Amount{N: n, Unit: unit}}, true)
			if got.Date != want || calendar.DateOf(got.At, loc) != want {
				t.Fatalf("%d %s from %s is %s at %s, want %s", n, unit, start, got.Date, got.At, want)
			}
			if hour := got.At.Hour(); hour != 17 && hour != 23 {
				t.Fatalf("%d %s from %s is due at %s", n, unit, start, got.At)
			}
		}
	})
}

func TestLeapYears(t *testing.T) {
	c := mondayToFriday(t, "england-and-wales")
	for _, test := range []struct{ due, from, want string }{
		{"12 months", "2028-02-29", "2029-02-28"},
		{"12 months beginning with the day", "2028-02-29", "2029-02-28"},
		{"12 months beginning with the day", "2027-03-01", "2028-02-29"},
		{"12 months beginning with the day", "2028-03-01", "2029-02-28"},
		{"12 months", "2027-02-28", "2028-02-28"},
		{"1 month", "2028-01-31", "2028-02-29"},
		{"1 month beginning with the day", "2028-01-31", "2028-02-29"},
		{"1 month beginning with the day", "2028-02-01", "2028-02-29"},
		{"1 month beginning with the day", "2027-01-29", "2027-02-28"},
		{"1 month beginning with the day", "2027-01-28", "2027-02-27"},
		{"4 weeks", "2028-02-01", "2028-02-29"},
		{"before 1 March", "2028-01-05", "2028-02-29"},
		{"before 1 March", "2027-01-05", "2027-02-28"},
	} {
		got := deadline(t, c, london(t, test.from+" 09:05"), due(t, test.due), true)
		mustEqual(t, test.due+" from "+test.from, got.Date, date(t, test.want))
	}
}

// A period of months that begins with a day and one that begins with the day
// after its end are together one long period.
func TestPeriodsOfMonthsJoin(t *testing.T) {
	c := mondayToFriday(t, "england-and-wales")
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "date")
		d.Day = min(d.Day, 28) // every month has it
		n := rapid.IntRange(1, 11).Draw(t, "n")
		m := rapid.IntRange(1, 11).Draw(t, "m")
		period := func(from calendar.Date, n int) calendar.Date {
			return counts{c: c, limit: calendar.Limit{Statutory: true, Due: calendar.Due{Amount: calendar.Amount{N: n, Unit: calendar.Months}, Way: calendar.Beginning}}}.from(t, from).Date
		}
		if parts, whole := period(period(d, n).AddDays(1), m), period(d, n+m); parts != whole {
			t.Fatalf("%d and %d months beginning with %s end on %s, together on %s", n, m, d, parts, whole)
		}
	})
}

func TestOfTwoDatesOneCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := mondayToFriday(t, "england-and-wales")
		amount := func(label string) calendar.Amount {
			a := anyDateAmount().Draw(t, label)
			if a.Unit == calendar.WorkingDays {
				a.Unit = calendar.Days
			}
			return a
		}
		happened := anyDate().Draw(t, "happened")
		k := counts{c: c, named: happened.AddDays(rapid.IntRange(-100, 100).Draw(t, "days")), limit: calendar.Limit{Statutory: true}}
		first, second := amount("first"), amount("second")
		k.limit.Due = calendar.Due{Amount: first}
		a := k.from(t, happened).Date
		k.limit.Due, k.limit.CountsFrom = calendar.Due{Amount: second}, named
		b := k.from(t, happened).Date
		earlier := rapid.Bool().Draw(t, "earlier")
		k.limit.Due, k.limit.CountsFrom = calendar.Due{Amount: first, Or: &calendar.Other{Amount: second, From: named, Earlier: earlier}}, ""
		want := a
		if b.Compare(a) > 0 != earlier {
			want = b
		}
		if got := k.from(t, happened).Date; got != want {
			t.Fatalf("%s: of %s and %s it is %s", k.limit.Due, a, b, got)
		}
		k.limit.Due.Or.From = "absent_on"
		if got := k.from(t, happened).Date; got != a {
			t.Fatalf("%s, without the second date, is %s and not %s", k.limit.Due, got, a)
		}
	})
}

func TestADateThatTheEventLacks(t *testing.T) {
	c := mondayToFriday(t, "england-and-wales")
	from := calendar.From{At: london(t, "2026-11-23 09:05")}
	limit := calendar.Limit{Due: due(t, "15 days beginning with the day"), CountsFrom: "served_on", Statutory: true}
	got, err := c.Count(from, limit)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "lacks", got.Lacks, "served_on")
	mustEqual(t, "date", got.Date, date(t, "2026-12-07"))
	mustEqual(t, "last line", got.Working[len(got.Working)-1], "Warning: the event does not say “served on”, the date to count from. Check this date.")
	limit.Due = due(t, "2 weeks before")
	if _, err := c.Count(from, limit); err == nil || !strings.Contains(err.Error(), "served on") {
		t.Errorf("counted back from a date that is not there: %v", err)
	}
	// A certificate without the decision's date: the certificate's own counts, and a person looks.
	limit.Due, limit.CountsFrom = due(t, "2 months or 1 month from issued_on, whichever is later"), "decided_on"
	from.Dates = map[string]calendar.Date{"issued_on": date(t, "2026-11-20")}
	got, err = c.Count(from, limit)
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "date", got.Date, date(t, "2026-12-20"))
	mustEqual(t, "lacks", got.Lacks, "decided_on")
}

// The working is short, and says what was decided.
func TestTheWorkingCanBeReadAloud(t *testing.T) {
	eachLaw(t, func(t *rapid.T, law calendar.Law) {
		k := counts{c: anyCalendar(t).Draw(t, "calendar"), named: anyDate().Draw(t, "named"), limit: calendar.Limit{Statutory: true, Law: law}}
		k.limit.CountsFrom = rapid.SampledFrom([]string{"", named}).Draw(t, "counts from")
		k.limit.Due = calendar.Due{Amount: anyDateAmount().Draw(t, "amount")}
		if rapid.Bool().Draw(t, "beginning") {
			k.limit.Due.Way = calendar.Beginning
		} else if k.limit.Due.Amount.Unit != calendar.WorkingDays && rapid.Bool().Draw(t, "two") {
			k.limit.Due.Or = &calendar.Other{Amount: calendar.Amount{N: 2, Unit: calendar.Months}, From: named}
		}
		got := k.from(t, anyDate().Draw(t, "date"))
		if n := len(got.Working); n < 3 || n > 12 {
			t.Fatalf("%d lines: %q", n, got.Working)
		}
		for _, line := range got.Working {
			if !strings.HasSuffix(line, ".") || strings.Contains(line, "  ") || len(line) > 400 {
				t.Fatalf("the line %q", line)
			}
		}
		if last := got.Working[len(got.Working)-1]; !got.BeyondTable && (!strings.HasPrefix(last, "Due at ") || !strings.Contains(last, got.Date.Words())) {
			t.Fatalf("due on %s, and the working ends %q", got.Date, last)
		}
	})
}
