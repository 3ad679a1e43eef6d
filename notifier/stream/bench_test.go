package stream_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"hearback/events/commit"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

var payload = make([]byte, 600)

// BenchmarkFollow measures how long after its acknowledgement a single message
// reaches a follower: what following adds to publishing.
func BenchmarkFollow(b *testing.B) {
	s := streamtest.Open(b)
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	arrived := make(chan time.Time, 1)
	go s.Follow(ctx, []string{"hearback.event.>"}, 0, func(stream.Record) { arrived <- time.Now() }) // returns when ctx ends
	var floor time.Duration
	var added []time.Duration
	for b.Loop() {
		begin := time.Now()
		write(b, s, commit.Message{Subject: "hearback.event.c1.reply.sent", Data: payload})
		acknowledged := time.Now()
		floor += acknowledged.Sub(begin)
		added = append(added, max(0, (<-arrived).Sub(acknowledged)))
	}
	slices.Sort(added)
	b.ReportMetric(float64(floor.Microseconds())/float64(b.N), "publish-µs")
	b.ReportMetric(float64(added[len(added)/2].Microseconds()), "added-p50-µs")
	b.ReportMetric(float64(added[len(added)*99/100].Microseconds()), "added-p99-µs")
}

// BenchmarkLoadLast loads the last state of 200,000 cases of 600 bytes.
func BenchmarkLoadLast(b *testing.B) {
	const cases = 200_000
	s := streamtest.Open(b)
	messages := make([]commit.Message, cases)
	for i := range messages {
		messages[i] = commit.Message{Subject: fmt.Sprintf("hearback.ledger.c%d", i), Data: payload}
	}
	write(b, s, messages...)
	for b.Loop() {
		count := 0
		if _, err := s.LoadLast(b.Context(), "hearback.ledger.*", func(stream.Record) { count++ }); err != nil || count != cases {
			b.Fatalf("%d cases, %v", count, err)
		}
	}
}

// BenchmarkCommit compares decisions (an entry and two outcomes) through Commit
// with the floor: the same number of single publishes of one entry each.
func BenchmarkCommit(b *testing.B) {
	for _, count := range []int{1, 4, 32, 300} {
		b.Run(fmt.Sprintf("units=%d", count), func(b *testing.B) {
			s := streamtest.Open(b)
			var floor, ours time.Duration
			serial := 0
			for b.Loop() {
				units := make([]stream.Unit, count)
				begin := time.Now()
				for range count {
					serial++
					write(b, s, commit.Message{Subject: fmt.Sprintf("hearback.ledger.f%d", serial), Data: payload})
				}
				floor += time.Since(begin)
				for i := range units {
					serial++
					units[i] = unit(fmt.Sprint(serial), 2)
					units[i].Entry.Data = payload
				}
				begin = time.Now()
				for _, result := range s.Commit(b.Context(), units) {
					if result.Err != nil {
						b.Fatal(result.Err)
					}
				}
				ours += time.Since(begin)
			}
			decisions := float64(count * b.N)
			b.ReportMetric(decisions/floor.Seconds(), "floor/s")
			b.ReportMetric(decisions/ours.Seconds(), "ours/s")
			b.ReportMetric(float64(floor)/float64(ours), "ratio")
		})
	}
}

// BenchmarkStart opens a server and its stream on a folder that has been used.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		server, err := stream.StartServer(stream.ServerConfig{Dir: dir, Listen: "127.0.0.1:0"})
		if err != nil {
			b.Fatal(err)
		}
		nc, err := server.Connect()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := stream.Open(b.Context(), nc, stream.Options{}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		nc.Close()
		server.Close()
		b.StartTimer()
	}
}
