package events

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // London's clock must be the same on a machine without zone files
)

// No date may be older than this. Programs that forget to fill in a date send the year 1
// or the year 0; nobody reports on the years between.
const (
	firstYear = 1900
	firstDay  = "1900-01-01"
)

// london loads the zone once. It cannot fail: the zone is in the binary.
var london = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(fmt.Errorf("events: the zone Europe/London is not in the binary: %w", err))
	}
	return zone
})

// LondonDay is the civil date in London at an instant, as YYYY-MM-DD.
func LondonDay(instant time.Time) string {
	return instant.In(london()).Format(time.DateOnly)
}

// Day is the London day from which the event counts, as YYYY-MM-DD: OccurredOn where
// it is given, the day of Time otherwise.
func (e Event) Day() string {
	if e.OccurredOn != "" {
		return e.OccurredOn
	}
	return LondonDay(e.Time)
}

// checkDate reports whether the text is a real day and adds a fault where it is not.
// Days of equal length compare as texts.
func checkDate(field, text string, found *faults) bool {
	switch {
	case !isDateShaped(text):
		found.add(field, "is not a date", "write it as YYYY-MM-DD, such as 2026-11-30")
	case !isRealDate(text):
		found.add(field, "is a date that does not exist, "+text, "write a day of the calendar as YYYY-MM-DD")
	case text < firstDay:
		found.add(field, "was never filled in: it is before 1900", "write the day, or leave it out")
	default:
		return true
	}
	return false
}

// isDateShaped reports whether the text has the digits and dashes of YYYY-MM-DD. Such
// a text holds nothing about a person, so a fault may quote it.
func isDateShaped(text string) bool {
	if len(text) != len(time.DateOnly) {
		return false
	}
	for i := range len(text) {
		dash := i == 4 || i == 7
		if dash && text[i] != '-' || !dash && (text[i] < '0' || text[i] > '9') {
			return false
		}
	}
	return true
}

// isTimeShaped reports whether the text has the form of RFC 3339 in capitals. Package
// time is laxer: it takes a comma for the point, one digit for an hour and a zone of 24
// hours (go.dev/issue/54580).
func isTimeShaped(text string) bool {
	const day, second = len("2006-01-02"), len("2006-01-02T15:04:05")
	if len(text) <= second || !isDateShaped(text[:day]) || text[day] != 'T' || !isClockShaped(text[day+1:second]) {
		return false
	}
	zone := text[second:]
	if zone[0] == '.' {
		rest := strings.TrimLeft(zone[1:], "0123456789")
		if len(rest) == len(zone)-1 {
			return false
		}
		zone = rest
	}
	if zone == "Z" {
		return true
	}
	return len(zone) == len("+01:00") && (zone[0] == '+' || zone[0] == '-') &&
		isClockShaped(zone[1:]+":00") && zone[1:3] < "24" && zone[4:] < "60"
}

// isClockShaped reports whether the text has the digits and colons of 15:04:05.
func isClockShaped(text string) bool {
	for i := range len(text) {
		colon := i == 2 || i == 5
		if colon && text[i] != ':' || !colon && (text[i] < '0' || text[i] > '9') {
			return false
		}
	}
	return len(text) == len(time.TimeOnly)
}

func isRealDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
