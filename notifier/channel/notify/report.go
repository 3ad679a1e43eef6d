package notify

import (
	"context"
	"encoding/json"
	"net/http"

	"hearback/notifier/channel"
)

// Notify's words for the kinds of its messages.
const (
	Text   = "sms"
	Letter = "letter"
	Email  = "email"
)

// report asks what became of the message with that id.
func (s *service) report(ctx context.Context, id string) (channel.Report, error) {
	if !isUUID(id) {
		// It is another provider's, and must not become part of an address.
		return channel.Report{}, &channel.Failure{Verdict: channel.Retry, Code: "no-id",
			Reason: "GOV.UK Notify has no id for this message, so it cannot be asked about it."}
	}
	reply := s.call(ctx, http.MethodGet, "/v2/notifications/"+id, nil, nil)
	if reply.status != http.StatusOK {
		return channel.Report{}, reply.lookupFailure(s.kind)
	}
	var message struct {
		ID     string `json:"id"`
		Type   string `json:"type"`
		Status string `json:"status"`
	}
	if json.Unmarshal(reply.body, &message) != nil || message.ID != id || message.Type == "" || message.Status == "" {
		odd := oddListing()
		odd.Err = reply.ended
		return channel.Report{}, odd
	}
	return ReportOf(message.Type, message.Status), nil
}

// ReportOf says what a status of Notify's means for a message of that kind (Text,
// Letter or Email). The source is the list of statuses in its documentation, and
// for what a letter's status is called before it is shown, its code. A status that
// Notify invents later counts as still on its way: nothing is decided on it. The
// code is Notify's own word.
//
// Notify never says that a letter has arrived: the last it knows is that the
// printer has posted it, which is sent. One that comes back is told by a call-back
// of its own, which ParseReturnedLetter reads.
func ReportOf(kind, status string) channel.Report {
	report := channel.Report{Code: code(status)}
	switch status {
	case "sent":
		report.Status = channel.Sent // to a number abroad, of which nothing more is heard
	case "delivered":
		report.Status = channel.Delivered
		if kind == Letter {
			report.Status = channel.Sent
		}
	case "received":
		report.Status = channel.Sent
	case "permanent-failure", "temporary-failure", "technical-failure", "failed", "cancelled",
		"validation-failed", "virus-scan-failed", "returned-letter":
		report.Status = channel.Failed
		report.Reason, report.Unusable = undelivered(kind, status)
	default: // created, sending, pending, accepted, pending-virus-check
		report.Status = channel.Sending
	}
	return report
}

// code keeps what has the form of one of Notify's statuses: up to 32 small letters
// and hyphens. Anything else is left out, for nobody has vouched for it.
func code(status string) string {
	if len(status) > 32 {
		return ""
	}
	for i := range len(status) {
		if c := status[i]; c != '-' && (c < 'a' || c > 'z') {
			return ""
		}
	}
	return status
}

// undelivered says in words why a message did not arrive, and whether the address
// itself is to blame.
func undelivered(kind, status string) (reason string, unusable bool) {
	switch status {
	case "permanent-failure":
		switch kind {
		case Letter:
			return "The printer cannot print this letter, so it was not posted. Its words or its address must be looked at in GOV.UK Notify; a person should tell the family meanwhile.", false
		case Email:
			return "The email address does not exist. Ask the family for the right one.", true
		}
		return "The number is wrong, or its network refuses our texts. Ask the family for the right number, or for another way to reach them.", true
	case "temporary-failure":
		if kind == Email {
			return "The inbox takes no messages right now: it is full, or a filter refused ours. It may work another day.", false
		}
		return "The phone takes no messages right now: it is off, out of reach or full. It may work another day.", false
	case "technical-failure":
		if kind == Letter {
			return "GOV.UK Notify and its printer have a fault, and the letter was not posted. Notify mends this by itself: do not send the letter again without asking Notify.", false
		}
		return "GOV.UK Notify and the network had a fault between them, and the message was not sent.", false
	case "returned-letter":
		return "The letter came back: nobody of that name is at that address. Ask the family for the right one.", true
	case "cancelled":
		return "Somebody cancelled the letter in GOV.UK Notify before it was printed.", false
	case "validation-failed", "virus-scan-failed":
		return "GOV.UK Notify did not accept the letter's pages, so it was not posted. A person should tell the family meanwhile.", false
	default: // failed, which Notify no longer gives
		return "GOV.UK Notify did not deliver the message and gave no reason.", false
	}
}
