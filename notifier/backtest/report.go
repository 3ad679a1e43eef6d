package backtest

import (
	"fmt"
	"strings"

	"hearback/notifier/rehearse/report"
)

// Report is the comparison for people to read.
func (c *Comparison) Report() report.Report {
	r := report.Report{
		Title: fmt.Sprintf("What book %s would have done from %s to %s", c.Candidate, c.From.Words(), c.To.Words()),
		Says: []string{
			fmt.Sprintf("The recorded events of %s were played again from the first one on, under this book, and those days were counted.", number(c.Cases, "case", "cases")),
			c.ran(),
			"What people did is as it was recorded: replies come when they came, whatever the book says. A hand-over fares as the recorded one that went to the same person the same way at the nearest time; what nobody was sent counts as handed over.",
		},
	}
	r.Sections = []report.Section{c.kinds()}
	if !c.Exact {
		r.Sections = append(r.Sections, c.control())
	}
	r.Sections = append(r.Sections, c.families(), c.staff())
	return r
}

func (c *Comparison) ran() string {
	ran := "No book was in force."
	if len(c.Books) > 0 {
		ran = "In force was " + strings.Join(c.Books, ", then ") + "."
	}
	if c.Exact {
		return ran + " Played again in the same way under that, every count is as it is in the ledger, so what differs below comes from the book."
	}
	return ran + " Played again in the same way under that, not every count is as it is in the ledger: see below by how much."
}

// kinds is what each kind of promise comes to in each team.
func (c *Comparison) kinds() report.Section {
	table := report.Table{Caption: "By promise and team: what happened → what would have", Empty: "Nothing was promised in these days.",
		Columns: columnsOf("Promise", "Team", "Opened#", "Late#", "Chases#", "First chase#", "Leads#", "Managers#", "Heads#", "To families#", "Tasks#")}
	for _, r := range c.Rows {
		table.Rows = append(table.Rows, cells(r, r.Happened, r.Candidate))
	}
	return report.Section{Title: "What changes", Says: []string{
		"Chases are those of staff, and of them those of team leads, managers and heads of service; chases that went as one email count each. The first chase comes so many days after the promise was opened, on average.",
	}, Tables: []report.Table{table}}
}

// control is where the player does not do what happened.
func (c *Comparison) control() report.Section {
	table := report.Table{Caption: "What happened → what the same play gives under the books that were in force", Empty: "Nowhere.",
		Columns: columnsOf("Promise", "Team", "Opened#", "Late#", "Chases#", "First chase#", "Leads#", "Managers#", "Heads#", "To families#", "Tasks#")}
	for _, r := range c.Rows {
		if !r.Happened.same(r.Again) {
			table.Rows = append(table.Rows, cells(r, r.Happened, r.Again))
		}
	}
	return report.Section{Title: "Where the play is not what happened", Says: []string{
		"In life Hearback may have stood still for a while, a provider may have been slow, and a person may have acted on what they were sent. Take differences of this size in the table above as chance.",
	}, Tables: []report.Table{table}}
}

func (c *Comparison) families() report.Section {
	table := report.Table{Caption: "The greatest differences", Columns: columnsOf("Case", "What changes"), Empty: "For no family."}
	for _, f := range c.Families {
		table.Rows = append(table.Rows, []string{f.Case, f.Words()})
	}
	return report.Section{Title: "For which families", Tables: []report.Table{table}}
}

func (c *Comparison) staff() report.Section {
	table := report.Table{Caption: "Chases of one person", Columns: columnsOf("Person", "Happened#", "Would have#", "Difference#"), Empty: "For nobody."}
	for _, l := range c.Staff {
		table.Rows = append(table.Rows, []string{l.Person, fmt.Sprint(l.Happened), fmt.Sprint(l.Candidate), fmt.Sprintf("%+d", l.Candidate-l.Again)})
	}
	return report.Section{Title: "Whose load", Tables: []report.Table{table}}
}

func cells(r Row, was, is Counts) []string {
	row := []string{orNone(r.Promise), r.Team, change(was.Opened, is.Opened), change(was.Late, is.Late), change(was.Chases, is.Chases)}
	row = append(row, changed(days(was), days(is)))
	for _, n := range [][2]int{{was.Leads, is.Leads}, {was.Managers, is.Managers}, {was.Heads, is.Heads}, {was.Family, is.Family}, {was.Tasks, is.Tasks}} {
		row = append(row, change(n[0], n[1]))
	}
	return row
}

func orNone(promise string) string {
	if promise == "" {
		return "(no promise)"
	}
	return promise
}

// days is the average time to the first chase, in days.
func days(c Counts) string {
	if c.Chased == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f d", c.toFirst()/24)
}

func change(was, is int) string { return changed(fmt.Sprint(was), fmt.Sprint(is)) }

func changed(was, is string) string {
	if was == is {
		return is
	}
	return was + " → " + is
}

// columnsOf are columns by name; those that end in # are of figures.
func columnsOf(names ...string) []report.Column {
	columns := make([]report.Column, len(names))
	for i, name := range names {
		columns[i].Name, columns[i].Number = strings.CutSuffix(name, "#")
	}
	return columns
}
