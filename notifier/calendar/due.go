package calendar

import (
	"fmt"
	"strconv"
	"time"
)

// MonthDay is a day that every year has: 29 February is not one.
type MonthDay struct {
	Month time.Month
	Day   int
}

// String gives 15 February.
func (m MonthDay) String() string { return strconv.Itoa(m.Day) + " " + m.Month.String() }

// check says why m is not a day of every year.
func (m MonthDay) check() error {
	const notLeap = 2001
	if d := m.in(notLeap); dateOfUTC(d.utc()) != d {
		return fmt.Errorf("\"before\" needs a day that every year has, and day %d of month %d is not one; write another, such as \"before 1 March\"", m.Day, m.Month)
	}
	return nil
}

// in returns the day in one year.
func (m MonthDay) in(year int) Date { return Date{Year: year, Month: m.Month, Day: m.Day} }

// Way is the direction of a count and what it does with the day that it counts
// from.
type Way uint8

const (
	// Following: that day is day 0, as in "within 6 weeks of".
	Following Way = iota
	// Beginning: that day is day 1, as in "15 days beginning with the day on which
	// the draft was served" (SEND Regulations 2014, regulation 13(1)).
	Beginning
	// Ahead counts back, as in "at least 5 months before the move" (regulation
	// 18(2)).
	Ahead
)

// words follow the amount.
func (w Way) words() string {
	switch w {
	case Beginning:
		return " beginning with the day"
	case Ahead:
		return " before"
	}
	return ""
}

// Due says when a promise falls due: so long after a day, or before it; or,
// where Before is set, before a day of the year.
//
// "Before 15 February" is strict, though everyone says "by": the last lawful
// day is the 14th (Special Educational Needs and Disability Regulations 2014,
// regulation 18(1), for phase transfers). Where a Limit counts from a date that
// the event names, it is the 15 February of that date's year; otherwise the next.
type Due struct {
	Amount Amount
	Way    Way
	Before *MonthDay
	Or     *Other
}

// Other is the second of two dates, of which only one counts: "2 months or 1
// month from certificate_on, whichever is later".
type Other struct {
	Amount  Amount
	Way     Way
	From    string // the name of the date that it counts from; empty: from when it happened
	Earlier bool   // the earlier of the two counts; otherwise the later
}

// String gives the words back.
func (d Due) String() string {
	if d.Before != nil {
		return "before " + d.Before.String()
	}
	words := d.Amount.String() + d.Way.words()
	if d.Or == nil {
		return words
	}
	words += " or " + d.Or.Amount.String() + d.Or.Way.words()
	if d.Or.From != "" {
		words += " from " + d.Or.From
	}
	return words + ", whichever is " + d.Or.pick()
}

func (o *Other) pick() string {
	if o.Earlier {
		return "earlier"
	}
	return "later"
}

// check says why d is no due that ParseDue could have given.
func (d Due) check() error {
	if d.Before != nil {
		return d.Before.check()
	}
	if err := checkWay(d.Amount, d.Way); err != nil || d.Or == nil {
		return err
	}
	if err := checkWay(d.Or.Amount, d.Or.Way); err != nil {
		return err
	}
	return d.checkTwo()
}

// checkTwo says why two dates cannot be counted and compared.
func (d Due) checkTwo() error {
	if !d.Amount.Unit.civil() || !d.Or.Amount.Unit.civil() || d.Way == Ahead || d.Or.Way == Ahead {
		return fmt.Errorf("%q sets two dates that cannot be told apart: write both in days, weeks or months, counted forward", d)
	}
	return nil
}

func checkWay(a Amount, way Way) error {
	if err := a.check(); err != nil {
		return err
	}
	if way != Following && !a.Unit.civil() && a.Unit != WorkingDays {
		return fmt.Errorf("%s%s has no meaning: use days, weeks, months or working days", a, way.words())
	}
	return nil
}

// MarshalText gives what String gives, and an error for what is no due.
func (d Due) MarshalText() ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	return []byte(d.String()), nil
}

// UnmarshalText is ParseDue.
func (d *Due) UnmarshalText(text []byte) error {
	parsed, err := ParseDue(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
