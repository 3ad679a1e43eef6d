package mailin

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier/mailin/letter"
)

// Source is the source of every event that comes from incoming mail.
const Source = "/mail"

// Match is a case whose contact has an address.
type Match struct {
	Case, Contact string
	// Last is when a message was last handed over to that address; zero: never.
	Last time.Time
	// Open: a promise to the contact is open.
	Open bool
}

// Directory knows who is behind an address, in any case. An address may be on
// several cases, and belong to several contacts of one.
type Directory interface {
	Matches(channel, address string) []Match
}

// Pen names the holding pen of an address: the case under which a person finds
// what could not be matched with one.
type Pen func(channel, address string) string

// Events says what follows from an email: nothing, or one event.
//
//   - A bounce is receipt.received, failed. Only a hard bounce that proves that it
//     comes from where our message went makes the address unusable. One that
//     proves nothing is believed if it speaks of an address of the case it names.
//   - A report of success is receipt.received, delivered or sent, if it is proven.
//   - A delay and our own message coming back are nothing: see [Counts].
//   - Everything else is message.received, on the case of the message that it
//     answers or of its sender. What a machine wrote is marked Automatic.
//   - What belongs to no case, or not certainly to one, goes to the holding pen.
//
// The event's identity is that of the email, so a repeat changes nothing.
func Events(m Mail, who Directory, pen Pen) []events.Event {
	s := sorter{mail: m, letter: m.Letter, who: who, pen: pen}
	switch s.letter.Kind {
	case letter.Delayed, letter.Loop:
		return nil
	case letter.HardBounce, letter.SoftBounce, letter.Success:
		return s.receipt()
	}
	return s.message()
}

type sorter struct {
	mail   Mail
	letter letter.Letter
	who    Directory
	pen    Pen
}

func (s sorter) receipt() []events.Event {
	l := s.letter
	ref, known := events.CaseOfMessage(l.Message)
	arrived := l.Kind == letter.Success
	switch {
	case arrived && !(known && l.Proven):
		return nil // nobody may tell us that another's message has arrived
	case !known || !l.Proven && !s.speaksOf(ref):
		return s.penned(events.MessageReceived{Automatic: true, Text: "A mail system says that an email of ours did not arrive, and it is not certain which. " + l.Reason})
	}
	receipt := events.Receipt{Message: l.Message, Channel: events.ChannelEmail, Code: l.Code, Reason: l.Reason}
	switch {
	case arrived && l.Delivered():
		receipt.Status = events.ReceiptDelivered
	case arrived:
		receipt.Status = events.ReceiptSent
	default:
		receipt.Status = events.ReceiptFailed
		receipt.Unusable = l.Kind == letter.HardBounce && l.Proven
	}
	return s.event(ref, events.TypeReceiptReceived, receipt)
}

// speaksOf reports whether a report is about an address of the case.
func (s sorter) speaksOf(ref string) bool {
	addresses := []string{s.letter.SentTo}
	for _, r := range s.letter.Recipients {
		addresses = append(addresses, r.Final, r.Original)
	}
	for _, address := range addresses {
		for _, match := range s.matches(address) {
			if match.Case == ref {
				return true
			}
		}
	}
	return false
}

func (s sorter) matches(address string) []Match {
	if address == "" {
		return nil
	}
	return s.who.Matches(events.ChannelEmail, address)
}

func (s sorter) message() []events.Event {
	said := events.MessageReceived{Automatic: s.letter.Machine, Text: s.text()}
	ref, known := events.CaseOfMessage(s.letter.Message)
	matches := s.matches(s.letter.From)
	switch {
	case known && s.letter.Proven:
	case known && (contactIn(matches, ref) != nil || s.speaksOf(ref)):
	case s.letter.Kind == letter.Complaint || s.letter.Kind == letter.Unknown && s.letter.Machine:
		return s.penned(said) // its sender is a mail system
	default:
		if ref, known = conversation(matches); !known {
			return s.penned(said)
		}
		return s.said(ref, matches, said)
	}
	said.Answers = s.letter.Message
	return s.said(ref, matches, said)
}

func (s sorter) said(ref string, matches []Match, said events.MessageReceived) []events.Event {
	if contacts := contactIn(matches, ref); len(contacts) == 1 {
		said.Contact = contacts[0]
	}
	return s.received(ref, said)
}

func (s sorter) penned(said events.MessageReceived) []events.Event {
	return s.received(s.pen(events.ChannelEmail, s.letter.From), said)
}

func (s sorter) received(ref string, said events.MessageReceived) []events.Event {
	said.Channel, said.Address, said.ProviderID = "email", s.letter.From, s.letter.MessageID
	return s.event(ref, events.TypeMessageReceived, said)
}

func (s sorter) event(ref, eventType string, data any) []events.Event {
	body, err := json.Marshal(data)
	if err != nil {
		panic(errors.New("mailin: the data of an event could not be written as JSON")) // cannot happen
	}
	return []events.Event{{ID: s.letter.ID, Source: Source, Type: eventType, Case: ref, Time: s.mail.At, Data: body}}
}

// text is what an officer reads. The subject says something where nothing else
// does, or where it is not that of our own message.
func (s sorter) text() string {
	l := s.letter
	text := l.Text
	switch {
	case l.Kind == letter.Complaint:
		return l.Reason
	case l.Kind != letter.Reply:
		return text
	case text == "":
		text = l.Subject
	case l.Message == "" && l.Subject != "" && !strings.EqualFold(l.Subject, text):
		text = l.Subject + "\n\n" + text
	}
	switch {
	case l.Attachments == 1:
		text += "\n\n[A file came with this email. It is not kept here.]"
	case l.Attachments > 1:
		text += fmt.Sprintf("\n\n[%d files came with this email. They are not kept here.]", l.Attachments)
	}
	return strings.TrimSpace(text)
}

// contactIn are the contacts of the case among the matches, each once.
func contactIn(matches []Match, ref string) []string {
	var contacts []string
	seen := map[string]bool{}
	for _, match := range matches {
		if match.Case == ref && !seen[match.Contact] {
			seen[match.Contact] = true
			contacts = append(contacts, match.Contact)
		}
	}
	return contacts
}

// conversation chooses among the cases that an address is on: the only one; or
// else, of those where a promise is open, the one that wrote to it last; or else,
// of those that ever wrote to it, the last. Where there is none, or two are level,
// a person must choose: a family's words must never be shown to another's officer.
func conversation(matches []Match) (ref string, certain bool) {
	for _, talks := range []func(Match) bool{
		func(Match) bool { return sameCase(matches) },
		func(m Match) bool { return m.Open },
		func(m Match) bool { return !m.Last.IsZero() },
	} {
		var newest Match
		tied, found := false, false
		for _, match := range matches {
			if !talks(match) {
				continue
			}
			switch {
			case !found || match.Last.After(newest.Last):
				newest, found, tied = match, true, false
			case match.Last.Equal(newest.Last) && match.Case != newest.Case:
				tied = true
			}
		}
		if found {
			return newest.Case, !tied
		}
	}
	return "", false
}

func sameCase(matches []Match) bool {
	for _, match := range matches {
		if match.Case != matches[0].Case {
			return false
		}
	}
	return true
}
