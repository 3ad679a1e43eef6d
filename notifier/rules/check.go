package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"hearback/events"
	"hearback/events/nearest"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/templates"
)

// check finds what is wrong between the parts of a book. A part that could not
// be read is nil; what hangs on it is then left for the next run.
func (r *ruleBook) check(dir *directory, words *wordList) {
	r.checkNames()
	for i := range r.promises {
		p := &r.promises[i]
		r.checkTargets(p, dir)
		r.checkReplaces(p)
		if p.sound {
			r.checkLadder(p)
		}
	}
	if r.calendar != nil {
		r.checkReach()
	}
	r.checkEnquiries()
	r.checkTaskName()
	r.checkWords(words)
	if dir != nil {
		dir.checkAddresses(r.promises)
		dir.checkUnassigned()
	}
}

func (r *ruleBook) checkNames() {
	seen := make(map[string]bool)
	for _, p := range r.promises {
		if p.name.given() && seen[p.name.value] {
			r.doc.fault(p.name.node, "there are two promises \""+clip(p.name.value)+"\"", "give one of them another name")
		}
		seen[p.name.value] = true
	}
}

// checkTargets looks at every name in chase.
func (r *ruleBook) checkTargets(p *promise, dir *directory) {
	for _, s := range p.steps {
		for _, t := range s.chase {
			id, isTeam := strings.CutPrefix(t.value, "team:")
			id, isPerson := strings.CutPrefix(id, "person:")
			switch {
			case isTeam:
				r.checkTarget(t, id, dir, true)
			case isPerson:
				r.checkTarget(t, id, dir, false)
			case t.value == notifier.Family || slices.Contains(roles(), t.value):
			default:
				r.doc.fault(t.node, "\""+clip(t.value)+"\" is nobody who can be chased", r.meant(t.value, dir))
			}
		}
	}
}

// meant guesses at whom an unknown name stands for: an id without its prefix,
// or a slip of the pen.
func (r *ruleBook) meant(name string, dir *directory) string {
	if dir != nil {
		if _, is := dir.people[name]; is {
			return "write person:" + name
		}
		if _, is := dir.team[name]; is {
			return "write team:" + name
		}
	}
	return orElse(ask(nearest.Name(name, append(roles(), notifier.Family))), "use officer, team_lead, manager, head_of_service, team:<id>, person:<id> or family")
}

func (r *ruleBook) checkTarget(t text, id string, dir *directory, team bool) {
	if dir == nil || dir.partial {
		return
	}
	kind, ids := "person", dir.personIDs()
	if team {
		kind, ids = "team", dir.teamIDs()
	}
	if !slices.Contains(ids, id) {
		remedy := "name one that is there, or add it to " + directoryFile
		if close := nearest.Name(id, ids); close != "" {
			remedy = ask(kind + ":" + close)
		}
		r.doc.fault(t.node, "the directory has no "+kind+" \""+clip(id)+"\"", remedy)
	}
}

// chasesStaff reports a step that reaches somebody who can answer.
func (s step) chasesStaff() bool {
	return slices.ContainsFunc(s.value.Chase, func(target string) bool { return target != notifier.Family })
}

// checkLadder looks at the order and the end of a ladder.
func (r *ruleBook) checkLadder(p *promise) {
	if len(p.steps) == 0 {
		return
	}
	steps := p.object.key("steps")
	if p.rule.FamilyTime {
		for _, s := range p.steps {
			if s.value.Every != nil || !s.value.At.Before {
				r.doc.fault(s.at, "this step does not come before due, when the family's time is over and the promise has ended", "move it before due, or take family_time out")
			}
		}
		return
	}
	if !slices.ContainsFunc(p.steps, func(s step) bool { return s.chasesStaff() && !s.value.At.Before }) {
		r.doc.fault(steps, "nobody who could answer is chased at or after due", "add a step such as {at: due, chase: [officer], words: reply-overdue}")
	}
	var repeats *step
	for i := range p.steps {
		s := &p.steps[i]
		for _, earlier := range p.steps[:i] {
			if sameInstant(earlier.value, s.value) {
				r.doc.warn(s.at, "two steps fire at the same instant, and each person hears only one of them", "make one step of the two, or move one")
				break
			}
		}
		if s.value.Every == nil {
			continue
		}
		if repeats != nil {
			r.doc.warn(s.object.key("every"), "two steps repeat for ever", "keep one of them, or let the first fire once with \"at\"")
		}
		repeats = s
	}
	if repeats == nil {
		r.doc.warn(steps, "no step repeats, so the last one repeats every 5 working days", "say how often with a step such as {every: 5 working days, from: 7 working days after due, …}")
	}
}

// checkEnquiries finds families that get in touch and are promised nothing.
func (r *ruleBook) checkEnquiries() {
	if len(r.promises) == 0 {
		return
	}
	var opened []promise
	for _, p := range r.promises {
		if slices.Contains(p.rule.OpenedBy, events.TypeEnquiryReceived) {
			opened = append(opened, p)
		} else if len(p.rule.OpenedBy) == 0 && !p.task {
			return // what opens it could not be read, and may be this
		}
	}
	const remedy = "add a promise without \"when\" for the rest; until then each such enquiry opens a task"
	switch {
	case len(opened) == 0:
		r.doc.warn(r.object.key("promises"), "no promise is opened by "+events.TypeEnquiryReceived, remedy)
	default:
		r.checkGaps(opened, remedy)
	}
	for _, p := range opened {
		if p.object.value("acknowledge") == nil {
			r.doc.warn(p.object.node, "a family that gets in touch is not told that it was heard", "add "+promiseShape.example("acknowledge"))
		}
	}
}

