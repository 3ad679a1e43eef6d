package calendar_test

import (
	"strings"
	"testing"
	"time"

	"hearback/notifier/calendar"
)

// mondayToFriday has one span a day and no closures, as the worked examples of
// statute and guidance assume.
func mondayToFriday(t tester, division string) *calendar.Calendar {
	t.Helper()
	return &calendar.Calendar{
		Location: zone(t, "Europe/London"),
		Holidays: bankHolidays(t, division),
		Working:  hours(t, map[string][]string{"mon-fri": {"09:00-17:00"}}),
	}
}

func TestDeadlineDates(t *testing.T) {
	for _, test := range []struct {
		name, division, start, due string
		statutory                  bool
		want                       string
	}{
		{"1 month from the 31st, as promised", "england-and-wales", "2027-01-31 09:00", "1 month", false, "2027-02-26"},
		{"1 month from the 31st of a leap year", "england-and-wales", "2028-01-31 09:00", "1 month", true, "2028-02-29"},
		{"late on a summer evening is the next London day", "england-and-wales", "2026-07-02 00:30", "1 working day", false, "2026-07-03"},
		{"phase transfer before 15 February", "england-and-wales", "2026-09-01 09:00", "before 15 February", true, "2027-02-14"},
		{"the last day for it", "england-and-wales", "2027-02-14 09:00", "before 15 February", true, "2027-02-14"},
		{"too late: next year's", "england-and-wales", "2027-02-15 09:00", "before 15 February", true, "2028-02-14"},
		{"moved back to the Friday when only promised", "england-and-wales", "2026-09-01 09:00", "before 15 February", false, "2027-02-12"},
		{"before New Year's Day", "england-and-wales", "2026-12-30 09:00", "before 1 January", true, "2026-12-31"},
		{"a Saturday's promise of 1 day moves on to Monday", "england-and-wales", "2026-11-21 09:00", "1 day", false, "2026-11-23"},
		{"a Friday evening's too, for Friday's hours are over", "england-and-wales", "2026-11-20 18:00", "1 day", false, "2026-11-23"},
		{"a Friday morning's moves back to that day", "england-and-wales", "2026-11-20 09:00", "1 day", false, "2026-11-20"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := mondayToFriday(t, test.division)
			got := deadline(t, c, london(t, test.start), due(t, test.due), test.statutory)
			mustEqual(t, "date", got.Date, date(t, test.want))
			mustEqual(t, "London date of the instant", calendar.DateOf(got.At, c.Location), got.Date)
			mustEqual(t, "beyond the table", got.BeyondTable, false)
		})
	}
}

func TestDeadlineInstants(t *testing.T) {
	c := councilClosedAtChristmas(t)
	for _, test := range []struct {
		name, start, due string
		statutory        bool
		want             string
	}{
		{"the end of a long day", "2026-11-23 09:00", "1 working day", false, "2026-11-24T17:00:00Z"},
		{"the end of a short Friday", "2026-11-26 09:00", "1 working day", false, "2026-11-27T16:30:00Z"},
		{"a summer's", "2026-07-01 09:00", "1 working day", false, "2026-07-02T17:00:00+01:00"},
		{"a statutory Sunday ends with the day", "2027-01-31 09:00", "1 month", true, "2027-02-28T23:59:59Z"},
		{"hours are real time", "2026-11-23 09:05", "4 hours", false, "2026-11-23T13:05:00Z"},
		{"24 hours when the clocks go back", "2026-10-24 09:00", "24 hours", false, "2026-10-25T08:00:00Z"},
		{"1 day when the clocks go back is the Friday before, and so Monday", "2026-10-24 09:00", "1 day", false, "2026-10-26T17:00:00Z"},
		{"24 hours when the clocks go forward", "2027-03-27 09:00", "24 hours", false, "2027-03-28T10:00:00+01:00"},
		{"90 minutes", "2026-11-23 23:00", "90 minutes", false, "2026-11-24T00:30:00Z"},
		{"45 seconds", "2026-11-23 23:00", "45 seconds", false, "2026-11-23T23:00:45Z"},
		{"working hours over lunch", "2026-11-23 12:00", "1 working hour", false, "2026-11-23T14:00:00Z"},
		{"working hours up to lunch", "2026-11-23 11:30", "1 working hour", false, "2026-11-23T12:30:00Z"},
		{"working hours from the night", "2026-11-23 03:00", "1 working hour", false, "2026-11-23T10:00:00Z"},
		{"working hours over a weekend", "2026-11-27 16:00", "1 working hour", false, "2026-11-30T09:30:00Z"},
		{"working hours over Christmas", "2026-12-23 16:30", "1 working hour", false, "2027-01-04T09:30:00Z"},
		{"the law does not stop for the closure", "2026-12-23 16:30", "1 working hour", true, "2026-12-24T09:30:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := deadline(t, c, london(t, test.start), due(t, test.due), test.statutory)
			mustEqual(t, "instant", got.At.Format(time.RFC3339), test.want)
		})
	}
}

