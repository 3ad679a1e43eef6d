package rules_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
)

// The timeline over Christmas, as a manager reads it.
func TestTimelineIsTold(t *testing.T) {
	const golden = "testdata/timeline.txt"
	book, _ := rules.Load(good(t, "leave").FS())
	at := calendar.Date{Year: 2026, Month: time.December, Day: 21}.At(10, 0, book.Calendar.Location)
	var out strings.Builder
	for _, timeline := range rules.Timelines(book, at) {
		fmt.Fprintf(&out, "%s, due %s\n", timeline.Promise, timeline.DueDate)
		for _, m := range timeline.Moments {
			fmt.Fprintf(&out, "  %s %-6s %s %s\n", m.At.In(book.Calendar.Location).Format("2006-01-02 15:04"), m.Kind, m.Said, m.Message)
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", out.String(), want)
	}
}

// A timeline holds what the core would fire, on any day: each rung of the ladder at
// its instant, in order, and nothing while contact hours are closed but what may go
// at any hour.
func TestTimelineIsTheLadder(t *testing.T) {
	var books []*notifier.Book
	for _, name := range goodBooks {
		book, _ := rules.Load(good(t, name).FS())
		books = append(books, book)
	}
	rapid.Check(t, func(t *rapid.T) {
		book := rapid.SampledFrom(books).Draw(t, "book")
		day := proved.AddDays(rapid.IntRange(0, 400).Draw(t, "day"))
		at := day.At(rapid.IntRange(0, 23).Draw(t, "hour"), 30, book.Calendar.Location)
		for _, timeline := range rules.Timelines(book, at) {
			rule, _ := book.Rule(timeline.Promise)
			p := notifier.Promise{Opened: at, Due: timeline.Due, DueDate: timeline.DueDate}
			for _, r := range notifier.Ladder(rule, p, book.Calendar) {
				chased := false
				for _, m := range timeline.Moments {
					chased = chased || m.At.Equal(r.First) && m.Kind == rules.MomentChased
				}
				if onlyFamily := len(r.Step.Chase) == 1 && r.Step.Chase[0] == notifier.Family; !chased && !onlyFamily {
					t.Fatalf("%s opened at %s: the rung %s at %s is not told", rule.Name, at, r.Step, r.First)
				}
			}
			last := time.Time{}
			for _, m := range timeline.Moments {
				if m.At.Before(last) {
					t.Fatalf("%s stands after %s", m.At, last)
				}
				last = m.At
				if m.Kind == rules.MomentTold && !m.At.Equal(at) && !book.Calendar.Open(book.ContactHours, m.At) {
					t.Fatalf("the family is told at %s, outside contact hours", m.At)
				}
				if m.Said == "" || strings.Contains(m.Said, "  ") {
					t.Fatalf("said: %q", m.Said)
				}
			}
		}
	})
}
