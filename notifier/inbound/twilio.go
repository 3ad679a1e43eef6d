package inbound

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"hearback/events"
	"hearback/notifier/channel"
)

const (
	// StatusPath and InboundPath are where Twilio calls, below PUBLIC_URL.
	StatusPath  = "/webhooks/twilio/status"
	InboundPath = "/webhooks/twilio/inbound"

	statusSource  = "/twilio/status"
	inboundSource = "/twilio/inbound"
)

// Twilio is what the handlers of Twilio's calls work with. Every field is needed.
type Twilio struct {
	// PublicURL is the address under which Twilio reaches us, without a path. It is
	// part of what Twilio signs, and no header of the request replaces it.
	PublicURL string
	// Signed judges X-Twilio-Signature for an address and the form's parameters.
	Signed func(address string, form map[string]string, signature string) bool
	// Report says what a status and an error code of Twilio's mean.
	Report func(status, code string) channel.Report
	Texts
}

// Status takes what became of a text. Its address holds our id of the message, so
// that a receipt finds its message even where Twilio's answer to the request that
// sent it was lost. It answers 2xx only once the receipt is stored.
//
// That a text is on its way is answered without storing it: the hand-over has said as
// much, and nothing is decided on it. A receipt's time is when it came, for Twilio's
// RawDlrDoneDate has minutes only and no time zone.
func (t Twilio) Status() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, ok := t.form(w, r)
		if !ok {
			return
		}
		message := r.URL.Query().Get("message")
		ref, known := events.CaseOfMessage(message)
		sid, status := form["MessageSid"], form["MessageStatus"]
		report := t.Report(status, form["ErrorCode"])
		stored := false
		switch {
		case !known || sid == "":
			stored = t.keep(w, r, "A receipt from Twilio names no message of ours. If this goes on, check that PUBLIC_URL alone stands behind the messaging service's call-backs.", encoded(form))
		case onItsWay(status):
			stored = true
		case report.Status == channel.Sending:
			stored = t.keep(w, r, "A receipt from Twilio has a status that Hearback does not know.", encoded(form))
		default:
			id := sid + ":" + status
			if report.Code != "" {
				id += ":" + report.Code
			}
			stored = t.store(w, r, t.event(events.TypeReceiptReceived, ref, statusSource, id, time.Time{}, events.Receipt{
				Message: message, Channel: events.ChannelSMS, ProviderID: sid, Status: report.Status, Code: report.Code, Reason: report.Reason, Unusable: report.Unusable}))
		}
		if stored {
			w.WriteHeader(http.StatusNoContent)
		}
	})
}

// onItsWay are the statuses before a network has the text.
func onItsWay(status string) bool {
	switch status {
	case "accepted", "scheduled", "queued", "sending":
		return true
	}
	return false
}

// Inbound takes what somebody texted: see [Texts]. Pictures are never fetched: the
// text says that there are some. It answers 2xx, with nothing to say, only once all
// is stored.
func (t Twilio) Inbound() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, ok := t.form(w, r)
		if !ok {
			return
		}
		m := text{source: inboundSource, id: form["MessageSid"], from: form["From"], to: form["To"], body: form["Body"], acted: form["OptOutType"]}
		if n, err := strconv.Atoi(form["NumMedia"]); err == nil && n > 0 {
			m.files = "[" + strconv.Itoa(n) + " picture or file: open it in the Twilio console]"
		}
		var stored bool
		if m.id == "" || m.from == "" {
			stored = t.keep(w, r, "A text that Twilio passed on has no MessageSid or no From.", encoded(form))
		} else {
			stored = t.take(w, r, m, func() []byte { return encoded(form) })
		}
		if stored {
			writeTwiML(w)
		}
	})
}

// encoded is a form as it is kept for a person.
func encoded(form map[string]string) []byte {
	body, err := json.Marshal(form)
	if err != nil {
		panic("inbound: plain texts must encode: " + err.Error()) // cannot happen
	}
	return body
}

// writeTwiML answers that there is nothing to say: what families hear goes out as
// any other message does.
func writeTwiML(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Response></Response>`)
}
