package engine_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/picture"
	"hearback/notifier/story"
)

// mustEnd ends the program where a leader tries the same thing without end. In a
// bubble no time passes then, so that the test itself could never fail.
func mustEnd(t *testing.T) {
	t.Helper()
	name := t.Name()
	guard := time.AfterFunc(time.Minute, func() { panic(name + ": the leader tries the same thing without end") })
	t.Cleanup(func() { guard.Stop() })
}

// A deadline on which the core fails is kept once with the reason and reported
// by the auditor. It does not keep the leader busy, and other deadlines pass as
// they should. The next event of the case wakes it again.
func TestADeadlineOnWhichTheCoreFails(t *testing.T) {
	t.Parallel()
	mustEnd(t)
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		good := hearback.Shelf.Books().Current
		bad := *good
		bad.Version = "bad"
		both := map[string]*notifier.Book{good.Version: good, "bad": &bad}
		hearback.Shelf.Put(notifier.Books{Current: &bad, Versions: both})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("ref H-1")
		broken := bad
		broken.Calendar = nil
		hearback.Shelf.Put(notifier.Books{Current: good, Versions: map[string]*notifier.Book{good.Version: good, "bad": &broken}})
		town.Pass(5 * time.Minute)
		town.Opens("H-2", "north", "o.jane", other, "")
		town.Asks("H-2", "e1")
		town.Phone(other).Expects("ref H-2")

		town.Pass(20 * time.Minute)
		town.Inbox(jane).Expects("case H-2").At("Mon 23 Nov 2026 10:15")
		town.Silence()
		if refused := town.Refused("H-1"); len(refused) != 1 {
			t.Errorf("the deadline was refused %d times, want once", len(refused))
		}
		findings := strings.Join(hearback.Engine.Findings(), "; ")
		if !strings.Contains(findings, "case H-1: promise reply/e1 should have been looked at") {
			t.Errorf("the auditor found %q", findings)
		}
		// The fault is mended, and something happens in the case.
		hearback.Shelf.Put(notifier.Books{Current: good, Versions: both})
		town.Tells("H-1", events.TypeCaseChanged, `{"team":"north"}`)
		town.Pass(time.Minute + time.Second)
		town.Inbox(jane).Expects("case H-1")
		town.Silence()
	})
}

// A ledger entry whose case cannot be read concerns that case alone: its
// deadline and its events are kept with the reason, once each, and others are
// decided.
func TestALedgerEntryThatCannotBeRead(t *testing.T) {
	t.Parallel()
	mustEnd(t)
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		mark := picture.Mark{Ref: "H-1", Next: time.Now().Add(5 * time.Minute), Promises: 1, Leader: "somebody"}
		town.Write(t.Context(), commit.Message{Subject: events.LedgerSubject("H-1"), Header: mark.Header(), Data: []byte("{}\n{\"ref\":")})
		town.Start(story.Setup{})
		town.Opens("H-2", "north", "o.jane", other, "")
		town.Asks("H-1", "e1")
		town.Asks("H-2", "e1")
		town.Phone(other).Expects("ref H-2")
		if refused := town.Refused("H-1"); len(refused) != 1 || !strings.Contains(refused[0].Reason, "cannot be read") {
			t.Errorf("refused: %+v", refused)
		}
		town.Pass(20 * time.Minute)
		town.Inbox(jane).Expects("case H-2")
		town.Silence()
		if refused := town.Refused("H-1"); len(refused) != 2 {
			t.Errorf("refused %d times, want once for the event and once for the deadline", len(refused))
		}
	})
}

// An entry that cannot be read stops no start, and no other case. The auditor
// says whom nobody watches, until the case can be read again.
func TestAnEntryWithoutItsMarkStopsNoStart(t *testing.T) {
	t.Parallel()
	mustEnd(t)
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		town.Write(t.Context(), commit.Message{Subject: events.LedgerSubject("H-1"), Data: []byte("{}\n{}")})
		hearback := town.Start(story.Setup{})
		town.Opens("H-2", "north", "o.jane", other, "")
		town.Asks("H-1", "e1")
		town.Asks("H-2", "e1")
		town.Phone(other).Expects("ref H-2")
		if refused := town.Refused("H-1"); len(refused) != 1 || !strings.Contains(refused[0].Reason, "cannot be read") {
			t.Errorf("refused: %+v", refused)
		}
		town.Pass(time.Minute + time.Second)
		if !found(hearback, "case H-1: its last ledger entry, 2 in the stream, cannot be read") {
			t.Errorf("the auditor found %q", hearback.Engine.Findings())
		}
		// Somebody mends the case as a leader would have written it.
		c := notifier.Case{Ref: "H-1", Team: "north"}
		data, _, err := picture.Encode(notifier.NewEntry(notifier.Decision{Case: c}, nil, "", 0, time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		town.Write(t.Context(), commit.Message{Subject: events.LedgerSubject("H-1"), Header: picture.MarkOf(&c, 0, "somebody").Header(), Data: data})
		town.Pass(time.Minute)
		if found(hearback, "H-1") {
			t.Errorf("the auditor found %q", hearback.Engine.Findings())
		}
	})
}
