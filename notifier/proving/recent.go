package proving

import (
	"slices"
	"sync"
)

// mostKnown is how many answers of a kind are remembered: the book in force, the drafts
// of a few managers, and what they are compared with.
const mostKnown = 8

// recent remembers the answers that were asked for last.
type recent[K comparable, V any] struct {
	mu    sync.Mutex
	known []answer[K, V] // the last one asked for is the last
}

type answer[K comparable, V any] struct {
	of   K
	says V
}

func (r *recent[K, V]) get(of K) (says V, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := slices.IndexFunc(r.known, func(a answer[K, V]) bool { return a.of == of })
	if at < 0 {
		return says, false
	}
	found := r.known[at]
	r.known = append(slices.Delete(r.known, at, at+1), found)
	return found.says, true
}

func (r *recent[K, V]) put(of K, says V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known = append(slices.DeleteFunc(r.known, func(a answer[K, V]) bool { return a.of == of }), answer[K, V]{of, says})
	if len(r.known) > mostKnown {
		r.known = slices.Delete(r.known, 0, 1)
	}
}

// once gives a known answer, or waits for its turn and makes it. Who waits for an answer
// that somebody else is making gets that one.
func once[K comparable, V any](p *Proofs, r *recent[K, V], of K, make func() V) V {
	if says, known := r.get(of); known {
		return says
	}
	p.working.Lock()
	defer p.working.Unlock()
	says, known := r.get(of)
	if !known {
		says = make()
		r.put(of, says)
	}
	return says
}
