package notifier

import (
	"slices"
	"time"
)

// Look is what the last look before a hand-over found.
type Look struct {
	// Send: hand it over now.
	Send bool
	// Until is when to look again; zero unless it must wait.
	Until time.Time
	// Settle is what became of it where it must neither go nor wait.
	Settle Result
}

// LastLook asks, at the very moment of handing over, whether a message may
// still go: it is still wanted, this person may be reached this way, the hour
// is right and it is not out of date. c is the case as it stands now.
func LastLook(c Case, id string, book *Book, now time.Time) Look {
	i := slices.IndexFunc(c.Messages, func(m Message) bool { return m.ID == id })
	if i < 0 || c.State == Stopped {
		return Look{Settle: Result{Message: id, Status: Withdrawn, Reason: "it is no longer wanted", At: now}}
	}
	m := c.Messages[i]
	if !m.Staff {
		k, known := recipient(c, m)
		switch {
		case !known:
			return Look{Settle: Result{Message: id, Status: Withdrawn, Reason: "the contact is gone from the case", At: now}}
		case c.barred(k, m.Channel, m.Kind == Confirmation) != "":
			return Look{Settle: Result{Message: id, Status: Failed, Reason: c.barred(k, m.Channel, m.Kind == Confirmation), At: now}}
		case !sameAddress(m.Channel, m.Address, k.address(m.Channel)):
			return Look{Settle: Result{Message: id, Status: Failed, Reason: "the address changed", At: now}}
		}
	}
	if now.After(m.Expires) {
		return Look{Settle: Result{Message: id, Status: Failed, Code: "expired", Reason: "it could not be handed over in time", At: now}}
	}
	if m.NotBefore.After(now) {
		return Look{Until: m.NotBefore}
	}
	if !m.anyHour() {
		k, _ := recipient(c, m)
		if opening := c.opening(k, book, now); opening.After(now) {
			return Look{Until: opening}
		}
	}
	return Look{Send: true}
}
