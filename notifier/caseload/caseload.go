// Package caseload holds what lists and the search box show of every case: who
// waits, for whom, since when, and by what name or number a case can be found.
//
// It is made from the same cases as the picture and follows it. A list of 15,000
// cases must come in milliseconds, and the picture keeps a case as bytes that
// take longer than that to read. An Index is safe for many goroutines.
package caseload

import (
	"cmp"
	"iter"
	"slices"
	"sync"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

// Row is one promise that is open, with what a list shows of its case.
type Row struct {
	Case, Team, Officer string
	// Rule and Enquiry name the promise; Channel is how the family got in touch,
	// empty where no message of a family opened it.
	Rule, Enquiry, Channel string
	Opened, Due            time.Time
	DueDate                calendar.Date
	Urgent, Late           bool
	// Postponed: a person gave the family a new date.
	Postponed bool
	// Unreachable: somebody whom it concerns could not be reached by any message.
	Unreachable bool
	// Again counts how often the family wrote while it was open, Attempts the calls
	// that nobody answered.
	Again, Attempts int
	// Told is when a provider last accepted a message to somebody of the family; zero: never.
	Told time.Time
	// OnTheirWay are messages to the family that are not settled, Tasks what only a
	// person can do for the case.
	OnTheirWay, Tasks int
	// Next is when the promise is looked at again: its due time or the next rung.
	Next time.Time
}

// Asked reports whether a family got in touch and waits for a person's reply.
func (r *Row) Asked() bool { return r.Channel != "" }

// Filter says which rows are wanted. The zero value wants all.
type Filter struct {
	// Teams are those whose cases may be seen; nil: every team's. An empty list that
	// is not nil: none.
	Teams []string
	// Officer wants the rows of one officer, Team of one team; empty: of any.
	Officer, Team string
	// Nobody wants the rows without an officer.
	Nobody bool
	// AskedOnly leaves out what no message of a family opened.
	AskedOnly bool
	// Match, where there is one, must hold too.
	Match func(*Row) bool
}

// Order compares two rows.
type Order func(a, b *Row) int

// LongestFirst puts the longest wait first.
func LongestFirst(a, b *Row) int {
	return cmp.Or(a.Opened.Compare(b.Opened), named(a, b))
}

// DueFirst puts what is due soonest first.
func DueFirst(a, b *Row) int { return cmp.Or(a.Due.Compare(b.Due), named(a, b)) }

func named(a, b *Row) int {
	return cmp.Or(cmp.Compare(a.Case, b.Case), cmp.Compare(a.Enquiry, b.Enquiry), cmp.Compare(a.Rule, b.Rule))
}

// Index is every case as lists need it.
type Index struct {
	mu      sync.RWMutex
	cases   map[string]*held
	text    haystack
	version uint64
	changed chan struct{}
}

// held is one case.
type held struct {
	ref, team, officer string
	rows               []*Row
	tasks              []notifier.Task
	away               []notifier.Absence
	// contacts are the names of those who may be found, piece the place in the
	// haystack of what finds them.
	contacts []string
	piece    int
}

// New is an empty index.
func New() *Index { return &Index{cases: map[string]*held{}, changed: make(chan struct{})} }

// Put takes cases as they stand now. One without a reference is passed over.
func (x *Index) Put(cases ...notifier.Case) {
	made, finds := make([]*held, 0, len(cases)), make([]string, 0, len(cases))
	for _, c := range cases {
		if c.Ref != "" {
			made, finds = append(made, hold(c)), append(finds, findable(c))
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, h := range made {
		x.text.drop(x.cases[h.ref])
		x.cases[h.ref] = h
		x.text.add(h, finds[i])
	}
	x.moved()
}

// Forget removes a case.
func (x *Index) Forget(ref string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.text.drop(x.cases[ref])
	delete(x.cases, ref)
	x.moved()
}

// moved tells whoever waits. The caller holds the lock.
func (x *Index) moved() {
	x.version++
	close(x.changed)
	x.changed = make(chan struct{})
}

// Version numbers what the index holds; changed is closed when that is over.
func (x *Index) Version() (version uint64, changed <-chan struct{}) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.version, x.changed
}

// Size counts the cases.
func (x *Index) Size() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.cases)
}

// Team is the team of a case, and its officer; ok is false where the case is not known.
func (x *Index) Team(ref string) (team, officer string, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	h, ok := x.cases[ref]
	if !ok {
		return "", "", false
	}
	return h.team, h.officer, true
}

