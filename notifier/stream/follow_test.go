package stream_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/events/commit"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// A follower of a server that is restarted, twice, sees every message once and
// in order.
func TestFollowAcrossRestarts(t *testing.T) {
	dir := t.TempDir()
	server := streamtest.Start(t, stream.ServerConfig{Dir: dir, Listen: "127.0.0.1:0"})
	address := server.Addr()
	nc, err := nats.Connect(address, nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond), nats.ReconnectJitter(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	s, err := stream.Open(t.Context(), nc, stream.Options{External: true, Log: streamtest.Log(t)})
	if err != nil {
		t.Fatal(err)
	}
	const each = 200
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var seen []uint64
	complete := make(chan struct{})
	var follower sync.WaitGroup
	follower.Go(func() {
		s.Follow(ctx, []string{"hearback.event.>"}, 0, func(record stream.Record) { // returns when ctx ends
			seen = append(seen, record.Sequence)
			if len(seen) == 3*each {
				close(complete)
			}
		})
	})
	for round := range 3 {
		messages := make([]commit.Message, each)
		for i := range messages {
			messages[i] = note(fmt.Sprintf("hearback.event.r%d.reply.sent", round), fmt.Sprint(i))
			messages[i].Header = nats.Header{"Nats-Msg-Id": {fmt.Sprintf("%d-%d", round, i)}}
		}
		write(t, s, messages[:each/2]...)
		write(t, s, messages[each/2:]...)
		if round < 2 {
			server.Close()
			server = streamtest.Start(t, stream.ServerConfig{Dir: dir, Listen: address})
		}
	}
	<-complete
	cancel()
	follower.Wait()
	for i, sequence := range seen {
		if sequence != uint64(i+1) {
			t.Fatalf("message %d seen has sequence %d", i, sequence)
		}
	}
}

// A day of silence ends nothing: what is published after it
// is there at once.
func TestFollowThroughAQuietDay(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		s := streamtest.Open(t)
		ctx, cancel := context.WithCancel(t.Context())
		records := make(chan stream.Record, 1)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.Follow(ctx, nil, 0, func(record stream.Record) { records <- record }) // returns when ctx ends
		}()
		time.Sleep(24 * time.Hour)
		write(t, s, note("hearback.event.A.reply.sent", "after a day"))
		synctest.Wait()
		select {
		case record := <-records:
			if string(record.Data) != "after a day" {
				t.Errorf("%+v", record)
			}
		default:
			t.Error("nothing arrived")
		}
		cancel()
		<-ended
	})
}

// Fn may take as long as it likes: nothing is lost, and Follow does not return
// while it runs.
func TestFollowWaitsForASlowReader(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		s := streamtest.Open(t)
		for i := range 5 {
			write(t, s, note("hearback.event.A.reply.sent", fmt.Sprint(i)))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Hour+time.Minute)
		defer cancel()
		running, count := false, 0
		s.Follow(ctx, nil, 0, func(record stream.Record) { // returns when ctx ends
			running = true
			if string(record.Data) != fmt.Sprint(count) {
				t.Errorf("record %d is %q", count, record.Data)
			}
			time.Sleep(time.Hour)
			count++
			running = false
		})
		if running {
			t.Error("Follow returned while fn was running")
		}
		if count != 5 {
			t.Errorf("%d records read, want 5", count)
		}
	})
}
