package outbox_test

import (
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier"
	"hearback/notifier/channel"
	"hearback/notifier/outbox"
)

// lost is the failure of a hand-over whose answer never came.
var lost = channel.Failure{Verdict: channel.Unknown, Code: "reset"}

func TestWhatIsInDoubtIsAskedAboutAndAdopted(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		a := &askable{post: post{answer: always(lost)}}
		a.list = func(int) ([]channel.Found, error) { return []channel.Found{{ProviderID: "SM-had-it"}}, nil }
		o := d.startOne(notifier.SMS, a)
		o.Offer([]outbox.Offer{d.text("H-1", "m1")})
		pass(listingLag - time.Millisecond)
		if len(a.questions()) != 0 {
			t.Fatal("asked before the list could be believed")
		}
		pass(time.Hour)
		same(t, "questions", a.questions(), question{since: monday, to: mobile, text: "words of m1", after: listingLag})
		same(t, "attempts", a.ids(), "m1")
		if r := d.only(); r.Status != notifier.Sent || r.Provider != "SM-had-it" || r.Repeats != 0 {
			t.Errorf("got %+v, want it sent as SM-had-it", r)
		}
	})
}

func TestWhatTheProviderDoesNotHaveIsSentOnceMore(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		a := &askable{post: post{answer: first(lost)}}
		o := d.startOne(notifier.SMS, a)
		o.Offer([]outbox.Offer{d.text("H-1", "m1")})
		pass(time.Hour)
		same(t, "times", a.times(), 0, listingLag)
		if got := len(a.questions()); got != 1 {
			t.Errorf("asked %d times, want once", got)
		}
		if r := d.only(); r.Status != notifier.Sent || r.Provider != "accepted-1" || r.Repeats != 0 {
			t.Errorf("got %+v, want it sent, and no repeat: the provider did not have it", r)
		}
	})
}

func TestADoubtThatOutlivedALeaderIsAskedAboutToo(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		a := &askable{}
		o := d.startOne(notifier.SMS, a)
		offer := d.text("H-1", "m1")
		offer.Doubt = true
		o.Offer([]outbox.Offer{offer, d.text("H-2", "m2")})
		synctest.Wait()
		same(t, "attempts while the first is in doubt", a.ids(), "m2")
		pass(time.Hour)
		same(t, "attempts", a.ids(), "m2", "m1")
		if got := len(a.questions()); got != 1 {
			t.Errorf("asked %d times, want once", got)
		}
	})
}

func TestAnEarlierMessageOfTheSameWordsIsNotTakenForThisOne(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		a := &askable{post: post{answer: first(lost)}}
		a.list = func(int) ([]channel.Found, error) { return []channel.Found{{ProviderID: "SM-earlier"}}, nil }
		offer := d.text("H-1", "m1")
		d.change("H-1", func(c *notifier.Case) {
			c.Recent = []notifier.Handed{{ID: "m0", Provider: "SM-earlier", At: monday.Add(-time.Minute)}}
		})
		o := d.startOne(notifier.SMS, a)
		o.Offer([]outbox.Offer{offer})
		pass(time.Hour)
		same(t, "attempts", a.ids(), "m1", "m1")
		if r := d.only(); r.Provider != "accepted-1" {
			t.Errorf("it was settled as %s", r.Provider)
		}
	})
}

func TestAQuestionThatFailsIsAskedAgainAndNothingIsSentMeanwhile(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		a := &askable{post: post{answer: first(lost)}}
		a.list = func(n int) ([]channel.Found, error) {
			if n < 3 {
				return nil, &channel.Failure{Verdict: channel.Retry, Code: "503", After: 10 * time.Minute}
			}
			return []channel.Found{{ProviderID: "SM-had-it"}}, nil
		}
		o := d.startOne(notifier.SMS, a)
		o.Offer([]outbox.Offer{d.text("H-1", "m1")})
		pass(2 * time.Hour)
		same(t, "attempts", a.ids(), "m1")
		if got := len(a.questions()); got != 4 {
			t.Errorf("asked %d times, want 4", got)
		}
		if r := d.only(); r.Provider != "SM-had-it" {
			t.Errorf("got %+v", r)
		}
	})
}

func TestWhatCannotBeAskedAboutGoesAgainAsTheSameMessage(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{answer: first(lost)}
		o := d.startOne(notifier.Email, p)
		o.Offer([]outbox.Offer{d.letter("H-1", "m1")})
		pass(time.Hour)
		sent := p.sent()
		if len(sent) != 2 || sent[0].Message != sent[1].Message || sent[0].MessageID != "m1@council.example" {
			t.Fatalf("the repeat differs from the first attempt: %+v", sent)
		}
		if r := d.only(); r.Status != notifier.Sent || r.Repeats != 1 {
			t.Errorf("got %+v, want it sent with one repeat", r)
		}
	})
}

func TestADoubtIsNotForgottenByALaterRefusal(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{answer: func(n int) error {
			return []error{new(lost), &channel.Failure{Verdict: channel.Retry, Code: "421"}, nil}[n]
		}}
		o := d.startOne(notifier.Email, p)
		o.Offer([]outbox.Offer{d.letter("H-1", "m1")})
		pass(time.Hour)
		if r := d.only(); r.Repeats != 1 {
			t.Errorf("got %+v, want one repeat: the first attempt may have arrived", r)
		}
	})
}

func TestAnAnswerThatNeverComesIsADoubt(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		p := &post{takes: time.Hour}
		o := d.startOne(notifier.Email, p)
		o.Offer([]outbox.Offer{d.letter("H-1", "m1")})
		pass(45 * time.Second)
		same(t, "times", p.times(), 0, 31*time.Second) // the reply's time, then the first pause
	})
}

func TestADoubtThatCannotBeResolvedEndsWhenTheMessageExpires(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk) {
		a := &askable{post: post{answer: first(lost)}}
		a.list = func(int) ([]channel.Found, error) {
			return nil, &channel.Failure{Verdict: channel.Retry, Code: "503"}
		}
		o := d.startOne(notifier.SMS, a)
		o.Offer([]outbox.Offer{d.changed(d.text("H-1", "m1"), func(m *notifier.Message) { m.Expires = monday.Add(time.Hour) })})
		pass(6 * time.Hour)
		if results := d.settled(); len(results) != 1 || results[0].Code != "expired" {
			t.Errorf("five hours after it expired: %+v", results)
		}
	})
}
