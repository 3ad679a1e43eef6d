package rules

import (
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

// Bounds of the play through the year, in steps placed in time. What the largest
// council's book needs is a hundredth of the whole; a book that needs more is
// played on fewer days.
const (
	playBudget = 12_000_000
	// longestLead is how long before the first day promises are opened whose steps
	// fall into the year, in days.
	longestLead = 400
)

// fired is a step of a promise and the days on which it may fire.
type fired struct {
	promise *promise
	step    *step
	days    days
}

// trialRun is one opening of a promise: when its clock started, when it is due and
// when each of its steps first fires, in the order of the book.
type trialRun struct {
	start time.Time
	due   calendar.Deadline
	steps []time.Time
}

// play opens every promise on every day and gives the days on which each step may
// fire. What it finds wrong with their times is reported on the way.
func (p *proof) play() []fired {
	promises := p.rules.promises
	var all []fired
	thinned := false
	share := playBudget / max(1, len(promises))
	for i := range promises {
		pr := &promises[i]
		steps := make([]fired, len(pr.steps))
		for j := range pr.steps {
			steps[j] = fired{promise: pr, step: &pr.steps[j]}
		}
		starts, stride := p.starts(pr, share)
		thinned = thinned || stride > 1
		times := newTimes(p, pr)
		for _, start := range starts {
			p.playOnce(pr, start, steps, &times)
		}
		times.report()
		p.markRepeats(steps)
		all = append(all, steps...)
	}
	if thinned {
		p.rules.doc.warn(p.rules.object.key("promises"), "this book is too large to be proved for every day, so only some days of the year were tried", "take out promises and steps that are not needed")
	}
	return all
}

// playOnce places the steps of one promise that opens at start.
func (p *proof) playOnce(pr *promise, start time.Time, steps []fired, times *times) {
	due, err := p.book.Calendar.Deadline(start, pr.rule.Due, pr.rule.Statutory)
	if err != nil {
		return // that it can be counted at all, Load has made sure of
	}
	run := trialRun{start: start, due: due}
	if last := times.last; last.steps != nil && last.due.At.Equal(due.At) && last.due.Date == due.Date {
		run.steps = last.steps
	} else {
		run.steps = make([]time.Time, len(pr.steps))
		for i, s := range pr.steps {
			run.steps[i] = s.value.At.Instant(due, p.book.Calendar)
			steps[i].days.add(p.day(run.steps[i]))
		}
		times.look(run)
	}
	opened := p.day(start)
	for i, at := range run.steps {
		if !at.After(start) { // it is caught up with at once
			steps[i].days.add(opened)
		}
	}
	times.opened(run)
	times.last = run
}

// starts are the instants at which a promise is opened on trial: several on every
// day, some long enough before the first day for its steps to fall into the year.
// Where that is more than the share of the budget allows, there are fewer on each
// day, and then fewer days; stride says how many days lie between two.
func (p *proof) starts(pr *promise, share int) (starts []time.Time, stride int) {
	lead := p.lead(pr)
	hours := []int{9, 16, 0, 12, 23}
	stride = 1
	cost := func() int { return (lead + provedDays) / stride * len(hours) * (4 + len(pr.steps)) }
	for cost() > share && len(hours) > 1 {
		hours = hours[:len(hours)-1]
	}
	for cost() > share && stride < provedDays {
		stride++
	}
	for day := -lead; day < provedDays; day += stride {
		for _, hour := range hours {
			starts = append(starts, p.from.AddDays(day).At(hour, 45, p.book.Calendar.Location))
		}
	}
	return starts, stride
}

// lead is about how many days pass between the opening of a promise and its last step.
func (p *proof) lead(pr *promise) int {
	start := p.from.At(9, 0, p.book.Calendar.Location)
	due, err := p.book.Calendar.Deadline(start, pr.rule.Due, pr.rule.Statutory)
	if err != nil {
		return 0
	}
	last := due.At
	for _, s := range pr.steps {
		if at := s.value.At.Instant(due, p.book.Calendar); at.After(last) {
			last = at
		}
	}
	return min(longestLead, int(last.Sub(start).Hours()/24)+14)
}

// day numbers the days that are proved from 0; others are outside.
func (p *proof) day(t time.Time) int {
	d := calendar.DateOf(t, p.book.Calendar.Location)
	return int(d.At(12, 0, time.UTC).Sub(p.from.At(12, 0, time.UTC)).Hours() / 24)
}

// date is the day of a number.
func (p *proof) date(day int) calendar.Date { return p.from.AddDays(day) }

// markRepeats adds the days on which steps that repeat may fire again: working days
// where they count working time, and any day where they do not. The last step
// repeats where none does.
func (p *proof) markRepeats(steps []fired) {
	if len(steps) == 0 {
		return
	}
	repeats := false
	for i := range steps {
		if every := steps[i].step.value.Every; every != nil {
			repeats = true
			p.markEvery(&steps[i].days, every.Unit)
		}
	}
	if !repeats {
		p.markEvery(&steps[len(steps)-1].days, calendar.WorkingDays)
	}
}

func (p *proof) markEvery(set *days, unit calendar.Unit) {
	for day := range provedDays {
		works := true
		if unit == calendar.WorkingDays || unit == calendar.WorkingHours {
			works, _ = p.book.Calendar.IsWorkingDay(p.date(day))
		}
		if works {
			set.add(day)
		}
	}
}

// staff are the targets of a step who are staff.
func (s *step) staff() []string {
	var list []string
	for _, target := range s.value.Chase {
		if target != notifier.Family {
			list = append(list, target)
		}
	}
	return list
}
