package notifier

import (
	"slices"
	"strings"

	"hearback/events"
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
	why    string
}

// reach finds who is to be chased for a target of the book: the person named,
// whoever covers for them, or, where that reaches nobody, the next rung up. ok
// is false where the whole ladder reaches nobody; why says what was tried.
func (d *decider) reach(target string, via []string) (who chased, why string, ok bool) {
	var tried []string
	at := slices.Index(roles, target)
	switch id, isTeam := strings.CutPrefix(target, "team:"); {
	case isTeam:
		team, found := d.book().Directory.Team(id)
		if found && team.Email != "" {
			return chased{Person{ID: target, Name: team.Name, Email: team.Email}, target, ""}, "", true
		}
		if p, reason := d.present(team.Lead, via); reason == "" {
			return chased{p, target, "leads team " + id}, "", true
		}
		tried, at = append(tried, "team "+id+" cannot be reached"), slices.Index(roles, TeamLead)
	case at < 0:
		id = strings.TrimPrefix(target, "person:")
		p, reason := d.present(id, via)
		if reason == "" {
			return chased{p, target, ""}, "", true
		}
		tried, at = append(tried, reason), slices.Index(roles, Manager)
	}
	for _, role := range roles[at:] {
		p, reason := d.present(d.holder(role), via)
		if reason == "" {
			return chased{p, role, strings.Join(tried, "; ")}, "", true
		}
		tried = append(tried, roleWords[role]+": "+reason)
	}
	return chased{}, strings.Join(tried, "; "), false
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
	switch role {
	case TeamLead:
		return team.Lead
	case Manager:
		return team.Manager
	default:
		return team.HeadOfService
	}
}

// present is the person, or whoever covers for them today, if one of the
// channels reaches them; reason says in words why nobody does.
func (d *decider) present(id string, via []string) (p Person, reason string) {
	var away []string
	for range len(d.book().Directory.People) + 1 { // covers may cover for one another in a ring
		if id == "" {
			if len(away) > 0 {
				return Person{}, strings.Join(away, ", ") + " without cover"
			}
			return Person{}, "nobody is named"
		}
		p, ok := d.book().Directory.Person(id)
		if !ok {
			return Person{}, id + " is not in the directory"
		}
		cover, isAway := d.away(p)
		if !isAway {
			if staffChannel(p, via) == "" {
				return Person{}, id + " has no address for " + strings.Join(via, " or ")
			}
			return p, ""
		}
		away = append(away, id+" is away")
		id = cover
	}
	return Person{}, "everybody who covers is away"
}

func (d *decider) away(p Person) (cover string, away bool) {
	today := d.today()
	for _, list := range [][]Absence{d.c.Away, p.Away} {
		for _, a := range list {
			if (a.Officer == p.ID || a.Officer == "") && a.From.Compare(today) <= 0 && (a.To.IsZero() || today.Compare(a.To) <= 0) {
				return a.Cover, true
			}
		}
	}
	return "", false
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
	d.withdraw("a newer chase says more", func(m Message) bool {
		return m.Promise == p.Key() && m.Staff && m.To == who.person.ID
	})
	if who.why != "" {
		why += "; " + who.why
	}
	for i, channel := range via {
		address := staffAddress(who.person, channel)
		if address == "" {
			continue
		}
		m := Message{Kind: Chase, Promise: p.Key(), To: who.person.ID, Staff: true, Role: who.role, Channel: channel,
			Address: address, Words: words, Via: via[i+1:], Anytime: true, Why: why}
		if d.compose(&m, d.staffValues(p, who), p) && !all {
			return
		}
	}
}

// officerChanged moves the case, and what was about to be said to the old officer, to the new one.
func (d *decider) officerChanged(officer string) {
	if officer == d.c.Officer {
		return
	}
	d.c.Officer = officer
	d.say("The case is now with "+officer, "the officer changed; open promises move and their dates stay")
	d.chaseAgain("the officer changed")
}

func (d *decider) officerAway(a events.OfficerAway) {
	absence := Absence{Officer: a.Officer, Cover: a.Cover}
	if absence.Officer == "" {
		absence.Officer = d.c.Officer
	}
	if absence.From.UnmarshalText([]byte(a.From)) != nil {
		absence.From = d.today()
	}
	until := "until further notice"
	if absence.To.UnmarshalText([]byte(a.To)) == nil {
		until = "to " + absence.To.Words()
	}
	d.c.Away = slices.DeleteFunc(d.c.Away, func(old Absence) bool {
		return old.Officer == absence.Officer || !old.To.IsZero() && old.To.Compare(d.today()) < 0
	})
	d.c.Away = append(d.c.Away, absence)
	cover := "and nobody covers, so the next rung is chased"
	if absence.Cover != "" {
		cover = "and " + absence.Cover + " covers"
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
	for _, m := range moved {
		p, ok := d.c.Promise(m.Promise)
		if !ok {
			continue
		}
		via := append([]string{m.Channel}, m.Via...)
		who, tried, ok := d.reach(Officer, via)
		if !ok {
			d.openTask("Find somebody to answer the family: nobody on the ladder can be chased", tried, p.Key(), "")
			continue
		}
		d.chasePerson(p, who, m.Words, via, false, m.Why+"; "+why)
	}
}