// A council that closes is still held to the law's working days, and to Monday
// to Friday whatever hours it keeps.
func TestStatutoryCountsIgnoreTheCouncilsHours(t *testing.T) {
	start := london(t, "2026-12-23 09:00")
	closed := councilClosedAtChristmas(t)
	mustEqual(t, "promised", deadline(t, closed, start, due(t, "5 working days"), false).Date, date(t, "2027-01-08"))
	mustEqual(t, "by law", deadline(t, closed, start, due(t, "5 working days"), true).Date, date(t, "2027-01-04"))

	fourDays := council(t)
	fourDays.Working = hours(t, map[string][]string{"mon-thu": {"09:00-18:00"}, "sat": {"09:00-12:00"}})
	got := deadline(t, fourDays, london(t, "2026-11-23 09:00"), due(t, "4 working days"), true)
	mustEqual(t, "by law on a Friday without hours", got.At.Format(time.RFC3339), "2026-11-27T23:59:59Z")
	got = deadline(t, fourDays, london(t, "2026-11-23 09:00"), due(t, "5 working days"), true)
	mustEqual(t, "by law, the Saturday not counted", got.Date, date(t, "2026-11-30"))
	got = deadline(t, fourDays, london(t, "2026-11-23 09:00"), due(t, "4 working days"), false)
	mustEqual(t, "promised, the Saturday counted", got.Date, date(t, "2026-11-28"))
}

func TestHoursUntilMidnightStayOnTheirDay(t *testing.T) {
	c := mondayToFriday(t, "england-and-wales")
	c.Working = hours(t, map[string][]string{"mon-sun": {"00:00-24:00"}})
	got := deadline(t, c, london(t, "2026-11-23 09:00"), due(t, "2 days"), false)
	mustEqual(t, "days", got.At.Format(time.RFC3339), "2026-11-25T23:59:59Z")
	got = deadline(t, c, london(t, "2026-11-23 09:00"), due(t, "15 working hours"), false)
	mustEqual(t, "working hours", got.At.Format(time.RFC3339), "2026-11-23T23:59:59Z")
	mustEqual(t, "date", got.Date, date(t, "2026-11-23"))
	// The day on which the clocks go back has 25 hours.
	got = deadline(t, c, london(t, "2026-10-25 00:00"), due(t, "24 working hours"), false)
	mustEqual(t, "a day of 25 hours", got.At.Format(time.RFC3339), "2026-10-25T23:00:00Z")
}

func TestLastLawfulDayWithItsHoursOver(t *testing.T) {
	c := mondayToFriday(t, "england-and-wales")
	start := london(t, "2028-02-14 18:00") // a Monday
	for _, statutory := range []bool{true, false} {
		got := deadline(t, c, start, due(t, "before 15 February"), statutory)
		mustEqual(t, "instant", got.At.Format(time.RFC3339), "2028-02-14T23:59:59Z")
	}
	// A promise to do it before a day never moves on to that day.
	got := deadline(t, c, london(t, "2027-02-13 10:00"), due(t, "before 15 February"), false) // a Saturday
	mustEqual(t, "instant", got.At.Format(time.RFC3339), "2027-02-14T23:59:59Z")
}

func TestOnDate(t *testing.T) {
	c := councilClosedAtChristmas(t)
	for _, test := range []struct {
		day       string
		statutory bool
		want      string
	}{
		{"2026-12-04", false, "2026-12-04T16:30:00Z"},
		{"2026-12-05", false, "2026-12-04T16:30:00Z"},
		{"2026-12-05", true, "2026-12-05T23:59:59Z"},
		{"2026-12-25", false, "2026-12-23T17:00:00Z"},
	} {
		got := c.OnDate(date(t, test.day), test.statutory)
		mustEqual(t, test.day, got.At.Format(time.RFC3339), test.want)
		mustEqual(t, test.day+" first line", got.Working[0], "Promised for "+date(t, test.day).Words()+".")
	}
}

