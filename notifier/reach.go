package notifier

import "time"

// Reached is whom a step reaches in a case, and how it came to be them.
type Reached struct {
	Person Person
	// Role is the rung on which they were found: the target itself, or a role
	// above it where that reached nobody.
	Role string
	// Covers is whom they stand in for, if anybody.
	Covers string
}

// Reach finds who is chased for a target of a step at one moment: the search
// with which [Decide] chases. ok is false where nobody would be; why says what
// was tried.
func (b *Book) Reach(c Case, target string, via Via, now time.Time) (who Reached, why string, ok bool) {
	d := decider{c: c, books: Books{Current: b}, now: now}
	found, why, ok := d.reach(target, staffChannels(via))
	if ok {
		why = found.why
	}
	return Reached{Person: found.person, Role: found.role, Covers: found.covers}, why, ok
}
