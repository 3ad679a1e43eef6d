package calendar_test

import (
	"testing"
	"time"

	"hearback/notifier/calendar"
	"pgregory.net/rapid"
)

// workedMinutes counts, minute by minute, the working time from one instant to
// another: slow, and nothing like the code it judges.
func workedMinutes(c *calendar.Calendar, from, to time.Time) int {
	count := 0
	for at := from.In(c.Location); at.Before(to); {
		day := calendar.DateOf(at, c.Location)
		midnight := day.AddDays(1).At(0, 0, c.Location)
		if works, _ := c.IsWorkingDay(day); !works {
			at = midnight
			continue
		}
		for ; at.Before(to) && at.Before(midnight); at = at.Add(time.Minute) {
			minute := at.Hour()*60 + at.Minute()
			for _, span := range c.Working.Days[day.Weekday()] {
				if minute >= span.From && minute < span.To {
					count++
				}
			}
		}
	}
	return count
}

func TestWorkingDaysAreCounted(t *testing.T) {
	loc := zone(t, "Europe/London")
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t).Draw(t, "calendar")
		start := anyInstant(loc).Draw(t, "start")
		d := anyAmount(calendar.WorkingDays, 60).Draw(t, "due")
		got := deadline(t, c, start, d, false)
		if works, why := c.IsWorkingDay(got.Date); !works {
			t.Fatalf("due on %s, which is not a working day: %s", got.Date, why)
		}
		if n := c.WorkingDaysBetween(calendar.DateOf(start, loc), got.Date); n != d.Amount.N {
			t.Fatalf("due on %s, %d working days later; want %s", got.Date, n, d)
		}
	})
}

func TestWorkingHoursAreCounted(t *testing.T) {
	loc := zone(t, "Europe/London")
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t).Draw(t, "calendar")
		start := anyInstant(loc).Draw(t, "start").Truncate(time.Minute)
		d := anyAmount(calendar.WorkingHours, 12).Draw(t, "due")
		got := deadline(t, c, start, d, false)
		end := got.At
		if end.Second() == 59 { // the end of a day that is worked to midnight
			end = end.Add(time.Second)
		}
		if minutes := workedMinutes(c, start, end); minutes != 60*d.Amount.N {
			t.Fatalf("%s from %s ends at %s, %d minutes of working time later", d, start, got.At, minutes)
		}
		if last := end.Add(-time.Minute); workedMinutes(c, last, end) != 1 {
			t.Fatalf("%s from %s ends at %s, but its last minute is not worked", d, start, got.At)
		}
		step := calendar.Deadline{At: end, Date: got.Date}
		if back := c.Before(step, d.Amount); workedMinutes(c, back, end) != 60*d.Amount.N {
			t.Fatalf("%s before %s is %s, %d minutes of working time", d, end, back, workedMinutes(c, back, end))
		}
	})
}

// walkedBetween counts working days one by one.
func walkedBetween(c *calendar.Calendar, from, to calendar.Date) int {
	count := 0
	for from.Compare(to) < 0 {
		from = from.AddDays(1)
		if works, _ := c.IsWorkingDay(from); works {
			count++
		}
	}
	return count
}

// Closures overlap, hold bank holidays, and stand before, across and behind the
// ends; one may be written the wrong way round.
func TestWorkingDaysBetweenIsWhatAWalkCounts(t *testing.T) {
	anyDay := rapid.Custom(func(t *rapid.T) calendar.Date {
		return calendar.Date{Year: 2010, Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 30*365).Draw(t, "day"))
	})
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t).Draw(t, "calendar")
		from := rapid.OneOf(anyDay, anyDate()).Draw(t, "from")
		to := rapid.OneOf(anyDay, rapid.Just(from.AddDays(rapid.IntRange(-2, 40).Draw(t, "days")))).Draw(t, "to")
		for range rapid.IntRange(0, 6).Draw(t, "more closures") {
			begins := rapid.OneOf(anyDate(), rapid.Just(from.AddDays(rapid.IntRange(-20, 20).Draw(t, "offset")))).Draw(t, "begins")
			c.Closures = append(c.Closures, calendar.Closure{From: begins, To: begins.AddDays(rapid.IntRange(-2, 400).Draw(t, "length"))})
		}
		if got, want := c.WorkingDaysBetween(from, to), walkedBetween(c, from, to); got != want {
			t.Fatalf("from %s to %s are %d working days, a walk counts %d", from, to, got, want)
		}
	})
}

func TestWorkingDaysSinceLongAgo(t *testing.T) {
	c := councilClosedAtChristmas(t)
	to := date(t, "2027-01-15")
	for _, from := range []string{"0001-01-01", "1900-01-01"} {
		mustEqual(t, "since "+from, c.WorkingDaysBetween(date(t, from), to), walkedBetween(c, date(t, from), to))
	}
	mustEqual(t, "since no date", c.WorkingDaysBetween(calendar.Date{}, to), walkedBetween(c, calendar.Date{}, to))
}

