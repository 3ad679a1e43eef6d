package notifier_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier"
)

// lives draws what happens in the life of a case, and holds every decision and
// every last look to the invariants.
func (w *world) lives(t *rapid.T, atMost int) {
	w.t = t
	for range rapid.IntRange(1, atMost).Draw(t, "what happens") {
		switch rapid.IntRange(0, 7).Draw(t, "next") {
		case 0, 1, 2:
			w.takes(drawEvent(t, w.now))
		case 3:
			w.now = w.now.Add(time.Duration(rapid.IntRange(1, 3*24*60).Draw(t, "minutes pass")) * time.Minute)
		case 4:
			w.due(time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "minutes late")) * time.Minute)
		case 5:
			w.sent()
		default:
			if len(w.c.Messages) > 0 {
				m := rapid.SampledFrom(w.c.Messages).Draw(t, "message")
				w.hand(m, rapid.Bool().Draw(t, "accepted"), rapid.Bool().Draw(t, "unusable"))
			}
		}
	}
}

// Whatever happens, in whatever order and at whatever hour, nothing goes to the
// wrong person, says the wrong thing or vanishes.
func TestAnyLifeOfACaseKeepsTheInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { newWorld(t).lives(t, 25) })
}

// A promise that nobody keeps is pursued for ever: of any three looks at it at
// least one leads to a message or leaves a task for a person.
func TestEveryOpenPromiseIsPursuedUntilSomebodyReplies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.lives(t, 8)
		if w.stopped {
			return
		}
		w.takes(events.TypeEnquiryReceived, events.Enquiry{Enquiry: "last", From: "c1"})
		quiet := map[string]int{}
		for range 12 {
			w.sent()
			at := w.c.Next()
			if at.IsZero() {
				t.Fatalf("promises are open and nothing is planned")
			}
			before := w.c
			d := w.due(0)
			for _, p := range before.Promises {
				if p.Next.After(w.now) {
					continue
				}
				if pursued(before, d, p.Key()) {
					quiet[p.Key()] = 0
					continue
				}
				if quiet[p.Key()]++; quiet[p.Key()] > 2 {
					t.Fatalf("promise %s was looked at three times and nobody was told; it stands at %+v", p.Key(), p)
				}
			}
		}
		for _, p := range w.c.Promises {
			if rule, _ := w.books.Version(p.Book).Rule(p.Rule); !p.Late && !rule.FamilyTime && p.Done.After(p.Due) {
				t.Fatalf("promise %s is past its date and not late", p.Key())
			}
		}
		// What ends each, adviser by adviser, ends it at once, and all that was still to be said with it.
		for _, p := range w.c.Promises {
			if p.Rule == "advice" {
				w.takes(events.TypeAdviceReceived, map[string]string{"adviser": p.Enquiry, "enquiry": p.Enquiry})
			}
		}
		w.takes(events.TypeReplySent, events.Reply{})
		left := slices.DeleteFunc(slices.Clone(w.c.Messages), func(m notifier.Message) bool { return m.Kind == notifier.News }) // news is about no promise
		if len(w.c.Promises) > 0 || len(left) > 0 {
			t.Fatalf("a reply to everything leaves %d promises and the messages %+v", len(w.c.Promises), left)
		}
	})
}

// pursued: a look led to a message about the promise, or somebody has a task to see to it.
func pursued(before notifier.Case, d notifier.Decision, key string) bool {
	speaks := func(m notifier.Message) bool { return m.Promise == key || slices.Contains(m.Also, key) }
	return slices.ContainsFunc(fresh(before, d), speaks) || slices.ContainsFunc(d.Case.Messages, func(m notifier.Message) bool { return speaks(m) && len(m.Also) > 0 }) ||
		slices.ContainsFunc(d.Case.Tasks, func(t notifier.Task) bool { return t.Promise == key })
}

// The same event again changes nothing, whether it comes from the same place in
// the stream or was published twice.
func TestARepeatedEventChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.lives(t, 10)
		for w.last == nil || w.last.Type == events.TypeReceiptReceived { // those are known by what they say
			w.takes(drawEvent(t, w.now))
		}
		repeated := w.last
		place := w.c.Input
		w.lives(t, 5)
		before := asJSON(t, w.c)
		replayed := happened("another", events.TypeReplySent, "H-1", w.now, "{}")
		for what, in := range map[string]notifier.Input{
			"published twice":                   {Event: repeated, Sequence: w.seq + 1},
			"delivered twice":                   {Event: replayed, Sequence: place},
			"published twice, place not known":  {Event: repeated},
			"a result of an unknown message":    {Result: &notifier.Result{Message: "H-1-99999", Status: notifier.Failed}},
			"a withdrawal of what is not there": {Result: &notifier.Result{Message: "H-1-99999", Status: notifier.Withdrawn}},
		} {
			if d := decide(t, w.c, in, w.books, w.now); d.Changed || !bytes.Equal(before, asJSON(t, d.Case)) {
				t.Fatalf("%s: it changed the case", what)
			}
		}
		if next := w.c.Next(); next.IsZero() || next.After(w.now) {
			if d := decide(t, w.c, notifier.Input{Due: true}, w.books, w.now); d.Changed {
				t.Fatalf("a wake-up before its time changed the case")
			}
		}
	})
}