func TestBeyondTheTable(t *testing.T) {
	c := council(t)
	for _, test := range []struct {
		start, due string
		beyond     bool
		warning    string
	}{
		{"2028-12-20 09:00", "5 working days", false, ""},
		{"2028-12-28 09:00", "5 working days", true, "Warning: bank holidays after 2028 are not known here. Check this date against the list on GOV.UK."},
		{"2028-12-01 09:00", "20 weeks", true, "Warning: bank holidays after 2028"},
		{"2018-12-20 09:00", "10 working days", true, "Warning: bank holidays before 2019"},
		{"2028-12-31 23:00", "4 hours", false, ""},
	} {
		got := deadline(t, c, london(t, test.start), due(t, test.due), false)
		mustEqual(t, test.start, got.BeyondTable, test.beyond)
		last := got.Working[len(got.Working)-1]
		if test.beyond != strings.HasPrefix(last, "Warning") || !strings.HasPrefix(last, test.warning) {
			t.Errorf("%s: the working ends %q", test.start, last)
		}
	}
	c.Holidays = calendar.Holidays{}
	got := deadline(t, c, london(t, "2026-11-23 09:00"), due(t, "5 working days"), false)
	mustEqual(t, "without a table", got.BeyondTable, true)
	mustEqual(t, "without a table", got.Working[len(got.Working)-1], "Warning: bank holidays are not known here. Check this date against the list on GOV.UK.")
}

func TestDeadlineNamesWhatToMend(t *testing.T) {
	empty := council(t)
	empty.Working = calendar.Hours{}
	shut := council(t)
	shut.Closures = []calendar.Closure{{From: date(t, "2020-01-01"), To: date(t, "2099-01-01"), Name: "for ever"}}
	hardly := council(t)
	hardly.Working = hours(t, map[string][]string{"wed": {"10:00-10:01"}})
	lost := council(t)
	lost.Location = nil
	for _, test := range []struct {
		name string
		c    *calendar.Calendar
		due  calendar.Due
		says string
	}{
		{"no hours", empty, due(t, "5 working days"), "working_time.hours"},
		{"no hours", empty, due(t, "5 working hours"), "working_time.hours"},
		{"no hours", empty, due(t, "2 weeks"), "working_time.hours"},
		{"no hours", empty, due(t, "before 15 February"), "working_time.hours"},
		{"always closed", shut, due(t, "5 working days"), "closures"},
		{"always closed", shut, due(t, "5 working hours"), "closures"},
		{"hardly any hours", hardly, due(t, "10 working hours"), "use a smaller amount"},
		{"no zone", lost, due(t, "5 working days"), "Europe/London"},
		{"too far", council(t), due(t, "3000 working days"), "use a smaller amount"},
		{"far, but not too far", council(t), due(t, "10000 working hours"), ""},
		{"too far", council(t), due(t, "10000 months"), "use a smaller amount"},
		{"no amount", council(t), calendar.Due{}, "amount"},
		{"no amount", council(t), calendar.Due{Amount: calendar.Amount{N: -5, Unit: calendar.Days}}, "from 1 to"},
		{"no such day", council(t), calendar.Due{Before: &calendar.MonthDay{Month: time.February, Day: 29}}, "every year"},
	} {
		got, err := test.c.Deadline(london(t, "2026-11-23 09:00"), test.due, false)
		if test.says == "" {
			if err != nil {
				t.Errorf("%s, %s: %v", test.name, test.due, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s, %s: got %v and error %v, want one that says %q", test.name, test.due, got, err, test.says)
		}
	}
}

func TestCheckFindsEveryFault(t *testing.T) {
	if err := councilClosedAtChristmas(t).Check(); err != nil {
		t.Errorf("a good calendar: %v", err)
	}
	broken := calendar.Calendar{Closures: []calendar.Closure{{From: date(t, "2027-01-01"), To: date(t, "2026-12-24"), Name: "Christmas closure"}}}
	err := broken.Check()
	for _, want := range []string{"council.timezone", "working_time.hours", "Christmas closure"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
}
