package calendar

import (
	"errors"
	"fmt"
	"time"
)

// horizonMonths is how far away a deadline may lie. Nothing a council promises
// is further off than ten years: what is comes from a slip in the book.
const horizonMonths = 120

// Deadline is when something falls due, and how that was reached.
type Deadline struct {
	At   time.Time // in the Calendar's Location
	Date Date      // the due date that people are told
	// Working holds the steps by which the date was reached, each a sentence
	// that a family could read: at most a dozen, and mostly four.
	Working []string
	// BeyondTable says that bank holidays which matter to the date are not
	// known, since it lies outside the years of the table; Working says so too.
	// Elapsed time is never beyond it: no holiday changes it.
	BeyondTable bool
	// Lacks is the name of the date that the clock counts from, where the event
	// does not say it. The clock then counts from when it happened, and a person
	// must look; Working says so too.
	Lacks string
}

// Deadline counts from start to a Limit that says no more than this.
func (c *Calendar) Deadline(start time.Time, due Due, statutory bool) (Deadline, error) {
	return c.Count(From{At: start}, Limit{Due: due, Statutory: statutory})
}

// Count says when a limit whose clock starts from there falls due.
//
// Seconds, minutes and hours: At is that instant. Working hours: At is the
// instant at which so much working time has passed. All other units count from
// the date of the start, as Due.Way says, and At is the end of working hours on
// the due date.
//
// Where the due date has no working hours, a statutory one stays unless its Law
// lets it roll on, and At is 23:59:59 that day. Any other moves back to the last
// working day before it; if that day's hours ended before the start, it moves on
// to the next working day instead, or, where due is "before" a day of the year,
// stays with At at 23:59:59. At is before the start only where the clock counts
// from a date that the event names, or back from it.
//
// Statutory working days are Monday to Friday except the Law's bank holidays,
// whatever the council's hours and closures.
//
// The error says what to mend: an amount or a calendar that cannot be counted,
// or a date more than ten years away, or one that the event must name.
func (c *Calendar) Count(from From, limit Limit) (Deadline, error) {
	if c.Location == nil {
		return Deadline{}, errors.New("the calendar has no time zone; set council.timezone, such as Europe/London")
	}
	if err := limit.Due.check(); err != nil {
		return Deadline{}, err
	}
	n := counting{c: c, start: from.At.In(c.Location), dates: from.Dates}
	if limit.Statutory {
		n.law = &limit.Law
	}
	var there bool
	if n.origin, there = n.originOf(limit.CountsFrom); !there {
		n.lacks = limit.CountsFrom
	}
	n.telling = newTelling(n.origin.date.Year)
	due := limit.Due
	if n.law == nil && c.Working.Empty() {
		if unit := due.Amount.Unit; due.Before != nil || unit.elapsed() == 0 {
			return Deadline{}, errNoWorkingDay
		}
	}
	switch {
	case due.Before != nil:
		return n.beforeDay(*due.Before), nil
	case due.Or != nil:
		return n.oneOfTwo(due, there)
	case due.Amount.Unit == WorkingDays:
		return n.workingDays(due.Amount, due.Way)
	case due.Amount.Unit == WorkingHours:
		return n.workingHours(due.Amount)
	case due.Amount.Unit.civil():
		d, err := n.civilDays(n.origin, due.Amount, due.Way)
		if err != nil {
			return Deadline{}, err
		}
		return n.settle(d, due.Way != Ahead), nil
	default:
		return n.elapsed(due.Amount), nil
	}
}

// OnDate is the deadline that a person set by naming a date: the end of working
// hours that day. Where it has none, a statutory date stays and any other moves
// back to the last working day before it, which may already be past: the caller
// knows what time it is and must look.
func (c *Calendar) OnDate(d Date, statutory bool) Deadline {
	n := counting{c: c, telling: newTelling(d.Year)}
	if statutory {
		n.law = new(Law)
	}
	n.promised(d)
	return n.settle(d, false)
}

// counting is one clock being counted.
type counting struct {
	telling
	c      *Calendar
	law    *Law      // nil for a promise
	start  time.Time // when it happened
	dates  map[string]Date
	origin origin
	lacks  string // the name of a date that is needed and not there
}

// origin is the day that a clock counts from.
type origin struct {
	date Date
	name string // of the date, where the event names it
}

