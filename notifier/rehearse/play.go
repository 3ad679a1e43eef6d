package rehearse

import (
	"container/heap"
	"fmt"
	"slices"
	"time"

	"hearback/events"
	"hearback/notifier"
)

// Happening is an event at the instant at which Hearback hears of it, which may be
// long after it happened.
type Happening struct {
	At time.Time
	events.Event
}

// World is everybody outside Hearback: providers, families and officers.
type World interface {
	// Handed says what became of a message that was handed over at now, and what
	// happens because of it; c is the case as it stood. Status must be notifier.Sent
	// or notifier.Failed.
	Handed(c *notifier.Case, m notifier.Message, now time.Time) (notifier.Result, []Happening)
}

// Chronicle is a World whose book changed while it went on.
type Chronicle interface {
	World
	// Books are the versions at an instant, from the first one on.
	Books(now time.Time) notifier.Books
}

// Recording is a World that happened once already, under other decisions.
type Recording interface {
	World
	// Meant is what an event says in this play, where what Hearback named then has
	// another name now; c is the case as it stands.
	Meant(c *notifier.Case, e events.Event) events.Event
	// Asked is what the provider answers when it is asked about a message without a
	// receipt. Status must be one that [notifier.Result] may have.
	Asked(a notifier.Awaited, now time.Time) notifier.Result
}

// Resident is a World whose people act on what was decided, and think again before
// they do what they meant to.
type Resident interface {
	World
	// Saw says what happens because of a move.
	Saw(m Move) []Happening
	// Still says whether a happening whose time has come still happens; c is the case
	// as it stands.
	Still(c *notifier.Case, h Happening) bool
}

// Move is one input and what was decided on it.
type Move struct {
	At       time.Time
	Input    notifier.Input
	Decision notifier.Decision
}

// mostAtOnce bounds how often one case may be decided without time going on. A sound
// case needs a few; one that needs more would go round for ever.
const mostAtOnce = 10_000

// Play plays the tape of one case from its first happening up to and including
// until, on a clock of its own: events when they are heard of, deadlines when they
// pass, messages when they may go. Each decision is notifier.Decide's, and seen is
// told of each that changed something, in order. Happenings at the same instant keep
// their order on the tape. It returns the case as it stands at the end.
//
// Each case is played alone: the last look does not ask other cases with the same
// address, and chases of several cases do not go as one email. Play does no I/O and
// the same arguments give the same decisions.
//
// The error says that the case does not come to rest: a fault of Hearback's.
func Play(books notifier.Books, tape []Happening, until time.Time, world World, seen func(Move)) (notifier.Case, error) {
	p := &play{books: books, world: world, seen: seen}
	p.chronicle, _ = world.(Chronicle)
	p.recording, _ = world.(Recording)
	p.resident, _ = world.(Resident)
	for _, h := range tape {
		p.add(h)
	}
	for {
		next := p.next()
		if next.IsZero() || next.After(until) {
			return p.c, nil
		}
		if p.rounds++; next.After(p.now) {
			p.now, p.rounds = next, 0
			if p.chronicle != nil {
				p.books = p.chronicle.Books(p.now)
			}
		}
		if p.rounds > mostAtOnce {
			return p.c, fmt.Errorf("case %s does not come to rest at %s; report it with this book", p.c.Ref, p.now.Format(time.RFC3339))
		}
		p.turn()
	}
}

// play is one case being played.
type play struct {
	books notifier.Books
	world World
	// chronicle, recording and resident are the world, where it is one.
	chronicle Chronicle
	recording Recording
	resident  Resident
	seen      func(Move)
	c         notifier.Case
	now       time.Time
	tape      happenings
	added     int
	// heard numbers the events as the stream would.
	heard  uint64
	rounds int
	// waits is when each message that waits may be looked at again.
	waits map[string]time.Time
}

