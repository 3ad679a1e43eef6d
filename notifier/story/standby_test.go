package story_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
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

// takeover is how long nobody leads at most after a leader has died: its term,
// the margin of the standby, and a moment to begin.
const takeover = story.TermShared + story.TermShared/4 + 500*time.Millisecond

// wantOneOfEach checks that every one of the families with these cases received
// one text, and that no message was accepted twice.
func wantOneOfEach(t *testing.T, town *story.Town, families int) {
	t.Helper()
	for i := range families {
		town.Phone(number(i)).Expects(fmt.Sprintf("ref H-%02d.", i))
		if sent := town.Outcomes(fmt.Sprintf("H-%02d", i), events.TypeMessageSent); len(sent) != 1 {
			t.Errorf("case H-%02d has %d message.sent, want 1", i, len(sent))
		}
	}
	town.Silence()
}

func number(i int) string { return fmt.Sprintf("07700 9001%02d", i) }

// enquiries are those of many families at once.
func enquiries(families int) []commit.Message {
	messages := make([]commit.Message, families)
	for i := range families {
		ref := fmt.Sprintf("H-%02d", i)
		messages[i] = commit.Message{Subject: events.Subject(ref, events.TypeEnquiryReceived), Data: []byte(envelope(ref, events.TypeEnquiryReceived, `{"enquiry":"e1"}`))}
	}
	return messages
}

// sameView checks that a standby knows what the leader knows.
func sameView(t *testing.T, when string, leader, standby *story.Replica) {
	t.Helper()
	view := func(r *story.Replica) map[string]string {
		cases := map[string]string{}
		r.Picture.Each(func(c notifier.Case) bool {
			data, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			cases[c.Ref] = string(data)
			return true
		})
		return cases
	}
	want, got := view(leader), view(standby)
	if len(got) != len(want) {
		t.Errorf("%s: the standby knows %d cases, the leader %d", when, len(got), len(want))
	}
	for ref, c := range want {
		if got[ref] != c {
			t.Errorf("%s: the standby knows case %s as\n%s\nand the leader as\n%s", when, ref, got[ref], c)
		}
	}
	if !leader.Engine.Leading() || standby.Engine.Leading() {
		t.Errorf("%s: the leader leads %v, the standby %v", when, leader.Engine.Leading(), standby.Engine.Leading())
	}
	if age := standby.Stats().LeaseAge; age > story.TermShared/2 {
		t.Errorf("%s: the standby saw the lease renewed %s ago", when, age)
	}
}

// The leader dies at ten instants of a rush of enquiries. The standby, which
// knew everything all the time, goes on after the term: every family receives
// its text, and none receives it twice.
func TestTheLeaderDiesInARush(t *testing.T) {
	t.Parallel()
	const families = 12
	random := rand.New(rand.NewPCG(2, 2026))
	for range 10 {
		instant := time.Duration(random.Int64N(int64(900 * time.Millisecond)))
		t.Run(instant.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
				leader := town.Start(story.Setup{Name: "first", Standby: true, Workers: 3})
				standby := town.Start(story.Setup{Name: "second", Standby: true, Workers: 3})
				town.Settle()
				for i := range families {
					town.Opens(fmt.Sprintf("H-%02d", i), "north", "o.jane", number(i), "")
				}
				sameView(t, "before the rush", leader, standby)
				town.Texts.LookUps(time.Second, story.ListingLag-time.Second)
				town.Texts.Answers(func(m channel.Message) story.Answer {
					// Each text takes a time of its own, and every third is taken
					// without the leader hearing of it.
					if m.To[len(m.To)-1]%3 == 0 {
						return story.Answer{Accept: true, Failure: &channel.Failure{Verdict: channel.Unknown, Code: "timeout", Reason: "No answer."}}
					}
					think := time.Duration(len(m.ID)*37+int(m.To[len(m.To)-1]))*3*time.Millisecond + time.Millisecond
					return story.Answer{Think: think % (400 * time.Millisecond)}
				})
				town.Write(t.Context(), enquiries(families)...)
				town.Pass(instant)
				leader.Kill()
				killed := time.Now()
				for !standby.Engine.Leading() {
					if time.Since(killed) > takeover {
						t.Fatalf("the standby does not lead %s after the leader died", takeover)
					}
					town.Pass(100 * time.Millisecond)
				}
				town.Pass(time.Minute)
				wantOneOfEach(t, town, families)
				if stats := standby.Stats(); stats.UnsettledCases != 0 || stats.Repeats != 0 {
					t.Errorf("unsettled %d, repeated %d", stats.UnsettledCases, stats.Repeats)
				}
				if findings := standby.Engine.Findings(); len(findings) > 0 {
					t.Errorf("the auditor found %q", findings)
				}
				town.Replay()
			})
		})
	}
}

