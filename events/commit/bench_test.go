package commit_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/events/commit"
	"hearback/events/commit/committest"
)

var payload = make([]byte, 600)

// BenchmarkOne compares one message through the Writer with jetstream's own
// Publish, message by message in turn, so that both meet the same disk.
func BenchmarkOne(b *testing.B) {
	nc := committest.One(b)
	js := jetStream(b, nc)
	writer := commit.New(js, nc, commit.BatchFromOneReplica)
	var raw, ours time.Duration
	for i := 0; b.Loop(); i++ {
		subject := fmt.Sprintf("hearback.event.c%d.reply.sent", i)
		begin := time.Now()
		if _, err := js.Publish(b.Context(), subject, payload); err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		if result := writer.Write(b.Context(), []commit.Message{{Subject: subject, Data: payload}})[0]; result.Err != nil {
			b.Fatal(result.Err)
		}
		raw += middle.Sub(begin)
		ours += time.Since(middle)
	}
	b.ReportMetric(float64(raw.Microseconds())/float64(b.N), "floor-µs")
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N), "ours-µs")
	b.ReportMetric(float64(ours)/float64(raw), "ratio")
}

// BenchmarkMany shows where batches begin to pay: messages per second as single
// publishes and as atomic batches, by how many are written together.
func BenchmarkMany(b *testing.B) {
	for _, count := range []int{2, 6, 12, 24, 64, 300, 1000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			nc := committest.One(b)
			js := jetStream(b, nc)
			singles, batches := commit.New(js, nc, 0), commit.New(js, nc, 1)
			var single, batch time.Duration
			var serial atomic.Int64
			write := func(writer *commit.Writer) time.Duration {
				messages := make([]commit.Message, count)
				for i := range messages {
					messages[i] = commit.Message{Subject: fmt.Sprintf("hearback.ledger.c%d", serial.Add(1)), Data: payload, Expect: new(uint64(0))}
				}
				begin := time.Now()
				for _, result := range writer.Write(b.Context(), messages) {
					if result.Err != nil {
						b.Fatal(result.Err)
					}
				}
				return time.Since(begin)
			}
			for b.Loop() {
				single += write(singles)
				batch += write(batches)
			}
			messages := float64(count * b.N)
			b.ReportMetric(messages/single.Seconds(), "single/s")
			b.ReportMetric(messages/batch.Seconds(), "batch/s")
		})
	}
}

func jetStream(t testing.TB, nc *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}
