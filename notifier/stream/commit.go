package stream

import (
	"context"
	"errors"
	"log/slog"

	"hearback/events/commit"
)

// Unit is one decision to store: its ledger entry, and the outcomes that other
// services may follow.
type Unit struct {
	Entry commit.Message
	// After is stored beside Entry and never without it: in the same atomic
	// batch, or, where a few units go as single publishes, once Entry is
	// stored. In the second case a crash in between loses After.
	After []commit.Message
}

// Commit stores units and returns one Result for each Entry, in their order,
// once every Entry is stored, refused, or ctx has ended. A refused Entry takes
// only its own After with it.
//
// Where units go as single publishes, Commit does not wait for their After,
// which is seen to before the next Commit begins: failures are repeated until the
// connection is closed, and what could not be stored is logged by subject. Wait
// sees to it at the end. Commits follow one another: a second caller waits for
// the first.
func (s *Stream) Commit(ctx context.Context, decided []Unit) []commit.Result {
	return s.units.commit(ctx, decided)
}

// Wait returns nil when every After of earlier Commits has been stored or given
// up, or else the cause why ctx has ended. Call it before the connection is
// closed.
func (s *Stream) Wait(ctx context.Context) error {
	if err := s.units.enter(ctx); err != nil {
		return err
	}
	s.units.leave()
	return nil
}

// units stores units, one call at a time.
type units struct {
	batchFrom int
	log       *slog.Logger
	turn      chan struct{} // holds a token while nobody commits
	writer    *commit.Writer

	// after is closed when the After of the last commit is done; nil: there was
	// none. It belongs to whoever holds the turn.
	after chan struct{}
}

func newUnits(writer *commit.Writer, batchFrom int, log *slog.Logger) *units {
	u := &units{batchFrom: batchFrom, log: log, turn: make(chan struct{}, 1), writer: writer}
	u.turn <- struct{}{}
	return u
}

// enter takes the turn and waits for the After of the commit before.
func (u *units) enter(ctx context.Context) error {
	select {
	case <-u.turn:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if u.after == nil {
		return nil
	}
	select {
	case <-u.after:
		u.after = nil
		return nil
	case <-ctx.Done():
		u.leave()
		return context.Cause(ctx)
	}
}

func (u *units) leave() { u.turn <- struct{}{} }

func (u *units) commit(ctx context.Context, decided []Unit) []commit.Result {
	results := make([]commit.Result, len(decided))
	if err := u.enter(ctx); err != nil {
		for i := range results {
			results[i].Err = errors.Join(commit.ErrUnconfirmed, err)
		}
		return results
	}
	defer u.leave()
	var after []commit.Message
	for start := 0; start < len(decided); {
		end, messages := together(decided[start:])
		group, into := decided[start:start+end], results[start:start+end]
		start += end
		if len(messages) >= u.batchFrom {
			stored, err := u.writer.WriteAtomic(ctx, messages)
			if err == nil {
				place := 0
				for i, unit := range group {
					into[i] = stored[place]
					place += 1 + len(unit.After)
				}
				continue
			}
			if errors.Is(err, commit.ErrUnconfirmed) {
				for i := range into {
					into[i].Err = err
				}
				continue
			}
		}
		after = append(after, u.entriesSingly(ctx, group, into)...)
	}
	if len(after) > 0 {
		u.publishAfter(after)
	}
	return results
}

// together takes as many units as fit into one atomic batch, at least one, and
// lists their messages.
func together(decided []Unit) (count int, messages []commit.Message) {
	for _, unit := range decided {
		if count > 0 && len(messages)+1+len(unit.After) > commit.BatchSizeMax {
			break
		}
		messages = append(append(messages, unit.Entry), unit.After...)
		count++
	}
	return count, messages
}

// entriesSingly stores the entries one by one and returns the After of those
// that are stored.
func (u *units) entriesSingly(ctx context.Context, group []Unit, into []commit.Result) []commit.Message {
	entries := make([]commit.Message, len(group))
	for i, unit := range group {
		entries[i] = unit.Entry
	}
	copy(into, u.writer.WriteSingly(ctx, entries))
	var after []commit.Message
	for i, unit := range group {
		if into[i].Err == nil {
			after = append(after, unit.After...)
		}
	}
	return after
}

// publishAfter stores outcomes behind the caller's back.
func (u *units) publishAfter(after []commit.Message) {
	done := make(chan struct{})
	u.after = done
	go func() {
		defer close(done)
		for i, result := range u.writer.Write(context.Background(), after) {
			if result.Err != nil {
				u.log.Error("an outcome could not be stored; services that follow outcomes will miss it", "subject", after[i].Subject, "error", result.Err)
			}
		}
	}()
}
