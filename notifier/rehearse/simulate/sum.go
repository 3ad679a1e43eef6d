package simulate

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

// longest is how many of those who wait longest are named.
const longest = 10

// sum adds up the tallies in the order of the cases.
func sum(o *office, p Plan, tallies []*tally) *Result {
	r := &Result{Council: o.book.Council.Name, Book: o.book.Version, Plan: p, MadeUp: o.madeUp, Officers: len(o.styles),
		end: p.end(o), location: o.diary.calendar.Location}
	s := summing{Result: r, office: o, rules: spreads{}, teams: spreads{}, waits: map[int]*Wait{}}
	for i := range p.Days {
		at := margin + i
		works, why := o.diary.calendar.IsWorkingDay(o.diary.days[at])
		r.Days = append(r.Days, Day{Date: o.diary.days[at], Works: works, Why: why})
		if works {
			r.WorkingDays++
		}
	}
	for i, t := range tallies {
		s.families(t)
		for j := range t.promises {
			s.promise(t, i, &t.promises[j])
		}
		for _, c := range t.chases {
			s.chases = append(s.chases, c)
			day := s.day(c.at)
			if day.Chases == nil {
				day.Chases = map[string]int{}
			}
			day.Chases[rungNames[c.rung]]++
		}
	}
	told := r.Families.Texts + r.Families.Emails + r.Families.Letters
	costs := o.book.Costs
	r.Families.Pounds = (costs.Of(notifier.SMS, r.Families.Segments) + float64(r.Families.Letters)*costs.Of(notifier.Letter, 0)) / 100
	r.Families.PerFamily = share(told, r.Families.Heard)
	r.Tasks.Gone = r.Tasks.Opened - r.Tasks.Done - r.Tasks.Open
	s.kept()
	s.staff()
	s.wait()
	return r
}

type summing struct {
	*Result
	office *office
	rules  spreads
	teams  spreads
	waits  map[int]*Wait
	chases []chase
}

// spread collects waits for one rule or team.
type spread struct {
	Kept
	asked bool
	days  []int
}

func (s *summing) families(t *tally) {
	f := &s.Families
	if t.enquiries+t.again > 0 {
		f.InTouch++
	}
	if t.texts+t.emails+t.letters > 0 {
		f.Heard++
	}
	f.Enquiries += t.enquiries
	f.Again += t.again
	f.Acknowledged += t.told[acknowledged]
	f.ToldLate += t.told[toldLate]
	f.Postponed += t.told[toldPostponed]
	f.Chased += t.told[askedThemselves]
	f.Other += t.told[otherwise]
	f.Texts += t.texts
	f.Segments += t.segments
	f.Emails += t.emails
	f.Letters += t.letters
	f.Failed += t.failed
	f.OutsideHours += t.outOfHours
	s.Tasks.Opened += t.tasksOpened
	s.Tasks.Done += t.tasksDone
	s.Tasks.Open += t.tasksLeft
}

func (s *summing) promise(t *tally, place int, p *promised) {
	if !p.asked {
		if p.theirs {
			return
		}
		s.rules.add(p, p.rule, s.workingDays(p.opened, cmp.Or(p.ended, s.end)))
		return
	}
	if p.acknowledges {
		switch {
		case p.heard.IsZero():
			s.Families.Unheard++
		case p.heard.Sub(p.opened) <= atOnce:
			s.Families.AtOnce++
		default:
			s.Families.Later++
		}
	}
	s.day(p.opened).Opened++
	end := p.ended
	if end.IsZero() {
		end = s.end
	}
	waited := s.workingDays(p.opened, end)
	if s.waits[waited] == nil {
		s.waits[waited] = &Wait{WorkingDays: waited}
	}
	switch {
	case p.ended.IsZero():
		s.waits[waited].Open++
		s.waiting(t, place, p, waited)
	case p.kept:
		s.waits[waited].Replies++
		s.day(p.ended).Replies++
	}
	s.rules.add(p, p.rule, waited)
	s.teams.add(p, p.team, waited)
}

// spreads are by the names of rules or teams.
type spreads map[string]*spread

func (all spreads) add(p *promised, name string, waited int) {
	k := all[name]
	if k == nil {
		k = &spread{Kept: Kept{Name: name}, asked: p.asked}
		all[name] = k
	}
	k.Opened++
	if p.late {
		k.Late++
	}
	switch {
	case p.ended.IsZero():
		k.Open++
	case p.kept:
		k.Kept.Kept++
		k.days = append(k.days, waited)
		if !p.late {
			k.InTime++
		}
	default:
		k.Ended++
	}
}

// waiting keeps those that wait longest, the longest first.
func (s *summing) waiting(t *tally, place int, p *promised, waited int) {
	w := Waiting{Case: t.ref, Promise: p.rule, Enquiry: p.enquiry, Team: p.team, Officer: p.officer, Opened: p.opened,
		Since: calendar.DateOf(p.opened, s.location), DueAt: p.due, Due: calendar.DateOf(p.due, s.location), WorkingDays: waited, Chases: p.chases, place: place}
	if p.chases > 0 {
		w.Highest = rungNames[p.highest]
	}
	s.Longest = append(s.Longest, w)
	slices.SortStableFunc(s.Longest, func(a, b Waiting) int { return a.Opened.Compare(b.Opened) })
	s.Longest = s.Longest[:min(len(s.Longest), longest)]
}

func (s *summing) workingDays(from, to time.Time) int {
	return s.office.diary.calendar.WorkingDaysBetween(calendar.DateOf(from, s.location), calendar.DateOf(to, s.location))
}

// day is the plan's day that an instant lies in.
func (s *summing) day(t time.Time) *Day {
	return &s.Days[min(max(s.office.diary.index(t)-margin, 0), len(s.Days)-1)]
}

// kept orders rules as the book does and teams as the directory does.
func (s *summing) kept() {
	for _, rule := range s.office.book.Rules {
		switch k := s.rules[rule.Name]; {
		case k == nil:
		case k.asked:
			s.Promises = append(s.Promises, k.done())
		default:
			s.Duties = append(s.Duties, k.done())
		}
	}
	for _, team := range s.office.book.Directory.Teams {
		if k := s.teams[team.ID]; k != nil {
			k.Title = team.Name
			s.Teams = append(s.Teams, k.done())
			delete(s.teams, team.ID)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.teams)) {
		s.Teams = append(s.Teams, s.teams[name].done())
	}
}

// done works out the shares and the middle.
func (k *spread) done() Kept {
	inTime := int(k.InTime)
	slices.Sort(k.days)
	if n := len(k.days); n > 0 {
		k.Median, k.Ninetieth, k.Longest = k.days[(n-1)/2], k.days[(n*9+9)/10-1], k.days[n-1]
	}
	lateOpen := k.Late - (k.Kept.Kept - inTime)
	k.InTime = 100 * share(inTime, k.Kept.Kept+lateOpen)
	return k.Kept
}

// wait fills the gaps between the waits.
func (s *summing) wait() {
	if len(s.waits) == 0 {
		return
	}
	for days := range slices.Max(slices.Collect(maps.Keys(s.waits))) + 1 {
		w := s.waits[days]
		if w == nil {
			w = &Wait{WorkingDays: days}
		}
		s.Waits = append(s.Waits, *w)
	}
}

// share is one number by another, and 0 where there is no other.
func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
