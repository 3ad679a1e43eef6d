package standin

import "time"

// NotifyFaults is how a stand-in for GOV.UK Notify fails. Every rate is a share from
// 0 to 1. The rates of one plan are shares of all attempts and must add up to at
// most 1, Permanent aside: that is a share of the numbers and addresses, and such a
// one is refused every time.
type NotifyFaults struct {
	Seed uint64

	// Permanent is the share of numbers and addresses refused for good, with a
	// ValidationError.
	Permanent float64

	// Temporary attempts get a 500 with Notify's JSON and are not accepted.
	Temporary float64
	// HTML attempts get a 503 page from a gateway and are not accepted.
	HTML float64
	// Throttled attempts get a 429 with a RateLimitError, and with RetryAfter, in
	// whole seconds, where it is set. Notify itself sends none.
	Throttled  float64
	RetryAfter time.Duration
	// ResetBefore attempts lose their connection and are not accepted.
	ResetBefore float64
	// ResetAfter attempts are accepted and lose their connection.
	ResetAfter float64
	// Truncated attempts are accepted, and their 201 is cut in the middle.
	Truncated float64
	// Odd attempts are accepted, and answered with something else than JSON.
	Odd float64
	// Hang attempts are not accepted, and get no answer until the client goes away.
	Hang float64
	// HangAfter attempts are accepted, and get no answer either.
	HangAfter float64

	// DownUntil is when an outage ends: before it everything, the listing included,
	// gets a 503 page.
	DownUntil time.Time

	// DailyLimit is how many messages are accepted between one midnight UTC and the
	// next, zero for any number. Those beyond get a 429 with a
	// TooManyRequestsError.
	DailyLimit int

	// ListingLag is how long a message is accepted but not listed yet. Fetching it
	// by its id shows it at once.
	ListingLag time.Duration

	// Settles is how long after acceptance a message has its last status.
	Settles time.Duration

	// ClockAhead is how far the stand-in's clock is ahead of this machine's.
	ClockAhead time.Duration
}

// notifyFate is what happens to one attempt.
type notifyFate struct {
	fate
	// spent: it is throttled because the day's messages are spent.
	spent bool
}

// fateOf draws what happens to an attempt, as for Twilio.
func (f *NotifyFaults) fateOf(to, body string, attempt uint64) fate {
	shares := TwilioFaults{
		Seed: f.Seed, Permanent: f.Permanent, Temporary: f.Temporary, HTML: f.HTML, Throttled: f.Throttled,
		ResetBefore: f.ResetBefore, ResetAfter: f.ResetAfter, Truncated: f.Truncated, Odd: f.Odd, Hang: f.Hang, HangAfter: f.HangAfter,
	}
	drawn, _ := shares.fateOf(to, body, attempt)
	return drawn
}
