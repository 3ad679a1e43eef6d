package events_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/events"
	"hearback/events/commit/committest"
)

// BenchmarkPublisher compares many goroutines that publish through one Publisher
// with the floor: as many that publish the same bytes with jetstream's Publish, one
// fsync each. They take turns, so that both meet the same disk.
func BenchmarkPublisher(b *testing.B) {
	for _, callers := range []int{1, 8, 32, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			nc := committest.One(b)
			js, err := jetstream.New(nc)
			if err != nil {
				b.Fatal(err)
			}
			publisher, err := events.NewPublisher(nc)
			if err != nil {
				b.Fatal(err)
			}
			defer publisher.Close()
			var serial atomic.Int64
			next := func() events.Event { return benchmarkEvent(serial.Add(1)) }
			each := 5_000 / callers
			var floor, ours time.Duration
			for b.Loop() {
				floor += together(callers, each, func() error {
					event := next()
					body, err := event.MarshalJSON()
					if err == nil {
						_, err = js.PublishMsg(b.Context(), &nats.Msg{Subject: "hearback.event." + event.Case + "." + event.Type, Data: body})
					}
					return err
				}, b.Error)
				ours += together(callers, each, func() error { return publisher.Publish(b.Context(), next()) }, b.Error)
			}
			count := float64(callers * each * b.N)
			b.ReportMetric(count/floor.Seconds(), "floor/s")
			b.ReportMetric(count/ours.Seconds(), "ours/s")
			b.ReportMetric(float64(floor)/float64(ours), "ratio")
		})
	}
}

// together runs publish so many times in each of the callers' goroutines.
func together(callers, each int, publish func() error, fail func(...any)) time.Duration {
	begin := time.Now()
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			for range each {
				if err := publish(); err != nil {
					fail(err)
				}
			}
		})
	}
	group.Wait()
	return time.Since(begin)
}

func benchmarkEvent(serial int64) events.Event {
	return events.Event{
		ID:     fmt.Sprintf("bench-%d", serial),
		Source: "/bench",
		Type:   events.TypeEnquiryReceived,
		Case:   fmt.Sprintf("B-%d", serial%5_000),
		Time:   time.Now(),
		Data:   []byte(`{"enquiry":"e1","channel":"phone","about":"` + aboutText + `"}`),
	}
}

const aboutText = "The parent rang about the annual review and would like to know when the amended plan will be ready and who will send it."
