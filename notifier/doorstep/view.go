package doorstep

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/notifier/delivery"
)

// ErrUnknown is the error of [Source.Case] for a case that nobody knows, or that was
// erased.
var ErrUnknown = errors.New("no such case is known")

// Source is what the pages read. Its methods are called for each request, from many
// goroutines, and what they return is not changed.
type Source interface {
	// Case is a case as it stands. Its error is, or wraps, [ErrUnknown] where there is
	// none; any other error means that it cannot be read at the moment.
	Case(ctx context.Context, ref string) (Case, error)
	// Staff is the name of a member of staff; empty where the id is nobody's.
	Staff(id string) string
	Council() Council
}

// Publisher stores events. It returns nil only once every one of them is stored. After
// an error it is not known whether they are: they are published again with the same
// identity, which changes nothing where they were.
type Publisher interface {
	Publish(ctx context.Context, events ...events.Event) error
}

// Council is what the book says that the pages show.
type Council struct {
	Name   string
	Colour string // of the header, such as #12403f; empty for the usual one
	Phone  string // to be called with a question; empty where there is none
	// Languages are those that families are written to in, as tags of BCP 47. With
	// fewer than two there is nothing to choose.
	Languages []string
	// Calendar tells which days are no working days. Nil: London, without holidays.
	Calendar *calendar.Calendar
}

// Case is as much of a case as the pages need, for every contact and for staff. What
// each visitor may see of it is decided here.
type Case struct {
	Ref string
	// Stopped: nothing is said to anybody any more, so no contact's link opens.
	Stopped bool
	Officer string // the id of whoever owes the replies
	Team    string // its name, as families may read it; empty where there is none
	// Contacts are those who may be told. A link of anybody else opens nothing.
	Contacts []Contact
	Promises []Promise // the oldest first
	Messages []Message // to contacts; what staff are sent is left out
}

// Contact is somebody who may be told about a case.
type Contact struct {
	ID            string
	Mobile, Email string // E.164; any case of letters
	// Language is what the service that keeps the case says, before any wish.
	Language string
	// Forbidden are channels that must not be used because somebody is in danger or
	// the service says so; "all" is every one. No link sent by such a channel opens.
	Forbidden []string
	// OptedOut are channels that the contact has stopped with a keyword or a button.
	// Only the same way takes it back, so the page only says so.
	OptedOut []string
	Wishes   Wishes
}

// Wishes are how a contact asked to be reached, as contact.wished says it. What is
// empty is no wish.
type Wishes struct {
	Prefers  []string
	Language string
	DoNot    []string
	Hours    string
}

// Promise is that a person will reply by a date.
type Promise struct {
	Key     string // within the case, as in the links of its chases
	Enquiry string
	// From is the contact who got in touch; empty for every contact.
	From string
	// Hidden: no contact hears of it, because somebody who is not on the case got in
	// touch, because it is a task for staff, or because families are told nothing of it.
	Hidden bool
	// Step: it is what the council must do next, and no answer to somebody.
	Step        bool
	Opened, Due time.Time
	DueDate     calendar.Date // the London date of Due
	Late        bool
	// Told is what the family was told, where re-planning set an earlier date since.
	Told      *Told
	Postponed *Postponed
	Ended     *Ended
}

// Told is a date that a family knows.
type Told struct {
	Due     time.Time
	DueDate calendar.Date
}

// forFamily is the promise as the family knows it: by the date that they were told.
func (p Promise) forFamily(now time.Time) Promise {
	if p.Told != nil {
		p.Due, p.DueDate, p.Late = p.Told.Due, p.Told.DueDate, p.Late && !now.Before(p.Told.Due)
	}
	return p
}

// Postponed is a new date that a person promised, or that re-planning set, and the
// family was told.
type Postponed struct {
	Until  calendar.Date
	Reason string
	By     string // a staff id, or what was recorded
}

// Ended is how a promise ended.
type Ended struct {
	At      time.Time
	Kept    bool   // a person replied
	By      string // a staff id, or what was recorded
	Channel string // of the reply
	Why     string // one sentence
}

// Message is something that was decided to be sent to a contact. Kind, channel and
// status are the words of the ledger; one that is not known here is shown in general
// terms.
type Message struct {
	To      string    // a contact's id
	Kind    string    // acknowledgement, late, postponed, family-chase, confirmation …
	Channel string    // sms, email, letter
	Status  string    // waiting, sending, sent, delivered, failed, withdrawn, unknown
	At      time.Time // when it went, or else when it was decided
	// What is known besides, as [delivery.Message] has it.
	Code                                   string
	Unusable, HandedOver, Awaits, Captured bool
	// Delivered is when it arrived; zero where that is not known.
	Delivered time.Time
}

func (c Case) contact(id string) (Contact, bool) {
	if i := slices.IndexFunc(c.Contacts, func(k Contact) bool { return k.ID == id }); i >= 0 {
		return c.Contacts[i], true
	}
	return Contact{}, false
}

// promise finds what a link is about: the promise that is open, or else the last that
// ended. An enquiry that was reported again has had more than one.
func (c Case) promise(key string) (found Promise, known bool) {
	for _, p := range c.Promises {
		if p.Key == key && (!known || found.Ended != nil) {
			found, known = p, true
		}
	}
	return found, known
}

// concerns reports whether a contact may know of a promise.
func (p Promise) concerns(contact string) bool {
	return !p.Hidden && (p.From == "" || p.From == contact)
}

// late reports whether a reply is owed that should have been given.
func (p Promise) late(now time.Time) bool {
	return p.Ended == nil && (p.Late || !p.Due.IsZero() && now.After(p.Due))
}

// addresses are those of a contact that a link may have been sent to. What is unsafe for
// one contact is unsafe for whoever shares the number or address.
func (c Case) addresses(k Contact) (list []string) {
	for _, channel := range []string{events.ChannelSMS, events.ChannelEmail} {
		address := k.address(channel)
		unsafe := slices.ContainsFunc(c.Contacts, func(other Contact) bool {
			return strings.EqualFold(other.address(channel), address) && forbids(other.Forbidden, channel)
		})
		if address != "" && !unsafe {
			list = append(list, address)
		}
	}
	return list
}

func (k Contact) address(channel string) string {
	if channel == events.ChannelSMS {
		return strings.TrimSpace(k.Mobile)
	}
	return strings.TrimSpace(k.Email)
}

func forbids(channels []string, channel string) bool {
	return slices.Contains(channels, channel) || slices.Contains(channels, events.EveryChannel)
}

// delivery is what is known of a message, for its words.
func (m Message) delivery() delivery.Message {
	return delivery.Message{Channel: m.Channel, Status: m.Status, Code: m.Code, Unusable: m.Unusable, HandedOver: m.HandedOver, Awaits: m.Awaits, Captured: m.Captured}
}
