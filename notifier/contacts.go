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
	if c.Mobile != "" {
		number, err := phone.Mobile(c.Mobile)
		if err != nil {
			c.Unusable = append(c.Unusable, Unusable{SMS, err.Error()})
		} else {
			c.Mobile = string(number)
		}
	}
	if c.Email != "" && !plausibleEmail(c.Email) {
		c.Unusable = append(c.Unusable, Unusable{Email, "this is not an email address; ask the family for it"})
	}
	return c
}

// plausibleEmail keeps out what no mail server would take; only a delivery proves the rest.
func plausibleEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && len(s) <= 320 && strings.Contains(domain, ".") && !strings.Contains(s, "..") &&
		!strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".") && !strings.ContainsAny(s, " \t\r\n\"<>,;:()[]\\") && strings.Count(s, "@") == 1
}

// blocked says in words why a channel must not or cannot be used for a contact; empty if it may.
func (k Contact) blocked(channel string) string {
	switch {
	case slices.Contains(k.DoNot, Every):
		return "must not be contacted"
	case slices.Contains(k.DoNot, channel):
		return "must not be contacted by " + channel
	case k.address(channel) == "":
		return "no " + channel + " address is known"
	}
	if i := slices.IndexFunc(k.Unusable, func(u Unusable) bool { return u.Channel == channel }); i >= 0 {
		return k.Unusable[i].Reason
	}
	return ""
}

func (k Contact) address(channel string) string {
	switch channel {
	case SMS:
		return k.Mobile
	case Email:
		return k.Email
	default:
		return ""
	}
}

// channels is the order in which to try to reach a contact: what they prefer,
// then what else may be used; a step's own list stands as it is.
func (k Contact) channels(via Via) []string {
	if len(via.Channels) > 0 {
		return via.Channels
	}
	order := make([]string, 0, 2)
	for _, channel := range append(slices.Clone(k.Prefers), SMS, Email) {
		if (channel == SMS || channel == Email) && !slices.Contains(order, channel) {
			order = append(order, channel)
		}
	}
	return order
}

func (d *decider) caseDetails(e events.Event) {
	details := data[events.CaseData](e)
	if e.Type == events.TypeCaseOpened && d.c.State != Open {
		d.say("The case is open again", "it was "+string(d.c.State))
		d.c.State = Open
	}
	if details.Team != nil {
		d.c.Team = *details.Team
	}
	if d.c.Team == "" {
		d.c.Team = Unassigned
	}
	if details.Contacts != nil {
		d.c.Contacts = nil
		for _, k := range details.Contacts {
			d.c.Contacts = append(d.c.Contacts, contact(k))
			d.sayUnusable(d.c.Contacts[len(d.c.Contacts)-1])
		}
		d.recheck("the contacts of the case changed")
	}
	if details.Officer != nil {
		d.officerChanged(*details.Officer)
	}
	d.hearNow()
}

func (d *decider) sayUnusable(k Contact) {
	for _, u := range k.Unusable {
		d.say("Contact "+k.ID+" cannot be reached by "+u.Channel, u.Reason)
	}
}

func (d *decider) contactDetails(e events.Event) {
	switch e.Type {
	case events.TypeContactChanged:
		changed := contact(events.Contact(data[events.ContactChange](e)))
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
		d.forbid(unsafe.ID, unsafe.DoNot, "it was recorded as unsafe")
	case events.TypeContactOptedOut:
		out := data[events.OptedOut](e)
		d.forbid(out.Contact, []string{out.Channel}, "the contact opted out")
	}
	d.recheck("what may be used for the contact changed")
	d.hearNow()
}

// forbid adds channels that must not be used for a contact. An unknown contact
// is recorded too, so that what is said of it later cannot make it safe again.
func (d *decider) forbid(id string, channels []string, why string) {
	if len(channels) == 0 {
		channels = []string{Every}
	}
	i := slices.IndexFunc(d.c.Contacts, func(k Contact) bool { return k.ID == id })
	if i < 0 {
		d.c.Contacts = append(d.c.Contacts, Contact{ID: id})
		i = len(d.c.Contacts) - 1
	}
	for _, channel := range channels {
		if !slices.Contains(d.c.Contacts[i].DoNot, channel) {
			d.c.Contacts[i].DoNot = append(d.c.Contacts[i].DoNot, channel)
		}
	}
	d.say("Contact "+id+" must not be contacted by "+strings.Join(channels, ", "), why)
}

// recheck withdraws what may no longer go the way it was decided, and finds another way for it.
func (d *decider) recheck(why string) {
	var again []Message
	d.withdraw(why, func(m Message) bool {
		if m.Staff {
			return false
		}
		k, known := d.recipient(m)
		if known && k.blocked(m.Channel) == "" && k.address(m.Channel) == m.Address {
			return false
		}
		if known {
			again = append(again, m)
		}
		return true
	})
	for _, m := range again {
		if p, ok := d.c.Promise(m.Promise); ok {
			k, _ := d.recipient(m)
			d.tellContact(p, k, m, append([]string{m.Channel}, m.Via...), false)
		}
	}
}

// recipient is the contact a family's message is for, as the case knows them now.
func (d *decider) recipient(m Message) (Contact, bool) { return recipient(d.c, m) }

func recipient(c Case, m Message) (Contact, bool) {
	if m.To != "" {
		return c.Contact(m.To)
	}
	p, ok := c.Promise(m.Promise)
	if !ok || p.Caller == nil {
		return Contact{}, false
	}
	return c.stricter(*p.Caller), true
}

// stricter forbids a caller what the case forbids to a contact of the same
// number or address.
func (c Case) stricter(caller Contact) Contact {
	for _, k := range c.Contacts {
		if k.Mobile != "" && k.Mobile == caller.Mobile || k.Email != "" && strings.EqualFold(k.Email, caller.Email) {
			caller.DoNot = append(slices.Clip(caller.DoNot), k.DoNot...)
			caller.Unusable = append(slices.Clip(caller.Unusable), k.Unusable...)
		}
	}
	return caller
}
