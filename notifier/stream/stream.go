package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/events"
	"hearback/events/commit"
)

// Options say how a stream is opened.
type Options struct {
	// Replicas is on how many servers the stream is kept: 1 (the default) on
	// the embedded server, 3 on a cluster.
	Replicas int
	// External says that the server is not ours: its version and its abilities
	// are checked.
	External bool
	// Log receives what went wrong and was mended. Nil discards it.
	Log *slog.Logger
}

// Stream is a council's stream. It is safe for many goroutines.
type Stream struct {
	heartbeat time.Duration
	js        jetstream.JetStream
	log       *slog.Logger
	nc        *nats.Conn
	stream    jetstream.Stream
	units     *units
	writer    *commit.Writer
}

// HeaderIdentity lets the server recognise a message that is stored again soon
// after the first time.
const HeaderIdentity = nats.MsgIdHdr

// How often a reader without messages gets a sign of life from the server. After
// two and a half of these in silence it asks for its messages anew. The embedded
// server dies with us, so that silence means little there.
const (
	heartbeatEmbedded = 30 * time.Second
	heartbeatExternal = 2 * time.Second
	heartbeatLoad     = 5 * time.Second
)

// Open returns the council's stream on the server of nc, which it creates where
// there is none. A stream that exists is checked, never changed: the error says
// which of its settings must be what.
//
// What cannot be seen from outside is whether an external server calls fsync
// before it acknowledges. Without `sync_interval: always` in the jetstream
// block of its configuration, a power failure can lose what was acknowledged.
//
// The connection stays the caller's, who closes it last.
func Open(ctx context.Context, nc *nats.Conn, options Options) (*Stream, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, fmt.Errorf("cannot use JetStream: %w", err)
	}
	replicas := max(options.Replicas, 1)
	if options.External {
		if err := checkServer(ctx, js, nc); err != nil {
			return nil, err
		}
	}
	handle, err := find(ctx, js)
	if errors.Is(err, ErrNoStream) {
		handle, err = create(ctx, js, replicas)
	}
	if err != nil {
		return nil, err
	}
	if found := faults(handle.CachedInfo().Config, replicas); len(found) > 0 {
		return nil, fmt.Errorf("stream %s cannot be used as it is: %s; change it with `nats stream edit %s`, or HEARBACK_REPLICAS where that is what differs", Name, strings.Join(found, "; "), Name)
	}
	return newStream(js, nc, handle, options), nil
}

func newStream(js jetstream.JetStream, nc *nats.Conn, handle jetstream.Stream, options Options) *Stream {
	log := options.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	batchFrom := commit.BatchFromOneReplica
	if handle.CachedInfo().Config.Replicas > 1 {
		batchFrom = commit.BatchFromReplicated
	}
	s := &Stream{
		heartbeat: heartbeatEmbedded,
		js:        js,
		log:       log,
		nc:        nc,
		stream:    handle,
		writer:    commit.New(js, nc, batchFrom),
	}
	if options.External {
		s.heartbeat = heartbeatExternal
	}
	s.units = newUnits(s.writer, batchFrom, log)
	return s
}

// create makes the stream. Two replicas that start together may both try: the
// second finds the first one's.
func create(ctx context.Context, js jetstream.JetStream, replicas int) (jetstream.Stream, error) {
	handle, err := js.CreateStream(ctx, topology(replicas))
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		return js.Stream(ctx, Name)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot create stream %s with %d replicas; check that the cluster has as many servers, that their disks have room, and that no other stream takes %s: %w", Name, replicas, events.AllSubjects, err)
	}
	return handle, nil
}

// Writer is the writer for everything that is not a decision: events, refusals,
// versions of the book. Decisions go through Commit.
func (s *Stream) Writer() *commit.Writer { return s.writer }
