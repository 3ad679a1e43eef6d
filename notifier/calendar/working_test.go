package calendar_test

import (
	"slices"
	"strings"
	"testing"

	"hearback/notifier/calendar"
)

func TestWorkingInWords(t *testing.T) {
	for _, test := range []struct {
		name, start, due string
		statutory        bool
		want             []string
	}{
		{"one working day", "2026-11-23 09:05", "1 working day", false, []string{
			"Received on Monday 23 November 2026; that day is not counted.",
			"1 working day: Tuesday 24 November is 1.",
			"Due at 5pm on Tuesday 24 November 2026, when working hours end.",
		}},
		{"two working days", "2026-11-23 09:05", "2 working days", false, []string{
			"Received on Monday 23 November 2026; that day is not counted.",
			"2 working days: Tuesday 24 November is 1, Wednesday 25 November is 2.",
			"Due at 5pm on Wednesday 25 November 2026, when working hours end.",
		}},
		{"over a weekend", "2026-11-23 09:05", "5 working days", false, []string{
			"Received on Monday 23 November 2026; that day is not counted.",
			"5 working days: Tuesday 24 November is 1, … Monday 30 November is 5.",
			"Saturday 28 and Sunday 29 November are not counted: not working days.",
			"Due at 5pm on Monday 30 November 2026, when working hours end.",
		}},
		{"over Easter", "2027-03-25 09:05", "3 working days", false, []string{
			"Received on Thursday 25 March 2027; that day is not counted.",
			"3 working days: Tuesday 30 March is 1, … Thursday 1 April is 3.",
			"Saturday 27 and Sunday 28 March are not counted: not working days.",
			"Friday 26 March (Good Friday) and Monday 29 March (Easter Monday) are not counted: bank holidays.",
			"Due at 5pm on Thursday 1 April 2027, when working hours end.",
		}},
		{"one bank holiday", "2026-08-28 09:05", "1 working day", false, []string{
			"Received on Friday 28 August 2026; that day is not counted.",
			"1 working day: Tuesday 1 September is 1.",
			"Saturday 29 and Sunday 30 August are not counted: not working days.",
			"Monday 31 August is not counted: Summer bank holiday.",
			"Due at 5pm on Tuesday 1 September 2026, when working hours end.",
		}},
		{"over a closure", "2026-12-23 09:05", "5 working days", false, []string{
			"Received on Wednesday 23 December 2026; that day is not counted.",
			"5 working days: Monday 4 January 2027 is 1, … Friday 8 January 2027 is 5.",
			"Saturday 26 and Sunday 27 December, and Saturday 2 and Sunday 3 January 2027 are not counted: not working days.",
			"Friday 25 December (Christmas Day), Monday 28 December (Boxing Day) and Friday 1 January 2027 (New Year’s Day) are not counted: bank holidays.",
			"Thursday 24 December and Tuesday 29 to Thursday 31 December are not counted: Christmas closure.",
			"Due at 4:30pm on Friday 8 January 2027, when working hours end.",
		}},
		{"a long count", "2026-11-23 09:05", "60 working days", false, []string{
			"Received on Monday 23 November 2026; that day is not counted.",
			"60 working days: Tuesday 24 November is 1, … Wednesday 24 February 2027 is 60.",
			"Saturdays and Sundays are not counted: 26 days, none of them working days.",
			"Friday 25 December (Christmas Day), Monday 28 December (Boxing Day) and Friday 1 January 2027 (New Year’s Day) are not counted: bank holidays.",
			"Thursday 24 December and Tuesday 29 to Thursday 31 December are not counted: Christmas closure.",
			"Due at 5pm on Wednesday 24 February 2027, when working hours end.",
		}},
		{"weeks", "2026-11-23 09:05", "6 weeks", true, []string{
			"Received on Monday 23 November 2026; that day is not counted.",
			"6 weeks later is Monday 4 January 2027: every day counts, weekends and bank holidays too.",
			"Due at 5pm on Monday 4 January 2027, when working hours end.",
		}},
		{"a month, moved back", "2027-01-31 09:05", "1 month", false, []string{
			"Received on Sunday 31 January 2027; that day is not counted.",
			"1 month later is Sunday 28 February, the last day of that month.",
			"Sunday 28 February is not a working day, so the date moves back to Friday 26 February.",
			"Due at 4:30pm on Friday 26 February 2027, when working hours end.",
		}},
		{"a month, by law", "2027-01-31 09:05", "1 month", true, []string{
			"Received on Sunday 31 January 2027; that day is not counted.",
			"1 month later is Sunday 28 February, the last day of that month.",
			"Due at 11:59pm on Sunday 28 February 2027. The law sets this date: it does not move, though it is not a working day.",
		}},
		{"two weeks, into a closure", "2026-12-15 09:05", "2 weeks", false, []string{
			"Received on Tuesday 15 December 2026; that day is not counted.",
			"2 weeks later is Tuesday 29 December: every day counts, weekends and bank holidays too.",
			"Tuesday 29 December is not a working day (Christmas closure), so the date moves back to Wednesday 23 December.",
			"Due at 5pm on Wednesday 23 December 2026, when working hours end.",
		}},
		{"before a day of the year", "2026-09-01 09:05", "before 15 February", true, []string{
			"It must be done before Monday 15 February 2027, so the last day is Sunday 14 February 2027.",
			"Due at 11:59pm on Sunday 14 February 2027. The law sets this date: it does not move, though it is not a working day.",
		}},
		{"elapsed time", "2026-10-24 09:05", "24 hours", false, []string{
			"Received at 9:05am on Saturday 24 October 2026.",
			"24 hours: nights and weekends count too; the clocks go back in between.",
			"Due at 8:05am on Sunday 25 October 2026.",
		}},
		{"working hours", "2026-11-27 15:50", "4 working hours", false, []string{
			"Received at 3:50pm on Friday 27 November 2026.",
			"4 working hours: 40 minutes on Friday 27 November, 3 hours 20 minutes on Monday 30 November.",
			"Due at 12:20pm on Monday 30 November 2026.",
		}},
		{"many working hours", "2026-11-23 16:00", "30 working hours", false, []string{
			"Received at 4pm on Monday 23 November 2026.",
			"30 working hours: 1 hour on Monday 23 November, 7 hours on Tuesday 24 November, 21 hours 30 minutes on the days between, 30 minutes on Monday 30 November.",
			"Due at 9:30am on Monday 30 November 2026.",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := deadline(t, councilClosedAtChristmas(t), london(t, test.start), due(t, test.due), test.statutory)
			if !slices.Equal(got.Working, test.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got.Working, "\n\t"), strings.Join(test.want, "\n\t"))
			}
		})
	}
}

