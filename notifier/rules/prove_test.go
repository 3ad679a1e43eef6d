package rules_test

import (
	"strings"
	"testing"

	"hearback/notifier/calendar"
	"hearback/notifier/rules"
)

// proved is the day from which the tests prove a year.
var proved = calendar.Date{Year: 2026, Month: 11, Day: 27}

func TestEachGapInTheYearIsFoundAtItsPlace(t *testing.T) {
	for _, b := range unprovedBooks() {
		t.Run(b.name, func(t *testing.T) {
			files, line, column := b.breakBook(t)
			if _, faults := rules.Load(files.FS()); len(faults) > 0 {
				t.Fatalf("Load finds it already: %v", faults)
			}
			book, faults := rules.Prove(files.FS(), proved)
			if len(faults) != 1 {
				t.Fatalf("%d faults, want 1: %v", len(faults), faults)
			}
			problem, remedy, _ := strings.Cut(strings.TrimPrefix(b.want, "warning: "), "; ")
			warning := strings.HasPrefix(b.want, "warning: ")
			want := rules.Fault{File: b.file, Line: line, Column: column, Problem: problem, Remedy: remedy, Warning: warning}
			if faults[0] != want {
				t.Errorf("\ngot  %s (warning: %v)\nwant %s (warning: %v)", faults[0], faults[0].Warning, want, want.Warning)
			}
			if (book != nil) != warning {
				t.Errorf("there is a book: %v", book != nil)
			}
		})
	}
}

// unprovedBooks read well, and fail on some day of the year. What begins with
// "warning: " may be put in force.
func unprovedBooks() []broken {
	const head, manager = "{id: p.head, name: Adaeze Whitlock,", "{id: p.manager, name: Tomasz Wrona,"
	return []broken{
		{name: "cover is away too", file: directoryFile, old: "cover: p.lead}\n  - {id: p.lead,", new: "cover: ‸p.lead}\n  - {id: p.lead, away: [{from: 2026-12-14, to: 2026-12-16, cover: o.jane}],",
			want: `warning: "p.lead" covers for "o.jane" and cannot from Monday 14 December 2026 for 3 days (the officer: everybody who covers is away), so the manager is chased instead of the officer of team "north"; name another cover, or one for the cover`},
		{name: "manager away without cover", file: directoryFile, old: manager, new: "{id: p.manager, away: [‸{from: 2027-02-01, to: 2027-02-05}], name: Tomasz Wrona,",
			want: `warning: "p.manager" is away from Monday 1 February 2027 for 5 days and nobody covers, so the head of service is chased instead of the manager of team "north"; name a cover who is there`},
		{name: "one day", file: directoryFile, old: manager, new: "{id: p.manager, away: [‸{from: 2027-02-01, to: 2027-02-01}], name: Tomasz Wrona,",
			want: `warning: "p.manager" is away on Monday 1 February 2027 and nobody covers, so the head of service is chased instead of the manager of team "north"; name a cover who is there`},
		{name: "nobody above", file: directoryFile, old: head, new: "{id: p.head, away: [‸{from: 2027-02-01, to: 2027-02-05}], name: Adaeze Whitlock,",
			want: `warning: "p.head" is away from Monday 1 February 2027 for 5 days and nobody covers, so the manager is chased instead of person p.head; name a cover who is there`},
		{name: "nobody at all", file: directoryFile, old: "  - {id: p.lead, name: Moira Sinclair, email: moira@council.example, role: team_lead}\n  - {id: p.manager, name: Tomasz Wrona,",
			new:  "  - {id: p.lead, name: Moira Sinclair, email: moira@council.example, role: team_lead, away: [{from: 2027-02-01, to: 2027-02-03}]}\n  - {id: p.manager, away: [{from: 2027-02-01, to: 2027-02-03}], name: Tomasz Wrona,",
			also: strings.NewReplacer(head, "{id: p.head, away: [‸{from: 2027-02-01, to: 2027-02-03}], name: Adaeze Whitlock,"),
			want: `nobody can be chased from Monday 1 February 2027 for 3 days where a step chases the officer of team "north": the officer: nobody is named, the team lead: p.lead is away without cover, the manager: p.manager is away without cover, the head of service: p.head is away without cover; name a cover who is there, or let somebody above them be there`},
	}
}
