package story_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/notifier/channel"
	"hearback/notifier/story"
)

// The provider of texts is down for half an hour. Emails are not held up, and
// every text goes once when it is back.
func TestAProviderIsDownForHalfAnHour(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Texts.Fails(channel.Failure{Verdict: channel.Retry, Code: "unreachable", Reason: "The provider cannot be reached."})
		for i := range 20 {
			ref := fmt.Sprintf("H-%d", i)
			town.Opens(ref, "north", "o.jane", fmt.Sprintf("07700 9001%02d", i), "")
			town.Asks(ref, "e1")
		}
		town.Opens("H-mail", "north", "o.jane", "", sam)
		town.Asks("H-mail", "e1")
		town.Inbox(sam).Expects("H-mail").At("Mon 23 Nov 2026 10:00")
		town.Pass(30 * time.Minute)
		if tries := len(town.Texts.Attempts()); tries > 20*16 {
			t.Errorf("20 texts were tried %d times in half an hour", tries)
		}
		town.Texts.Recovers()
		town.Pass(6 * time.Minute)
		for i := range 20 {
			town.Phone(fmt.Sprintf("07700 9001%02d", i)).Expects(fmt.Sprintf("ref H-%d.", i))
		}
		town.Inbox(jane).Expects("families are waiting")
		town.Silence()
		if stats := hearback.Stats(); stats.UnsettledCases != 0 || stats.Repeats != 0 {
			t.Errorf("unsettled %d, repeated %d", stats.UnsettledCases, stats.Repeats)
		}
		town.Replay()
	})
}

// A provider that says when to come back is not asked before.
func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		town.Start(story.Setup{})
		town.Texts.Fails(channel.Failure{Verdict: channel.Retry, Code: "429", Reason: "Too many.", After: 7 * time.Minute})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Asks("H-1", "e1")
		town.Pass(6*time.Minute + 58*time.Second)
		if tries := len(town.Texts.Attempts()); tries != 1 {
			t.Errorf("it was asked %d times before it wanted to be", tries)
		}
		town.Texts.Recovers()
		town.Pass(5 * time.Second)
		town.Phone(family).Expects("ref H-1").At("Mon 23 Nov 2026 10:07")
		town.Silence()
	})
}

// A text that can never arrive becomes an email, and an email that can never
// arrive becomes a task for a person.
func TestATextThatFailsForGood(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuickRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Texts.Fails(channel.Failure{Verdict: channel.Never, Code: "21614", Reason: "The number cannot take texts."})
		town.Opens("H-1", "north", "o.jane", family, sam)
		town.Asks("H-1", "e1")
		town.Inbox(sam).Expects("reference H-1").At("Mon 23 Nov 2026 10:00")
		if tries := len(town.Texts.Attempts()); tries != 1 {
			t.Errorf("the text was tried %d times", tries)
		}
		town.Mail.Answers(func(m channel.Message) story.Answer {
			if m.To == sam {
				return story.Answer{Failure: &channel.Failure{Verdict: channel.Never, Code: "550 5.1.1", Reason: "There is no such mailbox."}}
			}
			return story.Answer{}
		})
		town.Pass(11 * time.Minute) // late: the family is told by email, for the number is known not to work
		town.Inbox(jane).Expects("still waiting")
		town.Silence()
		if tries := len(town.Texts.Attempts()); tries != 1 {
			t.Errorf("a number that cannot take texts was tried again: %d times", tries)
		}
		if tasks := town.Outcomes("H-1", events.TypeTaskOpened); len(tasks) != 1 {
			t.Errorf("%d tasks were opened, want 1", len(tasks))
		}
		if failed := town.Outcomes("H-1", events.TypeMessageFailed); len(failed) != 2 {
			t.Errorf("%d message.failed, want 2", len(failed))
		}
		if tasks := hearback.Picture.Tasks(); len(tasks) != 1 || tasks[0].Contact != "c1" {
			t.Errorf("tasks %+v", tasks)
		}
	})
}

// A message that cannot be handed over in time goes another way, and at the end
// of ways a person is asked.
func TestAMessageExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Texts.Fails(channel.Failure{Verdict: channel.Retry, Code: "unreachable", Reason: "The provider cannot be reached."})
		town.Opens("H-both", "north", "o.jane", family, sam)
		town.Asks("H-both", "e1")
		town.Opens("H-text", "north", "o.jane", "07700 900124", "")
		town.Asks("H-text", "e1")
		town.Pass(2*time.Hour + 6*time.Minute)
		town.Inbox(sam).Expects("reference H-both")
		town.Inbox(jane).Expects("2 families")
		town.Silence()
		town.Until("Tue 24 Nov 2026 10:11")
		town.Inbox(boss).Expects("2 families")
		if tasks := hearback.Picture.Tasks(); len(tasks) != 1 || tasks[0].Case != "H-text" {
			t.Errorf("tasks %+v, want one for H-text", tasks)
		}
		if stats := hearback.Stats(); stats.UnsettledCases != 0 {
			t.Errorf("%d cases have unsettled messages", stats.UnsettledCases)
		}
		town.Texts.Recovers()
		town.Pass(30 * time.Minute)
		town.Silence()
		if findings := hearback.Engine.Findings(); len(findings) > 0 {
			t.Errorf("the auditor found %q", findings)
		}
	})
}

// A provider that wants to be left alone for half a day must not keep a family
// waiting that long for the email.
func TestALongRetryAfterDoesNotHoldUpTheOtherChannel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		town.Start(story.Setup{})
		town.Texts.Fails(channel.Failure{Verdict: channel.Retry, Code: "503", Reason: "Maintenance.", After: 12 * time.Hour})
		town.Opens("H-1", "north", "o.jane", family, sam)
		town.Asks("H-1", "e1")
		town.Pass(2*time.Hour + 6*time.Minute)
		town.Inbox(jane).Expects("H-1")
		town.Inbox(sam).Expects("reference H-1")
		town.Silence()
	})
}
