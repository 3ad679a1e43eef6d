package notifier

import (
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier/keyword"
	"hearback/templates"
)

// optOut records that a contact wants nothing more by a channel, and confirms it
// once unless the provider has done so.
func (d *decider) optOut(out events.OptedOut) {
	if !d.forbid(out.Contact, []string{out.Channel}, "the contact opted out", true) {
		return // known already, and confirmed then
	}
	if !out.Told {
		d.confirm(out.Contact, out.Channel, out.Address, templates.OptedOut, "the contact opted out, and hears once that it was recorded")
	}
	d.askHow(out.Contact)
}

// askHow asks a person how a contact wants to be reached where no way is left, or
// none but letters that they did not ask for.
func (d *decider) askHow(id string) {
	k, known := d.c.Contact(id)
	if !known || d.quickly(k) || d.c.State == Stopped {
		return
	}
	why := "they opted out of the last way that messages could take"
	if d.byLetter(k) {
		why = "they opted out of every way but letters, which take days"
	}
	d.openTask(taskAskHow, why, "", id)
}

const taskAskHow = "Ask the family how they want to hear from us"

// optIn takes back an opt-out, and nothing that is unsafe.
func (d *decider) optIn(in events.OptedOut) {
	lifted := false
	d.c.Wishes = slices.DeleteFunc(slices.Clone(d.c.Wishes), func(w Wish) bool {
		match := w.OptedOut && w.Contact == in.Contact && (in.Channel == Every || slices.Contains(w.Channels, in.Channel))
		lifted = lifted || match
		return match
	})
	if i := slices.IndexFunc(d.c.Contacts, func(k Contact) bool { return k.ID == in.Contact }); i >= 0 && lifted {
		// What the provider refused because of it may work again.
		k := &d.c.Contacts[i]
		faults := misspelt(*k)
		k.Unusable = slices.DeleteFunc(slices.Clone(k.Unusable), func(u Unusable) bool {
			return (in.Channel == Every || u.Channel == in.Channel) && !slices.Contains(faults, u)
		})
	}
	if !lifted {
		d.say("Contact "+in.Contact+" asked for messages by "+spoken(in.Channel), "they had not opted out, so nothing changed")
		return
	}
	d.say("Contact "+in.Contact+" may be contacted by "+spoken(in.Channel)+" again", "the contact asked for it")
	d.c.Tasks = slices.DeleteFunc(d.c.Tasks, func(t Task) bool { return t.What == taskAskHow && t.Contact == in.Contact })
	if !in.Told {
		d.confirm(in.Contact, in.Channel, in.Address, templates.OptedIn, "the contact opted in, and hears once that it was recorded")
	}
}

// callerWishes takes the wish of somebody who is not on the case, for the address
// they wrote from.
func (d *decider) callerWishes(kind keyword.Kind, channel string, k Contact) {
	theirs := func(w Wish) bool {
		return w.OptedOut && w.Contact == unheardCaller && slices.Contains(w.Channels, channel) &&
			sameAddress(channel, k.address(channel), Contact{Mobile: w.Mobile, Email: w.Email}.address(channel))
	}
	switch known := slices.ContainsFunc(d.c.Wishes, theirs); {
	case kind == keyword.Stop && !known:
		d.c.Wishes = append(d.c.Wishes, Wish{Contact: unheardCaller, Channels: []string{channel}, Mobile: k.Mobile, Email: k.Email, OptedOut: true})
		d.say("The caller must not be contacted by "+spoken(channel), "they opted out")
	case kind == keyword.Start && known:
		d.c.Wishes = slices.DeleteFunc(slices.Clone(d.c.Wishes), theirs)
		d.say("The caller may be contacted by "+spoken(channel)+" again", "they asked for it")
	default:
		return
	}
	d.recheckContact()
}

