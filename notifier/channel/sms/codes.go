package sms

import (
	"net/http"
	"strconv"
	"time"

	"hearback/notifier/channel"
)

// Twilio's own codes for HTTP 401 and 429.
const (
	codeNotAuthenticated = 20003
	codeTooManyRequests  = 20429
)

// refused sorts a 4xx reply by Twilio's code. The source is Twilio's table of
// errors and warnings (https://www.twilio.com/docs/api/errors). Only codes that
// come when a text is created are here; those from 30001 on come in status
// call-backs.
//
// A code that is not listed is sorted as never: the text as it stands was
// refused, and another channel or a person gets it to the family soonest.
func refused(code, status int, after time.Duration) *channel.Failure {
	failure := &channel.Failure{Verdict: channel.Never, Code: strconv.Itoa(code), After: after}
	switch code {
	case 21211, 21217, 21604:
		failure.Reason = "Twilio says that this is not a valid number. Ask the family for the right one."
	case 21214:
		failure.Reason = "Twilio says that this number cannot be reached. Ask the family for another way to reach them."
	case 21610:
		failure.OptedOut = true
		failure.Reason = "The family has opted out of texts from us. Ask them by another way how they want to hear from us."
	case 21612:
		failure.Reason = "Twilio has no way to send texts to this number. Ask the family for another way to reach them."
	case 21614:
		failure.Reason = "This number is not a mobile. Ask the family for a mobile number, or phone them."
	case 21602, 21605, 21617, 21619:
		failure.Blameless = true
		failure.Reason = "The text is empty or too long for Twilio. A manager must shorten these words in the book; a person should tell the family meanwhile."

	case codeNotAuthenticated, 20005, 20006, 20008:
		failure.Verdict = channel.Retry
		failure.Reason = "Twilio refuses our account. The operator must check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, and that the account is active and paid."
	case 20404:
		failure.Verdict = channel.Retry
		failure.Reason = "Twilio does not know our account or address. The operator must check TWILIO_ACCOUNT_SID and TWILIO_BASE_URL."
	case 21608:
		failure.Verdict = channel.Retry
		failure.Reason = "Our Twilio account is a trial, which sends only to numbers that were verified. The operator must upgrade it in the Twilio console."
	case 21212, 21267, 21603, 21606, 21607, 21659, 21660, 21701, 21702, 21703, 21704, 21705:
		failure.Verdict = channel.Retry
		failure.Reason = "Twilio refuses our sender. The operator must check TWILIO_FROM, and the messaging service's senders in the Twilio console."
	case 21408:
		failure.Verdict = channel.Retry
		failure.Reason = "Our Twilio account may not send texts to the United Kingdom. The operator must allow it under geographic permissions in the Twilio console."
	case 21609:
		failure.Verdict = channel.Retry
		failure.Reason = "Twilio refuses the address for status reports. The operator must check PUBLIC_URL."
	case 21611, 14107:
		failure.Verdict = channel.Retry
		failure.Reason = "Too many texts wait at Twilio. The text is tried again by itself."

	default:
		if status == http.StatusUnauthorized || status == http.StatusForbidden {
			account := refused(codeNotAuthenticated, status, after)
			account.Code = failure.Code
			return account
		}
		failure.Reason = "Twilio refused the text (its code " + failure.Code + "). The operator can look the code up in Twilio's list of errors."
	}
	return failure
}

// notTwilio sorts a 4xx reply that does not carry Twilio's error. It comes from
// a proxy, a gateway or a wrong address, never from a judgement on the family's
// number, so it is never final.
func notTwilio(status int, after time.Duration) *channel.Failure {
	failure := &channel.Failure{Verdict: channel.Retry, Code: label(0, status), After: after,
		Reason: "Something other than Twilio answered. The operator must check TWILIO_BASE_URL and any proxy."}
	if status == http.StatusUnauthorized {
		failure.Reason = refused(codeNotAuthenticated, status, after).Reason
	}
	return failure
}
