package stream_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// diskSize is in megabytes.
const diskSize = 16

// fill is how a disk comes to be full.
type fill struct {
	name string
	// ballast is what others put there once the server runs, in megabytes. Without
	// it the stream fills its own share.
	ballast int
	fault   string // what the server's Fault says
}

var fills = []fill{
	// The server answers nothing more. After that it leaves goroutines behind for
	// good, so that time is real here.
	{"by others, to the last byte", diskSize - 2, "no space left on device"},
	// The server refuses: it keeps some room for others.
	{"by the stream, to its share", 0, "its share of the disk"},
}

// ledgerOf remembers what was acknowledged.
type ledgerOf struct {
	acknowledged map[uint64]string
	serial       int
}

// message is one that was not stored before.
func (l *ledgerOf) message() commit.Message {
	l.serial++
	m := note(fmt.Sprintf("hearback.ledger.c%d", l.serial), strings.Repeat("x", 3000))
	m.Expect = new(uint64(0))
	return m
}

// store writes so many messages and returns the first error.
func (l *ledgerOf) store(ctx context.Context, t *testing.T, s *stream.Stream, count int) error {
	t.Helper()
	messages := make([]commit.Message, count)
	for i := range messages {
		messages[i] = l.message()
	}
	var first error
	for i, result := range s.Writer().Write(ctx, messages) {
		switch {
		case errors.Is(result.Err, commit.ErrConflict):
			t.Errorf("%s was taken for somebody else's: %v", messages[i].Subject, result.Err)
		case result.Err == nil && result.Sequence == 0:
			t.Errorf("%s is stored nowhere and without an error", messages[i].Subject)
		case result.Err == nil:
			l.acknowledged[result.Sequence] = messages[i].Subject
		case first == nil:
			first = result.Err
		}
	}
	return first
}

// wantKept checks that everything that was acknowledged can be read.
func (l *ledgerOf) wantKept(t *testing.T, when string, s *stream.Stream) {
	t.Helper()
	there := map[uint64]string{}
	for _, record := range everything(t, s) {
		there[record.Sequence] = record.Subject
	}
	for sequence, subject := range l.acknowledged {
		if there[sequence] != subject {
			t.Errorf("%s: sequence %d was acknowledged for %s and holds %q", when, sequence, subject, there[sequence])
		}
	}
}

// The disk under the stream is full. Who publishes gets an error, never an
// acknowledgement; what was acknowledged stays and can be read. The server does not
// go on by itself when there is room again, and says so; a restart does.
func TestAFullDisk(t *testing.T) {
	for _, fill := range fills {
		for _, group := range []int{1, 5, 40} {
			t.Run(fmt.Sprintf("%s, in groups of %d", fill.name, group), func(t *testing.T) {
				if fill.ballast > 0 {
					t.Parallel() // the processes wait more than they work
				}
				streamtest.SmallDisk(t, diskSize, func(t *testing.T, disk string) {
					if fill.ballast > 0 {
						fillDisk(t, disk, fill, group)
						return
					}
					streamtest.Bubble(t, func(t *testing.T) { fillDisk(t, disk, fill, group) })
				})
			})
		}
	}
}

func fillDisk(t *testing.T, disk string, fill fill, group int) {
	config := stream.ServerConfig{Dir: filepath.Join(disk, "data"), Log: slog.New(slog.DiscardHandler)}
	server := streamtest.Start(t, config)
	nc := streamtest.Connect(t, server)
	s := streamtest.OpenOn(t, nc)
	ledger := ledgerOf{acknowledged: map[uint64]string{}}
	if err := ledger.store(t.Context(), t, s, group); err != nil {
		t.Fatalf("with room: %v", err)
	}
	if err := server.Fault(); err != nil {
		t.Fatalf("with room: %v", err)
	}
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, fill.ballast<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	filling := t.Context()
	if fill.ballast > 0 {
		filling = untilFault(t, server) // nobody would answer
	}
	err := ledger.store(filling, t, s, group)
	for err == nil {
		err = ledger.store(filling, t, s, group)
	}
	wantFault(t, "full", server, fill.fault)
	wantNotStored(t, "full", err)
	wantNotStored(t, "full", ledger.store(moment(t), t, s, group))
	wantNotStored(t, "full, a small message", s.Writer().Write(moment(t), []commit.Message{note("hearback.leader", "me")})[0].Err)
	publisher, err := events.NewPublisher(nc)
	if err != nil {
		t.Fatal(err)
	}
	event := events.Event{ID: "1", Source: "/website", Type: events.TypeEnquiryReceived, Case: "A", Time: time.Now(), Data: []byte(`{"enquiry":"e1"}`)}
	wantNotStored(t, "full, through a Publisher", publisher.Publish(moment(t), event))
	ledger.wantKept(t, "full", s)

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	streamtest.ResizeSmallDisk(t, disk, 2*diskSize)
	wantNotStored(t, "with room again", ledger.store(moment(t), t, s, group))
	wantFault(t, "with room again", server, fill.fault)
	publisher.Close()
	nc.Close()
	server.Close()

	// Started while the disk is still full, it reads, and refuses.
	_ = os.WriteFile(ballast, make([]byte, 2*diskSize<<20), 0o600) // as much as there is room for
	server = streamtest.Start(t, config)
	nc = streamtest.Connect(t, server)
	s = streamtest.OpenOn(t, nc)
	ledger.wantKept(t, "started while full", s)
	wantNotStored(t, "started while full", ledger.store(moment(t), t, s, group))
	wantFault(t, "started while full", server, "")
	nc.Close()
	server.Close()
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}

	server = streamtest.Start(t, config)
	nc = streamtest.Connect(t, server)
	s = streamtest.OpenOn(t, nc)
	ledger.wantKept(t, "after a restart", s)
	for range 20 {
		if err := ledger.store(t.Context(), t, s, group); err != nil {
			t.Fatalf("after a restart: %v", err)
		}
	}
	if err := server.Fault(); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	ledger.wantKept(t, "at the end", s)
}

// untilFault returns a context that ends when the server has a fault.
func untilFault(t *testing.T, server *stream.Server) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil && server.Fault() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
	}()
	return ctx
}

// moment is for what cannot succeed any more, so that it need not be long.
func moment(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func wantNotStored(t *testing.T, when string, err error) {
	t.Helper()
	if !errors.Is(err, commit.ErrUnconfirmed) && (err == nil || !strings.Contains(err.Error(), "make room on its disk")) {
		t.Errorf("%s: %v, want an error that says so", when, err)
	}
}

func wantFault(t *testing.T, when string, server *stream.Server, says string) {
	t.Helper()
	fault := server.Fault()
	if fault == nil || !strings.Contains(fault.Error(), says) || !strings.Contains(fault.Error(), "restart") {
		t.Errorf("%s: the server's fault is %v, want %q", when, fault, says)
	}
}
