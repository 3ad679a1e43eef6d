package events

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/events/commit"
)

// ErrPublisherClosed is the error of publishing after [Publisher.Close].
var ErrPublisherClosed = errors.New("the publisher has been closed; make a new one")

// Publisher publishes events for Go services. It confirms only what is stored. It is
// safe for many goroutines, and quickest with many: while one group of events is
// being stored, those that are published meanwhile wait and then go together, for
// the cost of one fsync. A caller who is alone waits for nobody.
//
// Unlike the rest of the package it works in the background and reads the clock: for
// [Event.Check], and for the pause before it tries again.
type Publisher struct {
	closed  chan struct{}
	close   func()
	conn    *nats.Conn
	queue   chan *publication
	stopped sync.WaitGroup
	writer  *commit.Writer
}

// publication is one event on its way, with its caller.
type publication struct {
	message commit.Message
	result  chan commit.Result // buffered: the caller may have left
}

// PublisherOption changes how a Publisher works.
type PublisherOption func(*publisherOptions)

type publisherOptions struct{ batchFrom int }

// BatchFrom sets the number of waiting events from which they are stored as one
// atomic batch. The default suits a stream of one replica; on a cluster with several,
// commit.BatchFromReplicated is better. 0 never makes a batch.
func BatchFrom(events int) PublisherOption {
	return func(options *publisherOptions) { options.batchFrom = events }
}

// NewPublisher returns a Publisher on the connection, which stays the caller's and
// must outlive it. The user of the connection need only be allowed to publish on
// hearback.event.> and to listen on its inboxes.
func NewPublisher(conn *nats.Conn, options ...PublisherOption) (*Publisher, error) {
	if conn == nil {
		return nil, errors.New("a publisher needs a connection to NATS")
	}
	chosen := publisherOptions{batchFrom: commit.BatchFromOneReplica}
	for _, option := range options {
		option(&chosen)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, fmt.Errorf("cannot use JetStream: %w", err)
	}
	p := &Publisher{
		closed: make(chan struct{}),
		conn:   conn,
		queue:  make(chan *publication, commit.BatchSizeMax),
		writer: commit.New(js, conn, chosen.batchFrom),
	}
	p.close = sync.OnceFunc(func() { close(p.closed) })
	p.stopped.Go(p.run)
	return p, nil
}

// Publish stores the event and returns nil once the server has acknowledged it, after
// fsync. An event that [Event.Check] refuses is not sent; the error is its [*Refusal].
//
// While ctx lives, an attempt without an answer, as during a change of leader, is
// repeated with the same identity. When ctx ends first the error is ctx's and
// commit.ErrUnconfirmed: the event may or may not be stored, and publishing it again
// is right, since a repeat changes nothing.
func (p *Publisher) Publish(ctx context.Context, event Event) error {
	if err := event.Check(time.Now()); err != nil {
		return err
	}
	body, err := event.MarshalJSON()
	if err != nil {
		return err
	}
	message := commit.Message{
		Subject: Subject(event.Case, event.Type),
		// A repeat within the server's window is recognised there already.
		Header: nats.Header{jetstream.MsgIDHeader: {strconv.FormatUint(event.Identity(), 36)}},
		Data:   body,
	}
	for delay := retryFirst; ; delay = min(2*delay, retryLast) {
		err := p.attempt(ctx, message)
		if err == nil || !errors.Is(err, commit.ErrUnconfirmed) || ctx.Err() != nil {
			return err
		}
		if refused := p.forbidden(message.Subject); refused != nil {
			return refused
		}
		if !p.wait(ctx, delay) {
			return errors.Join(err, p.ended(ctx))
		}
	}
}

// How long a caller waits before it tries again, at first and at last.
const (
	retryFirst = 50 * time.Millisecond
	retryLast  = time.Second
)

// Close ends the publisher once the events on their way have been answered. It does
// not close the connection.
func (p *Publisher) Close() {
	p.close()
	p.stopped.Wait()
}

// attempt queues the event and waits for its result.
func (p *Publisher) attempt(ctx context.Context, message commit.Message) error {
	sent := &publication{message: message, result: make(chan commit.Result, 1)}
	select {
	case <-p.closed:
		return ErrPublisherClosed
	default:
	}
	select {
	case p.queue <- sent:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-p.closed:
		return ErrPublisherClosed
	}
	select {
	case result := <-sent.result:
		return result.Err
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", commit.ErrUnconfirmed, context.Cause(ctx))
	}
}

// wait reports whether the delay has passed before ctx ended or the publisher closed.
func (p *Publisher) wait(ctx context.Context, delay time.Duration) bool {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	case <-p.closed:
		return false
	}
}

func (p *Publisher) ended(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return ErrPublisherClosed
}

// forbidden says whether the server has told this user that it may not publish on the
// subject. It does so aside, not as an answer, so that the attempt stays unanswered.
func (p *Publisher) forbidden(subject string) error {
	last := p.conn.LastError()
	if last == nil || !errors.Is(last, nats.ErrPermissionViolation) || !strings.Contains(last.Error(), `"`+subject+`"`) {
		return nil
	}
	return fmt.Errorf("this NATS user may not publish on %s; allow it in the server's file of users: %w", subject, last)
}