// A standby is ready all the time: through a chase and a new book it knows what the
// leader knows, sends nothing itself, and takes over at once when it is asked to.
func TestAStandbyIsReadyAllTheTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuickRules), "Mon 23 Nov 2026 10:00")
		leader := town.Start(story.Setup{Name: "first", Standby: true})
		standby := town.Start(story.Setup{Name: "second", Standby: true})
		town.Opens("H-1", "north", "o.jane", family, "")
		sameView(t, "after the case was opened", leader, standby)
		town.Asks("H-1", "e1")
		sameView(t, "after the enquiry", leader, standby)
		town.Phone(family).Expects("ref H-1")
		town.Publish(story.Book(t, story.QuietRules))
		town.Pass(12 * time.Minute)
		sameView(t, "after the chase", leader, standby)
		if got, want := standby.Shelf.Books().Current.Version, leader.Shelf.Books().Current.Version; got != want || len(standby.Shelf.Books().Versions) != 2 {
			t.Errorf("the standby has book %s in force, the leader %s", got, want)
		}
		town.Inbox(jane).Expects("still waiting")
		town.Phone(family).Expects("late")
		for _, r := range []*story.Replica{leader, standby} {
			if stats := r.Stats(); len(stats.Findings) > 0 || r == standby && stats.Sent+stats.Entries != 0 {
				t.Errorf("findings %q, sent %d, entries %d", stats.Findings, stats.Sent, stats.Entries)
			}
		}
		leader.Stop() // gives the lease back
		town.Settle()
		if !standby.Engine.Leading() {
			t.Error("the leader gave the lease back and the standby did not take it at once")
		}
		town.Asks("H-1", "e2")
		town.Phone(family).Expects("ref H-1")
		town.Replies("H-1", "e1")
		town.Replies("H-1", "e2")
		town.Pass(20 * time.Minute) // past the dates of both
		town.Silence()
		town.Replay()
	})
}

// A leader is cut off from the server and does not know it. What it decides
// meanwhile must not be acted on: its write comes late and fails on the
// condition, and it hands nothing over once its term is over.
func TestADeposedLeaderSendsNothing(t *testing.T) {
	story.Alone(t)
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		deposed := town.Start(story.Setup{Name: "first", Standby: true, Gated: true})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("ref H-1")
		next := town.Start(story.Setup{Name: "second", Standby: true})
		due := caseOf(t, next, "H-1").Promises[0].Next
		town.Pass(time.Until(due) - time.Second)
		sameView(t, "before the line is cut", deposed, next)

		deposed.Gate.Close()
		town.Pass(2 * time.Second) // the deadline passes, and the lease is still the first one's
		if !deposed.Engine.Leading() || next.Engine.Leading() {
			t.Fatalf("the first leads %v, the second %v", deposed.Engine.Leading(), next.Engine.Leading())
		}
		if len(town.Mail.Attempts()) != 0 {
			t.Error("the cut-off leader sent a chase that is not in the ledger")
		}
		town.Pass(takeover - 2*time.Second)
		if !next.Engine.Leading() {
			t.Fatal("the second does not lead")
		}
		deposed.Gate.Open()
		town.Pass(3 * time.Minute)
		if deposed.Engine.Leading() {
			t.Error("the deposed leader still believes that it leads")
		}
		if deposed.Stats().Conflicts == 0 {
			t.Error("the late write of the deposed leader did not meet the condition")
		}
		town.Inbox(jane).Expects("still waiting")
		town.Silence()
		if tries := len(town.Mail.Attempts()); tries != 1 {
			t.Errorf("the chase was handed over %d times", tries)
		}
		entries := town.Stored(events.LedgerSubject("H-1"))
		for _, r := range entries {
			mark, err := picture.ParseMark("H-1", r.Header)
			if err != nil {
				t.Fatal(err)
			}
			if at := r.Time; mark.Leader == "first" && at.After(due) {
				t.Errorf("the deposed leader wrote entry %d at %s", r.Sequence, at)
			}
		}
		sameView(t, "after the line is mended", next, deposed)
		town.Replay()
	})
}

