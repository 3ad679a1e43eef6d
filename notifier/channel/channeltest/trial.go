package channeltest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel"
)

const (
	// patience is how long a caller waits where the provider hangs.
	patience = 10 * time.Minute

	// The size of FailsManyTimes.
	failures, callers = 500, 16
)

// reporter is what a judgement needs of a test. The suite's own tests put a
// recorder in its place, to see that it fails what it should.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// trial is one condition being tried.
type trial struct {
	suite    Suite
	provider Provider
}

// expected says which verdicts a channel may give. No verdict at all stands for
// acceptance.
func expected(condition Condition) []channel.Verdict {
	switch condition {
	case Accepts:
		return nil
	case RefusesForGood:
		return []channel.Verdict{channel.Never}
	case Throttles, RefusesUs, Unreachable, Cancelled:
		return []channel.Verdict{channel.Retry}
	case ResetsAfter, CutsReply, HangsAfter:
		return []channel.Verdict{channel.Unknown}
	default:
		return []channel.Verdict{channel.Retry, channel.Unknown}
	}
}

func (tr trial) run(t *testing.T, condition Condition) {
	t.Helper()
	if condition == FailsManyTimes {
		tr.manyFailures(t)
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if condition == Cancelled {
		cancel()
	}
	begun := time.Now()
	message := tr.suite.Message(0)
	receipt, err := tr.provider.Sender.Send(ctx, message)
	if took := time.Since(begun); took > patience {
		t.Errorf("Send took %v and outlived its context of %v", took, patience)
	}
	synctest.Wait()
	tr.consistent(t, message, receipt, err)

	tr.fitting(t, condition, err)
}

// fitting holds one attempt to what its condition demands.
func (tr trial) fitting(t reporter, condition Condition, err error) {
	t.Helper()
	allowed := expected(condition)
	if len(allowed) == 0 {
		if err != nil {
			t.Errorf("Send = %v, want acceptance", err)
		}
		return
	}
	failure, ok := errors.AsType[*channel.Failure](err)
	if !ok {
		t.Errorf("Send = %v (%T), want a *channel.Failure", err, err)
		return
	}
	if !slices.Contains(allowed, failure.Verdict) {
		t.Errorf("verdict %q, want one of %q: %v", failure.Verdict, allowed, failure)
	}
	if condition == Throttles && failure.After != tr.provider.After {
		t.Errorf("After = %v, want the %v that the provider asked for", failure.After, tr.provider.After)
	}
	if condition == Cancelled && !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not tell that the context was cancelled", err)
	}
	if (condition == Hangs || condition == HangsAfter) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v does not tell that time ran out", err)
	}
}

// consistent holds one attempt to what every channel promises in every
// condition.
func (tr trial) consistent(t reporter, message channel.Message, receipt channel.Receipt, err error) {
	t.Helper()
	accepted := tr.provider.Accepted()
	if err == nil {
		if accepted != 1 {
			t.Errorf("Send succeeded and the provider accepted %d messages, want 1", accepted)
		}
		return
	}
	if receipt != (channel.Receipt{}) {
		t.Errorf("a failed Send gave the receipt %v", receipt)
	}
	sound(t, err)
	if failure := channel.FailureOf(err); accepted > 0 && failure.Verdict != channel.Unknown {
		t.Errorf("the provider accepted the message and the verdict is %q, want %q", failure.Verdict, channel.Unknown)
	}
	if leaked := leak(err, message, tr.suite.Secrets); leaked != "" {
		t.Errorf("the error lets out the %s: %v", leaked, err)
	}
}

// sound fails the test unless the error is a whole *channel.Failure.
func sound(t reporter, err error) {
	t.Helper()
	failure, ok := errors.AsType[*channel.Failure](err)
	if !ok {
		t.Errorf("%v is a %T, want a *channel.Failure", err, err)
		return
	}
	verdicts := []channel.Verdict{channel.Retry, channel.Never, channel.Unknown}
	if !slices.Contains(verdicts, failure.Verdict) {
		t.Errorf("verdict %q is none of %q", failure.Verdict, verdicts)
	}
	if failure.Code == "" || failure.Reason == "" {
		t.Errorf("%#v lacks a code or a reason", failure)
	}
	if failure.After < 0 {
		t.Errorf("After = %v, want 0 or more", failure.After)
	}
}

// manyFailures fails hundreds of times from several callers, and then counts
// what is left open. What is left running is counted by the bubble's end.
func (tr trial) manyFailures(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range callers {
		workers.Go(func() {
			for number := range numbers {
				message := tr.suite.Message(number)
				if _, err := tr.provider.Sender.Send(ctx, message); err == nil {
					t.Errorf("message %d was accepted, want a failure", number)
				} else {
					sound(t, err)
					if leaked := leak(err, message, tr.suite.Secrets); leaked != "" {
						t.Errorf("the error lets out the %s: %v", leaked, err)
					}
				}
			}
		})
	}
	for number := range failures {
		numbers <- number
	}
	close(numbers)
	workers.Wait()
	synctest.Wait()
	if open := tr.provider.Open(); open > tr.provider.Keeps {
		t.Errorf("%d connections are open after %d failures, want at most %d", open, failures, tr.provider.Keeps)
	}
	tr.provider.Close()
	synctest.Wait()
	if open := tr.provider.Open(); open != 0 {
		t.Errorf("%d connections are open after Close, want none", open)
	}
}
