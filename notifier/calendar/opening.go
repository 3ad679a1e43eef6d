package calendar

import (
	"iter"
	"time"
)

// stretch is a span on one date, as instants.
type stretch struct{ from, to time.Time }

// on returns the span's instants on a date. Clock changes may make it shorter
// or longer than it looks, or leave nothing of it.
func (s Span) on(d Date, loc *time.Location) stretch {
	return stretch{from: d.At(0, s.From, loc), to: d.At(0, s.To, loc)}
}

// open returns the spans of h that stand on d.
func (c *Calendar) open(h Hours, d Date) []Span {
	if h.ClosedOnBankHolidays {
		if _, holiday := c.Holidays.On(d); holiday {
			return nil
		}
	}
	return h.Days[d.Weekday()]
}

// Open reports whether h is open at t. Closures do not matter here: they stop
// officers' work, not messages to families.
func (c *Calendar) Open(h Hours, t time.Time) bool {
	d := DateOf(t, c.Location)
	for _, span := range c.open(h, d) {
		stretch := span.on(d, c.Location)
		if !t.Before(stretch.from) && t.Before(stretch.to) {
			return true
		}
	}
	return false
}

// NextOpening returns t itself where h is open at t, and otherwise the start of
// the next span. It is the zero time where h never opens.
func (c *Calendar) NextOpening(h Hours, t time.Time) time.Time {
	if h.Empty() {
		return time.Time{}
	}
	d := DateOf(t, c.Location)
	for range searchLimit {
		for _, span := range c.open(h, d) {
			stretch := span.on(d, c.Location)
			if stretch.from.Before(stretch.to) && t.Before(stretch.to) {
				if t.Before(stretch.from) {
					return stretch.from
				}
				return t
			}
		}
		d = d.AddDays(1)
	}
	return time.Time{}
}

// workedAfter yields the stretches of working time after t, in order, none
// overlapping, for ten years.
func (c *Calendar) workedAfter(t time.Time, law *Law) iter.Seq[stretch] {
	return func(yield func(stretch) bool) {
		d := DateOf(t, c.Location)
		for range searchLimit + 1 {
			for _, span := range c.worked(d, law) {
				next := span.on(d, c.Location)
				if next.from.Before(t) {
					next.from = t
				}
				if next.from.Before(next.to) {
					if !yield(next) {
						return
					}
					t = next.to
				}
			}
			d = d.AddDays(1)
		}
	}
}

// workedBefore yields the stretches of working time in the ten years before t,
// the latest first.
func (c *Calendar) workedBefore(t time.Time) iter.Seq[stretch] {
	return func(yield func(stretch) bool) {
		d := DateOf(t, c.Location)
		for range searchLimit + 1 {
			spans := c.worked(d, nil)
			for i := len(spans) - 1; i >= 0; i-- {
				next := spans[i].on(d, c.Location)
				if next.to.After(t) {
					next.to = t
				}
				if next.from.Before(next.to) {
					if !yield(next) {
						return
					}
					t = next.from
				}
			}
			d = d.AddDays(-1)
		}
	}
}

// worked returns the spans of working time on d. Where the law sets the clock,
// closures do not stop it.
func (c *Calendar) worked(d Date, law *Law) []Span {
	if kind, _ := c.kind(d, law); kind == dayWorked {
		return c.Working.Days[d.Weekday()]
	}
	return nil
}
