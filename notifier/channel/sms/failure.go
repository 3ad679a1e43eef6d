package sms

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hearback/notifier/channel"
)

// longestWait bounds what we take from Retry-After, so that one odd reply
// cannot silence a channel for days.
const longestWait = time.Hour

// failure sorts what became of a request that was to create a text. It goes by
// what the call has kept. The library's error and the transport's are dropped:
// their words may hold a number, and only the end of a context is worth telling
// apart.
func (c *call) failure() *channel.Failure {
	if c.status == 0 {
		return c.unanswered()
	}
	after := retryAfter(c.header.Get("Retry-After"), time.Now())
	code := c.providerCode()
	switch {
	case c.status >= 200 && c.status <= 299:
		// Accepted by its status, yet we cannot read which text it is.
		odd := oddAcceptance()
		odd.Err = channel.Ended(c.ctx)
		return odd
	case c.status >= 500:
		return &channel.Failure{Verdict: channel.Unknown, Code: label(code, c.status), After: after,
			Reason: "Twilio had a fault and may or may not have taken the text. Hearback looks it up before trying again."}
	case c.status == http.StatusTooManyRequests || code == codeTooManyRequests:
		return &channel.Failure{Verdict: channel.Retry, Code: label(code, c.status), After: after,
			Reason: "Twilio asks us to send more slowly. The text is tried again by itself."}
	case c.status < 400:
		return &channel.Failure{Verdict: channel.Retry, Code: label(code, c.status), After: after,
			Reason: "Twilio's address answers with a redirect. The operator must check TWILIO_BASE_URL and any proxy."}
	case code != 0:
		return refused(code, c.status, after)
	default:
		return notTwilio(c.status, after)
	}
}

// lookupFailure sorts what became of a question. A question changes nothing,
// so whatever went wrong it can be asked again.
func (c *call) lookupFailure() *channel.Failure {
	failure := c.failure()
	failure.Verdict = channel.Retry
	if c.status == 0 || c.status >= 500 {
		failure.Reason = "Twilio could not be asked whether it took the text. Hearback asks again by itself."
	} else if c.status <= 299 {
		odd := oddListing()
		odd.Err = failure.Err
		return odd
	}
	return failure
}

// unanswered sorts a request to which no reply came.
func (c *call) unanswered() *channel.Failure {
	failure := &channel.Failure{Verdict: channel.Retry, Code: "unreachable", Err: channel.Ended(c.ctx),
		Reason: "Twilio cannot be reached. The text is tried again by itself; if this goes on, the operator must check the network and TWILIO_BASE_URL."}
	if c.written.Load() {
		failure.Verdict, failure.Code = channel.Unknown, "no-answer"
		failure.Reason = "Twilio did not answer and may or may not have taken the text. Hearback looks it up before trying again."
	}
	return failure
}

// providerCode reads Twilio's code, five digits, out of an error's body. It is
// zero if the body is not Twilio's.
func (c *call) providerCode() int {
	var reply struct {
		Code int `json:"code"`
	}
	if json.Unmarshal(c.body, &reply) != nil || reply.Code < 10000 || reply.Code > 99999 {
		return 0
	}
	return reply.Code
}

// retryAfter reads a Retry-After header, seconds or a date (RFC 9110, 10.2.3),
// and bounds it. What it cannot read counts as not said.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0
	}
	var wait time.Duration
	if seconds, err := strconv.ParseUint(header, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), longestWait)
}

// label prefers Twilio's code to the HTTP status.
func label(code, status int) string {
	if code != 0 {
		return strconv.Itoa(code)
	}
	return "http-" + strconv.Itoa(status)
}

func oddAcceptance() *channel.Failure {
	return &channel.Failure{Verdict: channel.Unknown, Code: "odd-reply",
		Reason: "Twilio seems to have taken the text, but its answer cannot be read. Hearback looks it up before trying again."}
}

func oddListing() *channel.Failure {
	return &channel.Failure{Verdict: channel.Retry, Code: "odd-reply",
		Reason: "Twilio's list of texts cannot be read. Hearback asks again by itself; if this goes on, the operator must check TWILIO_BASE_URL."}
}
