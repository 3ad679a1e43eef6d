package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"hearback/notifier/calendar"
	"pgregory.net/rapid"
)

func TestDateOfTakesTheLocalDay(t *testing.T) {
	// In summer 23:30 UTC is half past midnight in London.
	at := time.Date(2026, time.July, 1, 23, 30, 0, 0, time.UTC)
	mustEqual(t, "date in London", calendar.DateOf(at, zone(t, "Europe/London")), date(t, "2026-07-02"))
	mustEqual(t, "date in UTC", calendar.DateOf(at, time.UTC), date(t, "2026-07-01"))
}

func TestAtOnClockChanges(t *testing.T) {
	for _, test := range []struct {
		zone, date   string
		hour, minute int
		want         string
	}{
		{"Europe/London", "2026-11-30", 17, 0, "2026-11-30T17:00:00Z"},
		{"Europe/London", "2026-07-01", 9, 0, "2026-07-01T09:00:00+01:00"},
		{"Europe/London", "2027-03-28", 1, 30, "2027-03-28T02:30:00+01:00"},       // skipped: forward
		{"Europe/London", "2026-10-25", 1, 30, "2026-10-25T01:30:00Z"},            // twice: the second
		{"Europe/London", "2026-12-31", 24, 0, "2027-01-01T00:00:00Z"},            // the end of the day
		{"America/New_York", "2027-03-14", 2, 30, "2027-03-14T03:30:00-04:00"},    // west of Greenwich: forward too
		{"Africa/Cairo", "2026-04-24", 0, 0, "2026-04-24T01:00:00+03:00"},         // a day without a midnight
		{"Australia/Lord_Howe", "2026-10-04", 2, 10, "2026-10-04T02:40:00+11:00"}, // a change of half an hour
	} {
		got := date(t, test.date).At(test.hour, test.minute, zone(t, test.zone))
		mustEqual(t, test.zone+" "+test.date, got.Format(time.RFC3339), test.want)
	}
}

func TestAddMonths(t *testing.T) {
	for _, test := range []struct {
		from   string
		months int
		want   string
	}{
		{"2027-01-31", 1, "2027-02-28"},
		{"2028-01-31", 1, "2028-02-29"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2026-11-23", 1, "2026-12-23"},
		{"2026-12-31", 2, "2027-02-28"},
		{"2027-03-31", -1, "2027-02-28"},
		{"2027-01-15", -2, "2026-11-15"},
	} {
		mustEqual(t, test.from, date(t, test.from).AddMonths(test.months), date(t, test.want))
	}
}

func TestDateInWords(t *testing.T) {
	d := date(t, "2026-11-30")
	mustEqual(t, "Words", d.Words(), "Monday 30 November 2026")
	mustEqual(t, "Short", d.Short(), "Mon 30 Nov")
	mustEqual(t, "String", d.String(), "2026-11-30")
	mustEqual(t, "zero", calendar.Date{}.String(), "")
}

func TestClock(t *testing.T) {
	loc := zone(t, "Europe/London")
	for at, want := range map[string]string{
		"00:00": "12am", "00:05": "12:05am", "09:00": "9am", "11:59": "11:59am", "12:00": "midday",
		"12:01": "12:01pm", "16:30": "4:30pm", "17:00": "5pm", "23:59": "11:59pm",
	} {
		mustEqual(t, at, calendar.Clock(london(t, "2026-07-01 "+at), loc), want)
	}
}

func TestDateAsJSON(t *testing.T) {
	encoded, err := json.Marshal(map[string]calendar.Date{"due_date": date(t, "2026-11-30"), "none": {}})
	if err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "JSON", string(encoded), `{"due_date":"2026-11-30","none":""}`)
	var back map[string]calendar.Date
	if err := json.Unmarshal(encoded, &back); err != nil {
		t.Fatal(err)
	}
	mustEqual(t, "read back", back["due_date"], date(t, "2026-11-30"))
	mustEqual(t, "none read back", back["none"], calendar.Date{})
	if _, err := json.Marshal(calendar.Date{Year: 2027, Month: time.February, Day: 29}); err == nil {
		t.Error("a date that does not exist was written")
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, text := range []string{"", "2027-02-29", "2027-2-1", "01/02/2027", "2027-02-01T00:00:00Z", "0000-01-01", " 2027-02-01"} {
		if d, err := calendar.ParseDate(text); err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", text, d)
		}
	}
}

func TestDatesAreConsistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate().Draw(t, "date")
		n := rapid.IntRange(-2000, 2000).Draw(t, "days")
		later := d.AddDays(n)
		if back := later.AddDays(-n); back != d {
			t.Fatalf("%s and %d days and back is %s", d, n, back)
		}
		if sign := max(-1, min(1, n)); later.Compare(d) != sign {
			t.Fatalf("%s compared with %s is %d, want %d", later, d, later.Compare(d), sign)
		}
		if got := calendar.DateOf(d.At(12, 0, time.UTC), time.UTC); got != d {
			t.Fatalf("midday on %s falls on %s", d, got)
		}
		read, err := calendar.ParseDate(d.String())
		if err != nil || read != d {
			t.Fatalf("%s read back is %s, %v", d, read, err)
		}
		months := rapid.IntRange(-24, 24).Draw(t, "months")
		moved := d.AddMonths(months)
		wanted := (d.Year*12 + int(d.Month) - 1) + months
		if got := moved.Year*12 + int(moved.Month) - 1; got != wanted || moved.Day > d.Day {
			t.Fatalf("%s and %d months is %s", d, months, moved)
		}
		if moved.Day < d.Day && moved.AddDays(1).Day != 1 {
			t.Fatalf("%s and %d months is %s, which is not the last day of its month", d, months, moved)
		}
	})
}

func TestAtNeverComesEarly(t *testing.T) {
	zones := []*time.Location{zone(t, "Europe/London"), zone(t, "America/New_York"), zone(t, "Australia/Lord_Howe"), zone(t, "Africa/Cairo")}
	rapid.Check(t, func(t *rapid.T) {
		loc := rapid.SampledFrom(zones).Draw(t, "zone")
		d := anyDate().Draw(t, "date")
		minute := rapid.IntRange(0, 24*60-1).Draw(t, "minute")
		at := d.At(0, minute, loc)
		shown := at.Hour()*60 + at.Minute()
		if calendar.DateOf(at, loc) != d || shown < minute {
			t.Fatalf("minute %d of %s in %s is %s", minute, d, loc, at)
		}
		if shown != minute && shown-minute > 60 {
			t.Fatalf("minute %d of %s in %s is %s, more than an hour off", minute, d, loc, at)
		}
	})
}

func TestElapsed(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "less than a minute", 0: "less than a minute", 59 * time.Second: "less than a minute",
		time.Minute: "1 minute", 59 * time.Minute: "59 minutes", time.Hour: "1 hour", 47 * time.Hour: "47 hours",
		48 * time.Hour: "2 days", 30 * 24 * time.Hour: "30 days",
	} {
		if got := calendar.Elapsed(d); got != want {
			t.Errorf("%v is %q, not %q", d, got, want)
		}
	}
}
