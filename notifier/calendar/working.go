package calendar

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// What telling.due may add to the due date.
const (
	whenHoursEnd   = ", when working hours end"
	lawDoesNotMove = ". The law sets this date: it does not move, though it is not a working day"
)

// telling collects the sentences of Deadline.Working. It is built by hand
// rather than with fmt, for a deadline is counted for every event.
type telling struct {
	year  int // the reader's year, left out of dates
	lines []string
	days  []workedDay
}

func newTelling(year int) telling {
	return telling{year: year, lines: make([]string, 0, 6)}
}

// sentence starts a line.
func sentence(start string) []byte {
	return append(make([]byte, 0, 128), start...)
}

func (t *telling) add(line []byte) { t.lines = append(t.lines, string(line)) }

func (t *telling) received(d Date) {
	t.lines = append(t.lines, "Received on "+d.Words()+"; that day is not counted.")
}

func (t *telling) receivedAt(start time.Time) {
	b := appendClock(sentence("Received at "), start)
	t.add(append(appendOn(b, start), '.'))
}

func (t *telling) promised(d Date) {
	t.lines = append(t.lines, "Promised for "+d.Words()+".")
}

// appendOn adds " on Monday 30 November 2026".
func appendOn(b []byte, at time.Time) []byte {
	b = append(b, " on "...)
	return append(b, dateOfUTC(at).Words()...)
}

func (t *telling) due(at time.Time, remark string) {
	b := appendClock(sentence("Due at "), at)
	b = append(appendOn(b, at), remark...)
	t.add(append(b, '.'))
}

// beyond warns that bank holidays on one side of a date are not known.
func (t *telling) beyond(side string, edge Date) {
	b := append(sentence("Warning: bank holidays "), side...)
	if edge.IsZero() {
		b = sentence("Warning: bank holidays")
	} else {
		b = strconv.AppendInt(append(b, ' '), int64(edge.Year), 10)
	}
	t.add(append(b, " are not known here. Check this date against the list on GOV.UK."...))
}

// moved says that a date gave way to a working day; name is its holiday or
// closure, if any.
func (t *telling) moved(d Date, name, direction string, to Date) {
	b := d.appendIn(sentence(""), t.year)
	b = append(b, " is not a working day"...)
	if name != "" {
		b = append(append(append(b, " ("...), name...), ')')
	}
	b = append(append(append(b, ", so the date moves "...), direction...), " to "...)
	t.add(append(to.appendIn(b, t.year), '.'))
}

// counted names the first and the last of the working days.
func (t *telling) counted(amount Amount, first, last Date) {
	b := append(sentence(amount.String()), ": "...)
	b = append(first.appendIn(b, t.year), " is 1"...)
	if amount.N > 1 {
		b = append(b, ", "...)
		if amount.N > 2 {
			b = append(b, "… "...)
		}
		b = append(last.appendIn(b, t.year), " is "...)
		b = strconv.AppendInt(b, int64(amount.N), 10)
	}
	t.add(append(b, '.'))
}

// calendarDays says where days, weeks or months end.
func (t *telling) calendarDays(amount Amount, from, d Date) {
	b := append(sentence(amount.String()), " later is "...)
	b = d.appendIn(b, t.year)
	switch {
	case amount.Unit != Months:
		b = append(b, ": every day counts, weekends and bank holidays too"...)
	case d.Day != from.Day:
		b = append(b, ", the last day of that month"...)
	}
	t.add(append(b, '.'))
}

// beforeDay says why the last lawful day is the day before.
func (t *telling) beforeDay(limit, last Date) {
	b := append(sentence("It must be done before "), limit.Words()...)
	b = append(b, ", so the last day is "...)
	t.add(append(last.appendIn(b, t.year), '.'))
}

// elapsed says how real time ran, where the clocks changed on the way.
func (t *telling) elapsed(amount Amount, start, at time.Time) {
	b := append(sentence(amount.String()), ": nights and weekends count too"...)
	_, before := start.Zone()
	_, after := at.Zone()
	switch {
	case after > before:
		b = append(b, "; the clocks go forward in between"...)
	case after < before:
		b = append(b, "; the clocks go back in between"...)
	}
	t.add(append(b, '.'))
}

// workedDay is how much working time one day gave.
type workedDay struct {
	date   Date
	length time.Duration
}

// worked notes working time; a day's spans are added up.
func (t *telling) worked(d Date, length time.Duration) {
	if last := len(t.days) - 1; last >= 0 && t.days[last].date == d {
		t.days[last].length += length
		return
	}
	t.days = append(t.days, workedDay{d, length})
}

// workedHours says on which days the working time ran.
func (t *telling) workedHours(amount Amount) {
	const named = 3 // more would make the sentence too long to follow
	b := append(sentence(amount.String()), ": "...)
	days := t.days
	var rest time.Duration
	if len(days) > named {
		for _, day := range days[named-1 : len(days)-1] {
			rest += day.length
		}
		days = append(slices.Clone(days[:named-1]), days[len(days)-1])
	}
	for i, day := range days {
		if i > 0 {
			b = append(b, ", "...)
		}
		if rest > 0 && i == len(days)-1 {
			b = append(appendLength(b, rest), " on the days between, "...)
		}
		b = append(appendLength(b, day.length), " on "...)
		b = day.date.appendIn(b, t.year)
	}
	t.add(append(b, '.'))
}

// appendLength adds "3 hours 30 minutes". Seconds are left out, unless there is
// nothing else to say.
func appendLength(b []byte, length time.Duration) []byte {
	hours, minutes := int64(length/time.Hour), int64(length%time.Hour/time.Minute)
	if hours == 0 && minutes == 0 {
		return append(b, "less than a minute"...)
	}
	if hours > 0 {
		b = appendCount(b, hours, "hour")
	}
	if hours > 0 && minutes > 0 {
		b = append(b, ' ')
	}
	if minutes > 0 {
		b = appendCount(b, minutes, "minute")
	}
	return b
}

func appendCount(b []byte, n int64, noun string) []byte {
	b = append(append(strconv.AppendInt(b, n, 10), ' '), noun...)
	if n != 1 {
		b = append(b, 's')
	}
	return b
}

// weekdayNames lists the weekdays in a set as plurals, from Monday:
// "Saturdays and Sundays".
func weekdayNames(set [7]bool) string {
	var names []string
	for i := range set {
		if day := time.Weekday((i + 1) % 7); set[day] {
			names = append(names, day.String()+"s")
		}
	}
	return joinWords(names, " and ")
}

// joinWords joins words with commas, and the last with its own word.
func joinWords(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + last + words[len(words)-1]
}
