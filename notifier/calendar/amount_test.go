package calendar_test

import (
	"strings"
	"testing"
	"time"

	"hearback/notifier/calendar"
	"pgregory.net/rapid"
)

func TestParseAmount(t *testing.T) {
	for text, want := range map[string]calendar.Amount{
		"5 working days":     {N: 5, Unit: calendar.WorkingDays},
		"1 working day":      {N: 1, Unit: calendar.WorkingDays},
		"8 working hours":    {N: 8, Unit: calendar.WorkingHours},
		"1 month":            {N: 1, Unit: calendar.Months},
		"20 weeks":           {N: 20, Unit: calendar.Weeks},
		"30 days":            {N: 30, Unit: calendar.Days},
		"24 hours":           {N: 24, Unit: calendar.ElapsedHours},
		"90 minutes":         {N: 90, Unit: calendar.Minutes},
		"10000 seconds":      {N: 10000, Unit: calendar.Seconds},
		"  5  working  days": {N: 5, Unit: calendar.WorkingDays},
	} {
		mustEqual(t, text, amount(t, text), want)
	}
}

func TestParseAmountRefuses(t *testing.T) {
	for text, remedy := range map[string]string{
		"":                                "such as \"5 working days\"",
		"5":                               "such as \"5 working days\"",
		"days":                            "such as \"5 working days\"",
		"five days":                       "such as \"5 working days\"",
		"5 wokring days":                  "working hours or working days",
		"5 workings days":                 "working hours or working days",
		"5 dayss":                         "such as \"5 working days\"",
		"+5 days":                         "such as \"5 working days\"",
		"1.5 days":                        "such as \"5 working days\"",
		"-1 days":                         "such as \"5 working days\"",
		"0 days":                          "from 1 to 10000",
		"10001 days":                      "from 1 to 10000",
		"99999999999999999999999999 days": "from 1 to 10000",
	} {
		_, err := calendar.ParseAmount(text)
		if err == nil || !strings.Contains(err.Error(), remedy) {
			t.Errorf("ParseAmount(%q): error %v, want one that says %q", text, err, remedy)
		}
	}
}

func TestParseDue(t *testing.T) {
	mustEqual(t, "amount", due(t, "20 weeks").Amount, calendar.Amount{N: 20, Unit: calendar.Weeks})
	before := due(t, "before 15 February")
	if before.Before == nil || *before.Before != (calendar.MonthDay{Month: time.February, Day: 15}) {
		t.Errorf("before 15 February is %+v", before)
	}
	for _, text := range []string{"before 15 February", "15 days beginning with the day", "1 working day before", "5 months before",
		"2 months or 1 month from issued_on, whichever is later", "12 weeks or 8 weeks beginning with the day, whichever is earlier"} {
		mustEqual(t, "words", due(t, text).String(), text)
	}
	for text, remedy := range map[string]string{
		"before":                                       "before 15 February",
		"before 29 February":                           "before 1 March",
		"before 31 June":                               "before 15 February",
		"before 15 Smarch":                             "before 15 February",
		"by 15 February":                               "before 15 February",
		"before 5 days":                                "before 15 February",
		"5 hours before":                               "such as \"15 days before\"",
		"5 minutes beginning with the day":             "15 days beginning with the day",
		"15 days begining with the day":                "15 days beginning with the day",
		"2 months or 1 month":                          "whichever is later",
		"2 months or 1 month, whichever is best":       "whichever is later",
		"2 months or 1 month from, whichever is later": "whole number",
		"2 months or 1 month from a date, whichever is later": "certificate_on",
		"2 weeks before or 1 month, whichever is later":       "counted forward",
		"5 working days or 1 month, whichever is later":       "days, weeks or months",
	} {
		_, err := calendar.ParseDue(text)
		if err == nil || !strings.Contains(err.Error(), remedy) {
			t.Errorf("ParseDue(%q): error %v, want one that says %q", text, err, remedy)
		}
	}
}

func TestAmountsGiveTheirWordsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := calendar.Amount{
			N:    rapid.IntRange(1, calendar.MaxAmount).Draw(t, "n"),
			Unit: calendar.Unit(rapid.IntRange(int(calendar.Seconds), int(calendar.WorkingDays)).Draw(t, "unit")),
		}
		text, err := a.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back calendar.Amount
		if err := back.UnmarshalText(text); err != nil || back != a {
			t.Fatalf("%q read back is %v, %v", text, back, err)
		}
	})
}

func TestAmountsThatAreNoneAreNotWritten(t *testing.T) {
	for _, a := range []calendar.Amount{{}, {N: 5}, {N: -1, Unit: calendar.Days}, {N: 1, Unit: 99}} {
		if text, err := a.MarshalText(); err == nil {
			t.Errorf("%+v was written as %q", a, text)
		}
	}
}

func FuzzParseAmount(f *testing.F) {
	for _, seed := range []string{"5 working days", "1 month", "24 hours", "0 days", "10001 weeks", "5 working", "５ days", "5\u00a0days", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := calendar.ParseAmount(text)
		if err != nil {
			return
		}
		if a.N < 1 || a.N > calendar.MaxAmount {
			t.Fatalf("ParseAmount(%q) = %+v, out of range", text, a)
		}
		if back, err := calendar.ParseAmount(a.String()); err != nil || back != a {
			t.Fatalf("ParseAmount(%q) = %v, and its words read back as %v, %v", text, a, back, err)
		}
	})
}

func FuzzParseDue(f *testing.F) {
	for _, seed := range []string{"5 working days", "before 15 February", "before 29 February", "before 31 april", "before before 1 May", "before 0 May",
		"15 days beginning with the day", "5 months before", "3 working days before", "5 hours before", "before", " before",
		"2 months or 1 month from issued_on, whichever is later", "12 weeks or 8 weeks, whichever is earlier", "1 day or 2 days", "1 week before or 2 weeks from x, whichever is later"} {
		f.Add(seed)
	}
	c := council(f)
	start := london(f, "2026-11-23 09:00")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := calendar.ParseDue(text)
		if err != nil {
			return
		}
		written, err := d.MarshalText()
		if err != nil {
			t.Fatalf("ParseDue(%q) = %v, which cannot be written: %v", text, d, err)
		}
		var back calendar.Due
		if err := back.UnmarshalText(written); err != nil || back.String() != d.String() {
			t.Fatalf("ParseDue(%q) = %v, and its words read back as %v, %v", text, d, back, err)
		}
		for _, statutory := range []bool{false, true} {
			got, err := c.Deadline(start, d, statutory)
			if err == nil && got.At.Before(start) {
				t.Fatalf("%q falls due at %s, before its start", text, got.At)
			}
			if err == nil && (len(got.Working) < 2 || len(got.Working) > 12) {
				t.Fatalf("%q has the working %q", text, got.Working)
			}
		}
	})
}
