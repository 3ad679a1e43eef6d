package notifier

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hearback/events"
	"hearback/notifier/keyword"
	"hearback/templates"
)

const (
	// quotedMost is how much of a family's words the timeline shows, in bytes; the
	// whole stands in the event.
	quotedMost = 2000
	// repliedFor is how long somebody whom no case knows gets no second answer.
	repliedFor = 24 * time.Hour
	// heardFor is how long after any message to them somebody who writes again while
	// they wait gets no new acknowledgement: they know that they are heard. It also
	// keeps two machines from answering each other without end.
	heardFor = 24 * time.Hour
)

// heard takes what a family, or somebody, wrote. It is true where a person must
// answer it.
func (d *decider) heard(e events.Event) bool {
	m := data[events.MessageReceived](e)
	m.Address = spelled(d.c.wayOf(m), m.Address)
	who := d.c.writer(m)
	by := m.Channel
	if by == "" {
		by = "a message"
	}
	switch {
	case m.Automatic:
		d.say("An automatic answer came by "+by, "a machine wrote it, so it counts as nobody's word: "+quoted(m.Text))
		return false
	case Penned(d.c.Ref):
		d.hold(e, m, by)
		return false
	}
	from := who
	if from == "" {
		from = "somebody whom the case does not know"
	}
	d.say("Contact "+from+" wrote by "+by, quoted(m.Text))
	if who == "" {
		kind := keyword.Of(m.Text, d.book().Keywords)
		if kind != keyword.None && m.Address != "" {
			d.callerWishes(kind, d.c.wayOf(m), contact(addressee(m)))
		}
		return kind == keyword.None
	}
	switch keyword.Of(m.Text, d.book().Keywords) {
	case keyword.Stop:
		d.optOut(events.OptedOut{Contact: who, Channel: d.c.wayOf(m), Address: m.Address})
		d.recheckContact()
		return false
	case keyword.Start:
		d.optIn(events.OptedOut{Contact: who, Channel: d.c.wayOf(m), Address: m.Address})
		d.recheckContact()
		return false
	case keyword.Help:
		d.confirm(who, d.c.wayOf(m), m.Address, templates.Help, "the contact asked what this number is")
		return false
	}
	return true
}

// writer is the id of the contact who wrote; empty where the case does not know them.
func (c Case) writer(m events.MessageReceived) string {
	if m.Contact != "" || m.Address == "" {
		return m.Contact
	}
	way := c.wayOf(m)
	m.Address = spelled(way, m.Address)
	if i := slices.IndexFunc(c.Contacts, func(k Contact) bool {
		return sameAddress(way, m.Address, k.address(way)) && !slices.Contains(c.Unconfirmed(k), way)
	}); i >= 0 {
		return c.Contacts[i].ID
	}
	return ""
}

// spelled is an address in the one spelling that a case has it in.
func spelled(channel, address string) string {
	if channel != SMS {
		return strings.TrimSpace(address)
	}
	return contact(events.Contact{Mobile: address}).Mobile
}

// wayOf is the channel by which an answer would go back.
func (c Case) wayOf(m events.MessageReceived) string {
	if m.Channel == Email || strings.Contains(m.Address, "@") {
		return Email
	}
	return SMS
}

// addressee is somebody who wrote and is not on the case.
func addressee(m events.MessageReceived) events.Contact {
	if strings.Contains(m.Address, "@") {
		return events.Contact{Email: m.Address}
	}
	return events.Contact{Mobile: m.Address}
}

func quoted(text string) string {
	if text = strings.TrimSpace(text); text == "" {
		return "without any words"
	}
	if len(text) > quotedMost {
		cut := quotedMost
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + " …"
	}
	return "“" + text + "”"
}

