package events

import "strings"

// The subjects of a council's stream. No other file spells them.
const (
	AllSubjects = "hearback.>"

	EventPrefix   = "hearback.event."
	EventWildcard = EventPrefix + ">"

	LedgerPrefix   = "hearback.ledger."
	LedgerWildcard = LedgerPrefix + "*"

	OutcomePrefix   = "hearback.outcome."
	OutcomeWildcard = OutcomePrefix + ">"

	RejectedPrefix   = "hearback.rejected."
	RejectedWildcard = RejectedPrefix + "*"

	BookPrefix   = "hearback.book."
	BookWildcard = BookPrefix + ">"

	LeaderSubject = "hearback.leader"

	SeenPrefix = "hearback.seen."

	DraftPrefix = "hearback.draft."
)

// UnknownCase stands for the case in the subject of a rejected message whose case
// could not be read.
const UnknownCase = "unknown"

// MaxCase is the greatest length of a case reference, in characters.
const MaxCase = 64

// Subject is where an event of this case and type is published. It does not check
// its arguments: see [ValidCase] and [Known].
func Subject(caseRef, eventType string) string {
	return EventPrefix + caseRef + "." + eventType
}

// EventsOf matches every event of one case.
func EventsOf(caseRef string) string { return EventPrefix + caseRef + ".>" }

// ParseSubject splits the subject of an event. It is the inverse of [Subject]: ok
// only where the case is valid and the type is made of tokens that a subject may
// have. The type need not be a known one.
func ParseSubject(subject string) (caseRef, eventType string, ok bool) {
	return splitSubject(EventPrefix, subject)
}

// LedgerSubject is where the decisions about one case are stored.
func LedgerSubject(caseRef string) string { return LedgerPrefix + caseRef }

// SeenSubject is where it is written down who has looked at a case, or acted on it, in
// the console.
func SeenSubject(caseRef string) string { return SeenPrefix + caseRef }

// DraftSubject is where the draft of the book is kept on which one manager works; name
// is a token that stands for them.
func DraftSubject(name string) string { return DraftPrefix + name }

// OutcomeSubject is where Hearback tells other services what came of an event.
func OutcomeSubject(caseRef, eventType string) string {
	return OutcomePrefix + caseRef + "." + eventType
}

// OutcomesOf matches every outcome of one case.
func OutcomesOf(caseRef string) string { return OutcomePrefix + caseRef + ".>" }

// ParseOutcomeSubject is the inverse of [OutcomeSubject], as [ParseSubject] is of [Subject].
func ParseOutcomeSubject(subject string) (caseRef, eventType string, ok bool) {
	return splitSubject(OutcomePrefix, subject)
}

// RejectedSubject is where an input that could not be understood is kept, under its
// case where that could be read and under [UnknownCase] otherwise.
func RejectedSubject(caseRef string) string {
	if !ValidCase(caseRef) {
		caseRef = UnknownCase
	}
	return RejectedPrefix + caseRef
}

// BookSubject is where the versions of one part of the managers' book are stored.
func BookSubject(part string) string { return BookPrefix + part }

// ValidCase reports whether ref may name a case: 1 to 64 of A–Z, a–z, 0–9, "_" and
// "-". A reference is a token of a subject, so it can hold no dot and no space.
func ValidCase(ref string) bool {
	if len(ref) == 0 || len(ref) > MaxCase {
		return false
	}
	for i := range len(ref) {
		if !isTokenByte(ref[i]) {
			return false
		}
	}
	return true
}

func splitSubject(prefix, subject string) (caseRef, eventType string, ok bool) {
	rest, ok := strings.CutPrefix(subject, prefix)
	if !ok {
		return "", "", false
	}
	caseRef, eventType, ok = strings.Cut(rest, ".")
	if !ok || !ValidCase(caseRef) || !validType(eventType) {
		return "", "", false
	}
	return caseRef, eventType, true
}

// validType reports whether the text is tokens joined by single dots.
func validType(eventType string) bool {
	afterDot := true
	for i := range len(eventType) {
		switch c := eventType[i]; {
		case isTokenByte(c):
			afterDot = false
		case c != '.' || afterDot:
			return false
		default:
			afterDot = true
		}
	}
	return !afterDot
}

func isTokenByte(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}
