package notifier_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier"
)

// typical is a case with two contacts, a past of ten events and one promise open.
func typical(b *testing.B, books notifier.Books) (notifier.Case, time.Time) {
	now := clock(b, "2026-11-23 10:00")
	var c notifier.Case
	take := func(kind, data string) {
		e := happened(fmt.Sprintf("past%d", c.Input), kind, "H-10482", now, data)
		c = notifier.Decide(c, notifier.Input{Event: e, Sequence: c.Input + 1}, books, now).Case
	}
	take(events.TypeCaseOpened, `{"team":"north","officer":"o.jane","contacts":[`+
		`{"id":"c1","name":"Sam Taylor","relationship":"parent","mobile":"07700 900123","email":"sam@family.example","language":"en","prefers":["sms","email"]},`+
		`{"id":"c2","name":"Alex Reed","relationship":"parent","mobile":"07700 900124","email":"alex@family.example"}]}`)
	for i := range 4 {
		take(events.TypeEnquiryReceived, fmt.Sprintf(`{"enquiry":"past%d","channel":"email","from":"c1"}`, i))
		take(events.TypeReplySent, `{}`)
	}
	now = now.Add(24 * time.Hour)
	take(events.TypeEnquiryReceived, `{"enquiry":"open","channel":"phone","from":"c2"}`)
	c.Messages = nil
	return c, now.Add(time.Hour)
}

// BenchmarkDecideEnquiry is the whole decision on an enquiry: a promise, its
// dates in words and the family's acknowledgement.
func BenchmarkDecideEnquiry(b *testing.B) {
	c, now := typical(b, base())
	in := notifier.Input{Event: happened("new", events.TypeEnquiryReceived, "H-10482", now, `{"enquiry":"new","channel":"email","from":"c1","about":"a question"}`), Sequence: 100}
	b.ReportAllocs()
	for b.Loop() {
		if d := notifier.Decide(c, in, base(), now); len(d.Case.Messages) != 1 {
			b.Fatalf("%d messages", len(d.Case.Messages))
		}
	}
}

// BenchmarkDecideEnquiryStored adds reading the case and writing the entry, as the leader does.
func BenchmarkDecideEnquiryStored(b *testing.B) {
	c, now := typical(b, base())
	in := notifier.Input{Event: happened("new", events.TypeEnquiryReceived, "H-10482", now, `{"enquiry":"new","channel":"email","from":"c1","about":"a question"}`), Sequence: 100}
	stored := asJSON(b, c)
	b.ReportMetric(float64(len(stored)), "B/case")
	b.ReportAllocs()
	for b.Loop() {
		var read notifier.Case
		if err := json.Unmarshal(stored, &read); err != nil {
			b.Fatal(err)
		}
		d := notifier.Decide(read, in, base(), now)
		if _, err := json.Marshal(notifier.NewEntry(d, []notifier.Answered{in.Answer()}, base().Current.Version, 100, now)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecideDue is a look at a promise that has just become late: two chases and the family told.
func BenchmarkDecideDue(b *testing.B) {
	c, _ := typical(b, base())
	c = notifier.Decide(c, notifier.Input{Due: true}, base(), c.Next()).Case // the reminder
	c.Messages = nil
	now := c.Next()
	b.ReportAllocs()
	for b.Loop() {
		if d := notifier.Decide(c, notifier.Input{Due: true}, base(), now); len(d.Case.Messages) != 3 {
			b.Fatalf("%d messages", len(d.Case.Messages))
		}
	}
}

// BenchmarkDecideOldEnquiry is an enquiry that comes in years late: its ladder repeats up to now.
func BenchmarkDecideOldEnquiry(b *testing.B) {
	for _, year := range []int{2019, 1900} {
		b.Run(fmt.Sprint(year), func(b *testing.B) {
			c, now := typical(b, base())
			e := happened("new", events.TypeEnquiryReceived, "H-10482", time.Date(year, 2, 28, 9, 0, 0, 0, time.UTC), `{"enquiry":"new","channel":"email","from":"c1"}`)
			for b.Loop() {
				notifier.Decide(c, notifier.Input{Event: e, Sequence: 100}, base(), now)
			}
		})
	}
}

// BenchmarkDecideResult is the end of a message.
func BenchmarkDecideResult(b *testing.B) {
	c, now := typical(b, base())
	in := notifier.Input{Event: happened("new", events.TypeEnquiryReceived, "H-10482", now, `{"enquiry":"new","channel":"email","from":"c1"}`), Sequence: 100}
	c = notifier.Decide(c, in, base(), now).Case
	sent := notifier.Input{Result: &notifier.Result{Message: c.Messages[0].ID, Status: notifier.Sent, Provider: "accepted", At: now}}
	b.ReportAllocs()
	for b.Loop() {
		notifier.Decide(c, sent, base(), now)
	}
}