// originOf is the date of a name, or the day on which it happened where there is
// no name, or no such date.
func (n *counting) originOf(name string) (from origin, there bool) {
	if d := n.dates[name]; name != "" && !d.IsZero() {
		return origin{d, name}, true
	}
	return origin{date: DateOf(n.start, n.c.Location)}, name == ""
}

// after is the instant that a due date must not be earlier than: a date that the
// event names may be long past, and so may what follows from it.
func (n *counting) after() time.Time {
	if n.origin.name != "" {
		return n.origin.date.At(0, 0, n.c.Location)
	}
	return n.start
}

func tooFar(amount Amount, from Date) error {
	return fmt.Errorf("%s from %s is more than ten years away; use a smaller amount", amount, from)
}

// settle makes a due date into a deadline: it lets the date roll on where the
// law says so, and finds the end of working hours, moving the date where it has
// none and may be moved.
func (n *counting) settle(d Date, mayMoveOn bool) Deadline {
	if n.law != nil {
		if mayMoveOn {
			d = n.rolled(d)
		}
		if n.law.Tribunal != NoTribunal {
			at := d.At(0, tribunalCloses, n.c.Location)
			return n.finish(d, at, whenTribunalCloses)
		}
	}
	after := time.Time{}
	if mayMoveOn || n.origin.name == "" {
		after = n.after()
	}
	kind, name := n.c.kind(d, nil)
	works := kind == dayWorked
	switch {
	case works && n.c.closing(d).After(after):
		return n.finish(d, n.c.closing(d), whenHoursEnd)
	case works:
		return n.finish(d, n.c.endOf(d), "")
	case n.law != nil && n.c.rollOn(d, n.law) != d:
		return n.finish(d, n.c.endOf(d), lawDoesNotMove)
	case n.law != nil:
		return n.finish(d, n.c.endOf(d), lawAndCouncil)
	}
	if back, ok := n.c.walk(d, -1); ok && n.c.closing(back).After(after) {
		n.moved(d, name, "back", back, "")
		return n.finish(back, n.c.closing(back), whenHoursEnd)
	}
	if on, ok := n.c.walk(d, 1); ok && mayMoveOn {
		n.moved(d, name, "on", on, "")
		return n.finish(on, n.c.closing(on), whenHoursEnd)
	}
	return n.finish(d, n.c.endOf(d), "")
}

// rolled is d, or the later day that the law puts in its place.
func (n *counting) rolled(d Date) Date {
	if n.law.Tribunal == StartingAppeal {
		if last, is := apart(d); is {
			on := n.c.rollOn(last.AddDays(1), n.law)
			n.rolledPast(d, last, on)
			return on
		}
	}
	if !n.law.RollsOn && n.law.Tribunal == NoTribunal {
		return d
	}
	on := n.c.rollOn(d, n.law)
	if on != d {
		name, _ := n.c.holidays(n.law).On(d)
		n.moved(d, name, "on", on, ", as the law says")
	}
	return on
}

// finish says when it is due and whether the table of holidays reaches so far.
func (n *counting) finish(d Date, at time.Time, remark string) Deadline {
	n.due(at, remark)
	if n.lacks != "" {
		n.lacking(n.lacks)
	}
	holidays := n.c.holidays(n.law)
	first, last := holidays.First(), holidays.Last()
	from, to := d, d
	if day := n.origin.date; day.Compare(d) > 0 {
		to = day
	} else if !day.IsZero() {
		from = day
	}
	beyond := to.Compare(last) > 0
	if beyond {
		n.beyond("after", last)
	} else if beyond = from.Compare(first) < 0; beyond {
		n.beyond("before", first)
	}
	return Deadline{At: at, Date: d, Working: n.lines, BeyondTable: beyond, Lacks: n.lacks}
}

// endOf is the last second of d. The midnight that follows would belong to the
// next day.
func (c *Calendar) endOf(d Date) time.Time {
	return d.atClock(24*time.Hour-time.Second, c.Location)
}

// closing is the end of the hours of d's weekday, which must have some.
func (c *Calendar) closing(d Date) time.Time {
	spans := c.Working.Days[d.Weekday()]
	return c.within(d, d.At(0, spans[len(spans)-1].To, c.Location))
}

// within is t, kept to the last second of d.
func (c *Calendar) within(d Date, t time.Time) time.Time {
	if DateOf(t, c.Location) != d {
		return c.endOf(d)
	}
	return t
}
