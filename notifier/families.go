package notifier

import (
	"slices"
	"strings"

	"hearback/templates"
)

// tellFamily says something to everybody whom a promise concerns, each by the
// channels that are open to them.
func (d *decider) tellFamily(p Promise, kind Kind, words string, via Via, anytime bool, why string) {
	if p.Task != "" {
		return
	}
	audience, reason := d.audience(p)
	for _, k := range audience {
		d.tellContact(p, k, Message{Kind: kind, Words: words, Anytime: anytime, Why: why}, d.c.order(k, via), via.All)
	}
	if len(audience) == 0 {
		d.unheard(p.Key(), unheardEverybody)
		d.openTask(d.toReach(p), reason, p.Key(), p.From)
	}
}

// audience is who hears about a promise: only the caller, only the contact who
// got in touch, or every contact who may be told where it is no private matter.
func (d *decider) audience(p Promise) (audience []Contact, reason string) {
	if p.Caller != nil {
		return []Contact{*p.Caller}, ""
	}
	if p.From != "" {
		if k, ok := d.c.Contact(p.From); ok {
			return []Contact{k}, ""
		}
		return nil, "the enquiry came from contact " + p.From + ", whom the case does not know"
	}
	if d.nameless(p) {
		return nil, "nobody is named who sent it, and only they may hear of it"
	}
	for _, k := range d.c.Contacts {
		if !d.c.mustNotHear(k) {
			audience = append(audience, k)
		}
	}
	return audience, "the case has no contact who may be told"
}

// nameless is true of a private matter of which nobody says whose it is.
func (d *decider) nameless(p Promise) bool {
	rule, _ := d.books.Version(p.Book).Rule(p.Rule)
	return rule.Private && p.From == "" && p.Caller == nil
}

// toReach is what a person must do where a promise has nobody who may be told.
func (d *decider) toReach(p Promise) string {
	if d.nameless(p) {
		return taskWhose
	}
	return taskReach
}

// mustNotHear is true of a contact to whom nothing at all may be said.
func (c Case) mustNotHear(k Contact) bool {
	return slices.Contains(k.DoNot, Every) || slices.ContainsFunc(c.Wishes, func(w Wish) bool {
		return w.Contact == k.ID && slices.Contains(w.Channels, Every)
	})
}

// tellContact decides one message by the first of the channels that works, or
// by every one that works. Where none does, a person is asked to.
func (d *decider) tellContact(p Promise, k Contact, m Message, channels []string, all bool) {
	tried := slices.Clone(m.Failed)
	decided := false
	m.Promise, m.Also, m.To, m.Tried, m.All = p.Key(), nil, k.ID, slices.Clip(m.Tried), all
	for i, channel := range channels {
		if slices.Contains(m.Tried, channel) || channel == Letter && i > 0 && decided {
			continue // where something faster goes, a letter has nothing to add
		}
		if why := d.c.blocked(k, channel); why != "" {
			tried = append(tried, spoken(channel)+": "+why)
			continue
		}
		next := m
		next.Channel, next.Address, next.Language = channel, k.address(channel), d.c.language(k)
		if !all {
			next.Via = channels[i+1:]
		}
		for _, why := range tried {
			if !strings.Contains(next.Why, why) { // an earlier way's reason stands there
				next.Why += "; " + why
			}
		}
		if !d.hasWords(next, p) {
			tried = append(tried, spoken(channel)+": the book has no words "+m.Words+" for it")
			continue
		}
		if d.posted(next) {
			d.say("No second letter to "+next.recipientWords(), "one with the same news is on its way since less than a day")
		} else if !d.compose(&next, func(language string) templates.Values { return d.familyValues(p, k, language) }, p) {
			tried = append(tried, spoken(channel)+": the words could not be made")
			continue
		}
		if channel == Letter && i > 0 {
			d.phoneToo(p.Key(), k.ID, tried)
		}
		if decided = true; !all {
			return
		}
	}
	if !decided {
		who := k.ID
		if who == "" {
			who = unheardCaller
		}
		d.unheard(p.Key(), who)
		d.dropTask(taskLetter, p.Key(), k.ID)
		d.openTask(taskPhone, strings.Join(tried, "; "), p.Key(), k.ID)
	}
}

