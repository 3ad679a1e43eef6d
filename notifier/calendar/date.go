package calendar

import (
	"cmp"
	"fmt"
	"strconv"
	"time"
	_ "time/tzdata" // so that Europe/London loads where the machine has no zone files
)

// Date is a civil date: a day on a wall calendar, without a time or a zone.
// Dates are comparable with == and may be map keys. The zero Date is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the civil date on which t falls in loc. A message at 23:30 UTC
// in summer belongs to the next London day.
func DateOf(t time.Time, loc *time.Location) Date {
	year, month, day := t.In(loc).Date()
	return Date{Year: year, Month: month, Day: day}
}

// ParseDate reads a date written as 2026-11-30. The day must exist, and the
// year lie in 0001–9999.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("%q is not a date: write year-month-day, such as 2026-11-30", text)
	}
	return dateOfUTC(t), nil
}

func dateOfUTC(t time.Time) Date {
	year, month, day := t.Date()
	return Date{Year: year, Month: month, Day: day}
}

// utc is the midnight that starts d in UTC, for arithmetic on days alone.
func (d Date) utc() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String gives 2026-11-30, and nothing for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// MarshalText gives 2026-11-30, and empty text for the zero Date. A date that
// does not exist is an error.
func (d Date) MarshalText() ([]byte, error) {
	if !d.IsZero() && (dateOfUTC(d.utc()) != d || d.Year < 1 || d.Year > 9999) {
		return nil, fmt.Errorf("year %d month %d day %d is not a date that exists", d.Year, d.Month, d.Day)
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Compare is -1 if d is before other, +1 if it is after, and 0 if they are the
// same day.
func (d Date) Compare(other Date) int {
	return cmp.Or(
		cmp.Compare(d.Year, other.Year),
		cmp.Compare(d.Month, other.Month),
		cmp.Compare(d.Day, other.Day),
	)
}

// AddDays returns the date n days later, or earlier where n is negative.
func (d Date) AddDays(n int) Date {
	return dateOfUTC(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// AddMonths returns the corresponding date n months later, or the last day of
// that month where it has no such day: 31 January and one month is 28 or 29
// February. (time.Time.AddDate would give 3 March.)
func (d Date) AddMonths(n int) Date {
	first := dateOfUTC(time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC))
	last := dateOfUTC(time.Date(first.Year, first.Month+1, 0, 0, 0, 0, 0, time.UTC))
	return Date{Year: first.Year, Month: first.Month, Day: min(d.Day, last.Day)}
}

// daysUntil is the number of days from d to other, negative where other is
// earlier.
func (d Date) daysUntil(other Date) int {
	return int((other.utc().Unix() - d.utc().Unix()) / (24 * 60 * 60))
}

// At returns the instant at which clocks in loc show hour:minute on d. Hour 24
// is the midnight that ends the day. A time that the clocks skip in spring
// resolves forward by as much as they skip: 01:30 in London on 28 March 2027 is
// 02:30 BST. Of a time that comes twice in autumn, London's second is meant.
func (d Date) At(hour, minute int, loc *time.Location) time.Time {
	return d.atClock(time.Duration(hour)*time.Hour+time.Duration(minute)*time.Minute, loc)
}

// atClock is At for any reading of the clock since midnight.
func (d Date) atClock(clock time.Duration, loc *time.Location) time.Time {
	wanted := d.utc().Add(clock)
	year, month, day := wanted.Date()
	hour, minute, second := wanted.Clock()
	t := time.Date(year, month, day, hour, minute, second, wanted.Nanosecond(), loc)
	// time.Date may resolve a skipped time backward, as it does in zones west of
	// Greenwich: a deadline must not come early.
	_, offset := t.Zone()
	if short := wanted.Unix() - t.Unix() - int64(offset); short > 0 {
		t = t.Add(time.Duration(short) * time.Second)
	}
	return t
}

// Words gives Monday 30 November 2026, as GOV.UK writes dates.
func (d Date) Words() string {
	b := d.appendDayMonth(make([]byte, 0, 32))
	return string(strconv.AppendInt(append(b, ' '), int64(d.Year), 10))
}

// Short gives Mon 30 Nov, for texts.
func (d Date) Short() string {
	b := append(make([]byte, 0, 16), d.Weekday().String()[:3]...)
	b = strconv.AppendInt(append(b, ' '), int64(d.Day), 10)
	return string(append(append(b, ' '), d.Month.String()[:3]...))
}

// appendDay adds "Monday 30".
func (d Date) appendDay(b []byte) []byte {
	b = append(b, d.Weekday().String()...)
	return strconv.AppendInt(append(b, ' '), int64(d.Day), 10)
}

// appendDayMonth adds "Monday 30 November".
func (d Date) appendDayMonth(b []byte) []byte {
	return append(append(d.appendDay(b), ' '), d.Month.String()...)
}

// appendIn adds the date for a reader who has the given year in mind, and so
// names the year only where it is another.
func (d Date) appendIn(b []byte, year int) []byte {
	b = d.appendDayMonth(b)
	if d.Year != year {
		b = strconv.AppendInt(append(b, ' '), int64(d.Year), 10)
	}
	return b
}

// Elapsed says a length of time as people do, rounded down: "36 minutes", "3 hours",
// and from 48 hours on "2 days". Less than a minute, a negative one included, is "less
// than a minute".
func Elapsed(d time.Duration) string {
	count := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return strconv.Itoa(n) + " " + unit + "s"
	}
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return count(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return count(int(d/time.Hour), "hour")
	default:
		return count(int(d/(24*time.Hour)), "day")
	}
}

// Clock gives the time of day of t in loc as GOV.UK writes it: 5pm, 4:30pm,
// midday. Seconds are left out. Midnight is 12am, the start of a day; a day's
// end is 11:59pm.
func Clock(t time.Time, loc *time.Location) string {
	return string(appendClock(nil, t.In(loc)))
}

func appendClock(b []byte, t time.Time) []byte {
	hour, minute, _ := t.Clock()
	if hour == 12 && minute == 0 {
		return append(b, "midday"...)
	}
	half := "am"
	if hour >= 12 {
		half = "pm"
	}
	b = strconv.AppendInt(b, int64((hour+11)%12+1), 10)
	if minute != 0 {
		b = append(b, ':', byte('0'+minute/10), byte('0'+minute%10))
	}
	return append(b, half...)
}
