// Package picture holds every case in memory, folded from the ledger.
//
// Every replica keeps the same picture by following the ledger; the leader adds
// what it has committed at once. A case is kept as the JSON that the ledger
// holds and decoded when it is needed: most cases are not looked at for days,
// and two hundred thousand of them must fit. All methods are safe for many
// goroutines.
package picture

import (
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"hearback/notifier"
)

// Picture is all cases as the ledger last left them.
type Picture struct {
	mu        sync.RWMutex
	cases     map[string]*entry
	deadlines deadlines
	waiting   map[string]struct{} // cases with messages not settled yet
	tasks     map[string]struct{} // cases with open tasks
	addresses addresses
	forbidden addresses // those of them that a case forbids
	watches   []*Watch
	promises  int
	through   uint64
	sequence  uint64
}

type entry struct {
	ref      string
	raw      []byte
	hot      *notifier.Case // decoded, while messages are unsettled
	sequence uint64         // of the case's last ledger entry
	next     time.Time
	index    int // in deadlines; -1 when it is not there
	promises int
}

// New is an empty picture.
func New() *Picture {
	return &Picture{cases: map[string]*entry{}, waiting: map[string]struct{}{}, tasks: map[string]struct{}{},
		addresses: newAddresses(), forbidden: newAddresses()}
}

// Put takes the case as a committed ledger entry left it. An older entry than
// the one known changes nothing.
func (p *Picture) Put(sequence uint64, m Mark, raw []byte, decoded *notifier.Case) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.through = max(p.through, m.Through)
	p.sequence = max(p.sequence, sequence)
	e, ok := p.cases[m.Ref]
	switch {
	case !ok:
		e = &entry{ref: m.Ref, index: -1}
		p.cases[m.Ref] = e
	case sequence < e.sequence:
		return
	case sequence == e.sequence:
		if decoded != nil && m.Messages > 0 {
			e.hot = decoded
		}
		return
	}
	p.promises += m.Promises - e.promises
	e.sequence, e.raw, e.next, e.promises, e.hot = sequence, raw, m.Next, m.Promises, nil
	if m.Messages > 0 {
		e.hot = decoded
	}
	mark(p.waiting, m.Ref, m.Messages > 0)
	mark(p.tasks, m.Ref, m.Tasks > 0)
	p.addresses.add(e, m.Addresses)
	p.forbidden.add(e, m.Forbidden)
	p.schedule(e)
	p.note(m.Ref)
}

// note tells the watches of a case. The caller holds the lock.
func (p *Picture) note(ref string) {
	for _, w := range p.watches {
		w.note(ref)
	}
}

func mark(set map[string]struct{}, ref string, in bool) {
	if in {
		set[ref] = struct{}{}
	} else {
		delete(set, ref)
	}
}

func (p *Picture) schedule(e *entry) {
	switch {
	case e.next.IsZero() && e.index >= 0:
		heap.Remove(&p.deadlines, e.index)
	case e.next.IsZero():
	case e.index >= 0:
		heap.Fix(&p.deadlines, e.index)
	default:
		heap.Push(&p.deadlines, e)
	}
}

// Forget removes a case whose ledger was purged.
func (p *Picture) Forget(ref string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e, ok := p.cases[ref]
	if !ok {
		return
	}
	if e.index >= 0 {
		heap.Remove(&p.deadlines, e.index)
	}
	p.promises -= e.promises
	if c, err := decode(e.raw); err == nil {
		p.addresses.remove(e, addressesOf(&c))
		p.forbidden.remove(e, forbiddenOf(&c))
	}
	delete(p.cases, ref)
	delete(p.waiting, ref)
	delete(p.tasks, ref)
	p.note(ref)
}

// Has reports whether the entry of that sequence, or a later one, is in the picture.
func (p *Picture) Has(ref string, sequence uint64) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	e, ok := p.cases[ref]
	return ok && e.sequence >= sequence
}

// ErrUnknown is returned for a case that the ledger does not hold.
var ErrUnknown = errors.New("no case of that reference is known")

