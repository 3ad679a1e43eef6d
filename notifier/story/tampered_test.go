package story_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/backtest"
	"hearback/notifier/calendar"
	"hearback/notifier/picture"
	"hearback/notifier/rules"
	"hearback/notifier/story"
	"hearback/notifier/stream"
)

// recorded is a stream that somebody may have meddled with.
type recorded []stream.Record

func (r recorded) Info(context.Context) (stream.Info, error) {
	if len(r) == 0 {
		return stream.Info{}, nil
	}
	return stream.Info{FirstSequence: r[0].Sequence, LastSequence: r[len(r)-1].Sequence}, nil
}

func (r recorded) History(_ context.Context, _ []string, fn func(stream.Record)) error {
	for _, record := range r {
		fn(record)
	}
	return nil
}

// without is the stream without some of its messages.
func (r recorded) without(gone func(stream.Record) bool) recorded {
	return slices.DeleteFunc(slices.Clone(r), gone)
}

// everything tells the whole story once, with a repeat and a refusal in it, and
// gives what the stream holds then.
func everything(t *testing.T) (all recorded) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuickRules), "Mon 23 Nov 2026 10:00")
		everyKind(t, town)
		first := town.Stored(events.EventsOf("H-1"))[1]
		town.Raw(first.Subject, nil, first.Data)
		town.Raw(events.Subject("H-1", events.TypeEnquiryReceived), nil, []byte("not an event"))
		town.Settle()
		town.Asks("H-7", "e1") // an entry after both, which says that they were answered
		town.Asks("H-7", "e2")
		all = town.Stored(events.AllSubjects)
		v := town.Verified()
		if v.Same != v.Entries || !v.Exact() || v.Unchanged == 0 || v.Refused != 1 || v.Events != v.Answered+v.Unchanged+v.Refused+v.Open {
			t.Errorf("%+v", v)
		}
	})
	return all
}