// The order of what happened to different enquiries carries no meaning, nor
// where replies name their enquiry, nor when the case is opened: in whatever
// order the events come in, the same promises are open, with the same dates,
// and the same contacts may be told the same ways.
func TestOrderThatCarriesNoMeaningChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		opened := w.now.Add(-time.Hour)
		type one struct {
			kind string
			data any
			at   time.Time
		}
		list := []one{{events.TypeCaseOpened, events.CaseData{Team: new("north"), Officer: new("o.jane"), Contacts: contactsOf(t)}, opened}}
		for _, q := range []string{"q1", "q2", "q3"} {
			enquiry := events.Enquiry{Enquiry: q, Channel: "web", Urgent: rapid.Bool().Draw(t, "urgent")}
			list = append(list, one{events.TypeEnquiryReceived, enquiry, opened})
			if rapid.Bool().Draw(t, "answered") {
				list = append(list, one{events.TypeReplySent, events.Reply{Enquiry: q}, w.now})
			}
		}
		for range rapid.IntRange(0, 2).Draw(t, "wishes") {
			list = append(list, one{events.TypeContactOptedOut, events.OptedOut{Contact: ids.Draw(t, "contact"), Channel: wishes.Draw(t, "what")}, w.now})
		}
		for range rapid.IntRange(0, 1).Draw(t, "absences") {
			list = append(list, one{events.TypeOfficerAway, events.OfficerAway{Officer: "o.jane"}, w.now})
		}
		run := func(order []one) (notifier.Case, []string) {
			c := notifier.Case{}
			for i, o := range order {
				e := happened(o.kind+string(asJSON(t, o.data)), o.kind, "H-1", o.at, string(asJSON(t, o.data)))
				c = decide(t, c, notifier.Input{Event: e, Sequence: uint64(i + 1)}, w.books, w.now).Case
			}
			return c, state(c)
		}
		first, want := run(list)
		second, got := run(rapid.Permutation(list).Draw(t, "another order"))
		if !slices.Equal(want, got) {
			t.Fatalf("another order, another case:\n%q\n%q", want, got)
		}
		// What may be said to whom is the same too: ask with one more enquiry, of each contact.
		for _, id := range []string{"c1", "c2", "c3"} {
			ask := happened("ask", events.TypeEnquiryReceived, "H-1", w.now, `{"enquiry":"ask","from":"`+id+`"}`)
			ways := func(c notifier.Case) []string {
				var ways []string
				c.Messages = nil // what still waits may say the same and serve this enquiry too
				d := decide(t, c, notifier.Input{Event: ask, Sequence: 99}, w.books, w.now)
				for _, m := range d.Case.Messages {
					if !m.Staff {
						ways = append(ways, m.Channel+" "+m.Address)
					}
				}
				slices.Sort(ways)
				return ways
			}
			if a, b := ways(first), ways(second); !slices.Equal(a, b) {
				t.Fatalf("another order, and %s is told another way: %q, %q", id, a, b)
			}
		}
	})
}

// state is what of a case must not hang on the order of events.
func state(c notifier.Case) []string {
	lines := []string{"state " + string(c.State), "team " + c.Team, "officer " + c.Officer}
	for _, p := range c.Promises {
		lines = append(lines, "promise "+p.Key()+" opened "+p.Opened.UTC().String()+" due "+p.Due.UTC().String())
	}
	slices.Sort(lines)
	return lines
}

// After all is answered and all has gone, nothing but the record of what was
// seen makes a case larger.
func TestACaseStaysSmall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.t = t
		w.takes(events.TypeCaseOpened, events.CaseData{Team: new("north"), Officer: new("o.jane"),
			Contacts: []events.Contact{{ID: "c1", Name: "Sam Taylor", Mobile: "07700 900101", Email: "one@family.example"}}})
		settled := func() int {
			c := w.c
			c.Contacts = slices.Clone(c.Contacts)
			for i := range c.Contacts {
				c.Contacts[i].Told = time.Time{}
			}
			c.Seen, c.Input, c.Decided, c.Opened, c.Early = nil, 0, 0, 0, nil
			return len(asJSON(t, c))
		}
		size := settled()
		for range rapid.IntRange(1, 12).Draw(t, "enquiries") {
			w.now = w.now.Add(2 * time.Hour)
			w.takes(events.TypeEnquiryReceived, events.Enquiry{From: "c1", Channel: "web"})
			for range rapid.IntRange(0, 4).Draw(t, "looks") {
				w.sent()
				w.due(0)
			}
			w.takes(events.TypeReplySent, events.Reply{})
		}
		w.now = w.now.Add(3 * time.Hour)
		w.decides(notifier.Input{Due: true})
		for _, a := range slices.Clone(w.c.Sent) {
			if a.Ask {
				w.decides(notifier.Input{Result: &notifier.Result{Message: a.Message.ID, Status: notifier.Unknown, Asked: true, Reason: "nobody knows"}})
			}
		}
		w.now = w.now.AddDate(0, 0, 8) // by then nothing comes back, and no chase is answered by text
		w.takes(events.TypeCaseChanged, events.CaseData{})
		if now := settled(); now > size {
			t.Fatalf("the case grew from %d to %d bytes: %s", size, now, asJSON(t, w.c))
		}
	})
}

