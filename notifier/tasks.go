package notifier

import (
	"slices"
	"strings"

	"hearback/events"
	"hearback/notifier/calendar"
)

// promise is a task as the promise of staff that it will be done.
func (t Task) promise() Promise {
	return Promise{Rule: TaskRule, Enquiry: t.ID, Task: t.ID, Book: t.Book, Opened: t.Opened, Due: t.Due, DueDate: t.DueDate, Done: t.Done, Next: t.Next, Late: t.Late}
}

func taskKey(id string) string { return TaskRule + "/" + id }

// promiseTask gives a task that was just opened its date and its ladder, if the
// book has one for tasks: whom a task waits for is chased like anybody else. A
// task about a task gets none: that ladder could only chase itself.
func (d *decider) promiseTask(t *Task) {
	rule, ok := d.book().Rule(TaskRule)
	if !ok || strings.HasPrefix(t.Promise, taskKey("")) || d.c.State == Stopped {
		return
	}
	cal := d.book().Calendar
	deadline, err := cal.Deadline(d.now, rule.Due, false)
	if err != nil {
		d.say("Task "+t.ID+" has no date", "the calendar could not count: "+err.Error())
		return
	}
	t.Due, t.DueDate, t.Done, t.Book = deadline.At.UTC(), deadline.Date, d.now, d.book().Version
	p := t.promise()
	t.Next = nextRung(Ladder(rule, p, cal), p, cal, d.now)
	d.say("Task "+t.ID+" is to be done by "+calendar.Clock(t.Due, cal.Location)+" on "+t.DueDate.Words(), "the book says when, and whom to chase until it is done")
}

// dueTasks climbs the ladder of every task whose time has come.
func (d *decider) dueTasks() {
	for i := 0; i < len(d.c.Tasks); i++ { // the ladder may open another task
		t := d.c.Tasks[i]
		if t.Next.IsZero() || t.Next.After(d.now) {
			continue
		}
		d.changed = true
		p := t.promise()
		rule, ok := d.books.Version(t.Book).Rule(TaskRule)
		if ok {
			d.climb(&p, rule)
		} else {
			p.Next = d.now.AddDate(0, 0, 7) // the book that wanted it chased is gone
		}
		d.c.Tasks[i].Done, d.c.Tasks[i].Next, d.c.Tasks[i].Late = p.Done, p.Next, p.Late
	}
}

// endTasks withdraws what was still to be said about tasks that are no longer open.
func (d *decider) endTasks() {
	for _, m := range slices.Clone(d.c.Messages) {
		for _, key := range append([]string{m.Promise}, m.Also...) {
			if _, open := d.c.Promise(key); !open && strings.HasPrefix(key, taskKey("")) {
				d.withdrawFor(key, "the task is no longer open", anything)
			}
		}
	}
}

// declined passes on a reply that an officer says is not theirs to give: the team
// lead hears of it at once, and the promise stays as it is.
func (d *decider) declined(said events.OfficerDeclined, concerns func(Promise) bool) {
	by := said.By
	if by == "" {
		by = "the officer"
	}
	why := "the promise stays open until somebody has replied"
	if said.Note != "" {
		why += "; they say: " + quoted(said.Note)
	}
	found := false
	for i := range d.c.Promises {
		p := d.c.Promises[i]
		if !concerns(p) {
			continue
		}
		found = true
		d.say("Promise "+p.Key()+" is not for "+by, "they said so; the date stays, and the team lead is asked to find who answers")
		d.openTask("Find out who must answer the family: "+by+" says it is not theirs", why, p.Key(), "")
		rule, ok := d.books.Version(p.Book).Rule(p.Rule)
		if !ok {
			continue
		}
		if j := slices.IndexFunc(rule.Steps, func(s Step) bool { return s.Words != "" && !slices.Equal(s.Chase, []string{Family}) }); j >= 0 {
			d.chase(p, Step{Chase: []string{TeamLead}, Words: rule.Steps[j].Words, Via: rule.Steps[j].Via}, map[string]bool{}, by+" says that the reply is not theirs to give")
		}
	}
	if !found {
		d.say(by+" said that a reply is not theirs to give", "no such enquiry is open")
	}
}
