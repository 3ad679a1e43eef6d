package outbox

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"hearback/notifier/channel"
)

// item is one hand-over: one message, or the chases of one person that go as one email.
type item struct {
	members  []member
	attempts int
	// doubt: it may have been handed over before; since is when that could last have been.
	doubt bool
	since time.Time
	// ask: the provider is to be asked what became of the message, by its own name
	// for it; since is when the question was first to be put.
	ask      bool
	provider string
}

type member struct {
	ref, id, promise string
	decided          time.Time
}

// lane is one channel's queue. Ready items go in the order they came; items
// that must wait come back at their time.
type lane struct {
	sender  channel.Sender
	awaits  string
	limiter *rate.Limiter
	workers int

	mu      sync.Mutex
	ready   []item
	head    int
	waiting timed
	known   Standing // what the provider did
	came    uint64   // numbers what waits, so that equals keep their order
	wake    chan struct{}
}

func newLane(sender channel.Sender, awaits string, limiter *rate.Limiter, workers int) *lane {
	return &lane{sender: sender, awaits: awaits, limiter: limiter, workers: workers, wake: make(chan struct{}, 1)}
}

func (l *lane) push(it item) {
	l.mu.Lock()
	l.ready = append(l.ready, it)
	l.mu.Unlock()
	l.signal()
}

func (l *lane) later(it item, at time.Time) {
	l.mu.Lock()
	l.came++
	heap.Push(&l.waiting, timedItem{at, l.came, it})
	l.mu.Unlock()
	l.signal()
}

func (l *lane) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *lane) depth() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.ready) - l.head + len(l.waiting)
}

// take waits for the next item; ok is false when ctx has ended.
func (l *lane) take(ctx context.Context) (it item, ok bool) {
	for {
		if ctx.Err() != nil {
			return item{}, false
		}
		it, ok, next := l.pop(time.Now())
		if ok {
			return it, true
		}
		var timer <-chan time.Time
		if !next.IsZero() {
			timer = time.After(time.Until(next))
		}
		select {
		case <-ctx.Done():
		case <-l.wake:
		case <-timer:
		}
	}
}

func (l *lane) pop(now time.Time) (it item, ok bool, next time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.waiting) > 0 && !l.waiting[0].at.After(now) {
		l.ready = append(l.ready, heap.Pop(&l.waiting).(timedItem).item)
	}
	if l.head == len(l.ready) {
		l.ready, l.head = l.ready[:0], 0
		if len(l.waiting) > 0 {
			next = l.waiting[0].at
		}
		return item{}, false, next
	}
	it = l.ready[l.head]
	l.ready[l.head] = item{}
	l.head++
	if l.head > 1024 && l.head*2 > len(l.ready) {
		l.ready = l.ready[:copy(l.ready, l.ready[l.head:])]
		l.head = 0
	}
	if l.head < len(l.ready) || len(l.waiting) > 0 {
		l.signal() // another worker may be asleep
	}
	return it, true, time.Time{}
}

type timedItem struct {
	at   time.Time
	came uint64
	item
}

// timed is a heap of items, the earliest first.
type timed []timedItem

func (t timed) Len() int { return len(t) }
func (t timed) Less(i, j int) bool {
	return t[i].at.Before(t[j].at) || t[i].at.Equal(t[j].at) && t[i].came < t[j].came
}
func (t timed) Swap(i, j int) { t[i], t[j] = t[j], t[i] }

// Push is called by package heap.
func (t *timed) Push(x any) { *t = append(*t, x.(timedItem)) }

// Pop is called by package heap.
func (t *timed) Pop() any {
	last := len(*t) - 1
	it := (*t)[last]
	(*t)[last] = timedItem{}
	*t = (*t)[:last]
	return it
}
