package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"hearback/notifier"
)

// Role is what somebody may do here.
type Role string

// The roles. One person may have several.
const (
	// Officer sees the cases of their team and acts on them.
	Officer Role = "officer"
	// Manager sees the cases of their teams, moves them, and owns the book.
	Manager Role = "manager"
	// Operator sees how Hearback runs, and no family.
	Operator Role = "operator"
)

// Caller is whoever asks for a page.
type Caller struct {
	// ID is who they are in the directory, or their address where they are not in it.
	ID, Name string
	Roles    []Role
	// Teams are those whose cases they may see; nil: every team's.
	Teams []string
}

// Is reports whether the caller has one of the roles.
func (c Caller) Is(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(c.Roles, r) })
}

// Sees reports whether the caller may see the cases of a team. A case that has no team
// yet is everybody's who may see any: somebody must take it.
func (c Caller) Sees(team string) bool {
	return c.Is(Officer, Manager) && (c.Teams == nil || team == "" || team == notifier.Unassigned || slices.Contains(c.Teams, team))
}

// seen are the teams of a caller for a filter; nil: every team.
func (c Caller) seen() []string {
	if c.Teams == nil {
		return nil
	}
	return append(slices.Clone(c.Teams), notifier.Unassigned)
}

// CallerOf is whom the directory knows under an id: an officer of their team; a manager
// of every team that they lead, manage or are the head of service for. ok is false for
// whom it does not know.
func CallerOf(d notifier.Directory, id string) (c Caller, ok bool) {
	person, ok := d.Person(id)
	if !ok {
		return Caller{}, false
	}
	c = Caller{ID: person.ID, Name: person.Name, Roles: []Role{Officer}, Teams: []string{}}
	if person.Team != "" {
		c.Teams = append(c.Teams, person.Team)
	}
	for _, team := range d.Teams {
		if slices.Contains([]string{team.Lead, team.Manager, team.HeadOfService}, id) {
			if !c.Is(Manager) {
				c.Roles = append(c.Roles, Manager)
			}
			if !slices.Contains(c.Teams, team.ID) {
				c.Teams = append(c.Teams, team.ID)
			}
		}
	}
	return c, true
}

// Seen is one entry of the audit trail: who looked at a case, or acted on it, on
// which page.
type Seen struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Name string    `json:"name,omitempty"`
	Case string    `json:"case"`
	// Page is the page that was asked for, Act whether a form was sent.
	Page string `json:"page"`
	Act  bool   `json:"act,omitempty"`
}

// Trail keeps and tells who has seen a case.
type Trail interface {
	// Record returns nil only once every entry is stored.
	Record(ctx context.Context, entries ...Seen) error
	// Seen lists the entries about a case, the newest first.
	Seen(ctx context.Context, ref string) ([]Seen, error)
}

// recorded notes a view of a case before it is shown, or an act before it is done, and
// answers for itself where it cannot: what nobody can account for is not shown.
func (c *console) recorded(w http.ResponseWriter, r *http.Request, ref string) bool {
	err := c.accounted(r, ref)
	if err != nil {
		c.say(w, http.StatusServiceUnavailable, "The case cannot be shown at the moment",
			"Who looks at a case is written down, and that could not be stored. Nothing else is lost. Load the page again in a minute. If it stays like this, run hearback doctor on the server.")
	}
	return err == nil
}

// accounted writes down that the caller looks at a case, or acts on it with a form.
func (c *console) accounted(r *http.Request, ref string) error {
	if c.options.Trail == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeWithin)
	defer cancel()
	return c.options.Trail.Record(ctx, Seen{At: c.options.Now().UTC(), By: c.who.ID, Name: c.who.Name, Case: ref, Page: r.URL.Path,
		Act: r.Method == http.MethodPost})
}
