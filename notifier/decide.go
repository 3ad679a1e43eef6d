package notifier

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
)

// recentFor is how long a hand-over stays in the case: longer than a provider's
// list may lag behind, and than a takeover may take.
const recentFor = time.Hour

// earlyFor is how long a reply waits for the enquiry it answers: longer than any
// service's nightly list may be late.
const earlyFor = 30 * 24 * time.Hour

// Decide says what follows from one input.
//
// now is when the input was taken; it is recorded beside the decision, so that
// the same decision can be made again. An event that was decided before (by its
// identity, or by its place in the stream) changes nothing. The case that was
// passed in is left as it is.
func Decide(c Case, in Input, books Books, now time.Time) Decision {
	d := decider{c: c.clone(), books: books, now: now, decided: c.Decided}
	switch {
	case in.Event != nil && in.Event.Type == events.TypeReceiptReceived:
		// A message knows how far it has come: a receipt needs no remembering, and
		// one that says nothing new leaves no trace in the ledger.
		if in.Sequence == 0 || in.Sequence > c.Input {
			d.receiptReceived(*in.Event)
		}
		if d.changed {
			d.c.Input = max(d.c.Input, in.Sequence)
		}
	case in.Event != nil:
		if in.Sequence != 0 && in.Sequence <= c.Input || c.HasSeen(in.Event.Identity()) {
			return Decision{Case: c}
		}
		d.c.Input = max(d.c.Input, in.Sequence)
		d.c.remember(in.Event.Identity())
		d.changed = true
		d.event(*in.Event)
	case in.Result != nil:
		d.result(*in.Result)
	case in.Due:
		d.askForReceipts()
		d.due()
		d.dueTasks()
	}
	d.noteUnheard()
	d.endTasks()
	d.forgetBriefTasks()
	if d.changed {
		d.forgetSent()
		d.c.Recent = slices.DeleteFunc(d.c.Recent, func(h Handed) bool { return now.Sub(h.At) > recentFor })
		d.c.Asked = slices.DeleteFunc(d.c.Asked, func(a Asked) bool { return now.Sub(a.At) > AnswerFor })
	}
	return Decision{Case: d.c, Changed: d.changed, Lines: d.lines, Ended: d.ended, Settled: d.settled, Outcomes: d.outcomes}
}

// decider is one decision in the making.
type decider struct {
	c        Case
	decided  int // messages before this decision
	books    Books
	now      time.Time
	changed  bool
	lines    []Line
	ended    []Promise
	settled  []Settled
	outcomes []Outcome
	// told is who was chased in this look, as families are told.
	told string
	// silent are the promises for which somebody could not be told.
	silent [][2]string
}

// forgetBriefTasks tells nobody of a task that was done in the same breath.
func (d *decider) forgetBriefTasks() {
	d.outcomes = slices.DeleteFunc(d.outcomes, func(o Outcome) bool {
		return o.Type == events.TypeTaskOpened && !slices.ContainsFunc(d.c.Tasks, func(t Task) bool { return t.ID == o.Data.Task })
	})
}

func (d *decider) say(what, why string) { d.lines = append(d.lines, Line{What: what, Why: why}) }

func (d *decider) tell(kind string, data events.Outcome) {
	d.outcomes = append(d.outcomes, Outcome{Type: kind, Data: data})
}

func (d *decider) book() *Book { return d.books.Current }

func (d *decider) today() calendar.Date {
	return calendar.DateOf(d.now, d.book().Calendar.Location)
}

