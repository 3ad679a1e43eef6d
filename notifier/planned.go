package notifier

import "time"

// PlannedChase is a chase that the ladder will make if nobody replies.
type PlannedChase struct {
	Promise string
	Person  string
	At      time.Time
}

// Planned lists whom the open promises of a case will chase at their next look,
// up to and including until: what is about to go to one person can then go as
// one email. It decides nothing.
func Planned(c Case, books Books, until time.Time) []PlannedChase {
	var planned []PlannedChase
	for _, p := range c.Promises {
		if !p.Next.After(until) {
			planned = append(planned, plannedFor(c, p, books)...)
		}
	}
	return planned
}

// PlannedFor lists whom the ladder of an open task chases next; nobody where the book
// has none, or where the next rung reaches nobody.
func PlannedFor(c Case, t Task, books Books) []PlannedChase {
	if t.Next.IsZero() {
		return nil
	}
	return plannedFor(c, t.promise(), books)
}

func plannedFor(c Case, p Promise, books Books) (planned []PlannedChase) {
	book := books.Version(p.Book)
	rule, ok := book.Rule(p.Rule)
	if !ok {
		return nil
	}
	d := decider{c: c, books: books, now: p.Next}
	for _, r := range Ladder(rule, p, book.Calendar) {
		at := r.FiresAfter(p.Done, book.Calendar)
		if at.IsZero() || at.After(p.Next) {
			continue
		}
		for _, target := range r.Step.Chase {
			if target == Family {
				continue
			}
			if who, _, ok := d.reach(target, staffChannels(r.Step.Via)); ok {
				planned = append(planned, PlannedChase{Promise: p.Key(), Person: who.person.ID, At: p.Next})
			}
		}
	}
	return planned
}
