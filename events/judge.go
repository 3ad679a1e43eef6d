package events

import (
	"cmp"
	"time"
	"unicode/utf8"
)

// maxPostponement is the longest a reply may be put off, in years. A later date is a
// slip of the keyboard, and a promise under it would never be chased.
const maxPostponement = 2

func (d *CaseData) judge(_ Event, found *faults) {
	if d.Team != nil {
		shortText("data.team", *d.Team, found)
	}
	if d.Officer != nil {
		shortText("data.officer", *d.Officer, found)
	}
	var seen map[string]bool
	if len(d.Contacts) > 1 {
		seen = make(map[string]bool, len(d.Contacts))
	}
	for i := range d.Contacts {
		contact, place := &d.Contacts[i], indexed("data.contacts", i)
		if contact.ID == "" {
			found.missing(place+".id", "give each contact an id that is unique within the case")
		} else if seen[contact.ID] {
			found.add(place+".id", "is the id of another contact as well", "give each contact an id that is unique within the case")
		}
		if seen != nil {
			seen[contact.ID] = true
		}
		contact.judgeAt(place, found)
	}
}

func (d *Contact) judge(_ Event, found *faults) {
	requireText("data.id", d.ID, "write the id of the contact that has changed", found)
	d.judgeAt("data", found)
}

func (d *Contact) judgeAt(place string, found *faults) {
	for _, m := range d.members() {
		if text, ok := m.to.(*string); ok {
			shortTextAt(place, m.name, *text, found)
		}
	}
	for i, line := range d.PostalAddress {
		shortText(indexed(place+".postal_address", i), line, found)
	}
	for i, name := range d.Prefers {
		if !isContactChannel(name) {
			found.add(indexed(place+".prefers", i), "is not a channel", writeContactChannel)
		}
	}
	judgeDoNot(place, d.DoNot, found)
}

func judgeDoNot(place string, names []string, found *faults) {
	for i, name := range names {
		if !mayNotUse(name) {
			found.add(indexed(place+".do_not", i), "is not a channel", writeContactChannel+`, or "all" for everything`)
		}
	}
}

func (d *ContactUnsafe) judge(_ Event, found *faults) {
	requireText("data.id", d.ID, "write the id of the contact", found)
	if len(d.DoNot) == 0 {
		found.add("data.do_not", "is empty", `list what must not be used, or write ["all"]`)
	}
	judgeDoNot("data", d.DoNot, found)
}

func (d *Enquiry) judge(_ Event, found *faults) {
	shortText("data.enquiry", d.Enquiry, found)
	shortText("data.from", d.From, found)
	if d.Channel != "" && !isEnquiryChannel(d.Channel) {
		found.add("data.channel", "is not a way to get in touch", writeEnquiryChannel)
	}
	if d.Contact == nil {
		return
	}
	if d.From != "" {
		found.add("data.contact", "stands beside data.from", "send from for a contact of the case, contact for anybody else, never both")
	}
	d.Contact.judgeAt("data.contact", found)
}

func (d *Reply) judge(_ Event, found *faults) {
	shortText("data.enquiry", d.Enquiry, found)
	shortText("data.by", d.By, found)
	judgeAnyChannel("data.channel", d.Channel, found)
}

func (d *Postponement) judge(e Event, found *faults) {
	const field = "data.until"
	shortText("data.enquiry", d.Enquiry, found)
	shortText("data.by", d.By, found)
	if d.Until == "" {
		found.missing(field, "write the new date as YYYY-MM-DD")
		return
	}
	day := e.Day()
	if !checkDate(field, d.Until, found) || !isRealDate(day) {
		return
	}
	if d.Until < day {
		found.add(field, "is before the day of the event", "write a date on which the family will have its reply")
		return
	}
	if start, err := time.Parse(time.DateOnly, day); err == nil && d.Until > start.AddDate(maxPostponement, 0, 0).Format(time.DateOnly) {
		found.add(field, "is more than 2 years after the event", "write a date on which the family will have its reply")
	}
}

func (d *OfficerChanged) judge(_ Event, found *faults) {
	requireText("data.officer", d.Officer, "write the id of the new officer", found)
}

func (d *OfficerAway) judge(e Event, found *faults) {
	requireText("data.officer", d.Officer, "write the id of the officer who is away", found)
	shortText("data.cover", d.Cover, found)
	realFrom := d.From == "" || checkDate("data.from", d.From, found)
	realTo := d.To != "" && checkDate("data.to", d.To, found)
	if realFrom && realTo && d.To < cmp.Or(d.From, e.Day()) {
		found.add("data.to", "is before the first day away", "write the last day away, on or after the first")
	}
}

func (d *Closure) judge(Event, *faults) {}

func (d *MessageReceived) judge(_ Event, found *faults) {
	judgeAnyChannel("data.channel", d.Channel, found)
	shortText("data.contact", d.Contact, found)
	shortText("data.enquiry", d.Enquiry, found)
	shortText("data.address", d.Address, found)
	shortText("data.provider_id", d.ProviderID, found)
	shortText("data.answers", d.Answers, found)
}

