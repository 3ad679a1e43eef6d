package notifier

import (
	"fmt"
	"slices"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
)

// lastRungRepeats is how often the last rung repeats where the book names no
// rung that does: a ladder must not end in silence.
var lastRungRepeats = calendar.Amount{N: 5, Unit: calendar.WorkingDays}

// Rung is a step of a promise's ladder at its instant.
type Rung struct {
	Step  Step
	First time.Time
	// Every is nil for a rung that fires once.
	Every *calendar.Amount
}

// Ladder places the steps of a rule in time for one promise, lowest first.
func Ladder(rule Rule, p Promise, c *calendar.Calendar) []Rung {
	due := p.aim()
	rungs := make([]Rung, 0, len(rule.Steps)+1)
	repeats := false
	for _, s := range rule.Steps {
		rungs = append(rungs, Rung{Step: s, First: s.At.Instant(due, c), Every: s.Every})
		repeats = repeats || s.Every != nil
	}
	slices.SortStableFunc(rungs, func(a, b Rung) int { return a.First.Compare(b.First) })
	if !repeats && len(rungs) > 0 && !rule.FamilyTime {
		last := rungs[len(rungs)-1]
		last.First = after(last.First, lastRungRepeats, c)
		last.Every = &lastRungRepeats
		if last.First.Before(due.At) {
			last.First = after(due.At, lastRungRepeats, c)
		}
		rungs = append(rungs, last)
	}
	return rungs
}

// Instant is when an offset stands for one due instant.
func (o Offset) Instant(due calendar.Deadline, c *calendar.Calendar) time.Time {
	switch {
	case o.Amount.N == 0:
		return due.At
	case o.Before:
		return c.Before(due, o.Amount)
	default:
		return c.After(due, o.Amount)
	}
}

func after(t time.Time, a calendar.Amount, c *calendar.Calendar) time.Time {
	return c.After(calendar.Deadline{At: t, Date: calendar.DateOf(t, c.Location)}, a)
}

// FiresAfter is the first time the rung fires after t; zero if it never does.
func (r Rung) FiresAfter(t time.Time, c *calendar.Calendar) time.Time {
	if r.First.After(t) {
		return r.First
	}
	if r.Every == nil {
		return time.Time{}
	}
	if step := elapsed(*r.Every); step > 0 {
		return r.First.Add((t.Sub(r.First)/step + 1) * step)
	}
	at := r.near(t, c)
	for !at.After(t) {
		next := after(at, *r.Every, c)
		if !next.After(at) { // a calendar that cannot count must not stop the ladder
			next = at.AddDate(0, 0, 7)
		}
		at = next
	}
	return at
}

// near is an instant of a repeating rung not long before t, so that an old
// promise costs no more than a new one. Rungs repeat on the same days whether
// they are counted one by one or at once.
func (r Rung) near(t time.Time, c *calendar.Calendar) time.Time {
	from, to := calendar.DateOf(r.First, c.Location), calendar.DateOf(t, c.Location)
	units := 0
	switch days := int(t.Sub(r.First).Hours() / 24); r.Every.Unit {
	case calendar.WorkingDays:
		units = c.WorkingDaysBetween(from, to)
	case calendar.Days:
		units = days
	case calendar.Weeks:
		units = days / 7
	}
	jump := r.Every.N * (units/r.Every.N - 1)
	if jump <= 0 || jump > calendar.MaxAmount {
		return r.First
	}
	return after(r.First, calendar.Amount{N: jump, Unit: r.Every.Unit}, c)
}

// elapsed is the length of an amount in real time; 0 for units of the calendar.
func elapsed(a calendar.Amount) time.Duration {
	switch a.Unit {
	case calendar.Seconds:
		return time.Duration(a.N) * time.Second
	case calendar.Minutes:
		return time.Duration(a.N) * time.Minute
	case calendar.ElapsedHours:
		return time.Duration(a.N) * time.Hour
	default:
		return 0
	}
}

