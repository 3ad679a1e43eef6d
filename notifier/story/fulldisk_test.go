package story_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier/story"
	"hearback/notifier/stream/streamtest"
)

// filler is what fills the stream: refusals that a gateway kept, which lead to
// nothing.
func filler() commit.Message {
	return commit.Message{Subject: events.RejectedSubject(events.UnknownCase), Data: fmt.Appendf(nil, `{"reason":"filler","body":"%03000d"}`, 0)}
}

// fillers stores so many, or as many as there is room for, and says how many.
func fillers(town *story.Town, most int) (stored int) {
	for stored < most {
		if open := town.Tries(time.Second, filler()); len(open) > 0 {
			break
		}
		stored++
	}
	return stored
}

// The stream reaches its share of the disk at some point of a rush: before it is
// stored, while it is decided, while the results are recorded. Nothing is handed over
// whose decision is not stored, though the server keeps the beginning of a batch for
// which it has no room. A service that got no acknowledgement tells again later. Once
// there is room and Hearback has been started again, every family has its text, and
// none has it twice.
func TestARushFillsTheDisk(t *testing.T) {
	const families, disk, larger = 30, 4, 8
	streamtest.SmallDisk(t, disk, func(t *testing.T, dir string) {
		// A town with everybody in it, and no rush yet.
		begin := func(t *testing.T) (*story.Town, *story.Replica) {
			streamtest.ResizeSmallDisk(t, dir, disk)
			town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
			leader := town.Start(story.Setup{})
			for i := range families {
				town.Opens(fmt.Sprintf("H-%02d", i), "north", "o.jane", number(i), "")
			}
			return town, leader
		}
		fit, partly := 0, false
		t.Run("without a rush", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				town, _ := begin(t)
				if town.Fault() != nil {
					t.Fatal(town.Fault())
				}
				if fit = fillers(town, 10_000); fit == 10_000 || town.Fault() == nil {
					t.Fatalf("%d fillers do not fill the disk: %v", fit, town.Fault())
				}
			})
		})
		for _, left := range []int{1, 3, 5, 8, 12, 16, 20, 24, 28, 32, 40, 50} {
			t.Run(fmt.Sprintf("with room for %d fillers", left), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					town, leader := begin(t)
					if fillers(town, fit-left) != fit-left {
						t.Fatal("there is less room than before")
					}
					open := town.Tries(20*time.Second, enquiries(families)...)
					town.Pass(time.Minute)
					fillers(town, 2*left) // whatever room there was is used up now
					town.Pass(time.Minute)
					if town.Fault() == nil {
						t.Fatal("the server finds nothing wrong: the test shows nothing")
					}
					taken := town.Texts.Accepted()
					wantStored(t, town, taken)
					partly = partly || len(taken) > 0 && len(taken) < families
					leader.Kill()
					town.StopServer()
					streamtest.ResizeSmallDisk(t, dir, larger)
					town.StartServer()
					leader = town.Start(story.Setup{})
					town.Write(t.Context(), open...)
					town.Pass(2 * time.Minute)
					wantOneOfEach(t, town, families)
					if stats := leader.Stats(); stats.UnsettledCases != 0 || stats.Repeats != 0 {
						t.Errorf("unsettled %d, repeated %d", stats.UnsettledCases, stats.Repeats)
					}
					if findings := leader.Engine.Findings(); len(findings) > 0 {
						t.Errorf("the auditor found %q", findings)
					}
					town.Replay()
				})
			})
		}
		if !partly {
			t.Error("no commit was stored in part: the test shows nothing")
		}
	})
}

// wantStored checks that what was handed over had been decided and stored.
func wantStored(t *testing.T, town *story.Town, taken []story.Accepted) {
	t.Helper()
	for _, a := range taken {
		ref := a.Message.ID[:strings.LastIndexByte(a.Message.ID, '-')]
		if entries := town.Stored(events.LedgerSubject(ref)); len(entries) < 2 {
			t.Errorf("message %s was handed over, and its decision is not in the ledger", a.Message.ID)
		}
	}
}
