package inbound

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier/keyword"
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

// Texts is what becomes of the texts that people send, whichever provider passes them
// on. A number that one case has is that case's; of several, the one that a text last
// went to; in doubt it goes to the holding pen, never to a case it may not belong to.
// STOP and START count for every case that has the number. Every field is needed but
// the last four.
type Texts struct {
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
	// Staff reads a text from a member of staff who was chased by text. It is false
	// for any other number, and for what is no certain answer where a family has the
	// number too.
	Staff func(number, text string, family bool) (StaffText, bool)
}

// StaffText is what a member of staff answered, and the case that it is about: the
// holding pen of the number where they must be asked back.
type StaffText struct {
	Case string
	Data events.OfficerTexted
}

// text is what somebody texted.
type text struct {
	// source is the door that it came through, and id the provider's name for it: by
	// the two a repeat is known.
	source, id string
	from, to   string
	body       string
	// files says that there were pictures, and where to see them; empty for none.
	files string
	// at is when it was sent, as far as the provider says; zero: now.
	at time.Time

	kind keyword.Kind
	// acted is what the provider took the text for, and has answered by itself: STOP,
	// START or HELP. Only a Twilio messaging service with Advanced Opt-Out says so
	// (https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out); a number
	// that blocks on STOP by default does not.
	acted string
}

// take stores what follows from a text, or answers that the provider should try again.
// Of our own texts that come back it keeps the call as it was.
func (t Texts) take(w http.ResponseWriter, r *http.Request, m text, call func() []byte) bool {
	if m.from == m.to || m.from == strings.ReplaceAll(t.Own, " ", "") {
		// To answer it would be to answer ourselves, for ever.
		if t.Echo != nil {
			t.Echo()
		}
		return t.keep(w, r, "One of our own texts came back to us. Look for a phone or a service that forwards them.", call())
	}
	return t.store(w, r, t.said(m)...)
}

// said is what follows from a text. It is never nothing.
func (t Texts) said(m text) []events.Event {
	var more keyword.Words
	if t.Keywords != nil {
		more = t.Keywords()
	}
	m.kind = keyword.Of(m.body, more)
	matches := newestFirst(t.Matcher.Matches(events.ChannelSMS, m.from))
	if t.Staff != nil && m.kind == keyword.None && m.acted == "" {
		if said, is := t.Staff(m.from, m.body, len(matches) > 0); is {
			return []events.Event{t.answered(m, said)}
		}
	}
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

// answered is what a member of staff texted. A machine of theirs is not asked back.
func (t Texts) answered(m text, said StaffText) events.Event {
	said.Data.Address, said.Data.Text, said.Data.ProviderID = m.from, strings.TrimSpace(m.body+" "+m.files), m.id
	if said.Data.Answer == "" && keyword.Automatic(m.body) {
		said.Data.Say = ""
	}
	return t.event(events.TypeOfficerTexted, said.Case, m.source, m.id, m.at, said.Data)
}

// message is the text for the one case that it belongs to, or for the holding pen.
func (t Texts) message(m text, matches []Match) events.Event {
	ref, contact, sure := whose(matches)
	if !sure {
		ref, contact = t.Pen(events.ChannelSMS, m.from), ""
	}
	return t.received(m, m.id, ref, contact)
}

func (t Texts) received(m text, id, ref, contact string) events.Event {
	words := m.body
	if m.files != "" && m.kind == keyword.None {
		words = strings.TrimSpace(words + " " + m.files)
	}
	return t.event(events.TypeMessageReceived, ref, m.source, id, m.at, events.MessageReceived{
		Channel: "text", Contact: contact, Text: words, Address: m.from, ProviderID: m.id, Automatic: keyword.Automatic(m.body)})
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
// them is confirmed unless the provider has done so; one confirmation is enough,
// however many cases have the number. A case that knows the number only as a caller's
// has no contact to forbid anything for, and gets the text itself.
func (t Texts) wishes(eventType string, m text, matches []Match) []events.Event {
	told := m.acted != ""
	var list []events.Event
	done := map[string]bool{}
	for _, match := range matches {
		if id := m.id + ":" + match.Case + ":" + short(match.Contact); match.Contact != "" && !done[id] {
			done[id], done[match.Case] = true, true
			list = append(list, t.event(eventType, match.Case, m.source, id, m.at,
				events.OptedOut{Channel: events.ChannelSMS, Contact: match.Contact, Address: m.from, Told: told}))
			told = true
		}
	}
	for _, match := range matches {
		if !done[match.Case] {
			done[match.Case] = true
			list = append(list, t.received(m, m.id+":"+match.Case, match.Case, ""))
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
