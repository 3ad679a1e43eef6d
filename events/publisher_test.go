package events_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/events"
	"hearback/events/commit"
	"hearback/events/commit/committest"
)

func newPublisher(t *testing.T, nc *nats.Conn, options ...events.PublisherOption) *events.Publisher {
	t.Helper()
	publisher, err := events.NewPublisher(nc, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(publisher.Close)
	return publisher
}

func publishedEvent(id string) events.Event {
	return events.Event{
		ID:     id,
		Source: "/test",
		Type:   events.TypeEnquiryReceived,
		Case:   "H-" + id,
		Time:   time.Now(),
		Data:   []byte(`{"channel":"phone"}`),
	}
}

// storedEvents counts what is in the stream, by the id of the event.
func storedEvents(t *testing.T, nc *nats.Conn) map[string]int {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), "HEARBACK")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for sequence := uint64(1); sequence <= stream.CachedInfo().State.LastSeq; sequence++ {
		got, err := stream.GetMsg(t.Context(), sequence)
		if err != nil {
			t.Fatal(err)
		}
		event, err := events.Parse(got.Data)
		if err != nil {
			t.Fatalf("sequence %d: %v", sequence, err)
		}
		if want := events.Subject(event.Case, event.Type); got.Subject != want {
			t.Errorf("sequence %d is on %s, want %s", sequence, got.Subject, want)
		}
		found[event.ID]++
	}
	return found
}

func TestPublisherStoresWhatItConfirms(t *testing.T) {
	nc := committest.One(t)
	publisher := newPublisher(t, nc)
	const callers, each = 40, 25
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for i := range each {
				if err := publisher.Publish(t.Context(), publishedEvent(fmt.Sprintf("%d-%d", caller, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	found := storedEvents(t, nc)
	if len(found) != callers*each {
		t.Errorf("%d events stored, want %d", len(found), callers*each)
	}
	for id, count := range found {
		if count != 1 {
			t.Errorf("event %s is stored %d times", id, count)
		}
	}
}

func TestPublisherRefusesWithoutSending(t *testing.T) {
	nc := committest.One(t)
	publisher := newPublisher(t, nc)
	event := publishedEvent("1")
	event.Type = "enquiry.recieved"
	err := publisher.Publish(t.Context(), event)
	if refusal, ok := errors.AsType[*events.Refusal](err); !ok || refusal.Faults[0].Field != "type" {
		t.Errorf("error %v, want the refusal of the type", err)
	}
	if found := storedEvents(t, nc); len(found) != 0 {
		t.Errorf("stored: %v", found)
	}
}

// The same event from everywhere at once is stored once, and everybody is told that
// it is stored.
func TestPublisherRepeats(t *testing.T) {
	nc := committest.One(t)
	publisher := newPublisher(t, nc)
	event := publishedEvent("same")
	var group sync.WaitGroup
	for i := range 100 {
		group.Go(func() {
			if err := publisher.Publish(t.Context(), event); err != nil {
				t.Error(err)
			}
			if err := publisher.Publish(t.Context(), publishedEvent(fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	found := storedEvents(t, nc)
	if len(found) != 101 || found["same"] != 1 {
		t.Errorf("%d events stored, the repeated one %d times", len(found), found["same"])
	}
}

func TestPublisherTriesUntilItsCallerLeaves(t *testing.T) {
	nc := committest.One(t)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	publisher := newPublisher(t, nc)
	if err := js.DeleteStream(t.Context(), "HEARBACK"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := publisher.Publish(ctx, publishedEvent("1")); !errors.Is(err, commit.ErrUnconfirmed) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want unconfirmed and the deadline", err)
	}
	result := make(chan error)
	go func() { result <- publisher.Publish(t.Context(), publishedEvent("2")) }()
	if _, err := js.CreateStream(t.Context(), committest.Stream(1)); err != nil {
		t.Fatal(err)
	}
	if err := <-result; err != nil {
		t.Errorf("after the stream is back: %v", err)
	}
	if found := storedEvents(t, nc); found["2"] != 1 {
		t.Errorf("stored: %v", found)
	}
}

func TestPublisherClosed(t *testing.T) {
	publisher := newPublisher(t, committest.One(t))
	publisher.Close()
	publisher.Close()
	if err := publisher.Publish(t.Context(), publishedEvent("1")); !errors.Is(err, events.ErrPublisherClosed) {
		t.Errorf("error %v, want ErrPublisherClosed", err)
	}
	if _, err := events.NewPublisher(nil); err == nil {
		t.Error("a publisher without a connection")
	}
}

func TestPublisherOutlivesTheLeader(t *testing.T) {
	cluster := committest.Three(t)
	nc := cluster.Connect(t)
	publisher := newPublisher(t, nc, events.BatchFrom(commit.BatchFromReplicated))
	const callers, each = 8, 60
	half := make(chan struct{}, callers)
	var group sync.WaitGroup
	for caller := range callers {
		group.Go(func() {
			for i := range each {
				if i == each/2 {
					half <- struct{}{}
				}
				if err := publisher.Publish(t.Context(), publishedEvent(fmt.Sprintf("%d-%d", caller, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	<-half
	cluster.StopLeader(t, nc)
	group.Wait()
	found := storedEvents(t, nc)
	if len(found) != callers*each {
		t.Errorf("%d events stored, want %d", len(found), callers*each)
	}
	for id, count := range found {
		if count != 1 {
			t.Errorf("event %s is stored %d times", id, count)
		}
	}
}