func (p *play) add(h Happening) {
	if h.At.Before(p.now) {
		h.At = p.now
	}
	p.added++
	heap.Push(&p.tape, numbered{h, p.added})
}

// next is when something is to be done: at once while a message may go.
func (p *play) next() time.Time {
	var next time.Time
	earlier := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for _, m := range p.c.Messages {
		earlier(p.waits[m.ID])
		if next.IsZero() {
			return p.now // it was not looked at yet
		}
	}
	if due := p.c.Next(); !due.IsZero() {
		earlier(due)
	}
	if len(p.tape) > 0 {
		earlier(p.tape[0].At)
	}
	return next
}

// turn does the first thing that is to be done now: what a message says goes before
// what time brings, and that before what happens, as a leader does that keeps up.
func (p *play) turn() {
	for _, m := range p.c.Messages {
		if at := p.waits[m.ID]; !at.After(p.now) {
			p.look(m)
			return
		}
	}
	if due := p.c.Next(); !due.IsZero() && !due.After(p.now) {
		p.decide(notifier.Input{Due: true})
		return
	}
	if len(p.tape) > 0 && !p.tape[0].At.After(p.now) {
		h := heap.Pop(&p.tape).(numbered)
		if p.resident != nil && !p.resident.Still(&p.c, h.Happening) {
			return
		}
		p.heard++
		if p.recording != nil {
			h.Event = p.recording.Meant(&p.c, h.Event)
		}
		p.decide(notifier.Input{Event: &h.Event, Sequence: p.heard})
	}
}

// look takes the last look at a message and hands it over, if it may go.
func (p *play) look(m notifier.Message) {
	look := notifier.LastLook(p.c, m.ID, p.books.Current, p.now)
	switch {
	case !look.Until.IsZero():
		if p.waits == nil {
			p.waits = map[string]time.Time{}
		}
		p.waits[m.ID] = look.Until
		return
	case !look.Send:
		p.decide(notifier.Input{Result: &look.Settle})
	default:
		result, then := p.world.Handed(&p.c, m, p.now)
		result.Message, result.Channel, result.At = m.ID, m.Channel, p.now
		p.decide(notifier.Input{Result: &result})
		for _, h := range then {
			p.add(h)
		}
	}
	delete(p.waits, m.ID)
}

func (p *play) decide(in notifier.Input) {
	d := notifier.Decide(p.c, in, p.books, p.now)
	if !d.Changed {
		return
	}
	p.c = d.Case
	move := Move{At: p.now, Input: in, Decision: d}
	if p.seen != nil {
		p.seen(move)
	}
	if p.resident != nil {
		for _, h := range p.resident.Saw(move) {
			p.add(h)
		}
	}
	p.answer()
}

// answer says what a provider says that is asked: that it cannot say, unless it was
// recorded.
func (p *play) answer() {
	for _, a := range slices.Clone(p.c.Sent) {
		if !a.Ask {
			continue
		}
		r := notifier.Result{Message: a.Message.ID, Status: notifier.Unknown, Asked: true, At: p.now,
			Reason: "no receipt came in time, and the provider cannot say either"}
		if p.recording != nil {
			r = p.recording.Asked(a, p.now)
		}
		p.decide(notifier.Input{Result: &r})
	}
}

// numbered is a happening with its place on the tape.
type numbered struct {
	Happening
	number int
}

// happenings is a heap, the earliest first.
type happenings []numbered

func (h happenings) Len() int { return len(h) }
func (h happenings) Less(i, j int) bool {
	if !h[i].At.Equal(h[j].At) {
		return h[i].At.Before(h[j].At)
	}
	return h[i].number < h[j].number
}
func (h happenings) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push is called by package heap.
func (h *happenings) Push(x any) { *h = append(*h, x.(numbered)) }

// Pop is called by package heap.
func (h *happenings) Pop() any {
	last := len(*h) - 1
	n := (*h)[last]
	*h = (*h)[:last]
	return n
}
