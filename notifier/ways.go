package notifier

import "slices"

// Way is one way to reach a contact, and whether it may be used.
type Way struct {
	Channel string `json:"channel"`
	Address string `json:"address,omitempty"`
	// Why says in words why it must not or cannot be used; empty where it may.
	Why string `json:"why,omitempty"`
	// Cannot: nobody forbids it, but it cannot work: no address is known, or none that is
	// any good.
	Cannot bool `json:"cannot,omitempty"`
	// Unconfirmed: it changed, and waits for contact.confirmed.
	Unconfirmed bool `json:"unconfirmed,omitempty"`
	// Before is what may have been used before it changed; empty where there was nothing.
	Before string `json:"before,omitempty"`
}

// Ways says of each channel whether it may be used for a contact, as far as this case
// knows: another case with the same address may forbid it too. Texts and emails are
// always there; what Hearback knows no address for only where it must not be used.
func (c Case) Ways(k Contact) (ways []Way) {
	for _, channel := range [...]string{SMS, Email, Call, Voicemail, Letter} {
		way := Way{Channel: channel, Address: k.address(channel), Unconfirmed: slices.Contains(c.Unconfirmed(k), channel)}
		way.Why, way.Cannot = c.whyNot(k, channel)
		if way.Unconfirmed {
			g := c.Guarded[c.guarded(k.ID)]
			way.Before = Contact{Name: k.Name, Mobile: g.Mobile, Email: g.Email, Postal: g.Postal}.address(channel)
		}
		if way.Address != "" || way.Why != "" {
			ways = append(ways, way)
		}
	}
	return ways
}

// spoken is a channel as people say it.
func spoken(channel string) string {
	if channel == SMS {
		return "text"
	}
	return channel
}

// noAddress says that a contact has nothing that a channel could use.
func noAddress(channel string) string {
	switch channel {
	case SMS:
		return "no mobile number is known"
	case Letter:
		return "no postal address is known"
	default:
		return "no " + channel + " address is known"
	}
}

// whyNot says what blocked says, more closely.
func (c Case) whyNot(k Contact, channel string) (why string, cannot bool) {
	wished := func(optedOut bool) bool {
		return slices.ContainsFunc(c.Wishes, func(w Wish) bool {
			return k.ID != "" && w.Contact == k.ID && w.OptedOut == optedOut && forbids(w.Channels, channel)
		})
	}
	blocked := c.blocked(k, channel)
	switch {
	case forbids(k.DoNot, channel):
		return "the service that keeps the case says so", false
	case wished(false):
		return "it was recorded as not safe", false
	case slices.Contains(c.Unconfirmed(k), channel):
		return unconfirmed, false
	case wished(true):
		return "they opted out", false
	case forbids(c.Preference(k.ID).DoNot, channel):
		return "they asked us not to", false
	case k.address(channel) == "" && (channel == SMS || channel == Email):
		return blocked, true
	case k.address(channel) == "":
		return "", false
	case blocked == "somebody with the same address must not be contacted by "+spoken(channel):
		return "somebody with the same number or address must not be contacted there", false
	}
	return blocked, slices.ContainsFunc(k.Unusable, func(u Unusable) bool { return u.Channel == channel && u.Reason == blocked })
}
