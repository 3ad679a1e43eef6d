package rehearse_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse"
)

func date(year int, month time.Month, day int) calendar.Date {
	return calendar.Date{Year: year, Month: month, Day: day}
}

func london() *time.Location {
	location, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // the zone data is built in
	}
	return location
}

func TestDayOfALargeCouncil(t *testing.T) {
	council := rehearse.Invent(exampleBook(t).Directory, 15000, 1)
	day := council.Day(date(2026, 11, 24), london(), rehearse.LargeCouncil())
	if len(day) != 8000 {
		t.Fatalf("%d events, want 8,000", len(day))
	}
	batch, work := 0, 0
	types := map[string]int{}
	ids := map[string]bool{}
	known := map[string]bool{}
	for _, f := range council.Families {
		known[f.Ref] = true
	}
	for i, told := range day {
		if err := told.Check(told.Time); err != nil {
			t.Fatal(err)
		}
		if !known[told.Case] || ids[told.ID] {
			t.Fatalf("event %s: an unknown case, or an id that came before", told.ID)
		}
		ids[told.ID] = true
		if i > 0 && told.At < day[i-1].At {
			t.Fatalf("event %s comes before the one that it follows", told.ID)
		}
		switch {
		case told.At >= 6*time.Hour && told.At < 6*time.Hour+10*time.Minute:
			batch++
		case told.At >= 8*time.Hour && told.At <= 18*time.Hour:
			work++
		default:
			t.Fatalf("event %s is told at %s", told.ID, told.At)
		}
		types[told.Type]++
	}
	if batch != 5000 || work != 3000 {
		t.Errorf("%d events at 06:00 and %d over the day, want 5,000 and 3,000", batch, work)
	}
	for _, bound := range []struct {
		eventType   string
		least, most int
	}{
		{events.TypeEnquiryReceived, 1200, 1700}, {events.TypeReplySent, 600, 900}, {events.TypeCaseChanged, 1900, 2300},
		{events.TypeContactChanged, 900, 1300}, {events.TypeOfficerChanged, 300, 550}, {events.TypeCaseClosed, 30, 110},
	} {
		if n := types[bound.eventType]; n < bound.least || n > bound.most {
			t.Errorf("%d events %s, want %d to %d", n, bound.eventType, bound.least, bound.most)
		}
	}
}

func TestDayKeepsItsClock(t *testing.T) {
	book := exampleBook(t)
	rapid.Check(t, func(t *rapid.T) {
		council := rehearse.Invent(book.Directory, rapid.IntRange(1, 30).Draw(t, "families"), rapid.Uint64().Draw(t, "seed"))
		// The two days on which the clocks change are among them.
		day := rapid.SampledFrom([]calendar.Date{date(2026, 10, 25), date(2027, 3, 28), date(2026, 11, 24), date(2028, 2, 29)}).Draw(t, "date")
		plan := rehearse.Plan{Events: rapid.IntRange(0, 60).Draw(t, "events"), From: 8 * time.Hour, To: 18 * time.Hour,
			Batch: rapid.IntRange(0, 60).Draw(t, "batch"), BatchAt: 6 * time.Hour, BatchTime: 10 * time.Minute}
		told := council.Day(day, london(), plan)
		if len(told) != plan.Events+plan.Batch {
			t.Fatalf("%d events, want %d", len(told), plan.Events+plan.Batch)
		}
		asked := map[string]bool{}
		for _, one := range told {
			shown := one.Time.In(london())
			if calendar.DateOf(shown, london()) != day || shown.Hour() < 6 || shown.Hour() > 18 {
				t.Fatalf("event %s is told at %s on %s", one.ID, shown, day)
			}
			if !day.At(0, 0, london()).Add(one.At).Equal(one.Time) {
				t.Fatalf("event %s: At does not lead to its time", one.ID)
			}
			switch one.Type {
			case events.TypeEnquiryReceived:
				asked[one.Case+one.ID] = true
			case events.TypeReplySent:
				reply, err := events.DataOf[events.Reply](one.Event)
				if err != nil || reply.Enquiry != "" && !asked[one.Case+reply.Enquiry] {
					t.Fatalf("event %s answers an enquiry that this family has not made (%v)", one.ID, err)
				}
			case events.TypeContactChanged:
				changed, err := events.DataOf[events.ContactChange](one.Event)
				if err != nil {
					t.Fatal(err)
				}
				if err := onlyMadeUp(events.Contact(changed)); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
