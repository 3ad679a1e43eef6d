package standin

import "time"

// TwilioFaults is how a stand-in for Twilio fails. Every rate is a share from
// 0 to 1. The rates of one plan are shares of all attempts and must add up to
// at most 1, Permanent aside: that is a share of the numbers, and such a number
// is refused every time.
type TwilioFaults struct {
	Seed uint64

	// Permanent is the share of numbers refused for good, each with one of
	// PermanentCodes (21211, 21610 and 21614 if empty).
	Permanent      float64
	PermanentCodes []int

	// Temporary attempts get a 503 with Twilio's JSON and are not accepted.
	Temporary float64
	// HTML attempts get a 503 page from a gateway and are not accepted.
	HTML float64
	// Throttled attempts get a 429 with RetryAfter, in whole seconds.
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
	// Hang attempts are not accepted, and get no answer until the client goes
	// away.
	Hang float64
	// HangAfter attempts are accepted, and get no answer either.
	HangAfter float64

	// DownUntil is when an outage ends: before it everything, the listing
	// included, gets a 503 page.
	DownUntil time.Time

	// ListingLag is how long a text is accepted but not listed yet. Fetching
	// it by its SID shows it at once.
	ListingLag time.Duration
}

// fate is what happens to one attempt.
type fate int

const (
	accept fate = iota
	refuse
	temporary
	page
	throttle
	resetBefore
	resetAfter
	truncate
	odd
	hang
	hangAfter
)

// fateOf draws what happens to an attempt, with the code where it is refused.
func (f *TwilioFaults) fateOf(to, body string, attempt uint64) (fate, int) {
	if f.Permanent > 0 {
		if drawn := draw(f.Seed, 0, "permanent", to); drawn < f.Permanent {
			codes := f.PermanentCodes
			if len(codes) == 0 {
				codes = []int{21211, 21610, 21614}
			}
			return refuse, codes[int(drawn/f.Permanent*float64(len(codes)))]
		}
	}
	drawn := draw(f.Seed, attempt, "attempt", to, body)
	for _, slice := range [...]struct {
		share float64
		fate  fate
	}{
		{f.Temporary, temporary}, {f.HTML, page}, {f.Throttled, throttle},
		{f.ResetBefore, resetBefore}, {f.ResetAfter, resetAfter},
		{f.Truncated, truncate}, {f.Odd, odd}, {f.Hang, hang},
		{f.HangAfter, hangAfter},
	} {
		if drawn < slice.share {
			return slice.fate, 0
		}
		drawn -= slice.share
	}
	return accept, 0
}
