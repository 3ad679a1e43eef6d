package notifier

import (
	"fmt"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/templates"
)

// excuse records on a promise why the council will be late and what date it aims at
// now. It never moves the due date: the promise is late after it all the same. The
// ladder goes on from the new aim, and the family is told.
func (d *decider) excuse(said events.Exception, e events.Event) {
	var until calendar.Date
	if said.Promise == "" || until.UnmarshalText([]byte(said.Until)) != nil {
		d.say("An exception was recorded, and it changes nothing", "it does not name the promise, or the new date")
		d.openTask("Record the exception again: it must name the promise and the new date", "without them nobody can be told of it", newsKey(e.ID), "")
		return
	}
	found := false
	for i := range d.c.Promises {
		p := &d.c.Promises[i]
		if p.Rule != said.Promise || !about(said.Enquiry)(*p) {
			continue
		}
		found = true
		book := d.books.Version(p.Book)
		rule, ok := book.Rule(p.Rule)
		if !ok {
			continue
		}
		target := promised(book.Calendar, until, false, d.now)
		p.Exception = &Exception{Kind: said.Kind, Reason: said.Reason, By: said.By, Until: until, Target: target.At.UTC()}
		d.withdrawFor(p.Key(), "an exception was recorded", anything)
		what := fmt.Sprintf("Exception recorded for promise %s, which aims at %s now", p.Key(), until.Words())
		if !target.At.After(d.now) {
			d.say(what, "that date is past, so the chases go on")
			p.Done = e.Time
			d.climb(p, rule)
			continue
		}
		d.late(p, rule) // the exception may come before the look at the due instant does
		p.Done = d.now
		p.Next = nextRung(Ladder(rule, *p, book.Calendar), *p, book.Calendar, d.now)
		d.say(what, "a person gave the reason; the due date stays "+p.DueDate.Words()+", and the chases go on from the new aim")
		words, as := templates.ExceptionRecorded, *p
		if !rule.Statutory { // no law sets its date
			words, as.Due, as.DueDate = templates.ReplyPostponed, p.Exception.Target, until
		}
		d.tellFamily(as, Excused, words, byEmailFirst, false, "the family is told why the council will be late, and what it aims at")
	}
	if !found {
		d.say("An exception was recorded for "+said.Promise+", but no such promise is open", "nothing changed")
		d.openTask("Look at the exception for "+said.Promise+": no such promise is open", "it may name another promise than was meant, or come after its end", newsKey(e.ID), "")
	}
}

// byEmailFirst is the order for what a text has no room to say.
var byEmailFirst = Via{Channels: []string{Email, SMS, Letter}}

// aim is when the ladder has the promise due: the date of an exception, where one is
// recorded, and else the due date.
func (p Promise) aim() calendar.Deadline {
	if p.Exception != nil {
		return calendar.Deadline{At: p.Exception.Target, Date: p.Exception.Until}
	}
	return calendar.Deadline{At: p.Due, Date: p.DueDate}
}
