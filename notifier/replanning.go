package notifier

import (
	"fmt"
	"strings"
	"time"

	"hearback/notifier/calendar"
)

// Effect is what re-planning does to the date of one promise.
type Effect string

// The effects of re-planning.
const (
	Earlier Effect = "earlier"
	Later   Effect = "later"
	Unmoved Effect = "unmoved"
	// LateAtOnce: the new date has passed, and the old one had not.
	LateAtOnce Effect = "late-at-once"
	// LeftPostponed: a person gave the date, and theirs stays.
	LeftPostponed Effect = "left-postponed"
	// LeftAsItWas: the new version cannot govern it; it stays under its own.
	LeftAsItWas Effect = "left-as-it-was"
)

// Replanning is what moving one open promise, or one task with a ladder, to another
// version of the book does to it.
type Replanning struct {
	Case    string        `json:"case"`
	Promise string        `json:"promise"` // its key
	Rule    string        `json:"rule"`
	From    string        `json:"from"` // version
	To      string        `json:"to"`   // version
	Effect  Effect        `json:"effect"`
	Before  calendar.Date `json:"before"`
	After   calendar.Date `json:"after"`
	// Why says how the new date was reached, or why it does not move.
	Why string `json:"why"`
	// Holidays are the new bank holidays that lie between the start of the clock and
	// the date, in words.
	Holidays string `json:"holidays,omitempty"`
}

// Replan says what case.replanned would do to every open promise of a case that
// another version than the one named governs, at this time. It decides nothing. The
// error names a version that was never published.
func Replan(c Case, books Books, version string, now time.Time) ([]Replanning, error) {
	if _, known := books.Versions[version]; !known {
		return nil, UnknownVersion(version)
	}
	var list []Replanning
	for _, p := range replannable(c) {
		if p.Book != version {
			list = append(list, books.replan(c.Ref, p, version, now).Replanning)
		}
	}
	return list, nil
}

// UnknownVersion is the error of re-planning to a version of the book that was never
// published, or that this Hearback cannot read.
type UnknownVersion string

func (v UnknownVersion) Error() string {
	return fmt.Sprintf("version %q of the book is not known here; publish it with hearback publish-book, then re-plan: every promise keeps its date", string(v))
}

// replannable are the promises that re-planning moves, tasks with a ladder included.
func replannable(c Case) []Promise {
	promises := append([]Promise(nil), c.Promises...)
	for _, t := range c.Tasks {
		if !t.Next.IsZero() {
			promises = append(promises, t.promise())
		}
	}
	return promises
}

// replanned is a Replanning with what deciding it needs.
type replanned struct {
	Replanning
	rule     Rule
	deadline calendar.Deadline
	// done is the instant up to which the new ladder counts as climbed.
	done time.Time
}

