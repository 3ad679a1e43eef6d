package commit

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"
)

// WriteAtomic stores all the messages or none, in their order and with nothing
// between them, and returns a Result for each. At most BatchSizeMax messages
// fit.
//
// An error that is not ErrUnconfirmed means that nothing was stored; the server
// does not say which message was to blame. An attempt without an answer is
// repeated while ctx lives, as in Write: a batch of which one message has
// Expect, or a Nats-Msg-Id, is not stored twice. After ErrUnconfirmed even a part
// may be stored: a server whose disk is full stores the beginning.
func (w *Writer) WriteAtomic(ctx context.Context, messages []Message) ([]Result, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	if len(messages) > BatchSizeMax {
		return nil, fmt.Errorf("an atomic batch holds at most %d messages, not %d; divide it", BatchSizeMax, len(messages))
	}
	var doubtful []string
	for attempt := 1; ; attempt++ {
		id, last, err := w.sendBatch(ctx, messages)
		if err == nil {
			return contiguous(last, len(messages)), nil
		}
		if errors.Is(err, ErrUnconfirmed) {
			doubtful = append(doubtful, id)
			if pause(ctx, attempt) {
				continue
			}
			return nil, err
		}
		if len(doubtful) > 0 {
			return w.lookForBatch(ctx, messages, doubtful, err)
		}
		return nil, err
	}
}

// contiguous makes the results of a stored batch from its acknowledgement,
// which names the sequence of its last message. The server stores a batch
// without anything in between.
func contiguous(last uint64, count int) []Result {
	results := make([]Result, count)
	for i := range results {
		results[i].Sequence = last - uint64(count-1-i)
	}
	return results
}

// sendBatch makes one attempt. It asks for no acknowledgement before the last:
// an earlier refusal makes the commit fail too, and nothing is stored.
func (w *Writer) sendBatch(ctx context.Context, messages []Message) (id string, last uint64, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, attemptTime, context.DeadlineExceeded)
	defer cancel()
	batch, err := jetstreamext.NewBatchPublisher(w.js, jetstreamext.BatchFlowControl{AckTimeout: attemptTime})
	if err != nil {
		return "", 0, err
	}
	final := len(messages) - 1
	for i := range messages[:final] {
		message := messages[i].wire("", batchHeaders)
		if err := batch.AddMsg(message); err != nil {
			return "", 0, unsent(err).Err
		}
	}
	message := messages[final].wire("", batchHeaders)
	ack, err := batch.CommitMsg(ctx, message)
	id = message.Header.Get(jetstreamext.BatchIDHeader)
	if err == nil {
		return id, ack.Sequence, nil
	}
	if _, ok := errors.AsType[*jetstream.APIError](err); ok {
		return id, 0, classify(err)
	}
	return id, 0, unsent(err).Err
}

// batchHeaders is how many headers a batch adds to a message.
const batchHeaders = 3

// lookForBatch settles a batch that was refused after an attempt in doubt: the
// refusal may be the earlier attempt's own doing. A message that carries the
// identity of such an attempt says where its last message must be, and that one
// proves that the whole is stored. A server without room stores the beginning of a
// batch and gives no answer: then only each message can tell.
func (w *Writer) lookForBatch(ctx context.Context, messages []Message, ids []string, refusal error) ([]Result, error) {
	for i := range messages {
		if messages[i].Expect == nil {
			continue
		}
		there, err := w.last(ctx, messages[i].Subject)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnconfirmed, err)
		}
		for _, id := range ids {
			if !inBatch(there, id, i+1) {
				continue
			}
			end := there.Sequence + uint64(len(messages)-i-1)
			final, err := w.at(ctx, messages[i].Subject, end)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", ErrUnconfirmed, err)
			}
			if !inBatch(final, id, len(messages)) {
				return nil, fmt.Errorf("%w: the server has stored a part of the batch only: %w", ErrUnconfirmed, refusal)
			}
			return contiguous(end, len(messages)), nil
		}
	}
	return nil, refusal
}

// inBatch says whether a stored message has this place, from 1, in the batch with
// this identity.
func inBatch(stored *jetstream.RawStreamMsg, id string, place int) bool {
	return stored != nil && id != "" && stored.Header.Get(jetstreamext.BatchIDHeader) == id &&
		stored.Header.Get(jetstreamext.BatchSeqHeader) == strconv.Itoa(place)
}
