package answer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/templates"
)

func anyDay(t *rapid.T, name string) calendar.Date {
	return calendar.Date{Year: 2026, Month: time.January, Day: 1}.AddDays(rapid.IntRange(0, 1500).Draw(t, name))
}

func anyOpen(t *rapid.T, least int) []string {
	return rapid.SliceOfNDistinct(rapid.StringMatching(`H-[0-9]{5}|[A-Za-z0-9_-]{1,64}`), least, 30, strings.ToLower).Draw(t, "open")
}

// somewhat draws texts that are nearly answers.
func somewhat(open []string) *rapid.Generator[string] {
	words := append([]string{"1", "2", "3", "next", "this", "week", "Friday", "tues", "27", "31st", "Nov", "29/2", "2026-11-27", "27/11/26", "tomorrow",
		"today", "on", "please", "?", "H-1", "2027", "may", "sun", "STOP", "£", "\u202e"}, open...)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(words), rapid.StringN(0, 6, 12)), 0, 6).Draw(t, "words"), " ")
	})
}

// sound holds what must be true of whatever Parse makes of any text.
func sound(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string, today calendar.Date, open []string) {
	t.Helper()
	got, err := Parse(text, today, open)
	if err == nil {
		until := got.Kind == Until
		if !slices.Contains(open, got.Case) || until == got.Until.IsZero() || got.Kind != Replied && got.Kind != NotMine && !until {
			t.Fatalf("%q is %+v", text, got)
		}
		if until && (got.Until.Compare(today) < 0 || got.Until.Compare(today.AddDays(maxAhead)) > 0) {
			t.Fatalf("%q on %v is until %v", text, today, got.Until)
		}
		if len(distinct(open)) > 1 && !strings.Contains(strings.ToLower(strings.Map(hyphens, text)), strings.ToLower(strings.Map(hyphens, got.Case))) {
			t.Fatalf("%q is taken for case %s, which it does not name", text, got.Case)
		}
		return
	}
	if question, is := errors.AsType[*Question](err); !is || got != (Answer{}) {
		t.Fatalf("%q is %+v, %v", text, got, question)
	}
	if s := templates.Measure(err.Error()); s.Parts != 1 || s.Encoding != templates.GSM7 {
		t.Fatalf("%q is asked back in %d parts of %s: %s", text, s.Parts, s.Encoding, err)
	}
	// A question that comes back is no answer: two machines do not talk for ever.
	if again, err := Parse(err.Error(), today, open); err == nil {
		t.Fatalf("the question comes back as %+v", again)
	}
}

func hyphens(r rune) rune {
	if r >= '\u2010' && r <= '\u2015' {
		return '-'
	}
	return r
}

func TestAnyTextIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		open := anyOpen(t, 0)
		sound(t, somewhat(open).Draw(t, "text"), anyDay(t, "today"), open)
	})
}

// Every day of the coming year can be named in every way that is offered, and is
// understood as that day.
func TestEveryDayCanBeNamed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := anyDay(t, "today")
		until := today.AddDays(rapid.IntRange(0, 364).Draw(t, "ahead"))
		ref := rapid.StringMatching(`H-[0-9]{5}`).Draw(t, "case")
		month := until.Month.String()
		for _, words := range []string{
			until.String(), until.Words(), until.Short(), fmt.Sprintf("%d/%d", until.Day, until.Month), fmt.Sprintf("%02d.%02d.%02d", until.Day, until.Month, until.Year%100),
			fmt.Sprintf("%d-%d-%d", until.Day, until.Month, until.Year), fmt.Sprintf("%s %dth", month, until.Day), fmt.Sprintf("%d%s", until.Day, strings.ToUpper(month[:3])),
		} {
			// A day that is past this year is asked unless the year is written.
			named := strings.Contains(words, fmt.Sprint(until.Year)) || strings.Count(words, ".") == 2
			got, err := Parse("2 "+words+" "+ref, today, []string{ref, "H-0"})
			switch {
			case err == nil && got == Answer{Kind: Until, Case: ref, Until: until}:
			case err != nil && !named && until.Year > today.Year:
			default:
				t.Fatalf("on %v %q is %+v, %v", today, words, got, err)
			}
		}
	})
}

// A day of the week is the next one, and is never taken for a day that is farther off.
func TestADayOfTheWeekIsTheNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := anyDay(t, "today")
		weekday := time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday"))
		got, err := Parse("2 "+weekday.String(), today, []string{"H-1"})
		if weekday == today.Weekday() {
			if err == nil {
				t.Fatalf("%v on %v is %v, and was not asked", weekday, today, got.Until)
			}
			return
		}
		if err != nil || got.Until.Weekday() != weekday || got.Until.Compare(today) <= 0 || got.Until.Compare(today.AddDays(6)) > 0 {
			t.Fatalf("%v on %v is %v, %v", weekday, today, got.Until, err)
		}
	})
}

// Whatever a question offers is an answer that is taken.
func TestWhatAQuestionOffersIsTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		today := anyDay(t, "today")
		open := rapid.SliceOfNDistinct(rapid.StringMatching(`H-[0-9]{5}`), 1, 9, rapid.ID).Draw(t, "open")
		_, err := Parse(rapid.SampledFrom([]string{"2", "2 next Friday", "2 31st", "2 " + today.Weekday().String(), "2 Friday", "1", "2 1/1/2020"}).Draw(t, "text"), today, open)
		if err == nil {
			return
		}
		_, offers, found := strings.Cut(strings.TrimSuffix(strings.ReplaceAll(err.Error(), "for example ", ""), "."), "Reply ")
		if !found {
			t.Fatalf("nothing is offered: %v", err)
		}
		offers, _, _ = strings.Cut(offers, ". ")
		for offer := range strings.SplitSeq(offers, " or ") {
			if _, err := Parse(offer, today, open); err != nil {
				t.Fatalf("%q is offered on %v and not taken: %v", offer, today, err)
			}
		}
	})
}

// FuzzParse reads any text: it never panics, and what it makes of it is sound.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"1", "2 Friday", "2 27/11", "3 H-10482", "2 next week Tuesday", "1️⃣", "2 ---", "2 /./", "H-1 2 31st", "2 99999999999999999999", "\xff\xfe"} {
		f.Add(text, 329, "H-10482 H-10519")
		f.Add(text, 0, "27 27")
	}
	f.Fuzz(func(t *testing.T, text string, days int, refs string) {
		var open []string
		for ref := range strings.FieldsSeq(refs) {
			if events.ValidCase(ref) {
				open = append(open, ref)
			}
		}
		today := calendar.Date{Year: 2026, Month: time.January, Day: 1}.AddDays(days % 3650)
		sound(t, text, today, open)
	})
}
