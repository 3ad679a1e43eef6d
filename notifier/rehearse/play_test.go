package rehearse_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/rehearse"
)

// outside is a world in which some messages fail, and an officer answers an hour
// after so many chases.
type outside struct {
	council *rehearse.Council
	fails   func(m notifier.Message) bool
	after   int
	chases  int
	handed  []string
}

func (o *outside) Handed(c *notifier.Case, m notifier.Message, now time.Time) (notifier.Result, []rehearse.Happening) {
	o.handed = append(o.handed, fmt.Sprintf("%s %s %s by %s", now.Format("Mon 2 Jan 15:04"), m.Kind, m.To, m.Channel))
	if o.fails != nil && o.fails(m) {
		return notifier.Result{Status: notifier.Failed, Reason: "it fails"}, nil
	}
	if m.Kind != notifier.Chase || o.after == 0 {
		return notifier.Result{Status: notifier.Sent}, nil
	}
	if o.chases++; o.chases != o.after {
		return notifier.Result{Status: notifier.Sent}, nil
	}
	reply := o.council.Reply(0, "answer", now.Add(time.Hour), events.Reply{By: m.To, Channel: events.ChannelCall})
	return notifier.Result{Status: notifier.Sent}, []rehearse.Happening{{At: reply.Time, Event: reply}}
}

func booksOf(book *notifier.Book) notifier.Books {
	return notifier.Books{Current: book, Versions: map[string]*notifier.Book{book.Version: book}}
}

// A family gets in touch at night before Christmas, and the officer answers an hour
// after the third chase.
func TestPlayOfOneCase(t *testing.T) {
	book := exampleBook(t)
	council := rehearse.Invent(book.Directory, 1, 1)
	council.Families[0].Contacts = []events.Contact{{ID: "c1", Name: "Sam Taylor", Mobile: "+447700900123"}}
	at := time.Date(2026, time.December, 15, 23, 10, 0, 0, time.UTC)
	opened := council.Openings(at.Add(-time.Hour))[0]
	asked := council.Enquiry(0, "q1", at, events.Enquiry{Enquiry: "q1", Channel: "web", From: "c1"})
	world := &outside{council: council, after: 3}
	end, err := rehearse.Play(booksOf(book), []rehearse.Happening{{At: opened.Time, Event: opened}, {At: asked.Time, Event: asked}},
		at.AddDate(0, 2, 0), world, nil)
	if err != nil {
		t.Fatal(err)
	}
	officer := council.Families[0].Officer
	team, _ := book.Directory.Team(council.Families[0].Team)
	want := []string{
		"Tue 15 Dec 23:10 acknowledgement c1 by sms",
		"Fri 18 Dec 09:00 chase " + officer + " by email",
		"Tue 22 Dec 17:00 chase " + officer + " by email",
		"Tue 22 Dec 17:00 chase " + team.Lead + " by email",
		"Tue 22 Dec 17:00 late c1 by sms",
	}
	if !slices.Equal(world.handed, want) {
		t.Errorf("handed over:\n%q\nwant\n%q", world.handed, want)
	}
	if len(end.Promises) != 0 || len(end.Messages) != 0 {
		t.Errorf("after the answer: %+v, %+v", end.Promises, end.Messages)
	}
}

// Whatever happens, time never goes back, the same inputs lead to the same end once
// more, and nothing is left that could have been done.
func TestPlayKeepsTime(t *testing.T) {
	book := exampleBook(t)
	books := booksOf(book)
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		council := rehearse.Invent(book.Directory, 12, seed)
		family := rapid.IntRange(0, 11).Draw(t, "family")
		from := noon().AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "day"))
		opened := council.Openings(from)[family]
		tape := []rehearse.Happening{{At: from, Event: opened}}
		for i := range rapid.IntRange(0, 6).Draw(t, "events") {
			at := from.Add(time.Duration(rapid.IntRange(0, 60*24*60).Draw(t, "minute")) * time.Minute)
			id := fmt.Sprintf("e%d", i)
			e := council.Enquiry(family, id, at, events.Enquiry{Channel: "phone", Urgent: rapid.Bool().Draw(t, "urgent")})
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				e = council.Reply(family, id, at, events.Reply{By: council.Families[family].Officer, Channel: events.ChannelCall})
			case 1:
				e = council.Postpone(family, id, at, events.Postponement{Until: at.AddDate(0, 0, 9).Format(time.DateOnly), Reason: "we wait for a report"})
			}
			tape = append(tape, rehearse.Happening{At: at.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "late")) * 24 * time.Hour), Event: e})
		}
		fails := rapid.SampledFrom([]string{"", notifier.SMS, notifier.Email}).Draw(t, "fails")
		world := &outside{council: council, after: rapid.IntRange(0, 9).Draw(t, "answers after"), fails: func(m notifier.Message) bool { return m.Channel == fails }}
		until := from.AddDate(0, 4, 0)
		var again notifier.Case
		last := time.Time{}
		end, err := rehearse.Play(books, tape, until, world, func(m rehearse.Move) {
			if m.At.Before(last) || m.At.After(until) {
				t.Fatalf("a decision at %s after one at %s", m.At, last)
			}
			last = m.At
			d := notifier.Decide(again, m.Input, books, m.At)
			if bytesOf(t, d) != bytesOf(t, m.Decision) {
				t.Fatalf("the same input was decided otherwise:\n%s\n%s", bytesOf(t, d), bytesOf(t, m.Decision))
			}
			again = d.Case
		})
		if err != nil {
			t.Fatal(err)
		}
		if next := end.Next(); !next.IsZero() && !next.After(until) {
			t.Fatalf("something was due at %s and not looked at by %s", next, until)
		}
		for _, m := range end.Messages {
			if look := notifier.LastLook(end, m.ID, book, until); look.Until.IsZero() {
				t.Fatalf("message %s could go by %s: %+v", m.ID, until, look)
			}
		}
	})
}

// BenchmarkPlay is a family that asks and is answered after the first chase.
func BenchmarkPlay(b *testing.B) {
	book := exampleBook(b)
	council := rehearse.Invent(book.Directory, 12, 1)
	family := 11
	at := noon()
	opened := council.Openings(at)[family]
	asked := council.Enquiry(family, "q", at.Add(time.Minute), events.Enquiry{Channel: "phone"})
	answered := council.Reply(family, "r", at.AddDate(0, 0, 6), events.Reply{By: council.Families[family].Officer, Channel: events.ChannelCall})
	tape := []rehearse.Happening{{At: opened.Time, Event: opened}, {At: asked.Time, Event: asked}, {At: answered.Time, Event: answered}}
	b.ReportAllocs()
	moves := 0
	for b.Loop() {
		moves = 0
		if _, err := rehearse.Play(booksOf(book), tape, at.AddDate(0, 1, 0), &outside{council: council}, func(rehearse.Move) { moves++ }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(moves), "decisions/op")
}
