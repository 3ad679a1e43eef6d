package engine_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/notifier/channel"
	"hearback/notifier/story"
)

// The server is away for a quarter of an hour, with a text on its way and a
// deadline that passes meanwhile. Everything is recorded, and said, once it is
// back; nothing goes twice. The auditor says so meanwhile.
func TestTheServerIsAwayForAWhile(t *testing.T) {
	for name, setup := range map[string]story.Setup{"alone": {}, "with a lease that runs out": {Standby: true}} {
		t.Run(name, func(t *testing.T) {
			story.Alone(t)
			synctest.Test(t, func(t *testing.T) {
				town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
				hearback := town.Start(setup)
				town.Opens("H-1", "north", "o.jane", family, "")
				town.Opens("H-2", "north", "o.jane", other, "")
				town.Asks("H-2", "e1")
				town.Phone(other).Expects("ref H-2")
				town.Pass(4 * time.Minute)
				town.Texts.Answers(func(channel.Message) story.Answer { return story.Answer{Think: 10 * time.Second} })
				town.Asks("H-1", "e1")
				town.StopServer()
				town.Pass(15 * time.Minute)
				town.Phone(family).Expects("ref H-1").At("Mon 23 Nov 2026 10:04")
				town.Silence() // a chase that could not be recorded was not sent
				if !setup.Standby && !strings.Contains(strings.Join(hearback.Engine.Findings(), "; "), "should have been looked at") {
					t.Errorf("the auditor found %q", hearback.Engine.Findings())
				}
				town.Texts.Recovers()
				town.StartServer()
				town.Pass(2 * time.Minute)
				town.Inbox(jane).Expects("2 families are waiting").At("Mon 23 Nov 2026 10:19")
				town.Silence()
				town.Asks("H-1", "e2")
				town.Phone(family).Expects("ref H-1")
				town.Pass(2 * time.Minute)
				town.Silence()
				if sent := town.Outcomes("H-1", events.TypeMessageSent); len(sent) != 3 {
					t.Errorf("%d message.sent of H-1, want 3", len(sent))
				}
				if findings := hearback.Engine.Findings(); len(findings) > 0 {
					t.Errorf("the auditor found %q", findings)
				}
				town.Replay()
			})
		})
	}
}
