package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Unit is what an Amount counts.
type Unit int

// The units of the book. Seconds, minutes and elapsed hours are real time,
// whatever the clocks do. Days, weeks and months are civil dates. The working
// units follow the Calendar.
const (
	Seconds Unit = iota + 1
	Minutes
	ElapsedHours // written "hours"; Hours is the type of opening hours
	Days
	Weeks
	Months
	WorkingHours
	WorkingDays
)

const unitNames = "seconds, minutes, hours, days, weeks, months, working hours or working days"

// singular is the unit's name for one, and empty for a Unit that does not exist.
func (u Unit) singular() string {
	switch u {
	case Seconds:
		return "second"
	case Minutes:
		return "minute"
	case ElapsedHours:
		return "hour"
	case Days:
		return "day"
	case Weeks:
		return "week"
	case Months:
		return "month"
	case WorkingHours:
		return "working hour"
	case WorkingDays:
		return "working day"
	}
	return ""
}

// String gives the unit's name in the plural, as the book writes it.
func (u Unit) String() string {
	if name := u.singular(); name != "" {
		return name + "s"
	}
	return "unknown unit " + strconv.Itoa(int(u))
}

// civil reports days, weeks and months, which count every day of the wall calendar.
func (u Unit) civil() bool { return u == Days || u == Weeks || u == Months }

// elapsed is the length of one unit of real time, and zero for other units.
func (u Unit) elapsed() time.Duration {
	switch u {
	case Seconds:
		return time.Second
	case Minutes:
		return time.Minute
	case ElapsedHours:
		return time.Hour
	}
	return 0
}

// MaxAmount is the largest N of an Amount. It is far beyond any promise a
// council makes, and small enough that counting day by day stays quick and
// nothing overflows.
const MaxAmount = 10_000

// Amount is a length of time as people write it, such as 5 working days.
type Amount struct {
	N    int
	Unit Unit
}

// ParseAmount reads a whole number from 1 to MaxAmount and a unit, singular or
// plural: "5 working days", "1 month".
func ParseAmount(text string) (Amount, error) {
	number, name, _ := strings.Cut(strings.Join(strings.Fields(text), " "), " ")
	unit := parseUnit(name)
	if unit == 0 || !isDigits(number) {
		return Amount{}, fmt.Errorf("%q is not an amount of time: write a whole number and %s, such as \"5 working days\"", text, unitNames)
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > MaxAmount {
		return Amount{}, fmt.Errorf("%q is out of range: write a number from 1 to %d, with a larger unit if need be", text, MaxAmount)
	}
	return Amount{N: n, Unit: unit}, nil
}

func parseUnit(name string) Unit {
	for unit := Seconds; unit <= WorkingDays; unit++ {
		if plural, ok := strings.CutPrefix(name, unit.singular()); ok && (plural == "" || plural == "s") {
			return unit
		}
	}
	return 0
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// check says why a is no amount that ParseAmount could have given.
func (a Amount) check() error {
	if a.Unit.singular() == "" {
		return fmt.Errorf("an amount counts in an %s: use %s", a.Unit, unitNames)
	}
	if a.N < 1 || a.N > MaxAmount {
		return fmt.Errorf("an amount of %d %s is out of range: use a number from 1 to %d", a.N, a.Unit, MaxAmount)
	}
	return nil
}

// String gives the words back: "5 working days", "1 month".
func (a Amount) String() string {
	if a.N == 1 {
		return "1 " + a.Unit.singular()
	}
	return strconv.Itoa(a.N) + " " + a.Unit.String()
}

// MarshalText gives what String gives, and an error for what is no amount.
func (a Amount) MarshalText() ([]byte, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	return []byte(a.String()), nil
}

// UnmarshalText is ParseAmount.
func (a *Amount) UnmarshalText(text []byte) error {
	parsed, err := ParseAmount(string(text))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}
