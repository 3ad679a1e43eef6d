package events

import (
	"strconv"
	"strings"
	"time"
)

// MessageID is Hearback's id of the message with that number among those of a case.
// It is all that a provider is told of the case, and all that a receipt needs to find it.
func MessageID(caseRef string, number int) string { return caseRef + "-" + strconv.Itoa(number) }

// CaseOfMessage is the case that a message of that id belongs to; ok is false for
// what is no id of a message.
func CaseOfMessage(id string) (caseRef string, ok bool) {
	i := strings.LastIndexByte(id, '-')
	if i < 0 || !ValidCase(id[:i]) {
		return "", false
	}
	number, err := strconv.Atoi(id[i+1:])
	if err != nil || number < 1 || strconv.Itoa(number) != id[i+1:] {
		return "", false
	}
	return id[:i], true
}

// AnyHour stands for hours that a contact does not mind.
const AnyHour = "any"

// SpanOf reads a span of a day such as "09:00-18:00" as the time since midnight at
// which it begins and ends. It ends after it begins, at "24:00" at the latest.
func SpanOf(hours string) (from, to time.Duration, ok bool) {
	begins, ends, found := strings.Cut(hours, "-")
	if !found {
		return 0, 0, false
	}
	from, fromOK := sinceMidnight(begins)
	to, toOK := sinceMidnight(ends)
	return from, to, fromOK && toOK && from < to
}

func sinceMidnight(clock string) (time.Duration, bool) {
	if clock == "24:00" {
		return 24 * time.Hour, true
	}
	at, err := time.Parse("15:04", clock)
	if err != nil || len(clock) != len("15:04") {
		return 0, false
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, true
}
