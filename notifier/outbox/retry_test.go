package outbox_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/channel"
	"hearback/notifier/outbox"
)

func TestAnAcceptedMessageIsSettledAsSent(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		o := d.startOne(notifier.SMS, p)
		o.Offer([]outbox.Offer{d.text("H-1", "m1")})
		pass(time.Millisecond)
		want := notifier.Result{Message: "m1", Status: notifier.Sent, Provider: "accepted-0", At: monday}
		if r := d.only(); r != want {
			t.Errorf("got %+v, want %+v", r, want)
		}
		m := p.sent()[0].Message
		if m.To != mobile || m.Text != "words of m1" || m.MessageID != "" || m.HTML != "" || m.Subject != "" || !m.Date.Equal(monday) {
			t.Errorf("the text that went is %+v", m)
		}
	})
}

func TestAProviderIsAskedAgainWhenItSaid(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{answer: first(channel.Failure{Verdict: channel.Retry, Code: "429", After: 7 * time.Minute})}
		o := d.startOne(notifier.SMS, p)
		o.Offer([]outbox.Offer{d.text("H-1", "m1")})
		pass(time.Hour)
		same(t, "attempts", p.times(), 0, 7*time.Minute)
		if r := d.only(); r.Status != notifier.Sent || r.Repeats != 0 {
			t.Errorf("got %+v, want it sent without a repeat", r)
		}
	})
}

func TestPausesGrowToTheirBound(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{answer: always(channel.Failure{Verdict: channel.Retry, Code: "unreachable", After: time.Millisecond})}
		o := d.startOne(notifier.SMS, p)
		o.Offer([]outbox.Offer{d.text("H-1", "m1")})
		pass(10 * time.Hour) // the pauses are counted from the first attempt; contact hours end at 20:00
		times := p.times()
		var pauses []time.Duration
		for i := 1; i < len(times); i++ {
			pauses = append(pauses, times[i]-times[i-1])
		}
		s := time.Second
		want := []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 64 * s, 128 * s, 256 * s, 300 * s, 300 * s, 300 * s}
		if len(pauses) < len(want) || !slices.Equal(pauses[:len(want)], want) {
			t.Fatalf("pauses %v, want %v first", pauses, want)
		}
		if slices.Max(pauses) != 300*s || slices.Min(pauses[len(want):]) != 300*s {
			t.Errorf("pauses leave their bound: %v", pauses)
		}
		if results := d.settled(); len(results) != 0 {
			t.Errorf("a message that may still go was settled: %+v", results)
		}
	})
}

func TestNeverSettlesAtOnceAndSaysTheAddressIsNoGood(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{answer: always(channel.Failure{Verdict: channel.Never, Code: "21614", Reason: "not a mobile"})}
		o := d.startOne(notifier.SMS, p)
		o.Offer([]outbox.Offer{d.text("H-1", "m1")})
		pass(time.Hour)
		want := notifier.Result{Message: "m1", Status: notifier.Failed, Code: "21614", Reason: "not a mobile", Unusable: true, At: monday}
		if r := d.only(); r != want {
			t.Errorf("got %+v, want %+v", r, want)
		}
		same(t, "attempts", p.ids(), "m1")
	})
}

func TestNeverMayLeaveTheAddressAsItWas(t *testing.T) {
	for name, failure := range map[string]channel.Failure{
		"the words cannot go this way": {Verdict: channel.Never, Code: "script", Reason: "other letters", Blameless: true},
		"they opted out":               {Verdict: channel.Never, Code: "21610", Reason: "opted out", OptedOut: true},
	} {
		bubble(t, func(t *testing.T, d *desk) {
			o := d.startOne(notifier.SMS, &post{answer: always(failure)})
			o.Offer([]outbox.Offer{d.text("H-1", "m1")})
			pass(time.Hour)
			if r := d.only(); r.Status != notifier.Failed || r.Unusable || r.OptedOut != failure.OptedOut {
				t.Errorf("%s: %+v", name, r)
			}
		})
	}
}

// asking is a post that can be asked what became of a message.
type asking struct {
	*post
	report func(n int) (channel.Report, error)
	asked  int
}

func (a *asking) Report(_ context.Context, id string) (channel.Report, error) {
	a.asked++
	return a.report(a.asked)
}

var _ channel.Reporter = (*asking)(nil)

