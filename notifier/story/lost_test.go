package story_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/story"
	"hearback/notifier/stream/streamtest"
)

// The leader's line breaks as the acknowledgement of its decisions comes along it:
// they are stored, and it does not know. It finds them, as its own and whole, and
// goes on: every family receives its text, once, and nothing is decided again.
func TestTheAcknowledgementOfARoundIsLost(t *testing.T) {
	for _, families := range []int{1, 5, 30} {
		for _, away := range []time.Duration{0, time.Minute} {
			t.Run(fmt.Sprintf("%d families, away %s", families, away), func(t *testing.T) {
				story.Alone(t)
				synctest.Test(t, func(t *testing.T) {
					town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
					leader := town.Start(story.Setup{})
					for i := range families {
						town.Opens(fmt.Sprintf("H-%02d", i), "north", "o.jane", number(i), "")
					}
					losesARound(t, town, leader, families, away)
					town.Pass(2 * time.Minute)
					wantOneOfEach(t, town, families)
					if stats := leader.Stats(); stats.UnsettledCases != 0 || stats.Repeats != 0 || stats.Conflicts != 0 || stats.CommitFailures != 0 {
						t.Errorf("unsettled %d, repeated %d, conflicts %d, failures %d", stats.UnsettledCases, stats.Repeats, stats.Conflicts, stats.CommitFailures)
					}
					wantInOrder(t, town, families)
					town.Replay()
				})
			})
		}
	}
}

// The line stays broken for so long that another leads. It finds the decisions,
// and hands over what they say; the first comes back and adds nothing.
func TestTheAcknowledgementIsLostAndTheLeadershipWithIt(t *testing.T) {
	for _, families := range []int{1, 30} {
		t.Run(fmt.Sprint(families, " families"), func(t *testing.T) {
			story.Alone(t)
			synctest.Test(t, func(t *testing.T) {
				town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
				first := town.Start(story.Setup{Name: "first", Standby: true})
				second := town.Start(story.Setup{Name: "second", Standby: true})
				for i := range families {
					town.Opens(fmt.Sprintf("H-%02d", i), "north", "o.jane", number(i), "")
				}
				losesARound(t, town, first, families, takeover+5*time.Second)
				town.Pass(takeover)
				if !second.Engine.Leading() {
					t.Fatal("the second does not lead")
				}
				town.Pass(2 * time.Minute)
				if first.Engine.Leading() || !second.Engine.Leading() {
					t.Errorf("the first leads %v, the second %v", first.Engine.Leading(), second.Engine.Leading())
				}
				wantOneOfEach(t, town, families)
				if stats := second.Stats(); stats.UnsettledCases != 0 || stats.Repeats != 0 {
					t.Errorf("unsettled %d, repeated %d", stats.UnsettledCases, stats.Repeats)
				}
				wantInOrder(t, town, families)
				sameView(t, "at the end", second, first)
				town.Replay()
			})
		})
	}
}

// The line breaks again while the leader looks whether its round is stored. Once it
// is back, the leader finds its own decisions where it expected those of before, and
// hands over what they say: nobody else will.
func TestTheLineBreaksAgainWhileARoundIsLookedFor(t *testing.T) {
	const families = 30
	for _, away := range []time.Duration{6 * time.Second, 20 * time.Second, time.Minute} {
		t.Run(away.String(), func(t *testing.T) {
			story.Alone(t)
			synctest.Test(t, func(t *testing.T) {
				town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
				leader := town.Start(story.Setup{})
				for i := range families {
					town.Opens(fmt.Sprintf("H-%02d", i), "north", "o.jane", number(i), "")
				}
				losesARound(t, town, leader, families, 0)
				leader.Line.Loses("stream_names_response", away)
				town.Pass(5 * time.Minute)
				if leader.Line.Lost() != 2 {
					t.Fatalf("the line broke %d times, want twice", leader.Line.Lost())
				}
				wantOneOfEach(t, town, families)
				if stats := leader.Stats(); stats.UnsettledCases != 0 || stats.Repeats != 0 {
					t.Errorf("unsettled %d, repeated %d", stats.UnsettledCases, stats.Repeats)
				}
				wantInOrder(t, town, families)
				town.Replay()
			})
		})
	}
}

// losesARound tells of an enquiry of every family, and loses the acknowledgement of
// what the leader decides: of an atomic batch where they are many.
func losesARound(t *testing.T, town *story.Town, leader *story.Replica, families int, away time.Duration) {
	t.Helper()
	what := streamtest.AnyAcknowledgement
	if families >= 30 {
		what = streamtest.BatchAcknowledgement
	}
	leader.Line.Loses(what, away)
	town.Write(t.Context(), enquiries(families)...)
	town.Settle()
	if leader.Line.Lost() != 1 {
		t.Fatalf("%d acknowledgements were lost, want 1", leader.Line.Lost())
	}
}
