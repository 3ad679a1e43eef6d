package notifier

import (
	"slices"
	"strings"

	"hearback/events"
	"hearback/notifier/phone"
)

// contact takes a contact from an event: the number in one spelling, and what
// can already be seen not to work.
func contact(in events.Contact) Contact {
	c := Contact{ID: in.ID, Name: in.Name, Relationship: in.Relationship, Mobile: strings.TrimSpace(in.Mobile), Email: strings.TrimSpace(in.Email),
		Language: in.Language, Prefers: in.Prefers, DoNot: in.DoNot}
	if number, err := phone.Mobile(c.Mobile); err == nil {
		c.Mobile = string(number)
	}
	c.Postal = envelope(in.PostalAddress)
	c.Unusable = misspelt(c)
	return c
}

// misspelt are the channels for which what a contact has is no number or address,
// whatever a provider may have said of it.
func misspelt(c Contact) (faults []Unusable) {
	if c.Mobile != "" {
		if _, err := phone.Mobile(c.Mobile); err != nil {
			faults = append(faults, Unusable{SMS, err.Error()})
		}
	}
	if c.Email != "" && !plausibleEmail(c.Email) {
		faults = append(faults, Unusable{Email, "this is not an email address; ask the family for it"})
	}
	if why := unpostable(c); why != "" {
		faults = append(faults, Unusable{Letter, why})
	}
	return faults
}

// plausibleEmail keeps out what no mail server would take; only a delivery proves the rest.
func plausibleEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && len(s) <= 320 && strings.Contains(domain, ".") && !strings.Contains(s, "..") &&
		!strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".") && !strings.ContainsAny(s, " \t\r\n\"<>,;:()[]\\") && strings.Count(s, "@") == 1
}

// blocked says in words why a channel must not or cannot be used for a contact;
// empty if it may. What is forbidden to one is forbidden to whoever shares the
// number or address.
func (c Case) blocked(k Contact, channel string) string { return c.barred(k, channel, false) }

// barred is blocked; where the contact's own opting out is to be confirmed to
// them, that alone is no bar.
func (c Case) barred(k Contact, channel string, confirming bool) string {
	if forbids(k.DoNot, channel) {
		return "must not be contacted by " + spoken(channel)
	}
	if forbids(c.Preference(k.ID).DoNot, channel) {
		return "asked not to be contacted by " + spoken(channel)
	}
	address := k.address(channel)
	if address == "" {
		return noAddress(channel)
	}
	if len(c.Guarded) > 0 && c.unconfirmed(k, channel, address) {
		return unconfirmed
	}
	for _, w := range c.Wishes {
		if !forbids(w.Channels, channel) || confirming && w.OptedOut && w.Contact == k.ID {
			continue
		}
		if k.ID != "" && w.Contact == k.ID {
			return "must not be contacted by " + spoken(channel) + ": unsafe, or opted out"
		}
		if shares(channel, address, w.address(channel)) {
			return "somebody with the same address must not be contacted by " + spoken(channel)
		}
	}
	for _, other := range c.Contacts {
		if confirming && other.ID == k.ID {
			continue
		}
		wished := slices.ContainsFunc(c.Wishes, func(w Wish) bool { return w.Contact == other.ID && forbids(w.Channels, channel) })
		if (wished || forbids(other.DoNot, channel)) && shares(channel, address, other.address(channel)) {
			return "somebody with the same address must not be contacted by " + spoken(channel)
		}
	}
	if i := slices.IndexFunc(k.Unusable, func(u Unusable) bool { return u.Channel == channel }); i >= 0 {
		return k.Unusable[i].Reason
	}
	return ""
}

// Forbids reports whether nothing may go by a channel to an address, for the safety
// or by the wish of somebody on the case who has it.
func (c Case) Forbids(channel, address string) bool {
	for _, k := range c.Contacts {
		if shares(channel, address, k.address(channel)) && (forbids(k.DoNot, channel) || slices.Contains(c.Unconfirmed(k), channel)) {
			return true
		}
	}
	return slices.ContainsFunc(c.Wishes, func(w Wish) bool {
		k, _ := c.Contact(w.Contact)
		return forbids(w.Channels, channel) && (shares(channel, address, w.address(channel)) || shares(channel, address, k.address(channel)))
	})
}

