package engine_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier/engine"
	"hearback/notifier/rules"
	"hearback/notifier/story"
)

// slower are QuietRules with twice the time.
var slower = strings.ReplaceAll(story.QuietRules, "due: 10 minutes", "due: 20 minutes")

// published is a version of the book as it goes into the stream.
func published(t *testing.T, book fs.FS) (version string, message commit.Message) {
	t.Helper()
	files, err := rules.Bundle(book)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(engine.Published{At: time.Now(), By: "the managers", Files: files})
	if err != nil {
		t.Fatal(err)
	}
	return files.Version(), commit.Message{Subject: events.BookSubject(engine.BookPart), Data: data}
}

// replanned is the event that moves a case to a version.
func replanned(t *testing.T, ref, id, version string) commit.Message {
	t.Helper()
	body, err := json.Marshal(events.Event{ID: id, Source: "/story", Type: events.TypeCaseReplanned, Case: ref, Time: time.Now(),
		Data: json.RawMessage(fmt.Sprintf(`{"book":%q,"by":"p.manager"}`, version))})
	if err != nil {
		t.Fatal(err)
	}
	return commit.Message{Subject: events.Subject(ref, events.TypeCaseReplanned), Data: body}
}

// A version that nobody published is refused with what to do, and the promise keeps its
// date. Once it is published the same may be asked again.
func TestReplanningToAVersionThatIsNotThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		town.Opens("H-1", "north", "o.jane", family, "")
		town.Asks("H-1", "e1")
		town.Phone(family).Expects("ref H-1", "10:10am")
		version, book := published(t, story.Book(t, slower))
		town.Write(t.Context(), replanned(t, "H-1", "r1", version))
		town.Settle()
		refused := town.Refused("H-1")
		if len(refused) != 1 || !strings.Contains(refused[0].Reason, version) || !strings.Contains(refused[0].Reason, "publish it") {
			t.Fatalf("refused: %+v", refused)
		}
		c, _, err := hearback.Picture.Case("H-1")
		if err != nil || len(c.Promises) != 1 || c.Promises[0].Book == version || !c.Promises[0].Due.Equal(c.Promises[0].Opened.Add(10*time.Minute)) {
			t.Errorf("the promise is %+v (%v)", c.Promises, err)
		}
		town.Write(t.Context(), book, replanned(t, "H-1", "r1", version))
		town.Settle()
		c, _, err = hearback.Picture.Case("H-1")
		if err != nil || c.Promises[0].Book != version || !c.Promises[0].Due.Equal(c.Promises[0].Opened.Add(20*time.Minute)) {
			t.Errorf("the promise is %+v (%v)", c.Promises, err)
		}
		town.Phone(family).Expects("We will now reply by 10:20am")
		if len(town.Refused("H-1")) != 1 {
			t.Errorf("refused: %+v", town.Refused("H-1"))
		}
		town.Replay()
	})
}

// The event that stands right behind its book in the stream is never faster than the
// book, however many stand there together; a repeat of all of them changes nothing; and
// a standby that starts later knows both versions, and goes on where the leader was.
func TestReplanningRightBehindTheBook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const cases = 40
		town := story.New(t, story.Book(t, story.QuietRules), "Mon 23 Nov 2026 10:00")
		hearback := town.Start(story.Setup{})
		ref := func(i int) string { return fmt.Sprintf("H-%d", i) }
		for i := range cases {
			town.Tells(ref(i), events.TypeEnquiryReceived, `{"enquiry":"e1","channel":"phone"}`)
		}
		version, book := published(t, story.Book(t, slower))
		all := []commit.Message{book}
		for i := range cases {
			all = append(all, replanned(t, ref(i), "r1", version))
		}
		town.Write(t.Context(), all...)
		town.Settle()
		entries := len(town.Stored(events.LedgerWildcard))
		town.Write(t.Context(), all[1:]...)
		town.Settle()
		if again := len(town.Stored(events.LedgerWildcard)); again != entries {
			t.Errorf("%d entries, and after the repeat %d", entries, again)
		}
		hearback.Kill()
		town.Pass(20 * time.Second)
		hearback = town.Start(story.Setup{})
		town.Settle()
		if books := hearback.Shelf.Books(); len(books.Versions) != 2 || books.Current.Version != version {
			t.Errorf("the shelf has %d versions, in force %s", len(books.Versions), books.Current.Version)
		}
		for i := range cases {
			c, _, err := hearback.Picture.Case(ref(i))
			if err != nil || len(c.Promises) != 1 || c.Promises[0].Book != version || len(town.Refused(ref(i))) != 0 {
				t.Errorf("case %s: %+v (%v), refused %+v", ref(i), c.Promises, err, town.Refused(ref(i)))
			}
		}
		town.Replay()
	})
}

// Two read the stream, each in order: the slower one brings no old version back.
func TestTheShelfTakesEachVersionOnce(t *testing.T) {
	t.Parallel()
	first, one := published(t, story.Book(t, story.QuietRules))
	second, two := published(t, story.Book(t, slower))
	shelf := engine.NewShelf()
	for i, taken := range []struct {
		sequence uint64
		data     []byte
		want     string
	}{{3, one.Data, first}, {7, two.Data, second}, {3, one.Data, second}, {7, two.Data, second}, {9, one.Data, first}} {
		changed, follows := shelf.Changed(), taken.sequence > 7 || i < 2
		if err := shelf.Take(taken.sequence, taken.data); err != nil {
			t.Fatal(err)
		}
		select {
		case <-changed:
			if !follows {
				t.Errorf("%d was taken before and counts as another", taken.sequence)
			}
		default:
			if follows {
				t.Errorf("nobody hears of %d", taken.sequence)
			}
		}
		if got := shelf.Books().Current.Version; got != taken.want {
			t.Errorf("after %d version %s is in force, want %s", taken.sequence, got, taken.want)
		}
	}
	read := shelf.Books().Versions[second]
	beside := shelf.Beside()
	if beside.Books().Current != nil {
		t.Error("something is in force before it was taken")
	}
	if err := beside.Take(7, two.Data); err != nil || beside.Books().Current != read || shelf.Books().Current.Version != first {
		t.Errorf("beside it: %v, %s; in force %s", err, beside.Books().Current.Version, shelf.Books().Current.Version)
	}
	if err := shelf.Take(10, []byte("{")); err == nil || shelf.Books().Current.Version != first {
		t.Errorf("a broken version: %v, in force %s", err, shelf.Books().Current.Version)
	}
}
