package backtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/backtest"
	"hearback/notifier/bench"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse/report"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

// recorded is what a stream held when a story ended.
type recorded []stream.Record

func (r recorded) Info(context.Context) (stream.Info, error) {
	return stream.Info{FirstSequence: 1, LastSequence: uint64(len(r))}, nil
}

func (r recorded) History(_ context.Context, _ []string, fn func(stream.Record)) error {
	for _, record := range r {
		fn(record)
	}
	return nil
}

// within is the example book with replies promised within so many working days.
func within(t testing.TB, days int) fs.FS {
	t.Helper()
	book := fstest.MapFS{}
	err := fs.WalkDir(deploy.Hertfordshire(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(deploy.Hertfordshire(), path)
		if path == "rules.yaml" {
			was := "due: 5 working days"
			if !bytes.Contains(data, []byte(was)) {
				t.Fatalf("the example book no longer says %q", was)
			}
			data = bytes.Replace(data, []byte(was), fmt.Appendf(nil, "due: %d working days", days), 1)
		}
		book[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func load(t testing.TB, book fs.FS) *notifier.Book {
	t.Helper()
	loaded, faults := rules.Load(book)
	if loaded == nil {
		t.Fatal(faults)
	}
	return loaded
}

func date(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// quarter is ninety days of a small council under a book of ten working days, over a
// change of clocks: quick replies, slow ones and none, numbers that do not exist, mail
// that comes back.
func quarter(t testing.TB, cases int) (all recorded) {
	t.Helper()
	files, err := rules.Bundle(within(t, 10))
	if err != nil {
		t.Fatal(err)
	}
	made := bench.Recorded{Cases: cases, From: date(t, first), Days: 90, Seed: 7}
	if err := made.Write(files, func(m commit.Message) error {
		all = append(all, stream.Record{Sequence: uint64(len(all) + 1), Subject: m.Subject, Header: m.Header, Data: m.Data, Time: now})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// The days that quarter tells of.
const first, last = "2026-08-28", "2026-11-25"

// now is when the comparison is asked for.
var now = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

func compared(t *testing.T, all recorded, book fs.FS, from, to string) *backtest.Comparison {
	t.Helper()
	c, err := backtest.Compare(t.Context(), all, load(t, book), backtest.Window{From: date(t, from), To: date(t, to)}, now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What the player makes of the book that ran is what happened: in every count, to
// the second.
func TestTheBookThatRanGivesWhatHappened(t *testing.T) {
	t.Parallel()
	all := quarter(t, 60)
	c := compared(t, all, within(t, 10), first, last)
	for _, r := range c.Rows {
		if r.Happened != r.Again || r.Again != r.Candidate {
			t.Errorf("%s in %s:\nhappened  %+v\nagain     %+v\ncandidate %+v", r.Promise, r.Team, r.Happened, r.Again, r.Candidate)
		}
	}
	if !c.Exact || len(c.Families) > 0 || len(c.Staff) > 0 || c.Cases != 60 || len(c.Rows) < 4 {
		t.Errorf("%+v", c)
	}
	var sum backtest.Counts
	for _, r := range c.Rows {
		for total, n := range map[*int]int{&sum.Opened: r.Happened.Opened, &sum.Late: r.Happened.Late, &sum.Chases: r.Happened.Chases, &sum.Heads: r.Happened.Heads, &sum.Family: r.Happened.Family, &sum.Tasks: r.Happened.Tasks} {
			*total += n
		}
	}
	if sum.Opened < 100 || sum.Late < 5 || sum.Chases < 20 || sum.Heads == 0 || sum.Family < sum.Opened || sum.Tasks == 0 {
		t.Errorf("the quarter is too plain: %+v", sum)
	}
	if v, err := backtest.Verify(t.Context(), all, ""); err != nil || !v.Exact() || v.Same != v.Entries || v.Events != v.Answered {
		t.Errorf("%+v %v", v, err)
	}
}

// The manager's story: ten working days become five. The same families ask and the
// same replies come, and more of them are late; officers hear of it more often, and
// sooner.
func TestAShorterPromise(t *testing.T) {
	t.Parallel()
	all := quarter(t, 60)
	c := compared(t, all, within(t, 5), first, last)
	later := 0
	for _, r := range c.Rows {
		if r.Promise != "reply" {
			// A task that opens under one book alone is done by nobody.
			if r.Again != r.Candidate && r.Promise != notifier.TaskRule {
				t.Errorf("%s did not change: %+v %+v", r.Promise, r.Again, r.Candidate)
			}
			continue
		}
		was, is := r.Again, r.Candidate
		if is.Opened != was.Opened || is.Late < was.Late || is.Chases <= was.Chases || is.Waited/int64(is.Chased) >= was.Waited/int64(was.Chased) {
			t.Errorf("%s: %+v is %+v", r.Team, was, is)
		}
		later += is.Late - was.Late
	}
	if !c.Exact || later == 0 || len(c.Families) != 10 || len(c.Staff) != 10 {
		t.Errorf("%d more late, %+v", later, c)
	}
	for _, f := range c.Families {
		if f.Words() == "" {
			t.Errorf("nothing is said of %+v", f)
		}
	}

	var text strings.Builder
	if err := report.Text(&text, c.Report()); err != nil {
		t.Fatal(err)
	}
	for _, r := range all { // nobody is named but by reference and id
		if event, err := events.ParseMessage(r.Subject, r.Header, r.Data); err == nil && event.Type == events.TypeCaseOpened {
			opened, err := events.DataOf[events.CaseData](event)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range opened.Contacts {
				if strings.Contains(text.String(), k.Name) {
					t.Errorf("a contact is named:\n%s", text.String())
				}
			}
		}
	}

	half := compared(t, all, within(t, 5), "2026-10-12", last)
	rest := compared(t, all, within(t, 5), first, "2026-10-11")
	row := func(c *backtest.Comparison, like backtest.Row) (r backtest.Row) {
		if i := slices.IndexFunc(c.Rows, func(r backtest.Row) bool { return r.Promise == like.Promise && r.Team == like.Team }); i >= 0 {
			r = c.Rows[i]
		}
		return r
	}
	for _, r := range c.Rows {
		half, rest := row(half, r), row(rest, r)
		for column, n := range [3][3]int{
			{r.Happened.Chases, half.Happened.Chases, rest.Happened.Chases},
			{r.Again.Opened, half.Again.Opened, rest.Again.Opened},
			{r.Candidate.Family, half.Candidate.Family, rest.Candidate.Family},
		} {
			if n[0] != n[1]+n[2] {
				t.Errorf("%s in %s, column %d: two windows hold %d and %d, and one %d", r.Promise, r.Team, column, n[1], n[2], n[0])
			}
		}
	}
}

// The same stream gives the same bytes, on one processor and on many.
func TestTheSameStreamGivesTheSameBytes(t *testing.T) {
	all := quarter(t, 30)
	var texts [][]byte
	for _, processors := range []int{1, 7} {
		was := runtime.GOMAXPROCS(processors)
		data, err := json.Marshal(compared(t, all, within(t, 5), first, last))
		runtime.GOMAXPROCS(was)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, data)
	}
	if !bytes.Equal(texts[0], texts[1]) {
		t.Errorf("on one processor\n%s\non seven\n%s", texts[0], texts[1])
	}
}

func TestCompareStops(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the manager went home")
	cancel(why)
	if _, err := backtest.Compare(ctx, quarter(t, 3), load(t, within(t, 5)), backtest.Window{From: date(t, first), To: date(t, last)}, now); !errors.Is(err, why) {
		t.Errorf("%v", err)
	}
}

// BenchmarkCompare is a quarter of 200 cases, without what the stream takes.
func BenchmarkCompare(b *testing.B) {
	all, book := quarter(b, 200), load(b, within(b, 5))
	b.ReportMetric(float64(len(all)), "messages")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := backtest.Compare(b.Context(), all, book, backtest.Window{From: date(b, first), To: date(b, last)}, now); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify decides the same again.
func BenchmarkVerify(b *testing.B) {
	all := quarter(b, 200)
	b.ReportAllocs()
	for b.Loop() {
		if v, err := backtest.Verify(b.Context(), all, ""); err != nil || v.Same != v.Entries {
			b.Fatal(v, err)
		}
	}
}
