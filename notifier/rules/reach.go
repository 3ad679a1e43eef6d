package rules

import (
	"strings"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

// sameInstant reports two steps whose times are the same whatever the calendar.
func sameInstant(a, b notifier.Step) bool {
	if a.At.Amount.N == 0 || b.At.Amount.N == 0 {
		return a.At.Amount.N == b.At.Amount.N
	}
	if a.At.Before != b.At.Before {
		return false
	}
	if plain(a.At.Amount) == plain(b.At.Amount) {
		return true
	}
	return repeatsAt(a, b) || repeatsAt(b, a)
}

// repeatsAt reports a step that fires when another, which repeats, does so too.
func repeatsAt(again, once notifier.Step) bool {
	if again.Every == nil || once.Every != nil {
		return false
	}
	every, from, at := plain(*again.Every), plain(again.At.Amount), plain(once.At.Amount)
	return every.Unit == from.Unit && at.Unit == from.Unit && at.N > from.N && (at.N-from.N)%every.N == 0
}

// plain gives an amount in the smallest unit that is always the same.
func plain(a calendar.Amount) calendar.Amount {
	switch a.Unit {
	case calendar.Minutes:
		return calendar.Amount{N: a.N * 60, Unit: calendar.Seconds}
	case calendar.ElapsedHours:
		return calendar.Amount{N: a.N * 3600, Unit: calendar.Seconds}
	case calendar.Weeks:
		return calendar.Amount{N: a.N * 7, Unit: calendar.Days}
	}
	return a
}

// Bounds of the search for steps that are never reached, in days counted. A
// sound book needs a thousandth of the whole; where it runs out, faults have been
// found already, and the rest wait for the next run.
const (
	reachBudget     = 20_000_000
	reachBudgetStep = 200_000
)

// checkReach finds promises that cannot be counted, and steps before due that
// lie before the clock starts, whenever it starts.
func (r *ruleBook) checkReach() {
	reach := reach{calendar: r.calendar, budget: reachBudget, found: make(map[timing]bool)}
	for i := range r.promises {
		p := &r.promises[i]
		if !p.sound {
			continue
		}
		if _, err := reach.deadline(reach.start(0), p.rule); err != nil {
			_, remedy, _ := strings.Cut(err.Error(), "; ")
			r.doc.fault(p.due.node, "\""+clip(p.due.value)+"\" cannot be counted in these working hours: ten years are not enough", orElse(remedy, "write "+promiseShape.example("due")))
			continue
		}
		for _, s := range p.steps {
			if s.value.At.Before && !reach.able(p.rule, s.value.At.Amount) {
				r.doc.fault(s.at, "this step can never be reached: it lies before the clock starts", "move it nearer to due: the promise is due "+dueWords(p.rule))
			}
		}
	}
}

// timing is all that decides whether a step is ever reached.
type timing struct {
	due       string
	statutory bool
	law       calendar.Law
	before    calendar.Amount
}

// reach is one search for steps that are never reached.
type reach struct {
	calendar *calendar.Calendar
	budget   int
	found    map[timing]bool
}

// able reports whether a step so long before due is reached from some start.
func (r *reach) able(rule notifier.Rule, before calendar.Amount) bool {
	if namesDate(rule) {
		return true // an event may name a date as far ahead as it likes
	}
	key := timing{rule.Due.String(), rule.Statutory, rule.Law, before}
	reached, known := r.found[key]
	if !known {
		reached = r.search(rule, before)
		r.found[key] = reached
	}
	return reached
}

// deadline counts from a start; a date that an event would name is that day.
func (r *reach) deadline(start time.Time, rule notifier.Rule) (calendar.Deadline, error) {
	from := calendar.From{At: start}
	if rule.CountsFrom != "" {
		from.Dates = map[string]calendar.Date{rule.CountsFrom: calendar.DateOf(start, r.calendar.Location)}
	}
	return r.calendar.Count(from, rule.Limit())
}

func (r *reach) search(rule notifier.Rule, before calendar.Amount) bool {
	days := (20 + before.N + rule.Due.Amount.N) * r.sparseness() * (1 + len(r.calendar.Closures)/8)
	tries := max(fewestStarts, min(mostStarts, reachBudgetStep/days))
	for i := range tries {
		if r.budget -= days; r.budget < 0 {
			return true
		}
		start := r.start(i * mostStarts / tries)
		due, err := r.deadline(start, rule)
		if err != nil {
			continue
		}
		if at := r.calendar.Before(due, before); at.After(start) {
			return true
		}
	}
	return false
}

// sparseness is about how many days must be walked for one working day.
func (r *reach) sparseness() int {
	worked := 0
	for _, spans := range r.calendar.Working.Days {
		if len(spans) > 0 {
			worked++
		}
	}
	return 7 / max(1, worked)
}

// As many starts are tried: five times a day for more than a year, or, where
// counting takes long and a day more or less matters little, fewer all over it.
const (
	mostStarts   = 400 * 5
	fewestStarts = 20
)

// start gives one of the instants at which a clock may start.
func (r *reach) start(i int) time.Time {
	hours := [...]int{0, 9, 12, 17, 23}
	first := calendar.Date{Year: max(r.calendar.Holidays.Last().Year-1, 1), Month: time.January, Day: 5}
	return first.AddDays(i/len(hours)).At(hours[i%len(hours)], 30, r.calendar.Location)
}
