package stream_test

import (
	"errors"
	"fmt"
	"testing"

	"hearback/events/commit"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// unit is a decision about a case nobody has decided about, with outcomes.
func unit(ref string, outcomes int) stream.Unit {
	made := stream.Unit{Entry: commit.Message{Subject: "hearback.ledger." + ref, Data: []byte("entry"), Expect: new(uint64(0))}}
	for i := range outcomes {
		made.After = append(made.After, note(fmt.Sprintf("hearback.outcome.%s.message.sent", ref), fmt.Sprint(i)))
	}
	return made
}

// everything reads the whole stream.
func everything(t testing.TB, s *stream.Stream) []stream.Record {
	t.Helper()
	var all []stream.Record
	if err := s.History(t.Context(), nil, func(record stream.Record) { all = append(all, record) }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestCommitStoresEntriesAndOutcomes(t *testing.T) {
	for _, count := range []int{1, 3, 5, 100, 700} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			t.Parallel()
			s := streamtest.Open(t)
			units := make([]stream.Unit, count)
			want := 0
			for i := range units {
				units[i] = unit(fmt.Sprintf("c%d", i), i%4)
				want += 1 + i%4
			}
			results := s.Commit(t.Context(), units)
			if err := s.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			all := everything(t, s)
			if len(all) != want {
				t.Errorf("%d messages stored, want %d", len(all), want)
			}
			entries := map[string]uint64{}
			for _, record := range all {
				if string(record.Data) == "entry" {
					entries[record.Subject] = record.Sequence
				}
			}
			for i, result := range results {
				if result.Err != nil || result.Sequence == 0 || result.Sequence != entries[units[i].Entry.Subject] {
					t.Errorf("unit %d: %+v, its entry is at %d", i, result, entries[units[i].Entry.Subject])
				}
			}
		})
	}
}

// A decision that comes too late takes its own outcomes with it and nobody
// else's.
func TestCommitConflicts(t *testing.T) {
	for _, count := range []int{2, 100} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			s := streamtest.Open(t)
			write(t, s, note("hearback.ledger.c1", "somebody else's entry"))
			units := make([]stream.Unit, count)
			for i := range units {
				units[i] = unit(fmt.Sprintf("c%d", i), 2)
			}
			results := s.Commit(t.Context(), units)
			for i, result := range results {
				if conflict := errors.Is(result.Err, commit.ErrConflict); conflict != (i == 1) || !conflict && result.Err != nil {
					t.Errorf("unit %d: %+v", i, result)
				}
			}
			// The next commit begins when the outcomes of this one are stored.
			if results := s.Commit(t.Context(), []stream.Unit{unit("next", 0)}); results[0].Err != nil {
				t.Error(results[0].Err)
			}
			all := everything(t, s)
			if want := 1 + 3*(count-1) + 1; len(all) != want {
				t.Errorf("%d messages stored, want %d", len(all), want)
			}
			if last := all[len(all)-1].Subject; last != "hearback.ledger.next" {
				t.Errorf("the last message is on %s", last)
			}
			for _, record := range all {
				if record.Subject == "hearback.outcome.c1.message.sent" {
					t.Error("an outcome of the refused decision is stored")
				}
			}
		})
	}
}

func TestCommitOfNothing(t *testing.T) {
	s := streamtest.Open(t)
	if results := s.Commit(t.Context(), nil); len(results) != 0 {
		t.Errorf("results for nothing: %v", results)
	}
}
