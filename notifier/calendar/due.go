package calendar

import (
	"fmt"
	"strconv"
	"strings"
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

// Due says when a promise falls due: so long after its start or, where Before
// is set, before the next such day of the year.
//
// "Before 15 February" is strict, though everyone says "by": the last lawful
// day is the 14th (Special Educational Needs and Disability Regulations 2014,
// regulation 18(1), for phase transfers).
type Due struct {
	Amount Amount
	Before *MonthDay
}

// ParseDue reads an amount ("20 weeks") or a day of the year
// ("before 15 February").
func ParseDue(text string) (Due, error) {
	day, isDay := strings.CutPrefix(strings.Join(strings.Fields(text), " "), "before ")
	if !isDay {
		amount, err := ParseAmount(text)
		if err != nil {
			return Due{}, fmt.Errorf("%w, or \"before 15 February\"", err)
		}
		return Due{Amount: amount}, nil
	}
	t, err := time.Parse("2 January", day)
	if err != nil {
		return Due{}, fmt.Errorf("%q is not a day of the year: write a day and a month, such as \"before 15 February\"", text)
	}
	before := MonthDay{Month: t.Month(), Day: t.Day()}
	if err := before.check(); err != nil {
		return Due{}, err
	}
	return Due{Before: &before}, nil
}

// String gives the words back.
func (d Due) String() string {
	if d.Before != nil {
		return "before " + d.Before.String()
	}
	return d.Amount.String()
}

// MarshalText gives what String gives, and an error for what is no due.
func (d Due) MarshalText() ([]byte, error) {
	if d.Before == nil {
		return d.Amount.MarshalText()
	}
	if err := d.Before.check(); err != nil {
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
