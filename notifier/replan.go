package notifier

import (
	"cmp"
	"fmt"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/templates"
)

// Told is what a family was told of when they hear from somebody, where re-planning
// has since set an earlier time. They are not bothered with that, and nothing is late
// for them before it.
type Told struct {
	Due  time.Time     `json:"due"`
	Date calendar.Date `json:"date"`
	// Passed: it is over, and the ladder has spoken of it.
	Passed bool `json:"passed,omitempty"`
}

// replan moves the open promises of the case, and its tasks with a ladder, to another
// version of the book.
func (d *decider) replan(asked events.Replanned) {
	if _, known := d.books.Versions[asked.Book]; !known {
		d.say("The case was not re-planned", UnknownVersion(asked.Book).Error())
		return
	}
	moved := false
	for i := range d.c.Promises {
		if p := &d.c.Promises[i]; p.Book != asked.Book {
			moved = true
			d.move(p, asked)
		}
	}
	for i := 0; i < len(d.c.Tasks); i++ { // the ladder may open another task
		t := d.c.Tasks[i]
		if t.Next.IsZero() || t.Book == asked.Book {
			continue
		}
		moved = true
		p := t.promise()
		d.move(&p, asked)
		now := &d.c.Tasks[i]
		now.Book, now.Due, now.DueDate, now.Done, now.Next, now.Late = p.Book, p.Due, p.DueDate, p.Done, p.Next, p.Late
	}
	if !moved {
		d.say("Nothing was re-planned", "no open promise of the case is under another version than "+asked.Book)
	}
}

// move counts one promise anew under another version of the book. Rungs that were
// climbed stay climbed; of those that have been missed by the new date only the
// highest speaks, as where a promise is overdue when it opens.
func (d *decider) move(p *Promise, asked events.Replanned) {
	r := d.books.replan(d.c.Ref, *p, asked.Book, d.now)
	what, why := r.words(*p, d.books.Versions[asked.Book].Calendar), replannedBy(asked)
	if r.Holidays != "" {
		why += "; new bank holiday: " + r.Holidays
	}
	d.say(what, why+". "+r.Why)
	if r.Effect == LeftAsItWas {
		return
	}
	told := d.toldBefore(*p)
	if p.Exception != nil { // its date is a person's, and stays
		told = nil
	}
	wasLate := p.Late
	p.Book, p.Due, p.DueDate = asked.Book, r.deadline.At, r.deadline.Date
	p.Late = p.Late && !p.Due.After(d.now)
	p.Told = nil
	if told != nil && p.Due.Before(told.Due) {
		p.Told = told
	}
	if r.Effect != LeftPostponed && p.Task == "" {
		d.doubtDate(p.Key(), r.deadline, nil)
	}
	tell := told != nil && p.Due.After(told.Due) && p.Due.After(d.now)
	switch {
	case tell:
		d.withdrawFor(p.Key(), "the date has moved", anything)
	case wasLate && !p.Late:
		d.withdrawFor(p.Key(), "it is not late any more", func(m Message) bool { return m.Staff || m.Kind == Lateness })
	}
	p.Done = r.done
	heard := d.climb(p, r.rule)
	if r.done.After(d.now) { // rungs that were climbed early do not come round again
		book := d.books.Versions[asked.Book]
		p.Done, p.Next = r.done, nextRung(Ladder(r.rule, *p, book.Calendar), *p, book.Calendar, r.done)
	}
	if tell && !heard {
		p.Moved = movedByRules
		if r.Holidays != "" {
			p.Moved = movedByHoliday + r.Holidays + "."
		}
		d.tellFamily(*p, Postponement, templates.ReplyPostponed, r.rule.by(), false, "the date is later than the family was told, and they are told honestly")
	}
}

// words tells what was before and what is now.
func (r replanned) words(p Promise, c *calendar.Calendar) string {
	name := "Promise " + p.Key()
	if p.Task != "" {
		name = "Task " + p.Task
	}
	from := cmp.Or(r.From, "no longer known")
	switch before, now := p.DueDate.Words(), r.deadline.Date.Words(); {
	case r.Effect == LeftAsItWas:
		return fmt.Sprintf("%s stays under version %s, due %s", name, from, before)
	case r.Effect == LeftPostponed:
		return fmt.Sprintf("%s re-planned: due %s as a person promised, under version %s; now under version %s", name, before, from, r.To)
	case r.Effect == Unmoved:
		return fmt.Sprintf("%s re-planned: due %s under version %s; now the same under version %s", name, before, from, r.To)
	case p.DueDate == r.deadline.Date:
		return fmt.Sprintf("%s re-planned: due %s on %s under version %s; now %s under version %s", name,
			calendar.Clock(p.Due, c.Location), before, from, calendar.Clock(r.deadline.At, c.Location), r.To)
	default:
		return fmt.Sprintf("%s re-planned: due %s under version %s; now %s under version %s", name, before, from, now, r.To)
	}
}

func replannedBy(asked events.Replanned) string {
	why := cmp.Or(asked.By, "somebody who is not named") + " re-planned the open promises"
	if asked.Why != "" {
		why += ": " + asked.Why
	}
	return why
}

// toldBefore is what the family was told of the promise's date; nil where they were
// told none.
func (d *decider) toldBefore(p Promise) *Told {
	if p.Told != nil {
		return p.Told
	}
	rule, ok := d.books.Version(p.Book).Rule(p.Rule)
	if p.Task != "" || ok && rule.Acknowledge == nil && p.Postponed == nil && !(p.Late && rule.lateWords() != "") {
		return nil
	}
	return &Told{Due: p.Due, Date: p.DueDate, Passed: !p.Done.Before(p.Due)}
}