// Steps stride over many days at once, and must land where a walk would.
func TestStepsLandWhereAWalkLands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t).Draw(t, "calendar")
		d := anyDate().Draw(t, "date")
		n := rapid.OneOf(rapid.IntRange(1, 10), rapid.IntRange(1, 2000)).Draw(t, "n")
		step := calendar.Amount{N: n, Unit: calendar.WorkingDays}
		deadline := calendar.Deadline{At: d.At(12, 0, c.Location), Date: d}
		for direction, landed := range map[int]time.Time{1: c.After(deadline, step), -1: c.Before(deadline, step)} {
			want := d
			for left := n; left > 0; {
				want = want.AddDays(direction)
				if works, _ := c.IsWorkingDay(want); works {
					left--
				}
			}
			if got := calendar.DateOf(landed, c.Location); got != want {
				t.Fatalf("%d working days from %s land on %s, a walk on %s", direction*n, d, got, want)
			}
		}
	})
}

// What holds for every unit: never before the start, on the day it says, later
// for a later start or a larger amount, explained in few words.
func TestDeadlinesOfEveryUnit(t *testing.T) {
	loc := zone(t, "Europe/London")
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t).Draw(t, "calendar")
		statutory := rapid.Bool().Draw(t, "statutory")
		start := anyInstant(loc).Draw(t, "start")
		unit := calendar.Unit(rapid.IntRange(int(calendar.Seconds), int(calendar.WorkingDays)).Draw(t, "unit"))
		d := anyAmount(unit, 40).Draw(t, "due")
		got := deadline(t, c, start, d, statutory)

		if got.At.Before(start) {
			t.Fatalf("%s from %s falls due at %s, before its start", d, start, got.At)
		}
		if on := calendar.DateOf(got.At, loc); on != got.Date {
			t.Fatalf("%s from %s falls due at %s, but its date is %s", d, start, got.At, got.Date)
		}
		if len(got.Working) < 2 || len(got.Working) > 8 {
			t.Fatalf("%s from %s takes %d lines to explain: %q", d, start, len(got.Working), got.Working)
		}
		if want := got.Date.Compare(c.Holidays.Last()) > 0 && unit > calendar.ElapsedHours; got.BeyondTable != want {
			t.Fatalf("%s from %s falls due on %s; beyond the table is %t", d, start, got.Date, got.BeyondTable)
		}

		more := d
		more.Amount.N++
		if next := deadline(t, c, start, more, statutory); next.At.Before(got.At) {
			t.Fatalf("%s falls due at %s, and %s at %s", d, got.At, more, next.At)
		}
		later := start.Add(time.Duration(rapid.IntRange(0, 10*24*60).Draw(t, "minutes later")) * time.Minute)
		if next := deadline(t, c, later, d, statutory); next.At.Before(got.At) {
			t.Fatalf("%s from %s falls due at %s, and from %s at %s", d, start, got.At, later, next.At)
		}
	})
}

func TestLocalPromisesFallOnWorkingDays(t *testing.T) {
	loc := zone(t, "Europe/London")
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t).Draw(t, "calendar")
		start := anyInstant(loc).Draw(t, "start")
		unit := rapid.SampledFrom([]calendar.Unit{calendar.Days, calendar.Weeks, calendar.Months, calendar.WorkingDays}).Draw(t, "unit")
		d := anyAmount(unit, 24).Draw(t, "due")
		got := deadline(t, c, start, d, false)
		if works, why := c.IsWorkingDay(got.Date); !works {
			t.Fatalf("%s from %s falls due on %s, which is not a working day: %s", d, start, got.Date, why)
		}
		if c.Open(c.Working, got.At) && got.At.Second() != 59 || !c.Open(c.Working, got.At.Add(-time.Second)) {
			t.Fatalf("%s from %s falls due at %s, which is not the end of working hours", d, start, got.At)
		}
		// The lawful date is never moved.
		lawful := deadline(t, c, start, d, true)
		from := calendar.DateOf(start, loc)
		want := map[calendar.Unit]calendar.Date{
			calendar.Days:   from.AddDays(d.Amount.N),
			calendar.Weeks:  from.AddDays(7 * d.Amount.N),
			calendar.Months: from.AddMonths(d.Amount.N),
		}
		if date, ok := want[unit]; ok && lawful.Date != date {
			t.Fatalf("%s from %s falls due by law on %s, want %s", d, from, lawful.Date, date)
		}
	})
}

func TestOnDateNeverMovesOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t).Draw(t, "calendar")
		d := anyDate().Draw(t, "date")
		got := c.OnDate(d, false)
		if works, why := c.IsWorkingDay(got.Date); !works || got.Date.Compare(d) > 0 {
			t.Fatalf("promised for %s falls due on %s (%s)", d, got.Date, why)
		}
		if lawful := c.OnDate(d, true); lawful.Date != d {
			t.Fatalf("by law on %s falls due on %s", d, lawful.Date)
		}
	})
}
