package notifier

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/templates"
)

func (d *decider) postpone(data events.Postponement, at time.Time, concerns func(Promise) bool) {
	var until calendar.Date
	if until.UnmarshalText([]byte(data.Until)) != nil {
		return
	}
	found := false
	for i := range d.c.Promises {
		p := &d.c.Promises[i]
		if !concerns(*p) {
			continue
		}
		found = true
		book := d.books.Version(p.Book)
		rule, ok := book.Rule(p.Rule)
		if !ok {
			continue
		}
		if rule.Statutory {
			d.say("Promise "+p.Key()+" stays due "+p.DueDate.Words(), "the law sets its date, which nobody can move; exception.recorded says why it will be missed")
			if data.Enquiry != "" {
				d.openTask("Record why "+p.Key()+" will be late, with the date you aim at: the law's own date cannot be moved", "somebody gave a new date for it", p.Key(), "")
			}
			continue
		}
		deadline := promised(book.Calendar, until, rule.Statutory, d.now)
		p.Due, p.DueDate, p.Late = deadline.At.UTC(), deadline.Date, false
		p.Postponed = &Postponed{Until: until, Reason: data.Reason, By: data.By}
		p.Told, p.Moved = nil, ""
		p.Done = d.now
		if !p.Due.After(d.now) { // it arrived after the date that was promised: late, and no new date to tell
			p.Done = at
			d.withdrawFor(p.Key(), "a new date was promised", anything)
			d.climb(p, rule)
			continue
		}
		p.Next = nextRung(Ladder(rule, *p, book.Calendar), *p, book.Calendar, p.Done)
		d.say(fmt.Sprintf("Promise %s postponed to %s", p.Key(), p.DueDate.Words()), strings.Join(append([]string{"a person gave a new date."}, deadline.Working...), " "))
		d.doubtDate(p.Key(), deadline, nil)
		if d.heardWithNewDate(*p, rule) {
			continue
		}
		d.withdrawFor(p.Key(), "a new date was promised", anything)
		d.tellFamily(*p, Postponement, templates.ReplyPostponed, rule.by(), false, "the date of the reply has changed, and the family is told honestly")
	}
	if !found {
		d.say("A reply was postponed, but no such enquiry is open", "nothing changed")
	}
}

// heardWithNewDate acknowledges anew, with the date that holds now, whom the first
// acknowledgement has not reached yet and a message about the date would have to wait
// for contact hours: they must hear at once that they were heard, and never knew
// another date.
func (d *decider) heardWithNewDate(p Promise, rule Rule) bool {
	waits := slices.ContainsFunc(d.c.Messages, func(m Message) bool {
		return m.Promise == p.Key() && m.Kind == Acknowledgement && m.Anytime && d.now.Sub(m.Decided) <= stillAtOnce
	})
	if !waits || rule.Acknowledge == nil || d.book().Calendar.Open(d.book().ContactHours, d.now) {
		return false
	}
	d.withdrawFor(p.Key(), "a new date was promised", anything)
	d.tellFamily(p, Acknowledgement, rule.Acknowledge.Words, rule.Acknowledge.Via, true, "they must hear at once that they were heard, with the date that a person has just set")
	return true
}

// uncounted says that a date is not the rule's.
func uncounted(err error) string {
	return "The calendar could not count: " + err.Error() + ". A week is taken instead."
}

// doubtDate asks a person to look at a date that could not be counted for certain,
// and no longer where it now is certain.
func (d *decider) doubtDate(key string, deadline calendar.Deadline, err error) {
	why := ""
	switch {
	case err != nil:
		why = "the calendar could not count it, so a week was taken: " + err.Error()
	case deadline.Lacks != "":
		why = "the event does not say \"" + deadline.Lacks + "\", the date to count from"
	case deadline.BeyondTable:
		why = "it lies beyond the table of bank holidays; load a newer one"
	default:
		d.c.Tasks = slices.DeleteFunc(d.c.Tasks, func(t Task) bool { return t.What == taskCheckDate(key) && t.Promise == key })
		return
	}
	d.openTask(taskCheckDate(key), why, key, "")
}

func taskCheckDate(key string) string { return "Check the due date of " + key }

// promised is the deadline of a date that a person named. A date that has no
// working hours moves back; where that leaves no time at all, it moves on. A date
// that is past stays as it was promised.
func promised(c *calendar.Calendar, until calendar.Date, statutory bool, now time.Time) calendar.Deadline {
	deadline := c.OnDate(until, statutory)
	if until.Compare(calendar.DateOf(now, c.Location)) < 0 {
		return deadline
	}
	for day := until; !deadline.At.After(now); deadline = c.OnDate(day, statutory) {
		day = day.AddDays(1)
		if day.Compare(until.AddDays(30)) > 0 {
			return calendar.Deadline{At: until.At(23, 59, c.Location), Date: until, Working: deadline.Working}
		}
	}
	return deadline
}