// event decides about something that happened.
func (d *decider) event(e events.Event) {
	if d.c.Ref == "" {
		d.c.Ref = e.Case
		if e.Type != events.TypeCaseOpened {
			d.c.Team = Unassigned
		}
	}
	d.say("Event "+e.Type, "from "+e.Source+", id "+e.ID+"; it happened at "+e.Time.UTC().Format(time.RFC3339)+occurred(e))
	switch e.Type {
	case events.TypeCaseOpened, events.TypeCaseChanged:
		d.caseDetails(e)
	case events.TypeContactChanged, events.TypeContactUnsafe, events.TypeContactOptedOut, events.TypeContactOptedIn, events.TypeContactWished, events.TypeContactConfirmed:
		d.contactDetails(e)
	case events.TypeOfficerChanged:
		if !d.officerChanged(data[events.OfficerChanged](e).Officer) {
			return
		}
	case events.TypeOfficerAway:
		d.officerAway(e)
	case events.TypeReplyPostponed:
		postponed := data[events.Postponement](e)
		d.postpone(postponed, e.Time, about(postponed.Enquiry))
	case events.TypeCaseClosed, events.TypeCaseStopped:
		d.close(e.Type, data[events.Closure](e).Reason)
		return
	case events.TypeTaskDone:
		d.taskDone(data[events.TaskDone](e))
	case events.TypeOfficerDeclined:
		said := data[events.OfficerDeclined](e)
		d.declined(said, about(said.Enquiry))
	case events.TypeMessageReceived:
		if !d.heard(e) {
			return
		}
	case events.TypeOfficerTexted:
		d.officerTexted(e)
		return
	case events.TypeCaseReplanned:
		d.replan(data[events.Replanned](e))
		return
	}
	if d.c.State == Stopped {
		d.whileStopped(e)
		return
	}
	switch e.Type {
	case events.TypeExceptionRecorded:
		d.excuse(data[events.Exception](e), e)
	case events.TypeCallAttemptedNoAnswer:
		d.attempted(e)
	}
	reply := data[events.Reply](e)
	kept := d.concerned(e, reply.Enquiry, keptBy)
	if e.Type == events.TypeReplySent && reply.Enquiry != "" {
		kept = about(reply.Enquiry) // an answer to one enquiry keeps nothing else that the case is owed
	}
	d.keep(e.Type, reply, e.Time, kept)
	if !d.unsendable(e) {
		d.restart(e, d.concerned(e, reply.Enquiry, restartedBy))
	}
	d.open(e)
	d.tellNews(e)
}

func occurred(e events.Event) string {
	if e.OccurredOn == "" {
		return ""
	}
	return ", on " + e.OccurredOn
}

// data decodes what Check has already accepted; what is not there is the zero value.
func data[T any](e events.Event) T {
	value, _ := events.DataOf[T](e)
	return value
}

// start is the instant at which a clock that the event starts begins: when it
// happened, never when it was stored.
func start(e events.Event, c *calendar.Calendar) time.Time {
	if e.OccurredOn == "" {
		return e.Time
	}
	var on calendar.Date
	if on.UnmarshalText([]byte(e.OccurredOn)) != nil || on == calendar.DateOf(e.Time, c.Location) {
		return e.Time
	}
	return on.At(0, 0, c.Location)
}

// open opens every promise that the book says this event opens.
func (d *decider) open(e events.Event) {
	if e.Type != events.TypeEnquiryReceived && e.Type != events.TypeMessageReceived &&
		!slices.ContainsFunc(d.book().Rules, func(r Rule) bool { return slices.Contains(r.OpenedBy, e.Type) }) {
		return
	}
	var enquiry events.Enquiry
	switch e.Type {
	case events.TypeEnquiryReceived:
		enquiry = data[events.Enquiry](e)
	default:
		enquiry = events.Enquiry{Enquiry: member(e, "enquiry"), Channel: member(e, "channel"), From: contactNamed(e)}
	case events.TypeMessageReceived:
		received := data[events.MessageReceived](e)
		enquiry = events.Enquiry{Enquiry: received.Enquiry, Channel: received.Channel, From: d.c.writer(received)}
		if enquiry.From == "" && received.Address != "" {
			enquiry.Contact = new(addressee(received))
		}
		if d.added(enquiry, e.Time) {
			return
		}
	}
	if e.Type == events.TypeEnquiryReceived && enquiry.Enquiry == "" {
		enquiry.Enquiry = e.ID
	}
	opened := false
	location := d.book().Calendar.Location
	started := start(e, d.book().Calendar)
	on := calendar.DateOf(started, location)
	for _, rule := range d.book().Rules {
		if !slices.Contains(rule.OpenedBy, e.Type) || !rule.AppliesOn(on) {
			continue
		}
		why := ""
		if rule.When != nil {
			holds, err := rule.When.Holds(e, d.c)
			if err != nil {
				why = "the rule's condition could not be judged, so it counts as met"
			} else if !holds {
				continue
			}
		}
		opened = true
		gone := d.replaced(rule, enquiry.Enquiry)
		for _, p := range gone {
			d.openPromise(rule, events.Enquiry{Enquiry: p.Enquiry, Channel: p.Channel, From: p.From, Urgent: true}, p.Caller, started, rule.DatesOf(e, location), why)
		}
		if len(gone) > 0 {
			continue
		}
		q := enquiry
		q.Enquiry = d.enquiry(rule, e, enquiry.Enquiry)
		var caller *Contact
		if q.Contact != nil {
			caller = new(contact(*q.Contact))
			caller.ID = ""
		}
		d.openPromise(rule, q, caller, started, rule.DatesOf(e, location), why)
	}
	if !opened && (e.Type == events.TypeEnquiryReceived || e.Type == events.TypeMessageReceived) {
		d.openTask("Answer the family: no rule of the book promises a reply to this "+e.Type,
			"no rule's opened_by and when fit the event", "", enquiry.From)
	}
}

