package notifier

import (
	"slices"
	"strings"
	"time"

	"hearback/events"
)

// result decides what follows from what became of a message.
func (d *decider) result(r Result) {
	if r.At.IsZero() {
		r.At = d.now
	}
	if r.Asked {
		d.cameOf(r)
		return
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
			handed := Handed{ID: m.ID, Provider: r.Provider, Twin: m.twin(), At: r.At}
			if m.Kind == Answer {
				handed.Answered = m.To
			}
			d.c.Recent = append(d.c.Recent, handed)
		}
		d.await(m, r)
		d.asked(m, r.At)
		if i := slices.IndexFunc(d.c.Contacts, func(k Contact) bool { return !m.Staff && m.To != "" && k.ID == m.To }); i >= 0 {
			d.c.Contacts[i].Told = r.At.Truncate(time.Second)
		}
		if i := slices.IndexFunc(d.c.Promises, func(p Promise) bool { return !m.Staff && m.To == "" && p.Key() == m.Promise && p.Caller != nil }); i >= 0 {
			caller := *d.c.Promises[i].Caller
			caller.Told = r.At.Truncate(time.Second)
			d.c.Promises[i].Caller = &caller
		}
		d.tell(events.TypeMessageSent, outcome)
	case Withdrawn:
		d.say("Message "+m.ID+" was not sent", r.Reason)
	default:
		d.say("Message "+m.ID+" could not be sent by "+spoken(m.Channel), r.Reason)
		d.tell(events.TypeMessageFailed, outcome)
		d.fallOver(m, r)
	}
}

// CodeShared is the code of a message that another case's safety held back.
const CodeShared = "shared"

// fallOver finds the next way for what a message had to say.
func (d *decider) fallOver(m Message, r Result) {
	if !m.Staff && r.OptedOut && m.To != "" {
		d.forbid(m.To, []string{m.Channel}, "the provider says that the contact has opted out", true)
		d.askHow(m.To)
	}
	if !m.Staff && r.Code == CodeShared {
		d.openTask("Find out who may be contacted by "+spoken(m.Channel)+" there: the same address stands in two cases, and one forbids it", r.Reason, m.Promise, m.To)
	}
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
	m.Anytime = m.Anytime && (m.Channel != Letter || d.now.Sub(m.Decided) <= stillAtOnce)
	failed := "the " + spoken(m.Channel) + " failed: "
	if r.Status == Unknown {
		failed = "the " + spoken(m.Channel) + " may not have arrived: "
	}
	m.Failed = append(slices.Clip(m.Failed), failed+r.Reason)
	k, known := recipient(d.c, m)
	via := m.Via
	if m.All {
		via = d.c.order(k, Via{})
	}
	for _, p := range served {
		switch {
		case m.All && d.toldOtherwise(m, p.Key()):
			// the same is on its way, or has gone, by another channel
		case m.Staff:
			d.chaseAnother(p, m)
		case known:
			d.tellContact(p, k, m, append([]string{m.Channel}, via...), false)
		}
	}
}

// toldOtherwise: for the same promise the same words are waiting for, or have been
// accepted for, the same recipient by another channel.
func (d *decider) toldOtherwise(m Message, key string) bool {
	return slices.ContainsFunc(d.c.Messages, func(o Message) bool {
		return o.To == m.To && (o.Promise == key || slices.Contains(o.Also, key)) && o.Words == m.Words && o.Channel != m.Channel
	}) || key == m.Promise && slices.ContainsFunc(d.c.Recent, func(h Handed) bool { return h.Twin == m.twin() })
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
