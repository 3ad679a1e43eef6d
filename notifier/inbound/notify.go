package inbound

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier/channel"
)

const (
	// ReceiptPath, TextPath and ReturnedLetterPath are where GOV.UK Notify calls,
	// below PUBLIC_URL.
	ReceiptPath        = "/webhooks/notify/receipt"
	TextPath           = "/webhooks/notify/text"
	ReturnedLetterPath = "/webhooks/notify/returned-letter"

	notifyReceiptSource = "/notify/receipt"
	notifyTextSource    = "/notify/text"

	// calledFor is how long after a text came in Notify may still call about it: it
	// calls again every 5 minutes, up to 5 times.
	calledFor = time.Hour
)

// Reported is what a provider says became of a message.
type Reported struct {
	// ID is the provider's name for the message. With the report's code it names the
	// call, whose repeats have the same two.
	ID string
	// Message is the id that the message was handed over with: ours, or one of
	// another system's that sends through the same service.
	Message string
	// Channel is one of package events.
	Channel string
	Report  channel.Report
}

// Texted is a text that a provider passes on. From and To are numbers in E.164 form.
type Texted struct {
	ID, From, To, Body string
	// At is when it was sent; zero where the provider does not say.
	At time.Time
}

// Notify is what the handlers of GOV.UK Notify's calls work with. Every field is
// needed but the first.
//
// Notify calls again after silence, 429 and 5xx. Any other refusal is final, so that
// none is given to a call that bears the token and can be stored later.
type Notify struct {
	// Authorised judges the Authorization header. It is nil while no token is set:
	// then the doors are closed and say so.
	Authorised func(header string) bool
	// The three read the bodies of the calls. Their errors hold nothing of a body.
	ParseReceipt        func(body []byte) (Reported, error)
	ParseReturnedLetter func(body []byte) (Reported, error)
	ParseText           func(body []byte) (Texted, error)
	// Known reports whether there is a case of that reference.
	Known func(ref string) bool
	Texts
}

// Receipts takes what became of a text. It finds its message by our id, which Notify
// gives back as the message's reference. A reference that is not ours is another
// system's of the council, which sends through the same service: that is answered 2xx
// and kept nowhere. Everything else is answered 2xx only once it is stored. A
// receipt's time is when it came, as with Twilio.
func (n Notify) Receipts() http.Handler { return n.reports(n.ParseReceipt) }

// ReturnedLetters takes that a letter came back. Otherwise it is as Receipts.
func (n Notify) ReturnedLetters() http.Handler { return n.reports(n.ParseReturnedLetter) }

func (n Notify) reports(parse func(body []byte) (Reported, error)) http.Handler {
	return n.door(func(w http.ResponseWriter, r *http.Request, body []byte) (stored bool) {
		said, err := parse(body)
		if err != nil {
			return n.keep(w, r, "A receipt from GOV.UK Notify cannot be read: "+err.Error()+".", body)
		}
		ref, ours := events.CaseOfMessage(said.Message)
		report := said.Report
		switch {
		case !ours || !n.Known(ref):
			return true
		case report.Status == channel.Sending && waitsInNotify(report.Code):
			return true // the hand-over has said as much
		case report.Status == channel.Sending:
			return n.keep(w, r, "A receipt from GOV.UK Notify has a status that Hearback does not know.", body)
		}
		return n.store(w, r, n.event(events.TypeReceiptReceived, ref, notifyReceiptSource, said.ID+":"+report.Code, time.Time{}, events.Receipt{
			Message: said.Message, Channel: said.Channel, ProviderID: said.ID, Status: report.Status, Code: report.Code, Reason: report.Reason, Unusable: report.Unusable}))
	})
}

// waitsInNotify are the statuses before a network or the printer is done with a
// message. Notify makes no receipts for them.
func waitsInNotify(status string) bool {
	switch status {
	case "created", "sending", "pending", "accepted", "pending-virus-check":
		return true
	}
	return false
}

// Received takes what somebody texted to the service's number: see [Texts]. It answers
// 2xx only once all is stored.
func (n Notify) Received() http.Handler {
	return n.door(func(w http.ResponseWriter, r *http.Request, body []byte) (stored bool) {
		said, err := n.ParseText(body)
		if err != nil {
			return n.keep(w, r, "A text that GOV.UK Notify passed on cannot be read: "+err.Error()+".", body)
		}
		m := text{source: notifyTextSource, id: said.ID, from: said.From, to: said.To, body: said.Body}
		// The family's clock starts when they wrote, even where we could not be
		// reached then. What cannot be is not believed.
		if ago := n.Now().Sub(said.At); ago >= 0 && ago <= calledFor {
			m.at = said.At
		}
		return n.take(w, r, m, func() []byte { return body })
	})
}

// door lets in calls that bear the token, and answers 204 once take has stored what
// they say; where it has not, it has answered.
func (n Notify) door(take func(w http.ResponseWriter, r *http.Request, body []byte) (stored bool)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.admits(w, r) {
			if body, ok := notifyBody(w, r); ok && take(w, r, body) {
				w.WriteHeader(http.StatusNoContent)
			}
		}
	})
}

// admits judges what stands before a call's body, or answers why it is not taken.
func (n Notify) admits(w http.ResponseWriter, r *http.Request) bool {
	tokens := r.Header.Values("Authorization")
	switch {
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		answer(w, problem{Status: http.StatusMethodNotAllowed, Detail: "GOV.UK Notify calls with POST."})
	case n.Authorised == nil:
		answer(w, problem{Status: http.StatusServiceUnavailable,
			Detail: "Calls from GOV.UK Notify are taken once HEARBACK_NOTIFY_CALLBACK_TOKEN is set for this process, and entered in Notify under API integration, Callbacks."})
	case len(tokens) != 1 || !n.Authorised(tokens[0]):
		w.Header().Set("WWW-Authenticate", `Bearer realm="hearback"`)
		answer(w, problem{Status: http.StatusUnauthorized,
			Detail: "The call does not bear the token that was set as HEARBACK_NOTIFY_CALLBACK_TOKEN. The operator must enter the same in GOV.UK Notify under API integration, Callbacks, beside each address."})
	case !isJSON(r.Header):
		answer(w, problem{Status: http.StatusUnsupportedMediaType, Detail: "GOV.UK Notify calls with JSON; send " + jsonType + " in UTF-8, without Content-Encoding."})
	default:
		return true
	}
	return false
}

const jsonType = "application/json"

func isJSON(header http.Header) bool {
	media, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	charset := parameters["charset"]
	return err == nil && media == jsonType && (charset == "" || strings.EqualFold(charset, "utf-8")) && header.Get("Content-Encoding") == ""
}

func notifyBody(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		answer(w, problem{Status: http.StatusRequestEntityTooLarge, Detail: "The body is larger than any of GOV.UK Notify's."})
		return nil, false
	}
	if err != nil {
		sendAgain(w) // cut short, which is no fault of the call's
		return nil, false
	}
	return body, true
}
