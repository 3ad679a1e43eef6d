package notify

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hearback/notifier/channel"
)

// The errors of Notify that are told apart, by the names in its replies. Notify
// asks callers to go by these and never by the messages beside them, which may
// change, and which may hold the recipient.
const (
	errorValidation = "ValidationError"
	errorPhone      = "InvalidPhoneError"
	errorRecipient  = "InvalidRecipientError"
	errorBadRequest = "BadRequestError"
	errorAuth       = "AuthError"
	errorRateLimit  = "RateLimitError"
	errorTooMany    = "TooManyRequestsError"
	errorNoResult   = "NoResultFound"

	// errorOther stands for every other name, so that nothing of a reply goes any
	// further that nobody has vouched for.
	errorOther = "other"
)

const (
	// rateInterval is over how long Notify counts messages: a rolling minute, with
	// 3,000 in it by default.
	rateInterval = time.Minute
	// clockAllowance is how far Notify lets our clock be from its own.
	clockAllowance = 30 * time.Second
	// afterMidnight is how long after midnight we believe that Notify's day, too,
	// has begun.
	afterMidnight = time.Minute
	// longestWait bounds what we take from Retry-After, so that one odd reply
	// cannot silence a channel for days.
	longestWait = time.Hour
)

// failure sorts what became of a request that was to hand over a message.
func (r reply) failure(k kind) *channel.Failure {
	if r.status == 0 {
		return r.unanswered(k)
	}
	name := r.errorName()
	failure := &channel.Failure{Verdict: channel.Retry, Code: label(name, r.status), After: retryAfter(r.header.Get("Retry-After"), r.at)}
	switch {
	case r.status >= 200 && r.status <= 299:
		// Accepted by its status, yet we cannot read which message it is.
		failure = oddAcceptance(k)
		failure.Err = r.ended
	case r.status >= 500:
		// Notify stores a message before it queues it. A fault in between leaves
		// one behind that it sends later by itself.
		failure.Verdict = channel.Unknown
		failure.Reason = "GOV.UK Notify had a fault and may or may not have taken the " + k.noun + ". Hearback looks it up before trying again."
	case r.status == http.StatusTooManyRequests:
		r.throttled(name, k, failure)
	case r.status < 400:
		failure.Reason = "GOV.UK Notify's address answers with a redirect. The operator must check HEARBACK_NOTIFY_BASE_URL and any proxy."
	default:
		r.refused(name, k, failure)
	}
	return failure
}

// throttled sorts a 429. Notify sends no Retry-After; what stands before it may.
func (r reply) throttled(name string, k kind, failure *channel.Failure) {
	failure.Reason = "GOV.UK Notify asks us to send more slowly. The " + k.noun + " is tried again by itself."
	switch {
	case name == errorTooMany:
		failure.After = untilTomorrow(r.at)
		failure.Reason = "The council has sent as many " + k.noun + "s today as GOV.UK Notify allows it. More go after midnight (UTC). " +
			"The operator should ask Notify for a higher limit; a service in trial mode has almost none."
	case name == errorRateLimit && failure.After == 0:
		failure.After = rateInterval
	}
}

// untilTomorrow says how long it is until Notify's day, in UTC, has ended: until a
// minute past midnight, because its clock may be behind ours, and a message that
// comes a second too early would wait another day.
func untilTomorrow(now time.Time) time.Duration {
	const day = 24 * time.Hour
	today := now.UTC().Add(-afterMidnight).Truncate(day)
	return today.Add(day + afterMidnight).Sub(now)
}