func verified(t interface{ Fatal(...any) }, r recorded, build string) backtest.Verified {
	v, err := backtest.Verify(context.Background(), r, build)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Whatever is changed in what was decided, the entry is found and told of, and so
// is what is missing; nothing else is blamed.
func TestATamperedLedgerIsFound(t *testing.T) {
	t.Parallel()
	all := everything(t)
	var ledger []int
	for i, r := range all {
		if strings.HasPrefix(r.Subject, events.LedgerPrefix) {
			ledger = append(ledger, i)
		}
	}
	if whole := verified(t, all, ""); !whole.Exact() || whole.Entries != len(ledger) {
		t.Fatalf("the ledger as it is: %+v", whole)
	}

	t.Run("played again", func(t *testing.T) {
		book, faults := rules.Load(story.Book(t, story.QuietRules))
		if book == nil {
			t.Fatal(faults)
		}
		day := calendar.Date{Year: 2026, Month: 11, Day: 23}
		c, err := backtest.Compare(t.Context(), all, book, backtest.Window{From: day, To: day.AddDays(2)}, all[len(all)-1].Time)
		if err != nil {
			t.Fatal(err)
		}
		// A crash and a provider that was away for a minute are not played again.
		near := func(a, b int) bool { return a-b <= 1 && b-a <= 1 }
		for _, r := range c.Rows {
			a, b := r.Happened, r.Again
			if a.Opened != b.Opened || a.Late != b.Late || a.Tasks != b.Tasks || a.Heads != b.Heads || !near(a.Chases, b.Chases) || !near(a.Family, b.Family) {
				t.Errorf("%s in %s:\nhappened  %+v\nagain     %+v\ncandidate %+v", r.Promise, r.Team, r.Happened, r.Again, r.Candidate)
			}
		}
		if len(c.Books) != 2 || len(c.Rows) < 4 {
			t.Errorf("%+v", c)
		}
	})

	t.Run("one byte", rapid.MakeCheck(func(t *rapid.T) {
		i := rapid.SampledFrom(ledger).Draw(t, "entry")
		data := bytes.Clone(all[i].Data)
		decided := bytes.Index(data, []byte(`"lines":`))
		if decided < 0 {
			decided = bytes.IndexByte(data, '\n')
		}
		at := rapid.IntRange(decided, len(data)-1).Draw(t, "byte")
		data[at]++
		meddled := slices.Clone(all)
		meddled[i].Data = data
		v := verified(t, meddled, "")
		if v.Exact() || !slices.ContainsFunc(v.First, func(f backtest.Fault) bool { return f.Sequence == all[i].Sequence }) {
			t.Fatalf("byte %d of message %d is another: %+v", at, all[i].Sequence, v)
		}
	}))

	t.Run("an entry is gone", rapid.MakeCheck(func(t *rapid.T) {
		gone := all[rapid.SampledFrom(ledger).Draw(t, "entry")]
		entry, err := picture.Decode(gone.Data)
		if err != nil {
			t.Fatal(err)
		}
		last := !slices.ContainsFunc(all, func(r stream.Record) bool { return r.Subject == gone.Subject && r.Sequence > gone.Sequence })
		event := slices.ContainsFunc(entry.Inputs, func(in notifier.Answered) bool { return in.Event != 0 })
		if last && !event {
			t.Skip("nobody can miss it")
		}
		v := verified(t, all.without(func(r stream.Record) bool { return r.Sequence == gone.Sequence }), "")
		if v.Exact() && v.Open == 0 {
			t.Fatalf("entry %d is gone and not missed: %+v", gone.Sequence, v)
		}
	}))

	t.Run("the header", func(t *testing.T) {
		meddled := slices.Clone(all)
		i := ledger[len(ledger)/2]
		meddled[i].Header = map[string][]string{picture.HeaderMark: {"1 0 0 0 0 somebody"}}
		if v := verified(t, meddled, ""); v.Different != 1 || !strings.Contains(v.First[0].What, "header") {
			t.Errorf("%+v", v)
		}
	})

	t.Run("the book is gone", func(t *testing.T) {
		v := verified(t, all.without(func(r stream.Record) bool { return strings.HasPrefix(r.Subject, events.BookPrefix) }), "")
		if v.NoBook != v.Entries || !v.Exact() {
			t.Errorf("%+v", v)
		}
	})

	t.Run("another build", func(t *testing.T) {
		v := verified(t, all, "a later one")
		if v.Same != v.Entries {
			t.Errorf("entries that come out the same are the same, whoever wrote them: %+v", v)
		}
		meddled := slices.Clone(all)
		meddled[ledger[3]].Data = bytes.Replace(all[ledger[3]].Data, []byte(`"what":"`), []byte(`"what":"once `), 1)
		if v := verified(t, meddled, "a later one"); v.OtherBuild != 1 || !v.Exact() || !slices.Equal(v.Builds, []string{""}) {
			t.Errorf("%+v", v)
		}
	})

	t.Run("the beginning is gone", func(t *testing.T) {
		cut := all[len(all)/2].Sequence
		books := all.without(func(r stream.Record) bool {
			return r.Sequence < cut && !strings.HasPrefix(r.Subject, events.BookPrefix)
		})
		late := recorded(slices.Clone(books))
		published := uint64(0)
		for _, r := range late {
			if r.Sequence < cut {
				published++
			}
		}
		for i := range published { // they were published again since, one after the other
			late[i].Sequence = cut - published + i
		}
		v := verified(t, late, "")
		if v.Begun == 0 || v.Different != 0 || v.Same == 0 {
			t.Errorf("%+v", v)
		}
	})
}

// The ledger is exact through a change of clocks, a leader that dies and another that
// takes over.
func TestTheLedgerIsExactThroughAChangeOfClocksAndLeaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		town := story.New(t, story.Book(t, story.QuickRules), "Sat 24 Oct 2026 22:00")
		first := town.Start(story.Setup{Name: "first", Standby: true})
		town.Start(story.Setup{Name: "second", Standby: true})
		town.Opens("H-1", "north", "o.jane", family, sam)
		town.Asks("H-1", "e1")
		town.Pass(3*time.Hour + 10*time.Minute)
		town.Asks("H-1", "e2")
		first.Kill()
		town.Pass(2 * time.Minute)
		town.Asks("H-1", "e3")
		town.Publish(story.Book(t, story.QuietRules))
		town.Asks("H-1", "e4")
		town.Pass(26 * time.Hour)
		if town.Replay() < 10 {
			t.Error("the story is too plain")
		}
	})
}
