package rehearse_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse"
)

// play decides every event of a past, as the pipeline would at now. Between the
// stages nothing is handed over, which changes no promise.
func play(t rapid.TB, book *notifier.Book, past rehearse.Past, now time.Time) map[string]notifier.Decision {
	t.Helper()
	books := notifier.Books{Current: book, Versions: map[string]*notifier.Book{book.Version: book}}
	last := map[string]notifier.Decision{}
	ended := map[string][]notifier.Promise{}
	for _, stage := range past.Stages {
		for _, e := range stage {
			if err := e.Check(now); err != nil {
				t.Fatalf("event %s: %v", e.ID, err)
			}
			if !e.Time.Before(now) {
				t.Fatalf("event %s lies at %s, which is not before %s", e.ID, e.Time, now)
			}
			decision := notifier.Decide(last[e.Case].Case, notifier.Input{Event: &e}, books, now)
			ended[e.Case] = append(ended[e.Case], decision.Ended...)
			decision.Ended = ended[e.Case]
			last[e.Case] = decision
		}
	}
	return last
}

// chasedRoles are the rungs that unsettled chases of a case have reached.
func chasedRoles(c notifier.Case) []string {
	var chased []string
	for _, m := range c.Messages {
		if m.Kind == notifier.Chase {
			chased = append(chased, m.Role)
		}
	}
	return chased
}

func told(c notifier.Case, kind notifier.Kind) (contacts []string) {
	for _, m := range c.Messages {
		if m.Kind == kind {
			contacts = append(contacts, m.To)
		}
	}
	return contacts
}

// TestPastShowsEveryState plays pasts that end at any time of a year.
func TestPastShowsEveryState(t *testing.T) {
	book := exampleBook(t)
	first := time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		now := first.AddDate(0, 0, rapid.IntRange(0, 365).Draw(t, "day")).Add(time.Duration(rapid.IntRange(0, 24*60).Draw(t, "minute")) * time.Minute)
		council := rehearse.Invent(book.Directory, rapid.IntRange(40, 70).Draw(t, "families"), rapid.Uint64().Draw(t, "seed"))
		showsEveryState(t, book, council, now)
	})
}

// TestPastAtOddTimes plays pasts that end on a night, at a weekend, at Easter,
// about the days when the clocks change and in the closure over Christmas.
func TestPastAtOddTimes(t *testing.T) {
	book := exampleBook(t)
	council := rehearse.Invent(book.Directory, 50, 9)
	for _, from := range []calendar.Date{date(2026, 10, 23), date(2026, 12, 18), date(2026, 12, 23), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 24), date(2027, 3, 27)} {
		start := from.At(0, 0, london())
		for hours := 0; hours < 5*24; hours += 11 {
			showsEveryState(t, book, council, start.Add(time.Duration(hours)*time.Hour+7*time.Minute))
		}
	}
}

