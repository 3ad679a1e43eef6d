package bench

import (
	"fmt"
	"io/fs"
	"strings"

	"hearback/deploy"
)

// A large council's staff: planning figures for 15,000 plans.
const (
	dayOfficers = 75
	dayTeams    = 10
	dayManagers = 4
)

// largeCouncil is the example book's rules with the staff of a large council.
// Families may be contacted at any hour: the measurement must not wait for the
// morning.
func largeCouncil() fs.FS {
	var teams, people strings.Builder
	teams.WriteString("teams:\n  - {id: unassigned, name: Duty desk, lead: p.lead0, manager: p.manager0, head_of_service: p.head, phone: 01632 960123}\n")
	people.WriteString("people:\n  - {id: p.head, name: Service Head, email: head@council.example, role: head_of_service}\n")
	for i := range dayManagers {
		fmt.Fprintf(&people, "  - {id: p.manager%d, name: Manager %d, email: manager%d@council.example, role: manager}\n", i, i, i)
	}
	for i := range dayTeams {
		fmt.Fprintf(&teams, "  - {id: team%d, name: SEND team %d, lead: p.lead%d, manager: p.manager%d, head_of_service: p.head, phone: 01632 960%03d}\n", i, i, i, i%dayManagers, 200+i)
		fmt.Fprintf(&people, "  - {id: p.lead%d, name: Lead %d, email: lead%d@council.example, team: team%d, role: team_lead}\n", i, i, i, i)
	}
	for i := range dayOfficers {
		fmt.Fprintf(&people, "  - {id: o.%d, name: Officer %d, email: officer%d@council.example, team: team%d, role: officer}\n", i, i, i, i%dayTeams)
	}
	rules, err := fs.ReadFile(deploy.Hertfordshire(), "rules.yaml")
	if err != nil {
		panic(err) // it is built in
	}
	const hours = `mon-sat: ["08:00-20:00"]`
	if !strings.Contains(string(rules), hours) {
		panic("bench: the example book's contact hours have changed; change them here too")
	}
	return withWords(strings.Replace(string(rules), hours, `mon-sun: ["00:00-24:00"]`, 1), teams.String()+people.String())
}
