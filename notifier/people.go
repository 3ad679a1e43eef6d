package notifier

import (
	"cmp"
	"slices"
	"strings"

	"hearback/events"
	"hearback/templates"
)

// The rungs of staff, lowest first, as steps name them.
const (
	Officer       = "officer"
	TeamLead      = "team_lead"
	Manager       = "manager"
	HeadOfService = "head_of_service"
	Family        = "family"
)

var roles = []string{Officer, TeamLead, Manager, HeadOfService}

// roleWords says a role as staff say it.
var roleWords = map[string]string{Officer: "the officer", TeamLead: "the team lead", Manager: "the manager", HeadOfService: "the head of service"}

// chased is a member of staff that a step reaches, and how it came to be them.
type chased struct {
	person Person
	role   string
	// covers is whom they stand in for, if anybody.
	covers string
	why    string
}

// reach finds who is to be chased for a target of the book: the person named,
// whoever covers for them, or, where that reaches nobody, the next rung up. ok
// is false where the whole ladder reaches nobody; why says what was tried.
func (d *decider) reach(target string, via []string) (who chased, why string, ok bool) {
	var tried []string
	switch id, isTeam := strings.CutPrefix(target, "team:"); {
	case isTeam:
		team, found := d.book().Directory.Team(id)
		if found && team.Email != "" && slices.Contains(via, Email) {
			return chased{person: Person{ID: target, Name: team.Name, Email: team.Email}, role: target}, "", true
		}
		p, covers, reason := d.present(team.Lead, via)
		if reason == "" {
			return chased{p, target, covers, "leads team " + id}, "", true
		}
		tried = append(tried, "team "+id+": "+reason)
	case !slices.Contains(roles, target):
		p, covers, reason := d.present(strings.TrimPrefix(target, "person:"), via)
		if reason == "" {
			return chased{p, target, covers, ""}, "", true
		}
		tried = append(tried, reason)
	}
	for _, role := range roles[climbFrom(target):] {
		p, covers, reason := d.present(d.holder(role), via)
		if reason == "" {
			return chased{p, role, covers, strings.Join(tried, "; ")}, "", true
		}
		tried = append(tried, roleWords[role]+": "+reason)
	}
	// A case with a team that the book does not know, or that has nobody, is everybody's
	// affair whom the book names for cases without a team.
	desk, _ := d.book().Directory.Team(Unassigned)
	for _, role := range roles[1:] {
		if p, covers, reason := d.present(desk.holder(role), via); reason == "" {
			return chased{p, role, covers, strings.Join(append(tried, "whoever looks after cases without a team is told instead"), "; ")}, "", true
		}
	}
	return chased{}, strings.Join(tried, "; "), false
}

// climbFrom is the rung at which the search for somebody begins: the role's own,
// the lead for a team, the manager for a person.
func climbFrom(target string) int {
	if at := slices.Index(roles, target); at >= 0 {
		return at
	}
	if strings.HasPrefix(target, "team:") {
		return slices.Index(roles, TeamLead)
	}
	return slices.Index(roles, Manager)
}

// holder is the id of the person who holds a role for the case; empty if nobody does.
func (d *decider) holder(role string) string {
	if role == Officer {
		return d.c.Officer
	}
	team, ok := d.book().Directory.Team(d.c.Team)
	if !ok {
		officer, _ := d.book().Directory.Person(d.c.Officer)
		team, _ = d.book().Directory.Team(officer.Team)
	}
	return team.holder(role)
}

// holder is the id of the person who holds a role above the officers'.
func (t Team) holder(role string) string {
	switch role {
	case TeamLead:
		return t.Lead
	case Manager:
		return t.Manager
	default:
		return t.HeadOfService
	}
}

// present is the person, or whoever covers for them today (covers then names
// the person), if one of the channels reaches them; reason says in words why
// nobody does.
func (d *decider) present(id string, via []string) (p Person, covers, reason string) {
	named := id
	var away []string
	for range len(d.book().Directory.People) + 1 { // covers may cover for one another in a ring
		if id == "" {
			if len(away) > 0 {
				return Person{}, "", strings.Join(away, ", ") + " without cover"
			}
			return Person{}, "", "nobody is named"
		}
		p, ok := d.book().Directory.Person(id)
		if !ok {
			return Person{}, "", id + " is not in the directory"
		}
		cover, isAway := d.away(p)
		if !isAway {
			if staffChannel(p, via) == "" {
				return Person{}, "", id + " has no address for " + strings.Join(via, " or ")
			}
			if id != named {
				covers = named
			}
			return p, covers, ""
		}
		away = append(away, id+" is away")
		id = cover
	}
	return Person{}, "", "everybody who covers is away"
}

// away says whether a person is away today, and who covers: whom the case
// names, else whom the book names.
func (d *decider) away(p Person) (cover string, away bool) {
	today := d.today()
	for _, list := range [][]Absence{d.c.Away, p.Away} {
		for _, a := range list {
			if (a.Officer == p.ID || a.Officer == "") && a.From.Compare(today) <= 0 && (a.To.IsZero() || today.Compare(a.To) <= 0) {
				away = true
				if cover == "" {
					cover = a.Cover
				}
			}
		}
	}
	return cover, away
}

func staffChannel(p Person, via []string) string {
	for _, channel := range via {
		if staffAddress(p, channel) != "" {
			return channel
		}
	}
	return ""
}

