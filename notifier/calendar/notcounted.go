package calendar

import (
	"slices"
	"strconv"
)

// notCounted is a day that a count of working days passed over.
type notCounted struct {
	date Date
	kind dayKind
	name string // of the holiday or closure
}

// Longer lists than these are summed up, so that sixty working days still fit
// on a page.
const (
	maxRunsOff  = 2
	maxHolidays = 6
	maxClosures = 3
)

// passedOver explains the days not counted in at most one line for each kind.
func (t *telling) passedOver(days []notCounted) {
	var count [dayApart + 1]int
	for i := range days {
		count[days[i].kind]++
	}
	if count[dayOff] > 0 {
		t.off(days)
	}
	if count[dayHoliday] > 0 {
		t.named(days, dayHoliday, count[dayHoliday], maxHolidays, ": bank holidays.")
	}
	if count[dayClosed] > 0 {
		t.named(days, dayClosed, count[dayClosed], maxClosures, ": the council is closed.")
	}
	if count[dayApart] > 0 {
		t.named(days, dayApart, count[dayApart], maxClosures, "")
	}
}

// run is a stretch of days next to each other that share a name.
type run struct {
	from, to Date
	name     string
}

// runs joins the days of one kind.
func runs(days []notCounted, kind dayKind) []run {
	var list []run
	for _, day := range days {
		if day.kind != kind {
			continue
		}
		if last := len(list) - 1; last >= 0 && list[last].name == day.name && list[last].to.AddDays(1) == day.date {
			list[last].to = day.date
			continue
		}
		list = append(list, run{day.date, day.date, day.name})
	}
	return list
}

// appendRun adds "Saturday 28 and Sunday 29 November", or "Tuesday 29 to
// Thursday 31 December" where there are more than two.
func (t *telling) appendRun(b []byte, r run) []byte {
	if r.from == r.to {
		return r.to.appendIn(b, t.year)
	}
	if r.from.Year == r.to.Year && r.from.Month == r.to.Month {
		b = r.from.appendDay(b)
	} else {
		b = r.from.appendDayMonth(b)
	}
	if r.from.AddDays(1) == r.to {
		b = append(b, " and "...)
	} else {
		b = append(b, " to "...)
	}
	return r.to.appendIn(b, t.year)
}

// off explains weekends and other days without hours.
func (t *telling) off(days []notCounted) {
	list := runs(days, dayOff)
	if len(list) <= maxRunsOff {
		b := sentence("")
		for i, r := range list {
			if i > 0 {
				b = append(b, ", and "...)
			}
			b = t.appendRun(b, r)
		}
		t.add(append(appendAre(b, len(list) > 1 || list[0].from != list[0].to), ": not working days."...))
		return
	}
	var weekdays [7]bool
	count := 0
	for _, day := range days {
		if day.kind == dayOff {
			weekdays[day.date.Weekday()] = true
			count++
		}
	}
	b := append(sentence(weekdayNames(weekdays)), " are not counted: "...)
	t.add(append(strconv.AppendInt(b, int64(count), 10), " days, none of them working days."...))
}

// named explains days that have names. Where all share one it stands at the end;
// otherwise each has its own in brackets, and reason says what they are.
func (t *telling) named(days []notCounted, kind dayKind, count, limit int, reason string) {
	list := runs(days, kind)
	one := !slices.ContainsFunc(list, func(r run) bool { return r.name != list[0].name })
	shown := 0
	b := sentence("")
	for i, r := range list[:min(len(list), limit)] {
		switch {
		case i == 0:
		case i == len(list)-1:
			b = append(b, " and "...)
		default:
			b = append(b, ", "...)
		}
		b = t.appendRun(b, r)
		if !one {
			b = append(append(append(b, " ("...), r.name...), ')')
		}
		shown += r.from.daysUntil(r.to) + 1
	}
	if more := count - shown; more > 0 {
		b = appendCount(append(b, " and "...), int64(more), "more day")
	}
	b = appendAre(b, count > 1)
	if one {
		b = append(append(append(b, ": "...), kind.words(list[0].name)...), '.')
	} else {
		b = append(b, reason...)
	}
	t.add(b)
}

func appendAre(b []byte, many bool) []byte {
	if many {
		return append(b, " are not counted"...)
	}
	return append(b, " is not counted"...)
}
