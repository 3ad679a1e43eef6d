package notifier

import (
	"encoding/json"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
)

// Limit is what the rule says about when its promises fall due.
func (r Rule) Limit() calendar.Limit {
	return calendar.Limit{Due: r.Due, CountsFrom: r.CountsFrom, Statutory: r.Statutory, Law: r.Law}
}

// AppliesOn reports whether the rule opens promises for what happens on a date.
func (r Rule) AppliesOn(d calendar.Date) bool {
	return (r.Applies.From.IsZero() || d.Compare(r.Applies.From) >= 0) && (r.Applies.Until.IsZero() || d.Compare(r.Applies.Until) <= 0)
}

// DatesOf are the dates in an event's data that the rule counts from. One that is
// not there, or is no date, is left out.
func (r Rule) DatesOf(e events.Event, location *time.Location) map[string]calendar.Date {
	names := []string{r.CountsFrom}
	if r.Due.Or != nil {
		names = append(names, r.Due.Or.From)
	}
	var members map[string]json.RawMessage
	var dates map[string]calendar.Date
	for _, name := range names {
		if name == "" {
			continue
		}
		if members == nil && json.Unmarshal(e.Data, &members) != nil {
			return nil
		}
		var text string
		if json.Unmarshal(members[name], &text) != nil {
			continue
		}
		if d, ok := dateOf(text, location); ok {
			if dates == nil {
				dates = make(map[string]calendar.Date, len(names))
			}
			dates[name] = d
		}
	}
	return dates
}

// dateOf reads a civil date, or the date of an instant.
func dateOf(text string, location *time.Location) (calendar.Date, bool) {
	if d, err := calendar.ParseDate(text); err == nil {
		return d, true
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return calendar.DateOf(at, location), true
	}
	return calendar.Date{}, false
}

// dueOf is when a promise falls due under a rule of its book.
func dueOf(p Promise, rule Rule, c *calendar.Calendar) (calendar.Deadline, error) {
	return c.Count(calendar.From{At: p.counted(), Dates: p.Dates}, rule.Limit())
}
