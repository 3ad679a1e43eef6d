package inbound

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"hearback/events"
	"hearback/notifier/channel"
	"hearback/notifier/keyword"
)

const (
	// StatusPath and InboundPath are where Twilio calls, below PUBLIC_URL.
	StatusPath  = "/webhooks/twilio/status"
	InboundPath = "/webhooks/twilio/inbound"

	statusSource  = "/twilio/status"
	inboundSource = "/twilio/inbound"
)

// Match is a case that has an address: see picture.Match.
type Match struct {
	Case, Contact string
	Last          time.Time
}

// Matcher finds the cases that have an address.
type Matcher interface {
	Matches(channel, address string) []Match
}

// Twilio is what the handlers of Twilio's calls work with. Every field is needed but
// the last three.
type Twilio struct {
	// PublicURL is the address under which Twilio reaches us, without a path. It is
	// part of what Twilio signs, and no header of the request replaces it.
	PublicURL string
	// Signed judges X-Twilio-Signature for an address and the form's parameters.
	Signed func(address string, form map[string]string, signature string) bool
	// Report says what a status and an error code of Twilio's mean.
	Report func(status, code string) channel.Report
	// Pen is the case that keeps what an address wrote and no case can be told.
	Pen       func(channel, address string) string
	Matcher   Matcher
	Publisher Publisher
	Rejecter  Rejecter
	Now       func() time.Time

	// Own is the number that texts go out from. A text from it is our own come back.
	Own string
	// Echo is called for each of our own texts that came back.
	Echo func()
	// Keywords are those that the book in force adds to the usual ones.
	Keywords func() keyword.Words
}

// Closed is a door that is not open, and says why.
func Closed(why string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, problem{Status: http.StatusServiceUnavailable, Detail: why})
	})
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
			stored = t.keep(w, r, "A receipt from Twilio names no message of ours. If this goes on, check that PUBLIC_URL alone stands behind the messaging service's call-backs.", form)
		case onItsWay(status):
			stored = true
		case report.Status == channel.Sending:
			stored = t.keep(w, r, "A receipt from Twilio has a status that Hearback does not know.", form)
		default:
			id := sid + ":" + status
			if report.Code != "" {
				id += ":" + report.Code
			}
			stored = t.store(w, r, t.event(events.TypeReceiptReceived, ref, statusSource, id, events.Receipt{
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

func (t Twilio) event(eventType, ref, source, id string, data any) events.Event {
	body, err := json.Marshal(data)
	if err != nil {
		panic("inbound: plain texts must encode: " + err.Error()) // cannot happen
	}
	return events.Event{ID: id, Source: source, Type: eventType, Case: ref, Time: t.Now().UTC(), Data: body}
}

// store publishes events, or answers that Twilio should try again. What cannot be an
// event is kept as it is. It goes on when Twilio hangs up: by default Twilio repeats
// only a call that could not connect.
func (t Twilio) store(w http.ResponseWriter, r *http.Request, list ...events.Event) bool {
	good := make([]events.Event, 0, len(list))
	for _, event := range list {
		if err := event.Check(t.Now()); err == nil {
			good = append(good, event)
		} else if !t.reject(w, r, event.Case, "What Twilio passed on cannot be an event: "+err.Error(), event.Data) {
			return false
		}
	}
	if len(good) == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeWithin)
	defer cancel()
	if t.Publisher.Publish(ctx, good...) != nil {
		sendAgain(w)
		return false
	}
	return true
}

// keep stores a call that concerns no case, where a person will see it, or answers
// that Twilio should try again.
func (t Twilio) keep(w http.ResponseWriter, r *http.Request, reason string, form map[string]string) bool {
	body, err := json.Marshal(form)
	if err != nil {
		panic("inbound: plain texts must encode: " + err.Error()) // cannot happen
	}
	return t.reject(w, r, events.UnknownCase, reason, body)
}

func (t Twilio) reject(w http.ResponseWriter, r *http.Request, ref, reason string, body []byte) bool {
	if !events.ValidCase(ref) {
		ref = events.UnknownCase
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), keepWithin)
	defer cancel()
	if t.Rejecter.Reject(ctx, ref, cut(reason, maxReason), body[:min(len(body), MaxKept)]) != nil {
		sendAgain(w)
		return false
	}
	return true
}

func sendAgain(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
	answer(w, problem{Status: http.StatusServiceUnavailable, Detail: "It is not known whether this was stored. Send the same again: a repeat changes nothing."})
}
