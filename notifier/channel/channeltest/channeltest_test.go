package channeltest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel"
)

// recorder keeps the complaints of the suite.
type recorder struct{ said []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

var sample = channel.Message{
	ID: "m1", To: "+447700900123", Subject: "Your message", Text: "Jo will reply by Monday.", HTML: "<p>Jo will reply.</p>",
}

func failure(verdict channel.Verdict) *channel.Failure {
	return &channel.Failure{Verdict: verdict, Code: "x", Reason: "No."}
}

// TestTheSuiteFindsFault gives the suite attempts that break the contract, each
// in one way.
func TestTheSuiteFindsFault(t *testing.T) {
	waits := failure(channel.Retry)
	waits.After = -time.Second
	for name, test := range map[string]struct {
		condition Condition
		accepted  int
		receipt   channel.Receipt
		err       error
		complaint string
	}{
		"success, nothing accepted":    {Accepts, 0, channel.Receipt{}, nil, "accepted 0"},
		"success, accepted twice":      {Accepts, 2, channel.Receipt{}, nil, "accepted 2"},
		"failure, want success":        {Accepts, 0, channel.Receipt{}, failure(channel.Retry), "want acceptance"},
		"accepted, sorted as retry":    {ResetsAfter, 1, channel.Receipt{}, failure(channel.Retry), "accepted the message and the verdict"},
		"accepted, sorted as never":    {Fails, 1, channel.Receipt{}, failure(channel.Never), "accepted the message and the verdict"},
		"a plain error":                {Fails, 0, channel.Receipt{}, errors.New("oh"), "want a *channel.Failure"},
		"no verdict":                   {Fails, 0, channel.Receipt{}, failure(""), "is none of"},
		"no reason":                    {Fails, 0, channel.Receipt{}, &channel.Failure{Verdict: channel.Retry, Code: "x"}, "lacks"},
		"negative wait":                {Fails, 0, channel.Receipt{}, waits, "want 0 or more"},
		"receipt beside a failure":     {Fails, 0, channel.Receipt{ProviderID: "1"}, failure(channel.Retry), "receipt"},
		"fault sorted as never":        {Fails, 0, channel.Receipt{}, failure(channel.Never), "want one of"},
		"no wait where one was asked":  {Throttles, 0, channel.Receipt{}, failure(channel.Retry), "After = 0s"},
		"success while throttled":      {Throttles, 1, channel.Receipt{}, nil, "want a *channel.Failure"},
		"cancelled, not told":          {Cancelled, 0, channel.Receipt{}, failure(channel.Retry), "cancelled"},
		"out of time, not told":        {Hangs, 0, channel.Receipt{}, failure(channel.Unknown), "time ran out"},
		"no answer, sorted as retry":   {HangsAfter, 0, channel.Receipt{}, failure(channel.Retry), "want one of"},
		"no answer, not told":          {HangsAfter, 1, channel.Receipt{}, failure(channel.Unknown), "time ran out"},
		"number in the error":          {Fails, 0, channel.Receipt{}, with("to +447700900123", nil), "recipient"},
		"number without plus":          {Fails, 0, channel.Receipt{}, with("to 447700900123", nil), "recipient's digits"},
		"escaped number in the cause":  {Fails, 0, channel.Receipt{}, with("", errors.New("GET ?To=%2B447700900123")), "recipient"},
		"words deep in the causes":     {Fails, 0, channel.Receipt{}, with("", errors.Join(errors.New("a"), fmt.Errorf("b: %w", errors.New(sample.Text)))), "text"},
		"token in the error":           {Fails, 0, channel.Receipt{}, with("token s3cret", nil), "secret number 0"},
		"subject in the error":         {Fails, 0, channel.Receipt{}, with("about Your message", nil), "subject"},
		"refused for good, as unknown": {RefusesForGood, 0, channel.Receipt{}, failure(channel.Unknown), "want one of"},
	} {
		t.Run(name, func(t *testing.T) {
			tried := trial{
				suite:    Suite{Secrets: []string{"s3cret"}},
				provider: Provider{Accepted: func() int { return test.accepted }, After: 30 * time.Second},
			}
			var heard recorder
			tried.consistent(&heard, sample, test.receipt, test.err)
			tried.fitting(&heard, test.condition, test.err)
			if !strings.Contains(strings.Join(heard.said, "\n"), test.complaint) {
				t.Errorf("the suite said %q, want a complaint with %q", heard.said, test.complaint)
			}
		})
	}
}

func with(words string, cause error) error {
	return &channel.Failure{Verdict: channel.Retry, Code: "x", Reason: "No. " + words, Err: cause}
}

// TestEachLineOfAnAddressIsALeak: a letter goes to several lines, and a name or a
// postcode alone is one too many.
func TestEachLineOfAnAddressIsALeak(t *testing.T) {
	letter := channel.Message{To: "Sam Taylor\n1 High Street\nSG5 1AA", Text: "Jo will reply."}
	for _, word := range []string{"Sam Taylor", "1 High Street", "SG5 1AA"} {
		if leaked := leak(with("to "+word, nil), letter, nil); leaked != "recipient's line" {
			t.Errorf("%q in an error is taken for %q", word, leaked)
		}
	}
	if leaked := leak(failure(channel.Never), letter, nil); leaked != "" {
		t.Errorf("an honest error lets out the %s", leaked)
	}
}

func TestTheSuiteHasNoFaultToFindInAGoodAttempt(t *testing.T) {
	throttled := failure(channel.Retry)
	throttled.After = 30 * time.Second
	cancelled := failure(channel.Retry)
	cancelled.Err = context.Canceled
	for condition, err := range map[Condition]error{
		Throttles: throttled, Cancelled: cancelled, RefusesForGood: failure(channel.Never), CutsReply: failure(channel.Unknown),
	} {
		tried := trial{provider: Provider{Accepted: func() int { return 0 }, After: 30 * time.Second}}
		var heard recorder
		tried.consistent(&heard, sample, channel.Receipt{}, err)
		tried.fitting(&heard, condition, err)
		if len(heard.said) != 0 {
			t.Errorf("%s: the suite complains: %q", condition, heard.said)
		}
	}
}

func TestNetworkCountsWhatTheServerHoldsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := NewNetwork()
		go func() {
			for {
				connection, err := network.Accept()
				if err != nil {
					return
				}
				go func() {
					// A server closes when its client has gone.
					_, _ = connection.Read(make([]byte, 1))
					_ = connection.Close()
					_ = connection.Close()
				}()
			}
		}()
		client, err := network.DialContext(t.Context(), "tcp", "provider.example:25")
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if open := network.Open(); open != 1 {
			t.Errorf("%d connections are open, want 1", open)
		}
		_ = client.Close()
		synctest.Wait()
		if open := network.Open(); open != 0 {
			t.Errorf("%d connections are open, want none", open)
		}
		_ = network.Close()
		_ = network.Close()
		if _, err := network.DialContext(t.Context(), "tcp", "provider.example:25"); err == nil {
			t.Error("dialling a closed network succeeded")
		}
	})
}