// EachForbidden calls fn for every address to which Forbids holds.
func (c Case) EachForbidden(fn func(channel, address string)) {
	each := func(channels []string, k Contact) {
		for _, channel := range [...]string{SMS, Email, Letter} {
			if address := k.address(channel); address != "" && forbids(channels, channel) {
				fn(channel, address)
			}
		}
	}
	for _, k := range c.Contacts {
		each(k.DoNot, k)
		each(c.Unconfirmed(k), k)
	}
	for _, w := range c.Wishes {
		k, _ := c.Contact(w.Contact)
		each(w.Channels, k)
		each(w.Channels, Contact{Mobile: w.Mobile, Email: w.Email, Postal: w.Postal})
	}
}

// Address is where a contact is reached by a channel; empty where it is not known.
func (k Contact) Address(channel string) string { return k.address(channel) }

func forbids(channels []string, channel string) bool {
	return slices.Contains(channels, Every) || slices.Contains(channels, channel)
}

func sameAddress(channel, a, b string) bool {
	if channel == Email {
		return a != "" && strings.EqualFold(a, b)
	}
	return a != "" && a == b
}

func (k Contact) address(channel string) string {
	switch channel {
	case SMS:
		return k.Mobile
	case Email:
		return k.Email
	case Letter:
		if k.Postal == "" {
			return ""
		}
		return k.Name + "\n" + k.Postal
	default:
		return ""
	}
}

// channels is the order in which to try to reach a contact: what they prefer,
// then what else may be used, a letter last; a step's own list stands as it is.
func (k Contact) channels(via Via) []string {
	if len(via.Channels) > 0 {
		return via.Channels
	}
	order := make([]string, 0, 2)
	for _, channel := range append(slices.Clone(k.Prefers), SMS, Email, Letter) {
		if (channel == SMS || channel == Email || channel == Letter && k.Postal != "") && !slices.Contains(order, channel) {
			order = append(order, channel)
		}
	}
	return order
}

func (d *decider) caseDetails(e events.Event) {
	details := data[events.CaseData](e)
	switch {
	case e.Type != events.TypeCaseOpened || d.c.State == Open:
	case d.c.State == Stopped:
		// A list that is sent again every night must not wake what was stopped.
		d.say("The case stays stopped", "only a person may decide otherwise")
	default:
		d.say("The case is open again", "it was "+string(d.c.State))
		d.c.State = Open
	}
	if details.Team != nil && *details.Team != d.c.Team {
		d.c.Team = *details.Team
		if d.c.Team != "" {
			d.say("The case is with team "+d.c.Team, "the service that keeps the cases says so")
			if _, known := d.book().Directory.Team(d.c.Team); !known {
				d.say("Team "+d.c.Team+" is not in the directory", "nobody of it can be chased; add it to the book, or correct the case")
			}
		}
	}
	if d.c.Team == "" {
		d.c.Team = Unassigned
	}
	if details.Contacts != nil {
		old := d.c.Contacts
		d.c.Contacts = nil
		for _, in := range details.Contacts {
			k := d.remembered(in, old)
			d.c.Contacts = append(d.c.Contacts, k)
			d.sayUnusable(k)
		}
		d.say("The case's contacts are "+names(d.c.Contacts), "the service that keeps the cases says so")
		d.recheck("the contacts of the case changed")
	}
	if details.Officer != nil {
		d.officerChanged(*details.Officer)
	}
	d.hearNow()
}

// names lists contacts by id.
func names(contacts []Contact) string {
	if len(contacts) == 0 {
		return "none"
	}
	ids := make([]string, len(contacts))
	for i, k := range contacts {
		ids[i] = k.ID
	}
	return strings.Join(ids, ", ")
}

func (d *decider) sayUnusable(k Contact) {
	for _, u := range k.Unusable {
		d.say("Contact "+k.ID+" cannot be reached by "+spoken(u.Channel), u.Reason)
	}
}