// Of lists the open promises of one case, what is due soonest first. They must not be changed.
func (x *Index) Of(ref string) []*Row {
	x.mu.RLock()
	defer x.mu.RUnlock()
	h, ok := x.cases[ref]
	if !ok {
		return nil
	}
	return slices.SortedFunc(slices.Values(h.rows), DueFirst)
}

// Rows lists what the filter wants, in order. They must not be changed.
func (x *Index) Rows(f Filter, order Order) []*Row {
	var rows []*Row
	for r := range x.Each(f) {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, order)
	return rows
}

// Count counts what the filter wants by a key of each row; rows whose key is empty
// are not counted.
func (x *Index) Count(f Filter, key func(*Row) string) map[string]int {
	counts := map[string]int{}
	for r := range x.Each(f) {
		if k := key(r); k != "" {
			counts[k]++
		}
	}
	return counts
}

// Cases lists the references of the cases of an officer or a team, in order,
// whether somebody waits there or not.
func (x *Index) Cases(f Filter) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var refs []string
	for ref, h := range x.cases {
		if f.wants(h) {
			refs = append(refs, ref)
		}
	}
	slices.Sort(refs)
	return refs
}

// Task is an open task of a case.
type Task struct {
	Case string
	notifier.Task
}

// Tasks lists the open tasks of every case, the oldest first.
func (x *Index) Tasks() []Task {
	x.mu.RLock()
	tasks := []Task{}
	for ref, h := range x.cases {
		for _, t := range h.tasks {
			tasks = append(tasks, Task{ref, t})
		}
	}
	x.mu.RUnlock()
	slices.SortFunc(tasks, func(a, b Task) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.Case, b.Case), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return tasks
}

// Away counts the cases for which each absence is recorded, of the cases that the
// filter wants.
func (x *Index) Away(f Filter) map[notifier.Absence]int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	absences := map[notifier.Absence]int{}
	for _, h := range x.cases {
		if len(h.away) > 0 && f.wants(h) {
			for _, a := range h.away {
				absences[a]++
			}
		}
	}
	return absences
}

// Each goes through what the filter wants, in no order. The index stands still
// meanwhile: whoever goes through it must be quick, and must not ask it anything. Rows
// must not be changed.
func (x *Index) Each(f Filter) iter.Seq[*Row] {
	return func(yield func(*Row) bool) {
		x.mu.RLock()
		defer x.mu.RUnlock()
		for _, h := range x.cases {
			if !f.wants(h) {
				continue
			}
			for _, r := range h.rows {
				if f.AskedOnly && !r.Asked() || f.Match != nil && !f.Match(r) {
					continue
				}
				if !yield(r) {
					return
				}
			}
		}
	}
}

// wants reports whether a case is among those that are wanted.
func (f Filter) wants(h *held) bool {
	return (f.Teams == nil || slices.Contains(f.Teams, h.team)) && (f.Officer == "" || f.Officer == h.officer) &&
		(f.Team == "" || f.Team == h.team) && (!f.Nobody || h.officer == "")
}

func hold(c notifier.Case) *held {
	h := &held{ref: c.Ref, team: cmp.Or(c.Team, notifier.Unassigned), officer: c.Officer, tasks: slices.Clone(c.Tasks), away: c.Away}
	var told time.Time
	for _, k := range c.Contacts {
		if k.Told.After(told) {
			told = k.Told
		}
	}
	onTheirWay := 0
	for _, m := range c.Messages {
		if !m.Staff {
			onTheirWay++
		}
	}
	for _, p := range c.Promises {
		h.rows = append(h.rows, &Row{Case: c.Ref, Team: h.team, Officer: c.Officer, Rule: p.Rule, Enquiry: p.Enquiry, Channel: p.Channel,
			Opened: p.Opened, Due: p.Due, DueDate: p.DueDate, Urgent: p.Urgent, Late: p.Late, Postponed: p.Postponed != nil,
			Unreachable: len(p.Unheard) > 0, Again: p.Again, Attempts: p.Attempts, Told: told, OnTheirWay: onTheirWay, Tasks: len(c.Tasks), Next: p.Next})
	}
	for _, k := range c.Contacts {
		h.contacts = append(h.contacts, cmp.Or(k.Name, k.Relationship, k.ID, "a contact without a name"))
	}
	return h
}
