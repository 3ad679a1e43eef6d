package engine_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/engine"
	"hearback/notifier/story"
)

// poisoned is a condition with a fault in it.
type poisoned struct{}

func (poisoned) Holds(e events.Event, _ notifier.Case) (bool, error) {
	if strings.Contains(string(e.Data), "poison") {
		panic("a fault in the core")
	}
	return true, nil
}

// An event on which the core fails is kept with the reason, and the next ones
// of the same case and of others are decided as if nothing had happened.
func TestAnEventOnWhichTheCoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		good := hearback.Shelf.Books().Current
		bad := *good
		bad.Rules = append([]notifier.Rule(nil), good.Rules...)
		bad.Rules[0].When = poisoned{}
		hearback.Shelf.Put(notifier.Books{Current: &bad, Versions: map[string]*notifier.Book{bad.Version: &bad}})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Opens("H-2", "north", "o.jane", other, "")

		town.Asks("H-1", "poison")
		town.Asks("H-2", "e1")
		town.Asks("H-1", "e2")
		town.Phone(other).Expects("ref H-2").At("Mon 23 Nov 2026 10:00")
		town.Phone(family).Expects("ref H-1").At("Mon 23 Nov 2026 10:00")
		town.Silence()
		refused := town.Refused("H-1")
		if len(refused) != 1 || refused[0].Sequence == 0 || !strings.Contains(refused[0].Reason, "a fault in the core") {
			t.Errorf("refused: %+v", refused)
		}
		if got := hearback.Stats().Refused; got != 1 {
			t.Errorf("%d are counted as refused, want 1", got)
		}
	})
}

// A case that has grown so large that the stream will not take another entry
// holds up no other, and every event that could not be decided for it is kept:
// also those that were taken together with the one too many.
func TestACaseThatGrowsTooLarge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Opens("H-2", "north", "o.jane", other, "")
		told := 0
		large := func() commit.Message {
			told++
			id := fmt.Sprintf("k%d", told)
			data, err := json.Marshal(events.Contact{ID: id, Name: strings.Repeat("a", 300), Relationship: strings.Repeat("b", 300), Email: strings.Repeat("c", 300)})
			if err != nil {
				t.Fatal(err)
			}
			body, err := json.Marshal(events.Event{ID: id, Source: "/story", Type: events.TypeContactChanged, Case: "H-1", Time: time.Now(), Data: data})
			if err != nil {
				t.Fatal(err)
			}
			return commit.Message{Subject: events.Subject("H-1", events.TypeContactChanged), Data: body}
		}
		for len(town.Refused("H-1")) == 0 {
			if told > 5000 {
				t.Fatal("the case never became too large")
			}
			var together []commit.Message
			for range 100 {
				together = append(together, large())
			}
			town.Write(t.Context(), together...)
			town.Pass(10 * time.Second)
		}
		if c, _, err := hearback.Picture.Case("H-1"); err != nil || len(c.Contacts)-1+len(town.Refused("H-1")) != told {
			t.Errorf("of %d events %d were decided and %d kept as refused (%v)", told, len(c.Contacts)-1, len(town.Refused("H-1")), err)
		}
		began := time.Now()
		town.Asks("H-2", "e1")
		if got := town.Phone(other).Expects("ref H-2"); got.Accepted.At.Sub(began) > time.Second {
			t.Errorf("another family waited %v for its acknowledgement", got.Accepted.At.Sub(began))
		}
		town.Silence()
		if stats := hearback.Stats(); stats.CommitFailures != 0 {
			t.Errorf("%d commits failed", stats.CommitFailures)
		}
	})
}

// A version of the book that cannot be used changes nothing; a good one governs
// the promises opened after it.
func TestABrokenBookInTheMiddle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		version := hearback.Shelf.Books().Current.Version
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Raw(events.BookSubject(engine.BookPart), nil, []byte("promises: ["))
		town.Raw(events.BookSubject(engine.BookPart), nil, []byte(`{"files":{"rules.yaml":"promises: [}"}}`))
		town.Raw(events.BookSubject(engine.BookPart), nil, []byte(`{}`))
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("ref H-1", "10:10am")
		if got := hearback.Shelf.Books().Current.Version; got != version {
			t.Errorf("version %s is in force, want %s", got, version)
		}
		town.Publish(story.Book(t, strings.ReplaceAll(story.QuietRules, "10 minutes", "20 minutes")))
		town.Pass(time.Second)
		town.Asks("H-1", "e2")
		town.Phone(family).Expects("ref H-1", "10:20am")
		town.Pass(11 * time.Minute)
		town.Inbox(jane).Expects("case H-1", "10:10am")
		town.Pass(10 * time.Minute)
		town.Inbox(jane).Expects("case H-1", "10:20am")
		town.Silence()
		if town.Replay() == 0 {
			t.Error("the ledger is empty")
		}
	})
}

// What a gateway refused stands between the engine's own refusals. A restart
// long after does not refuse the old events again.
func TestNothingIsRefusedTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Raw(events.Subject("H-1", events.TypeReplySent), nil, []byte("not JSON"))
		town.Settle()
		data, err := json.Marshal(engine.Refused{At: time.Now(), Case: "H-9", Reason: "body: is not JSON", Body: []byte("<>")})
		if err != nil {
			t.Fatal(err)
		}
		town.Raw(events.RejectedSubject("H-9"), nil, data)
		for range 2 {
			hearback.Kill()
			town.Pass(10 * time.Minute)
			hearback = town.Start(story.Setup{})
			town.Settle()
		}
		if refused := town.Refused("H-1"); len(refused) != 1 {
			t.Errorf("one bad event is kept %d times", len(refused))
		}
	})
}
