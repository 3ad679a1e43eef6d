package notifier

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"hearback/events"
)

// unconfirmed says why a channel is not used whose number or address changed.
const unconfirmed = "it changed, and nobody has made sure yet that it is the contact's: they may be in danger"

// TaskConfirm is what is asked of a person where a number or address changed.
const TaskConfirm = "Ask the contact in a safe way whether the new number or address is theirs"

// Guarded is a contact who may come to harm if a message goes astray, with the number
// and addresses that may be used for them.
type Guarded struct {
	Contact string `json:"contact"`
	Mobile  string `json:"mobile,omitempty"`
	Email   string `json:"email,omitempty"`
	Postal  string `json:"postal,omitempty"`
}

// Unconfirmed lists the channels whose number or address changed for a contact who may
// come to harm, and that are not used until a person has made sure that it is theirs.
func (c Case) Unconfirmed(k Contact) (channels []string) {
	i := c.guarded(k.ID)
	if i < 0 {
		return nil
	}
	g := c.Guarded[i]
	for _, channel := range [...]string{SMS, Email, Letter} {
		good := Contact{Mobile: g.Mobile, Email: g.Email, Postal: g.Postal}.address(channel)
		if now := k.address(channel); now != "" && !unchanged(channel, now, good) {
			channels = append(channels, channel)
		}
	}
	return channels
}

// unconfirmed reports whether an address waits to be confirmed for the contact, or, for
// somebody who is not on the case, for anybody.
func (c Case) unconfirmed(k Contact, channel, address string) bool {
	return slices.ContainsFunc(c.Contacts, func(other Contact) bool {
		return (k.ID == "" || other.ID == k.ID) && shares(channel, address, other.address(channel)) && slices.Contains(c.Unconfirmed(other), channel)
	})
}

// guarded is where a contact stands among those who may come to harm; -1: they do not.
func (c Case) guarded(id string) int {
	return slices.IndexFunc(c.Guarded, func(g Guarded) bool { return id != "" && g.Contact == id })
}

// unchanged reports whether two addresses are the same. A letter's is compared without
// the name, letter by letter: another flat in the same street is another address.
func unchanged(channel, a, b string) bool {
	if channel != Letter {
		return sameAddress(channel, a, b)
	}
	_, a, _ = strings.Cut(a, "\n")
	_, b, _ = strings.Cut(b, "\n")
	return plainly(a) != "" && plainly(a) == plainly(b)
}

// plainly keeps letters and digits alone.
func plainly(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// remembered is a contact as an event gives it, with what was learned of them before:
// what is known of an address that has not changed, and that somebody may come to
// harm. Silence about danger does not lift it, nor about what must not be used, nor does
// a list that lacks the contact.
func (d *decider) remembered(in events.Contact, old []Contact) Contact {
	k := contact(in)
	before, known := k, false
	if i := slices.IndexFunc(old, func(o Contact) bool { return o.ID == k.ID }); i >= 0 {
		before, known = old[i], true
	}
	if known {
		k.Told = before.Told
		if in.DoNot == nil {
			k.DoNot = before.DoNot
		}
		for _, u := range before.Unusable {
			again := slices.ContainsFunc(k.Unusable, func(n Unusable) bool { return n.Channel == u.Channel })
			if !again && sameAddress(u.Channel, k.address(u.Channel), before.address(u.Channel)) {
				k.Unusable = append(k.Unusable, u)
			}
		}
	}
	switch danger := d.inDanger(k.ID); {
	case danger || in.SafeContact != nil && *in.SafeContact:
		d.guard(before)
	case in.SafeContact != nil && len(d.c.Unconfirmed(k)) == 0:
		d.c.Guarded = slices.DeleteFunc(slices.Clone(d.c.Guarded), func(g Guarded) bool { return g.Contact == k.ID })
	}
	return k
}

// guard notes the number and addresses of a contact who may come to harm, as those that
// may be used. Whoever is guarded already stays so.
func (d *decider) guard(k Contact) {
	if k.ID != "" && d.c.guarded(k.ID) < 0 {
		d.c.Guarded = append(slices.Clip(d.c.Guarded), Guarded{Contact: k.ID, Mobile: k.Mobile, Email: k.Email, Postal: k.Postal})
	}
}

// inDanger: something was recorded as unsafe for the contact, by somebody else than
// themselves.
func (d *decider) inDanger(id string) bool {
	return slices.ContainsFunc(d.c.Wishes, func(w Wish) bool { return w.Contact == id && !w.OptedOut })
}

// askToConfirm opens a task for every contact whose number or address waits to be
// confirmed, and ends those that nothing waits for any more.
func (d *decider) askToConfirm() {
	d.c.Tasks = slices.DeleteFunc(d.c.Tasks, func(t Task) bool {
		k, known := d.c.Contact(t.Contact)
		over := t.What == TaskConfirm && known && len(d.c.Unconfirmed(k)) == 0
		if over {
			d.say("Task "+t.ID+" ended", "nothing of contact "+t.Contact+" waits to be confirmed any more")
		}
		return over
	})
	for _, k := range d.c.Contacts {
		open := slices.ContainsFunc(d.c.Tasks, func(t Task) bool { return t.What == TaskConfirm && t.Contact == k.ID })
		if !open && len(d.c.Unconfirmed(k)) > 0 {
			d.openTask(TaskConfirm, "they may be in danger, and nothing goes there until somebody has made sure", "", k.ID)
		}
	}
}

// confirmed takes it that a person has made sure of a changed number or address. A postal
// address is given without the name.
func (d *decider) confirmed(said events.Confirmed) {
	k, known := d.c.Contact(said.Contact)
	if !known {
		d.say("Contact "+said.Contact+" was confirmed, but the case does not know them", "nothing changed")
		return
	}
	by := cmp.Or(said.By, "somebody")
	for _, channel := range d.c.Unconfirmed(k) {
		if said.Channel != Every && said.Channel != channel {
			continue
		}
		given := said.Address
		switch {
		case given == "":
			given = k.address(channel)
		case channel == SMS:
			given = contact(events.Contact{Mobile: given}).Mobile
		case channel == Letter:
			given = k.Name + "\n" + given
		}
		if !unchanged(channel, given, k.address(channel)) {
			d.say("Nothing was confirmed for contact "+k.ID, "it has changed again since "+by+" asked")
			continue
		}
		d.c.Guarded = slices.Clone(d.c.Guarded)
		g := &d.c.Guarded[d.c.guarded(k.ID)]
		switch channel {
		case SMS:
			g.Mobile = k.Mobile
		case Email:
			g.Email = k.Email
		default:
			g.Postal = k.Postal
		}
		d.say("Contact "+k.ID+" may be reached by "+spoken(channel), by+" has made sure that it is theirs")
	}
}
