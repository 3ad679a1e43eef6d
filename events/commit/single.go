package commit

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// WriteSingly is Write without batches, for messages of which some may well be
// refused.
func (w *Writer) WriteSingly(ctx context.Context, messages []Message) []Result {
	results := make([]Result, len(messages))
	for start, end := range groups(messages) {
		w.writeSingly(ctx, messages[start:end], results[start:end], false)
	}
	return results
}

// writeSingly publishes messages singly, each until it is stored or refused or
// ctx ends. Doubt says that an earlier attempt may have stored them.
func (w *Writer) writeSingly(ctx context.Context, messages []Message, results []Result, doubt bool) {
	w.attemptSingly(ctx, messages, func(i int, result Result) { results[i] = result })
	var pending []int
	for i := range messages {
		if results[i].Err != nil && w.again(ctx, &messages[i], &results[i], doubt) {
			pending = append(pending, i)
		}
	}
	for attempt := 1; len(pending) > 0 && pause(ctx, attempt); attempt++ {
		repeated := make([]Message, len(pending))
		for i, index := range pending {
			repeated[i] = messages[index]
		}
		w.attemptSingly(ctx, repeated, func(i int, result Result) { results[pending[i]] = result })
		open := pending[:0]
		for _, index := range pending {
			if results[index].Err != nil && w.again(ctx, &messages[index], &results[index], true) {
				open = append(open, index)
			}
		}
		pending = open
	}
}

// again says whether a message that failed must be attempted again. A conflict
// is looked into where it may be our own doing: after an attempt in doubt, or
// where the server says no more than that the subject is being written.
func (w *Writer) again(ctx context.Context, message *Message, result *Result, doubt bool) bool {
	if errors.Is(result.Err, ErrConflict) && message.Expect != nil && (doubt || passing(result.Err)) {
		*result = w.look(ctx, message, *result)
	}
	return errors.Is(result.Err, ErrUnconfirmed)
}

// passing says whether a conflict may mean no more than that another write of
// the subject is still being replicated.
func passing(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant
}

// attemptSingly publishes the messages one behind the other and waits for all
// their acknowledgements together.
func (w *Writer) attemptSingly(ctx context.Context, messages []Message, answered func(index int, result Result)) {
	ctx, cancel := context.WithTimeoutCause(ctx, attemptTime, context.DeadlineExceeded)
	defer cancel()
	if len(messages) == 1 {
		answered(0, w.request(ctx, &messages[0]))
		return
	}
	done := make(chan struct{})
	var open atomic.Int64
	open.Store(int64(len(messages)))
	settle := func(index int, result Result) {
		answered(index, result)
		if open.Add(-1) == 0 {
			close(done)
		}
	}
	subjects := make([]string, len(messages))
	for i := range messages {
		subject, err := w.replies.expect(func(result Result) { settle(i, result) })
		if err == nil {
			subjects[i] = subject
			err = w.conn.PublishMsg(messages[i].wire(subject, 0))
			if err == nil || !w.replies.forget(subject) {
				continue
			}
			subjects[i] = ""
		}
		settle(i, unsent(err))
	}
	select {
	case <-done:
		return
	case <-ctx.Done():
	}
	for i, subject := range subjects {
		if subject != "" && w.replies.forget(subject) {
			settle(i, unconfirmed(context.Cause(ctx)))
		}
	}
	<-done
}

// request publishes one message and waits: what jetstream's Publish does,
// without repeats of its own.
func (w *Writer) request(ctx context.Context, message *Message) Result {
	reply, err := w.conn.RequestMsgWithContext(ctx, message.wire("", 0))
	if err != nil {
		return unsent(err)
	}
	return understand(reply)
}

// unsent sorts the errors of our own side of the connection. What cannot get
// better by itself is final; the rest is repeated while the caller waits.
func unsent(err error) Result {
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return Result{Err: fmt.Errorf("the message is larger than the NATS server takes; shorten it: %w", err)}
	// Headers "not supported" is no reason: a connection that is being made says so
	// until the server has introduced itself, and every server with JetStream has them.
	case errors.Is(err, nats.ErrBadSubject), errors.Is(err, nats.ErrBadHeaderMsg):
		return Result{Err: fmt.Errorf("the message cannot be sent as it is: %w", err)}
	case errors.Is(err, nats.ErrConnectionClosed):
		return Result{Err: fmt.Errorf("the connection to NATS has been closed, so the message is not known to be stored: %w", err)}
	}
	return unconfirmed(err)
}