// A text waits for its next attempt when the leader is cut off. The old leader's
// way to the provider is whole, but its term is over: only the new one sends.
func TestADeposedLeaderDoesNotTryAgain(t *testing.T) {
	story.Alone(t)
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		deposed := town.Start(story.Setup{Name: "first", Standby: true, Gated: true})
		next := town.Start(story.Setup{Name: "second", Standby: true})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Texts.Fails(channel.Failure{Verdict: channel.Retry, Code: "503", Reason: "Maintenance.", After: takeover + 2*time.Second})
		town.Asks("H-1", "e1")
		asked := len(town.Texts.Attempts())
		if asked != 1 {
			t.Fatalf("the text was tried %d times", asked)
		}
		deposed.Gate.Close()
		next.Kill() // nobody else is there to send: whatever is sent now, the deposed leader sent
		town.Texts.Recovers()
		town.Pass(time.Minute)
		town.Silence()
		if tries := len(town.Texts.Attempts()); tries != asked {
			t.Errorf("the deposed leader tried again %d times after its term was over", tries-asked)
		}
		next = town.Start(story.Setup{Name: "third", Standby: true})
		town.Pass(takeover + time.Minute)
		town.Phone(family).Expects("ref H-1")
		deposed.Gate.Open()
		town.Pass(time.Minute)
		town.Silence()
		if unsettled := next.Stats().UnsettledCases; unsettled != 0 {
			t.Errorf("%d cases have unsettled messages", unsettled)
		}
		town.Replay()
	})
}

// A leader is cut off while its text is under way. The provider takes it long
// after the next one has begun to lead, which must find it and not send another.
func TestATextUnderWayOutlivesItsLeader(t *testing.T) {
	story.Alone(t)
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		deposed := town.Start(story.Setup{Name: "first", Standby: true, Gated: true})
		next := town.Start(story.Setup{Name: "second", Standby: true})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Texts.LookUps(time.Second, story.ListingLag-time.Second)
		town.Texts.Answers(func(channel.Message) story.Answer { return story.Answer{Think: 18 * time.Second} })
		town.Asks("H-1", "e1")
		deposed.Gate.Close()
		town.Pass(takeover)
		if !next.Engine.Leading() || len(town.Texts.Attempts()) != 1 || len(town.Texts.Accepted()) != 0 {
			t.Fatalf("the second leads %v; the text was tried %d times and taken %d times", next.Engine.Leading(), len(town.Texts.Attempts()), len(town.Texts.Accepted()))
		}
		town.Texts.Recovers()
		town.Pass(time.Second)
		deposed.Gate.Open()
		town.Pass(2 * time.Minute)
		town.Phone(family).Expects("ref H-1")
		town.Silence()
		if sent := town.Outcomes("H-1", events.TypeMessageSent); len(sent) != 1 {
			t.Errorf("%d message.sent, want 1", len(sent))
		}
		if stats := next.Stats(); stats.UnsettledCases != 0 || stats.Repeats != 0 {
			t.Errorf("unsettled %d, repeated %d", stats.UnsettledCases, stats.Repeats)
		}
		sameView(t, "at the end", next, deposed)
		town.Replay()
	})
}

// Both die in turn, again and again, and each finds what the other left.
func TestTwoThatDieInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const families = 8
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		town.Texts.LookUps(time.Second, 2*time.Second)
		town.Texts.Answers(func(channel.Message) story.Answer { return story.Answer{Think: 250 * time.Millisecond} })
		leader := town.Start(story.Setup{Name: "replica-0", Standby: true, Workers: 2})
		town.Settle()
		for i := range families {
			standby := town.Start(story.Setup{Name: fmt.Sprintf("replica-%d", i+1), Standby: true, Workers: 2})
			ref := fmt.Sprintf("H-%02d", i)
			town.Opens(ref, "north", "o.jane", number(i), "")
			town.Asks(ref, "e1")
			town.Pass(time.Duration(i*17) * time.Millisecond)
			leader.Kill()
			town.Pass(takeover)
			if !standby.Engine.Leading() {
				t.Fatalf("%s does not lead after the one before it died", ref)
			}
			leader = standby
		}
		town.Pass(time.Minute)
		wantOneOfEach(t, town, families)
		if stats := leader.Stats(); stats.UnsettledCases != 0 || stats.Repeats != 0 {
			t.Errorf("unsettled %d, repeated %d", stats.UnsettledCases, stats.Repeats)
		}
		town.Replay()
	})
}
