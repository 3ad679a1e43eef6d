package notify

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"hearback/notifier/channel"
)

// Notify calls back with POST and JSON, the bearer token that was entered beside
// the address under API integration, Callbacks, and a patience of 5 seconds. It
// calls again, every 5 minutes and up to 5 times, after silence, 429 and 5xx. Any
// other refusal is final: answer 5xx while something cannot be stored. A call may
// be repeated, and calls of one message may overtake each other.

// Authorised tells whether the Authorization header of a call-back carries the
// token. It takes the same time whatever is wrong, and it is never true while no
// token is set. The scheme's name may be in any case (RFC 9110, 11.1).
func Authorised(header, token string) bool {
	scheme, given, _ := strings.Cut(header, " ")
	// Hashes have one length, so that a comparison does not tell the token's.
	theirs, ours := sha256.Sum256([]byte(strings.TrimLeft(given, " "))), sha256.Sum256([]byte(token))
	same := subtle.ConstantTimeCompare(theirs[:], ours[:]) == 1
	return same && token != "" && strings.EqualFold(scheme, "Bearer")
}

// Receipt is what a call-back says became of a message.
type Receipt struct {
	// ID is Notify's id of the message. With Report's Code it names the call-back,
	// whose repeats have the same two.
	ID string

	// Reference is our id of the message. It is empty where a message is not ours:
	// other systems of the council may send through the same Notify service, and
	// their references, too, may stand here.
	Reference string

	// Kind is Text, Letter or Email.
	Kind string

	Report channel.Report

	// At is when Notify learnt it, by its clock; zero where it does not say.
	At time.Time
}

// ParseReceipt reads the body of a delivery receipt. Notify makes them for texts
// and emails whose fate is certain, and not for its smoke-test numbers. The error
// names what is missing and holds nothing of the body.
func ParseReceipt(body []byte) (Receipt, error) {
	var said struct {
		ID        string `json:"id"`
		Reference string `json:"reference"`
		Status    string `json:"status"`
		Kind      string `json:"notification_type"`
		Created   string `json:"created_at"`
		Sent      string `json:"sent_at"`
		Completed string `json:"completed_at"`
	}
	if json.Unmarshal(body, &said) != nil {
		return Receipt{}, errNotJSON
	}
	switch {
	case !isUUID(said.ID):
		return Receipt{}, errNoID
	case said.Status == "":
		return Receipt{}, errors.New("the call-back has no status")
	case said.Kind != Text && said.Kind != Email && said.Kind != Letter:
		return Receipt{}, errors.New("the call-back's notification_type is none of sms, email and letter")
	}
	receipt := Receipt{ID: said.ID, Reference: said.Reference, Kind: said.Kind, Report: ReportOf(said.Kind, said.Status)}
	for _, at := range []string{said.Completed, said.Sent, said.Created} {
		if parsed, ok := parseTime(at); ok {
			receipt.At = parsed
			break
		}
	}
	return receipt, nil
}

// ParseReturnedLetter reads the body of the call-back for a letter that came back,
// which may take weeks. At is zero: Notify tells when it was posted, not when it
// returned. The error names what is missing and holds nothing of the body.
func ParseReturnedLetter(body []byte) (Receipt, error) {
	var said struct {
		ID        string `json:"notification_id"`
		Reference string `json:"reference"`
	}
	if json.Unmarshal(body, &said) != nil {
		return Receipt{}, errNotJSON
	}
	if !isUUID(said.ID) {
		return Receipt{}, errNoID
	}
	return Receipt{ID: said.ID, Reference: said.Reference, Kind: Letter, Report: ReportOf(Letter, "returned-letter")}, nil
}

// ReceivedText is a text that somebody sent to the service's number.
type ReceivedText struct {
	// ID is Notify's id of it. Repeats of the call-back have the same.
	ID string
	// From and To are numbers in E.164 form, as far as Notify gives digits; a
	// sender that is a name stays one.
	From, To string
	// Message is what was written, to the letter.
	Message string
	// Received is when Notify's provider got it; zero where it does not say.
	Received time.Time
}

// ParseReceivedText reads the body of the call-back for a received text. The error
// names what is missing and holds nothing of the body.
func ParseReceivedText(body []byte) (ReceivedText, error) {
	var said struct {
		ID       string `json:"id"`
		From     string `json:"source_number"`
		To       string `json:"destination_number"`
		Message  string `json:"message"`
		Received string `json:"date_received"`
	}
	if json.Unmarshal(body, &said) != nil {
		return ReceivedText{}, errNotJSON
	}
	switch {
	case !isUUID(said.ID):
		return ReceivedText{}, errNoID
	case strings.TrimSpace(said.From) == "":
		return ReceivedText{}, errors.New("the call-back has no source_number")
	}
	text := ReceivedText{ID: said.ID, From: e164(said.From), To: e164(said.To), Message: said.Message}
	text.Received, _ = parseTime(said.Received)
	return text, nil
}

var (
	errNotJSON = errors.New("the call-back is not the JSON that GOV.UK Notify sends")
	errNoID    = errors.New("the call-back has no id, or one that is not GOV.UK Notify's")
)

// e164 writes a number in E.164 form. Notify gives senders with their country code
// and without a plus, and its own UK numbers with a zero. What is not digits only
// is left alone.
func e164(number string) string {
	number = strings.TrimSpace(number)
	digits := strings.TrimPrefix(number, "+")
	if len(digits) < 7 || len(digits) > 15 || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return number
	}
	if national, ok := strings.CutPrefix(digits, "0"); ok {
		if number[0] == '+' || strings.HasPrefix(national, "0") {
			return number
		}
		return "+44" + national
	}
	return "+" + digits
}
