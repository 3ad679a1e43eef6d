package calendar

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// searchLimit bounds every search for a working day or an opening, in days: a
// calendar whose closures leave none must not hang the program. It is ten years.
const searchLimit = 3653

// Closure is a time when the council works no hours, both days included, such
// as the days between Christmas and New Year.
type Closure struct {
	From, To Date
	Name     string
}

// Calendar is when one council works. It is read only: any number of goroutines
// may use one at once.
type Calendar struct {
	Location *time.Location // where dates become instants; Europe/London in England
	Holidays Holidays
	Working  Hours // the spans of working time; bank holidays and closures are taken out
	Closures []Closure
}

// Check returns what must be mended before the calendar can count: every fault,
// joined.
func (c *Calendar) Check() error {
	var faults []error
	if c.Location == nil {
		faults = append(faults, errors.New("the calendar has no time zone; set council.timezone, such as Europe/London"))
	}
	if c.Working.Empty() {
		faults = append(faults, errNoWorkingDay)
	}
	for _, closure := range c.Closures {
		if closure.To.Compare(closure.From) < 0 {
			faults = append(faults, fmt.Errorf("the closure %q ends on %s, before it starts on %s; put the earlier date in \"from\"", closure.Name, closure.To, closure.From))
		}
	}
	return errors.Join(faults...)
}

var errNoWorkingDay = errors.New("no working day can be found; give at least one day a span in working_time.hours, and let no closure in working_time.closures run for years")

// dayKind says whether a day counts as a working day and, if not, why not.
type dayKind uint8

const (
	dayWorked dayKind = iota
	dayOff            // a weekday without working hours, or a weekend
	dayHoliday
	dayClosed
	dayApart // by a tribunal's rules
)

// tribunalApart is the reason for dayApart.
const tribunalApart = "the Tribunal’s rules leave out August and 25 December to 1 January"

// words gives the name of a holiday or closure as a reason. A holiday is called
// a bank holiday, unless its name says so.
func (k dayKind) words(name string) string {
	if k == dayHoliday && !strings.Contains(strings.ToLower(name), "bank holiday") {
		return name + " (bank holiday)"
	}
	return name
}

// kind sorts a day, with the name of its holiday or closure. law is nil for a
// promise.
//
// Statutory working days are Monday to Friday except bank holidays, whatever
// hours the council keeps and whenever it closes its offices (Freedom of
// Information Act 2000, section 10(6); the Information Commissioner says
// expressly that days of closure count).
func (c *Calendar) kind(d Date, law *Law) (dayKind, string) {
	weekday := d.Weekday()
	if law != nil {
		if weekday == time.Saturday || weekday == time.Sunday {
			return dayOff, ""
		}
	} else if len(c.Working.Days[weekday]) == 0 {
		return dayOff, ""
	}
	if name, ok := c.holidays(law).On(d); ok {
		return dayHoliday, name
	}
	if law == nil {
		for i := range c.Closures {
			if closure := &c.Closures[i]; d.Compare(closure.From) >= 0 && d.Compare(closure.To) <= 0 {
				return dayClosed, closure.Name
			}
		}
	} else if law.Tribunal == OtherActs {
		if _, is := apart(d); is {
			return dayApart, tribunalApart
		}
	}
	return dayWorked, ""
}

// IsWorkingDay reports whether the council works on d. Where it does not, why
// says so in words: "Saturday", "Christmas Day (bank holiday)", or the name of
// the closure.
func (c *Calendar) IsWorkingDay(d Date) (works bool, why string) {
	kind, name := c.kind(d, nil)
	switch kind {
	case dayWorked:
		return true, ""
	case dayOff:
		return false, d.Weekday().String()
	}
	return false, kind.words(name)
}

// WorkingDaysBetween counts the working days after from, up to and including
// to: how long somebody has waited. It is 0 where to is not after from. Years
// cost no more than days.
func (c *Calendar) WorkingDaysBetween(from, to Date) int {
	count := 0
	for from.Compare(to) < 0 {
		closure, ok := c.closureAfter(from)
		if !ok || closure.From.Compare(to) > 0 {
			return count + c.openDays(from, to)
		}
		count += c.openDays(from, closure.From.AddDays(-1))
		from = closure.To
	}
	return count
}

// openDays is WorkingDaysBetween without the closures.
func (c *Calendar) openDays(from, to Date) int {
	days := from.daysUntil(to)
	if days <= 0 {
		return 0
	}
	count := 0
	for first, i := int(from.Weekday()), 1; i <= 7; i++ {
		if len(c.Working.Days[(first+i)%7]) > 0 {
			count += (days + 7 - i) / 7 // how often that weekday comes
		}
	}
	for _, holiday := range c.Holidays.between(from, to) {
		if len(c.Working.Days[holiday.Weekday()]) > 0 {
			count--
		}
	}
	return count
}

// closureAfter is the first to begin of the closures that end after d. One that
// ends before it begins is none.
func (c *Calendar) closureAfter(d Date) (first Closure, ok bool) {
	for _, closure := range c.Closures {
		if closure.To.Compare(d) > 0 && closure.From.Compare(closure.To) <= 0 && (!ok || closure.From.Compare(first.From) < 0) {
			first, ok = closure, true
		}
	}
	return first, ok
}

// walk goes n working days from d, forward or back by the sign of n. It fails
// where it meets none for ten years. It strides over as many days as working
// days are still to come, so that it never goes too far.
func (c *Calendar) walk(d Date, n int) (Date, bool) {
	direction := 1
	if n < 0 {
		direction, n = -1, -n
	}
	for idle := 0; n > 0; {
		stride := min(n, searchLimit)
		next := d.AddDays(direction * stride)
		met := c.WorkingDaysBetween(d, next)
		if direction < 0 {
			met = c.WorkingDaysBetween(next.AddDays(-1), d.AddDays(-1))
		}
		if idle += stride; met > 0 {
			n, idle = n-met, 0
		} else if idle > searchLimit {
			return next, false
		}
		d = next
	}
	return d, true
}
