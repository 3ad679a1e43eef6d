package story_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/notifier/channel"
	"hearback/notifier/story"
)

const workingDay = `
  - name: reply
    opened_by: enquiry.received
    due: 2 working days
    steps:
      - {at: 1 working day before due, chase: [officer], words: reply-due-soon}
      - {at: due, chase: [manager], words: reply-overdue}
`

// An officer with thirty families who wait gets one email in the morning, the
// longest wait first.
func TestThirtyCasesAreOneEmail(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, workingDay), "Mon 23 Nov 2026 10:00")
		town.Start(story.Setup{})
		for i := range 30 {
			town.Opens(fmt.Sprintf("H-%02d", 30-i), "north", "o.jane", "", "")
			town.Asks(fmt.Sprintf("H-%02d", 30-i), "e1") // H-30 has waited longest
		}
		town.Until("Tue 24 Nov 2026 09:05")
		digest := town.Inbox(jane).Expects("30 families are waiting").At("Tue 24 Nov 2026 09:00")
		for i := range 29 {
			digest.Before(fmt.Sprintf("H-%02d", 30-i), fmt.Sprintf("H-%02d", 29-i))
		}
		town.Silence()
		for i := range 30 {
			if sent := town.Outcomes(fmt.Sprintf("H-%02d", 30-i), events.TypeMessageSent); len(sent) != 1 {
				t.Errorf("case H-%02d has %d message.sent, want 1", 30-i, len(sent))
			}
		}
	})
}

// Chases for one person forty seconds apart go as one email, seventy seconds
// apart as two.
func TestChasesThatAreDueTogether(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		apart  time.Duration
		emails []string
	}{
		{40 * time.Second, []string{"2 families are waiting"}},
		{70 * time.Second, []string{"case H-1", "case H-2"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
			town.Start(story.Setup{})
			town.Opens("H-1", "north", "o.jane", "", sam)
			town.Opens("H-2", "north", "o.jane", "", sam)
			town.Asks("H-1", "e1")
			town.Pass(test.apart)
			town.Asks("H-2", "e1")
			town.Inbox(sam).Expects("H-1")
			town.Inbox(sam).Expects("H-2")
			town.Pass(15 * time.Minute)
			for _, part := range test.emails {
				town.Inbox(jane).Expects(part)
			}
			town.Silence()
		})
	}
}

// Three in a row, each forty seconds after the one before: nobody waits longer
// than a minute for company.
func TestNoChaseWaitsLongerThanAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		town.Start(story.Setup{})
		for i := range 3 {
			ref := fmt.Sprintf("H-%d", i+1)
			town.Opens(ref, "north", "o.jane", "", "")
			town.Asks(ref, "e1")
			town.Pass(40 * time.Second)
		}
		town.Pass(15 * time.Minute)
		town.Inbox(jane).Expects("2 families are waiting", "H-1", "H-2").At("Mon 23 Nov 2026 10:10")
		town.Inbox(jane).Expects("case H-3").At("Mon 23 Nov 2026 10:11")
		town.Silence()
	})
}

// A process that dies with thirty chases decided and none handed over sends one
// email after the restart, not thirty.
func TestThirtyChasesAreOneEmailAfterACrash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, workingDay), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		for i := range 30 {
			ref := fmt.Sprintf("H-%02d", i+1)
			town.Opens(ref, "north", "o.jane", "", "")
			town.Asks(ref, "e1")
		}
		town.Mail.Fails(channel.Failure{Verdict: channel.Retry, Code: "451", Reason: "Try later."})
		town.Until("Tue 24 Nov 2026 09:05")
		hearback.Kill()
		town.Mail.Recovers()
		town.Silence()
		town.Start(story.Setup{})
		town.Pass(10 * time.Minute)
		first := town.Inbox(jane).Expects("30 families are waiting")
		town.Silence()
		if !strings.HasPrefix(first.MessageID, "digest-") {
			t.Errorf("the digest's Message-ID is %q", first.MessageID)
		}
	})
}
