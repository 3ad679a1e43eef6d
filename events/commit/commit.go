// Package commit makes messages durable in JetStream: the one way in which
// Hearback, and any Go service that publishes to it, writes to the stream.
//
// A message is reported as stored only after the server has acknowledged it,
// and our servers acknowledge only after fsync. Few messages go as single
// publishes, sent one behind the other without waiting; many go as one atomic
// batch, which costs one fsync for all of them. Which is cheaper depends on
// the number alone, so the caller need not choose.
package commit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// BatchSizeMax is how many messages one atomic batch may hold: the server's
// own default limit.
const BatchSizeMax = 1_000

// The numbers of messages from which an atomic batch is cheaper than single
// publishes, as measured. A batch on a stream of one replica is staged in
// files of its own (about 4.5 ms, and 0.03 ms for each message, where a single
// publish takes about 0.3 ms); on several replicas it is staged in memory.
const (
	BatchFromOneReplica = 16
	BatchFromReplicated = 2
)

// batchBytesMax keeps the memory of one batch within bounds, on both sides.
const batchBytesMax = 8 << 20

// attemptTime is how long one attempt waits for its acknowledgement. It must
// outlast a slow disk and a full batch queue: an attempt given up too early
// only adds work to a server that is already behind.
const attemptTime = 5 * time.Second

var (
	// ErrConflict reports that somebody else has written the subject since the
	// sequence that the message expected. Nothing was stored: read the subject
	// and decide again.
	ErrConflict = errors.New("the subject has been written by someone else since; read it and decide again")

	// ErrUnconfirmed reports that no acknowledgement came. The message may or
	// may not be stored. Publishing it again with the same identity is right.
	ErrUnconfirmed = errors.New("the stream has not acknowledged the message, which may or may not be stored; publish it again with the same identity")
)

// Message is one message to store.
type Message struct {
	// Subject says where it is stored. It must belong to the stream.
	Subject string
	// Header may be nil. It is copied before anything is added to it. Its
	// Nats-Msg-Id, where there is one, lets the server recognise a repeat
	// within the stream's de-duplication window.
	Header nats.Header
	// Data must not be changed until the result is there.
	Data []byte
	// Expect is the sequence of the last message on the subject, 0 for none.
	// Where that is no longer so, the message is refused with ErrConflict.
	// Nil stores it whatever came before.
	Expect *uint64
}

// Result is what became of one message.
type Result struct {
	// Sequence is the message's place in the stream, 0 if it was not stored.
	// A repeat that the server recognised has the sequence of the first.
	Sequence uint64
	// Err is nil once the message is stored. It is ErrConflict, ErrUnconfirmed
	// (see errors.Is), or the server's reason for refusing the message.
	Err error
}

// Writer writes messages to one stream. It is safe for many goroutines.
type Writer struct {
	batchFrom int
	conn      *nats.Conn
	js        jetstream.JetStream
	replies   *replies
}

// New returns a Writer that sends batchFrom messages or more as an atomic
// batch: BatchFromOneReplica or BatchFromReplicated. Zero or less never makes
// a batch. The stream must allow atomic publishing if batches are to succeed;
// where it does not, they fall back to single publishes.
//
// The Writer lives as long as the connection and needs no closing.
func New(js jetstream.JetStream, conn *nats.Conn, batchFrom int) *Writer {
	return &Writer{batchFrom: batchFrom, conn: conn, js: js, replies: newReplies(conn)}
}

// Write stores the messages in their order and returns one Result for each.
// It returns only when every message is stored, refused, or ctx has ended.
//
// A batch that is refused stores nothing; its messages are then published
// singly, so that each has its own result and only the guilty ones fail.
// Apart from that, messages that are written together are not all or nothing:
// use WriteAtomic for that.
//
// While ctx lives, an attempt without an answer (a server that restarts, a
// change of leader) is repeated with the same content:
//   - A message with Expect is never stored twice. A conflict after an
//     unanswered attempt makes Write look whether the message that is there is
//     its own, and report it as stored if so.
//   - A message with a Nats-Msg-Id is not stored twice within the stream's
//     de-duplication window.
//   - Any other message may be stored twice, and a repeated one may come
//     behind its successors. Whoever reads it must recognise its identity, as
//     every reader of Hearback's events and outcomes does.
func (w *Writer) Write(ctx context.Context, messages []Message) []Result {
	results := make([]Result, len(messages))
	for start, end := range groups(messages) {
		group, into := messages[start:end], results[start:end]
		doubt := false
		if w.batches(len(group)) {
			stored, err := w.WriteAtomic(ctx, group)
			if err == nil {
				copy(into, stored)
				continue
			}
			doubt = errors.Is(err, ErrUnconfirmed) // then it may be stored after all
		}
		w.writeSingly(ctx, group, into, doubt)
	}
	return results
}

// batches says whether so many messages go as an atomic batch.
func (w *Writer) batches(messages int) bool {
	return w.batchFrom > 0 && messages >= w.batchFrom && messages <= BatchSizeMax
}

// groups cuts messages into runs that fit into one batch each.
func groups(messages []Message) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		start, size := 0, 0
		for i, message := range messages {
			if i > start && (i-start == BatchSizeMax || size+len(message.Data) > batchBytesMax) {
				if !yield(start, i) {
					return
				}
				start, size = i, 0
			}
			size += len(message.Data)
		}
		if start < len(messages) {
			yield(start, len(messages))
		}
	}
}

// unconfirmed is the result of a message whose acknowledgement did not come.
func unconfirmed(cause error) Result {
	if cause == nil {
		return Result{Err: ErrUnconfirmed}
	}
	return Result{Err: fmt.Errorf("%w: %w", ErrUnconfirmed, cause)}
}

// pause waits before attempt number attempt (from 1) is repeated: 50 ms at
// first, then longer, so that a stream without a leader is not flooded. It
// reports false when ctx ended first.
func pause(ctx context.Context, attempt int) bool {
	timer := time.NewTimer(min(50*time.Millisecond<<min(attempt-1, 5), time.Second))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
