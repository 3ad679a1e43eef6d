package link

import (
	"errors"
	"time"
)

// Purpose is the one thing that a link may be used for.
type Purpose byte

// The purposes. Their numbers stand in tokens that people hold: they never change.
const (
	OfficerReplied Purpose = 1 // a member of staff: I have replied
	OfficerUntil   Purpose = 2 // a member of staff: I need until a date
	OfficerNotMine Purpose = 3 // a member of staff: this reply is not mine to give
	Family         Purpose = 4 // a contact: where does my enquiry stand, and how may you reach me
	Unsubscribe    Purpose = 5 // a contact: no more messages to this address (RFC 8058)
	OfficerAnswer  Purpose = 6 // a member of staff: whichever of the first three it is
)

// String names the purpose, for logs.
func (p Purpose) String() string {
	switch p {
	case OfficerReplied:
		return "officer-replied"
	case OfficerUntil:
		return "officer-until"
	case OfficerNotMine:
		return "officer-not-mine"
	case Family:
		return "family"
	case Unsubscribe:
		return "unsubscribe"
	case OfficerAnswer:
		return "officer-answer"
	default:
		return "unknown"
	}
}

// ofStaff reports whether the link is for a member of staff, and about one promise.
func (p Purpose) ofStaff() bool {
	return p >= OfficerReplied && p <= OfficerNotMine || p == OfficerAnswer
}

// ofContact reports whether the link is for a contact of a case.
func (p Purpose) ofContact() bool { return p == Family || p == Unsubscribe }

// Link is what a token says. Links are comparable.
type Link struct {
	Purpose Purpose
	Case    string
	// Promise is the key of the promise within its case: officers' links only.
	Promise string
	// Person is the id of the member of staff, or of the contact.
	Person string
	// SentTo is the tag of the address that the link goes to, from [Keys.Tag]:
	// contacts' links only. It lets a page refuse a link that was sent to a number
	// which is no longer theirs.
	SentTo Tag
	// Expires is when the link stops working. Make rounds it up to a full hour.
	Expires time.Time
}

// Tag is a keyed hash of an address. Two different addresses share one by chance once
// in four thousand million. The zero Tag is no address.
type Tag [4]byte

// Why a token is refused. None of them says anything about what the token holds.
var (
	// ErrInvalid: it is no token of ours, it was changed on the way, or the key that
	// made it is no longer in use.
	ErrInvalid = errors.New("the link is not one that was sent, or it has been changed")
	// ErrPurpose: it was sent for something else.
	ErrPurpose = errors.New("the link was sent for something else")
	// ErrExpired: it was sent for this, and its time is over.
	ErrExpired = errors.New("the link was sent too long ago")
)