// nextRung is when a promise must be looked at after t: its due instant or the
// next rung. It is never zero: a promise without a ladder is looked at weekly.
func nextRung(rungs []Rung, p Promise, c *calendar.Calendar, t time.Time) time.Time {
	var next time.Time
	if p.Due.After(t) {
		next = p.Due
	}
	for _, r := range rungs {
		if at := r.FiresAfter(t, c); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if p.Told != nil && p.Told.Due.After(t) && (next.IsZero() || p.Told.Due.Before(next)) {
		next = p.Told.Due
	}
	if next.IsZero() {
		next = after(t, lastRungRepeats, c)
	}
	if !next.After(t) {
		next = t.AddDate(0, 0, 7)
	}
	return next.UTC()
}

// due looks at every promise whose time has come.
func (d *decider) due() {
	var over []string
	for i := range d.c.Promises {
		p := &d.c.Promises[i]
		if p.Next.After(d.now) {
			continue
		}
		d.changed = true
		rule, ok := d.books.Version(p.Book).Rule(p.Rule)
		if !ok {
			d.openTask("Reply to the family: the rule of promise "+p.Key()+" is gone from the book", "nobody else would be chased", p.Key(), p.From)
			p.Next = d.now.AddDate(0, 0, 7)
			continue
		}
		d.climb(p, rule)
		if rule.FamilyTime && !d.now.Before(p.Due) {
			over = append(over, p.Key())
		}
	}
	for _, key := range over {
		i := slices.IndexFunc(d.c.Promises, func(p Promise) bool { return p.Key() == key })
		p := d.c.Promises[i]
		d.c.Promises = slices.Delete(d.c.Promises, i, i+1)
		d.timeIsOver(p)
	}
}

// timeIsOver ends a promise whose days were the family's own.
func (d *decider) timeIsOver(p Promise) {
	d.withdrawFor(p.Key(), "the family's time is over", anything)
	p.Ended = &Ended{At: p.Due, Why: "The family's time is over."}
	d.ended = append(d.ended, p)
	d.say("The time of promise "+p.Key()+" is over", "it was the family's own, and nobody is late")
}

// climb fires every rung whose instant has passed since the last look, with one
// message to each person however many rungs that were. It reports whether the
// family heard, so that nothing more need be said at once.
func (d *decider) climb(p *Promise, rule Rule) (familyTold bool) {
	cal := d.books.Version(p.Book).Calendar
	rungs := Ladder(rule, *p, cal)
	from := p.Done
	p.Done = d.now
	p.Next = nextRung(rungs, *p, cal, d.now)
	d.late(p, rule)
	// The highest rung speaks: its words go to each person it names, then those
	// of the rungs below to whoever has not heard yet.
	fired := slices.DeleteFunc(rungs, func(r Rung) bool {
		at := r.FiresAfter(from, cal)
		return at.IsZero() || at.After(d.now)
	})
	told := map[string]bool{}
	d.told = ""
	lateWords := ""
	for i, r := range slices.Backward(fired) {
		why := "the ladder's step " + r.Step.String() + " was reached"
		if i < len(fired)-1 {
			why += " while a later one was already due"
		}
		d.chase(*p, r.Step, told, why)
		if lateWords == "" {
			lateWords = r.Step.TellFamily
		}
	}
	if len(rungs) == 0 && p.Late && p.Task == "" {
		d.openTask("Answer the family: the rule of promise "+p.Key()+" chases nobody", "a ladder without steps ends in silence", p.Key(), p.From)
	}
	family := *p
	if p.Told != nil {
		family.Due, family.DueDate = p.Told.Due, p.Told.Date
		switch {
		case d.now.Before(p.Told.Due):
			lateWords = ""
		case from.Before(p.Told.Due) && !p.Told.Passed && p.Late && lateWords == "":
			lateWords = rule.lateWords()
		}
		if told := *p.Told; !told.Passed && !d.now.Before(told.Due) {
			told.Passed = true
			p.Told = &told
		}
	}
	if lateWords != "" && !told[Family] {
		told[Family] = true
		d.withdrawFor(p.Key(), "a newer message says more", func(m Message) bool { return !m.Staff })
		d.tellFamily(family, Lateness, lateWords, rule.by(), false, "the reply is late and the family is told so")
	}
	return told[Family]
}

// late notes that the due instant of a promise has passed.
func (d *decider) late(p *Promise, rule Rule) {
	if p.Late || rule.FamilyTime || d.now.Before(p.Due) {
		return
	}
	p.Late = true
	if p.Task != "" {
		d.say("Task "+p.Task+" is late", "it was due "+p.DueDate.Words()+" and nobody has recorded that it was done")
		return
	}
	d.say("Promise "+p.Key()+" is late", "it was due "+p.DueDate.Words()+" and nobody has recorded a reply")
	d.tell(events.TypePromiseLate, events.Outcome{Promise: p.Rule, Enquiry: p.Enquiry, Due: p.DueDate.String()})
}

// String gives the step's time in the book's own words.
func (s Step) String() string {
	at := "at due"
	if s.At.Amount.N != 0 {
		side := "after"
		if s.At.Before {
			side = "before"
		}
		at = fmt.Sprintf("%s %s due", s.At.Amount, side)
	}
	if s.Every != nil {
		return fmt.Sprintf("every %s from %s", s.Every, at)
	}
	return at
}