// showsEveryState plays a past and looks for its states.
func showsEveryState(t rapid.TB, book *notifier.Book, council *rehearse.Council, now time.Time) {
	t.Helper()
	past := council.Past(book, now)
	cases := play(t, book, past, now)
	of := func(state rehearse.State) notifier.Decision {
		d, ok := cases[past.Shown[state]]
		if !ok {
			t.Fatalf("no family is %s", state)
		}
		return d
	}
	expect := func(state rehearse.State, holds bool) {
		if !holds {
			t.Errorf("at %s, %s is not %s: %+v", now, past.Shown[state], state, of(state).Case)
		}
	}
	today := calendar.DateOf(now, book.Calendar.Location)

	c := of(rehearse.JustAcknowledged).Case
	expect(rehearse.JustAcknowledged, len(c.Promises) == 1 && !c.Promises[0].Late && len(told(c, notifier.Acknowledgement)) > 0 && now.Sub(c.Promises[0].Opened) < time.Hour)

	c = of(rehearse.DueSoon).Case
	expect(rehearse.DueSoon, len(c.Promises) == 1 && !c.Promises[0].Late && c.Promises[0].Due.After(now) &&
		book.Calendar.WorkingDaysBetween(today, c.Promises[0].DueDate) <= 2)

	c = of(rehearse.Escalated).Case
	roles := chasedRoles(c)
	expect(rehearse.Escalated, len(c.Promises) == 1 && c.Promises[0].Late &&
		slices.Contains(roles, notifier.Manager) && slices.Contains(roles, notifier.HeadOfService))

	c = of(rehearse.Unreachable).Case
	expect(rehearse.Unreachable, len(c.Promises) == 1 && len(c.Tasks) > 0 && len(told(c, notifier.Acknowledgement)) == 0)

	d := of(rehearse.Answered)
	expect(rehearse.Answered, len(d.Case.Promises) == 0 && len(d.Ended) == 1 && d.Ended[0].Ended.Kept && !d.Ended[0].Late)

	d = of(rehearse.AnsweredLate)
	expect(rehearse.AnsweredLate, len(d.Case.Promises) == 0 && len(d.Ended) == 1 && d.Ended[0].Ended.Kept && d.Ended[0].Late)

	c = of(rehearse.Postponed).Case
	expect(rehearse.Postponed, len(c.Promises) == 1 && c.Promises[0].Postponed != nil && !c.Promises[0].Late && c.Promises[0].Due.After(now))

	c = of(rehearse.Urgent).Case
	expect(rehearse.Urgent, len(c.Promises) == 1 && c.Promises[0].Urgent && c.Promises[0].Rule == "urgent-reply")

	c = of(rehearse.TwoEnquiries).Case
	expect(rehearse.TwoEnquiries, len(c.Promises) == 2)

	c = of(rehearse.DoNotContact).Case
	expect(rehearse.DoNotContact, len(c.Promises) == 1 && slices.Contains(c.Contacts[0].DoNot, events.EveryChannel) &&
		slices.Equal(told(c, notifier.Acknowledgement), []string{"c2"}))

	c = of(rehearse.Language).Case
	expect(rehearse.Language, len(c.Promises) == 1 && c.Contacts[0].Language == "pl" && len(told(c, notifier.Acknowledgement)) == 1)
}

func TestPastOfADemonstration(t *testing.T) {
	book := exampleBook(t)
	for _, seed := range []uint64{1, 2, 3} {
		past := rehearse.Invent(book.Directory, 300, seed).Past(book, noon())
		open, late, quiet := 0, 0, 0
		cases := play(t, book, past, noon())
		for _, d := range cases {
			open += len(d.Case.Promises)
			for _, p := range d.Case.Promises {
				if p.Late {
					late++
				}
			}
			if len(d.Case.Promises) == 0 {
				quiet++
			}
		}
		if len(cases) != 300 || quiet < 200 {
			t.Errorf("seed %d: %d of %d families have nothing open, want most", seed, quiet, len(cases))
		}
		if open < 40 || open > 60 {
			t.Errorf("seed %d: %d promises are open, want 40 to 60", seed, open)
		}
		if share := float64(late) / float64(open); share < 0.20 || share > 0.30 {
			t.Errorf("seed %d: %d of %d open promises are late, want about a quarter", seed, late, open)
		}
	}
}

// TestPastOfFewFamilies: a demonstration with hardly any families still works.
func TestPastOfFewFamilies(t *testing.T) {
	book := exampleBook(t)
	for families := range 8 {
		past := rehearse.Invent(book.Directory, families, 5).Past(book, noon())
		if cases := play(t, book, past, noon()); len(cases) != families {
			t.Errorf("%d families have a case, want %d", len(cases), families)
		}
		if families > 0 && past.Shown[rehearse.JustAcknowledged] == "" {
			t.Errorf("with %d families nobody was just acknowledged", families)
		}
	}
}

// TestPastUnderOtherBooks: a book whose promises are never late or soon, or that
// promises nothing, still gives a past.
func TestPastUnderOtherBooks(t *testing.T) {
	for name, change := range map[string]func(*notifier.Book){
		"seconds": func(b *notifier.Book) {
			b.Rules[0].Due = calendar.Due{Amount: calendar.Amount{N: 3, Unit: calendar.Seconds}}
		},
		"weeks": func(b *notifier.Book) {
			b.Rules[0].Due = calendar.Due{Amount: calendar.Amount{N: 60, Unit: calendar.Weeks}}
		},
		"nothing": func(b *notifier.Book) { b.Rules = nil },
	} {
		t.Run(name, func(t *testing.T) {
			book := exampleBook(t)
			change(book)
			past := rehearse.Invent(book.Directory, 50, 5).Past(book, noon())
			if cases := play(t, book, past, noon()); len(cases) != 50 {
				t.Errorf("%d families have a case, want 50", len(cases))
			}
		})
	}
}
