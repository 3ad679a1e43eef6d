package notifier

import (
	"slices"
	"time"

	"hearback/events"
)

const (
	// answerWithin is how long an answer to a text of theirs is worth sending to a
	// member of staff: they sit beside the phone now.
	answerWithin = 30 * time.Minute
	// answersMost is how many texts a number is sent back within an hour: a phone
	// that answers by itself must not be answered for ever.
	answersMost = 6
)

// officerTexted takes what a member of staff texted in answer to a chase: about the
// promises that they were chased for by text, and no others.
func (d *decider) officerTexted(e events.Event) {
	said := data[events.OfficerTexted](e)
	d.say(said.By+" texted", quoted(said.Text))
	if d.c.State == Stopped {
		d.say("Nothing was changed, and nothing was texted back", "the case is stopped")
		return
	}
	if said.Answer == "" {
		d.answerBack(said, said.Say, "what they texted was no answer that is certain, so they are asked")
		return
	}
	asked := d.askedOf(said.By)
	for _, p := range asked {
		switch said.Answer {
		case events.AnswerReplied:
			if rule, known := d.books.Version(p.Book).Rule(p.Rule); known && !slices.Contains(rule.KeptBy, events.TypeReplySent) {
				continue // the book wants more than the word that somebody has replied
			}
			d.keep(events.TypeReplySent, events.Reply{Enquiry: p.Enquiry, By: said.By}, e.Time)
		case events.AnswerUntil:
			d.postpone(events.Postponement{Enquiry: p.Enquiry, Until: said.Until, By: said.By}, e.Time)
		case events.AnswerNotMine:
			d.declined(events.OfficerDeclined{Enquiry: p.Enquiry, By: said.By})
		}
	}
	switch {
	case len(asked) == 0:
		d.answerBack(said, d.c.Ref+": no reply is asked of you there any more. Nothing was changed.", "nobody waits for what they answered")
	case said.Answer == events.AnswerReplied && len(d.askedOf(said.By)) > 0:
		d.answerBack(said, d.c.Ref+": this cannot be recorded by text. Please record it in the case system.", "the book's rule is not kept by a reply alone")
	default:
		d.answerBack(said, said.Say, "they hear that their answer was taken")
	}
}

// askedOf lists the open promises for which a member of staff was chased by text.
func (d *decider) askedOf(person string) (asked []Promise) {
	for _, p := range d.c.Promises {
		if slices.Contains(d.c.AskedByText(p), person) {
			asked = append(asked, p)
		}
	}
	return asked
}

// AskedByText lists the members of staff who were chased by text for a promise and may
// answer by text: also those whose chase is on its way, for it may have arrived
// although nobody has recorded that yet.
func (c Case) AskedByText(p Promise) []string {
	asked := p.Asked
	for i := range c.Messages {
		if m := &c.Messages[i]; m.asksFor(p.Key()) && !slices.Contains(asked, m.To) {
			asked = append(slices.Clip(asked), m.To)
		}
	}
	return asked
}

// asksFor: it is a chase by text for a promise.
func (m *Message) asksFor(key string) bool {
	return m.Staff && m.Kind == Chase && m.Channel == SMS && (m.Promise == key || slices.Contains(m.Also, key))
}

// asked notes that a chase by text has been handed over.
func (d *decider) asked(m Message) {
	for i := range d.c.Promises {
		if p := &d.c.Promises[i]; m.asksFor(p.Key()) && !slices.Contains(p.Asked, m.To) {
			p.Asked = append(slices.Clip(p.Asked), m.To)
		}
	}
}

// answerBack texts a member of staff back, to the number that they texted from.
func (d *decider) answerBack(said events.OfficerTexted, words, why string) {
	if words == "" || said.Address == "" {
		return
	}
	lately := len(d.c.Messages)
	for _, h := range d.c.Recent {
		if d.now.Sub(h.At) <= recentFor {
			lately++
		}
	}
	if lately >= answersMost {
		d.say("Nothing was texted back to "+said.By, "they were sent several texts within the hour; a machine may be answering")
		return
	}
	m := Message{ID: d.messageID(), Kind: Answer, To: said.By, Staff: true, Channel: SMS, Address: said.Address, Words: string(Answer),
		Body: words, Decided: d.now, Expires: d.now.Add(answerWithin).UTC(), Anytime: true, Why: why}
	d.c.Messages = append(d.c.Messages, m)
	d.say("Message "+m.ID+" (text back) decided for "+said.By, why)
}
