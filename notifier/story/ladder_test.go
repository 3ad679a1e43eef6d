package story_test

import (
	"testing"
	"testing/synctest"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier/story"
)

const (
	family = "07700 900123"
	sam    = "sam@family.example"
	jane   = "jane.okafor@council.example"
	lead   = "moira.sinclair@council.example"
	boss   = "tomasz.wrona@council.example"
	head   = "adaeze.whitlock@council.example"
)

// Nobody answers over Christmas. The closure moves every date, everybody on the
// ladder hears in turn, the process is down for a week and goes on where it
// was, the last step repeats, and a reply ends it at once.
func TestTheLadderOverTheChristmasClosure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, deploy.Hertfordshire(), "Mon 21 Dec 2026 10:15")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("thank you for your message, ref H-1", "Wed 6 Jan").At("Mon 21 Dec 2026 10:15")

		town.Until("Mon 4 Jan 2027 08:59")
		town.Silence()
		town.Until("Mon 4 Jan 2027 09:01")
		town.Inbox(jane).Expects("Reply due by 5pm on Wed 6 Jan", "H-1").At("Mon 4 Jan 2027 09:00")
		town.Until("Wed 6 Jan 2027 16:59")
		town.Silence()
		town.Until("Wed 6 Jan 2027 17:02")
		town.Inbox(jane).Expects("still waiting").At("Wed 6 Jan 2027 17:00")
		town.Inbox(lead).Expects("still waiting", "the team lead").At("Wed 6 Jan 2027 17:00")
		town.Phone(family).Expects("sorry, our reply, due", "We told the team lead").At("Wed 6 Jan 2027 17:00")
		town.Until("Fri 8 Jan 2027 09:02")
		town.Inbox(boss).Expects("still waiting", "2 working days ago").At("Fri 8 Jan 2027 09:00")
		town.Silence()
		if late := town.Outcomes("H-1", events.TypePromiseLate); len(late) != 1 {
			t.Errorf("promise.late was published %d times", len(late))
		}

		hearback.Stop()
		town.StopServer()
		town.Until("Thu 14 Jan 2027 22:00")
		town.StartServer()
		hearback = town.Start(story.Setup{})
		town.Silence()
		town.Until("Fri 15 Jan 2027 09:02")
		town.Inbox(boss).Expects("7 working days ago").At("Fri 15 Jan 2027 09:00")
		town.Inbox(head).Expects("7 working days ago", "the head of service").At("Fri 15 Jan 2027 09:00")
		town.Phone(family).Expects("sorry, our reply, due", "We told the head of service").At("Fri 15 Jan 2027 09:00")

		hearback.Stop()
		town.StopServer()
		town.Until("Thu 21 Jan 2027 22:00")
		town.StartServer()
		hearback = town.Start(story.Setup{})
		town.Until("Fri 22 Jan 2027 09:02")
		town.Inbox(boss).Expects("12 working days ago").At("Fri 22 Jan 2027 09:00")
		town.Inbox(head).Expects("12 working days ago").At("Fri 22 Jan 2027 09:00")
		town.Phone(family).Expects("sorry, our reply, due").At("Fri 22 Jan 2027 09:00")

		town.Replies("H-1", "e1")
		hearback.Stop()
		town.StopServer()
		town.Until("Fri 29 Jan 2027 08:00")
		town.StartServer()
		hearback = town.Start(story.Setup{})
		town.Until("Fri 29 Jan 2027 12:00")
		town.Silence()
		if kept := town.Outcomes("H-1", events.TypePromiseKept); len(kept) != 1 {
			t.Errorf("promise.kept was published %d times", len(kept))
		}
		if findings := hearback.Engine.Findings(); len(findings) > 0 {
			t.Errorf("the auditor found %q", findings)
		}
		town.Replay()
	})
}

