package rules

import (
	"fmt"
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
		counted := p.counted(pr.rule)
		for _, start := range starts {
			p.playOnce(pr, start, counted, steps, &times)
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
func (p *proof) playOnce(pr *promise, start time.Time, counted map[int64]calendar.Deadline, steps []fired, times *times) {
	due, known := counted[start.Unix()]
	if !known {
		var err error
		if due, err = deadline(p.book, pr.rule, start); err != nil {
			return // that it can be counted at all, Load has made sure of
		}
		due.Working = nil
		counted[start.Unix()] = due
	}
	if day := p.day(start); due.BeyondTable && p.beyond == nil && day >= 0 && day < soon {
		p.beyond = &beyond{pr, start, due.Date}
	}
	run := trialRun{start: start, due: due}
	if last := times.last; last.steps != nil && last.due.At.Equal(due.At) && last.due.Date == due.Date {
		run.steps = last.steps
	} else {
		run.steps = make([]time.Time, len(pr.steps))
		for i, s := range pr.steps {
			run.steps[i] = p.instant(s.value.At, due)
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

// counted are the dates that were counted already for rules which count alike, by the
// second at which their clock starts.
func (p *proof) counted(rule notifier.Rule) map[int64]calendar.Deadline {
	key := fmt.Sprint(rule.Limit())
	if p.dates[key] == nil {
		p.dates[key] = make(map[int64]calendar.Deadline)
	}
	return p.dates[key]
}

// instant is when an offset stands, counted once however many promises ask.
func (p *proof) instant(o notifier.Offset, due calendar.Deadline) time.Time {
	key := placed{due.At.Unix(), due.Date, o}
	at, known := p.placed[key]
	if !known {
		at = o.Instant(due, p.book.Calendar)
		p.placed[key] = at
	}
	return at
}

// placed names an instant that has been counted.
type placed struct {
	due    int64 // in seconds since 1970
	date   calendar.Date
	offset notifier.Offset
}

// soon is how many days ahead a promise is opened whose date may not lie beyond the
// table of bank holidays: for later ones, GOV.UK publishes in time.
const soon = 31

// beyond is the first promise whose date lies beyond the table of bank holidays.
type beyond struct {
	promise *promise
	start   time.Time
	due     calendar.Date
}

// starts are the instants at which a promise is opened on trial: several on every
// day, some long enough before the first day for its steps to fall into the year.
// Where that is more than the share of the budget allows, there are fewer on each
// day, and then fewer days; stride says how many days lie between two.
func (p *proof) starts(pr *promise, share int) (starts []time.Time, stride int) {
	before, after := p.reach(pr)
	hours := []int{9, 23}
	if unit := pr.rule.Due.Amount.Unit; isElapsed(unit) || unit == calendar.WorkingHours {
		hours = []int{9, 16, 23, 12, 0} // the time of day matters
	}
	stride = 1
	cost := func() int { return (before + provedDays + after) / stride * len(hours) * (4 + len(pr.steps)) }
	for cost() > share && len(hours) > 1 {
		hours = hours[:len(hours)-1]
	}
	for cost() > share && stride < provedDays {
		stride++
	}
	for day := -before; day < provedDays+after; day += stride {
		for _, hour := range hours {
			starts = append(starts, p.from.AddDays(day).At(hour, 45, p.book.Calendar.Location))
		}
	}
	return starts, stride
}

// deadline is when a promise that opens at start is due; where its event names a
// date to count from, that is the same day.
func deadline(b *notifier.Book, rule notifier.Rule, start time.Time) (calendar.Deadline, error) {
	from := calendar.From{At: start}
	if rule.CountsFrom != "" {
		from.Dates = map[string]calendar.Date{rule.CountsFrom: calendar.DateOf(start, b.Calendar.Location)}
	}
	return b.Calendar.Count(from, rule.Limit())
}

// reach gives how many days before the proved ones, and after them, a promise may
// begin whose steps fall among them. A date that an event names may lie ahead.
func (p *proof) reach(pr *promise) (before, after int) {
	start := p.from.At(9, 0, p.book.Calendar.Location)
	due, err := deadline(p.book, pr.rule, start)
	if err != nil {
		return 0, 0
	}
	first, last := due.At, due.At
	for _, s := range pr.steps {
		at := s.value.At.Instant(due, p.book.Calendar)
		if at.After(last) {
			last = at
		}
		if at.Before(first) {
			first = at
		}
	}
	const more = 14 // days by which bank holidays and closures move dates
	days := func(d time.Duration) int { return max(0, min(longestLead, int(d.Hours()/24)+more)) }
	return days(last.Sub(start)), days(start.Sub(first)) - more
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
	if !repeats && !steps[0].promise.rule.FamilyTime {
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
