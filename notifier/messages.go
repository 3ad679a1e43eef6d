package notifier

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/templates"
)

// How long a message may wait to be handed over before it counts as failed.
const (
	// expiresWithAnother: another channel may still reach the recipient today.
	expiresWithAnother = 2 * time.Hour
	// expiresLast: it is the last channel; a provider's long outage is waited out.
	expiresLast = 24 * time.Hour
)

// tellFamily says something to everybody whom a promise concerns, each by the
// channels that are open to them.
func (d *decider) tellFamily(p Promise, kind Kind, words string, via Via, anytime bool, why string) {
	audience, reason := d.audience(p)
	for _, k := range audience {
		d.tellContact(p, k, Message{Kind: kind, Words: words, Anytime: anytime, Why: why}, k.channels(via), via.All)
	}
	if len(audience) == 0 {
		d.unheard(p.Key(), unheardEverybody)
		d.openTask(taskReach, reason, p.Key(), p.From)
	}
}

// audience is who hears about a promise: only the caller, only the contact who
// got in touch, or every contact who may be told.
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
	for _, k := range d.c.Contacts {
		if !d.c.mustNotHear(k) {
			audience = append(audience, k)
		}
	}
	return audience, "the case has no contact who may be told"
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
		if slices.Contains(m.Tried, channel) {
			continue
		}
		if why := d.c.blocked(k, channel); why != "" {
			tried = append(tried, channel+": "+why)
			continue
		}
		next := m
		next.Channel, next.Address, next.Language = channel, k.address(channel), k.Language
		if !all {
			next.Via = channels[i+1:]
		}
		if len(tried) > 0 {
			next.Why += "; " + strings.Join(tried, "; ")
		}
		if !d.compose(&next, d.familyValues(p, k), p) {
			tried = append(tried, channel+": the words could not be made")
			continue
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
		d.openTask(taskPhone, strings.Join(tried, "; "), p.Key(), k.ID)
	}
}

// Tasks that end by themselves once a way to the family is known.
const (
	taskPhone = "Phone the family: no message can reach them"
	taskReach = "Reach the family another way: nobody may be told"
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
		if len(p.Unheard) == 0 {
			continue
		}
		rule, ok := d.books.Version(p.Book).Rule(p.Rule)
		if !ok {
			continue
		}
		audience, _ := d.audience(p)
		for _, k := range audience {
			if !d.reachable(k) || !p.waitsFor(k) || d.isBeingTold(p, k) {
				continue
			}
			d.c.Promises[i].Unheard = slices.DeleteFunc(slices.Clone(d.c.Promises[i].Unheard), func(who string) bool {
				return who == k.ID || who == unheardEverybody || who == unheardCaller
			})
			d.c.Tasks = slices.DeleteFunc(d.c.Tasks, func(t Task) bool {
				return t.Promise == p.Key() && (t.What == taskReach || t.What == taskPhone && t.Contact == k.ID)
			})
			m := Message{Why: "a way to reach them has become known, and they have not heard yet"}
			switch late := rule.lateWords(); {
			case p.Late && late != "":
				m.Kind, m.Words = Lateness, late
			case rule.Acknowledge != nil:
				m.Kind, m.Words, m.Anytime = Acknowledgement, rule.Acknowledge.Words, rule.Acknowledge.AnyHour
			default:
				continue
			}
			d.tellContact(p, k, m, k.channels(Via{}), false)
		}
	}
	for _, p := range d.c.Promises {
		if slices.Contains(p.Unheard, unheardEverybody) {
			d.openTask(taskReach, "the case knows nobody who may be told and can be reached", p.Key(), p.From)
		}
	}
}

func (p Promise) waitsFor(k Contact) bool {
	return slices.ContainsFunc(p.Unheard, func(who string) bool {
		return who == unheardEverybody || who == unheardCaller && k.ID == "" || who == k.ID && k.ID != ""
	})
}

func (d *decider) reachable(k Contact) bool {
	return slices.ContainsFunc(k.channels(Via{}), func(channel string) bool { return d.c.blocked(k, channel) == "" })
}

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

