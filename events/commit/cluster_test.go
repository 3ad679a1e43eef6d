package commit_test

import (
	"errors"
	"fmt"
	"testing"

	"hearback/events/commit"
	"hearback/events/commit/committest"
)

// With three servers, the loss of the one that leads must lose nothing that was
// acknowledged, store nothing twice that expects its sequence, and stop nobody.
func TestTheLossOfTheLeader(t *testing.T) {
	cluster := committest.Three(t)
	nc := cluster.Connect(t)
	js := jetStream(t, nc)
	writer := commit.New(js, nc, commit.BatchFromReplicated)
	write := func(round, count int) {
		messages := many(count, fmt.Sprintf("hearback.ledger.r%d-", round))
		for i := range messages {
			messages[i].Expect = new(uint64(0))
		}
		for i, result := range writer.Write(t.Context(), messages) {
			if result.Err != nil {
				t.Fatalf("round %d, message %d: %v", round, i, result.Err)
			}
		}
	}
	write(0, 50)
	// A conflict has another code here than on one server.
	conflict := many(1, "hearback.ledger.r0-")
	conflict[0].Expect = new(uint64(999))
	if result := writer.Write(t.Context(), conflict)[0]; !errors.Is(result.Err, commit.ErrConflict) {
		t.Errorf("a conflict on a cluster: %+v", result)
	}
	if _, err := writer.WriteAtomic(t.Context(), append(many(3, "hearback.ledger.x"), conflict...)); !errors.Is(err, commit.ErrConflict) {
		t.Errorf("a conflict in a batch on a cluster: %v", err)
	}
	stopped := make(chan struct{})
	const rounds = 40
	for round := 1; round <= rounds; round++ {
		if round == 5 {
			go func() {
				defer close(stopped)
				cluster.StopLeader(t, nc)
			}()
		}
		write(round, 1+round%7)
	}
	<-stopped
	write(rounds+1, 20)
	seen := map[string]bool{}
	for _, got := range stored(t, js) {
		if seen[got.Subject] {
			t.Errorf("%s is stored twice", got.Subject)
		}
		seen[got.Subject] = true
	}
	want := 50 + 20
	for round := 1; round <= rounds; round++ {
		want += 1 + round%7
	}
	if len(seen) != want {
		t.Errorf("%d messages stored, want %d", len(seen), want)
	}
}
