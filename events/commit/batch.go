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
// Expect, or a Nats-Msg-Id, is not stored twice.
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
// refusal may be the earlier attempt's own doing. One message that carries the
// identity of such an attempt proves that the whole of it is stored.
func (w *Writer) lookForBatch(ctx context.Context, messages []Message, ids []string, refusal error) ([]Result, error) {
	for i := range messages {
		if messages[i].Expect == nil {
			continue
		}
		there, err := w.last(ctx, messages[i].Subject)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnconfirmed, err)
		}
		if there == nil {
			continue
		}
		for _, id := range ids {
			place, err := strconv.Atoi(there.Header.Get(jetstreamext.BatchSeqHeader))
			if there.Header.Get(jetstreamext.BatchIDHeader) == id && err == nil && place == i+1 {
				return contiguous(there.Sequence+uint64(len(messages)-place), len(messages)), nil
			}
		}
	}
	return nil, refusal
}
