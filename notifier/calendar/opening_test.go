package calendar_test

import (
	"testing"
	"time"

	"hearback/notifier/calendar"
	"pgregory.net/rapid"
)

func TestContactHours(t *testing.T) {
	c := councilClosedAtChristmas(t)
	contact := hours(t, map[string][]string{"mon-sat": {"08:00-20:00"}})
	closed := contact
	closed.ClosedOnBankHolidays = true
	for _, test := range []struct {
		name  string
		hours calendar.Hours
		at    string
		next  string
	}{
		{"open", contact, "2026-11-23 08:00", "2026-11-23 08:00"},
		{"to the last minute", contact, "2026-11-23 19:59", "2026-11-23 19:59"},
		{"evening", contact, "2026-11-23 20:00", "2026-11-24 08:00"},
		{"early", contact, "2026-11-23 05:00", "2026-11-23 08:00"},
		{"Saturday evening", contact, "2026-11-28 21:00", "2026-11-30 08:00"},
		{"a bank holiday follows its weekday", contact, "2026-12-28 09:00", "2026-12-28 09:00"},
		{"unless it is closed", closed, "2026-12-28 09:00", "2026-12-29 08:00"},
		{"a closure of the council does not matter", closed, "2026-12-24 09:00", "2026-12-24 09:00"},
		{"over Christmas", closed, "2026-12-24 20:00", "2026-12-26 08:00"},
		{"the clocks go forward", contact, "2027-03-27 22:00", "2027-03-29 08:00"},
	} {
		at, next := london(t, test.at), london(t, test.next)
		if got := c.NextOpening(test.hours, at); !got.Equal(next) {
			t.Errorf("%s: next opening is %s, want %s", test.name, got, next)
		}
		mustEqual(t, test.name, c.Open(test.hours, at), at.Equal(next))
	}
}

func TestHoursThatNeverOpen(t *testing.T) {
	c := council(t)
	at := london(t, "2026-11-23 08:00")
	if got := c.NextOpening(calendar.Hours{}, at); !got.IsZero() {
		t.Errorf("next opening of no hours is %s", got)
	}
	mustEqual(t, "open", c.Open(calendar.Hours{}, at), false)
}

// A span within the hour that the clocks skip, or go through twice, is where
// both sides must agree on what "open" means.
func TestOpeningInTheHourOfTheClockChange(t *testing.T) {
	c := council(t)
	early := hours(t, map[string][]string{"mon-sun": {"01:15-01:45"}})
	forward := c.NextOpening(early, london(t, "2027-03-28 00:00"))
	mustEqual(t, "skipped", forward.Format(time.RFC3339), "2027-03-28T02:15:00+01:00")
	mustEqual(t, "skipped is open", c.Open(early, forward), true)
	back := c.NextOpening(early, london(t, "2026-10-25 00:00"))
	mustEqual(t, "twice", back.Format(time.RFC3339), "2026-10-25T01:15:00Z")
	mustEqual(t, "twice is open", c.Open(early, back), true)
}

func TestNextOpeningIsTheFirstOpenMoment(t *testing.T) {
	loc := zone(t, "Europe/London")
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t).Draw(t, "calendar")
		week := anyHours().Draw(t, "hours")
		week.ClosedOnBankHolidays = rapid.Bool().Draw(t, "closed on bank holidays")
		at := anyInstant(loc).Draw(t, "at")
		next := c.NextOpening(week, at)
		if next.Before(at) || !c.Open(week, next) {
			t.Fatalf("the next opening after %s is %s, open: %t", at, next, c.Open(week, next))
		}
		if c.Open(week, at) != next.Equal(at) {
			t.Fatalf("open at %s is %t, but the next opening is %s", at, c.Open(week, at), next)
		}
		for probe := at; probe.Before(next); probe = probe.Add(15 * time.Minute) {
			if c.Open(week, probe) {
				t.Fatalf("the next opening after %s is %s, but %s is open", at, next, probe)
			}
		}
	})
}