// Tasks that end by themselves once a way to the family is known.
const (
	taskPhone  = "Phone the family: no message can reach them"
	taskLetter = "Phone the family: only a letter can reach them, and it takes days"
	taskReach  = "Reach the family another way: nobody may be told"
	taskWhose  = "Find out who sent it, and tell them and nobody else"
)

// unheard notes that somebody whom a promise concerns has not heard.
func (d *decider) unheard(key, who string) {
	d.silent = append(d.silent, [2]string{key, who})
}

// noteUnheard writes into the promises who has not heard.
func (d *decider) noteUnheard() {
	for i := range d.c.Promises {
		p := &d.c.Promises[i]
		for _, s := range d.silent {
			if s[0] == p.Key() && !slices.Contains(p.Unheard, s[1]) {
				p.Unheard = append(slices.Clip(p.Unheard), s[1])
			}
		}
	}
	d.silent = nil
}

// hearNow tells those who could not be reached before, once the case knows more
// of how to reach them: an enquiry may come in before the case is opened.
func (d *decider) hearNow() {
	d.noteUnheard()
	for i := range d.c.Promises {
		p := d.c.Promises[i]
		rule, ok := d.books.Version(p.Book).Rule(p.Rule)
		if !ok {
			continue
		}
		audience, _ := d.audience(p)
		for _, k := range audience {
			waits := p.waitsFor(k) && d.reachable(k) || d.hasLetterOnly(p, k) && d.atOnce(k)
			m, said := p.standing(rule)
			if !waits || !said || d.isBeingTold(p, k) {
				continue
			}
			quickly := d.quickly(k)
			d.c.Promises[i].Unheard = slices.DeleteFunc(slices.Clone(d.c.Promises[i].Unheard), func(who string) bool {
				return who == k.ID || who == unheardEverybody || who == unheardCaller
			})
			d.c.Tasks = slices.DeleteFunc(d.c.Tasks, func(t Task) bool {
				return t.Promise == p.Key() && (t.What == taskReach || quickly && (t.What == taskPhone || t.What == taskLetter) && t.Contact == k.ID)
			})
			m.Why = "a way to reach them has become known, and they have not heard yet"
			m.Anytime = m.Anytime && d.now.Sub(p.Opened) <= stillAtOnce
			d.tellContact(p, k, m, d.c.order(k, rule.by()), false)
		}
	}
	for _, p := range d.c.Promises {
		if slices.Contains(p.Unheard, unheardEverybody) && !d.nameless(p) { // no news of the case says who it was
			d.openTask(taskReach, "the case knows nobody who may be told and can be reached", p.Key(), p.From)
		}
	}
}

// by is how a family hears what no one wrote by hand: formally where the matter is
// private, and else as each prefers.
func (r Rule) by() Via {
	if r.Private {
		return byEmailFirst
	}
	return Via{}
}

// standing is the message that tells a family how a promise stands now; false where
// its rule has no words for that.
func (p Promise) standing(rule Rule) (Message, bool) {
	late := rule.lateWords()
	switch {
	case p.Late && late != "":
		return Message{Kind: Lateness, Words: late}, true
	case rule.Acknowledge != nil:
		return Message{Kind: Acknowledgement, Words: rule.Acknowledge.Words, Anytime: rule.Acknowledge.AnyHour}, true
	default:
		return Message{}, false
	}
}

func (p Promise) waitsFor(k Contact) bool {
	return slices.ContainsFunc(p.Unheard, func(who string) bool {
		return who == unheardEverybody || who == unheardCaller && k.ID == "" || who == k.ID && k.ID != ""
	})
}

func (d *decider) reachable(k Contact) bool { return d.quickly(k) || d.byLetter(k) }

// isBeingTold: a message about the promise is already on its way to them.
func (d *decider) isBeingTold(p Promise, k Contact) bool {
	return slices.ContainsFunc(d.c.Messages, func(m Message) bool {
		return !m.Staff && m.To == k.ID && (m.Promise == p.Key() || slices.Contains(m.Also, p.Key()))
	})
}

// lateWords are the words with which a rule tells a family that it is late.
func (r Rule) lateWords() string {
	for _, s := range r.Steps {
		if s.TellFamily != "" {
			return s.TellFamily
		}
	}
	return ""
}