func TestIsWorkingDayInWords(t *testing.T) {
	c := councilClosedAtChristmas(t)
	for _, test := range []struct {
		day   string
		works bool
		why   string
	}{
		{"2026-12-23", true, ""},
		{"2026-12-24", false, "Christmas closure"},
		{"2026-12-25", false, "Christmas Day (bank holiday)"},
		{"2026-12-26", false, "Saturday"},
		{"2026-12-28", false, "Boxing Day (bank holiday)"},
	} {
		works, why := c.IsWorkingDay(date(t, test.day))
		mustEqual(t, test.day, works, test.works)
		mustEqual(t, test.day, why, test.why)
	}
}

func TestWorkingDaysBetween(t *testing.T) {
	c := council(t)
	for _, test := range []struct {
		from, to string
		want     int
	}{
		{"2026-11-23", "2026-12-01", 6},
		{"2026-11-23", "2026-11-23", 0},
		{"2026-11-23", "2026-11-20", 0},
		{"2026-11-27", "2026-11-29", 0},
		{"2026-12-24", "2026-12-29", 1},
	} {
		mustEqual(t, test.from+" to "+test.to, c.WorkingDaysBetween(date(t, test.from), date(t, test.to)), test.want)
	}
}

// A week of odd hours and closures of several names must not make the working
// long or empty.
func TestManyReasonsStayShort(t *testing.T) {
	c := councilClosedAtChristmas(t)
	for i, name := range []string{"Training", "Moving house", "Election", "Flood", "Snow"} {
		day := date(t, "2027-01-11").AddDays(14 * i)
		c.Closures = append(c.Closures, calendar.Closure{From: day, To: day, Name: name})
	}
	got := deadline(t, c, london(t, "2026-12-01 09:00"), due(t, "250 working days"), false)
	if len(got.Working) != 6 {
		t.Errorf("got %d lines:\n\t%s", len(got.Working), strings.Join(got.Working, "\n\t"))
	}
	mustEqual(t, "closures", got.Working[4],
		"Thursday 24 December (Christmas closure), Tuesday 29 to Thursday 31 December (Christmas closure), Monday 11 January 2027 (Training) and 4 more days are not counted: the council is closed.")
}
