package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
	"hearback/notifier/rules/explained"
)

// explanation is what `check --explain --json` prints.
type explanation struct {
	Faults    []rules.Fault    `json:"faults"`
	Words     string           `json:"words,omitempty"`
	Timelines []rules.Timeline `json:"timelines,omitempty"`
}

// printFaults prints the faults as JSON: an array, or what explains the book beside it.
func printFaults(book *notifier.Book, faults []rules.Fault, explain bool, on calendar.Date, io streams) error {
	if !explain {
		return json.NewEncoder(io.out).Encode(faults)
	}
	out := explanation{Faults: faults}
	if book != nil {
		out.Words = rules.Explain(book)
		out.Timelines = rules.Timelines(book, on.At(explained.Hour, 0, book.Calendar.Location))
	}
	return json.NewEncoder(io.out).Encode(out)
}

// printExplained says what a book promises, and what follows day by day if nobody
// ever replies.
func printExplained(book *notifier.Book, on calendar.Date, io streams) error {
	loc := book.Calendar.Location
	at := on.At(explained.Hour, 0, loc)
	fmt.Fprintf(io.out, "%s\nWhat follows if it begins on %s at %s and nobody ever replies:\n", rules.Explain(book), on.Words(), calendar.Clock(at, loc))
	for _, t := range rules.Timelines(book, at) {
		fmt.Fprintf(io.out, "\nThe promise %q, due on %s at %s\n", t.Promise, t.DueDate.Words(), calendar.Clock(t.Due, loc))
		table := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
		day := ""
		for _, m := range t.Moments {
			date, clock := calendar.DateOf(m.At, loc).Words(), calendar.Clock(m.At, loc)
			if m.Kind == rules.MomentClosed {
				clock = "all day"
			}
			if date == day {
				date = ""
			} else {
				day = date
			}
			fmt.Fprintf(table, "  %s\t%s\t%s\n", date, clock, m.Said)
			for line := range strings.Lines(m.Message) {
				fmt.Fprintf(table, "\t\t  %s\n", strings.TrimSpace(line))
			}
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	return nil
}
