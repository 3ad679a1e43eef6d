package notifier

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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

// compose renders a message and adds it to the case. A message that says the
// same to the same address and is still waiting serves both. It is false where
// the words cannot be made: a task then asks a person to mend them. The values are
// asked for in the language of the words that were found.
func (d *decider) compose(m *Message, valuesIn func(language string) templates.Values, p Promise) bool {
	book := d.books.Version(p.Book)
	if !book.Words.Has(m.Words, templates.Channel(m.Channel), m.Language) {
		book = d.book()
	}
	values := valuesIn(book.Words.Language(m.Words, templates.Channel(m.Channel), m.Language))
	rendered, err := book.Words.Render(m.Words, templates.Channel(m.Channel), m.Language, values)
	if err != nil {
		why := "the words " + m.Words + " cannot be used for " + m.Channel
		if missing, ok := errors.AsType[*templates.Missing](err); ok {
			why = fmt.Sprintf("the words %s need a value for ((%s)), and there is none", m.Words, missing.Placeholder)
		}
		if book.Words.Has(m.Words, templates.Channel(m.Channel), m.Language) || onlyLetters(m.Via) {
			d.openTask("Mend the words "+m.Words+" of the book: "+aMessage(m.Channel)+" could not be written", why, m.Promise, m.To)
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
		if m.Promise != "" && m.Promise != same.Promise && !slices.Contains(same.Also, m.Promise) {
			same.Also = append(slices.Clip(same.Also), m.Promise)
		}
		d.say("No second "+spoken(m.Channel)+" to the same address", "message "+same.ID+" says the same and is on its way")
		return true
	}
	m.Decided, m.NotBefore = d.now, time.Time{}
	wait := d.now
	k, _ := recipient(d.c, *m)
	if !m.anyHour() {
		if opening := d.c.opening(k, d.book(), d.now); opening.After(d.now) {
			m.NotBefore, wait = opening.UTC(), opening
		}
	}
	within := expiresLast
	switch {
	case m.Channel == Letter:
		within = expiresLetter
	case !onlyLetters(m.Via) && !m.All:
		within = expiresWithAnother
	}
	m.Expires = wait.Add(within)
	if !m.anyHour() { // hours in which it may not go do not count against it
		if opening := d.c.opening(k, d.book(), m.Expires); opening.After(m.Expires) {
			m.Expires = opening.Add(within)
		}
	}
	m.Expires = m.Expires.UTC()
	m.ID = d.messageID()
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

// messageID numbers the next message of the case.
func (d *decider) messageID() string {
	d.c.Decided++
	return numbered(d.c.Ref, d.c.Decided)
}

// numbered is the id of the nth message of a case.
func numbered(ref string, n int) string { return fmt.Sprintf("%s-%d", ref, n) }

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
	switch channel {
	case SMS:
		return "a text"
	case Email:
		return "an email"
	default:
		return "a " + channel
	}
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

// familyValues fills the placeholders of words for families, in the language of the
// words. No value names the child, a school, a need or a decision.
func (d *decider) familyValues(p Promise, k Contact, language string) templates.Values {
	book := d.book()
	loc := book.Calendar.Location
	values := templates.Values{
		"council": book.Council.Name, "ref": d.c.Ref, "phone": d.phone(),
		"urgent": yes(p.Urgent), "name": k.Name, "told": ToldIn(d.told, language),
	}
	if !p.Due.IsZero() { // news has no date, and must not be given one
		values["due date"], values["due day"], values["due time"] = p.DueDate.WordsIn(language), p.DueDate.ShortIn(language), calendar.ClockIn(p.Due, loc, language)
	}
	if k.ID != "" {
		values[string(LinkFamily)] = marks()[LinkFamily]
	}
	if p.Moved != "" {
		values["reason"] = movedIn(p.Moved, language)
	}
	officer, _ := book.Directory.Person(d.c.Officer)
	values["officer"] = officer.Name
	if p.Exception != nil {
		values["reason"] = cmp.Or(p.Exception.Reason, noReasonIn(language))
		values["target date"], values["target day"] = p.Exception.Until.WordsIn(language), p.Exception.Until.ShortIn(language)
	}
	if p.Postponed != nil {
		values["reason"] = cmp.Or(p.Postponed.Reason, noReasonIn(language))
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
	rule, _ := d.books.Version(p.Book).Rule(p.Rule)
	values["duty"], values["cites"] = rule.Duty, rule.Cites
	if p.Exception != nil {
		values["target date"] = p.Exception.Until.Words()
	}
	if p.Task == "" && slices.Contains(roles, who.role) {
		for _, kind := range []LinkKind{LinkReplied, LinkUntil, LinkNotMine} {
			values[string(kind)] = marks()[kind]
		}
	}
	if p.Task == "" {
		values[string(LinkText)] = marks()[LinkText]
	}
	if i := slices.IndexFunc(d.c.Tasks, func(t Task) bool { return t.ID == p.Task }); i >= 0 {
		values["task"], values["task reason"] = d.c.Tasks[i].What, cmp.Or(d.c.Tasks[i].Why, "No reason was recorded.")
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
	what := cmp.Or(values["duty"], "reply")
	state := what + " due"
	if p.Late {
		state = "late: " + what + " was due"
	}
	if p.Task != "" {
		return fmt.Sprintf("%s: task for %s since %s: %s. It was due %s at %s", d.c.Ref, values["family"], values["opened date"], values["task"], values["due date"], values["due time"])
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
