package outbox_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier"
	"hearback/notifier/outbox"
)

// behind offers a message that must wait twenty seconds behind another.
func behind(d *desk, p *post) *outbox.Outbox {
	p.takes = 20 * time.Second
	o := d.startOne(notifier.SMS, p)
	o.Offer([]outbox.Offer{d.text("H-1", "m1"), d.text("H-2", "m2")})
	synctest.Wait()
	return o
}

func TestAMessageWithdrawnWhileItWaitsIsNotSent(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		o := behind(d, p)
		d.withdraw("H-2", "m2")
		pass(time.Hour)
		same(t, "attempts", p.ids(), "m1")
		if r := d.only(); r.Message != "m1" {
			t.Errorf("%s was settled; a message withdrawn has its end in the ledger already", r.Message)
		}
		// The outbox has let go of it: were it decided anew, it would be taken.
		o.Offer([]outbox.Offer{d.text("H-2", "m2")})
		pass(time.Hour)
		same(t, "attempts", p.ids(), "m1", "m2")
	})
}

func TestAWishHeardWhileAMessageWaitsIsObeyed(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		behind(d, p)
		d.change("H-2", func(c *notifier.Case) {
			c.Wishes = []notifier.Wish{{Contact: "c1", Channels: []string{notifier.SMS}, Mobile: mobile}}
		})
		pass(time.Hour)
		same(t, "attempts", p.ids(), "m1")
		r := d.settled()[0]
		if len(d.settled()) == 2 && r.Message == "m1" {
			r = d.settled()[1]
		}
		if r.Message != "m2" || r.Status != notifier.Failed || r.Reason == "" || r.Unusable {
			t.Errorf("got %+v, want m2 failed, with a reason, the address still good", r)
		}
	})
}

func TestAStoppedCaseSendsNothing(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		behind(d, p)
		d.change("H-2", func(c *notifier.Case) { c.State = notifier.Stopped })
		pass(time.Hour)
		same(t, "attempts", p.ids(), "m1")
		results := d.settled()
		if len(results) != 2 {
			t.Fatalf("%d results, want 2", len(results))
		}
		for _, r := range results {
			if r.Message == "m2" && r.Status != notifier.Withdrawn {
				t.Errorf("m2 is %s, want withdrawn", r.Status)
			}
		}
	})
}

func TestOutsideContactHoursAMessageWaitsForTheOpening(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		o := d.startOne(notifier.SMS, p)
		pass(11*time.Hour + time.Minute) // 20:01
		o.Offer([]outbox.Offer{d.text("H-1", "m1"), d.changed(d.text("H-2", "m2"), func(m *notifier.Message) { m.Anytime = true })})
		pass(time.Minute)
		same(t, "attempts at night", p.ids(), "m2")
		pass(24 * time.Hour)
		same(t, "times", p.times(), 11*time.Hour+time.Minute, 23*time.Hour)
		same(t, "attempts", p.ids(), "m2", "m1")
	})
}

func TestNothingGoesBeforeItsTime(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		o := d.startOne(notifier.SMS, p)
		o.Offer([]outbox.Offer{d.changed(d.text("H-1", "m1"), func(m *notifier.Message) { m.NotBefore = monday.Add(90 * time.Minute) })})
		pass(5 * time.Hour)
		same(t, "times", p.times(), 90*time.Minute)
	})
}

func TestNothingIsSentWithoutTheLease(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		d.setLease(false)
		o := d.startOne(notifier.SMS, p)
		o.Offer([]outbox.Offer{d.text("H-1", "m1")})
		pass(time.Hour)
		if len(p.sent()) != 0 || len(d.settled()) != 0 {
			t.Fatalf("without the lease there were %d attempts and %d results", len(p.sent()), len(d.settled()))
		}
		d.setLease(true)
		pass(time.Second)
		same(t, "attempts", p.ids(), "m1")
		d.only()
	})
}

func TestACaseThatCannotBeReadIsReadAgainLater(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		reads := 0
		d.config.Case = func(ref string) (notifier.Case, error) {
			if reads++; reads == 1 {
				return notifier.Case{}, errors.New("unreadable")
			}
			return d.readCase(ref)
		}
		o := d.startOne(notifier.SMS, p)
		o.Offer([]outbox.Offer{d.text("H-1", "m1")})
		pass(time.Hour)
		same(t, "attempts", p.ids(), "m1")
	})
}