func (d *decider) contactDetails(e events.Event) {
	switch e.Type {
	case events.TypeContactChanged:
		changed := d.remembered(data[events.ContactChange](e), d.c.Contacts)
		i := slices.IndexFunc(d.c.Contacts, func(k Contact) bool { return k.ID == changed.ID })
		if i < 0 {
			d.c.Contacts = append(d.c.Contacts, changed)
		} else {
			d.c.Contacts[i] = changed
		}
		d.say("Contact "+changed.ID+" changed", "what was about to go to the old details is looked at again")
		d.sayUnusable(changed)
	case events.TypeContactUnsafe:
		unsafe := data[events.ContactUnsafe](e)
		d.forbid(unsafe.ID, unsafe.DoNot, "it was recorded as unsafe", false)
	case events.TypeContactOptedOut:
		d.optOut(data[events.OptedOut](e))
	case events.TypeContactOptedIn:
		d.optIn(data[events.OptedOut](e))
	case events.TypeContactWished:
		d.wished(data[events.Wished](e))
	case events.TypeContactConfirmed:
		d.confirmed(data[events.Confirmed](e))
	}
	d.recheckContact()
}

func (d *decider) recheckContact() {
	d.recheck("what may be used for the contact changed")
	d.hearNow()
}

// forbid records channels that must not be used for a contact, known or not,
// and for the number and address they have now. It is false where that was known.
func (d *decider) forbid(id string, channels []string, why string, optedOut bool) (fresh bool) {
	if len(channels) == 0 {
		channels = []string{Every}
	}
	k, _ := d.c.Contact(id)
	wish := Wish{Contact: id, Channels: channels, Mobile: k.Mobile, Email: k.Email, Postal: k.Postal, OptedOut: optedOut}
	same := func(w Wish) bool {
		return w.Contact == wish.Contact && w.OptedOut == wish.OptedOut && w.Mobile == wish.Mobile && w.Email == wish.Email && w.Postal == wish.Postal && slices.Equal(w.Channels, wish.Channels)
	}
	if !optedOut {
		d.guard(k)
	}
	if fresh = !slices.ContainsFunc(d.c.Wishes, same); fresh {
		d.c.Wishes = append(d.c.Wishes, wish)
	}
	d.say("Contact "+id+" must not be contacted by "+strings.Join(channels, ", "), why)
	return fresh
}

// recheck withdraws what may no longer go the way it was decided, and finds
// another way for it.
func (d *decider) recheck(why string) {
	d.askToConfirm()
	var again []Message
	for i := range d.c.Messages {
		m := &d.c.Messages[i]
		if m.Staff || m.To == "" {
			continue
		}
		if _, known := d.c.Contact(m.To); known {
			continue
		}
		// The same person may have come back under another id.
		if j := slices.IndexFunc(d.c.Contacts, func(k Contact) bool { return sameAddress(m.Channel, m.Address, k.address(m.Channel)) }); j >= 0 {
			m.To = d.c.Contacts[j].ID
		}
	}
	d.withdraw(why, func(m Message) bool {
		if m.Staff {
			return false
		}
		k, known := recipient(d.c, m)
		if known && d.c.barred(k, m.Channel, m.Kind == Confirmation) == "" && sameAddress(m.Channel, m.Address, k.address(m.Channel)) {
			return false
		}
		again = append(again, m)
		return true
	})
	for _, m := range again {
		k, known := recipient(d.c, m)
		for _, p := range d.serves(m) {
			if known {
				d.tellContact(p, k, m, append([]string{m.Channel}, m.Via...), false)
				continue
			}
			d.unheard(p.Key(), unheardEverybody) // hearNow finds another, or asks a person
		}
	}
}

// serves lists the open promises that a message speaks for.
func (d *decider) serves(m Message) (promises []Promise) {
	for _, key := range append([]string{m.Promise}, m.Also...) {
		if p, ok := d.c.Promise(key); ok {
			promises = append(promises, p)
		}
	}
	return promises
}

// recipient is the contact a family's message is for, as the case knows them now.
func recipient(c Case, m Message) (Contact, bool) {
	if m.To != "" {
		return c.Contact(m.To)
	}
	for _, key := range append([]string{m.Promise}, m.Also...) {
		if p, ok := c.Promise(key); ok && p.Caller != nil {
			return *p.Caller, true
		}
	}
	return Contact{}, false
}
