package outbox_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier"
	"hearback/notifier/outbox"
)

func TestAWorkerThatCannotAskWaitsUntilTheResultIsRecorded(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		d.unrecorded = make(chan struct{})
		o := d.startOne(notifier.Email, p)
		o.Offer([]outbox.Offer{d.letter("H-1", "m1"), d.letter("H-2", "m2")})
		pass(time.Hour)
		same(t, "before the first result is recorded", p.ids(), "m1")
		close(d.unrecorded)
		pass(time.Second)
		same(t, "afterwards", p.ids(), "m1", "m2")
	})
}

func TestAWorkerThatCanAskDoesNotWait(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		a := &askable{}
		d.unrecorded = make(chan struct{})
		o := d.startOne(notifier.SMS, a)
		o.Offer([]outbox.Offer{d.text("H-1", "m1"), d.text("H-2", "m2")})
		synctest.Wait()
		same(t, "attempts", a.ids(), "m1", "m2")
	})
}

// The bubble itself fails where a goroutine is left behind.
func TestRunEndsWithItsContextAndReportsWhatWasInFlight(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{takes: 10 * time.Second}
		d.unrecorded = make(chan struct{}) // nobody records anything any more
		d.config.Lanes = map[string]outbox.Lane{notifier.Email: {Sender: p, Workers: 1, PerSecond: 1}, notifier.SMS: {Sender: &post{}, Workers: 3}}
		ctx, cancel := context.WithCancel(t.Context())
		o := outbox.New(d.config)
		go o.Run(ctx)
		late := d.changed(d.text("H-3", "m3"), func(m *notifier.Message) { m.NotBefore = monday.Add(time.Hour) })
		o.Offer([]outbox.Offer{d.letter("H-1", "m1"), d.letter("H-2", "m2"), late})
		synctest.Wait()
		cancel()
		pass(9 * time.Second)
		select {
		case <-o.Done():
			t.Fatal("Run ended before what was in flight had its result")
		default:
		}
		pass(2 * time.Second)
		select {
		case <-o.Done():
		default:
			t.Fatal("Run has not ended")
		}
		if r := d.only(); r.Message != "m1" || r.Status != notifier.Sent {
			t.Errorf("got %+v, want m1 sent", r)
		}
		same(t, "attempts", p.ids(), "m1")
	})
}
