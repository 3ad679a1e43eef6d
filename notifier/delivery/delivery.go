package delivery

import "strings"

// The channels and statuses of a message as the ledger spells them.
const (
	sms    = "sms"
	email  = "email"
	letter = "letter"

	Waiting   = "waiting"   // decided, and not handed over yet
	Sending   = "sending"   // a provider has it, and more will be heard
	Sent      = "sent"      // a provider has accepted it
	Delivered = "delivered" // the provider says that it has arrived
	Failed    = "failed"    // it, or a part of it, will not arrive
	Withdrawn = "withdrawn" // no longer wanted before it was handed over
	Unknown   = "unknown"   // nobody can say whether it arrived
)

// Message is what is known of one message.
type Message struct {
	Channel string // sms, email or letter
	Status  string // one of the seven above
	// Code is the provider's: a status of Notify's, a code of Twilio's, or a mail
	// server's reply or enhanced status (RFC 3463). Hearback's own say why a message
	// was never handed over.
	Code string
	// Unusable: the address itself is no good, now and later.
	Unusable bool
	// HandedOver: a provider had accepted it, whatever became of it then.
	HandedOver bool
	// Awaits: the provider says by itself, or when asked, what becomes of it.
	Awaits bool
	// Held: it waits for contact hours.
	Held bool
	// Captured: it was kept instead of sent.
	Captured bool
}

// Notify's own statuses that are told apart.
const (
	sending          = "sending"
	sentAbroad       = "sent"
	received         = "received"
	delivered        = "delivered"
	permanentFailure = "permanent-failure"
	temporaryFailure = "temporary-failure"
	technicalFailure = "technical-failure"
)

// shown are the words that Notify shows to those who are signed in, by channel and
// status. The source is Notify's page "Message status" and what its website prints
// beside a message (alphagov/notifications-admin, message-status.html and
// format_notification_status, 2026). Of letters the website prints most statuses
// without a word, so theirs are the page's.
var shown = map[string]map[string]string{
	sms: {
		sending:             "Delivering",
		sentAbroad:          "Sent to an international number",
		delivered:           "Delivered",
		permanentFailure:    "Not delivered",
		temporaryFailure:    "Phone not accepting messages right now",
		technicalFailure:    "Technical failure",
		"validation-failed": "Validation failed",
	},
	email: {
		sending:          "Delivering",
		delivered:        "Delivered",
		permanentFailure: "Email address does not exist",
		temporaryFailure: "Inbox not accepting messages right now",
		technicalFailure: "Technical failure",
	},
	letter: {
		sending:             "Sent",
		received:            "Printed",
		"cancelled":         "Cancelled",
		technicalFailure:    "Technical failure",
		permanentFailure:    "Permanent failure",
		"validation-failed": "Validation failed",
		"virus-scan-failed": "Virus detected",
	},
}

// twilio says which of Notify's statuses a code of Twilio's comes to: its table of
// errors from 30001 on, and those of a request that it refuses. A code that is not
// here says nothing of the phone.
var twilio = map[string]string{
	"21211": permanentFailure,                                                       // no number
	"21610": permanentFailure,                                                       // opted out
	"21614": permanentFailure,                                                       // no mobile
	"30003": temporaryFailure,                                                       // off, or out of reach
	"30004": permanentFailure,                                                       // blocks our texts
	"30005": permanentFailure,                                                       // there is no such number
	"30006": permanentFailure,                                                       // a landline, or a network that takes no texts
	"30036": temporaryFailure,                                                       // it did not arrive in the time that it was good for
	"30001": technicalFailure, "30002": technicalFailure, "30010": technicalFailure, // our account, its queue, its limits
	"30022": technicalFailure, "30023": technicalFailure,
	"30024": technicalFailure, "30034": technicalFailure, "30035": technicalFailure, // our sender
	"30007": technicalFailure, "30038": technicalFailure, // our words
}

// Notify is the word that Notify shows for such a message. ok is false where it has
// none.
func (m Message) Notify() (words string, ok bool) {
	words, ok = shown[m.Channel][m.status()]
	return words, ok
}

// status is the status of Notify's that says the same; empty where none does.
func (m Message) status() string {
	switch m.Status {
	case Sending:
		return sending
	case Sent:
		switch {
		case m.Captured:
		case m.Channel == letter && (m.Code == received || m.Code == delivered):
			return received
		case m.Channel == letter:
			return sending
		case m.Channel == sms && m.Code == sentAbroad:
			return sentAbroad
		case m.Awaits:
			return sending
		}
	case Delivered:
		if m.Channel == letter {
			return received // the last that Notify knows of one
		}
		return delivered
	case Failed:
		return m.failure()
	}
	return ""
}

func (m Message) failure() string {
	switch _, theirs := shown[m.Channel][m.Code]; {
	case m.Code == sending || m.Code == sentAbroad || m.Code == received || m.Code == delivered:
	case theirs:
		return m.Code
	}
	switch m.Channel {
	case sms:
		if status, known := twilio[m.Code]; known {
			return status
		}
		if m.Unusable || m.HandedOver {
			return permanentFailure // Notify's "Not delivered" says no more than is known
		}
	case email:
		switch {
		case m.Unusable:
			return permanentFailure
		case m.HandedOver || isReply(m.Code):
			return temporaryFailure // a full mailbox, a policy, a server out of reach
		}
	}
	return ""
}

// isReply reports whether a code is a mail server's, such as "550 5.1.1" or "5.7.1".
func isReply(code string) bool { return strings.HasPrefix(code, "4") || strings.HasPrefix(code, "5") }

// Words says to staff what became of a message: Notify's word, or ours.
func (m Message) Words() string {
	if words, ok := m.Notify(); ok {
		return words
	}
	switch m.Status {
	case Waiting:
		if m.Held {
			return "Waiting for contact hours"
		}
		return "Waiting to go"
	case Sent, Sending:
		if m.Captured {
			return "Captured, not sent"
		}
		return "Sent"
	case Delivered:
		return "Delivered"
	case Failed:
		switch {
		case m.Code == "returned-letter":
			return "Came back"
		case m.HandedOver:
			return "Not delivered"
		}
		return "Not sent"
	case Withdrawn:
		return "Withdrawn"
	case Unknown:
		return "Not known whether it arrived"
	}
	return "Not known"
}
