package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"text/tabwriter"

	"hearback/notifier/rules"
)

// printWords prints what each file of a book's words is like. Faults are those of check
// without --words, which says what to do about them.
func printWords(source fs.FS, name string, asJSON bool, io streams) error {
	list, faults := rules.MeasureWords(source)
	if asJSON {
		if list == nil {
			list = []rules.WordsMeasured{}
		}
		if err := json.NewEncoder(io.out).Encode(list); err != nil {
			return err
		}
	} else {
		table := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "WORDS\tLANGUAGE\tCHANNEL\tSEGMENTS WORST/USUAL\tENCODING\tREADING AGE\tLONGEST SENTENCE\t")
		for _, m := range list {
			segments, encoding, age, note := "", "", "", ""
			if m.Worst != nil && m.Typical != nil {
				segments = fmt.Sprintf("%d/%d (%d units)", m.Worst.Parts, m.Typical.Parts, m.Worst.Units)
				encoding = m.Worst.Encoding
			}
			if m.Age > 0 {
				age = strconv.Itoa(m.Age)
			}
			switch {
			case !m.Used:
				note = "waits for approval"
			case !m.Family:
				note = "for staff"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%d words\t%s\n", m.Words, m.Language, m.Channel, segments, encoding, age, m.Longest, note)
		}
		if err := table.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(io.out, "Worst: the book's own council and longest phone number, a reference of 10 letters, the longest day and time of a year, all optional text for families shown.")
		fmt.Fprintln(io.out, "Whoever gets English for want of words in their language gets one sentence more.")
	}
	for _, f := range faults {
		if !f.Warning {
			return fmt.Errorf("%s has faults, so some words may not be here; run \"hearback check\"", name)
		}
	}
	return nil
}