// checkGaps finds enquiries that fit none of the promises that they may open, on
// each day from which on others are in force.
func (r *ruleBook) checkGaps(opened []promise, remedy string) {
	for _, day := range turns(opened) {
		inForce := slices.DeleteFunc(slices.Clone(opened), func(p promise) bool { return !p.rule.AppliesOn(day) })
		switch {
		case len(inForce) == 0:
			r.doc.warn(r.object.key("promises"), "no promise is opened by "+events.TypeEnquiryReceived+" from "+day.Words()+" on",
				"let the dates of effect of one reach further, or add a promise that follows it")
			return
		case slices.ContainsFunc(inForce, func(p promise) bool { return p.condition == nil }):
		case !fits(inForce, events.TypeEnquiryReceived):
			r.doc.warn(inForce[len(inForce)-1].when.node, "an enquiry may fit none of the promises", remedy)
			return
		}
	}
}

// turns are the days from which on other promises are in force than before, from
// the first day of any.
func turns(promises []promise) []calendar.Date {
	var days []calendar.Date
	for _, p := range promises {
		begins := p.rule.Applies.From
		if begins.IsZero() {
			begins = calendar.Date{Year: 1, Month: time.January, Day: 1}
		}
		days = append(days, begins)
		if until := p.rule.Applies.Until; !until.IsZero() {
			days = append(days, until.AddDays(1))
		}
	}
	slices.SortFunc(days, calendar.Date.Compare)
	return slices.Compact(days)
}

// checkAddresses finds rungs of a team's ladder that no message can climb to.
func (dir *directory) checkAddresses(promises []promise) {
	if dir.partial {
		return
	}
	reported := make(map[*yaml.Node]bool)
	checked := make(map[string]bool) // the same target by the same channels is climbed for once
	for _, p := range promises {
		for _, s := range p.steps {
			for _, target := range s.value.Chase {
				if key := fmt.Sprint(target, staffChannels(s.value.Via)); !checked[key] {
					checked[key] = true
					dir.checkTargetAddress(s, target, reported)
				}
			}
		}
	}
}

// checkTargetAddress climbs as the core does: from whom a step names to the head
// of service, and takes the first who can be reached.
func (dir *directory) checkTargetAddress(s step, target string, reported map[*yaml.Node]bool) {
	for _, team := range dir.value.Teams {
		above := []string{team.Lead, team.Manager, team.HeadOfService}
		var starts []string
		teamID, isTeam := strings.CutPrefix(target, "team:")
		person, isPerson := strings.CutPrefix(target, "person:")
		switch {
		case target == notifier.Officer:
			starts = dir.officers(team.ID)
		case target == notifier.TeamLead, isTeam && teamID == team.ID && team.Email == "":
			starts, above = above[:1], above[1:]
		case target == notifier.Manager:
			starts, above = above[1:2], above[2:]
		case target == notifier.HeadOfService:
			starts, above = above[2:], nil
		case isPerson:
			starts, above = []string{person}, above[1:]
		}
		for _, start := range starts {
			if !slices.ContainsFunc(append([]string{start}, above...), func(id string) bool { return dir.reached(id, s.value.Via) }) {
				dir.reportUnreachable(team, start, target, s.value.Via, reported)
			}
		}
	}
}

// officers are those who may hold the cases of a team.
func (dir *directory) officers(team string) []string {
	var ids []string
	for _, p := range dir.value.People {
		if p.Team == team && p.Role == notifier.Officer {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// reached reports a person with an address that a step may use.
func (dir *directory) reached(id string, via notifier.Via) bool {
	p, ok := dir.value.Person(id)
	if !ok {
		return id != "" // an unknown person is a fault of its own
	}
	for _, channel := range staffChannels(via) {
		if channel == templates.Email && p.Email != "" || channel == templates.SMS && p.Mobile != "" {
			return true
		}
	}
	return false
}

func (dir *directory) reportUnreachable(team notifier.Team, id, target string, via notifier.Via, reported map[*yaml.Node]bool) {
	var lacks []string
	for _, channel := range staffChannels(via) {
		name := "email"
		if channel == templates.SMS {
			name = "mobile"
		}
		lacks = append(lacks, name)
	}
	at, problem := dir.people[id], "\""+clip(id)+"\" has no "+strings.Join(lacks, " or ")+", and neither has anybody above in team \""+clip(team.ID)+"\""
	if id == "" {
		at = dir.team[team.ID].node
		problem = "team \"" + clip(team.ID) + "\" names nobody for " + target + ", and nobody above can be reached by " + strings.Join(lacks, " or ")
	}
	if at == nil || reported[at] {
		return
	}
	reported[at] = true
	dir.doc.fault(at, problem, "add an address: a step that chases "+targetWords(target)+" would reach nobody")
}

// checkUnassigned warns where nobody would be chased for a case that no
// case.opened has announced.
func (dir *directory) checkUnassigned() {
	if _, there := dir.team[notifier.Unassigned]; !there && !dir.partial && len(dir.value.Teams) > 0 {
		dir.doc.warn(dir.teams, "there is no team \""+notifier.Unassigned+"\", so an enquiry for a case that nobody has opened chases nobody and opens a task",
			"add a team of this id with the people who look after such enquiries")
	}
}
