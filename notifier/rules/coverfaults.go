package rules

import (
	"slices"
	"strconv"
	"strings"

	"hearback/notifier/calendar"
)

// report names a gap, and each leave once.
func (c *coverage) report(g gap) {
	if c.reported[g.node] {
		return
	}
	c.reported[g.node] = true
	when := c.when(g.stretch)
	if g.role == "" {
		c.dir.doc.fault(g.node, "nobody can be chased "+when+" where a step chases "+g.target()+": "+plainList(g.why),
			"name a cover who is there, or let somebody above them be there")
		return
	}
	problem := quoteID(g.who) + " is away " + when + " and nobody covers"
	remedy := "name a cover who is there"
	if a, _ := c.away(g.who, c.date(g.first)); a.Cover != "" {
		first, _, _ := strings.Cut(g.why, "; ")
		problem = quoteID(a.Cover) + " covers for " + quoteID(g.who) + " and cannot " + when + " (" + first + ")"
		remedy = "name another cover, or one for the cover"
		c.markChain(a, c.date(g.first))
	}
	c.dir.doc.warn(g.node, problem+", so "+targetWords(g.role)+" is chased instead of "+g.target(), remedy)
}

// markChain takes those who would cover for the cover as named too: a ring is one
// slip, wherever it is entered.
func (c *coverage) markChain(a absence, day calendar.Date) {
	for next, away := a, true; away; next, away = c.away(next.Cover, day) {
		if c.reported[next.node] && next.node != a.node {
			return
		}
		c.reported[next.node] = true
	}
}

// emptyTeam warns where no officer of a team is there and none has cover.
func (c *coverage) emptyTeam(e emptyRung) {
	chase, team, there := e.chase, e.team, e.there
	for i := 0; i < len(there); i++ {
		if there[i] {
			continue
		}
		s := c.stretches[i]
		for ; i < len(there) && !there[i]; i++ {
			s.end = c.stretches[i].end
		}
		if !chase.days.meets(s.first, s.end) {
			continue
		}
		var last absence
		for _, id := range c.dir.officers(team.ID) {
			if a, away := c.away(id, c.date(s.first)); away && (last.node == nil || a.From.Compare(last.From) > 0) {
				last = a
			}
		}
		if last.node == nil || c.reported[last.node] {
			continue
		}
		c.reported[last.node] = true
		c.dir.doc.warn(last.node, "every officer of team "+quoteID(team.ID)+" is away "+c.when(s)+" and none has cover, so the rung above is chased for all of them",
			"add \"cover\" with the id of somebody who is there")
	}
}

// when says a stretch: "from Thursday 24 December 2026, for 9 days".
func (c *coverage) when(s stretch) string {
	length := strconv.Itoa(s.end-s.first) + " days"
	if s.end-s.first == 1 {
		return "on " + c.date(s.first).Words()
	}
	return "from " + c.date(s.first).Words() + " for " + length
}

// target says whom the chase names and, for a role, in which team.
func (g gap) target() string {
	if slices.Contains(roles(), g.chase.target) && g.of.Team != "" {
		return targetWords(g.chase.target) + " of team " + quoteID(g.of.Team)
	}
	return targetWords(g.chase.target)
}

func quoteID(id string) string { return "\"" + clip(id) + "\"" }

// plainList takes the semicolons out of what the core tried: a fault has one, before
// its remedy.
func plainList(s string) string { return strings.ReplaceAll(s, "; ", ", ") }
