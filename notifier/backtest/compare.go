package backtest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse"
	"hearback/notifier/stream"
)

// Window is which days are counted, both included, in the time zone of the book.
type Window struct{ From, To calendar.Date }

// Comparison is what a candidate would have done, beside what happened.
type Comparison struct {
	Candidate string        `json:"candidate"`
	From      calendar.Date `json:"from"`
	To        calendar.Date `json:"to"`
	Cases     int           `json:"cases"`
	Events    int           `json:"events"`
	// Books are the versions that were in force in the window.
	Books []string `json:"books"`
	// Exact: played again under the books that were in force, every count is as it is
	// in the ledger.
	Exact bool  `json:"exact"`
	Rows  []Row `json:"rows"`
	// Families are those for whom it makes the greatest difference.
	Families []Change `json:"families"`
	// Staff are those whose load it changes most.
	Staff []Load `json:"staff"`
}

// Row is one kind of promise in one team. Happened is what the ledger says, Again what
// the same play gives under the books that were in force, Candidate what it gives
// under the candidate.
type Row struct {
	Promise   string `json:"promise"`
	Team      string `json:"team"`
	Happened  Counts `json:"happened"`
	Again     Counts `json:"again"`
	Candidate Counts `json:"candidate"`
}

// Change is what a candidate changes for one family.
type Change struct {
	Case      string `json:"case"`
	Happened  Counts `json:"happened"`
	Again     Counts `json:"again"`
	Candidate Counts `json:"candidate"`
	// Sooner is by how many hours somebody would have been chased sooner, on average.
	Sooner float64 `json:"hours_sooner"`
}

// Load is how often a member of staff was chased, and would have been.
type Load struct {
	Person    string `json:"person"`
	Happened  int    `json:"happened"`
	Again     int    `json:"again"`
	Candidate int    `json:"candidate"`
}

// mostChanged is how many families and members of staff are named.
const mostChanged = 10

// The three columns of a comparison.
const (
	happened = iota
	again
	candidate
	columns
)