func TestAMissingReceiptIsAskedFor(t *testing.T) {
	down := &channel.Failure{Verdict: channel.Retry, Code: "503"}
	for name, one := range map[string]struct {
		report func(n int) (channel.Report, error)
		status notifier.Status
		asked  int
		by     string
	}{
		"it arrived":   {func(int) (channel.Report, error) { return channel.Report{Status: channel.Delivered}, nil }, notifier.Delivered, 1, notifier.SMS},
		"it did not":   {func(int) (channel.Report, error) { return channel.Report{Status: channel.Failed, Reason: "gone"}, nil }, notifier.Failed, 1, notifier.SMS},
		"nobody knows": {func(int) (channel.Report, error) { return channel.Report{Status: channel.Sent}, nil }, notifier.Unknown, 1, notifier.SMS},
		"posted":       {func(int) (channel.Report, error) { return channel.Report{Status: channel.Sent}, nil }, notifier.Sent, 1, notifier.Letter},
		"not printed":  {func(int) (channel.Report, error) { return channel.Report{Status: channel.Sending}, nil }, notifier.Unknown, 1, notifier.Letter},
		"asked again, it arrived": {func(n int) (channel.Report, error) {
			if n < 3 {
				return channel.Report{}, down
			}
			return channel.Report{Status: channel.Delivered}, nil
		}, notifier.Delivered, 3, notifier.SMS},
	} {
		bubble(t, func(t *testing.T, d *desk) {
			p := &asking{post: &post{}, report: one.report}
			o := d.startOne(one.by, p)
			offer := outbox.Offer{Ref: "H-1", Message: notifier.Message{ID: "m1", Channel: one.by}, Ask: true, Provider: "SM1"}
			o.Offer([]outbox.Offer{offer})
			o.Offer([]outbox.Offer{offer}) // the same question is put once
			pass(time.Hour)
			if r := d.only(); r.Status != one.status || !r.Asked || p.asked != one.asked {
				t.Errorf("%s: %+v after %d questions", name, r, p.asked)
			}
			same(t, name+": attempts", p.ids())
		})
	}
}

// A letter goes as its printer takes it, at any hour.
func TestALetterGoesAsItIsPrinted(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		pass(15 * time.Hour) // deep in the night
		p := &post{}
		o := d.startOne(notifier.Letter, p)
		offer := d.add("H-1", notifier.Message{ID: "m1", Kind: notifier.Lateness, Promise: "reply/q", To: "c1", Channel: notifier.Letter,
			Address: "Sam Taylor\n1 High Street\nSG5 1AA", Words: "reply-late", Subject: "Sorry", Body: "Dear Sam &#42;Taylor,\nwe are late.\n\n- a\n",
			Decided: time.Now(), Expires: time.Now().Add(96 * time.Hour)})
		d.change("H-1", func(c *notifier.Case) { c.Contacts[0].Postal = "1 High Street\nSG5 1AA" })
		o.Offer([]outbox.Offer{offer})
		pass(time.Second)
		if r := d.only(); r.Status != notifier.Sent {
			t.Errorf("%+v", r)
		}
		m := p.sent()[0].Message
		if m.To != "Sam Taylor\n1 High Street\nSG5 1AA" || m.Subject != "Sorry" || m.Text != "Dear Sam *Taylor, we are late.\n\n* a\n" || m.HTML != "" || m.MessageID != "" {
			t.Errorf("%+v", m)
		}
	})
}

func TestExpiryCutsALongPauseShort(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{answer: always(channel.Failure{Verdict: channel.Retry, Code: "503", After: 5 * time.Hour})}
		o := d.startOne(notifier.SMS, p)
		o.Offer([]outbox.Offer{d.changed(d.text("H-1", "m1"), func(m *notifier.Message) { m.Expires = monday.Add(time.Hour) })})
		pass(time.Hour)
		if results := d.settled(); len(results) != 0 {
			t.Fatalf("settled before it expired: %+v", results)
		}
		pass(time.Second)
		if r := d.only(); r.Status != notifier.Failed || r.Code != "expired" || r.Unusable {
			t.Errorf("got %+v, want it failed as expired, the address still good", r)
		}
		same(t, "attempts", p.ids(), "m1")
	})
}

func TestAWaitingMessageHoldsUpNoOther(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{answer: first(channel.Failure{Verdict: channel.Retry, Code: "429", After: time.Hour})}
		o := d.startOne(notifier.SMS, p)
		o.Offer([]outbox.Offer{d.text("H-1", "m1"), d.text("H-2", "m2")})
		pass(time.Minute)
		same(t, "attempts", p.ids(), "m1", "m2")
		pass(time.Hour)
		same(t, "attempts", p.ids(), "m1", "m2", "m1")
	})
}