// compose renders a message and adds it to the case. A message that says the
// same to the same address and is still waiting serves both. It is false where
// the words cannot be made: a task then asks a person to mend them.
func (d *decider) compose(m *Message, values templates.Values, p Promise) bool {
	book := d.books.Version(p.Book)
	if !book.Words.Has(m.Words, templates.Channel(m.Channel), m.Language) {
		book = d.book()
	}
	rendered, err := book.Words.Render(m.Words, templates.Channel(m.Channel), m.Language, values)
	if err != nil {
		why := "the words " + m.Words + " cannot be used for " + m.Channel
		if missing, ok := errors.AsType[*templates.Missing](err); ok {
			why = fmt.Sprintf("the words %s need a value for ((%s)), and there is none", m.Words, missing.Placeholder)
		}
		if book.Words.Has(m.Words, templates.Channel(m.Channel), m.Language) || len(m.Via) == 0 {
			d.openTask("Mend the words "+m.Words+" of the book: "+aMessage(m.Channel)+" could not be written", why, p.Key(), m.To)
		}
		return false
	}
	m.Subject, m.Body, m.Language = rendered.Subject, rendered.Body, rendered.Language
	if m.Staff {
		m.Brief = d.brief(p, values)
	}
	if i := slices.IndexFunc(d.c.Messages, func(w Message) bool {
		return w.Channel == m.Channel && w.Address == m.Address && w.Body == m.Body && w.Subject == m.Subject
	}); i >= 0 {
		same := &d.c.Messages[i]
		if m.Promise != same.Promise && !slices.Contains(same.Also, m.Promise) {
			same.Also = append(slices.Clip(same.Also), m.Promise)
		}
		d.say("No second "+m.Channel+" to the same address", "message "+same.ID+" says the same and is on its way")
		return true
	}
	m.Decided, m.NotBefore = d.now, time.Time{}
	wait := d.now
	if !m.Anytime {
		if opening := d.book().Calendar.NextOpening(d.book().ContactHours, d.now); opening.After(d.now) {
			m.NotBefore, wait = opening.UTC(), opening
		}
	}
	within := expiresLast
	if len(m.Via) > 0 && !m.All {
		within = expiresWithAnother
	}
	m.Expires = wait.Add(within)
	if !m.Anytime { // hours in which it may not go do not count against it
		if opening := d.book().Calendar.NextOpening(d.book().ContactHours, m.Expires); opening.After(m.Expires) {
			m.Expires = opening.Add(within)
		}
	}
	m.Expires = m.Expires.UTC()
	d.c.Decided++
	m.ID = fmt.Sprintf("%s-%d", d.c.Ref, d.c.Decided)
	d.c.Messages = append(d.c.Messages, *m)
	what := fmt.Sprintf("Message %s (%s, %s) decided for %s", m.ID, m.Words, m.Channel, m.recipientWords())
	why := m.Why
	if !m.NotBefore.IsZero() {
		why += "; it waits for contact hours at " + calendar.Clock(m.NotBefore, d.book().Calendar.Location) + " on " +
			calendar.DateOf(m.NotBefore, d.book().Calendar.Location).Words()
	}
	d.say(what, why)
	return true
}

func (m Message) recipientWords() string {
	switch {
	case m.Staff:
		return m.To + ", " + cmp.Or(roleWords[m.Role], m.Role)
	case m.To == "":
		return "the caller"
	default:
		return "contact " + m.To
	}
}

func aMessage(channel string) string {
	if channel == SMS {
		return "a text"
	}
	return "an " + channel
}

// withdrawFor withdraws what was still to be said for one promise. A message that
// speaks for another promise too stays, for that one.
func (d *decider) withdrawFor(key, why string, unwanted func(Message) bool) {
	for i := range d.c.Messages {
		m := &d.c.Messages[i]
		switch {
		case m.Promise == key && len(m.Also) > 0 && unwanted(*m):
			m.Promise, m.Also = m.Also[0], m.Also[1:]
			d.changed = true
		case slices.Contains(m.Also, key) && unwanted(*m):
			m.Also = slices.DeleteFunc(slices.Clone(m.Also), func(also string) bool { return also == key })
			d.changed = true
		}
	}
	d.withdraw(why, func(m Message) bool { return m.Promise == key && unwanted(m) })
}

func anything(Message) bool { return true }

