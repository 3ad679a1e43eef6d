package notifier

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hearback/events"
)

// restart counts the days of promises anew from an event, such as news that a person
// gave the family, or from the new date that an event names. A clock that counts from
// when things happen never goes back: an event that comes in late changes nothing where
// a newer one has moved the date further.
func (d *decider) restart(e events.Event, concerns func(Promise) bool) {
	for i := range d.c.Promises {
		p := &d.c.Promises[i]
		book := d.books.Version(p.Book)
		rule, ok := book.Rule(p.Rule)
		if !ok || !slices.Contains(rule.RestartedBy, e.Type) || !concerns(*p) {
			continue
		}
		from := start(e, book.Calendar)
		again := *p
		again.Restarted, again.Dates = from.UTC(), rule.DatesOf(e, book.Calendar.Location)
		deadline, err := dueOf(again, rule, book.Calendar)
		dated := rule.CountsFrom != "" && deadline.Lacks == ""
		if err != nil || rule.CountsFrom != "" && !dated || !dated && !deadline.At.After(p.Due) || deadline.At.Equal(p.Due) {
			continue
		}
		*p = again
		p.Due, p.DueDate = deadline.At.UTC(), deadline.Date
		p.Late, p.Postponed, p.Exception, p.Done = false, nil, nil, d.now
		p.Told, p.Moved = nil, ""
		d.withdrawFor(p.Key(), "the days are counted anew", anything)
		d.say(fmt.Sprintf("Promise %s starts again, due %s", p.Key(), p.DueDate.Words()), e.Type+" starts it. "+strings.Join(deadline.Working, " "))
		if !p.Due.After(d.now) {
			p.Done = from
			d.climb(p, rule)
			continue
		}
		p.Next = nextRung(Ladder(rule, *p, book.Calendar), *p, book.Calendar, d.now)
	}
}

// counted is when the days of a promise began to count.
func (p Promise) counted() time.Time {
	if !p.Restarted.IsZero() {
		return p.Restarted
	}
	return p.Opened
}

// replaced takes the open promises out that become promises of a rule, so that each goes
// on under it. named is the only enquiry that is meant; empty: every one.
func (d *decider) replaced(rule Rule, named string) (gone []Promise) {
	d.c.Promises = slices.DeleteFunc(d.c.Promises, func(p Promise) bool {
		is := slices.Contains(rule.Replaces, p.Rule) && about(named)(p)
		if is {
			gone = append(gone, p)
		}
		return is
	})
	for _, p := range gone {
		key := rule.Name + "/" + p.Enquiry
		for i := range d.c.Tasks {
			if d.c.Tasks[i].Promise == p.Key() {
				d.c.Tasks[i].Promise = key
			}
		}
		d.end(p, Ended{At: d.now, Became: key, Why: "Its clock starts anew under the other rule."})
	}
	return gone
}

// called are the promises of a reply that a call was meant to keep: whoever waits for
// one hears of the call, and nobody else.
func (d *decider) called(e events.Event) (promises []Promise) {
	for _, p := range d.c.Promises {
		rule, _ := d.books.Version(p.Book).Rule(p.Rule)
		if slices.Contains(rule.KeptBy, events.TypeReplySent) && about(member(e, "enquiry"))(p) {
			promises = append(promises, p)
		}
	}
	return promises
}

// attempted counts a call that nobody answered. It ends no promise: the family still
// waits. Where calls do not reach them, a person offers another way.
func (d *decider) attempted(e events.Event) {
	for _, called := range d.called(e) {
		i := slices.IndexFunc(d.c.Promises, func(p Promise) bool { return p.Key() == called.Key() })
		p := &d.c.Promises[i]
		p.Attempts++
		d.say(fmt.Sprintf("Nobody answered call %d for promise %s", p.Attempts, p.Key()), "the reply is still owed")
		if p.Attempts >= attemptsMost {
			d.openTask(taskOtherWay, fmt.Sprintf("nobody answered %d calls", p.Attempts), p.Key(), p.From)
		}
	}
}

const (
	// attemptsMost is how many calls in vain are enough to offer another way.
	attemptsMost = 3
	taskOtherWay = "Offer the family another way to talk: an email, a letter, or a time that suits them"
)
