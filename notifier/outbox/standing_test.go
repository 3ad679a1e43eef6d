package outbox_test

import (
	"fmt"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/channel"
	"hearback/notifier/outbox"
)

func TestHowAChannelStands(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{answer: first(channel.Failure{Verdict: channel.Retry, Code: "429", Reason: "Too many at once.", After: 7 * time.Minute})}
		o := d.startOne(notifier.SMS, p)
		if s := o.Standing()[notifier.SMS]; s != (outbox.Standing{}) {
			t.Errorf("before anything: %+v", s)
		}
		o.Offer([]outbox.Offer{d.text("H-1", "m1")})
		pass(time.Minute)
		s := o.Standing()[notifier.SMS]
		if s.Later != 1 || s.Ready != 0 || !s.Accepted.IsZero() || !s.Failed.Equal(monday) || s.Failure == nil || s.Failure.Code != "429" {
			t.Errorf("while it waits: %+v", s)
		}
		pass(time.Hour)
		if s = o.Standing()[notifier.SMS]; s.Later != 0 || !s.Accepted.Equal(monday.Add(7*time.Minute)) || s.Failure == nil {
			t.Errorf("once it went: %+v", s)
		}
	})
}

func TestHowASlowedChannelStands(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		o := d.start(map[string]outbox.Lane{notifier.SMS: {Sender: p, PerSecond: 1, Workers: 1}})
		for i := range 5 {
			o.Offer([]outbox.Offer{d.text(fmt.Sprint("H-", i), fmt.Sprint("m", i))})
		}
		pass(2*time.Second + time.Millisecond)
		s := o.Standing()[notifier.SMS]
		if s.Ready != 1 || !s.Oldest.Equal(monday) || s.Slowed < 2*time.Second {
			t.Errorf("%+v", s)
		}
	})
}
