package outbox_test

import (
	"strings"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/channel"
	"hearback/notifier/outbox"
)

// planned says that one more chase will fall due at an instant.
func (d *desk) planned(at time.Time) {
	d.config.Planned = func(person string, _ map[string]bool, until time.Time) time.Time {
		if person != "o.jane" || at.After(until) || !at.After(time.Now()) {
			return time.Time{}
		}
		return at
	}
}

func TestALoneChaseGoesAtOnceInItsOwnWords(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		o := d.startOne(notifier.Email, p)
		o.Offer([]outbox.Offer{d.chase("H-1", "m1", monday)})
		pass(time.Hour)
		same(t, "times", p.times(), 0)
		m := p.sent()[0]
		if m.Subject != "subject of m1" || !strings.Contains(m.Text, "words of m1") || m.MessageID != "m1@council.example" || m.HTML == "" {
			t.Errorf("got %+v", m)
		}
		if r := d.only(); r.Digest != "" {
			t.Errorf("a chase that went alone names a digest: %+v", r)
		}
	})
}

func TestChasesOfOnePersonThatFallDueTogetherGoAsOneEmail(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		d.planned(monday.Add(40 * time.Second))
		o := d.startOne(notifier.Email, p)
		o.Offer([]outbox.Offer{d.chase("H-1", "m1", monday.Add(-time.Hour))})
		pass(40 * time.Second)
		if len(p.sent()) != 0 {
			t.Fatal("the first went although another was about to fall due")
		}
		o.Offer([]outbox.Offer{d.chase("H-2", "m2", monday.Add(-3*time.Hour))})
		pass(time.Hour)
		sent := p.sent()
		if len(sent) != 1 {
			t.Fatalf("%d emails went, want one", len(sent))
		}
		if sent[0].after > 41*time.Second {
			t.Errorf("it went after %v", sent[0].after)
		}
		longer, shorter := strings.Index(sent[0].Text, "brief of m2"), strings.Index(sent[0].Text, "brief of m1")
		if longer < 0 || shorter < longer {
			t.Errorf("the longest wait does not come first:\n%s", sent[0].Text)
		}
		if sent[0].Subject != "2 families wait" || !strings.Contains(sent[0].Text, "Jane Okafor") || sent[0].To != "jane.okafor@council.example" {
			t.Errorf("got %+v", sent[0])
		}
		results := d.settled()
		if len(results) != 2 {
			t.Fatalf("%d results, want one for each chase", len(results))
		}
		for _, r := range results {
			if r.Status != notifier.Sent || r.Digest == "" || r.Digest != sent[0].MessageID {
				t.Errorf("got %+v, want it sent by %s", r, sent[0].MessageID)
			}
		}
	})
}

func TestAPlannedChaseThatNeverComesHoldsUpNoOther(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		d.config.Planned = func(_ string, except map[string]bool, _ time.Time) time.Time {
			if !except["H-1 reply/q"] {
				t.Error("the chase that waits is not left out")
			}
			return monday.Add(10 * time.Second) // it is said for ever, and never comes
		}
		o := d.startOne(notifier.Email, p)
		o.Offer([]outbox.Offer{d.chase("H-1", "m1", monday)})
		pass(time.Hour)
		if times := p.times(); len(times) != 1 || times[0] > 61*time.Second {
			t.Errorf("sent at %v, want once, within a minute", times)
		}
	})
}

func TestAChaseOfAnotherPersonGoesApart(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		o := d.startOne(notifier.Email, p)
		other := d.changed(d.chase("H-2", "m2", monday), func(m *notifier.Message) { m.To, m.Address = "o.amir", "amir.hosseini@council.example" })
		o.Offer([]outbox.Offer{d.chase("H-1", "m1", monday), other})
		pass(time.Hour)
		if got := len(p.sent()); got != 2 {
			t.Errorf("%d emails went, want 2", got)
		}
	})
}

func TestOnlyChasesStillWantedStandInADigest(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		d.planned(monday.Add(30 * time.Second))
		o := d.startOne(notifier.Email, p)
		o.Offer([]outbox.Offer{d.chase("H-1", "m1", monday), d.chase("H-2", "m2", monday)})
		pass(10 * time.Second)
		d.withdraw("H-1", "m1")
		pass(time.Hour)
		same(t, "attempts", p.ids(), "m2")
		if m := p.sent()[0]; m.Subject != "subject of m2" || strings.Contains(m.Text, "m1") {
			t.Errorf("got %+v, want the one that is left in its own words", m)
		}
	})
}

func TestARepeatedDigestIsTheSameEmail(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{answer: first(lost)}
		o := d.startOne(notifier.Email, p)
		o.Offer([]outbox.Offer{d.chase("H-1", "m1", monday), d.chase("H-2", "m2", monday)})
		pass(time.Hour)
		sent := p.sent()
		if len(sent) != 2 || sent[0].Message != sent[1].Message {
			t.Fatalf("the repeat differs: %+v", sent)
		}
		for _, r := range d.settled() {
			if r.Repeats != 1 || r.Digest != sent[0].MessageID {
				t.Errorf("got %+v", r)
			}
		}
	})
}

func TestADigestThatCannotGoFailsForEveryChaseInIt(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{answer: always(channel.Failure{Verdict: channel.Never, Code: "550"})}
		o := d.startOne(notifier.Email, p)
		o.Offer([]outbox.Offer{d.chase("H-1", "m1", monday), d.chase("H-2", "m2", monday)})
		pass(time.Hour)
		if results := d.settled(); len(results) != 2 || !results[0].Unusable || !results[1].Unusable {
			t.Errorf("got %+v, want both failed", results)
		}
	})
}

func TestADigestLeadsToAnAnswerForEachFamily(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{}
		d.config.Link = func(ref string, m notifier.Message, kind notifier.LinkKind) string {
			if kind != notifier.LinkAnswer || ref == "H-3" {
				return ""
			}
			return "https://council.example/a/" + m.ID
		}
		o := d.startOne(notifier.Email, p)
		o.Offer([]outbox.Offer{d.chase("H-1", "m1", monday), d.chase("H-2", "m2", monday), d.chase("H-3", "m3", monday)})
		pass(time.Hour)
		text := p.sent()[0].Text
		for _, want := range []string{"brief of m1. Record the answer: https://council.example/a/m1\n", "brief of m2. Record the answer: https://council.example/a/m2\n", "brief of m3\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("the email lacks %q:\n%s", want, text)
			}
		}
	})
}