// withdraw settles messages that are no longer wanted, before they are handed over.
func (d *decider) withdraw(why string, unwanted func(Message) bool) {
	d.c.Messages = slices.DeleteFunc(d.c.Messages, func(m Message) bool {
		if !unwanted(m) {
			return false
		}
		d.settled = append(d.settled, Settled{Result: Result{Message: m.ID, Status: Withdrawn, Channel: m.Channel, Reason: why, At: d.now}, To: m.To})
		d.changed = true
		return true
	})
}

// familyValues fills the placeholders of words for families. No value names the
// child, a school, a need or a decision.
func (d *decider) familyValues(p Promise, k Contact) templates.Values {
	book := d.book()
	loc := book.Calendar.Location
	values := templates.Values{
		"council": book.Council.Name, "ref": d.c.Ref, "phone": d.phone(),
		"due date": p.DueDate.Words(), "due day": p.DueDate.Short(), "due time": calendar.Clock(p.Due, loc),
		"urgent": yes(p.Urgent), "name": k.Name, "told": roleWords[d.told],
	}
	if p.Postponed != nil {
		values["reason"] = cmp.Or(p.Postponed.Reason, "No reason was recorded.")
	}
	return values
}

// staffValues fills the placeholders of words for staff: who waits, how long, what to do.
func (d *decider) staffValues(p Promise, who chased) templates.Values {
	book := d.book()
	loc := book.Calendar.Location
	officer, _ := book.Directory.Person(d.c.Officer)
	opened := calendar.DateOf(p.Opened, loc)
	values := templates.Values{
		"council": book.Council.Name, "ref": d.c.Ref, "phone": d.phone(),
		"staff name": who.person.Name, "role": d.roleValue(who),
		"officer name": officer.Name, "family": d.familyName(p),
		"enquiry channel": cmp.Or(p.Channel, "message"), "opened date": opened.Words(), "waiting": d.waiting(p),
		"due date": p.DueDate.Words(), "due day": p.DueDate.Short(), "due time": calendar.Clock(p.Due, loc),
		"urgent": yes(p.Urgent),
	}
	if p.Late {
		values["late by"] = workingDays(book.Calendar.WorkingDaysBetween(p.DueDate, d.today()))
	}
	return values
}

// roleValue reads on from "you are …".
func (d *decider) roleValue(who chased) string {
	role := cmp.Or(roleWords[who.role], "named in the council's rules") + " for this family"
	if who.covers == "" {
		return role
	}
	covered, _ := d.book().Directory.Person(who.covers)
	return "covering for " + cmp.Or(covered.Name, who.covers) + ", " + role
}

func (d *decider) waiting(p Promise) string {
	cal := d.book().Calendar
	return workingDays(cal.WorkingDaysBetween(calendar.DateOf(p.Opened, cal.Location), d.today()))
}

func workingDays(n int) string {
	switch {
	case n <= 0:
		return "less than 1 working day"
	case n == 1:
		return "1 working day"
	default:
		return fmt.Sprintf("%d working days", n)
	}
}

// familyName is who waits, for staff only.
func (d *decider) familyName(p Promise) string {
	audience, _ := d.audience(p)
	var names []string
	for _, k := range audience {
		switch {
		case k.Name != "" && k.Relationship != "":
			names = append(names, k.Name+" ("+k.Relationship+")")
		case k.Name != "":
			names = append(names, k.Name)
		}
	}
	return cmp.Or(strings.Join(names, " and "), "a family whose name is not known")
}

// brief is the line that stands for a chase in a digest.
func (d *decider) brief(p Promise, values templates.Values) string {
	state := "reply due"
	if p.Late {
		state = "late: reply was due"
	}
	return fmt.Sprintf("%s: %s, waiting %s, %s %s at %s", d.c.Ref, values["family"], values["waiting"], state, values["due date"], values["due time"])
}