// Compare plays the recorded events of every case under a book, from the first one
// on, and counts what falls into the window, up to now: beside what happened, and
// beside the same play under the books that were in force.
//
// What people did is as it was recorded, whatever the book. A hand-over fares as the
// recorded one that went to the same person the same way at the nearest time.
func Compare(ctx context.Context, source Source, book *notifier.Book, window Window, now time.Time) (*Comparison, error) {
	location := book.Calendar.Location
	counted := span{window.From.At(0, 0, location), window.To.AddDays(1).At(0, 0, location)}
	shards := make([]*shard, atOnce())
	workers := make([]func(<-chan []item), len(shards))
	for i := range shards {
		shards[i] = &shard{span: counted, names: newNames(), lives: map[string]*life{}, sum: newSum()}
		workers[i] = shards[i].read
	}
	ran := &chronicle{}
	if _, err := deal(ctx, source, []string{events.EventPrefix, events.LedgerPrefix}, workers, ran.add); err != nil {
		return nil, err
	}
	end := counted.to.Add(-1)
	if now.Before(end) {
		end = now
	}
	played := &playing{ran: ran, candidate: ran.with(book), until: end}
	var working sync.WaitGroup
	for _, s := range shards {
		working.Go(func() { s.play(ctx, played) })
	}
	working.Wait()
	all := newSum()
	for _, s := range shards {
		all.add(s.sum)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if all.err != nil {
		return nil, all.err
	}
	c := all.comparison()
	c.Candidate, c.From, c.To, c.Books = book.Version, window.From, window.To, ran.within(counted)
	return c, nil
}

// chronicle is which books were in force when.
type chronicle struct {
	from  []time.Time
	books []notifier.Books
}

func (c *chronicle) add(r stream.Record, books notifier.Books) {
	c.from = append(c.from, r.Time)
	c.books = append(c.books, books)
}

// at are the books of an instant; before the first, the first.
func (c *chronicle) at(t time.Time) notifier.Books {
	i, found := slices.BinarySearchFunc(c.from, t, time.Time.Compare)
	if !found {
		i--
	}
	return c.books[max(i, 0)]
}

// with are all books with another in force.
func (c *chronicle) with(book *notifier.Book) notifier.Books {
	versions := map[string]*notifier.Book{}
	if len(c.books) > 0 {
		maps.Copy(versions, c.books[len(c.books)-1].Versions)
	}
	versions[book.Version] = book
	return notifier.Books{Current: book, Versions: versions}
}

// within names the versions that were in force in a time, in order.
func (c *chronicle) within(s span) (versions []string) {
	for i, from := range c.from {
		if (i == 0 || from.Before(s.to)) && (i+1 == len(c.from) || c.from[i+1].After(s.from)) {
			if v := c.books[i].Current.Version; !slices.Contains(versions, v) {
				versions = append(versions, v)
			}
		}
	}
	return versions
}

// playing is what every case is played with.
type playing struct {
	ran       *chronicle
	candidate notifier.Books
	until     time.Time
}

// shard is some of the cases.
type shard struct {
	span  span
	names *names
	lives map[string]*life
	sum   *sum
}

func (s *shard) read(queue <-chan []item) {
	for batch := range queue {
		for _, it := range batch {
			l := s.lives[it.ref]
			if l == nil {
				l = newLife(it.ref, s.names, s.span)
				s.lives[it.ref] = l
			}
			if !hasPrefix(it, events.LedgerPrefix) {
				l.event(it.Record)
			} else if err := l.entry(it.Data); err != nil {
				s.sum.fail(it.ref, fmt.Errorf("the ledger entry of case %s at %d cannot be read: %w; hearback backtest without a folder says what else is wrong", it.ref, it.Sequence, err))
			}
		}
	}
}

func (s *shard) play(ctx context.Context, with *playing) {
	for _, l := range slices.SortedFunc(maps.Values(s.lives), byCase) {
		if ctx.Err() != nil {
			return
		}
		s.sum.events += len(l.events) + len(l.receipts)
		tallies, err := l.played(with)
		if err != nil {
			s.sum.fail(l.ref, err)
		}
		s.sum.take(l.ref, tallies)
		delete(s.lives, l.ref)
	}
}

// played are a life's three columns.
func (l *life) played(with *playing) (tallies [columns]*tally, err error) {
	tape := l.tape()
	tallies[happened] = l.tally
	play := func(column int, tape []rehearse.Happening, books func(time.Time) notifier.Books) {
		t := newTally(l.tally.span)
		tallies[column] = t
		if len(tape) == 0 || err != nil {
			return
		}
		_, err = rehearse.Play(books(tape[0].At), tape, with.until, newWorld(l, books), func(m rehearse.Move) {
			t.decided(m.At, &m.Decision.Case)
			t.came(m.At, m.Decision.Ended, m.Decision.Settled, m.Decision.Outcomes)
		})
	}
	if len(with.ran.books) > 0 {
		play(again, tape, with.ran.at)
	} else {
		tallies[again] = newTally(l.tally.span)
	}
	play(candidate, withoutType(tape, events.TypeCaseReplanned), func(time.Time) notifier.Books { return with.candidate })
	return tallies, err
}

// sum is what was counted of some cases. Sums are the same in whatever order they are
// added.
type sum struct {
	rows   map[kind]*[columns]Counts
	staff  map[string]*[columns]int
	most   []Change
	cases  int
	events int
	ref    string
	err    error
}

func newSum() *sum { return &sum{rows: map[kind]*[columns]Counts{}, staff: map[string]*[columns]int{}} }

// fail keeps the first case's error.
func (s *sum) fail(ref string, err error) {
	if s.err == nil || ref < s.ref {
		s.ref, s.err = ref, err
	}
}

func (s *sum) take(ref string, tallies [columns]*tally) {
	s.cases++
	for column, t := range tallies {
		for k, c := range t.rows {
			entry(s.rows, k)[column].add(*c)
		}
		for person, n := range t.chases {
			entry(s.staff, person)[column] += n
		}
	}
	s.offer(changeOf(ref, tallies))
}

func (s *sum) add(o *sum) {
	s.cases += o.cases
	s.events += o.events
	for k, c := range o.rows {
		for column := range columns {
			entry(s.rows, k)[column].add(c[column])
		}
	}
	for person, n := range o.staff {
		for column := range columns {
			entry(s.staff, person)[column] += n[column]
		}
	}
	for _, c := range o.most {
		s.offer(c)
	}
	if o.err != nil {
		s.fail(o.ref, o.err)
	}
}

// offer keeps the greatest changes.
func (s *sum) offer(c Change) {
	if c.size() == 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(s.most, c, func(a, b Change) int {
		return cmp.Or(cmp.Compare(b.size(), a.size()), cmp.Compare(a.Case, b.Case))
	})
	if at < mostChanged {
		s.most = slices.Insert(s.most, at, c)
		s.most = s.most[:min(len(s.most), mostChanged)]
	}
}

// entry is a map's value, made where there is none.
func entry[K comparable, V any](m map[K]*V, key K) *V {
	v := m[key]
	if v == nil {
		v = new(V)
		m[key] = v
	}
	return v
}

func (s *sum) comparison() *Comparison {
	c := &Comparison{Cases: s.cases, Events: s.events, Exact: true, Rows: []Row{}, Families: s.most, Staff: []Load{}}
	for k, counts := range s.rows {
		c.Rows = append(c.Rows, Row{k.promise, k.team, counts[happened], counts[again], counts[candidate]})
	}
	slices.SortFunc(c.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Promise, b.Promise), cmp.Compare(a.Team, b.Team))
	})
	for _, r := range c.Rows {
		c.Exact = c.Exact && r.Happened.same(r.Again)
	}
	for person, n := range s.staff {
		if n[again] != n[candidate] {
			c.Staff = append(c.Staff, Load{person, n[happened], n[again], n[candidate]})
		}
	}
	slices.SortFunc(c.Staff, func(a, b Load) int {
		return cmp.Or(cmp.Compare(b.change(), a.change()), cmp.Compare(a.Person, b.Person))
	})
	c.Staff = c.Staff[:min(len(c.Staff), mostChanged)]
	if c.Families == nil {
		c.Families = []Change{}
	}
	return c
}