// added reports whether what a family wrote belongs to a promise that is open
// already: they wait for one answer, not for two.
func (d *decider) added(q events.Enquiry, at time.Time) bool {
	i := slices.IndexFunc(d.c.Promises, func(p Promise) bool {
		rule, ok := d.books.Version(p.Book).Rule(p.Rule)
		asked := ok && rule.Asked()
		theirs := p.Caller == nil && (p.From == "" && !rule.Private || p.From != "" && p.From == q.From) ||
			p.Caller != nil && q.Contact != nil && (sameAddress(SMS, p.Caller.Mobile, q.Contact.Mobile) || sameAddress(Email, p.Caller.Email, q.Contact.Email))
		return asked && theirs && (q.Enquiry == "" || q.Enquiry == p.Enquiry)
	})
	if i < 0 {
		return false
	}
	p := &d.c.Promises[i]
	p.Again++
	times := "once more"
	if p.Again > 1 {
		times = fmt.Sprintf("%d times more", p.Again)
	}
	d.say("What the family wrote is added to promise "+p.Key(), "they have written "+times+" while it is open; whoever replies answers it all")
	d.acknowledgeAgain(*p, q, at)
	return true
}

// acknowledgeAgain tells somebody who wrote once more how their enquiry stands. Long
// after they wrote, it waits for contact hours.
func (d *decider) acknowledgeAgain(p Promise, q events.Enquiry, at time.Time) {
	rule, _ := d.books.Version(p.Book).Rule(p.Rule)
	k, known := d.c.Contact(q.From)
	if p.Caller != nil {
		k, known = *p.Caller, true
	}
	m, said := p.standing(rule)
	switch {
	case !known || !said || rule.Acknowledge == nil:
	case d.isBeingTold(p, k):
		d.say("No second acknowledgement", "a message about the promise is on its way to them")
	case d.now.Sub(k.Told) < heardFor:
		d.say("No second acknowledgement", "they had a message from us less than a day before")
	default:
		m.Kind, m.Anytime = Acknowledgement, rule.Acknowledge.AnyHour && d.now.Sub(at) <= stillAtOnce
		m.Why = "they wrote again while they wait, and must hear at once that they were heard"
		d.tellContact(p, k, m, d.c.order(k, rule.Acknowledge.Via), rule.Acknowledge.Via.All)
	}
}

// hold keeps what somebody wrote whom no case, or more than one, knows, until a
// person has passed it on. Who has just written hears so at any hour.
func (d *decider) hold(e events.Event, m events.MessageReceived, by string) {
	d.say("Somebody wrote by "+by+", and it is not certain to which case it belongs", quoted(m.Text))
	k := contact(addressee(m))
	k.ID = "sender"
	d.c.Contacts = []Contact{k}
	switch keyword.Of(m.Text, d.book().Keywords) {
	case keyword.Stop:
		d.forbid(k.ID, []string{d.c.wayOf(m)}, "they asked for it", true)
		d.recheckContact()
		return
	case keyword.Start:
		d.optIn(events.OptedOut{Contact: k.ID, Channel: d.c.wayOf(m), Told: true})
		return
	}
	d.holdFor("no case has the address, or several have and none of them was in conversation", e.ID)
	words := d.book().Strangers.Reply
	if words == "" || m.Address == "" || !d.c.Replied.IsZero() && d.now.Sub(d.c.Replied) < repliedFor {
		return
	}
	if why := d.c.blocked(k, d.c.wayOf(m)); why != "" {
		d.say("Nothing was answered", why)
		return
	}
	d.c.Replied = d.now
	d.write(k, Message{Kind: Courtesy, Channel: d.c.wayOf(m), Words: words, Anytime: d.now.Sub(e.Time) <= stillAtOnce, Why: "somebody whom no case knows wrote, and hears once a day that they were heard"})
}

// write decides one message that serves no promise. Where the book has no words
// for it, nothing is written.
func (d *decider) write(k Contact, m Message) bool {
	if !d.book().Words.Has(m.Words, templates.Channel(m.Channel), d.c.language(k)) {
		d.say("Nothing was written to contact "+k.ID, "the book has no words "+m.Words+" for "+m.Channel)
		return false
	}
	m.To, m.Address, m.Language = k.ID, k.address(m.Channel), d.c.language(k)
	values := func(language string) templates.Values { return d.familyValues(Promise{}, k, language) }
	return d.compose(&m, values, Promise{Book: d.book().Version})
}
