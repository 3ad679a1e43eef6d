package calendar

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const minutesInDay = 24 * 60

// Span is a stretch of one day in minutes after midnight, From included and To
// not. To is at most 1440, the end of the day.
type Span struct{ From, To int }

// String gives 09:00-17:00.
func (s Span) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60)
}

// Hours are the opening hours of a week.
type Hours struct {
	// Days holds each weekday's spans in order, none overlapping. A weekday
	// without spans is closed.
	Days [7][]Span
	// ClosedOnBankHolidays closes these hours on bank holidays. Without it a
	// bank holiday is open as its weekday is. It matters to Open and
	// NextOpening; working days and hours never run on a bank holiday.
	ClosedOnBankHolidays bool
}

// Empty reports whether the hours never open.
func (h Hours) Empty() bool {
	for _, spans := range h.Days {
		if len(spans) > 0 {
			return false
		}
	}
	return true
}

// HoursFault is one thing wrong with opening hours, and what to do about it.
type HoursFault struct {
	Key     string // as the book writes it, such as mon-thu
	Span    string // as the book writes it; empty where the key is at fault
	Problem string
	Remedy  string
}

// Error gives the key, the span, the problem and the remedy in one line.
func (f *HoursFault) Error() string {
	place := f.Key
	if f.Span != "" {
		place += ": " + f.Span
	}
	return place + ": " + f.Problem + "; " + f.Remedy
}

// ParseHours reads opening hours as the book writes them: keys are days (mon …
// sun) or ranges (mon-thu, and over the weekend fri-mon), values are spans
// "09:00-12:30", with 24:00 allowed as an end. A day that no key names, or that
// has an empty list, is closed. The error joins one *HoursFault for every fault,
// in the order of the keys.
func ParseHours(week map[string][]string) (Hours, error) {
	var hours Hours
	var faults []error
	var namedBy [7]string
	for _, key := range slices.Sorted(maps.Keys(week)) {
		days, fault := parseDays(key)
		if fault != nil {
			faults = append(faults, fault)
			continue
		}
		spans, spanFaults := parseSpans(key, week[key])
		faults = append(faults, spanFaults...)
		for _, day := range days {
			if other := namedBy[day]; other != "" {
				faults = append(faults, &HoursFault{Key: key,
					Problem: day.String() + " is also named by " + other,
					Remedy:  "name each day once and list all its spans there"})
				break
			}
			namedBy[day] = key
			hours.Days[day] = spans
		}
	}
	if len(faults) > 0 {
		return Hours{}, errors.Join(faults...)
	}
	return hours, nil
}

// parseDays reads mon, mon-thu or fri-mon.
func parseDays(key string) ([]time.Weekday, *HoursFault) {
	fromName, toName, isRange := strings.Cut(key, "-")
	if !isRange {
		toName = fromName
	}
	from, okFrom := parseWeekday(fromName)
	to, okTo := parseWeekday(toName)
	if !okFrom || !okTo {
		return nil, &HoursFault{Key: key, Problem: "not a day or a range of days",
			Remedy: "use mon, tue, wed, thu, fri, sat, sun, or a range such as mon-thu"}
	}
	if isRange && from == to {
		return nil, &HoursFault{Key: key, Problem: "the range starts and ends on the same day",
			Remedy: "write " + fromName + " for one day, or mon-sun for the whole week"}
	}
	days := []time.Weekday{from}
	for day := from; day != to; {
		day = (day + 1) % 7
		days = append(days, day)
	}
	return days, nil
}

func parseWeekday(name string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.ToLower(day.String()[:3]) == name {
			return day, true
		}
	}
	return 0, false
}

// parseSpans reads one day's spans and puts them in order.
func parseSpans(key string, texts []string) ([]Span, []error) {
	var spans []Span
	var faults []error
	for _, text := range texts {
		fromText, toText, _ := strings.Cut(text, "-")
		from, okFrom := parseMinute(strings.TrimSpace(fromText))
		to, okTo := parseMinute(strings.TrimSpace(toText))
		switch {
		case !okFrom || !okTo || from == minutesInDay:
			faults = append(faults, &HoursFault{Key: key, Span: text, Problem: "not a span of time",
				Remedy: "write a start and an end as \"09:00-17:00\"; an end may be 24:00"})
		case to <= from:
			faults = append(faults, &HoursFault{Key: key, Span: text, Problem: "ends before it has begun",
				Remedy: "put the earlier time first; split a span over midnight into one that ends at 24:00 and one on the next day from 00:00"})
		default:
			spans = append(spans, Span{From: from, To: to})
		}
	}
	slices.SortFunc(spans, func(a, b Span) int { return a.From - b.From })
	for i := 1; i < len(spans); i++ {
		if spans[i].From < spans[i-1].To {
			faults = append(faults, &HoursFault{Key: key, Span: spans[i].String(),
				Problem: "overlaps " + spans[i-1].String(),
				Remedy:  "join the two into one span, or move one of them"})
		}
	}
	return spans, faults
}

// parseMinute reads HH:MM up to 24:00 as minutes after midnight.
func parseMinute(text string) (int, bool) {
	if len(text) != len("09:00") || text[2] != ':' || !isDigits(text[:2]) || !isDigits(text[3:]) {
		return 0, false
	}
	hour := int(text[0]-'0')*10 + int(text[1]-'0')
	minute := int(text[3]-'0')*10 + int(text[4]-'0')
	return hour*60 + minute, minute < 60 && hour*60+minute <= minutesInDay
}
