package stream

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Follow calls fn for every message on the subjects (which may use wildcards;
// none means all) whose sequence is greater than after, in the order of the
// stream, without gap or repeat, and goes on with what is stored later. It
// survives lost connections, restarts of the server and changes of leader.
//
// It returns when ctx has ended, with its cause, or when the stream no longer
// exists or the connection has been closed for good. Fn runs in another
// goroutine, one call at a time, and never after Follow has returned. While fn
// is busy the server holds further messages back.
func (s *Stream) Follow(ctx context.Context, subjects []string, after uint64, fn func(Record)) error {
	last := after
	for failures := 0; ; {
		if err := s.connected(ctx); err != nil {
			return err
		}
		before := last
		err := s.deliver(ctx, jetstream.ConsumerConfig{
			DeliverPolicy:  jetstream.DeliverByStartSequencePolicy,
			FilterSubjects: subjects,
			OptStartSeq:    last + 1,
		}, reader{receive: func(record Record, _ uint64) bool {
			if record.Sequence > last {
				last = record.Sequence
				fn(record)
			}
			return false
		}})
		if last > before {
			failures = 0
		}
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, jetstream.ErrStreamNotFound), errors.Is(err, nats.ErrConnectionClosed):
			return err
		case errors.Is(err, errReconnected):
			continue
		}
		failures++
		s.log.Warn("following the stream was interrupted; it goes on from where it was", "after", last, "failures", failures, "error", err)
		if !wait(ctx, min(50*time.Millisecond<<min(failures-1, 6), 2*time.Second)) {
			return context.Cause(ctx)
		}
	}
}

// connected waits while the connection is lost. What is asked meanwhile is kept by
// the NATS client and reaches the server later, all of it: a reader that asks again
// and again would come back with more consumers than a stream may have, and find
// no place among them.
func (s *Stream) connected(ctx context.Context) error {
	status := s.nc.StatusChanged(nats.CONNECTED, nats.CLOSED)
	defer s.nc.RemoveStatusListener(status)
	for !s.nc.IsConnected() {
		if s.nc.IsClosed() {
			return nats.ErrConnectionClosed
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-status:
		}
	}
	return nil
}

// LoadLast calls fn once for the newest message of every subject that matches
// subject, as of the sequence through, which it returns: following the same
// subject after through then misses nothing and repeats nothing. A message
// stored while it loads is left for that.
//
// Fn runs as in Follow. An error means that the load is not whole.
func (s *Stream) LoadLast(ctx context.Context, subject string, fn func(Record)) (through uint64, err error) {
	if through, err = s.LastSequence(ctx); err != nil {
		return 0, err
	}
	return through, s.load(ctx, through, jetstream.ConsumerConfig{
		DeliverPolicy:  jetstream.DeliverLastPerSubjectPolicy,
		FilterSubjects: []string{subject},
	}, fn)
}

// History calls fn for every message on the subjects that was stored before
// the call, oldest first. Fn runs as in Follow. An error means that something
// may be missing.
func (s *Stream) History(ctx context.Context, subjects []string, fn func(Record)) error {
	through, err := s.LastSequence(ctx)
	if err != nil {
		return err
	}
	return s.load(ctx, through, jetstream.ConsumerConfig{
		DeliverPolicy:  jetstream.DeliverAllPolicy,
		FilterSubjects: subjects,
	}, fn)
}

// load delivers what a consumer has to give now, up to the sequence through.
func (s *Stream) load(ctx context.Context, through uint64, config jetstream.ConsumerConfig, fn func(Record)) error {
	if through == 0 {
		return nil
	}
	config.IdleHeartbeat = heartbeatLoad
	return s.deliver(ctx, config, reader{
		receive: func(record Record, pending uint64) bool {
			if record.Sequence <= through {
				fn(record)
			}
			return pending == 0 || record.Sequence >= through
		},
		started: func(info *jetstream.ConsumerInfo) bool {
			return info.NumPending == 0 && info.Delivered.Consumer == 0
		},
		idle: func(consumer jetstream.PushConsumer) bool {
			// The last message that was pending may have been purged or replaced.
			info, err := consumer.Info(ctx)
			return err == nil && info.NumPending == 0
		},
	})
}

// wait reports whether the time has passed before ctx ended.
func wait(ctx context.Context, duration time.Duration) bool {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
