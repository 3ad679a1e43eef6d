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
	// that a family could read: at most eight.
	Working []string
	// BeyondTable says that bank holidays which matter to the date are not
	// known, since it lies outside the years of the table; Working says so too.
	// Elapsed time is never beyond it: no holiday changes it.
	BeyondTable bool
}

// Deadline counts from start.
//
// Seconds, minutes and hours: At is that instant. Working hours: At is the
// instant at which so much working time has passed. All other units count from
// the date of start, which is day 0, and At is the end of working hours on the
// due date.
//
// Where the due date has no working hours, a statutory one stays, and At is
// 23:59:59 that day. Any other moves back to the last working day before it; if
// that day's hours ended before start, it moves on to the next working day
// instead, or, where due is "before" a day of the year, stays with At at
// 23:59:59. At is never before start.
//
// Statutory working days are Monday to Friday except bank holidays, whatever
// the council's hours and closures.
//
// The error says what to mend: an amount or a calendar that cannot be counted,
// or a date more than ten years away.
func (c *Calendar) Deadline(start time.Time, due Due, statutory bool) (Deadline, error) {
	if c.Location == nil {
		return Deadline{}, errors.New("the calendar has no time zone; set council.timezone, such as Europe/London")
	}
	start = start.In(c.Location)
	if due.Before != nil {
		return c.beforeDay(start, *due.Before, statutory)
	}
	if err := due.Amount.check(); err != nil {
		return Deadline{}, err
	}
	switch due.Amount.Unit {
	case WorkingDays:
		return c.workingDays(start, due.Amount, statutory)
	case WorkingHours:
		return c.workingHours(start, due.Amount, statutory)
	case Days, Weeks, Months:
		return c.calendarDays(start, due.Amount, statutory)
	default:
		return c.elapsed(start, due.Amount), nil
	}
}

// OnDate is the deadline that a person set by naming a date: the end of working
// hours that day. Where it has none, a statutory date stays and any other moves
// back to the last working day before it, which may already be past: the caller
// knows what time it is and must look.
func (c *Calendar) OnDate(d Date, statutory bool) Deadline {
	t := newTelling(d.Year)
	t.promised(d)
	return c.settle(&t, d, time.Time{}, statutory, false)
}

// elapsed counts real time.
func (c *Calendar) elapsed(start time.Time, amount Amount) Deadline {
	at := start.Add(time.Duration(amount.N) * amount.Unit.elapsed())
	d := DateOf(at, c.Location)
	t := newTelling(start.Year())
	t.receivedAt(start)
	t.elapsed(amount, start, at)
	t.due(at, "")
	return Deadline{At: at, Date: d, Working: t.lines}
}

// workingHours counts working time.
func (c *Calendar) workingHours(start time.Time, amount Amount, statutory bool) (Deadline, error) {
	left := time.Duration(amount.N) * time.Hour
	t := newTelling(start.Year())
	t.receivedAt(start)
	for stretch := range c.workedAfter(start, statutory) {
		d := DateOf(stretch.from, c.Location)
		length := min(left, stretch.to.Sub(stretch.from))
		left -= length
		t.worked(d, length)
		if left > 0 {
			continue
		}
		t.workedHours(amount)
		return c.finish(&t, d, start, c.within(d, stretch.from.Add(length)), ""), nil
	}
	if len(t.days) > 0 {
		return Deadline{}, tooFar(amount, DateOf(start, c.Location))
	}
	return Deadline{}, errNoWorkingDay
}

