package notifier

import (
	"fmt"
	"slices"
	"strings"
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
	// answerWords is how many words a mistyped answer may have; a longer text says
	// something that a person must read.
	answerWords = 4
	// AnswerFor is how long after a chase by text an answer to it may come by text.
	AnswerFor = 7 * 24 * time.Hour
)

// Asked is a chase by text that was handed over: whoever got it may answer by text.
type Asked struct {
	Person  string    `json:"person"`
	Promise string    `json:"promise"` // its key
	At      time.Time `json:"at"`
}

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
		if len(strings.Fields(said.Text)) > answerWords {
			d.openTask("Read what "+said.By+" texted, and do what it asks for", "it is no answer that Hearback understands: "+quoted(said.Text), "", "")
		}
		d.answerBack(said, said.Say, "what they texted was no answer that is certain, so they are asked")
		return
	}
	keys, enquiries := d.askedOf(said.By)
	theirs := func(p Promise) bool { return slices.Contains(keys, p.Key()) }
	switch {
	case len(keys) == 0:
		words := d.c.Ref + ": no reply is asked of you there any more. Nothing was changed."
		if !slices.ContainsFunc(d.c.Asked, func(a Asked) bool { return a.Person == said.By }) {
			words = d.c.Ref + ": we did not ask you by text, so nothing was changed. Please use the link in an email, or the case system."
		}
		d.answerBack(said, words, "nobody waits for what they answered")
		return
	case len(enquiries) > 1: // which of them is it?
		d.answerBack(said, fmt.Sprintf("%s: %d enquiries wait there, so nothing was changed. Please use the link in an email, or the case system.", d.c.Ref, len(enquiries)),
			"a text cannot say which of several enquiries it answers")
		return
	case said.Answer == events.AnswerReplied:
		d.keep(events.TypeReplySent, events.Reply{By: said.By}, e.Time, theirs)
	case said.Answer == events.AnswerUntil:
		d.postpone(events.Postponement{Until: said.Until, By: said.By}, e.Time, theirs)
	default:
		d.declined(events.OfficerDeclined{By: said.By}, theirs)
	}
	if left, _ := d.askedOf(said.By); said.Answer == events.AnswerReplied && len(left) > 0 {
		d.answerBack(said, d.c.Ref+": this cannot be recorded by text. Please record it in the case system.", "the book's rule is not kept by a reply alone")
		return
	}
	d.answerBack(said, said.Say, "they hear that their answer was taken")
}

// askedOf lists the open promises for which a member of staff was chased by text, and
// their enquiries.
func (d *decider) askedOf(person string) (keys, enquiries []string) {
	for _, p := range d.c.Promises {
		if !slices.ContainsFunc(d.c.Asked, func(a Asked) bool { return a.Person == person && a.Promise == p.Key() }) {
			continue
		}
		keys = append(keys, p.Key())
		if !slices.Contains(enquiries, p.Enquiry) {
			enquiries = append(enquiries, p.Enquiry)
		}
	}
	return keys, enquiries
}

// asked notes that a chase by text has been handed over. It is remembered for some days
// also when the promise has ended: an answer to it must not be taken for one about
// another family.
func (d *decider) asked(m Message, at time.Time) {
	if !m.Staff || m.Kind != Chase || m.Channel != SMS {
		return
	}
	for _, key := range append([]string{m.Promise}, m.Also...) {
		d.c.Asked = slices.DeleteFunc(slices.Clone(d.c.Asked), func(a Asked) bool {
			return a.Person == m.To && a.Promise == key
		})
		if !strings.HasPrefix(key, taskKey("")) {
			d.c.Asked = append(d.c.Asked, Asked{Person: m.To, Promise: key, At: at.Truncate(time.Second)})
		}
	}
}

// answerBack texts a member of staff back, to the number that they texted from.
func (d *decider) answerBack(said events.OfficerTexted, words, why string) {
	if words == "" {
		return
	}
	if person, known := d.book().Directory.Person(said.By); !known || person.Mobile == "" || person.Mobile != said.Address {
		d.say("Nothing was texted back to "+said.By, "the text came from a number that is not theirs in the directory")
		return
	}
	lately := 0
	for _, m := range d.c.Messages {
		if m.Kind == Answer && m.To == said.By {
			lately++
		}
	}
	for _, h := range d.c.Recent {
		if h.Answered == said.By && d.now.Sub(h.At) <= recentFor {
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
