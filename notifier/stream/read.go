package stream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ErrNone reports that nothing is stored where something was asked for.
var ErrNone = errors.New("nothing is stored there")

// Record is one stored message.
type Record struct {
	Sequence uint64
	Subject  string
	Header   nats.Header // nil where it has none
	Data     []byte
	// Time is when the server stored it, in UTC.
	Time time.Time
}

// Info is what the stream holds.
type Info struct {
	Messages, Bytes, Subjects   uint64
	FirstSequence, LastSequence uint64
}

// Info asks the stream's leader how much is stored.
func (s *Stream) Info(ctx context.Context) (Info, error) {
	info, err := s.stream.Info(ctx)
	if err != nil {
		return Info{}, fmt.Errorf("cannot ask stream %s what it holds: %w", Name, err)
	}
	return Info{
		Messages:      info.State.Msgs,
		Bytes:         info.State.Bytes,
		Subjects:      info.State.NumSubjects,
		FirstSequence: info.State.FirstSeq,
		LastSequence:  info.State.LastSeq,
	}, nil
}

// LastSequence is the sequence of the newest message in the stream, 0 when
// nothing was ever stored.
func (s *Stream) LastSequence(ctx context.Context) (uint64, error) {
	info, err := s.Info(ctx)
	return info.LastSequence, err
}

// Last returns the newest message on the subject, or ErrNone. It may use
// wildcards. It asks the leader, so that what was acknowledged is seen.
func (s *Stream) Last(ctx context.Context, subject string) (Record, error) {
	return s.read(ctx, fmt.Sprintf("on %s", subject), messageQuestion{LastFor: subject})
}

// Get returns the message with this sequence, or ErrNone.
func (s *Stream) Get(ctx context.Context, sequence uint64) (Record, error) {
	if sequence == 0 {
		return Record{}, fmt.Errorf("%w: sequences begin at 1", ErrNone)
	}
	return s.read(ctx, fmt.Sprintf("at sequence %d", sequence), messageQuestion{Sequence: sequence})
}

// Purge removes every message on the subject, which may use wildcards. It is
// how a case is erased. The server frees the space by and by: until it has
// rewritten the blocks that held them, remains stay on its disk.
func (s *Stream) Purge(ctx context.Context, subject string) error {
	if subject == "" {
		return errors.New("name the subject to purge; without one the whole stream would go")
	}
	if err := s.stream.Purge(ctx, jetstream.WithPurgeSubject(subject)); err != nil {
		return fmt.Errorf("cannot purge %s: %w", subject, err)
	}
	return nil
}