// replan counts one promise anew from when its clock started.
func (b Books) replan(ref string, p Promise, version string, now time.Time) replanned {
	r := replanned{Replanning: Replanning{Case: ref, Promise: p.Key(), Rule: p.Rule, From: p.Book, To: version,
		Effect: LeftAsItWas, Before: p.DueDate, After: p.DueDate}}
	book := b.Versions[version]
	rule, ok := book.Rule(p.Rule)
	if !ok {
		r.Why = "Version " + version + " has no promise " + p.Rule + "."
		return r
	}
	r.rule = rule
	location := book.Calendar.Location
	if p.Task == "" && !rule.AppliesOn(calendar.DateOf(p.Opened, location)) {
		r.Why = "The promise " + p.Rule + " of version " + version + " is not for what happened on " + calendar.DateOf(p.Opened, location).Words() + "."
		return r
	}
	if p.Postponed != nil {
		r.Effect, r.Why = LeftPostponed, "A person gave that date, and it stays."
		r.deadline = calendar.Deadline{At: p.Due, Date: p.DueDate}
	} else {
		deadline, err := dueOf(p, rule, book.Calendar)
		if err != nil {
			r.Why = "The calendar of version " + version + " cannot count it: " + err.Error() + "."
			return r
		}
		deadline.At = deadline.At.UTC()
		if rule.FamilyTime && !deadline.At.After(now) {
			r.Why = "By version " + version + " the family's own time would be over, and nobody takes it from them."
			return r
		}
		r.deadline, r.After, r.Why = deadline, deadline.Date, strings.Join(deadline.Working, " ")
		switch {
		case !p.Late && p.Due.After(now) && !deadline.At.After(now):
			r.Effect = LateAtOnce
		case deadline.At.Before(p.Due):
			r.Effect = Earlier
		case deadline.At.After(p.Due):
			r.Effect = Later
		default:
			r.Effect = Unmoved
		}
		if r.Effect != Unmoved {
			last := deadline.Date
			if p.DueDate.Compare(last) > 0 {
				last = p.DueDate
			}
			r.Holidays = newHolidays(b.holidays(p, p.Book), b.holidays(p, version), calendar.DateOf(p.Opened, location), last)
		}
	}
	fresh := p
	fresh.Due, fresh.DueDate = r.deadline.At, r.deadline.Date
	r.done = now
	if p.Done.Before(now) {
		r.done = p.Done
	}
	if from := b.Version(p.Book); from != nil {
		if before, ok := from.Rule(p.Rule); ok {
			r.done = climbed(Ladder(before, p, from.Calendar), p.Done, Ladder(rule, fresh, book.Calendar), fresh.aim().At, now)
		}
	}
	return r
}

// climbed is the instant up to which a new ladder counts as climbed: that of the
// highest Rung whose like was climbed on the old one. What is to happen when a
// promise falls due, and after, happens anew where the new date has not passed.
func climbed(old []Rung, done time.Time, fresh []Rung, due, now time.Time) (up time.Time) {
	for _, i := range alike(old, done, fresh) {
		r := fresh[i]
		switch {
		case due.After(now) && !r.Step.At.Before:
		case r.Every != nil && !r.First.After(now):
			up = now
		case r.First.After(up):
			up = r.First
		}
	}
	return up
}

// alike are the rungs of the new ladder whose like on the old one was climbed by
// done: the same deed at the same step, else the same deed, else the same step.
// Each old Rung has one like at most.
func alike(old []Rung, done time.Time, fresh []Rung) (found []int) {
	used := make([]bool, len(fresh))
	taken := make([]bool, len(old))
	for _, same := range []func(a, b Rung) bool{
		func(a, b Rung) bool { return a.sameStep(b) && a.sameDeed(b) }, Rung.sameDeed, Rung.sameStep,
	} {
		for i, o := range old {
			for j, f := range fresh {
				if !taken[i] && !used[j] && !o.First.After(done) && same(o, f) {
					taken[i], used[j] = true, true
					found = append(found, j)
				}
			}
		}
	}
	return found
}

func (r Rung) sameStep(o Rung) bool {
	return r.Step.String() == o.Step.String() && (r.Every == nil) == (o.Every == nil)
}

func (r Rung) sameDeed(o Rung) bool {
	return strings.Join(r.Step.Chase, " ") == strings.Join(o.Step.Chase, " ") && r.Step.Words == o.Step.Words &&
		r.Step.TellFamily == o.Step.TellFamily && (r.Every == nil) == (o.Every == nil)
}

// holidays are those that do not count for a promise under a version.
func (b Books) holidays(p Promise, version string) calendar.Holidays {
	book := b.Version(version)
	if book == nil {
		return calendar.Holidays{}
	}
	if rule, ok := book.Rule(p.Rule); ok && rule.Law.Holidays != nil {
		return *rule.Law.Holidays
	}
	return book.Calendar.Holidays
}

// newHolidays names the bank holidays after from, up to and including to, that were
// none before.
func newHolidays(old, fresh calendar.Holidays, from, to calendar.Date) string {
	var names []string
	for d := from.AddDays(1); d.Compare(to) <= 0; d = d.AddDays(1) {
		name, is := fresh.On(d)
		if _, was := old.On(d); is && !was {
			names = append(names, d.Words()+" ("+name+")")
		}
	}
	return strings.Join(names, ", ")
}
