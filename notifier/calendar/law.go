package calendar

import (
	"strings"
	"time"
)

// Limit is all that a rule says about when something falls due.
type Limit struct {
	Due Due
	// CountsFrom names the date that Due counts from; empty: from when it happened.
	CountsFrom string
	// Statutory: the law sets the date, as Law says, whatever hours the council
	// keeps and whenever it closes. Otherwise it is the council's own promise.
	Statutory bool
	Law       Law
}

// From is where the clock of a Limit starts.
type From struct {
	At    time.Time       // when it happened
	Dates map[string]Date // the dates that the event names
}

// Law is what the law that sets a date says about counting to it. The zero Law
// counts the calendar's own bank holidays, and a date stays where it falls.
type Law struct {
	// Holidays are the bank holidays that do not count; nil: the calendar's own.
	Holidays *Holidays
	// RollsOn: a last day that is not a working day gives way to the next that is.
	// The SEND Regulations 2014 have no such rule; a subject access request has.
	RollsOn  bool
	Tribunal Tribunal
}

// Tribunal says whether the First-tier Tribunal's rules on time hold: a last day
// that is no working day gives way to the next, acts are done by 5pm, and August
// and the days from 25 December to 1 January are special (Tribunal Procedure
// (First-tier Tribunal) (Health, Education and Social Care Chamber) Rules 2008,
// rule 12).
type Tribunal uint8

const (
	NoTribunal Tribunal = iota
	// StartingAppeal: an appeal whose last day falls among the special days is in
	// time on the first working day after them (rule 12(3)(a)).
	StartingAppeal
	// OtherActs: the special days are not counted (rule 12(3)(b)).
	OtherActs
)

// tribunalCloses is 5pm, in minutes of the day (rule 12(1)).
const tribunalCloses = 17 * 60

// apart reports the days that the Tribunal's rules set apart, and the last of
// the stretch that d is in.
func apart(d Date) (last Date, is bool) {
	switch {
	case d.Month == time.August:
		return Date{Year: d.Year, Month: time.August, Day: 31}, true
	case d.Month == time.December && d.Day >= 25:
		return Date{Year: d.Year + 1, Month: time.January, Day: 1}, true
	case d.Month == time.January && d.Day == 1:
		return d, true
	}
	return Date{}, false
}

// holidays are those that count under law, which is nil for a promise.
func (c *Calendar) holidays(law *Law) *Holidays {
	if law != nil && law.Holidays != nil {
		return law.Holidays
	}
	return &c.Holidays
}

// rollOn is d, or the next working day of the law where d is none. The days that
// a tribunal sets apart are working days here: rule 12(5) names weekends and
// bank holidays only.
func (c *Calendar) rollOn(d Date, law *Law) Date {
	plain := Law{Holidays: law.Holidays}
	for range searchLimit {
		if kind, _ := c.kind(d, &plain); kind == dayWorked {
			break
		}
		d = d.AddDays(1)
	}
	return d
}

// nameWords says the name of a date as words: "served on" for served_on.
func nameWords(name string) string { return strings.ReplaceAll(name, "_", " ") }
