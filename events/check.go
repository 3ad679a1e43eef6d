package events

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxAhead is how far an event's time may lie in the future: clocks differ.
	MaxAhead = 5 * time.Minute

	// MaxShortText is the greatest length, in characters, of whatever is a name, an
	// id, a number or an address: the longest email address has 320.
	MaxShortText = 320
)

// Check judges whether the event can be taken at the instant now. It names every
// fault in a [*Refusal]. An event in the past is taken, however old; a landline, a
// foreign number or a malformed address is no fault, for it only makes one channel
// unusable. Days are London days. A type that Hearback publishes is refused: see
// [Event.CheckOutcome].
func (e Event) Check(now time.Time) error {
	return e.check(now, false)
}

// CheckOutcome is [Event.Check] for those who follow what Hearback publishes: it takes
// the types of outcomes and no others.
func (e Event) CheckOutcome(now time.Time) error {
	return e.check(now, true)
}

func (e Event) check(now time.Time, outcome bool) error {
	var found faults
	e.requireNames(&found)
	shortText("id", e.ID, &found)
	shortText("source", e.Source, &found)
	if strings.Contains(e.Source, " ") {
		found.add("source", "holds a space", "write a URI reference such as /ehc-hub")
	}
	e.checkType(outcome, &found)
	e.checkCase(&found)
	e.checkTime(now, &found)
	if object, ok := e.dataObject(&found); ok {
		e.checkSize(&found)
		e.OccurredOn = e.checkOccurredOn(object, now, &found)
		if data := e.dataType(); data != nil {
			before := len(found)
			decodeData(object, data, &found)
			if len(found) == before { // a value of the wrong kind is one fault, not two
				data.judge(e, &found)
			}
		}
	}
	return found.refusal()
}

// checkCase names a space, which nobody sees where it stands at an end.
func (e Event) checkCase(found *faults) {
	switch {
	case e.Case == "" || ValidCase(e.Case):
	case strings.TrimSpace(e.Case) != e.Case:
		found.add("subject", "begins or ends with a space", "take the space out: a case reference has none")
	case strings.ContainsFunc(e.Case, unicode.IsSpace):
		found.add("subject", "holds a space", "write - in its place, or nothing: a case reference has no space")
	default:
		found.add("subject", "is not a case reference", "write 1 to 64 of A-Z a-z 0-9 _ and -, no dot and no space")
	}
}

// checkSize refuses what would be larger than [MaxBody] once it is written, whichever
// way it came in.
func (e Event) checkSize(found *faults) {
	if len(e.Data) < MaxBody/2 && len(e.ID)+len(e.Source) < MaxBody/16 {
		return // the envelope cannot add that much
	}
	if written, err := e.MarshalJSON(); err == nil && len(written) > MaxBody {
		found.add("body", "is larger than 256 KiB", sendLess)
	}
}

func (e Event) checkType(outcome bool, found *faults) {
	kind, known := kindOf()[e.Type]
	switch {
	case e.Type == "":
	case !known:
		remedy := "write a type from the catalogue, such as enquiry.received"
		if nearest := Nearest(e.Type); nearest != "" {
			remedy = "did you mean " + nearest + "? Write a type from the catalogue"
		}
		found.add("type", "is not known", remedy)
	case outcome && kind.Origin != FromHearback:
		found.add("type", "is not one that Hearback publishes", "follow only outcomes, such as promise.kept")
	case !outcome && kind.Origin == FromHearback:
		found.add("type", "is one that only Hearback publishes", "say what happened with a type such as reply.sent")
	}
}

func (e Event) checkTime(now time.Time, found *faults) {
	switch {
	case e.Time.IsZero():
		found.missing("time", writeTime)
	case e.Time.Year() < firstYear:
		found.add("time", "was never filled in: it is before 1900", "write the time at which it happened")
	case e.Time.After(now.Add(MaxAhead)):
		found.add("time", "is more than 5 minutes in the future", "write when it happened, and check the clock and the time zone of the sender")
	}
}

// checkOccurredOn gives the day of the event, "" where none is given or it is no day.
func (e Event) checkOccurredOn(object value, now time.Time, found *faults) string {
	const field = "data.occurred_on"
	said := occurredOn(object, found)
	day := e.OccurredOn
	if day == "" {
		day = said
	} else if said != "" && said != day {
		found.add(field, "differs from the OccurredOn of the event", "set one of them, or both to the same day")
	}
	if day == "" || !checkDate(field, day, found) {
		return ""
	}
	if day > LondonDay(now) {
		found.add(field, "is after today", "write the day on which it happened")
	}
	return day
}

// dataType is an empty value of the type's data; nil where the data is the book's affair.
func (e Event) dataType() described {
	switch e.Type {
	case TypeCaseOpened, TypeCaseChanged:
		return new(CaseData)
	case TypeCaseClosed, TypeCaseStopped:
		return new(Closure)
	case TypeEnquiryReceived:
		return new(Enquiry)
	case TypeReplySent:
		return new(Reply)
	case TypeReplyPostponed:
		return new(Postponement)
	case TypeExceptionRecorded:
		return new(Exception)
	case TypeOfficerChanged:
		return new(OfficerChanged)
	case TypeOfficerAway:
		return new(OfficerAway)
	case TypeContactChanged:
		return new(ContactChange)
	case TypeContactUnsafe:
		return new(ContactUnsafe)
	case TypeMessageReceived:
		return new(MessageReceived)
	case TypeReceiptReceived:
		return new(Receipt)
	case TypeContactOptedOut, TypeContactOptedIn:
		return new(OptedOut)
	case TypeContactWished:
		return new(Wished)
	case TypeContactConfirmed:
		return new(Confirmed)
	case TypeOfficerDeclined:
		return new(OfficerDeclined)
	case TypeOfficerTexted:
		return new(OfficerTexted)
	case TypeTaskDone:
		return new(TaskDone)
	case TypeCaseReplanned:
		return new(Replanned)
	}
	if IsOutcome(e.Type) {
		return new(Outcome)
	}
	return nil
}

// shortText checks what stands on one line of a message, a header or a page.
func shortText(field, text string, found *faults) {
	if hasControl(text) {
		found.add(field, "holds a control character, such as a new line", "send it as one line of plain text")
	}
	if !utf8.ValidString(text) {
		found.add(field, "is not UTF-8", "send it in UTF-8")
	}
	if len(text) > MaxShortText && utf8.RuneCountInString(text) > MaxShortText {
		found.add(field, "is longer than 320 characters", "shorten it")
	}
}

// hasControl reports whether a text holds anything that [isControl].
func hasControl(text string) bool { return strings.ContainsFunc(text, isControl) }

// isControl covers the line and paragraph separators of Unicode as well: a program
// that breaks lines at them can be led astray by them.
func isControl(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}