func staffAddress(p Person, channel string) string {
	switch channel {
	case Email:
		return p.Email
	case SMS:
		return p.Mobile
	default:
		return ""
	}
}

// staffChannels is the order of channels for a chase: email unless the step says otherwise.
func staffChannels(via Via) []string {
	switch {
	case len(via.Channels) > 0:
		return via.Channels
	case via.All:
		return []string{Email, SMS}
	default:
		return []string{Email}
	}
}

// chase sends a step's words to everybody it names who has not been told in this look.
func (d *decider) chase(p Promise, step Step, told map[string]bool, why string) {
	for _, target := range step.Chase {
		if target == Family {
			if !told[Family] {
				told[Family] = true
				d.tellFamily(p, FamilyChase, step.Words, step.Via, false, why)
			}
			continue
		}
		via := staffChannels(step.Via)
		who, tried, ok := d.reach(target, via)
		if !ok {
			d.openTask("Find somebody to answer the family: nobody on the ladder can be chased", tried, p.Key(), "")
			continue
		}
		if told[who.person.ID] {
			continue
		}
		told[who.person.ID] = true
		d.alsoTold(who.role)
		d.chasePerson(p, who, step.Words, via, step.Via.All, why)
	}
}

// alsoTold notes whom a family can be told of: the highest rung, never a name.
func (d *decider) alsoTold(role string) {
	if role != Officer && slices.Index(roles, role) > slices.Index(roles, d.told) {
		d.told = role
	}
}

func (d *decider) chasePerson(p Promise, who chased, words string, via []string, all bool, why string) {
	d.withdrawFor(p.Key(), "a newer chase says more", func(m Message) bool { return m.Staff && m.To == who.person.ID })
	if who.covers != "" {
		why += "; covers for " + who.covers
	}
	if who.why != "" {
		why += "; " + who.why
	}
	for i, channel := range via {
		address := staffAddress(who.person, channel)
		if address == "" {
			continue
		}
		m := Message{Kind: Chase, Promise: p.Key(), To: who.person.ID, Staff: true, Role: who.role, Channel: channel,
			Address: address, Words: words, Via: via[i+1:], All: all, Anytime: true, Why: why}
		if d.compose(&m, func(string) templates.Values { return d.staffValues(p, who) }, p) && !all {
			return
		}
	}
}

// officerChanged moves the case, and what was about to be said to the old officer, to the
// new one. It is false where the case was theirs already.
func (d *decider) officerChanged(officer string) (changed bool) {
	if officer == d.c.Officer {
		return false
	}
	first := d.c.Officer == ""
	d.c.Officer = officer
	if officer == "" {
		d.say("The case has no officer now", "the next rung is chased; dates stay")
	} else if first {
		d.say("The case is with "+officer, "the service that keeps the cases says so")
	} else {
		d.say("The case is now with "+officer, "the officer changed; open promises move and their dates stay")
	}
	if _, known := d.book().Directory.Person(officer); officer != "" && !known {
		d.say(officer+" is not in the directory", "they cannot be chased, so the next rung is; add them to the book, or correct the case")
	}
	d.chaseAgain("the officer changed")
	return true
}

func (d *decider) officerAway(e events.Event) {
	a := data[events.OfficerAway](e)
	absence := Absence{Officer: cmp.Or(a.Officer, d.c.Officer), Cover: a.Cover}
	day, until := cmp.Or(a.From, e.Day()), "until further notice"
	_ = absence.From.UnmarshalText([]byte(day)) // Check has seen to it
	if a.To != "" {
		_ = absence.To.UnmarshalText([]byte(a.To))
		until = "to " + absence.To.Words()
	}
	d.c.Away = slices.DeleteFunc(d.c.Away, func(old Absence) bool {
		over := !old.To.IsZero() && old.To.Compare(d.today()) < 0
		apart := !old.To.IsZero() && old.To.Compare(absence.From) < 0 || !absence.To.IsZero() && absence.To.Compare(old.From) < 0
		return over || old.Officer == absence.Officer && !apart
	})
	d.c.Away = append(d.c.Away, absence)
	cover := "whoever the book names covers; without cover the next rung is chased"
	if absence.Cover != "" {
		cover = absence.Cover + " covers"
	}
	d.say(absence.Officer+" is away from "+absence.From.Words()+" "+until, cover+"; dates stay")
	d.chaseAgain("the officer is away")
}

// chaseAgain says what was still to be said to the officer to whoever holds the role now.
func (d *decider) chaseAgain(why string) {
	var moved []Message
	d.withdraw(why, func(m Message) bool {
		move := m.Staff && m.Role == Officer
		if move {
			moved = append(moved, m)
		}
		return move
	})
	again := map[string]bool{}
	for _, m := range moved {
		via := append([]string{m.Channel}, m.Via...)
		if m.All {
			via = staffChannels(Via{All: true})
		}
		for _, p := range d.serves(m) {
			if again[p.Key()] {
				continue // the same chase by another channel
			}
			again[p.Key()] = true
			who, tried, ok := d.reach(Officer, via)
			if !ok {
				d.openTask("Find somebody to answer the family: nobody on the ladder can be chased", tried, p.Key(), "")
				continue
			}
			d.chasePerson(p, who, m.Words, via, m.All, m.Why+"; "+why)
		}
	}
}
