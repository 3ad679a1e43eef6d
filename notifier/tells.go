package notifier

import (
	"slices"
	"time"

	"hearback/events"
)

// NewsRule is the name under which news stands where a promise would: news has no
// date and no ladder, and is tried on every channel like anything else.
const NewsRule = "news"

// newsFor is how old an event may be and still be news: a list of past years that a
// service loads must not text families about what they have known for long. It covers
// a fortnight's break in a service.
const newsFor = 14 * 24 * time.Hour

func newsKey(event string) string { return NewsRule + "/" + event }

// news is what a message about an event serves. from is the only contact whom it
// concerns; empty: every contact who may be told.
func news(event, from string) Promise {
	return Promise{Rule: NewsRule, Enquiry: event, From: from}
}

// tellNews does what the book wants of an event beside promises.
func (d *decider) tellNews(e events.Event) {
	d.sendUpdate(e)
	for _, t := range d.book().Tells {
		if !slices.Contains(t.On, e.Type) {
			continue
		}
		if t.When != nil {
			holds, err := t.When.Holds(e, d.c)
			if err != nil {
				d.openTask("Look at "+e.Type+" and tell the family what they must know", "the book's condition for telling them could not be judged, and nobody was told", newsKey(e.ID), "")
				continue
			}
			if !holds {
				continue
			}
		}
		if t.Task != "" {
			d.openTask(t.Task, "the book asks for it on "+e.Type, newsKey(e.ID), contactNamed(e))
		}
		serves := []Promise{news(e.ID, contactNamed(e))}
		if e.Type == events.TypeCallAttemptedNoAnswer && serves[0].From == "" {
			serves = d.called(e)
		}
		switch {
		case t.Words == "":
		case d.now.Sub(start(e, d.book().Calendar)) > newsFor:
			d.say("The family is not told of "+e.Type, "it happened more than two weeks ago, so it is no news")
		default:
			for _, p := range serves {
				if p.From != "" && d.hearsLateNow(p.From) {
					d.say("Contact "+p.From+" is not told of "+e.Type, "they hear in the same moment that we are late with it")
					continue
				}
				d.tellFamily(p, News, t.Words, t.Via, false, "the book tells the family of "+e.Type)
			}
		}
	}
}

// hearsLateNow reports whether a contact is told in this very decision that the council
// is late: two messages at once would be one too many.
func (d *decider) hearsLateNow(contact string) bool {
	for n := d.decided + 1; n <= d.c.Decided; n++ {
		if m, waits := d.c.Message(numbered(d.c.Ref, n)); waits && !m.Staff && m.Kind == Lateness && m.To == contact {
			return true
		}
	}
	return false
}

// sendUpdate tells the family what an officer chose to tell them: an update.sent that
// names words of the book. One without words was sent by the officer's own means.
func (d *decider) sendUpdate(e events.Event) {
	words := member(e, "words")
	switch {
	case e.Type != events.TypeUpdateSent || words == "":
	case d.unsendable(e):
		d.openTask("Send the family the update by hand: Hearback could not", "the book does not let officers send the words "+words+" (its key is \"updates\")", newsKey(e.ID), contactNamed(e))
	case d.now.Sub(e.Time) > newsFor:
		d.say("The family is not sent the update", "it was asked for more than two weeks ago, so it is no news")
	default:
		d.tellFamily(news(e.ID, contactNamed(e)), News, words, Via{}, false, "an officer sent the family an update")
	}
}

// unsendable is true of an update in words that the book does not let officers send: the
// family hears nothing of it, so that it counts for no promise.
func (d *decider) unsendable(e events.Event) bool {
	words := member(e, "words")
	return e.Type == events.TypeUpdateSent && words != "" && !slices.Contains(d.book().Updates, words)
}

// contactNamed is the id of the only contact whom an event of the catalogue concerns;
// empty: everybody.
func contactNamed(e events.Event) string { return member(e, "contact") }

// member is a text in the data of an event of the catalogue, which is free; empty where
// there is none.
func member(e events.Event, name string) string {
	text, _ := data[map[string]any](e)[name].(string)
	return text
}
