package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
)

// atTheLimits is a book with as much of everything as may be: 200 promises of 50
// steps, and 500 people with leave in every month.
func atTheLimits(t testing.TB, leave int) rules.Files {
	t.Helper()
	files := good(t, "leave")
	var r, d strings.Builder
	head, _, _ := strings.Cut(files[rulesFile], "promises:\n")
	r.WriteString(head + "promises:\n")
	for i := range 200 {
		fmt.Fprintf(&r, "  - name: p%d\n    opened_by: enquiry.received\n    when: data.about == \"kind %d\"\n    due: %d working days\n    acknowledge: {words: heard}\n    steps:\n", i, i, 60+i%20)
		for step := range 49 {
			side, n := "before", 50-step
			if step >= 25 {
				side, n = "after", step-24
			}
			fmt.Fprintf(&r, "      - {at: %d working days %s due, chase: [officer, team_lead], words: overdue}\n", n, side)
		}
		r.WriteString("      - {every: 5 working days, from: 30 working days after due, chase: [manager, head_of_service], words: overdue}\n")
	}
	d.WriteString("teams:\n")
	for i := range 20 {
		fmt.Fprintf(&d, "  - {id: t%d, name: Team %d, lead: p.lead, manager: p.manager, head_of_service: p.head}\n", i, i)
	}
	d.WriteString("  - {id: unassigned, name: Front desk, lead: p.lead, manager: p.manager, head_of_service: p.head}\npeople:\n")
	for i, id := range []string{"p.lead", "p.manager", "p.head"} {
		fmt.Fprintf(&d, "  - {id: %s, name: Person %d, email: p%d@vale.example, role: manager}\n", id, i, i)
	}
	for i := range 497 {
		fmt.Fprintf(&d, "  - id: o.n%d\n    name: Officer %d\n    email: o%d@vale.example\n    team: t%d\n    role: officer\n    away:\n", i, i, i, i%20)
		for n := range leave {
			from := proved.AddDays(n*360/leave + i%28)
			fmt.Fprintf(&d, "      - {from: %s, to: %s, cover: o.n%d}\n", from, from.AddDays(4), (i+250)%497)
		}
	}
	files[rulesFile], files[directoryFile] = r.String(), d.String()
	return files
}

// A book that is as large as may be is proved whole, in seconds. The floor is what
// the core itself takes to place the ladder of each promise once for every day.
func BenchmarkProveAtTheLimits(b *testing.B) {
	files := atTheLimits(b, 12)
	book, _ := rules.Load(files.FS())
	if book == nil {
		b.Fatal("no book")
	}
	began := time.Now()
	for _, rule := range book.Rules {
		for day := range 366 {
			start := proved.AddDays(day).At(9, 45, book.Calendar.Location)
			due, err := book.Calendar.Count(calendar.From{At: start}, rule.Limit())
			if err != nil {
				b.Fatal(err)
			}
			notifier.Ladder(rule, notifier.Promise{Opened: start, Due: due.At, DueDate: due.Date}, book.Calendar)
		}
	}
	floor := time.Since(began)
	for b.Loop() {
		book, faults := rules.Prove(files.FS(), proved)
		if book == nil {
			b.Fatal(faults)
		}
		for _, f := range faults {
			if strings.Contains(f.Problem, "too ") {
				b.Fatal(f)
			}
		}
	}
	b.ReportMetric(floor.Seconds(), "floor-s")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/floor.Seconds(), "times-floor")
}

func BenchmarkProveTheExample(b *testing.B) {
	files := good(b, "leave")
	for b.Loop() {
		if book, faults := rules.Prove(files.FS(), proved); book == nil {
			b.Fatal(faults)
		}
	}
}

// Books that were made to take long run into a bound, and check says so.
func TestHostileLeaveDoesNotRunAway(t *testing.T) {
	ring := good(t, "leave")
	var d strings.Builder
	teams, _, _ := strings.Cut(ring[directoryFile], "people:\n")
	d.WriteString(teams + "people:\n")
	for i, id := range []string{"p.ada", "p.bea", "p.omar", "p.quinn"} {
		fmt.Fprintf(&d, "  - {id: %s, name: Person %d, email: p%d@vale.example, role: manager, away: [{from: 2026-12-01, to: 2027-11-01, cover: o.n0}]}\n", id, i, i)
	}
	const people = 4000
	for i := range people {
		fmt.Fprintf(&d, "  - {id: o.n%d, name: N, email: n%d@vale.example, team: hill, role: officer, away: [{from: 2026-12-01, to: 2027-11-%02d, cover: o.n%d}]}\n", i, i, 1+i%28, (i+1)%people)
	}
	ring[directoryFile] = d.String()
	_, faults := rules.Prove(ring.FS(), proved)
	said := false
	for _, f := range faults {
		said = said || f.File == directoryFile && strings.Contains(f.Problem, "too large")
	}
	if !said {
		t.Errorf("%d faults, and none says that the directory is too large", len(faults))
	}
}

func TestHostileConditionsDoNotRunAway(t *testing.T) {
	conditions := good(t, "leave")
	var r strings.Builder
	head, _, _ := strings.Cut(conditions[rulesFile], "promises:\n")
	r.WriteString(head + "promises:\n")
	for i := range 200 {
		fmt.Fprintf(&r, "  - {name: p%d, opened_by: enquiry.received, when: 'data.about == \"%d\" && data.channel == \"a%d\" && data.from == \"b%d\" && case.team == \"c%d\" && source == \"d%d\"', due: 5 working days, acknowledge: {words: heard}, steps: [{every: 1 working day, from: due, chase: [officer], words: overdue}]}\n", i, i, i, i, i, i)
	}
	conditions[rulesFile] = r.String()
	delete(conditions, "words/en/late.sms.txt")
	delete(conditions, "words/en/late.email.md")
	_, faults := rules.Prove(conditions.FS(), calendar.Date{Year: 2026, Month: time.December, Day: 1})
	said := false
	for _, f := range faults {
		said = said || strings.Contains(f.Problem, "too many conditions")
	}
	if !said {
		t.Errorf("%v", faults)
	}
}