func (d *decider) openPromise(rule Rule, q events.Enquiry, caller *Contact, opened time.Time, dates map[string]calendar.Date, note string) {
	p := Promise{Rule: rule.Name, Enquiry: q.Enquiry, Book: d.book().Version, Opened: opened.UTC(), Dates: dates,
		Channel: q.Channel, From: q.From, Caller: caller, Urgent: q.Urgent}
	if i := slices.IndexFunc(d.ended, func(before Promise) bool {
		return before.Enquiry == p.Enquiry && (before.From != "" || before.Caller != nil)
	}); rule.Private && p.From == "" && caller == nil && i >= 0 {
		p.From, p.Caller = d.ended[i].From, d.ended[i].Caller // the next step of the same matter
	}
	if _, is := d.c.Promise(p.Key()); is {
		what, why := "Enquiry "+q.Enquiry+" is open already", "the same enquiry was reported again"
		if rule.Each != "" {
			what, why = "Promise "+p.Key()+" is open already", "the book has one for each "+rule.Each
		}
		d.say(what, why)
		return
	}
	deadline, err := dueOf(p, rule, d.book().Calendar)
	if err != nil {
		deadline = calendar.Deadline{At: opened.AddDate(0, 0, 7), Working: []string{uncounted(err)}}
		deadline.Date = calendar.DateOf(deadline.At, d.book().Calendar.Location)
	}
	p.Due, p.DueDate = deadline.At.UTC(), deadline.Date
	if i := slices.IndexFunc(d.c.Early, func(r EarlyReply) bool { return r.Enquiry == q.Enquiry && !r.At.Before(opened) }); i >= 0 && slices.Contains(rule.KeptBy, events.TypeReplySent) {
		early := d.c.Early[i]
		d.say("Promise "+p.Key()+" opened and kept", "the reply was recorded before the enquiry")
		d.end(p, Ended{At: early.At, Kept: true, By: early.By, Channel: early.Channel, Why: "A person replied."})
		return
	}
	for _, line := range deadline.Working {
		if note != "" {
			note += " "
		}
		note += line
	}
	d.doubtDate(p.Key(), deadline, err)
	d.say(fmt.Sprintf("Promise %s opened, due %s", p.Key(), p.DueDate.Words()), note)
	if rule.FamilyTime && !d.now.Before(p.Due) {
		d.timeIsOver(p)
		return
	}
	if heard := d.climb(&p, rule); rule.Acknowledge != nil && !heard {
		d.tellFamily(p, Acknowledgement, rule.Acknowledge.Words, rule.Acknowledge.Via, rule.Acknowledge.AnyHour, p.heardBecause())
	}
	d.c.Promises = append(d.c.Promises, p)
	if d.c.Officer == "" && d.c.Team == Unassigned {
		d.say("Nobody is assigned to this case", "no case.opened has named a team and an officer")
	}
}

// heardBecause says why the family hears that the promise opened.
func (p Promise) heardBecause() string {
	if p.Channel == "" { // nobody wrote or rang
		return "something happened that the family must hear of at once"
	}
	return "the family got in touch and must hear at once that they were heard"
}

// about picks the promises of one enquiry, or every one where none is named.
func about(enquiry string) func(Promise) bool {
	return func(p Promise) bool { return enquiry == "" || enquiry == p.Enquiry }
}

// keep ends the promises that an event of this type keeps and that it concerns.
func (d *decider) keep(kind string, reply events.Reply, at time.Time, concerns func(Promise) bool) {
	if kind != events.TypeReplySent && len(d.c.Promises) == 0 {
		return
	}
	kept, named := 0, false
	for i := 0; i < len(d.c.Promises); {
		p := d.c.Promises[i]
		rule, ok := d.books.Version(p.Book).Rule(p.Rule)
		keeps := slices.Contains(rule.KeptBy, kind)
		if !ok { // the rule is gone from the book: a person's reply ends it all the same
			keeps = kind == events.TypeReplySent
		}
		if !keeps {
			i++
			continue
		}
		named = true
		if !concerns(p) {
			i++
			continue
		}
		d.c.Promises = slices.Delete(d.c.Promises, i, i+1)
		why := "A person replied."
		if kind != events.TypeReplySent {
			why = "It was recorded: " + kind + "."
		}
		d.end(p, Ended{At: at, Kept: true, By: reply.By, Channel: reply.Channel, Why: why})
		kept++
	}
	if kept == 0 && named && kind != events.TypeReplySent {
		d.say("No promise was ended by "+kind, "those that it could end are about something else")
	}
	if kept > 0 || kind != events.TypeReplySent {
		return
	}
	if reply.Enquiry != "" {
		d.c.Early = slices.DeleteFunc(d.c.Early, func(r EarlyReply) bool {
			return r.Enquiry == reply.Enquiry || d.now.Sub(r.At) > earlyFor
		})
		d.c.Early = append(d.c.Early, EarlyReply{Enquiry: reply.Enquiry, At: at, By: reply.By, Channel: reply.Channel})
		d.say("A reply was recorded to enquiry "+reply.Enquiry, "no such enquiry is open; if it arrives later it counts as answered")
		return
	}
	if !named {
		d.say("A reply was recorded", "no promise was open")
	}
}

