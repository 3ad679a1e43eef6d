package calendar_test

import (
	"testing"
	"time"

	"hearback/notifier/calendar"
	"pgregory.net/rapid"
)

func TestStepInstants(t *testing.T) {
	c := councilClosedAtChristmas(t)
	for _, test := range []struct {
		name, due, before, after string // due in London; before and after are RFC 3339
		amount                   string
	}{
		{"working days", "2026-11-30 17:00", "2026-11-26T09:00:00Z", "2026-12-02T09:00:00Z", "2 working days"},
		{"working days over Christmas", "2026-12-23 17:00", "2026-12-22T09:00:00Z", "2027-01-04T09:00:00Z", "1 working day"},
		{"working hours", "2026-11-30 17:00", "2026-11-30T12:00:00Z", "2026-12-01T14:00:00Z", "4 working hours"},
		{"hours", "2026-11-30 17:00", "2026-11-30T13:00:00Z", "2026-11-30T21:00:00Z", "4 hours"},
		{"hours when the clocks go back", "2026-10-24 17:00", "2026-10-23T17:00:00+01:00", "2026-10-25T16:00:00Z", "24 hours"},
		{"minutes", "2026-11-30 17:00", "2026-11-30T16:30:00Z", "2026-11-30T17:30:00Z", "30 minutes"},
		{"seconds", "2026-11-30 17:00", "2026-11-30T16:59:30Z", "2026-11-30T17:00:30Z", "30 seconds"},
		{"days keep the time of day", "2026-10-25 17:00", "2026-10-24T17:00:00+01:00", "2026-10-26T17:00:00Z", "1 day"},
		{"weeks", "2026-10-25 17:00", "2026-10-18T17:00:00+01:00", "2026-11-01T17:00:00Z", "1 week"},
		{"months", "2026-10-31 17:00", "2026-09-30T17:00:00+01:00", "2026-11-30T17:00:00Z", "1 month"},
	} {
		t.Run(test.name, func(t *testing.T) {
			at := london(t, test.due)
			d := calendar.Deadline{At: at, Date: calendar.DateOf(at, c.Location)}
			mustEqual(t, "before", c.Before(d, amount(t, test.amount)).Format(time.RFC3339), test.before)
			mustEqual(t, "after", c.After(d, amount(t, test.amount)).Format(time.RFC3339), test.after)
		})
	}
}

// A statutory date may fall on a Sunday: the working days around it are counted
// from it all the same, and the council's closures are not working days.
func TestStepsAroundADateThatIsNotWorked(t *testing.T) {
	c := councilClosedAtChristmas(t)
	sunday := deadline(t, c, london(t, "2027-01-31 09:00"), due(t, "1 month"), true)
	mustEqual(t, "before", c.Before(sunday, amount(t, "1 working day")).Format(time.RFC3339), "2027-02-26T09:00:00Z")
	mustEqual(t, "after", c.After(sunday, amount(t, "1 working day")).Format(time.RFC3339), "2027-03-01T09:00:00Z")
	inClosure := c.OnDate(date(t, "2026-12-30"), true)
	mustEqual(t, "after the closure", c.After(inClosure, amount(t, "1 working day")).Format(time.RFC3339), "2027-01-04T09:00:00Z")
}

// A step is never lost, even with hours that somebody emptied.
func TestStepsWithoutWorkingDays(t *testing.T) {
	c := council(t)
	c.Working = calendar.Hours{}
	at := london(t, "2026-11-30 17:00")
	d := calendar.Deadline{At: at, Date: calendar.DateOf(at, c.Location)}
	mustEqual(t, "before", c.Before(d, amount(t, "2 working days")).Format(time.RFC3339), "2026-11-28T17:00:00Z")
	mustEqual(t, "after", c.After(d, amount(t, "2 working hours")).Format(time.RFC3339), "2026-11-30T19:00:00Z")
	mustEqual(t, "before", c.Before(d, amount(t, "2 working hours")).Format(time.RFC3339), "2026-11-30T15:00:00Z")
}

// A slip in the hours must not put a step into another age, nor take for ever.
func TestStepsWithHardlyAnyWorkingTime(t *testing.T) {
	c := council(t)
	c.Working = hours(t, map[string][]string{"wed": {"10:00-10:01"}})
	at := london(t, "2026-11-30 17:00")
	d := calendar.Deadline{At: at, Date: calendar.DateOf(at, c.Location)}
	step := amount(t, "10000 working hours")
	mustEqual(t, "after", c.After(d, step).Format(time.RFC3339), at.Add(10000*time.Hour).Format(time.RFC3339))
	mustEqual(t, "before", c.Before(d, step).Format(time.RFC3339), at.Add(-10000*time.Hour).Format(time.RFC3339))
}

func TestStepsCountWorkingDays(t *testing.T) {
	loc := zone(t, "Europe/London")
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t).Draw(t, "calendar")
		d := deadline(t, c, anyInstant(loc).Draw(t, "start"), anyAmount(calendar.WorkingDays, 30).Draw(t, "due"), false)
		n := rapid.IntRange(1, 20).Draw(t, "n")
		step := calendar.Amount{N: n, Unit: calendar.WorkingDays}

		after := calendar.DateOf(c.After(d, step), loc)
		if got := c.WorkingDaysBetween(d.Date, after); got != n {
			t.Fatalf("%s after %s is %s, %d working days later", step, d.Date, after, got)
		}
		before := calendar.DateOf(c.Before(d, step), loc)
		if got := c.WorkingDaysBetween(before, d.Date); got != n {
			t.Fatalf("%s before %s is %s, %d working days earlier", step, d.Date, before, got)
		}
		there := calendar.Deadline{At: c.After(d, step), Date: after}
		if back := calendar.DateOf(c.Before(there, step), loc); back != d.Date {
			t.Fatalf("%s after %s and before it again is %s", step, d.Date, back)
		}
		for _, at := range []time.Time{c.After(d, step), c.Before(d, step)} {
			if !c.Open(c.Working, at) || c.Open(c.Working, at.Add(-time.Second)) && at.Hour() != 0 {
				t.Fatalf("a step of %s fires at %s, which does not start working hours", step, at)
			}
		}
	})
}

func TestStepsInOtherUnitsAreInverse(t *testing.T) {
	loc := zone(t, "Europe/London")
	units := []calendar.Unit{calendar.Seconds, calendar.Minutes, calendar.ElapsedHours, calendar.Days, calendar.Weeks}
	rapid.Check(t, func(t *rapid.T) {
		c := council(t)
		at := anyInstant(loc).Filter(func(at time.Time) bool { return at.Hour() > 3 }).Draw(t, "at")
		d := calendar.Deadline{At: at, Date: calendar.DateOf(at, loc)}
		step := calendar.Amount{N: rapid.IntRange(1, 50).Draw(t, "n"), Unit: rapid.SampledFrom(units).Draw(t, "unit")}
		after := c.After(d, step)
		if !after.After(at) {
			t.Fatalf("%s after %s is %s", step, at, after)
		}
		if step.Unit <= calendar.ElapsedHours || after.Hour() > 3 {
			if back := c.Before(calendar.Deadline{At: after, Date: calendar.DateOf(after, loc)}, step); !back.Equal(at) {
				t.Fatalf("%s after %s is %s, and before that again %s", step, at, after, back)
			}
		}
	})
}
