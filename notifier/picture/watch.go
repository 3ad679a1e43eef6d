package picture

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// Watch tells one reader which cases have changed. What it holds is bounded by the
// number of cases, however slow the reader is.
type Watch struct {
	mu      sync.Mutex
	changed map[string]struct{}
	wake    chan struct{}
}

// Watch begins with every case that is known now.
func (p *Picture) Watch() *Watch {
	w := &Watch{changed: map[string]struct{}{}, wake: make(chan struct{}, 1)}
	p.mu.Lock()
	defer p.mu.Unlock()
	for ref := range p.cases {
		w.note(ref)
	}
	p.watches = append(p.watches, w)
	return w
}

func (w *Watch) note(ref string) {
	w.mu.Lock()
	w.changed[ref] = struct{}{}
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// taken is what has changed since it was taken last; nobody else holds it.
func (w *Watch) taken() (changed map[string]struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.changed) > 0 {
		changed, w.changed = w.changed, map[string]struct{}{}
	}
	return changed
}

// Next waits until cases have changed and lists them, in order of reference, each
// once. Its error is the cause of ctx's end.
func (w *Watch) Next(ctx context.Context) ([]string, error) {
	for {
		if changed := w.taken(); len(changed) > 0 {
			return slices.Sorted(maps.Keys(changed)), nil
		}
		select {
		case <-w.wake:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
