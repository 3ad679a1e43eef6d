package console

import (
	"cmp"
	"slices"
	"strings"

	"hearback/notifier"
)

// Identity is somebody as the council's sign-in described them.
type Identity struct {
	// Name is for people to read; it may be empty.
	Name string
	// Names are the addresses and ids by which they are known, the best first.
	Names []string
	// Roles and Teams are what the sign-in says that they have.
	Roles, Teams []string
}

// Caller is what somebody who has signed in may do under a directory: what it gives
// them, and the roles of their sign-in besides. The teams of the sign-in, by id or by
// name, count for whom the directory gives none; whoever has no team sees no case of
// one. ok is false for whom neither gives a part.
func (i Identity) Caller(d notifier.Directory) (c Caller, ok bool) {
	c = Caller{Name: i.Name, Teams: []string{}}
	if len(i.Names) > 0 {
		c.ID = i.Names[0]
	}
	if id := i.find(d); id != "" {
		c, _ = CallerOf(d, id)
	}
	c.Name = cmp.Or(c.Name, c.ID)
	for _, role := range []Role{Officer, Manager, Operator} {
		if slices.Contains(i.Roles, string(role)) && !c.Is(role) {
			c.Roles = append(c.Roles, role)
		}
	}
	if len(c.Teams) == 0 {
		c.Teams = i.teams(d)
	}
	return c, len(c.Roles) > 0 && c.ID != ""
}

// find is the id of the one person of the directory who is meant; empty where nobody
// is. An address that two people share says of neither that it is them.
func (i Identity) find(d notifier.Directory) string {
	for _, name := range i.Names {
		var ids []string
		for _, person := range d.People {
			if name != "" && (strings.EqualFold(person.Email, name) || strings.EqualFold(person.ID, name)) {
				ids = append(ids, person.ID)
			}
		}
		if len(ids) == 1 {
			return ids[0]
		}
	}
	return ""
}

// teams are the ids of the directory's teams that the sign-in names.
func (i Identity) teams(d notifier.Directory) []string {
	ids := []string{}
	for _, team := range d.Teams {
		if slices.ContainsFunc(i.Teams, func(name string) bool {
			return name != "" && (strings.EqualFold(team.ID, name) || strings.EqualFold(team.Name, name))
		}) {
			ids = append(ids, team.ID)
		}
	}
	return ids
}
