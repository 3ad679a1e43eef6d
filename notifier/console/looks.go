package console

import (
	"context"
	"net/http"
	"slices"
	"sync"

	"hearback/notifier/calendar"
)

// looks remembers on which families' words somebody has been written down as a reader
// today: a list that stays open all day is one entry of a case's trail, not hundreds.
// After a restart they are written down once more.
type looks struct {
	mu   sync.Mutex
	day  calendar.Date
	seen map[reading]bool
}

type reading struct{ by, ref string }

// fresh are those of the cases whose words the person has not been written down as a
// reader of on this day.
func (l *looks) fresh(day calendar.Date, by string, refs []string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.day != day {
		l.day, l.seen = day, map[reading]bool{}
	}
	return slices.DeleteFunc(slices.Clone(refs), func(ref string) bool { return l.seen[reading{by, ref}] })
}

func (l *looks) note(day calendar.Date, by string, refs []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ref := range refs {
		if l.day == day {
			l.seen[reading{by, ref}] = true
		}
	}
}

// accountedFor writes down that the caller reads the words of these families, once a
// day for each. It is false where that could not be stored: then they are not shown.
func (c *console) accountedFor(r *http.Request, refs []string) bool {
	if c.options.Trail == nil {
		return true
	}
	now := c.options.Now().UTC()
	day := calendar.DateOf(now, c.london)
	refs = c.looks.fresh(day, c.who.ID, slices.Compact(slices.Sorted(slices.Values(refs))))
	if len(refs) == 0 {
		return true
	}
	entries := make([]Seen, len(refs))
	for i, ref := range refs {
		entries[i] = Seen{At: now, By: c.who.ID, Name: c.who.Name, Case: ref, Page: r.URL.Path}
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeWithin)
	defer cancel()
	if c.options.Trail.Record(ctx, entries...) != nil {
		return false
	}
	c.looks.note(day, c.who.ID, refs)
	return true
}
