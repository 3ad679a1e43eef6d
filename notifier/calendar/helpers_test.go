package calendar_test

import (
	"testing"
	"time"

	"hearback/notifier/calendar"
	"pgregory.net/rapid"
)

// tester is what *testing.T, *testing.B and *rapid.T share.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

func zone(t tester, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatalf("loading %s: %v", name, err)
	}
	return loc
}

func bankHolidays(t tester, division string) calendar.Holidays {
	t.Helper()
	holidays, err := calendar.BankHolidays(division)
	if err != nil {
		t.Fatalf("BankHolidays(%q): %v", division, err)
	}
	return holidays
}

func hours(t tester, week map[string][]string) calendar.Hours {
	t.Helper()
	parsed, err := calendar.ParseHours(week)
	if err != nil {
		t.Fatalf("ParseHours: %v", err)
	}
	return parsed
}

// council is the calendar of an English council with a lunch hour and a short
// Friday.
func council(t tester) *calendar.Calendar {
	t.Helper()
	return &calendar.Calendar{
		Location: zone(t, "Europe/London"),
		Holidays: bankHolidays(t, "england-and-wales"),
		Working: hours(t, map[string][]string{
			"mon-thu": {"09:00-12:30", "13:30-17:00"},
			"fri":     {"09:00-16:30"},
		}),
	}
}

// councilClosedAtChristmas also closes from Christmas Eve to New Year's Day.
func councilClosedAtChristmas(t tester) *calendar.Calendar {
	t.Helper()
	c := council(t)
	c.Closures = []calendar.Closure{{From: date(t, "2026-12-24"), To: date(t, "2027-01-01"), Name: "Christmas closure"}}
	return c
}

func date(t tester, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatalf("ParseDate: %v", err)
	}
	return d
}

// london reads a time of day in London, such as 2026-11-23 09:05.
func london(t tester, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone(t, "Europe/London"))
	if err != nil {
		t.Fatalf("reading %q: %v", text, err)
	}
	return at
}

func due(t tester, text string) calendar.Due {
	t.Helper()
	parsed, err := calendar.ParseDue(text)
	if err != nil {
		t.Fatalf("ParseDue(%q): %v", text, err)
	}
	return parsed
}

func amount(t tester, text string) calendar.Amount {
	t.Helper()
	parsed, err := calendar.ParseAmount(text)
	if err != nil {
		t.Fatalf("ParseAmount(%q): %v", text, err)
	}
	return parsed
}

func deadline(t tester, c *calendar.Calendar, start time.Time, d calendar.Due, statutory bool) calendar.Deadline {
	t.Helper()
	got, err := c.Deadline(start, d, statutory)
	if err != nil {
		t.Fatalf("Deadline(%s, %s): %v", start, d, err)
	}
	return got
}

// Dates of the years that the built-in table covers, with room for a deadline.
func anyDate() *rapid.Generator[calendar.Date] {
	return rapid.Custom(func(t *rapid.T) calendar.Date {
		return calendar.Date{Year: 2024, Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 4*365).Draw(t, "day"))
	})
}

func anyInstant(loc *time.Location) *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return anyDate().Draw(t, "date").At(0, 0, loc).Add(time.Duration(rapid.IntRange(0, 24*60*60-1).Draw(t, "second")) * time.Second)
	})
}

// anyHours draws a week with at least one span. Spans keep away from 1am to
// 3am, where the clocks change: those hours have tests of their own.
func anyHours() *rapid.Generator[calendar.Hours] {
	return rapid.Custom(func(t *rapid.T) calendar.Hours {
		var week calendar.Hours
		for day := range week.Days {
			at := 3 * 60
			for range rapid.IntRange(0, 3).Draw(t, "spans") {
				from := at + 15*rapid.IntRange(0, 16).Draw(t, "gap")
				to := min(from+15*rapid.IntRange(1, 24).Draw(t, "length"), 24*60)
				if from >= to {
					break
				}
				week.Days[day] = append(week.Days[day], calendar.Span{From: from, To: to})
				at = to
			}
		}
		if week.Empty() {
			week.Days[time.Wednesday] = []calendar.Span{{From: 600, To: 660}}
		}
		return week
	})
}

// anyCalendar draws hours and up to three closures of up to a month.
func anyCalendar(t tester) *rapid.Generator[*calendar.Calendar] {
	loc, holidays := zone(t, "Europe/London"), bankHolidays(t, "england-and-wales")
	return rapid.Custom(func(t *rapid.T) *calendar.Calendar {
		c := &calendar.Calendar{Location: loc, Holidays: holidays, Working: anyHours().Draw(t, "hours")}
		for range rapid.IntRange(0, 3).Draw(t, "closures") {
			from := anyDate().Draw(t, "closure")
			c.Closures = append(c.Closures, calendar.Closure{From: from, To: from.AddDays(rapid.IntRange(0, 30).Draw(t, "days")), Name: "Closure"})
		}
		return c
	})
}

func anyAmount(unit calendar.Unit, most int) *rapid.Generator[calendar.Due] {
	return rapid.Custom(func(t *rapid.T) calendar.Due {
		return calendar.Due{Amount: calendar.Amount{N: rapid.IntRange(1, most).Draw(t, "n"), Unit: unit}}
	})
}

func mustEqual[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s\n got %v\nwant %v", what, got, want)
	}
}
