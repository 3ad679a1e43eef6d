package notifier

import (
	"slices"

	"hearback/events"
)

// enquiry is the second half of the key of a promise that a rule makes of an event: what
// the promise is about among others of its kind.
func (d *decider) enquiry(rule Rule, e events.Event, named string) string {
	switch rule.Each {
	case "":
	case EachCase:
		return d.c.Ref
	default:
		if which := member(e, rule.Each); which != "" && len(which) <= events.MaxShortText {
			return which
		}
	}
	if named != "" {
		return named
	}
	if which := d.justEnded(rule.Each); which != "" {
		return which // its next step, though the event does not say of which
	}
	return e.ID
}

// justEnded is what the only promise was about that this event has ended among those
// that the book makes one of for each adviser, school or complaint; empty where there
// are none, or several.
func (d *decider) justEnded(each string) (which string) {
	for _, p := range d.ended {
		rule, _ := d.books.Version(p.Book).Rule(p.Rule)
		if each == "" || rule.Each != each {
			continue
		}
		if which != "" && which != p.Enquiry {
			return ""
		}
		which = p.Enquiry
	}
	return which
}

// concerned picks the open promises that an event is about, among those whose rule has a
// list (kept_by, restarted_by) that names it. An event that says which adviser, school or
// complaint it means is about that one alone. One that does not say, where several of a
// kind are open, is about none of them: a person is asked, for to stop the wrong chase
// is worse than to chase once too often.
func (d *decider) concerned(e events.Event, named string, list func(Rule) []string) func(Promise) bool {
	open := map[string][]string{}
	for _, p := range d.c.Promises {
		open[p.Rule] = append(open[p.Rule], p.Enquiry)
	}
	asked := map[string]bool{}
	return func(p Promise) bool {
		rule, known := d.books.Version(p.Book).Rule(p.Rule)
		if !known || !slices.Contains(list(rule), e.Type) {
			return !known && about(named)(p)
		}
		if named != "" && named == p.Enquiry {
			return true
		}
		switch rule.Each {
		case "":
			return named == ""
		case EachCase:
			return true
		}
		if which := member(e, rule.Each); which != "" {
			return which == p.Enquiry
		}
		if named != "" || len(open[p.Rule]) == 1 {
			return named == ""
		}
		if !asked[p.Rule] {
			asked[p.Rule] = true
			d.openTask("Say which "+rule.Each+" "+e.Type+" was about", "several promises "+p.Rule+" are open and the event does not say which it means, so none was ended", newsKey(e.ID), "")
		}
		return false
	}
}

func keptBy(r Rule) []string      { return r.KeptBy }
func restartedBy(r Rule) []string { return r.RestartedBy }