func (d *decider) phone() string {
	if team, ok := d.book().Directory.Team(d.c.Team); ok && team.Phone != "" {
		return team.Phone
	}
	return d.book().Council.Phone
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// result decides what follows from what became of a message.
func (d *decider) result(r Result) {
	if r.At.IsZero() {
		r.At = d.now
	}
	i := slices.IndexFunc(d.c.Messages, func(m Message) bool { return m.ID == r.Message })
	if i < 0 {
		repeated := slices.ContainsFunc(d.c.Recent, func(h Handed) bool { return h.ID == r.Message })
		if r.Status == Sent && !repeated { // handed over while it was being withdrawn: what went out is recorded
			d.changed = true
			d.settled = append(d.settled, Settled{Result: r})
			d.say("Message "+r.Message+" had already been handed over", "it was withdrawn a moment too late")
		}
		return
	}
	d.changed = true
	m := d.c.Messages[i]
	d.c.Messages = slices.Delete(d.c.Messages, i, i+1)
	r.Channel = m.Channel
	d.settled = append(d.settled, Settled{Result: r, To: m.To})
	outcome := events.Outcome{Message: m.ID, Channel: m.Channel, Contact: m.To, ProviderID: r.Provider, Reason: r.Reason}
	outcome.Promise, outcome.Enquiry, _ = strings.Cut(m.Promise, "/")
	switch r.Status {
	case Sent:
		if r.Provider != "" && m.Channel == SMS || m.All {
			d.c.Recent = append(d.c.Recent, Handed{ID: m.ID, Provider: r.Provider, Twin: m.twin(), At: r.At})
		}
		d.tell(events.TypeMessageSent, outcome)
	case Withdrawn:
		d.say("Message "+m.ID+" was not sent", r.Reason)
	default:
		d.say("Message "+m.ID+" could not be sent by "+m.Channel, r.Reason)
		d.tell(events.TypeMessageFailed, outcome)
		d.fallOver(m, r)
	}
}

// fallOver finds the next way for what a message had to say.
func (d *decider) fallOver(m Message, r Result) {
	if !m.Staff && r.Unusable {
		if i := slices.IndexFunc(d.c.Promises, func(p Promise) bool { return p.Key() == m.Promise && p.Caller != nil }); i >= 0 && m.To == "" {
			caller := *d.c.Promises[i].Caller
			caller.Unusable = append(slices.Clip(caller.Unusable), Unusable{m.Channel, r.Reason})
			d.c.Promises[i].Caller = &caller
		}
		if i := slices.IndexFunc(d.c.Contacts, func(k Contact) bool { return k.ID == m.To && m.To != "" }); i >= 0 {
			d.c.Contacts[i].Unusable = append(d.c.Contacts[i].Unusable, Unusable{m.Channel, r.Reason})
		}
	}
	served := d.serves(m)
	if len(served) == 0 {
		return
	}
	m.Tried = append(slices.Clip(m.Tried), m.Channel)
	m.Failed = append(slices.Clip(m.Failed), "the "+m.Channel+" failed: "+r.Reason)
	if m.All && d.toldOtherwise(m) {
		return // the same is on its way, or has gone, by another channel
	}
	k, known := recipient(d.c, m)
	for _, p := range served {
		switch {
		case m.Staff:
			d.chaseAnother(p, m)
		case known:
			d.tellContact(p, k, m, append([]string{m.Channel}, m.Via...), false)
		}
	}
}

// toldOtherwise: the same words are waiting for, or have been accepted for, the same
// recipient by another channel.
func (d *decider) toldOtherwise(m Message) bool {
	return slices.ContainsFunc(d.c.Messages, func(o Message) bool {
		return o.To == m.To && o.Promise == m.Promise && o.Words == m.Words && o.Channel != m.Channel
	}) || slices.ContainsFunc(d.c.Recent, func(h Handed) bool { return h.Twin == m.twin() })
}

// twin names what messages that say the same on several channels have in common.
func (m Message) twin() string {
	if !m.All {
		return ""
	}
	return m.Promise + " " + m.To + " " + m.Words
}

// chaseAnother tells the person by their next channel, then the next rung up.
func (d *decider) chaseAnother(p Promise, m Message) {
	reason := m.To + " could not be reached: " + strings.Join(m.Failed, "; ")
	if person, ok := d.book().Directory.Person(m.To); ok && !m.All && staffChannel(person, m.Via) != "" {
		d.chasePerson(p, chased{person: person, role: m.Role, why: reason}, m.Words, m.Via, false, m.Why)
		return
	}
	from := climbFrom(m.Role)
	if slices.Contains(roles, m.Role) {
		from++
	}
	for _, role := range roles[min(from, len(roles)):] {
		via := staffChannels(Via{})
		if who, _, ok := d.reach(role, via); ok && who.person.ID != m.To {
			who.why = reason
			d.chasePerson(p, who, m.Words, via, false, m.Why)
			return
		}
	}
	d.openTask("Tell "+m.To+" that a family waits: no message reaches them", reason, p.Key(), "")
}
