package calendar_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/notifier/calendar"
)

// easter is the date of Easter Sunday, by Butcher's computus.
func easter(year int) calendar.Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return calendar.Date{Year: year, Month: time.Month(n / 31), Day: n%31 + 1}
}

func nth(weekday time.Weekday, n int, year int, month time.Month) calendar.Date {
	d := calendar.Date{Year: year, Month: month, Day: 1}
	for d.Weekday() != weekday {
		d = d.AddDays(1)
	}
	return d.AddDays(7 * (n - 1))
}

func lastMonday(year int, month time.Month) calendar.Date {
	d := calendar.Date{Year: year, Month: month, Day: 1}.AddMonths(1).AddDays(-1)
	for d.Weekday() != time.Monday {
		d = d.AddDays(-1)
	}
	return d
}

// computed gives a division's holidays of a year by the rules of the Banking
// and Financial Dealings Act 1971 and its proclamations, one-off days apart.
func computed(division string, year int) map[calendar.Date]bool {
	days := make(map[calendar.Date]bool)
	fixed := func(month time.Month, day int) { // the next free weekday stands in for a weekend
		d := calendar.Date{Year: year, Month: month, Day: day}
		for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || days[d] {
			d = d.AddDays(1)
		}
		days[d] = true
	}
	fixed(time.January, 1)
	days[easter(year).AddDays(-2)] = true
	days[nth(time.Monday, 1, year, time.May)] = true
	days[lastMonday(year, time.May)] = true
	switch division {
	case "scotland":
		fixed(time.January, 2)
		days[nth(time.Monday, 1, year, time.August)] = true
		fixed(time.November, 30)
	case "northern-ireland":
		fixed(time.March, 17)
		fixed(time.July, 12)
		fallthrough
	default:
		days[easter(year).AddDays(1)] = true
		days[lastMonday(year, time.August)] = true
	}
	// Whichever of the two falls on a weekday keeps it.
	christmas, boxing := calendar.Date{Year: year, Month: time.December, Day: 25}, calendar.Date{Year: year, Month: time.December, Day: 26}
	if boxing.Weekday() == time.Monday {
		fixed(time.December, 26)
		fixed(time.December, 25)
	} else {
		fixed(time.December, christmas.Day)
		fixed(time.December, boxing.Day)
	}
	return days
}

// proclaimed are the one-off holidays, and those that were moved (left out).
func proclaimed(division string) (added, dropped []string) {
	added = []string{"2020-05-08", "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"}
	dropped = []string{"2020-05-04", "2022-05-30"}
	if division == "scotland" {
		added = append(added, "2026-06-15")
	}
	return added, dropped
}

func TestTableAgreesWithTheRules(t *testing.T) {
	for _, division := range []string{"england-and-wales", "scotland", "northern-ireland"} {
		holidays := bankHolidays(t, division)
		want := make(map[calendar.Date]bool)
		for year := holidays.First().Year; year <= holidays.Last().Year; year++ {
			maps.Copy(want, computed(division, year))
		}
		added, dropped := proclaimed(division)
		for _, day := range added {
			want[date(t, day)] = true
		}
		for _, day := range dropped {
			delete(want, date(t, day))
		}
		for d := holidays.First(); d.Compare(holidays.Last()) <= 0; d = d.AddDays(1) {
			if name, ok := holidays.On(d); ok != want[d] {
				t.Errorf("%s %s: the table says %t (%s), the rules say %t", division, d, ok, name, want[d])
			}
		}
	}
}

func TestTableCovers(t *testing.T) {
	holidays := bankHolidays(t, "england-and-wales")
	mustEqual(t, "first", holidays.First(), date(t, "2019-01-01"))
	mustEqual(t, "last", holidays.Last(), date(t, "2028-12-31"))
	mustEqual(t, "issued", holidays.Issued(), date(t, "2026-02-25"))
	name, ok := holidays.On(date(t, "2026-12-28"))
	mustEqual(t, "name", name, "Boxing Day")
	mustEqual(t, "ok", ok, true)
	if _, err := calendar.BankHolidays("england"); err == nil || !strings.Contains(err.Error(), "england-and-wales") {
		t.Errorf("BankHolidays(england): error %v, want one that names the divisions", err)
	}
}

func TestUnitedKingdomHoldsEveryNation(t *testing.T) {
	all := bankHolidays(t, "united-kingdom")
	england := bankHolidays(t, "england-and-wales")
	var extra []string
	for d := date(t, "2026-01-01"); d.Compare(date(t, "2028-12-31")) <= 0; d = d.AddDays(1) {
		_, inAll := all.On(d)
		_, inEngland := england.On(d)
		if inEngland && !inAll {
			t.Errorf("%s is a holiday in England and Wales but not in the United Kingdom", d)
		}
		if inAll && !inEngland {
			extra = append(extra, d.String())
		}
	}
	want := []string{
		"2026-01-02", "2026-03-17", "2026-06-15", "2026-07-13", "2026-08-03", "2026-11-30",
		"2027-01-04", "2027-03-17", "2027-07-12", "2027-08-02", "2027-11-30",
		"2028-01-04", "2028-03-17", "2028-07-12", "2028-08-07", "2028-11-30",
	}
	if !slices.Equal(extra, want) {
		t.Errorf("the other nations add\n     %v\nwant %v", extra, want)
	}
	name, _ := all.On(date(t, "2026-11-30"))
	mustEqual(t, "name", name, "St Andrew’s Day (Scotland)")
}

func TestWorkingDaysOfTheYear(t *testing.T) {
	c := council(t)
	for year, want := range map[string]int{"2026": 253, "2027": 253, "2028": 252} {
		last := date(t, year+"-12-31")
		mustEqual(t, year, c.WorkingDaysBetween(last.AddMonths(-12), last), want)
	}
}