// confirm answers a keyword by the way it came, to the address it came from.
func (d *decider) confirm(id, channel, address, words, why string) {
	k, known := d.c.Contact(id)
	address = spelled(channel, address)
	if !known || d.c.State == Stopped || channel != SMS && channel != Email {
		return
	}
	if address != "" && !sameAddress(channel, address, k.address(channel)) {
		d.say("Nothing was confirmed to contact "+id, "they wrote from an address that the case does not have")
		return
	}
	if why := d.c.barred(k, channel, true); why != "" {
		d.say("Nothing was confirmed to contact "+id, why)
		return
	}
	d.write(k, Message{Kind: Confirmation, Channel: channel, Words: words, Anytime: true, Why: why})
}

// wished records how a contact wants to be reached.
func (d *decider) wished(w events.Wished) {
	i := slices.IndexFunc(d.c.Preferences, func(p Preference) bool { return p.Contact == w.Contact })
	if i < 0 {
		i = len(d.c.Preferences)
		d.c.Preferences = append(d.c.Preferences, Preference{Contact: w.Contact})
	}
	p := &d.c.Preferences[i]
	var said []string
	if len(w.Prefers) > 0 {
		p.Prefers = w.Prefers
		said = append(said, "first by "+strings.Join(w.Prefers, ", then by "))
	}
	if w.Language != "" {
		p.Language = w.Language
		said = append(said, "in the language "+w.Language)
	}
	if w.DoNot != nil {
		p.DoNot = w.DoNot
		said = append(said, "not by "+strings.Join(w.DoNot, ", "))
		if len(w.DoNot) == 0 {
			said[len(said)-1] = "by any channel"
		}
	}
	switch w.Hours {
	case "":
	case events.AnyHour:
		p.Hours = ""
		said = append(said, "at any contact hour")
	default:
		p.Hours = w.Hours
		said = append(said, "at "+w.Hours)
	}
	d.say("Contact "+w.Contact+" said how to reach them", strings.Join(said, "; "))
	d.askHow(w.Contact)
}

// Preference is how a contact asked to be reached; the zero value is no wish.
func (c Case) Preference(id string) Preference {
	if i := slices.IndexFunc(c.Preferences, func(p Preference) bool { return p.Contact == id && id != "" }); i >= 0 {
		return c.Preferences[i]
	}
	return Preference{}
}

// language is the one to write to a contact in.
func (c Case) language(k Contact) string {
	if own := c.Preference(k.ID).Language; own != "" {
		return own
	}
	return k.Language
}

// order is the channels to try for a contact: a step's own list, else what the
// contact asked for, else what the case says they prefer.
func (c Case) order(k Contact, via Via) []string {
	if own := c.Preference(k.ID).Prefers; len(own) > 0 {
		k.Prefers = own
	}
	return k.channels(via)
}

// opening is when a contact may first be written to from now on: within the
// book's contact hours and within the hours that they asked for. A contact whose
// hours never meet the book's is written to in the book's.
func (c Case) opening(k Contact, book *Book, now time.Time) time.Time {
	from, to, limited := events.SpanOf(c.Preference(k.ID).Hours)
	at := book.Calendar.NextOpening(book.ContactHours, now)
	if !limited {
		return at
	}
	for range 30 {
		local := at.In(book.Calendar.Location)
		midnight := func(days int) time.Time {
			return time.Date(local.Year(), local.Month(), local.Day()+days, 0, 0, 0, 0, book.Calendar.Location)
		}
		clock := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second
		wanted := at
		switch {
		case clock < from:
			wanted = atClock(midnight(0), from)
		case clock >= to:
			wanted = atClock(midnight(1), from)
		}
		next := book.Calendar.NextOpening(book.ContactHours, wanted)
		if next.Equal(at) {
			return at
		}
		at = next
	}
	return book.Calendar.NextOpening(book.ContactHours, now)
}

// atClock is a time of day as clocks show it, also on the days they change.
func atClock(midnight time.Time, clock time.Duration) time.Time {
	return time.Date(midnight.Year(), midnight.Month(), midnight.Day(), int(clock.Hours()), int(clock.Minutes())%60, 0, 0, midnight.Location())
}
