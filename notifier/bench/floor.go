package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier/stream"
)

// Floor is what the disk and the server reach with nothing else to do, fsync on.
type Floor struct {
	// Singles: publishes per second by 32 callers, each waiting for its acknowledgement.
	Singles float64
	// One caller's median time for one publish.
	One time.Duration
	// Batched: messages per second in atomic batches of 900.
	Batched float64
}

// floorPublishes is how many raw publishes a floor is measured with.
const floorPublishes = 6000

// measureFloor runs against an embedded server of its own, on the same disk.
func measureFloor(ctx context.Context, dir string, n int) (f Floor, err error) {
	dir = filepath.Join(dir, "floor")
	defer os.RemoveAll(dir)
	server, err := stream.StartServer(stream.ServerConfig{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		return f, err
	}
	defer server.Close()
	own, err := server.Connect()
	if err != nil {
		return f, err
	}
	defer own.Close()
	s, err := stream.Open(ctx, own, stream.Options{})
	if err != nil {
		return f, err
	}
	const callers = 32
	js := make([]jetstream.JetStream, callers)
	for i := range js {
		conn, err := nats.Connect("nats://" + server.Addr())
		if err != nil {
			return f, err
		}
		defer conn.Close()
		if js[i], err = jetstream.New(conn); err != nil {
			return f, err
		}
	}
	body := make([]byte, rawBody)
	publish := func(caller, i int) error {
		_, err := js[caller].Publish(ctx, fmt.Sprintf("hearback.event.F-%d.floor", i), body)
		return err
	}
	one := make([]time.Duration, 500)
	for i := range one {
		begun := time.Now()
		if err := publish(0, i); err != nil {
			return f, err
		}
		one[i] = time.Since(begun)
	}
	f.One = percentile(one, 0.5)
	begun := time.Now()
	if err := spread(callers, n, publish); err != nil {
		return f, err
	}
	f.Singles = float64(n) / time.Since(begun).Seconds()
	batch := make([]commit.Message, 900)
	begun = time.Now()
	rounds := max(3, n/len(batch))
	for round := range rounds {
		for i := range batch {
			batch[i] = commit.Message{Subject: events.LedgerSubject(fmt.Sprintf("F-%d-%d", round, i)), Data: body}
		}
		for _, r := range s.Writer().Write(ctx, batch) {
			if r.Err != nil {
				return f, r.Err
			}
		}
	}
	f.Batched = float64(rounds*len(batch)) / time.Since(begun).Seconds()
	return f, nil
}
