package notifier

import (
	"cmp"
	"slices"
	"strings"

	"hearback/events"
)

// unconfirmed says why a channel is not used whose number or address changed.
const unconfirmed = "it changed, and nobody has made sure yet that it is the contact's: they may be in danger"

// TaskConfirm is what is asked of a person where a number or address changed.
const TaskConfirm = "Ask the contact in a safe way whether the new number or address is theirs"

// remembered is a contact as an event gives it, with what was learned of them before:
// what is known of an address that has not changed, and that somebody may come to
// harm. Silence about danger does not lift it.
func (d *decider) remembered(in events.Contact, old []Contact) Contact {
	k := contact(in)
	i := slices.IndexFunc(old, func(o Contact) bool { return o.ID == k.ID })
	if i < 0 {
		return k
	}
	before := old[i]
	k.Told = before.Told
	for _, u := range before.Unusable {
		known := slices.ContainsFunc(k.Unusable, func(n Unusable) bool { return n.Channel == u.Channel })
		if !known && sameAddress(u.Channel, k.address(u.Channel), before.address(u.Channel)) {
			k.Unusable = append(k.Unusable, u)
		}
	}
	if in.SafeContact == nil {
		k.Safe = before.Safe
	}
	for _, channel := range [...]string{SMS, Email, Letter} {
		now := k.address(channel)
		switch {
		case now == "":
		case unchanged(channel, now, before.address(channel)):
			if slices.Contains(before.Unconfirmed, channel) {
				k.Unconfirmed = append(k.Unconfirmed, channel)
			}
		case k.Safe || before.Safe || d.inDanger(k.ID):
			k.Unconfirmed = append(k.Unconfirmed, channel)
		}
	}
	return k
}

// unchanged reports whether two addresses are one. A letter to the same home is, whoever
// it is to and however it is spelled.
func unchanged(channel, a, b string) bool { return sameAddress(channel, a, b) || shares(channel, a, b) }

// inDanger: something was recorded as unsafe for the contact, by somebody else than
// themselves.
func (d *decider) inDanger(id string) bool {
	return slices.ContainsFunc(d.c.Wishes, func(w Wish) bool { return w.Contact == id && !w.OptedOut })
}

// askToConfirm opens a task for every contact whose number or address waits to be
// confirmed, and ends those that nothing waits for any more.
func (d *decider) askToConfirm() {
	d.c.Tasks = slices.DeleteFunc(d.c.Tasks, func(t Task) bool {
		k, _ := d.c.Contact(t.Contact)
		over := t.What == TaskConfirm && len(k.Unconfirmed) == 0
		if over {
			d.say("Task "+t.ID+" ended", "nothing of contact "+t.Contact+" waits to be confirmed any more")
		}
		return over
	})
	for _, k := range d.c.Contacts {
		open := slices.ContainsFunc(d.c.Tasks, func(t Task) bool { return t.What == TaskConfirm && t.Contact == k.ID })
		if len(k.Unconfirmed) > 0 && !open {
			d.openTask(TaskConfirm, "they may be in danger, and nothing goes there until somebody has made sure", "", k.ID)
		}
	}
}

// confirmed takes it that a person has made sure of a changed number or address.
func (d *decider) confirmed(said events.Confirmed) {
	i := slices.IndexFunc(d.c.Contacts, func(k Contact) bool { return k.ID == said.Contact })
	if i < 0 {
		d.say("Contact "+said.Contact+" was confirmed, but the case does not know them", "nothing changed")
		return
	}
	k := &d.c.Contacts[i]
	by := cmp.Or(said.By, "somebody")
	for _, channel := range slices.Clone(k.Unconfirmed) {
		if said.Channel != Every && said.Channel != channel {
			continue
		}
		given := said.Address
		switch {
		case given == "":
		case channel == SMS:
			given = contact(events.Contact{Mobile: given}).Mobile
		case channel == Letter: // on one line, as an event holds it
			given = k.Name + "\n" + strings.ReplaceAll(given, ",", "\n")
		}
		if given != "" && !unchanged(channel, given, k.address(channel)) {
			d.say("Nothing was confirmed for contact "+k.ID, "it has changed again since "+by+" asked")
			continue
		}
		k.Unconfirmed = slices.DeleteFunc(k.Unconfirmed, func(c string) bool { return c == channel })
		d.say("Contact "+k.ID+" may be reached by "+channel, by+" has made sure that it is theirs")
	}
}
