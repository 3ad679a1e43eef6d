package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"hearback/notifier"
	"hearback/notifier/publishing"
	"hearback/notifier/rules"
)

// parts are the headings under which changes of a book stand.
var parts = []struct{ part, heading string }{
	{"council", "The council"}, {"promises", "Promises"}, {"hours", "Hours and closures"}, {"holidays", "Bank holidays"},
	{"people", "Teams and people"}, {"words", "Words"},
}

func printDiff(out io.Writer, changes []rules.Change) {
	if len(changes) == 0 {
		fmt.Fprintln(out, "\nThey are the same.")
	}
	for _, p := range parts {
		heading := "\n" + p.heading + "\n"
		for _, c := range changes {
			if c.Part != p.part {
				continue
			}
			fmt.Fprintf(out, "%s  %s\n", heading, c.What)
			heading = ""
			quote(out, "before", c.Before)
			quote(out, "now", c.After)
		}
	}
}

// quote shows words, each line with a mark before it.
func quote(out io.Writer, label, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprintf(out, "    %-6s | %s\n", label, strings.TrimRight(line, "\n"))
		label = ""
	}
}

// printPlan says what re-planning does.
func printPlan(out io.Writer, plan publishing.Plan) {
	if n := len(plan.Unreadable); n > 0 {
		fmt.Fprintf(out, "\n%s cannot be read and stay as they are: %s. Keep the data folder as it is and report this.\n", count(n, "case"), strings.Join(plan.Unreadable, ", "))
	}
	if len(plan.Cases) == 0 {
		fmt.Fprintln(out, "\nRe-planning moves no open promise.")
		return
	}
	fmt.Fprintf(out, "\nRe-planning the open promises of %s:\n", count(len(plan.Cases), "case"))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PROMISE\tEARLIER\tLATER\tSAME DATE\tLATE AT ONCE\tA PERSON'S DATE\tSTAYS AS IT IS")
	for _, k := range plan.Kinds {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\n", k.Rule, k.Earlier, k.Later, k.Unmoved, k.LateAtOnce, k.LeftPostponed, k.LeftAsItWas)
	}
	table.Flush()
	if len(plan.First) == 0 {
		return
	}
	fmt.Fprintln(out, "\nThe first of them:")
	for _, r := range plan.First {
		late := ""
		if r.Effect == notifier.LateAtOnce {
			late = ": late at once"
		}
		fmt.Fprintf(table, "  %s\t%s\tdue %s\tnow %s%s\n", r.Case, r.Promise, r.Before.Words(), r.After.Words(), late)
	}
	table.Flush()
}