// workingDays counts working days; the day of start is day 0.
func (c *Calendar) workingDays(start time.Time, amount Amount, statutory bool) (Deadline, error) {
	from := DateOf(start, c.Location)
	horizon := from.AddMonths(horizonMonths)
	t := newTelling(from.Year)
	t.received(from)
	var buffer [16]notCounted // a promise's usual length needs no more, and so nothing is allocated
	skipped := buffer[:0]
	var first Date
	d := from
	for count := 0; count < amount.N; {
		d = d.AddDays(1)
		if d.Compare(horizon) > 0 {
			if count == 0 {
				return Deadline{}, errNoWorkingDay
			}
			return Deadline{}, tooFar(amount, from)
		}
		kind, name := c.kind(d, statutory)
		if kind != dayWorked {
			skipped = append(skipped, notCounted{d, kind, name})
			continue
		}
		if count++; count == 1 {
			first = d
		}
	}
	t.counted(amount, first, d)
	t.passedOver(skipped)
	return c.settle(&t, d, start, statutory, true), nil
}

// calendarDays counts days, weeks and months; the day of start is day 0.
func (c *Calendar) calendarDays(start time.Time, amount Amount, statutory bool) (Deadline, error) {
	from := DateOf(start, c.Location)
	var d Date
	switch amount.Unit {
	case Days:
		d = from.AddDays(amount.N)
	case Weeks:
		d = from.AddDays(7 * amount.N)
	default:
		d = from.AddMonths(amount.N)
	}
	if d.Compare(from.AddMonths(horizonMonths)) > 0 {
		return Deadline{}, tooFar(amount, from)
	}
	if !statutory && c.Working.Empty() {
		return Deadline{}, errNoWorkingDay
	}
	t := newTelling(from.Year)
	t.received(from)
	t.calendarDays(amount, from, d)
	return c.settle(&t, d, start, statutory, true), nil
}

// beforeDay finds the last lawful day before the next such day of the year.
func (c *Calendar) beforeDay(start time.Time, before MonthDay, statutory bool) (Deadline, error) {
	if err := before.check(); err != nil {
		return Deadline{}, err
	}
	from := DateOf(start, c.Location)
	limit := before.in(from.Year)
	if limit.Compare(from) <= 0 {
		limit = before.in(from.Year + 1)
	}
	if !statutory && c.Working.Empty() {
		return Deadline{}, errNoWorkingDay
	}
	last := limit.AddDays(-1)
	t := newTelling(from.Year)
	t.beforeDay(limit, last)
	return c.settle(&t, last, start, statutory, false), nil
}

func tooFar(amount Amount, from Date) error {
	return fmt.Errorf("%s from %s is more than ten years away; use a smaller amount", amount, from)
}

// settle makes a due date into a deadline: it finds the end of working hours,
// moving the date where it has none and may be moved.
func (c *Calendar) settle(t *telling, d Date, start time.Time, statutory, mayMoveOn bool) Deadline {
	kind, name := c.kind(d, false)
	works := kind == dayWorked
	switch {
	case works && c.closing(d).After(start):
		return c.finish(t, d, start, c.closing(d), whenHoursEnd)
	case works:
		return c.finish(t, d, start, c.endOf(d), "")
	case statutory:
		return c.finish(t, d, start, c.endOf(d), lawDoesNotMove)
	}
	if back, ok := c.walk(d, -1); ok && c.closing(back).After(start) {
		t.moved(d, name, "back", back)
		return c.finish(t, back, start, c.closing(back), whenHoursEnd)
	}
	if on, ok := c.walk(d, 1); ok && mayMoveOn {
		t.moved(d, name, "on", on)
		return c.finish(t, on, start, c.closing(on), whenHoursEnd)
	}
	return c.finish(t, d, start, c.endOf(d), "")
}

// finish says when it is due and whether the table of holidays reaches so far.
func (c *Calendar) finish(t *telling, d Date, start, at time.Time, remark string) Deadline {
	t.due(at, remark)
	first, last := c.Holidays.First(), c.Holidays.Last()
	from := d
	if !start.IsZero() {
		from = DateOf(start, c.Location)
	}
	beyond := d.Compare(last) > 0
	if beyond {
		t.beyond("after", last)
	} else if beyond = from.Compare(first) < 0; beyond {
		t.beyond("before", first)
	}
	return Deadline{At: at, Date: d, Working: t.lines, BeyondTable: beyond}
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
