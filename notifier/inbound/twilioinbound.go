package inbound

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hearback/events"
	"hearback/notifier/keyword"
)

// text is what somebody texted, as Twilio passes it on.
type text struct {
	sid, from, to, body, media string

	kind keyword.Kind
	// acted is what Twilio took the text for, and has answered by itself: STOP, START
	// or HELP. Only a messaging service with Advanced Opt-Out says so
	// (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out); a number
	// that blocks on STOP by default does not.
	acted string
}

// Inbound takes what somebody texted. A number that one case has is that case's; of
// several, the one that a text last went to; in doubt it goes to the holding pen,
// never to a case it may not belong to. STOP and START count for every case that
// has the number. Pictures are never fetched: the text says that there are some. It
// answers 2xx, with nothing to say, only once all is stored.
func (t Twilio) Inbound() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, ok := t.form(w, r)
		if !ok {
			return
		}
		m := text{sid: form["MessageSid"], from: form["From"], to: form["To"], body: form["Body"], media: form["NumMedia"], acted: form["OptOutType"]}
		var stored bool
		switch {
		case m.sid == "" || m.from == "":
			stored = t.keep(w, r, "A text that Twilio passed on has no MessageSid or no From.", form)
		case m.from == m.to || m.from == strings.ReplaceAll(t.Own, " ", ""):
			// To answer it would be to answer ourselves, for ever.
			if t.Echo != nil {
				t.Echo()
			}
			stored = t.keep(w, r, "One of our own texts came back to us. Look for a phone or a service that forwards them.", form)
		default:
			stored = t.store(w, r, t.said(m)...)
		}
		if stored {
			writeTwiML(w)
		}
	})
}

// said is what follows from a text. It is never nothing.
func (t Twilio) said(m text) []events.Event {
	var more keyword.Words
	if t.Keywords != nil {
		more = t.Keywords()
	}
	m.kind = keyword.Of(m.body, more)
	matches := newestFirst(t.Matcher.Matches(events.ChannelSMS, m.from))
	switch {
	case len(matches) == 0:
	case m.kind == keyword.Stop || m.acted == "STOP":
		return t.wishes(events.TypeContactOptedOut, m, matches)
	case m.kind == keyword.Start:
		return t.wishes(events.TypeContactOptedIn, m, matches)
	case m.acted == "START":
		// Twilio takes a mere "Yes" for START. It may be a family's answer as well.
		return append(t.wishes(events.TypeContactOptedIn, m, matches), t.message(m, matches))
	}
	return []events.Event{t.message(m, matches)}
}

// message is the text for the one case that it belongs to, or for the holding pen.
func (t Twilio) message(m text, matches []Match) events.Event {
	ref, contact, sure := whose(matches)
	if !sure {
		ref, contact = t.Pen(events.ChannelSMS, m.from), ""
	}
	return t.received(m, m.sid, ref, contact)
}

func (t Twilio) received(m text, id, ref, contact string) events.Event {
	words := m.body
	if n, err := strconv.Atoi(m.media); err == nil && n > 0 && m.kind == keyword.None {
		words = strings.TrimSpace(words + " [" + strconv.Itoa(n) + " picture or file: open it in the Twilio console]")
	}
	return t.event(events.TypeMessageReceived, ref, inboundSource, id, events.MessageReceived{
		Channel: "text", Contact: contact, Text: words, Address: m.from, ProviderID: m.sid, Automatic: keyword.Automatic(m.body)})
}

func newestFirst(matches []Match) []Match {
	return slices.SortedStableFunc(slices.Values(matches), func(a, b Match) int { return b.Last.Compare(a.Last) })
}

// whose is the case that a text belongs to, given the newest first: the only one, or
// the one with the newest conversation. Where two contacts of the case are equally
// likely to have written, the case is sure and the contact is not.
func whose(matches []Match) (ref, contact string, sure bool) {
	if len(matches) == 0 {
		return "", "", false
	}
	first := matches[0]
	contact = first.Contact
	for _, other := range matches[1:] {
		if first.Last.After(other.Last) {
			break
		}
		if other.Case != first.Case {
			return "", "", false
		}
		if other.Contact != first.Contact {
			contact = ""
		}
	}
	return first.Case, contact, true
}

// wishes is an opt-out or opt-in for every contact who has the number. The first of
// them is confirmed unless Twilio has done so; one confirmation is enough, however many
// cases have the number. A case that knows the number only as a caller's has no
// contact to forbid anything for, and gets the text itself.
func (t Twilio) wishes(eventType string, m text, matches []Match) []events.Event {
	told := m.acted != ""
	var list []events.Event
	done := map[string]bool{}
	for _, match := range matches {
		if id := m.sid + ":" + match.Case + ":" + short(match.Contact); match.Contact != "" && !done[id] {
			done[id], done[match.Case] = true, true
			list = append(list, t.event(eventType, match.Case, inboundSource, id,
				events.OptedOut{Channel: events.ChannelSMS, Contact: match.Contact, Address: m.from, Told: told}))
			told = true
		}
	}
	for _, match := range matches {
		if !done[match.Case] {
			done[match.Case] = true
			list = append(list, t.received(m, m.sid+":"+match.Case, match.Case, ""))
		}
	}
	return list
}

// short is a contact's id, or a name of its own for one that would make an event's id
// too long.
func short(contact string) string {
	if len(contact) <= 64 {
		return contact
	}
	sum := sha256.Sum256([]byte(contact))
	return hex.EncodeToString(sum[:16])
}

// writeTwiML answers that there is nothing to say: what families hear goes out as
// any other message does.
func writeTwiML(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Response></Response>`)
}
