package calendar_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"hearback/notifier/calendar"
)

func spoken() []string { return []string{"ar", "bn", "cy", "en", "pa", "pl", "ro", "uk", "ur"} }

func TestDatesInEachLanguage(t *testing.T) {
	monday := calendar.Date{Year: 2026, Month: time.November, Day: 30}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	five := monday.At(17, 0, london)
	for language, want := range map[string][3]string{
		"":           {"Monday 30 November 2026", "Mon 30 Nov", "5pm"},
		"en":         {"Monday 30 November 2026", "Mon 30 Nov", "5pm"},
		"EN-gb":      {"Monday 30 November 2026", "Mon 30 Nov", "5pm"},
		"cy":         {"dydd Llun 30 Tachwedd 2026", "Llun 30 Tach", "5yh"},
		"cy-GB":      {"dydd Llun 30 Tachwedd 2026", "Llun 30 Tach", "5yh"},
		"pl":         {"poniedziałek, 30 listopada 2026", "pon. 30 lis", "17:00"},
		"ro":         {"luni, 30 noiembrie 2026", "lun 30 nov", "17:00"},
		"uk":         {"понеділок, 30 листопада 2026 року", "пн 30.11", "17:00"},
		"ur":         {"پیر 30 نومبر 2026", "پیر 30 نومبر", "17:00"},
		"ar":         {"الاثنين 30 نوفمبر 2026", "الاثنين 30 نوفمبر", "17:00"},
		"pa":         {"ਸੋਮਵਾਰ 30 ਨਵੰਬਰ 2026", "ਸੋਮ 30 ਨਵੰ", "17:00"},
		"pa-Guru-GB": {"ਸੋਮਵਾਰ 30 ਨਵੰਬਰ 2026", "ਸੋਮ 30 ਨਵੰ", "17:00"},
		"pa-Arab":    {"30/11/2026", "30/11", "17:00"},
		"bn":         {"সোমবার 30 নভেম্বর 2026", "সোম 30 নভে", "17:00"},
		"so":         {"30/11/2026", "30/11", "17:00"},
		"-":          {"Monday 30 November 2026", "Mon 30 Nov", "5pm"},
	} {
		if got := [3]string{monday.WordsIn(language), monday.ShortIn(language), calendar.ClockIn(five, london, language)}; got != want {
			t.Errorf("%q: %q, want %q", language, got, want)
		}
		if want := !strings.Contains(want[0], "/"); calendar.Speaks(language) != want {
			t.Errorf("%q is spoken: %v", language, !want)
		}
	}
}

func TestTimesInWelsh(t *testing.T) {
	for clock, want := range map[string]string{"00:00": "12yb", "09:00": "9yb", "09:05": "9:05yb", "12:00": "hanner dydd", "12:30": "12:30yh", "16:30": "4:30yh", "23:59": "11:59yh"} {
		at, err := time.Parse("15:04", clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := calendar.ClockIn(at, time.UTC, "cy"); got != want {
			t.Errorf("%s is %q, want %q", clock, got, want)
		}
	}
}

// TestADateSaysTheSameInEveryLanguage: no day and no month is lost, doubled or mixed
// up with another, and figures are Western.
func TestADateSaysTheSameInEveryLanguage(t *testing.T) {
	for _, language := range spoken() {
		days, months := make(map[string]time.Weekday), make(map[string]time.Month)
		d := calendar.Date{Year: 2028, Month: time.January, Day: 1}
		for range 366 {
			words := strings.NewReplacer("dydd ", "", ",", "", " року", "").Replace(d.WordsIn(language))
			fields := strings.Fields(words)
			if len(fields) != 4 || fields[1] != d.String()[8:] && "0"+fields[1] != d.String()[8:] || fields[3] != "2028" {
				t.Fatalf("%s: %q", language, words)
			}
			if was, seen := days[fields[0]]; seen && was != d.Weekday() {
				t.Fatalf("%s: %s is %v and %v", language, fields[0], was, d.Weekday())
			}
			if was, seen := months[fields[2]]; seen && was != d.Month {
				t.Fatalf("%s: %s is %v and %v", language, fields[2], was, d.Month)
			}
			days[fields[0]], months[fields[2]] = d.Weekday(), d.Month
			d = d.AddDays(1)
		}
		if len(days) != 7 || len(months) != 12 {
			t.Errorf("%s: %d days, %d months", language, len(days), len(months))
		}
	}
}

func TestAnyLanguageTagGivesADate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		language := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8}){0,3}`), rapid.SampledFrom(spoken())).Draw(t, "language")
		d := calendar.Date{Year: rapid.IntRange(1, 9999).Draw(t, "year"), Month: time.Month(rapid.IntRange(1, 12).Draw(t, "month")), Day: 1}.AddDays(rapid.IntRange(0, 30).Draw(t, "day"))
		at := d.At(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"), time.UTC)
		for _, words := range []string{d.WordsIn(language), d.ShortIn(language), calendar.ClockIn(at, time.UTC, language)} {
			if words == "" || strings.TrimSpace(words) != words || strings.ContainsFunc(words, func(r rune) bool { return unicode.IsNumber(r) && (r < '0' || r > '9') }) {
				t.Fatalf("%q in %q", words, language)
			}
		}
	})
}
