package events

import (
	"strings"

	"hearback/events/nearest"
)

// Nearest gives the known type that was most likely meant, or "" where none is
// close. It knows the names that other systems use for Hearback's own types, and
// slips of the keyboard. Types that Hearback publishes are never suggested.
func Nearest(eventType string) string {
	if len(eventType) > maxGuessed {
		return ""
	}
	wanted := strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(strings.TrimSpace(eventType)))
	if own, ok := otherName(wanted); ok {
		return own
	}
	var known []string
	for _, kind := range kinds {
		if kind.Origin != FromHearback {
			known = append(known, kind.Type)
		}
	}
	return nearest.Name(wanted, known)
}

// maxGuessed bounds the work that a stranger's text can cause.
const maxGuessed = 80

// otherName translates what case systems call things. These names are refused rather
// than taken: a system that says "reply.human-sent" must learn that it keeps no
// promise until it says "reply.sent".
func otherName(eventType string) (own string, ok bool) {
	switch eventType {
	case "contact.call-missed", "contact.message-received", "contact.received", "enquiry.opened":
		return TypeEnquiryReceived, true
	case "reply.human-sent", "call.completed":
		return TypeReplySent, true
	case "contact.officer-assigned", "officer.left", "officer.assigned":
		return TypeOfficerChanged, true
	case "contact.details-changed":
		return TypeContactChanged, true
	case "safe-flag.set":
		return TypeContactUnsafe, true
	case "child.died":
		return TypeCaseStopped, true
	case "message.opted-out":
		return TypeContactOptedOut, true
	case "out-of-education":
		return TypeProvisionOutOfEducation, true
	case "exclusion-risk":
		return TypeProvisionExclusionRisk, true
	}
	return "", false
}