// end takes a promise out of the case and withdraws what was still to be said for it.
func (d *decider) end(p Promise, how Ended) {
	p.Ended = &how
	p.Late = p.Late || how.At.After(p.Due)
	d.ended = append(d.ended, p)
	d.withdrawFor(p.Key(), how.Why, anything)
	d.forgetPosted(p.Key())
	d.c.Tasks = slices.DeleteFunc(d.c.Tasks, func(t Task) bool { return how.Kept && t.Promise == p.Key() })
	if how.Became != "" {
		d.say("Promise "+p.Key()+" became "+how.Became, how.Why)
		return
	}
	if how.Kept {
		d.say("Promise "+p.Key()+" kept", how.Why)
		d.tell(events.TypePromiseKept, events.Outcome{Promise: p.Rule, Enquiry: p.Enquiry, Due: p.DueDate.String()})
		return
	}
	d.say("Promise "+p.Key()+" ended without a reply", how.Why)
}

func (d *decider) close(kind, reason string) {
	if d.c.State == Stopped {
		d.say("The case stays stopped", "only a person may decide otherwise")
		return
	}
	d.c.State = Closed
	why := "The case was closed."
	if kind == events.TypeCaseStopped {
		d.c.State, why = Stopped, "The case was stopped: nothing more is sent to anybody."
	}
	if reason != "" {
		why += " A reason was recorded."
	}
	promises := d.c.Promises
	d.c.Promises = nil
	for _, p := range promises {
		d.end(p, Ended{At: d.now, Why: why})
	}
	d.withdraw(why, func(Message) bool { return true })
	if d.c.State == Stopped {
		d.c.Tasks, d.c.Early, d.c.Sent = nil, nil, nil
	}
	d.say("Case "+string(d.c.State), why)
}

// whileStopped keeps what comes in for a stopped case, and asks a person to deal with it.
func (d *decider) whileStopped(e events.Event) {
	if e.Type == events.TypeEnquiryReceived || e.Type == events.TypeMessageReceived {
		d.say("Nothing was sent", "the case is stopped")
		from := cmp.Or(data[events.Enquiry](e).From, data[events.MessageReceived](e).Contact)
		d.openTask("Decide how to answer: somebody got in touch about a stopped case", "the case is stopped, so nothing goes out by itself", "", from)
	}
}

func (d *decider) taskDone(done events.TaskDone) {
	i := slices.IndexFunc(d.c.Tasks, func(t Task) bool { return t.ID == done.Task })
	if i < 0 {
		return
	}
	t := d.c.Tasks[i]
	d.c.Tasks = slices.Delete(d.c.Tasks, i, i+1)
	d.say("Task "+done.Task+" done", "a person recorded it")
	d.stillHeld(t, done)
	d.askToConfirm() // contact.confirmed ends that, nothing else
}

// openTask asks a person for what Hearback cannot do. The same task for the
// same promise and contact is open only once.
func (d *decider) openTask(what, why, promise, contact string) {
	if i := slices.IndexFunc(d.c.Tasks, func(t Task) bool { return t.What == what && t.Promise == promise && t.Contact == contact }); i >= 0 {
		d.say("Task "+d.c.Tasks[i].ID+" is still open", why)
		return
	}
	d.c.Opened++
	t := Task{ID: fmt.Sprintf("%s-t%d", d.c.Ref, d.c.Opened), What: what, Why: why, Promise: promise, Contact: contact, Opened: d.now}
	d.c.Tasks = append(d.c.Tasks, t)
	d.promiseTask(&d.c.Tasks[len(d.c.Tasks)-1])
	d.say("Task "+t.ID+" opened: "+what, why)
	rule, enquiry, _ := strings.Cut(promise, "/")
	d.tell(events.TypeTaskOpened, events.Outcome{Task: t.ID, Promise: rule, Enquiry: enquiry, Contact: contact, Reason: what + ": " + why})
}
