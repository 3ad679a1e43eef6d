package rules

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

// coverBudget bounds the search for days on which nobody is there, in people
// looked at. 500 people with leave in every week need a tenth of it.
const coverBudget = 1_000_000_000

// chaseOf is a target of steps and the channels by which it is chased, with the
// days on which that may happen.
type chaseOf struct {
	target string
	via    notifier.Via
	days   days
}

// cover proves that whoever a step names is there, or somebody for them, on every
// day on which it may fire.
func (p *proof) cover(steps []fired) {
	if p.dir.partial || len(p.dir.away) == 0 {
		return // without leave, Load has proved it for every day
	}
	c := coverage{proof: p, stretches: p.stretches(), budget: coverBudget, reported: make(map[*yaml.Node]bool)}
	chases := chasesOf(steps)
	for _, chase := range chases {
		if chase.days.meets(0, provedDays) {
			c.prove(chase)
		}
	}
	for _, nobody := range []bool{true, false} { // what leaves a family alone is named first
		for _, g := range c.gaps {
			if (g.role == "") == nobody {
				c.report(g)
			}
		}
	}
	for _, e := range c.empty {
		c.emptyTeam(e)
	}
	if c.budget < 0 {
		p.dir.doc.warn(p.dir.root, "this directory is too large for its leave to be proved day by day", "take out people who have left, leave that is over, and steps that name single people")
	}
}

// chasesOf gathers what steps have in common: the same target by the same channels.
func chasesOf(steps []fired) []*chaseOf {
	var list []*chaseOf
	known := make(map[string]*chaseOf)
	for _, f := range steps {
		for _, target := range f.step.staff() {
			key := fmt.Sprint(target, staffChannels(f.step.value.Via))
			if known[key] == nil {
				known[key] = &chaseOf{target: target, via: f.step.value.Via}
				list = append(list, known[key])
			}
			known[key].days.addAll(f.days)
		}
	}
	return list
}

// stretch is a run of days, numbered from the first that is proved, on which the
// same people are away.
type stretch struct{ first, end int }

