package calendar

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// elapsed counts real time.
func (n *counting) elapsed(amount Amount) Deadline {
	at := n.start.Add(time.Duration(amount.N) * amount.Unit.elapsed())
	n.receivedAt(n.start)
	n.telling.elapsed(amount, n.start, at)
	n.due(at, "")
	return Deadline{At: at, Date: DateOf(at, n.c.Location), Working: n.lines}
}

// workingHours counts working time.
func (n *counting) workingHours(amount Amount) (Deadline, error) {
	left := time.Duration(amount.N) * time.Hour
	n.receivedAt(n.start)
	for stretch := range n.c.workedAfter(n.start, n.law) {
		d := DateOf(stretch.from, n.c.Location)
		length := min(left, stretch.to.Sub(stretch.from))
		left -= length
		n.worked(d, length)
		if left > 0 {
			continue
		}
		n.workedHours(amount)
		return n.finish(d, n.c.within(d, stretch.from.Add(length)), ""), nil
	}
	if len(n.days) > 0 {
		return Deadline{}, tooFar(amount, n.origin.date)
	}
	return Deadline{}, errNoWorkingDay
}

// workingDays counts working days.
func (n *counting) workingDays(amount Amount, way Way) (Deadline, error) {
	if err := n.needsDate(way); err != nil {
		return Deadline{}, err
	}
	from, step := n.origin.date, 1
	d := from
	switch way {
	case Beginning:
		d = d.AddDays(-1)
	case Ahead:
		step = -1
	}
	n.starts(n.origin, WorkingDays, way)
	var buffer [16]notCounted // a promise's usual length needs no more, and so nothing is allocated
	skipped := buffer[:0]
	var first Date
	for count := 0; count < amount.N; {
		d = d.AddDays(step)
		if d.Compare(from.AddMonths(horizonMonths)) > 0 || d.Compare(from.AddMonths(-horizonMonths)) < 0 {
			if count == 0 {
				return Deadline{}, errNoWorkingDay
			}
			return Deadline{}, tooFar(amount, from)
		}
		kind, name := n.c.kind(d, n.law)
		if kind != dayWorked {
			skipped = append(skipped, notCounted{d, kind, name})
			continue
		}
		if count++; count == 1 {
			first = d
		}
	}
	if way == Ahead {
		slices.Reverse(skipped)
	}
	n.counted(amount, way, first, d)
	n.passedOver(skipped)
	return n.settle(d, way != Ahead), nil
}

// civilDays counts days, weeks and months: the date they end on.
func (n *counting) civilDays(from origin, amount Amount, way Way) (Date, error) {
	if err := n.needsDate(way); err != nil {
		return Date{}, err
	}
	n.starts(from, amount.Unit, way)
	base, skipped := from.date, []notCounted(nil)
	leavesOut := n.law != nil && n.law.Tribunal == OtherActs && way != Ahead
	if leavesOut {
		base, skipped = startApart(base, way)
	}
	d, exact := civil(base, amount, way)
	if d.Compare(from.date.AddMonths(horizonMonths)) > 0 || d.Compare(from.date.AddMonths(-horizonMonths)) < 0 {
		return Date{}, tooFar(amount, from.date)
	}
	if leavesOut {
		d, skipped = endApart(base, d, skipped)
	}
	n.civilDaysEnd(amount, way, d, exact, len(skipped) > 0)
	n.passedOver(skipped)
	return d, nil
}

// startApart is the day to count from where days are set apart: those at the
// beginning of a count are passed over.
func startApart(from Date, way Way) (base Date, skipped []notCounted) {
	first := from
	if way == Following {
		first = first.AddDays(1)
	}
	for last, is := apart(first); is; last, is = apart(first) {
		for ; first.Compare(last) <= 0; first = first.AddDays(1) {
			skipped = append(skipped, notCounted{first, dayApart, tribunalApart})
		}
	}
	if way == Following {
		first = first.AddDays(-1)
	}
	return first, skipped
}

// endApart moves the end of a count on by a day for each on the way that is set
// apart.
func endApart(from, end Date, skipped []notCounted) (Date, []notCounted) {
	for day := from.AddDays(1); day.Compare(end) <= 0; day = day.AddDays(1) {
		if _, is := apart(day); is {
			skipped = append(skipped, notCounted{day, dayApart, tribunalApart})
			end = end.AddDays(1)
		}
	}
	return end, skipped
}

// needsDate is the error of a count back from no date: when it happened says
// nothing about when that will be.
func (n *counting) needsDate(way Way) error {
	switch {
	case way != Ahead || n.origin.name != "":
		return nil
	case n.lacks != "":
		return fmt.Errorf("the event does not say the date %q that is counted back from; send it", nameWords(n.lacks))
	}
	return errors.New("nothing says which date is counted back from; name it in counts_from")
}

// civil adds days, weeks or months to a date. exact is false where a month has
// no corresponding date, and its last day stands in.
//
// 12 months beginning with 10 March end on 9 March. Where the last month has no
// such day they end with the month, as they would if the day before had been
// counted from (Dodds v Walker [1981] 1 WLR 1027).
func civil(from Date, amount Amount, way Way) (d Date, exact bool) {
	count := amount.N
	if way == Ahead {
		count = -count
	}
	switch amount.Unit {
	case Days:
		d, exact = from.AddDays(count), true
	case Weeks:
		d, exact = from.AddDays(7*count), true
	default:
		d = from.AddMonths(count)
		exact = d.Day == from.Day
	}
	if way == Beginning && exact {
		d = d.AddDays(-1)
	}
	return d, exact
}

// oneOfTwo counts to two dates and takes one of them. A date that the event does
// not name does not count, if the other is there.
func (n *counting) oneOfTwo(due Due, firstThere bool) (Deadline, error) {
	second, secondThere := n.originOf(due.Or.From)
	var d Date
	if firstThere || !secondThere {
		var err error
		if d, err = n.civilDays(n.origin, due.Amount, due.Way); err != nil {
			return Deadline{}, err
		}
	}
	if secondThere {
		other, err := n.civilDays(second, due.Or.Amount, due.Or.Way)
		if err != nil {
			return Deadline{}, err
		}
		if d.IsZero() || other != d && other.Compare(d) < 0 == due.Or.Earlier {
			d, n.origin = other, second
		}
		if firstThere {
			n.picked(due.Or.pick(), d)
		}
	}
	return n.settle(d, true), nil
}

// beforeDay finds the last lawful day before such a day of the year: of the year
// of the date that the event names, or else the next.
func (n *counting) beforeDay(before MonthDay) Deadline {
	from := n.origin.date
	limit := before.in(from.Year)
	if n.origin.name == "" && limit.Compare(from) <= 0 {
		limit = before.in(from.Year + 1)
	}
	last := limit.AddDays(-1)
	if n.origin.name != "" {
		n.inYear(n.origin)
	}
	n.telling.beforeDay(limit, last)
	return n.settle(last, false)
}