// The clocks go back in the night to Sunday 25 October 2026: an urgent promise
// of Friday still falls due on Monday by the clocks on the wall.
func TestTheLadderWhenTheClocksGoBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, deploy.Hertfordshire(), "Fri 23 Oct 2026 15:00")
		town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Tells("H-1", events.TypeEnquiryReceived, `{"enquiry":"e1","channel":"phone","urgent":true}`)
		town.Phone(family).Expects("by 5pm on Mon 26 Oct")
		town.Until("Mon 26 Oct 2026 11:59")
		town.Silence()
		town.Until("Mon 26 Oct 2026 12:02")
		town.Inbox(jane).Expects("Reply due by 5pm on Mon 26 Oct").At("Mon 26 Oct 2026 12:00")
		town.Silence()
		town.Until("Mon 26 Oct 2026 17:02")
		town.Inbox(jane).Expects("still waiting").At("Mon 26 Oct 2026 17:00")
		town.Inbox(lead).Expects("still waiting").At("Mon 26 Oct 2026 17:00")
		town.Phone(family).Expects("late").At("Mon 26 Oct 2026 17:00")
		town.Until("Wed 28 Oct 2026 09:02")
		town.Inbox(boss).Expects("1 working day ago").At("Tue 27 Oct 2026 09:00")
		town.Inbox(boss).Expects("2 working days ago").At("Wed 28 Oct 2026 09:00")
		town.Inbox(head).Expects("2 working days ago").At("Wed 28 Oct 2026 09:00")
		town.Phone(family).Expects("late").At("Wed 28 Oct 2026 09:00")
		town.Silence()
		town.Replay()
	})
}

// The clocks go forward on Easter Sunday, 28 March 2027, between two bank
// holidays.
func TestTheLadderWhenTheClocksGoForward(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, deploy.Hertfordshire(), "Thu 25 Mar 2027 10:00")
		town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Tells("H-1", events.TypeEnquiryReceived, `{"enquiry":"e1","channel":"phone","urgent":true}`)
		town.Phone(family).Expects("by 5pm on Tue 30 Mar")
		town.Until("Tue 30 Mar 2027 17:02")
		town.Inbox(jane).Expects("Reply due by 5pm on Tue 30 Mar").At("Tue 30 Mar 2027 12:00")
		town.Inbox(jane).Expects("still waiting").At("Tue 30 Mar 2027 17:00")
		town.Inbox(lead).Expects("still waiting").At("Tue 30 Mar 2027 17:00")
		town.Phone(family).Expects("late").At("Tue 30 Mar 2027 17:00")
		town.Until("Wed 31 Mar 2027 09:02")
		town.Inbox(boss).Expects("1 working day ago").At("Wed 31 Mar 2027 09:00")
		town.Silence()
		town.Replay()
	})
}

// A reply stops the chasing at once, even a chase that waits for company.
func TestAReplyStopsTheChasingAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Opens("H-2", "north", "o.jane", "", sam)
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("ref H-1")
		town.Pass(40 * time.Second)
		town.Asks("H-2", "e2")
		town.Inbox(sam).Expects("reference H-2")

		town.Pass(9*time.Minute + 40*time.Second) // the chase for H-1 is due and waits for that of H-2
		town.Silence()
		town.Replies("H-1", "e1")
		town.Pass(48 * time.Hour)
		town.Inbox(jane).Expects("case H-2")
		town.Inbox(boss).Expects("H-2").At("Tue 24 Nov 2026 10:10")
		town.Silence()
	})
}

// At three in the morning an acknowledgement goes at once; the news that the
// reply is late waits until eight.
func TestAtThreeInTheMorning(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuickRules), "Tue 24 Nov 2026 03:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("ref H-1").At("Tue 24 Nov 2026 03:00")
		town.Until("Tue 24 Nov 2026 07:59")
		town.Inbox(jane).Expects("still waiting").At("Tue 24 Nov 2026 03:10")
		town.Silence()
		if hearback.Stats().UnsettledCases != 1 {
			t.Errorf("%d cases have unsettled messages, want the one", hearback.Stats().UnsettledCases)
		}
		town.Until("Tue 24 Nov 2026 08:02")
		town.Phone(family).Expects("late").At("Tue 24 Nov 2026 08:00")
		town.Silence()
	})
}
