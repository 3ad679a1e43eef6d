package commit

import (
	"context"
	"errors"
)

// Attempt makes one attempt to store each message, in their order, and calls
// answered once for each with what became of it: as soon as that is known,
// from any goroutine, several at a time. It returns when all are answered.
//
// An attempt without an answer in 5 seconds, or before ctx ends, is answered
// with ErrUnconfirmed; whether to repeat it is left to the caller. A batch that
// is refused is published singly, as in Write.
//
// Answered must not block: other acknowledgements wait behind it.
func (w *Writer) Attempt(ctx context.Context, messages []Message, answered func(index int, result Result)) {
	for start, end := range groups(messages) {
		group := messages[start:end]
		if !w.batches(len(group)) || !w.attemptBatch(ctx, start, group, answered) {
			w.attemptSingly(ctx, group, func(i int, result Result) { answered(start+i, result) })
		}
	}
}

// attemptBatch reports whether the group has been answered: stored, or in
// doubt. If not, nothing of it was stored.
func (w *Writer) attemptBatch(ctx context.Context, start int, group []Message, answered func(index int, result Result)) bool {
	_, last, err := w.sendBatch(ctx, group)
	switch {
	case err == nil:
		for i, result := range contiguous(last, len(group)) {
			answered(start+i, result)
		}
	case errors.Is(err, ErrUnconfirmed):
		for i := range group {
			answered(start+i, Result{Err: err})
		}
	default:
		return false
	}
	return true
}
