package outbox_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier"
	"hearback/notifier/outbox"
)

func TestMessagesOfOneChannelGoInTheOrderTheyWereOffered(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		o := d.startOne(notifier.SMS, p)
		var want []string
		for i := range 3000 { // more than the queue holds before it moves its items up
			id := fmt.Sprintf("m%d", i)
			want = append(want, id)
			o.Offer([]outbox.Offer{d.text(fmt.Sprintf("H-%d", i), id)})
		}
		synctest.Wait()
		if got := p.ids(); !slices.Equal(got, want) {
			t.Fatalf("%d messages went, not in the order of the %d offers", len(got), len(want))
		}
		if depth := o.Depth()[notifier.SMS]; depth != 0 {
			t.Errorf("%d are left in the queue", depth)
		}
	})
}

func TestARateIsKept(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		o := d.start(map[string]outbox.Lane{notifier.SMS: {Sender: p, PerSecond: 2, Workers: 4}})
		for i := range 5 {
			o.Offer([]outbox.Offer{d.text("H-1", fmt.Sprintf("m%d", i))})
		}
		pass(10 * time.Second)
		same(t, "times", p.times(), 0, 500*time.Millisecond, time.Second, 1500*time.Millisecond, 2*time.Second)
	})
}

func TestOneChannelHoldsUpNoOther(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		texts, mails := &post{takes: 20 * time.Second}, &post{}
		o := d.start(map[string]outbox.Lane{notifier.SMS: {Sender: texts, Workers: 1}, notifier.Email: {Sender: mails, Workers: 1}})
		o.Offer([]outbox.Offer{d.text("H-1", "t1"), d.text("H-2", "t2"), d.letter("H-3", "e1")})
		synctest.Wait()
		same(t, "emails while a text hangs", mails.ids(), "e1")
		same(t, "texts in flight", texts.ids(), "t1")
		if depth := o.Depth()[notifier.SMS]; depth != 1 {
			t.Errorf("%d texts wait, want 1", depth)
		}
		pass(20 * time.Second)
		same(t, "texts", texts.ids(), "t1", "t2")
	})
}

func TestTwoWorkersHandOverAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{takes: 10 * time.Second}
		o := d.start(map[string]outbox.Lane{notifier.SMS: {Sender: p, Workers: 2}})
		o.Offer([]outbox.Offer{d.text("H-1", "m1"), d.text("H-2", "m2"), d.text("H-3", "m3")})
		pass(time.Second)
		if got := len(p.ids()); got != 2 {
			t.Errorf("%d are in flight with two workers, want 2", got)
		}
		pass(20 * time.Second)
		if got := len(d.settled()); got != 3 {
			t.Errorf("%d are settled, want 3", got)
		}
	})
}

func TestAMessageThatIsHeldIsNotTakenTwice(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{takes: time.Second}
		o := d.startOne(notifier.SMS, p)
		offer := d.text("H-1", "m1")
		o.Offer([]outbox.Offer{offer, offer})
		synctest.Wait()
		o.Offer([]outbox.Offer{offer})
		doubted := offer
		doubted.Doubt = true
		o.Offer([]outbox.Offer{doubted})
		pass(time.Minute)
		same(t, "attempts", p.ids(), "m1")
		d.only()
	})
}

func TestAnUnknownChannelStopsNothing(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		o := d.startOne(notifier.SMS, p)
		o.Offer([]outbox.Offer{d.letter("H-1", "e1"), d.text("H-2", "m1")})
		pass(time.Minute)
		same(t, "attempts", p.ids(), "m1")
		if r := d.only(); r.Message != "m1" {
			t.Errorf("%s was settled, want m1", r.Message)
		}
	})
}

func TestMessagesThatWaitForOneOpeningKeepTheirOrder(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		o := d.startOne(notifier.SMS, p)
		opening := monday.Add(time.Hour)
		var want []string
		for i := range 10 {
			id := fmt.Sprintf("m%d", i)
			want = append(want, id)
			o.Offer([]outbox.Offer{d.changed(d.text("H-1", id), func(m *notifier.Message) { m.NotBefore = opening })})
		}
		pass(2 * time.Hour)
		if got := p.ids(); !slices.Equal(got, want) {
			t.Errorf("went %v, want %v", got, want)
		}
	})
}
