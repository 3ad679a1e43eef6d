package calendar

import "time"

// Before returns the instant of a step that stands an amount before a deadline.
//
// Working days: the start of that working day's hours, counted back from the
// deadline's Date. Working hours: so much working time before At. Seconds,
// minutes and hours: that instant. Days, weeks and months: the same time of day
// on that civil date.
//
// Steps are work for staff, so they follow the council's own hours and closures
// even where the deadline is statutory. A step is never lost: with a calendar
// that has no working days (Check says so), or too little working time in ten
// years, working units count as days and hours of the wall calendar.
func (c *Calendar) Before(deadline Deadline, a Amount) time.Time {
	return c.step(deadline, a, -1)
}

// After is Before in the other direction: the start of the N-th working day
// after the deadline's Date, or the instant so much later.
func (c *Calendar) After(deadline Deadline, a Amount) time.Time {
	return c.step(deadline, a, 1)
}

func (c *Calendar) step(deadline Deadline, a Amount, direction int) time.Time {
	at := deadline.At.In(c.Location)
	n := direction * a.N
	switch a.Unit {
	case WorkingDays:
		if d, ok := c.walk(deadline.Date, n); ok {
			return d.At(0, c.Working.Days[d.Weekday()][0].From, c.Location)
		}
		return c.sameClock(deadline.Date.AddDays(n), at)
	case WorkingHours:
		if t, ok := c.walkHours(at, a.N, direction); ok {
			return t
		}
		return at.Add(time.Duration(n) * time.Hour)
	case Days:
		return c.sameClock(DateOf(at, c.Location).AddDays(n), at)
	case Weeks:
		return c.sameClock(DateOf(at, c.Location).AddDays(7*n), at)
	case Months:
		return c.sameClock(DateOf(at, c.Location).AddMonths(n), at)
	}
	return at.Add(time.Duration(n) * a.Unit.elapsed())
}

// sameClock is the instant at which clocks show on d what they show at t.
func (c *Calendar) sameClock(d Date, t time.Time) time.Time {
	hour, minute, second := t.Clock()
	return d.atClock(time.Duration(hour)*time.Hour+time.Duration(minute)*time.Minute+
		time.Duration(second)*time.Second+time.Duration(t.Nanosecond()), c.Location)
}

// walkHours goes so many hours of working time from t. It fails where ten years
// do not hold them.
func (c *Calendar) walkHours(t time.Time, hours, direction int) (time.Time, bool) {
	left := time.Duration(hours) * time.Hour
	if direction < 0 {
		for stretch := range c.workedBefore(t) {
			if length := stretch.to.Sub(stretch.from); length < left {
				left -= length
				continue
			}
			return stretch.to.Add(-left), true
		}
		return t, false
	}
	for stretch := range c.workedAfter(t, nil) {
		if length := stretch.to.Sub(stretch.from); length < left {
			left -= length
			continue
		}
		return stretch.from.Add(left), true
	}
	return t, false
}