// Case returns a case and the sequence of its last ledger entry; an unknown
// case is empty, with sequence 0. The case must not be changed in place.
func (p *Picture) Case(ref string) (notifier.Case, uint64, error) {
	p.mu.RLock()
	e, ok := p.cases[ref]
	if !ok {
		p.mu.RUnlock()
		return notifier.Case{}, 0, nil
	}
	raw, hot, sequence := e.raw, e.hot, e.sequence
	p.mu.RUnlock()
	if hot != nil {
		return *hot, sequence, nil
	}
	c, err := decode(raw)
	if err != nil {
		return c, sequence, fmt.Errorf("case %s: the last ledger entry cannot be read: %w", ref, err)
	}
	return c, sequence, nil
}

// DecodeCase reads the line of a stored entry that [CaseLine] gives; no line is a case
// of which nothing was decided yet.
func DecodeCase(line []byte) (notifier.Case, error) {
	if len(line) == 0 {
		return notifier.Case{}, nil
	}
	return decode(line)
}

func decode(raw []byte) (c notifier.Case, err error) {
	err = json.Unmarshal(raw, &c)
	return c, err
}

// Due returns up to limit cases whose deadline is at or before now, leaving out
// those in skip: the very earliest first, the rest in no strict order.
func (p *Picture) Due(now time.Time, limit int, skip func(ref string) bool) []string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var due []string
	p.deadlines.until(now, func(e *entry) bool {
		if skip == nil || !skip(e.ref) {
			due = append(due, e.ref)
		}
		return len(due) < limit
	})
	return due
}

// NextDue is the earliest deadline of all cases; zero when there is none.
func (p *Picture) NextDue() time.Time {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if len(p.deadlines) == 0 {
		return time.Time{}
	}
	return p.deadlines[0].next
}

// Unsettled lists the cases that hold messages which are not settled, in order of reference.
func (p *Picture) Unsettled() []string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.Sorted(maps.Keys(p.waiting))
}

// WithTasks lists the cases with open tasks, in order of reference.
func (p *Picture) WithTasks() []string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.Sorted(maps.Keys(p.tasks))
}

// Through is the highest input that every replica knows to be answered.
func (p *Picture) Through() uint64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.through
}

// Sequence is the last ledger entry taken in.
func (p *Picture) Sequence() uint64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.sequence
}

// Size counts cases, open promises and cases with unsettled messages.
func (p *Picture) Size() (cases, promises, unsettled int) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return len(p.cases), p.promises, len(p.waiting)
}

// Each calls fn for every case with an open promise, a task or an unsettled
// message, decoded, in no particular order, until fn returns false.
func (p *Picture) Each(fn func(notifier.Case) bool) {
	p.mu.RLock()
	refs := make([]string, 0, len(p.deadlines)+len(p.tasks))
	for ref, e := range p.cases {
		if e.promises > 0 {
			refs = append(refs, ref)
			continue
		}
		_, tasks := p.tasks[ref]
		_, waiting := p.waiting[ref]
		if tasks || waiting {
			refs = append(refs, ref)
		}
	}
	p.mu.RUnlock()
	for _, ref := range refs {
		c, sequence, err := p.Case(ref)
		if err != nil || sequence == 0 {
			continue
		}
		if !fn(c) {
			return
		}
	}
}

// deadlines is a heap of cases, the earliest deadline first.
type deadlines []*entry

func (d deadlines) Len() int           { return len(d) }
func (d deadlines) Less(i, j int) bool { return d[i].next.Before(d[j].next) }
func (d deadlines) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].index, d[j].index = i, j
}

// Push is called by package heap.
func (d *deadlines) Push(x any) {
	e := x.(*entry)
	e.index = len(*d)
	*d = append(*d, e)
}

// Pop is called by package heap.
func (d *deadlines) Pop() any {
	last := len(*d) - 1
	e := (*d)[last]
	(*d)[last] = nil
	*d = (*d)[:last]
	e.index = -1
	return e
}

// until visits entries due at or before now, parents before children, without
// taking them out; the walk visits no more than twice as many as it yields.
func (d deadlines) until(now time.Time, yield func(*entry) bool) {
	open := []int{0}
	for len(open) > 0 {
		i := open[0]
		open = open[1:]
		if i >= len(d) || d[i].next.After(now) {
			continue
		}
		if !yield(d[i]) {
			return
		}
		open = append(open, 2*i+1, 2*i+2)
	}
}