func (d *Receipt) judge(_ Event, found *faults) {
	requireText("data.message", d.Message, "write Hearback's id of the message", found)
	if _, ok := CaseOfMessage(d.Message); d.Message != "" && !ok {
		found.add("data.message", "is not the id of a message", "write the id that Hearback gave the message: the case reference, - and a number")
	}
	if d.Channel != "" && !isContactChannel(d.Channel) {
		found.add("data.channel", "is not a channel", writeContactChannel)
	}
	shortText("data.provider_id", d.ProviderID, found)
	shortText("data.code", d.Code, found)
	switch d.Status {
	case ReceiptSending, ReceiptSent, ReceiptDelivered, ReceiptFailed:
	default:
		found.add("data.status", "is not a status of a receipt", "write sending, sent, delivered or failed")
	}
}

func (d *OptedOut) judge(_ Event, found *faults) {
	requireText("data.contact", d.Contact, "write the id of the contact", found)
	shortText("data.address", d.Address, found)
	if !mayNotUse(d.Channel) {
		found.add("data.channel", "is not a channel", writeContactChannel+`, or "all" for everything`)
	}
}

func (d *Wished) judge(_ Event, found *faults) {
	requireText("data.contact", d.Contact, "write the id of the contact", found)
	shortText("data.language", d.Language, found)
	for i, name := range d.Prefers {
		if !isContactChannel(name) {
			found.add(indexed("data.prefers", i), "is not a channel", writeContactChannel)
		}
	}
	judgeDoNot("data", d.DoNot, found)
	if d.Hours != "" && d.Hours != AnyHour {
		if _, _, ok := SpanOf(d.Hours); !ok {
			found.add("data.hours", "is not a span of a day", `write two times such as "09:00-18:00", or "any"`)
		}
	}
}

func (d *OfficerDeclined) judge(_ Event, found *faults) {
	shortText("data.enquiry", d.Enquiry, found)
	shortText("data.by", d.By, found)
}

func (d *Confirmed) judge(_ Event, found *faults) {
	requireText("data.contact", d.Contact, "write the id of the contact", found)
	shortText("data.address", d.Address, found)
	shortText("data.by", d.By, found)
	if !mayNotUse(d.Channel) {
		found.add("data.channel", "is not a channel", writeContactChannel+`, or "all" for everything`)
	}
}

func (d *Exception) judge(e Event, found *faults) {
	shortText("data.promise", d.Promise, found)
	if d.Until == "" {
		shortText("data.enquiry", d.Enquiry, found)
		shortText("data.by", d.By, found)
	} else {
		(&Postponement{Enquiry: d.Enquiry, Until: d.Until, By: d.By}).judge(e, found)
	}
	switch d.Kind {
	case "", ExceptionClosure, ExceptionCircumstances, ExceptionAbsence, ExceptionOther:
	default:
		found.add("data.kind", "is not a kind of exception", "write closure, circumstances, absence or other")
	}
}

func (d *OfficerTexted) judge(e Event, found *faults) {
	requireText("data.by", d.By, "write the id of the member of staff", found)
	shortText("data.address", d.Address, found)
	shortText("data.provider_id", d.ProviderID, found)
	shortText("data.say", d.Say, found)
	switch d.Answer {
	case "", AnswerReplied, AnswerNotMine:
	case AnswerUntil:
		(&Postponement{Until: d.Until}).judge(e, found)
	default:
		found.add("data.answer", "is not an answer", "write replied, until or not-mine, or leave it out")
	}
}

func (d *TaskDone) judge(_ Event, found *faults) {
	requireText("data.task", d.Task, "write the id of the task", found)
	shortText("data.by", d.By, found)
	for i, id := range d.Events {
		shortText(indexed("data.events", i), id, found)
	}
}

func (d *Replanned) judge(_ Event, found *faults) {
	requireText("data.book", d.Book, "write the version of the book, such as hearback book history shows it", found)
	shortText("data.by", d.By, found)
}

func (d *Outcome) judge(e Event, found *faults) {
	for _, m := range d.members() {
		if text := m.to.(*string); m.name != "reason" {
			shortTextAt("data", m.name, *text, found)
		}
	}
	switch e.Type {
	case TypeMessageSent, TypeMessageDelivered, TypeMessageFailed:
		requireText("data.message", d.Message, "write the id of the message", found)
		requireText("data.channel", d.Channel, "write the channel", found)
	case TypePromiseLate, TypePromiseKept:
		requireText("data.promise", d.Promise, "write the name of the promise", found)
	case TypeTaskOpened:
		requireText("data.task", d.Task, "write the id of the task", found)
	}
	if d.Due != "" {
		checkDate("data.due", d.Due, found)
	}
}

// judgeAnyChannel takes the names of both vocabularies: a reply that says "sms" where
// an enquiry would say "text" must not leave a family being chased for.
func judgeAnyChannel(field, name string, found *faults) {
	if name != "" && !isEnquiryChannel(name) && !isContactChannel(name) {
		found.add(field, "is not a channel", writeEnquiryChannel)
	}
}

func requireText(field, text, remedy string, found *faults) {
	if text == "" {
		found.missing(field, remedy)
	}
	shortText(field, text, found)
}

// shortTextAt is shortText for a place that is spelled only where there is a fault.
func shortTextAt(place, name, text string, found *faults) {
	if len(text) > MaxShortText || hasControl(text) || !utf8.ValidString(text) {
		shortText(place+"."+name, text, found)
	}
}
