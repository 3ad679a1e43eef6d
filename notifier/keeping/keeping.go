// Package keeping counts how promises were kept: by team, officer, kind and week.
//
// A promise that has ended stands in one ledger entry and nowhere else, so a [Tally]
// reads the ledger once and follows it. It holds counts alone: no case, no family and
// no words. What it holds is bounded by weeks, officers and kinds of promise; see
// [WeeksMost] and [CellsMost]. A Tally is safe for many goroutines.
package keeping

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

const (
	// WeeksMost is how many weeks are kept, the newest included: two years.
	WeeksMost = 106
	// CellsMost bounds the counts that are kept: one for each week, officer and kind of
	// promise. A council of 200 officers needs a quarter of them. What finds no place is
	// counted in [Sums.Left] and nowhere else.
	CellsMost = 200_000
)

// Nobody stands for the officer of a case that had none when its promise ended.
const Nobody = ""

// Counts are how promises ended.
type Counts struct {
	// InTime and Late were kept by a person's reply, by the due time and after it.
	InTime, Late int
	// Otherwise ended without a reply: the case was closed or stopped, or the days were
	// the family's own.
	Otherwise int
	// Waits are the working days to the reply, of those that were kept.
	Waits Waits
}

// Kept counts the promises that a reply ended.
func (c *Counts) Kept() int { return c.InTime + c.Late }

func (c *Counts) add(other *Counts) {
	c.InTime += other.InTime
	c.Late += other.Late
	c.Otherwise += other.Otherwise
	c.Waits.merge(other.Waits)
}

// Filter says which promises are wanted. The zero value wants all.
type Filter struct {
	// Teams are those whose figures may be seen; nil: every team's.
	Teams []string
	// Team wants one team; empty: any.
	Team string
	// From wants weeks that begin on this day or later; zero: any.
	From calendar.Date
	// AskedOnly leaves out what no message of a family opened.
	AskedOnly bool
}

// Officer is one officer within a team. ID is [Nobody] where the case had none.
type Officer struct{ Team, ID string }

// Sums are what was counted.
type Sums struct {
	All      Counts
	Teams    map[string]*Counts
	Officers map[Officer]*Counts
	// Weeks are by their Monday. A week in which nothing ended is not among them.
	Weeks map[calendar.Date]*Counts
	// Left counts promises of any team for which there was no room.
	Left int
}

// Progress says how far the ledger has been read.
type Progress struct {
	// Until is when the last entry that was read was decided; zero before the first.
	Until time.Time
	// Whole: everything that was stored when the reading began has been read.
	Whole bool
}

// Tally is what has been counted so far.
type Tally struct {
	mu       sync.RWMutex
	cells    map[cell]*Counts
	newest   calendar.Date
	left     int
	end      uint64
	started  bool
	progress Progress
}

// cell is one place of the tally.
type cell struct {
	week  calendar.Date
	team  string
	who   string
	rule  string
	asked bool
}

// New is a tally that has read nothing.
func New() *Tally { return &Tally{cells: map[cell]*Counts{}} }

// Begin says where the ledger ended when the reading began, as a stream sequence.
func (t *Tally) Begin(end uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end, t.started = end, true
	t.progress.Whole = end == 0
}

// Reached says that every entry up to this sequence, which was decided at that time,
// has been added or needed no counting.
func (t *Tally) Reached(sequence uint64, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress.Until = at
	t.progress.Whole = t.started && sequence >= t.end
}

// Progress says how far the ledger has been read.
func (t *Tally) Progress() Progress {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.progress
}

// Add counts the promises that an entry ended. Each entry must come once. A promise
// that goes on as another is not counted: the other one will be. Working days are
// those of the version of the book under which the promise was made.
func (t *Tally) Add(e notifier.Entry, books notifier.Books) {
	for i := range e.Ended {
		p := &e.Ended[i]
		if p.Ended == nil || p.Ended.Became != "" {
			continue
		}
		book := books.Version(p.Book)
		location := time.UTC
		if book != nil && book.Calendar != nil && book.Calendar.Location != nil {
			location = book.Calendar.Location
		}
		ended := calendar.DateOf(p.Ended.At, location)
		at := cell{week: Monday(ended), team: cmp.Or(e.Case.Team, notifier.Unassigned), who: e.Case.Officer, rule: p.Rule, asked: p.Channel != ""}
		var one Counts
		switch {
		case !p.Ended.Kept:
			one.Otherwise = 1
		case p.Ended.At.After(p.Due):
			one.Late = 1
		default:
			one.InTime = 1
		}
		if p.Ended.Kept && book != nil && book.Calendar != nil {
			one.Waits.Add(book.Calendar.WorkingDaysBetween(calendar.DateOf(p.Opened, location), ended))
		}
		t.put(at, &one)
	}
}

func (t *Tally) put(at cell, one *Counts) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at.week.Compare(t.newest) > 0 {
		t.newest = at.week
		maps.DeleteFunc(t.cells, func(old cell, _ *Counts) bool { return t.tooOld(old.week) })
	}
	if t.tooOld(at.week) {
		return
	}
	counts, known := t.cells[at]
	if !known {
		if len(t.cells) >= CellsMost {
			t.left++
			return
		}
		counts = &Counts{}
		t.cells[at] = counts
	}
	counts.add(one)
}

func (t *Tally) tooOld(week calendar.Date) bool {
	return week.Compare(t.newest.AddDays(-7*(WeeksMost-1))) < 0
}

// Sum adds up what the filter wants.
func (t *Tally) Sum(f Filter) Sums {
	s := Sums{Teams: map[string]*Counts{}, Officers: map[Officer]*Counts{}, Weeks: map[calendar.Date]*Counts{}}
	t.mu.RLock()
	defer t.mu.RUnlock()
	s.Left = t.left
	for at, counts := range t.cells {
		if f.Teams != nil && !slices.Contains(f.Teams, at.team) || f.Team != "" && f.Team != at.team ||
			f.AskedOnly && !at.asked || at.week.Compare(f.From) < 0 {
			continue
		}
		into(s.Officers, Officer{at.team, at.who}).add(counts)
		into(s.Weeks, at.week).add(counts)
	}
	for who, counts := range s.Officers {
		into(s.Teams, who.Team).add(counts)
	}
	for _, counts := range s.Teams {
		s.All.add(counts)
	}
	return s
}

func into[K comparable](sums map[K]*Counts, key K) *Counts {
	sum, known := sums[key]
	if !known {
		sum = &Counts{}
		sums[key] = sum
	}
	return sum
}

// Monday is the first day of the week of a date.
func Monday(d calendar.Date) calendar.Date {
	return d.AddDays(-(int(d.Weekday()) + 6) % 7)
}
