package engine_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/notifier/channel"
	"hearback/notifier/picture"
	"hearback/notifier/story"
)

// While decisions about some cases are being stored, later events of the same
// cases wait, and those of others do not: each case is decided in the order of
// the stream, without a conflict, however the groups fall.
func TestWhileAGroupIsStoredItsCasesWait(t *testing.T) {
	t.Parallel()
	for _, most := range []int{13, 30, 400} {
		t.Run(fmt.Sprint(most, " in a round"), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
				const cases, enquiries = 20, 6
				ref := func(i int) string { return fmt.Sprintf("H-%d", i) }
				told := 0
				// All of it is stored before anybody decides. Cases differ in how often
				// they come, so that groups hold now this one, now that.
				for q := range enquiries {
					for i := range cases {
						if q == 0 {
							town.Opens(ref(i), "north", "o.jane", fmt.Sprintf("07700 900%03d", i), "")
							told++
						}
						for range 1 + (q+i)%3 {
							town.Tells(ref(i), events.TypeCaseChanged, fmt.Sprintf(`{"officer":"o.%s"}`, []string{"jane", "tomasz"}[told%2]))
							told++
						}
						town.Asks(ref(i), fmt.Sprintf("e%d", q))
						if told++; q < enquiries-1 {
							town.Replies(ref(i), fmt.Sprintf("e%d", q))
							told++
						}
					}
				}
				hearback := town.Start(story.Setup{RoundMost: most, Workers: 16})
				town.Pass(5 * time.Second)
				stats := hearback.Engine.Stats()
				if stats.Conflicts != 0 || stats.CommitFailures != 0 || stats.Refused != 0 {
					t.Errorf("%d conflicts, %d failed commits, %d refused", stats.Conflicts, stats.CommitFailures, stats.Refused)
				}
				if stats.Promises != cases || stats.UnsettledCases != 0 || stats.InputLag != 0 {
					t.Errorf("%d promises are open, want %d; %d cases have messages on their way; the last event waits %s", stats.Promises, cases, stats.UnsettledCases, stats.InputLag)
				}
				if entries := town.Replay(); int64(entries) != stats.Entries || entries >= 3*told {
					t.Errorf("%d entries in the ledger, %d were stored, for %d events", entries, stats.Entries, told)
				}
				if most < 400 && stats.Rounds < int64(told/most) {
					t.Errorf("%d rounds for %d events, at most %d in one", stats.Rounds, told, most)
				}
			})
		})
	}
}

// More hand-overs end while Hearback stops than one group holds: each is recorded.
func TestAStopRecordsWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		const families = 30
		hearback := town.Start(story.Setup{RoundMost: 13, Workers: families, ReplyTimeout: time.Minute})
		end := time.Now().Add(30 * time.Second)
		town.Texts.Answers(func(channel.Message) story.Answer { return story.Answer{Think: time.Until(end)} })
		for i := range families {
			ref := fmt.Sprintf("H-%d", i)
			town.Opens(ref, "north", "o.jane", fmt.Sprintf("07700 900%03d", i), "")
			town.Asks(ref, "e1")
		}
		if on := hearback.Engine.Stats().UnsettledCases; on != families {
			t.Fatalf("%d families have a text on its way, want all %d", on, families)
		}
		hearback.Stop()
		for i := range families {
			ref := fmt.Sprintf("H-%d", i)
			records := town.Stored(events.LedgerSubject(ref))
			mark, err := picture.ParseMark(ref, records[len(records)-1].Header)
			if err != nil || mark.Messages != 0 {
				t.Errorf("case %s: %d messages are not settled (%v)", ref, mark.Messages, err)
			}
		}
	})
}
