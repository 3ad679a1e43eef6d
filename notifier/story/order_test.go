package story_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier/picture"
	"hearback/notifier/story"
)

// crowdOf are the events of many cases, ten each in an order that matters: the
// last officer stays, and an enquiry is open unless it was answered. They are
// shuffled, but each case keeps its own order.
func crowdOf(cases int, seed uint64) []commit.Message {
	random := rand.New(rand.NewPCG(seed, 1))
	queues := make([][]commit.Message, cases)
	for i := range queues {
		ref := fmt.Sprintf("H-%02d", i)
		number := 0
		add := func(kind, data string) {
			number++
			body := envelope(ref, kind, data, "bad-1", fmt.Sprintf("%s.%d", ref, number))
			queues[i] = append(queues[i], commit.Message{Subject: events.Subject(ref, kind), Data: []byte(body)})
		}
		add(events.TypeCaseOpened, fmt.Sprintf(`{"team":"north","officer":"o.jane","contacts":[{"id":"c1","name":"Sam Taylor","mobile":"07700 9001%02d"}]}`, i))
		for n := 1; n <= 4; n++ {
			add(events.TypeEnquiryReceived, fmt.Sprintf(`{"enquiry":"e%d"}`, n))
			if n < 4 {
				add(events.TypeReplySent, fmt.Sprintf(`{"enquiry":"e%d","by":"o.jane"}`, n))
			}
		}
		add(events.TypeOfficerChanged, `{"officer":"o.amir"}`)
		add(events.TypeOfficerChanged, `{"officer":"o.kwame"}`)
	}
	var shuffled []commit.Message
	for left := cases * len(queues[0]); left > 0; left-- {
		i := random.IntN(cases)
		for len(queues[i]) == 0 {
			i = (i + 1) % cases
		}
		shuffled, queues[i] = append(shuffled, queues[i][0]), queues[i][1:]
	}
	return shuffled
}

// wantInOrder checks that the ledger of each case lists the events of that case
// in the order of the stream and each exactly once.
func wantInOrder(t *testing.T, town *story.Town, cases int) {
	t.Helper()
	for i := range cases {
		ref := fmt.Sprintf("H-%02d", i)
		var told, answered []uint64
		for _, r := range town.Stored(events.EventsOf(ref)) {
			told = append(told, r.Sequence)
		}
		for _, r := range town.Stored(events.LedgerSubject(ref)) {
			entry, err := picture.Decode(r.Data)
			if err != nil {
				t.Fatalf("case %s: the entry at %d cannot be read: %v", ref, r.Sequence, err)
			}
			for _, input := range entry.Inputs {
				if input.Event == 0 {
					continue
				}
				answered = append(answered, input.Event)
				if input.Event >= r.Sequence {
					t.Errorf("case %s: the entry at %d answers event %d, which came later", ref, r.Sequence, input.Event)
				}
			}
			if entry.Through >= r.Sequence {
				t.Errorf("case %s: the entry at %d says that everything up to %d is answered", ref, r.Sequence, entry.Through)
			}
		}
		if !slices.Equal(told, answered) {
			t.Errorf("case %s: told of %v, answered %v", ref, told, answered)
		}
	}
}

// wantOutcomeOf checks what ten events in their order lead to.
func wantOutcomeOf(t *testing.T, hearback *story.Replica, cases int) {
	t.Helper()
	for i := range cases {
		c := caseOf(t, hearback, fmt.Sprintf("H-%02d", i))
		open := make([]string, len(c.Promises))
		for n, p := range c.Promises {
			open[n] = p.Enquiry
		}
		if c.Officer != "o.kwame" || !slices.Equal(open, []string{"e4"}) {
			t.Errorf("case %s: officer %s, open %v, want o.kwame and e4", c.Ref, c.Officer, open)
		}
	}
}

// wantHeardOnce checks that every family has heard of its open enquiry, and that
// no message was accepted twice. The enquiries before it may have been answered
// before their acknowledgement went out.
func wantHeardOnce(t *testing.T, town *story.Town, cases int) {
	t.Helper()
	taken := map[string]int{}
	for _, a := range town.Texts.Accepted() {
		taken[a.Message.ID]++
	}
	for id, times := range taken {
		if times != 1 {
			t.Errorf("message %s was taken %d times", id, times)
		}
	}
	for i := range cases {
		if last := fmt.Sprintf("H-%02d-4", i); taken[last] == 0 { // the fourth acknowledgement
			t.Errorf("message %s was never taken", last)
		}
	}
}

const crowdedCases, eventsOfEach = 20, 10

// Two hundred events of twenty cases come at once. Each case is decided in the
// order of the stream, whatever a round holds.
func TestEachCaseIsDecidedInStreamOrder(t *testing.T) {
	t.Parallel()
	for _, roundMost := range []int{0, 1, 7} {
		t.Run(fmt.Sprintf("rounds of %d", roundMost), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
				hearback := town.Start(story.Setup{RoundMost: roundMost})
				crowd := crowdOf(crowdedCases, uint64(roundMost)+1)
				if len(crowd) != crowdedCases*eventsOfEach {
					t.Fatalf("%d events, want %d", len(crowd), crowdedCases*eventsOfEach)
				}
				town.Write(t.Context(), crowd...)
				town.Pass(30 * time.Second)
				wantInOrder(t, town, crowdedCases)
				wantOutcomeOf(t, hearback, crowdedCases)
				wantHeardOnce(t, town, crowdedCases)
				if stats := hearback.Stats(); stats.Conflicts != 0 || stats.Refused != 0 || stats.UnsettledCases != 0 {
					t.Errorf("conflicts %d, refused %d, unsettled %d", stats.Conflicts, stats.Refused, stats.UnsettledCases)
				}
				town.Replay()
			})
		})
	}
}

// The events come from four services at once while the process dies and starts
// again, and results of hand-overs come between them.
func TestTheOrderHoldsThroughCrashes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{RoundMost: 9})
		crowd := crowdOf(crowdedCases, 42)
		var services sync.WaitGroup
		for part := range 4 {
			services.Go(func() {
				for _, message := range crowd {
					// One service tells of a case, so that its events keep their order.
					ref, _, _ := strings.Cut(strings.TrimPrefix(message.Subject, events.EventPrefix), ".")
					if int(ref[len(ref)-1])%4 == part {
						town.Write(t.Context(), message)
						time.Sleep(20 * time.Millisecond)
					}
				}
			})
		}
		for range 5 {
			town.Pass(237 * time.Millisecond)
			hearback.Kill()
			hearback = town.Start(story.Setup{RoundMost: 9})
		}
		services.Wait()
		town.Pass(30 * time.Second)
		wantInOrder(t, town, crowdedCases)
		wantOutcomeOf(t, hearback, crowdedCases)
		for i := range crowdedCases {
			ref := fmt.Sprintf("H-%02d", i)
			if stored := len(town.Stored(events.EventsOf(ref))); stored != eventsOfEach {
				t.Errorf("case %s has %d events, want %d", ref, stored, eventsOfEach)
			}
		}
		wantHeardOnce(t, town, crowdedCases)
		if unsettled := hearback.Stats().UnsettledCases; unsettled != 0 {
			t.Errorf("%d cases have unsettled messages", unsettled)
		}
		town.Replay()
	})
}