// Whom a look will chase is known before it comes, so that what is due to one
// person can go together.
func TestPlannedNamesEverybodyWhomTheNextLookChases(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.lives(t, 10)
		next := w.c.Next()
		if next.IsZero() || next.Before(w.now) {
			return
		}
		planned := notifier.Planned(w.c, w.books, next)
		before := w.c
		d := w.due(0)
		for _, m := range fresh(before, d) {
			if m.Staff && !slices.ContainsFunc(planned, func(p notifier.PlannedChase) bool {
				return p.Promise == m.Promise && p.Person == m.To && p.At.Equal(next)
			}) {
				t.Fatalf("%s was chased for %s and not planned: %+v", m.To, m.Promise, planned)
			}
		}
	})
}

// A process that slept through rungs of a ladder comes back to the same ladder:
// the next rung is the one it would have been.
func TestSleepingThroughRungsDoesNotShiftTheLadder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.t = t
		w.takes(events.TypeCaseOpened, events.CaseData{Team: new("north"), Officer: new("o.jane")})
		w.takes(events.TypeEnquiryReceived, events.Enquiry{Enquiry: "q1"})
		asleep := w.c
		until := w.now.AddDate(0, 0, rapid.IntRange(1, 500).Draw(t, "days"))
		for range 200 {
			next := w.c.Next()
			if next.After(until) || next.IsZero() {
				break
			}
			w.now = next
			w.decides(notifier.Input{Due: true})
		}
		if w.c.Next().Before(until) {
			return // a ladder of minutes: too many looks to play
		}
		woken := decide(t, asleep, notifier.Input{Due: true}, w.books, until).Case
		for _, p := range woken.Promises {
			awake, _ := w.c.Promise(p.Key())
			if !awake.Next.Equal(p.Next) || awake.Late != p.Late {
				t.Fatalf("promise %s: awake it is next looked at on %s, late %v; after sleeping until %s on %s, late %v",
					p.Key(), awake.Next, awake.Late, until, p.Next, p.Late)
			}
		}
	})
}

// However receipts come, doubled and in any order, a message ends as the worst
// that was said of any part of it, and the family is told another way once at most.
func TestReceiptsInAnyOrderEndAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.books = base()
		w.takes(events.TypeCaseOpened, events.CaseData{Team: new("north"), Officer: new("o.jane"),
			Contacts: []events.Contact{{ID: "c1", Name: "Sam Taylor", Mobile: "07700 900101", Email: "one@family.example"}}})
		w.takes(events.TypeEnquiryReceived, events.Enquiry{From: "c1", Channel: "web"})
		receipts := rapid.SliceOfN(rapid.SampledFrom([]string{"sending", "sent", "delivered", "failed"}), 1, 6).Draw(t, "receipts")
		recorded := rapid.IntRange(0, len(receipts)).Draw(t, "hand-over recorded before receipt")
		var outcomes []string
		note := func(d notifier.Decision) {
			for _, o := range d.Outcomes {
				outcomes = append(outcomes, o.Type)
			}
		}
		for i, status := range append(receipts, receipts...) {
			if i == recorded {
				note(w.decides(notifier.Input{Result: &notifier.Result{Message: "H-1-1", Status: notifier.Sent, Provider: "SM1", At: w.now, Awaits: notifier.AwaitsReceipt}}))
			}
			note(w.takes(events.TypeReceiptReceived, events.Receipt{Message: "H-1-1", ProviderID: "SM1", Status: status}))
		}
		count := func(kind string) (n int) {
			for _, o := range outcomes {
				if o == kind {
					n++
				}
			}
			return n
		}
		failed, delivered := slices.Contains(receipts, "failed"), slices.Contains(receipts, "delivered")
		if count(events.TypeMessageSent) != 1 || count(events.TypeMessageDelivered) > 1 || (count(events.TypeMessageFailed) == 1) != failed ||
			!failed && (count(events.TypeMessageDelivered) == 1) != delivered {
			t.Fatalf("%q led to %q", receipts, outcomes)
		}
		others := slices.DeleteFunc(slices.Clone(w.c.Messages), func(m notifier.Message) bool { return m.ID == "H-1-1" })
		if failed != (len(others) == 1 && others[0].Channel == notifier.Email) || !failed && len(others) > 0 {
			t.Fatalf("%q: %+v waits", receipts, others)
		}
	})
}
