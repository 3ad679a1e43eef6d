package inbound

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
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

	// maxForm is the largest form that is read, in bytes: Twilio's own are below 8 KB.
	maxForm = 64 << 10
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

// Twilio is what the handlers of Twilio's calls work with. Every field is needed.
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
func (t Twilio) Status() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, ok := t.form(w, r)
		if !ok {
			return
		}
		message := r.URL.Query().Get("message")
		ref, known := events.CaseOfMessage(message)
		sid, report := form["MessageSid"], t.Report(form["MessageStatus"], form["ErrorCode"])
		if !known || sid == "" {
			if t.keep(w, r, "A receipt from Twilio names no message of ours. If this goes on, check that PUBLIC_URL alone stands behind the messaging service's call-backs.", form) {
				w.WriteHeader(http.StatusNoContent)
			}
			return
		}
		if report.Status == channel.Sending {
			w.WriteHeader(http.StatusNoContent) // Twilio's answer to the request has said as much
			return
		}
		stored := t.store(w, r, events.TypeReceiptReceived, ref, statusSource, sid+":"+form["MessageStatus"]+":"+report.Code, events.Receipt{
			Message: message, Channel: events.ChannelSMS, ProviderID: sid, Status: report.Status, Code: report.Code, Reason: report.Reason, Unusable: report.Unusable})
		if stored {
			w.WriteHeader(http.StatusNoContent)
		}
	})
}

// Inbound takes what somebody texted. A number that one case has is that case's; of
// several, the one that a text last went to; in doubt it goes to the holding pen,
// never to a case it may not belong to. STOP and START count for every case that
// has the number. It answers 2xx, with nothing to say, only once all is stored.
func (t Twilio) Inbound() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, ok := t.form(w, r)
		if !ok {
			return
		}
		sid, from := form["MessageSid"], form["From"]
		if sid == "" || from == "" {
			if t.keep(w, r, "A text that Twilio passed on has no MessageSid or no From.", form) {
				writeTwiML(w)
			}
			return
		}
		matches := t.Matcher.Matches(events.ChannelSMS, from)
		kind := keyword.Of(form["Body"], keyword.Words{})
		switch form["OptOutType"] { // Twilio has judged it, and answered (Advanced Opt-Out)
		case "STOP":
			kind = keyword.Stop
		case "START":
			kind = keyword.Start
		case "HELP":
			writeTwiML(w)
			return
		}
		if len(matches) > 0 && (kind == keyword.Stop || kind == keyword.Start) {
			t.wishes(w, r, form, kind, matches)
			return
		}
		ref, contact := t.whose(matches, from)
		text := form["Body"]
		if n, err := strconv.Atoi(form["NumMedia"]); err == nil && n > 0 {
			text = strings.TrimSpace(text + " [" + strconv.Itoa(n) + " picture or file: open it in the Twilio console]")
		}
		stored := t.store(w, r, events.TypeMessageReceived, ref, inboundSource, sid, events.MessageReceived{
			Channel: "text", Contact: contact, Text: text, Address: from, ProviderID: sid, Automatic: keyword.Automatic(form["Body"])})
		if stored {
			writeTwiML(w)
		}
	})
}

// whose is the case that a text belongs to, or the holding pen.
func (t Twilio) whose(matches []Match, from string) (ref, contact string) {
	if len(matches) == 1 {
		return matches[0].Case, matches[0].Contact
	}
	newest := slices.SortedFunc(slices.Values(matches), func(a, b Match) int { return b.Last.Compare(a.Last) })
	if len(newest) > 1 && newest[0].Last.After(newest[1].Last) {
		return newest[0].Case, newest[0].Contact
	}
	return t.Pen(events.ChannelSMS, from), ""
}

// wishes stores an opt-out or opt-in for every case that has the number.
func (t Twilio) wishes(w http.ResponseWriter, r *http.Request, form map[string]string, kind keyword.Kind, matches []Match) {
	eventType := events.TypeContactOptedOut
	if kind == keyword.Start {
		eventType = events.TypeContactOptedIn
	}
	for i, match := range matches {
		if match.Contact == "" {
			continue // a caller: their next text is refused by Twilio, which says so
		}
		wish := events.OptedOut{Channel: events.ChannelSMS, Contact: match.Contact, Address: form["From"],
			// One confirmation is enough, however many cases have the number.
			Told: form["OptOutType"] != "" || i > 0}
		if !t.store(w, r, eventType, match.Case, inboundSource, form["MessageSid"]+":"+match.Case+":"+match.Contact, wish) {
			return
		}
	}
	writeTwiML(w)
}

// form reads what Twilio posted, or answers why it is not taken. A parameter that
// stands twice is refused: only one of the two can be what was signed for.
func (t Twilio) form(w http.ResponseWriter, r *http.Request) (form map[string]string, ok bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		answer(w, problem{Status: http.StatusMethodNotAllowed, Detail: "Twilio calls with POST."})
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		answer(w, problem{Status: http.StatusRequestEntityTooLarge, Detail: "The form is larger than any of Twilio's."})
		return nil, false
	}
	values, err := url.ParseQuery(string(body))
	form = make(map[string]string, len(values))
	for name, list := range values {
		form[name] = list[0]
		if len(list) > 1 {
			err = strconv.ErrSyntax
		}
	}
	address := strings.TrimSuffix(t.PublicURL, "/") + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		address += "?" + r.URL.RawQuery
	}
	if err != nil || len(r.Header.Values("X-Twilio-Signature")) != 1 || !t.Signed(address, form, r.Header.Get("X-Twilio-Signature")) {
		answer(w, problem{Status: http.StatusForbidden,
			Detail: "The call is not signed by Twilio for this address. The operator must check HEARBACK_PUBLIC_URL, which must be the address Twilio calls, and HEARBACK_TWILIO_AUTH_TOKEN."})
		return nil, false
	}
	return form, true
}

// store publishes one event, or answers that Twilio should try again.
func (t Twilio) store(w http.ResponseWriter, r *http.Request, eventType, ref, source, id string, data any) bool {
	body, err := json.Marshal(data)
	event := events.Event{ID: id, Source: source, Type: eventType, Case: ref, Time: t.Now().UTC(), Data: body}
	if err == nil {
		err = event.Check(t.Now())
	}
	if err != nil { // what cannot be an event is kept as it is
		return t.reject(w, r, ref, "What Twilio passed on cannot be an event: "+err.Error(), body)
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeWithin)
	defer cancel()
	if err := t.Publisher.Publish(ctx, event); err != nil {
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
		return true // cannot happen: a map of texts
	}
	return t.reject(w, r, events.UnknownCase, reason, body)
}

func (t Twilio) reject(w http.ResponseWriter, r *http.Request, ref, reason string, body []byte) bool {
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

// writeTwiML answers that there is nothing to say: what families hear goes out as
// any other message does.
func writeTwiML(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Response></Response>`)
}
