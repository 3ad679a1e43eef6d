package channel_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"hearback/notifier/channel"

	"pgregory.net/rapid"
)

func TestErrorTextTellsWhetherToSendAgain(t *testing.T) {
	for want, failure := range map[string]channel.Failure{
		"message not accepted (never, 21610): Opted out.":       {Verdict: channel.Never, Code: "21610", Reason: "Opted out."},
		"message not accepted (retry): Later.":                  {Verdict: channel.Retry, Reason: "Later."},
		"message perhaps accepted (unknown, no-answer): Hm.":    {Verdict: channel.Unknown, Code: "no-answer", Reason: "Hm."},
		"message not accepted (retry, stopped): Hearback stops": {Verdict: channel.Retry, Code: "stopped", Reason: "Hearback stops", Err: errors.New("cause")},
	} {
		if got := failure.Error(); got != want {
			t.Errorf("Error() = %q, want %q", got, want)
		}
	}
}

func TestFailureOfNeverInventsCertainty(t *testing.T) {
	if failure := channel.FailureOf(nil); failure != nil {
		t.Errorf("FailureOf(nil) = %v, want nil", failure)
	}
	verdicts := []channel.Verdict{channel.Retry, channel.Never, channel.Unknown}
	rapid.Check(t, func(t *rapid.T) {
		given := &channel.Failure{Verdict: rapid.SampledFrom(verdicts).Draw(t, "verdict")}
		wrapped := errors.Join(errors.New("other"), fmt.Errorf("wrapped: %w", given))
		if got := channel.FailureOf(wrapped); got != given {
			t.Fatalf("FailureOf gave %v, want the failure inside", got)
		}
		words := rapid.StringMatching(`[a-z]{12,20}`).Draw(t, "words")
		stranger := channel.FailureOf(errors.New(words))
		if stranger.Verdict != channel.Unknown || stranger.Code == "" || strings.Contains(stranger.Error(), words) {
			t.Fatalf("FailureOf(a stranger) = %v, want unknown and none of its words", stranger)
		}
	})
}

func TestEndedTellsWhyAContextEnded(t *testing.T) {
	if err := channel.Ended(t.Context()); err != nil {
		t.Errorf("Ended = %v before the end, want nil", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := channel.Ended(cancelled); err != context.Canceled {
		t.Errorf("Ended = %v, want context.Canceled", err)
	}
	cause := errors.New("the lease was lost")
	caused, cancelCause := context.WithCancelCause(t.Context())
	cancelCause(cause)
	failure := &channel.Failure{Verdict: channel.Retry, Err: channel.Ended(caused)}
	if !errors.Is(failure, context.Canceled) || !errors.Is(failure, cause) {
		t.Errorf("%v tells neither that the context was cancelled nor why", failure.Err)
	}
}