// stretches cuts the year wherever somebody goes or comes back.
func (p *proof) stretches() []stretch {
	cuts := []int{0, provedDays}
	for _, list := range p.dir.away {
		for _, a := range list {
			for _, d := range []calendar.Date{a.From, a.To.AddDays(1)} {
				if day := p.day(d.At(12, 0, p.book.Calendar.Location)); day > 0 && day < provedDays {
					cuts = append(cuts, day)
				}
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	list := make([]stretch, 0, len(cuts))
	for i, first := range cuts[:len(cuts)-1] {
		list = append(list, stretch{first, cuts[i+1]})
	}
	return list
}

// coverage is one search for days on which a chase does not reach whom it names.
type coverage struct {
	*proof
	stretches []stretch
	budget    int
	gaps      []gap
	empty     []emptyRung
	reported  map[*yaml.Node]bool
}

// emptyRung says on which stretches an officer of a team is there, or their cover.
type emptyRung struct {
	chase *chaseOf
	team  notifier.Team
	there []bool
}

// gap is a run of stretches on which a chase fails in one way.
type gap struct {
	stretch
	chase *chaseOf
	of    notifier.Case
	node  *yaml.Node
	who   string // whose leave it is
	why   string // the core's words for what it tried
	role  string // who is chased in their place; empty for nobody
}

// prove looks at one chase in every team.
func (c *coverage) prove(chase *chaseOf) {
	if id, named := strings.CutPrefix(chase.target, "person:"); named && len(c.dir.away[id]) == 0 {
		return
	}
	for _, team := range c.book.Directory.Teams {
		if chase.target == notifier.Officer {
			c.proveOfficers(chase, team)
		}
		c.proveCase(chase, notifier.Case{Team: team.ID}) // a case may have no officer
	}
}

// proveOfficers looks at every officer of a team, and at them all: their rung stands
// empty where all are away without cover.
func (c *coverage) proveOfficers(chase *chaseOf, team notifier.Team) {
	var there []bool
	for _, id := range c.dir.officers(team.ID) {
		reached := c.proveCase(chase, notifier.Case{Team: team.ID, Officer: id})
		if there == nil {
			there = make([]bool, len(c.stretches))
		}
		for i, is := range reached {
			there[i] = there[i] || is
		}
	}
	if there != nil && c.budget >= 0 {
		c.empty = append(c.empty, emptyRung{chase, team, there})
	}
}

// proveCase looks at one case through the year. reached says for each stretch
// whether whoever was meant, or somebody for them, is there.
func (c *coverage) proveCase(chase *chaseOf, of notifier.Case) (reached []bool) {
	reached = make([]bool, len(c.stretches))
	var open *gap
	end := func() {
		if open != nil && chase.days.meets(open.first, open.end) {
			c.gaps = append(c.gaps, *open)
		}
		open = nil
	}
	for i, s := range c.stretches {
		g, there := c.judge(chase, of, s)
		if reached[i] = there; c.budget < 0 {
			return reached
		}
		if g == nil || open != nil && (g.node != open.node || (g.role == "") != (open.role == "")) {
			end()
		}
		switch {
		case g != nil && open == nil:
			open = g
			open.chase, open.of = chase, of
		case g != nil:
			open.end = g.end
		}
	}
	end()
	return reached
}

// judge asks the core whom the chase reaches. A gap is given where that is nobody,
// or not whom the book means; there says whether they, or their cover, are reached.
func (c *coverage) judge(chase *chaseOf, of notifier.Case, s stretch) (g *gap, there bool) {
	day := c.date(s.first)
	c.budget -= len(c.book.Directory.People) * (1 + c.links(chase.target, of, day))
	if c.budget < 0 {
		return nil, true
	}
	who, why, ok := c.book.Reach(of, chase.target, chase.via, day.At(12, 0, c.book.Calendar.Location))
	if !ok {
		climb := c.climb(chase.target, of)
		for _, id := range slices.Backward(climb) {
			if a, away := c.away(id, day); away {
				return &gap{stretch: s, node: a.node, who: id, why: why}, false
			}
		}
		return nil, false // nobody is away: Load has named it
	}
	meant := c.meant(chase.target, of)
	if meant == "" || who.Role == chase.target && (who.Person.ID == meant || who.Covers == meant || strings.HasPrefix(who.Person.ID, "team:")) {
		return nil, true
	}
	a, away := c.away(meant, day)
	if !away || a.Cover == "" && chase.target == notifier.Officer {
		return nil, false // leave without cover: the rung above is meant to step in
	}
	return &gap{stretch: s, node: a.node, who: meant, why: why, role: who.Role}, false
}

// meant is the id of the person whom a target names in a case; empty where the book
// names nobody.
func (c *coverage) meant(target string, of notifier.Case) string {
	if id, is := strings.CutPrefix(target, "person:"); is {
		return id
	}
	if target == notifier.Officer {
		return of.Officer
	}
	teamID, isTeam := strings.CutPrefix(target, "team:")
	if !isTeam {
		teamID = of.Team
	}
	team, _ := c.book.Directory.Team(teamID)
	switch target {
	case notifier.Manager:
		return team.Manager
	case notifier.HeadOfService:
		return team.HeadOfService
	}
	return team.Lead
}

// climb lists the people whom the core tries for a target, lowest first.
func (c *coverage) climb(target string, of notifier.Case) []string {
	team, _ := c.book.Directory.Team(of.Team)
	list := []string{c.meant(target, of)}
	for _, role := range []string{notifier.TeamLead, notifier.Manager, notifier.HeadOfService} {
		if slices.Index(roles(), role) > slices.Index(roles(), target) {
			list = append(list, c.meant(role, notifier.Case{Team: team.ID}))
		}
	}
	return list
}

// away is the leave that a person has on a day. Of two, it is the one that names a
// cover, as in the core.
func (c *coverage) away(id string, day calendar.Date) (found absence, away bool) {
	for _, a := range c.dir.away[id] {
		if a.From.Compare(day) <= 0 && day.Compare(a.To) <= 0 && (!away || found.Cover == "" && a.Cover != "") {
			found, away = a, true
		}
	}
	return found, away
}

// links counts how many people the core looks up until it finds one who is there.
func (c *coverage) links(target string, of notifier.Case, day calendar.Date) int {
	links := 0
	for _, id := range c.climb(target, of) {
		for range c.book.Directory.People { // covers may cover for one another in a ring
			if id == "" {
				break
			}
			links++
			a, away := c.away(id, day)
			if !away {
				return links
			}
			id = a.Cover
		}
	}
	return links
}
