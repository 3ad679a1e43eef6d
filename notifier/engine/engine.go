// Package engine runs the decision core over the stream.
//
// Every replica follows the ledger and keeps the same picture. The one that
// holds the lease leads: it reads events in stream order, looks at deadlines as
// they pass and takes the results of hand-overs, runs [notifier.Decide] on each
// and commits the decisions in groups. Nothing acts on a decision before its
// commit is acknowledged. A crash before that repeats the decision; after it,
// the picture knows that the input was answered.
package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/outbox"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// Config is what an engine works with.
type Config struct {
	Stream  *stream.Stream
	Picture *picture.Picture
	Shelf   *Shelf
	// Outbox gives what an outbox needs from outside: lanes, domain, times. The
	// engine fills in the rest for each leadership.
	Outbox outbox.Config
	// Holder names this replica in the lease; Term is how long the lease lasts
	// unrenewed; Sole: no other process can hold it while this one runs.
	Holder string
	Term   time.Duration
	Sole   bool
	// Build names the program in every entry that it writes.
	Build string
	// RoundMost bounds how many cases are decided in one commit.
	RoundMost int
	Log       *slog.Logger
}

// Engine is one replica. Run starts it; the other methods may be called from
// any goroutine while it runs.
type Engine struct {
	config  Config
	lease   *stream.Lease
	follow  following
	stats   counters
	outbox  atomic.Pointer[outbox.Outbox]
	auditor auditor
	leading atomic.Bool
}

// New makes an engine.
func New(config Config) *Engine {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.RoundMost == 0 {
		config.RoundMost = 400
	}
	return &Engine{
		config: config,
		lease:  config.Stream.Lease(config.Holder, config.Term, config.Sole),
		follow: following{moved: make(chan struct{})},
	}
}

// Load fills the picture from the last ledger entry of every case, and the
// shelf from every version of the book. Call it once, before Run.
func (e *Engine) Load(ctx context.Context) error {
	through, err := e.config.Stream.LoadLast(ctx, events.LedgerWildcard, func(r stream.Record) { e.take(r) })
	if err != nil {
		return fmt.Errorf("load the cases: %w", err)
	}
	e.follow.after = through
	return e.config.Stream.History(ctx, []string{events.BookWildcard}, func(r stream.Record) {
		e.takeBook(r)
	})
}

// Run follows the ledger, and leads whenever it holds the lease, until ctx ends.
func (e *Engine) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var replica sync.WaitGroup
	replica.Go(func() {
		err := e.config.Stream.Follow(ctx, []string{events.LedgerWildcard, events.BookWildcard}, e.follow.after, e.followed)
		if ctx.Err() == nil {
			cancel(fmt.Errorf("follow the ledger: %w", err))
		}
	})
	replica.Go(func() { e.audit(ctx) })
	err := e.lease.Run(ctx, e.lead)
	cancel(err)
	replica.Wait()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// Leading reports whether this replica decides and sends now.
func (e *Engine) Leading() bool { return e.leading.Load() }

// take puts a ledger entry into the picture. One that cannot be read concerns
// its case alone: it stands there all the same, so that what comes for the case
// is refused with the reason, and the auditor says so until it is mended.
func (e *Engine) take(r stream.Record) picture.Mark {
	ref := r.Subject[len(events.LedgerPrefix):]
	mark, err := picture.ParseMark(ref, r.Header)
	if err == nil && mark.Leader == e.config.Holder && e.config.Picture.Has(ref, r.Sequence) {
		return mark // ours, and put there when it was committed
	}
	line, lineErr := picture.CaseLine(r.Data)
	if err = errors.Join(err, lineErr); err != nil {
		e.config.Log.Error("a ledger entry cannot be read", "case", ref, "sequence", r.Sequence, "error", err)
		mark, line = picture.Mark{Ref: ref}, nil
	}
	e.config.Picture.Put(r.Sequence, mark, bytes.Clone(line), nil)
	e.auditor.note(ref, r.Sequence, err)
	return mark
}

func (e *Engine) takeBook(r stream.Record) {
	if err := e.config.Shelf.Take(r.Sequence, r.Data); err != nil {
		e.config.Log.Error("a version of the book cannot be used; publish a checked one", "sequence", r.Sequence, "error", err)
	}
}

// followed takes what the stream shows: the entries of other replicas, and, on
// the leader, its own once more.
func (e *Engine) followed(r stream.Record) {
	defer e.follow.reached(r.Sequence)
	ref, isCase := strings.CutPrefix(r.Subject, events.LedgerPrefix)
	if !isCase {
		e.takeBook(r)
		return
	}
	mark := e.take(r)
	if box := e.outbox.Load(); box != nil && mark.Leader != e.config.Holder {
		box.Offer(e.doubts(ref)) // a deposed leader had the last word on this case
	}
}

// doubts are the unsettled messages of cases, in doubt unless they could not
// have been handed over yet.
func (e *Engine) doubts(refs ...string) []outbox.Offer {
	now := time.Now()
	var offers []outbox.Offer
	for _, ref := range refs {
		c, _, err := e.config.Picture.Case(ref)
		if err != nil {
			e.config.Log.Error("a case cannot be read", "case", ref, "error", err)
			continue
		}
		for _, m := range c.Messages {
			offers = append(offers, outbox.Offer{Ref: ref, Message: m, Doubt: !m.NotBefore.After(now)})
		}
		offers = append(offers, questions(ref, c)...)
	}
	return offers
}

// questions are the messages of which the provider is to say what became of them.
// The outbox passes over those that it has been offered already.
func questions(ref string, c notifier.Case) (offers []outbox.Offer) {
	for _, a := range c.Sent {
		if a.Ask {
			offers = append(offers, outbox.Offer{Ref: ref, Message: a.Message, Ask: true, Provider: a.Provider})
		}
	}
	return offers
}

// following is how far the replica has followed the ledger and the book.
type following struct {
	after uint64
	mu    sync.Mutex
	at    uint64
	moved chan struct{}
}

func (f *following) reached(sequence uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = sequence
	close(f.moved)
	f.moved = make(chan struct{})
}

// wait returns when everything up to sequence has been taken in.
func (f *following) wait(ctx context.Context, sequence uint64) error {
	for {
		f.mu.Lock()
		at, moved := max(f.at, f.after), f.moved
		f.mu.Unlock()
		if at >= sequence {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// books are the books in force.
func (e *Engine) books() notifier.Books { return e.config.Shelf.Books() }
