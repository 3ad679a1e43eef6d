package calendar

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// What telling.due may add to the due date.
const (
	whenHoursEnd       = ", when working hours end"
	whenTribunalCloses = ", the Tribunal’s time for what must be done that day"
	lawDoesNotMove     = ". The law sets this date: it does not move, though it is not a working day"
	lawAndCouncil      = ". The law sets this date: it does not move, though the council does not work that day"
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

// starts says which day is counted from, and whether it counts.
func (t *telling) starts(from origin, unit Unit, way Way) {
	b := sentence("Received on ")
	switch {
	case way == Ahead:
		b = sentence("Counted back from ")
	case from.name != "":
		b = sentence("Counted from ")
	}
	b = appendName(append(b, from.date.Words()...), from.name)
	switch {
	case way != Beginning:
		b = append(b, "; that day is not counted."...)
	case unit == WorkingDays:
		b = append(b, "; that day is 1 if it is a working day."...)
	default:
		b = append(b, "; that day is day 1."...)
	}
	t.add(b)
}

// appendName adds the name of a date that the event names.
func appendName(b []byte, name string) []byte {
	if name == "" {
		return b
	}
	return append(append(append(b, " (the event’s “"...), nameWords(name)...), "”)"...)
}

// inYear says of which year a day of the year is meant.
func (t *telling) inYear(from origin) {
	t.lines = append(t.lines, "The event’s “"+nameWords(from.name)+"” is "+from.date.Words()+", and that year is meant.")
}

// picked says which of two dates counts.
func (t *telling) picked(pick string, d Date) {
	b := append(append(sentence("The "), pick...), " of the two dates counts: "...)
	t.add(append(d.appendIn(b, t.year), '.'))
}

// lacking warns that the date to count from is not known.
func (t *telling) lacking(name string) {
	t.add(append(append(sentence("Warning: the event does not say “"), nameWords(name)...), "”, the date to count from. Check this date."...))
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
func (t *telling) moved(d Date, name, direction string, to Date, remark string) {
	b := d.appendIn(sentence(""), t.year)
	b = append(b, " is not a working day"...)
	if name != "" {
		b = append(append(append(b, " ("...), name...), ')')
	}
	b = append(append(append(b, ", so the date moves "...), direction...), " to "...)
	t.add(append(append(to.appendIn(b, t.year), remark...), '.'))
}

// rolledPast says that an appeal is in time after the days set apart.
func (t *telling) rolledPast(d, last, to Date) {
	b := append(d.appendIn(sentence(""), t.year), " is among the days that the Tribunal’s rules set apart, so an appeal is in time on the first working day after "...)
	b = append(last.appendIn(b, t.year), ": "...)
	t.add(append(to.appendIn(b, t.year), '.'))
}

// counted names the first and the last of the working days.
func (t *telling) counted(amount Amount, way Way, first, last Date) {
	b := append(append(sentence(amount.String()), wayWords(way)...), ": "...)
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

// wayWords follow an amount in a sentence.
func wayWords(way Way) string {
	switch way {
	case Beginning:
		return " beginning with that day"
	case Ahead:
		return " before"
	}
	return ""
}

// civilDaysEnd says where days, weeks or months end. exact is false where a
// month has no corresponding date; skipped, where days on the way do not count.
func (t *telling) civilDaysEnd(amount Amount, way Way, d Date, exact, skipped bool) {
	b := append(sentence(amount.String()), wayWords(way)...)
	switch {
	case skipped:
		b = append(b, ", without the days that are not counted, end on "...)
	case way == Following:
		b = append(b, " later is "...)
	case way == Beginning:
		b = append(b, " end on "...)
	default:
		b = append(b, " is "...)
	}
	b = d.appendIn(b, t.year)
	switch {
	case skipped:
	case amount.Unit != Months && way != Ahead:
		b = append(b, ": every day counts, weekends and bank holidays too"...)
	case !exact:
		b = append(b, ", the last day of that month"...)
	case amount.Unit == Months && way == Beginning:
		b = append(b, ", the day before the corresponding date"...)
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
