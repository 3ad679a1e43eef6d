package events

import "strings"

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
	best, bestDistance := "", len(wanted)/3+1
	for _, kind := range kinds {
		if kind.Origin == FromHearback {
			continue
		}
		if distance := editDistance(wanted, kind.Type); distance < bestDistance {
			best, bestDistance = kind.Type, distance
		}
	}
	return best
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

// editDistance counts the bytes to insert, delete, replace or swap with a neighbour
// to make one text of the other (optimal string alignment).
func editDistance(a, b string) int {
	before := make([]int, len(b)+1)
	previous := make([]int, len(b)+1)
	current := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			replace := previous[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			current[j] = min(previous[j]+1, current[j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(b)]
}