// refused sorts the other replies from 400 to 499.
//
// A validation error is the recipient's number or address: the rest of what we
// send has been checked before. A bad request is never theirs: the template, the
// service or the key is not as it should be.
func (r reply) refused(name string, k kind, failure *channel.Failure) {
	switch name {
	case errorValidation, errorPhone, errorRecipient:
		failure.Verdict = channel.Never
		failure.Reason = k.address
	case errorBadRequest:
		failure.Reason = "GOV.UK Notify refuses our template, our key or our service. The operator must check there that " + k.template +
			" is " + k.of + ", that the service is live (not in trial mode) and may send " + k.noun + "s, and that the key is a live one."
	case errorAuth:
		failure.Reason = "GOV.UK Notify refuses our key. The operator must check HEARBACK_NOTIFY_API_KEY, and in Notify that the key has not been revoked."
		if apart := r.clocksApart(); apart > clockAllowance {
			failure.Code = "clock"
			failure.Reason = "The clock of this machine and that of GOV.UK Notify are " + apart.Truncate(time.Second).String() +
				" apart, and Notify allows 30 seconds. The operator must set this machine's clock by a time server."
		}
	case "":
		failure.Reason = "Something other than GOV.UK Notify answered. The operator must check HEARBACK_NOTIFY_BASE_URL and any proxy."
	default:
		failure.Reason = "GOV.UK Notify refused the " + k.noun + " (" + failure.Code + "). The operator must check HEARBACK_NOTIFY_BASE_URL, " +
			k.template + ", and the service in Notify. The " + k.noun + " is tried again by itself."
	}
}

// clocksApart is how far our clock is from that of the reply's Date, zero where it
// has none.
func (r reply) clocksApart() time.Duration {
	theirs, err := http.ParseTime(r.header.Get("Date"))
	if err != nil {
		return 0
	}
	return r.at.Sub(theirs).Abs()
}

// unanswered sorts a request to which no reply came.
func (r reply) unanswered(k kind) *channel.Failure {
	failure := &channel.Failure{Verdict: channel.Retry, Code: "unreachable", Err: r.ended,
		Reason: "GOV.UK Notify cannot be reached. The " + k.noun + " is tried again by itself; if this goes on, the operator must check the network and HEARBACK_NOTIFY_BASE_URL."}
	if r.written {
		failure.Verdict, failure.Code = channel.Unknown, "no-answer"
		failure.Reason = "GOV.UK Notify did not answer and may or may not have taken the " + k.noun + ". Hearback looks it up before trying again."
	}
	return failure
}

// lookupFailure sorts what became of a question. A question changes nothing, so
// whatever went wrong it can be asked again.
func (r reply) lookupFailure(k kind) *channel.Failure {
	failure := r.failure(k)
	failure.Verdict = channel.Retry
	switch name := r.errorName(); {
	case r.status == 0 || r.status >= 500:
		failure.Reason = "GOV.UK Notify could not be asked about the " + k.noun + ". Hearback asks again by itself."
	case r.status <= 299:
		odd := oddListing()
		odd.Err = failure.Err
		return odd
	case name == errorNoResult:
		failure.Reason = "GOV.UK Notify does not know this " + k.noun + ". It forgets each after the days set as its data retention, 7 by default."
	case name == errorValidation:
		failure.Reason = "GOV.UK Notify does not understand the question. The operator should report it as a fault in Hearback."
	}
	return failure
}

// errorName reads the name of the first error out of a reply's body. It is empty
// where the body is not Notify's.
func (r reply) errorName() string {
	var said struct {
		Errors []struct {
			Error string `json:"error"`
		} `json:"errors"`
	}
	if json.Unmarshal(r.body, &said) != nil || len(said.Errors) == 0 || said.Errors[0].Error == "" {
		return ""
	}
	switch name := said.Errors[0].Error; name {
	case errorValidation, errorPhone, errorRecipient, errorBadRequest, errorAuth, errorRateLimit, errorTooMany, errorNoResult:
		return name
	}
	return errorOther
}

// label prefers Notify's name for the error to the HTTP status.
func label(name string, status int) string {
	if name != "" && name != errorOther {
		return name
	}
	return "http-" + strconv.Itoa(status)
}

// retryAfter reads a Retry-After header, seconds or a date (RFC 9110, 10.2.3), and
// bounds it. What it cannot read counts as not said.
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

func oddAcceptance(k kind) *channel.Failure {
	return &channel.Failure{Verdict: channel.Unknown, Code: "odd-reply",
		Reason: "GOV.UK Notify seems to have taken the " + k.noun + ", but its answer cannot be read. Hearback looks it up before trying again."}
}

func oddListing() *channel.Failure {
	return &channel.Failure{Verdict: channel.Retry, Code: "odd-reply",
		Reason: "GOV.UK Notify's answer about its messages cannot be read. Hearback asks again by itself; if this goes on, the operator must check HEARBACK_NOTIFY_BASE_URL."}
}
