// Package channeltest is the suite that every channel passes. A channel's own
// test says how to bring about each condition; the suite says what the channel
// must then do.
//
// Each condition runs in a testing/synctest bubble of its own: time-outs take
// no time, and a goroutine that outlives Provider.Close fails the test. The
// provider must therefore be reached through a Network, not through TCP.
package channeltest

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel"
)

// Condition is something that providers do.
type Condition string

// The conditions, in the order in which they run.
const (
	// Accepts: the provider accepts the message.
	Accepts Condition = "accepts"
	// RefusesForGood: this recipient cannot be reached at all.
	RefusesForGood Condition = "refuses for good"
	// Throttles: too many messages, come back after Provider.After.
	Throttles Condition = "throttles"
	// Fails: a fault that the provider's API reports in its own form.
	Fails Condition = "fails in its own words"
	// FailsWithPage: a fault that something in front of the provider reports
	// in a form of its own, such as a web page.
	FailsWithPage Condition = "fails with a page"
	// ResetsBefore: the connection goes before the message is accepted.
	ResetsBefore Condition = "resets before acceptance"
	// ResetsAfter: the connection goes when the message is accepted.
	ResetsAfter Condition = "resets after acceptance"
	// CutsReply: the reply that would tell of the acceptance ends in its
	// middle.
	CutsReply Condition = "cuts its reply"
	// Hangs: no reply comes, ever.
	Hangs Condition = "hangs"
	// HangsAfter: the message is accepted, and no reply comes, ever.
	HangsAfter Condition = "hangs after acceptance"
	// AnswersOddly: a reply comes that means nothing to us.
	AnswersOddly Condition = "answers oddly"
	// RefusesUs: our own account or password is refused.
	RefusesUs Condition = "refuses us"
	// Unreachable: nobody answers the dialling.
	Unreachable Condition = "unreachable"
	// Cancelled: the caller's context has ended before the call.
	Cancelled Condition = "cancelled"
	// FailsManyTimes: a mixture of failures, hundreds of them.
	FailsManyTimes Condition = "fails many times"
)

// Conditions lists every condition in the order in which they run.
func Conditions() []Condition {
	return []Condition{
		Accepts, RefusesForGood, Throttles, Fails, FailsWithPage, ResetsBefore, ResetsAfter,
		CutsReply, Hangs, HangsAfter, AnswersOddly, RefusesUs, Unreachable, Cancelled, FailsManyTimes,
	}
}

// Provider is a channel and the provider behind it, in one condition.
type Provider struct {
	Sender channel.Sender

	// Accepted says how many messages the provider has accepted.
	Accepted func() int
	// Open says how many connections the provider holds open.
	Open func() int
	// Close closes the channel, then the provider. Nothing of either may be
	// left. It may be called twice.
	Close func()

	// After is what the provider asks for where it Throttles.
	After time.Duration
	// Keeps is how many connections the channel may keep for later.
	Keeps int
}

// Suite says how to bring about the conditions for one channel.
type Suite struct {
	// Providers makes the provider of each condition, inside its bubble.
	Providers map[Condition]func(t *testing.T) Provider

	// More are further ways to bring about a condition, by name. Whichever way it
	// came about, the channel must do the same.
	More map[Condition]map[string]func(t *testing.T) Provider

	// NotApplicable names each condition that this channel cannot meet, with
	// the reason. A condition must be in one of the two maps.
	NotApplicable map[Condition]string

	// Message makes the message with this number. Its recipient and words
	// must be such that they stand in no honest error text.
	Message func(number int) channel.Message

	// Secrets must stand in no error: tokens, passwords, user names.
	Secrets []string
}

// Run runs every condition as a subtest.
func Run(t *testing.T, suite Suite) {
	t.Helper()
	suite.check(t)
	for _, condition := range Conditions() {
		t.Run(string(condition), func(t *testing.T) {
			if reason, skipped := suite.NotApplicable[condition]; skipped {
				t.Attr("not-applicable", reason)
				t.Logf("%q does not apply to this channel: %s", condition, reason)
				return
			}
			suite.try(t, condition, suite.Providers[condition])
			for _, name := range slices.Sorted(maps.Keys(suite.More[condition])) {
				t.Run(name, func(t *testing.T) { suite.try(t, condition, suite.More[condition][name]) })
			}
		})
	}
}

// try brings about a condition, in a bubble of its own.
func (s Suite) try(t *testing.T, condition Condition, bringAbout func(t *testing.T) Provider) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		provider := bringAbout(t)
		defer provider.Close()
		trial{s, provider}.run(t, condition)
	})
}

// check fails the test unless every condition is spoken for exactly once.
func (s Suite) check(t *testing.T) {
	t.Helper()
	known := make(map[Condition]bool)
	for _, condition := range Conditions() {
		known[condition] = true
		_, provided := s.Providers[condition]
		reason, excused := s.NotApplicable[condition]
		switch {
		case !provided && !excused:
			t.Fatalf("nobody says how to bring about %q; add it to Providers, or to NotApplicable with the reason", condition)
		case provided && excused:
			t.Fatalf("%q stands in Providers and in NotApplicable; take it out of one", condition)
		case excused && reason == "":
			t.Fatalf("%q stands in NotApplicable without a reason; say why", condition)
		}
	}
	for condition := range s.Providers {
		if !known[condition] {
			t.Fatalf("%q is no condition of this suite", condition)
		}
	}
	for condition := range s.More {
		if _, provided := s.Providers[condition]; !provided {
			t.Fatalf("%q stands in More and not in Providers; move one of its ways there", condition)
		}
	}
	for condition := range s.NotApplicable {
		if !known[condition] {
			t.Fatalf("%q is no condition of this suite", condition)
		}
	}
}
