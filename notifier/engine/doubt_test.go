package engine_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier/channel"
	"hearback/notifier/picture"
	"hearback/notifier/story"
)

// lastWord stores the last entry of a case once more, as a leader would that
// was deposed while it recorded something.
func lastWord(t *testing.T, town *story.Town, ref string) {
	t.Helper()
	records := town.Stored(events.LedgerSubject(ref))
	last := records[len(records)-1]
	mark, err := picture.ParseMark(ref, last.Header)
	if err != nil {
		t.Fatal(err)
	}
	mark.Leader = "deposed"
	town.Write(t.Context(), commit.Message{Subject: last.Subject, Header: mark.Header(), Data: last.Data, Expect: &last.Sequence})
}

// A deposed leader has the last word on a case while its message is on its way,
// at every stage of that way: it still goes once.
func TestADeposedLeadersLastWordDoublesNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		after time.Duration
		cut   bool // the leader's line is cut off from a moment before to a moment after
	}{
		"before the provider has it":      {5 * time.Second, false},
		"while the result is on its way":  {10*time.Second + 500*time.Millisecond, true},
		"once the result is recorded":     {11 * time.Second, false},
		"before the provider has it, cut": {5 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, way := range []struct{ mobile, email string }{{family, ""}, {"", sam}} {
				synctest.Test(t, func(t *testing.T) {
					town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
					hearback := town.Start(story.Setup{Gated: true})
					slow := func(channel.Message) story.Answer { return story.Answer{Think: 10 * time.Second} }
					town.Texts.Answers(slow)
					town.Mail.Answers(slow)
					town.Opens("H-1", "north", "o.jane", way.mobile, way.email)
					began := time.Now()
					town.Asks("H-1", "e1")
					town.Pass(test.after - time.Since(began) - time.Second)
					if test.cut {
						hearback.Gate.Close()
					}
					town.Pass(time.Second)
					lastWord(t, town, "H-1")
					town.Pass(time.Second)
					hearback.Gate.Open()
					town.Pass(time.Minute)
					if accepted := len(town.Texts.Accepted()) + len(town.Mail.Accepted()); accepted != 1 {
						t.Errorf("%d messages were handed over, want 1", accepted)
					}
					if stats := hearback.Stats(); stats.UnsettledCases != 0 || stats.Repeats != 0 {
						t.Errorf("unsettled %d, repeated %d", stats.UnsettledCases, stats.Repeats)
					}
				})
			}
		})
	}
}

// What a deposed leader decided at the very end is sent by the new one.
func TestWhatADeposedLeaderDecidedIsSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("ref H-1")
		records := town.Stored(events.LedgerSubject("H-1"))
		entry, err := picture.Decode(records[1].Data)
		if err != nil || len(entry.Case.Messages) != 1 {
			t.Fatalf("the second entry: %v, %+v", err, entry.Case.Messages)
		}
		message := entry.Case.Messages[0]
		message.ID, message.Body = "H-1-2", "Herts SEND: another text"
		entry.Case.Messages[0], entry.Case.Decided = message, 2
		data, _, err := picture.Encode(entry)
		if err != nil {
			t.Fatal(err)
		}
		last := records[len(records)-1].Sequence
		town.Write(t.Context(), commit.Message{Subject: events.LedgerSubject("H-1"), Header: picture.MarkOf(&entry.Case, entry.Through, "deposed").Header(), Data: data, Expect: &last})
		town.Pass(time.Minute)
		town.Phone(family).Expects("another text")
		town.Silence()
		if town.Texts.Finds() == 0 {
			t.Error("it was sent without asking whether the deposed leader had sent it")
		}
		if hearback.Stats().UnsettledCases != 0 {
			t.Error("it is not settled")
		}
	})
}

// A look-up takes longer than the lease lasts. The leader that is cut off
// meanwhile sends nothing: the new one does.
func TestALookUpThatOutlastsTheLease(t *testing.T) {
	story.Alone(t)
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		first := town.Start(story.Setup{Name: "first", Standby: true, Gated: true})
		second := town.Start(story.Setup{Name: "second", Standby: true})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Texts.LookUps(18*time.Second, 0)
		town.Texts.Answers(func(channel.Message) story.Answer {
			return story.Answer{Failure: &channel.Failure{Verdict: channel.Unknown, Code: "timeout", Reason: "No answer."}}
		})
		town.Asks("H-1", "e1")
		town.Texts.Recovers()
		for range 60 {
			if town.Pass(time.Second); town.Texts.Finds() > 0 {
				break
			}
		}
		if town.Texts.Finds() != 1 {
			t.Fatalf("%d look-ups have begun, want 1", town.Texts.Finds())
		}
		first.Gate.Close()
		town.Pass(30 * time.Second)
		if first.Engine.Leading() || !second.Engine.Leading() {
			t.Errorf("first leads: %v, second leads: %v", first.Engine.Leading(), second.Engine.Leading())
		}
		first.Gate.Open()
		town.Pass(time.Minute)
		town.Phone(family).Expects("ref H-1")
		town.Silence()
		if second.Stats().UnsettledCases != 0 {
			t.Error("a message is not settled")
		}
	})
}

// A clean stop waits for the hand-over under way and records it: the next start
// has nothing in doubt.
func TestACleanStopLeavesNothingInDoubt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{Workers: 2})
		town.Texts.Answers(func(channel.Message) story.Answer { return story.Answer{Think: 10 * time.Second} })
		for i := range 5 {
			ref := "H-" + strconv.Itoa(i)
			town.Opens(ref, "north", "o.jane", "07700 90010"+strconv.Itoa(i), "")
			town.Asks(ref, "e1")
		}
		began := time.Now()
		hearback.Stop()
		if took := time.Since(began); took > 11*time.Second {
			t.Errorf("the stop took %v: it began new hand-overs", took)
		}
		if accepted := len(town.Texts.Accepted()); accepted != 2 {
			t.Errorf("%d texts were handed over, want the two under way", accepted)
		}
		town.Texts.Recovers()
		town.Start(story.Setup{})
		town.Pass(time.Minute)
		for i := range 5 {
			town.Phone("07700 90010" + strconv.Itoa(i)).Expects("ref H-" + strconv.Itoa(i))
		}
		town.Silence()
		for i := range 2 {
			if sent := town.Outcomes("H-"+strconv.Itoa(i), events.TypeMessageSent); len(sent) != 1 {
				t.Errorf("case %d has %d message.sent, want 1", i, len(sent))
			}
		}
	})
}
