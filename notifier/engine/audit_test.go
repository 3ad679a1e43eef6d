package engine_test

import (
	"strings"
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

func found(hearback *story.Replica, what string) bool {
	return strings.Contains(strings.Join(hearback.Engine.Findings(), "; "), what)
}

// The auditor says what must never be, and is silent again once it is mended.
func TestTheAuditorSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("ref H-1")
		town.Pass(time.Minute)
		if findings := hearback.Engine.Findings(); len(findings) > 0 {
			t.Errorf("all is well, and it found %q", findings)
		}

		// Somebody left a promise without a deadline and a message that expired.
		good := hearback.Shelf.Books().Current
		now := time.Now().UTC()
		c := notifier.Case{Ref: "H-2", Team: "north", Promises: []notifier.Promise{{Rule: "reply", Enquiry: "e1", Book: good.Version}},
			Messages: []notifier.Message{{ID: "H-2-1", Channel: "pigeon", Expires: now}}, Decided: 1}
		entry := notifier.Entry{At: now, Book: good.Version, Inputs: []notifier.Answered{{Due: true}}, Case: c}
		data, _, err := picture.Encode(entry)
		if err != nil {
			t.Fatal(err)
		}
		town.Write(t.Context(), commit.Message{Subject: events.LedgerSubject("H-2"), Header: picture.MarkOf(&c, 0, "somebody").Header(), Data: data})
		town.Pass(12 * time.Minute)
		for _, what := range []string{"case H-2: promise reply/e1 is open and has no deadline", "case H-2: message H-2-1 is not settled"} {
			if !found(hearback, what) {
				t.Errorf("the auditor does not say %q: %q", what, hearback.Engine.Findings())
			}
		}
		if found(hearback, "H-1") {
			t.Errorf("nothing is wrong with H-1: %q", hearback.Engine.Findings())
		}
		town.Inbox(jane).Expects("case H-1")
		town.Silence()

		hearback.Shelf.Put(notifier.Books{Versions: map[string]*notifier.Book{good.Version: good}})
		hearback.Engine.Audit(time.Now())
		if !found(hearback, "no book is in force") {
			t.Errorf("the auditor found %q", hearback.Engine.Findings())
		}
		hearback.Shelf.Put(notifier.Books{Current: good, Versions: map[string]*notifier.Book{good.Version: good}})
		hearback.Engine.Audit(time.Now())
		if found(hearback, "no book is in force") {
			t.Errorf("the auditor found %q", hearback.Engine.Findings())
		}
	})
}

// A standby sees that nobody leads, though it cannot take the lease itself.
func TestAStandbySeesThatNobodyLeads(t *testing.T) {
	story.Alone(t)
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{Standby: true})
		town.Pass(time.Minute + time.Second)
		if findings := hearback.Engine.Findings(); len(findings) > 0 {
			t.Errorf("all is well, and it found %q", findings)
		}
		town.StopServer()
		town.Pass(2 * time.Minute)
		if !found(hearback, "nobody leads") {
			t.Errorf("the auditor found %q", hearback.Engine.Findings())
		}
		if hearback.Engine.Leading() {
			t.Error("it leads without a lease")
		}
		town.StartServer()
		town.Pass(2 * time.Minute)
		if findings := hearback.Engine.Findings(); len(findings) > 0 || !hearback.Engine.Leading() {
			t.Errorf("all is well again: leads %v, found %q", hearback.Engine.Leading(), findings)
		}
	})
}

// The figures count each thing once.
func TestTheFiguresCountEachThingOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuickRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Opens("H-2", "north", "o.jane", other, "")
		town.Texts.Answers(func(m channel.Message) story.Answer {
			if m.ID == "H-2-1" {
				return story.Answer{Failure: &channel.Failure{Verdict: channel.Never, Code: "21614", Reason: "The number cannot take texts."}}
			}
			return story.Answer{}
		})
		town.Asks("H-1", "e1")
		town.Asks("H-2", "e1")
		town.Raw(events.Subject("H-1", events.TypeReplySent), nil, []byte("not JSON"))
		town.Pass(11 * time.Minute)
		town.Replies("H-1", "e1")
		stats := hearback.Stats()
		// Two acknowledgements, of which one failed; a chase for each, in one
		// email; one family told that the reply is late.
		if stats.Sent != 4 || stats.Failed != 1 || stats.Repeats != 0 || stats.Withdrawn != 0 {
			t.Errorf("sent %d, failed %d, repeated %d, withdrawn %d; want 4, 1, 0, 0", stats.Sent, stats.Failed, stats.Repeats, stats.Withdrawn)
		}
		if stats.Late != 2 || stats.Kept != 1 || stats.Tasks != 1 || stats.Refused != 1 {
			t.Errorf("late %d, kept %d, tasks %d, refused %d; want 2, 1, 1, 1", stats.Late, stats.Kept, stats.Tasks, stats.Refused)
		}
		if stats.Cases != 2 || stats.Promises != 1 || stats.UnsettledCases != 0 || stats.Conflicts != 0 || stats.CommitFailures != 0 || !stats.Leading {
			t.Errorf("%+v", stats)
		}
	})
}
