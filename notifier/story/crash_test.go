package story_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/channel"
	"hearback/notifier/picture"
	"hearback/notifier/story"
)

// A process dies while the provider has texts that it was not yet told of. The
// next one looks them up and sends only what is not there.
func TestTextsInDoubtAreLookedUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		for _, ref := range []string{"H-1", "H-2"} {
			town.Opens(ref, "north", "o.jane", family, "")
		}
		town.Texts.Answers(func(m channel.Message) story.Answer {
			if m.ID == "H-1-1" { // taken, and then no answer
				return story.Answer{Accept: true, Failure: &channel.Failure{Verdict: channel.Unknown, Code: "timeout", Reason: "No answer."}}
			}
			return story.Answer{Think: 10 * time.Second}
		})
		town.Asks("H-1", "e1")
		town.Asks("H-2", "e1")
		hearback.Kill()
		town.Texts.Recovers()
		town.Texts.LookUps(time.Second, 2*time.Second)
		hearback = town.Start(story.Setup{})
		town.Pass(time.Minute)
		town.Phone(family).Expects("ref H-1")
		town.Phone(family).Expects("ref H-2")
		town.Silence()
		sent := town.Outcomes("H-1", events.TypeMessageSent)
		if len(sent) != 1 || !json.Valid(sent[0].Data) {
			t.Fatalf("message.sent of H-1: %v", sent)
		}
		if data, err := events.DataOf[events.Outcome](sent[0]); err != nil || data.ProviderID != "text-1" {
			t.Errorf("the adopted text is %q (%v), want text-1", data.ProviderID, err)
		}
		if stats := hearback.Stats(); stats.UnsettledCases != 0 || stats.Repeats != 0 {
			t.Errorf("unsettled %d, repeated %d", stats.UnsettledCases, stats.Repeats)
		}
		town.Replay()
	})
}

// A text that perhaps arrived is looked up by the same process too, and an
// earlier text that said the same does not count.
func TestATextThatSaysTheSameIsNotTakenForAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("by 10:10am")
		town.Texts.Fails(channel.Failure{Verdict: channel.Unknown, Code: "timeout", Reason: "No answer."})
		town.Asks("H-1", "e2") // within the same minute: the same words
		town.Texts.Recovers()
		town.Pass(time.Minute)
		town.Phone(family).Expects("by 10:10am")
		town.Silence()
		if hearback.Stats().UnsettledCases != 0 {
			t.Error("a message is not settled")
		}
	})
}

// An email in doubt cannot be asked for: it goes again with the same Message-ID,
// and is counted.
func TestAnEmailInDoubtIsSentAgainAndCounted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", "", sam)
		town.Mail.Answers(func(channel.Message) story.Answer {
			return story.Answer{Accept: true, Failure: &channel.Failure{Verdict: channel.Unknown, Code: "broken", Reason: "The connection broke."}}
		})
		town.Asks("H-1", "e1")
		hearback.Kill()
		town.Mail.Recovers()
		hearback = town.Start(story.Setup{})
		town.Pass(time.Minute)
		first := town.Inbox(sam).Expects("reference H-1")
		second := town.Inbox(sam).Expects("reference H-1")
		town.Silence()
		if first.MessageID == "" || first.MessageID != second.MessageID || !first.Date.Equal(second.Date) || first.Text != second.Text {
			t.Errorf("the repeat differs: %q and %q", first.MessageID, second.MessageID)
		}
		if hearback.Stats().Repeats != 1 {
			t.Errorf("%d repeats are counted, want 1", hearback.Stats().Repeats)
		}
	})
}

// Killed again and again in the middle of a ladder, over the same folder:
// nothing is doubled and nothing lost.
func TestKilledInTheMiddleOfALadder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuickRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		again := func() {
			hearback.Kill()
			town.StopServer()
			town.Pass(20 * time.Second)
			town.StartServer()
			town.Pass(3 * time.Second)
			hearback = town.Start(story.Setup{})
			town.Settle()
		}
		town.Opens("H-1", "north", "o.jane", family, "")
		again()
		town.Asks("H-1", "e1")
		again()
		town.Phone(family).Expects("ref H-1")
		town.Pass(9 * time.Minute)
		again()
		hearback.Kill()
		town.Pass(5 * time.Minute) // it falls due while nobody is there
		hearback = town.Start(story.Setup{})
		town.Pass(time.Minute)
		town.Inbox(jane).Expects("still waiting")
		town.Phone(family).Expects("late")
		again()
		town.Until("Tue 24 Nov 2026 10:12")
		town.Inbox(boss).Expects("still waiting").At("Tue 24 Nov 2026 10:10")
		again()
		town.Replies("H-1", "e1")
		again()
		town.Silence()
		for kind, want := range map[string]int{events.TypePromiseLate: 1, events.TypePromiseKept: 1, events.TypeMessageSent: 4} {
			if got := len(town.Outcomes("H-1", kind)); got != want {
				t.Errorf("%s was published %d times, want %d", kind, got, want)
			}
		}
		if town.Replay() == 0 {
			t.Error("the ledger is empty")
		}
	})
}

// A leader died between the ledger entry and the outcomes beside it: the next
// one publishes them, and the one after that does not do it again.
func TestOutcomesArePublishedOnceAcrossACrash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		entry := notifier.Entry{At: time.Now().UTC(), Book: "gone", Inputs: []notifier.Answered{{Due: true}},
			Outcomes: []notifier.Outcome{{Type: events.TypePromiseLate, Data: events.Outcome{Promise: "reply", Enquiry: "e1"}},
				{Type: events.TypeTaskOpened, Data: events.Outcome{Task: "H-1-t1"}}},
			Case: notifier.Case{Ref: "H-1", Team: "north"}}
		data, _, err := picture.Encode(entry)
		if err != nil {
			t.Fatal(err)
		}
		town.Write(t.Context(), commit.Message{Subject: events.LedgerSubject("H-1"), Header: picture.MarkOf(&entry.Case, 0, "dead").Header(), Data: data})
		for range 3 {
			hearback := town.Start(story.Setup{})
			town.Settle()
			for _, kind := range []string{events.TypePromiseLate, events.TypeTaskOpened} {
				if got := town.Outcomes("H-1", kind); len(got) != 1 {
					t.Errorf("%s stands %d times in the stream, want once", kind, len(got))
				}
			}
			hearback.Kill()
		}
	})
}
