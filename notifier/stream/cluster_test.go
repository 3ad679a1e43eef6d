package stream_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"hearback/events/commit/committest"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// On three servers, decisions go on through the loss of the one that leads the
// stream: none is lost, none is stored twice, and a follower sees each once.
func TestTheLossOfAServer(t *testing.T) {
	cluster := committest.Three(t)
	nc := cluster.Connect(t)
	open := func(replicas int) (*stream.Stream, error) {
		return stream.Open(t.Context(), nc, stream.Options{Replicas: replicas, External: true, Log: streamtest.Log(t)})
	}
	if _, err := open(1); err == nil {
		t.Error("a stream with other replicas than expected is accepted")
	}
	s, err := open(3)
	if err != nil {
		t.Fatal(err)
	}
	const rounds, each = 30, 5
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	followed := map[string]int{}
	complete := make(chan struct{})
	var follower sync.WaitGroup
	follower.Go(func() {
		reader := streamtest.Log(t)
		mine, err := stream.Open(ctx, cluster.Connect(t), stream.Options{Replicas: 3, External: true, Log: reader})
		if err != nil {
			t.Error(err)
			close(complete)
			return
		}
		mine.Follow(ctx, []string{"hearback.ledger.*"}, 0, func(record stream.Record) { // returns when ctx ends
			followed[record.Subject]++
			if len(followed) == rounds*each {
				close(complete)
				cancel()
			}
		})
	})
	stopped := make(chan struct{})
	for round := range rounds {
		if round == rounds/3 {
			go func() {
				defer close(stopped)
				cluster.StopLeader(t, nc)
			}()
		}
		units := make([]stream.Unit, each)
		for i := range units {
			units[i] = unit(fmt.Sprintf("r%d-%d", round, i), 1)
		}
		for i, result := range s.Commit(t.Context(), units) {
			if result.Err != nil {
				t.Fatalf("round %d, unit %d: %v", round, i, result.Err)
			}
		}
	}
	<-stopped
	<-complete
	follower.Wait()
	for subject, count := range followed {
		if count != 1 {
			t.Errorf("%s was followed %d times", subject, count)
		}
	}
	if err := s.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	stored := map[string]int{}
	for _, record := range everything(t, s) {
		stored[record.Subject]++
	}
	for round := range rounds {
		for i := range each {
			ref := fmt.Sprintf("r%d-%d", round, i)
			if stored["hearback.ledger."+ref] != 1 || stored["hearback.outcome."+ref+".message.sent"] == 0 {
				t.Errorf("%s: %d entries, %d outcomes", ref, stored["hearback.ledger."+ref], stored["hearback.outcome."+ref+".message.sent"])
			}
		}
	}
}
