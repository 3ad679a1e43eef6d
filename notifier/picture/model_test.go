package picture_test

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/notifier"
	"hearback/notifier/picture"
)

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// caseOf is a case with so many promises, messages and tasks.
func caseOf(ref string, next time.Time, promises, messages, tasks int) notifier.Case {
	c := notifier.Case{Ref: ref, Team: "north"}
	for i := range promises {
		c.Promises = append(c.Promises, notifier.Promise{Rule: "reply", Enquiry: fmt.Sprint("q", i), Opened: monday, Due: next, Next: next.Add(time.Duration(i) * time.Hour)})
	}
	for i := range messages {
		c.Messages = append(c.Messages, notifier.Message{ID: fmt.Sprintf("%s-%d", ref, i), Channel: notifier.SMS, Decided: monday, Expires: next})
	}
	for i := range tasks {
		c.Tasks = append(c.Tasks, notifier.Task{ID: fmt.Sprint("t", i), What: "Ring the family", Opened: monday})
	}
	return c
}

// put stores a case as the ledger would.
func put(t rapid.TB, p *picture.Picture, sequence uint64, c notifier.Case, decoded bool) {
	_, raw, err := picture.Encode(notifier.Entry{Case: c})
	if err != nil {
		t.Fatalf("%v", err)
	}
	hot := &c
	if !decoded {
		hot = nil
	}
	p.Put(sequence, picture.MarkOf(&c, sequence/2, "leader"), raw, hot)
}

type stored struct {
	sequence uint64
	c        notifier.Case
}

func TestThePictureIsWhatTheLastEntriesSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, model := picture.New(), map[string]stored{}
		var highest uint64
		refs := rapid.SampledFrom([]string{"H-1", "H-2", "H-3", "H-4", "H-5"})
		few := rapid.IntRange(0, 2)
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				ref, sequence := refs.Draw(t, "ref"), rapid.Uint64Range(1, 60).Draw(t, "sequence")
				next := monday.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "next")) * time.Hour)
				c := caseOf(ref, next, few.Draw(t, "promises"), few.Draw(t, "messages"), few.Draw(t, "tasks"))
				known, ok := model[ref]
				if ok && sequence == known.sequence {
					c = known.c // one sequence is one entry: the same comes again
				}
				put(t, p, sequence, c, rapid.Bool().Draw(t, "decoded"))
				highest = max(highest, sequence)
				if !ok || sequence > known.sequence {
					model[ref] = stored{sequence, c}
				}
			},
			"forget": func(t *rapid.T) {
				ref := refs.Draw(t, "ref")
				p.Forget(ref)
				delete(model, ref)
			},
			"": func(t *rapid.T) { compare(t, p, model, highest) },
		})
	})
}

func compare(t *rapid.T, p *picture.Picture, model map[string]stored, highest uint64) {
	var unsettled, tasks, busy []string
	var promises int
	var earliest time.Time
	due := map[string]time.Time{}
	for _, ref := range slices.Sorted(maps.Keys(model)) {
		want := model[ref]
		got, sequence, err := p.Case(ref)
		if err != nil || sequence != want.sequence || len(got.Promises) != len(want.c.Promises) || len(got.Messages) != len(want.c.Messages) {
			t.Fatalf("case %s is %+v at %d (%v), want %+v at %d", ref, got, sequence, err, want.c, want.sequence)
		}
		promises += len(want.c.Promises)
		if len(want.c.Messages) > 0 {
			unsettled = append(unsettled, ref)
		}
		if len(want.c.Tasks) > 0 {
			tasks = append(tasks, ref)
		}
		if len(want.c.Promises)+len(want.c.Messages)+len(want.c.Tasks) > 0 {
			busy = append(busy, ref)
		}
		if next := want.c.Next(); !next.IsZero() {
			due[ref] = next
			if earliest.IsZero() || next.Before(earliest) {
				earliest = next
			}
		}
	}
	if got := p.Unsettled(); !slices.Equal(got, unsettled) {
		t.Fatalf("unsettled %v, want %v", got, unsettled)
	}
	if got := p.WithTasks(); !slices.Equal(got, tasks) {
		t.Fatalf("with tasks %v, want %v", got, tasks)
	}
	if got := p.NextDue(); !got.Equal(earliest) {
		t.Fatalf("next due %v, want %v", got, earliest)
	}
	if c, q, u := p.Size(); c != len(model) || q != promises || u != len(unsettled) {
		t.Fatalf("size %d %d %d, want %d %d %d", c, q, u, len(model), promises, len(unsettled))
	}
	if p.Sequence() != highest || p.Through() != highest/2 {
		t.Fatalf("sequence %d through %d, want %d %d", p.Sequence(), p.Through(), highest, highest/2)
	}
	var each []string
	p.Each(func(c notifier.Case) bool { each = append(each, c.Ref); return true })
	if slices.Sort(each); !slices.Equal(each, busy) {
		t.Fatalf("each gives %v, want %v", each, busy)
	}
	now := monday.Add(time.Duration(rapid.IntRange(-1, 21).Draw(t, "now")) * time.Hour)
	limit := rapid.IntRange(1, 6).Draw(t, "limit")
	skipped := rapid.SampledFrom([]string{"", "H-1", "H-3"}).Draw(t, "skipped")
	ready := []string{}
	for ref, at := range due {
		if ref != skipped && !at.After(now) {
			ready = append(ready, ref)
		}
	}
	got := p.Due(now, limit, func(ref string) bool { return ref == skipped })
	if len(got) != min(limit, len(ready)) {
		t.Fatalf("due at %v, no more than %d: %v of %v", now, limit, got, ready)
	}
	for _, ref := range got {
		if !slices.Contains(ready, ref) {
			t.Fatalf("%s is not due; %v are", ref, ready)
		}
	}
	// Whatever the limit leaves out, the earliest of all is there.
	if len(got) > 0 && !due[skipped].Equal(earliest) && !due[got[0]].Equal(earliest) {
		t.Fatalf("the first of %v is not the earliest of %v", got, due)
	}
}

func TestAnUnknownCaseIsEmpty(t *testing.T) {
	c, sequence, err := picture.New().Case("H-1")
	if err != nil || sequence != 0 || c.Ref != "" {
		t.Errorf("got %+v at %d, %v", c, sequence, err)
	}
}

func TestACaseThatCannotBeReadNamesItself(t *testing.T) {
	p := picture.New()
	p.Put(1, picture.Mark{Ref: "H-1"}, []byte("{broken"), nil)
	if _, _, err := p.Case("H-1"); err == nil || !strings.Contains(err.Error(), "H-1") {
		t.Errorf("a broken entry gives %v, want an error that names the case", err)
	}
}

// BenchmarkCase says what one case with one open promise keeps in memory.
func BenchmarkCase(b *testing.B) {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	p, i, before := picture.New(), uint64(0), heap()
	for b.Loop() {
		i++
		put(b, p, i, caseOf(fmt.Sprint("H-", i), monday, 1, 0, 0), false)
	}
	b.ReportMetric(float64(heap()-before)/float64(i), "heap-B/case")
	runtime.KeepAlive(p)
}
