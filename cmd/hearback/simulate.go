package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"hearback/notifier/calendar"
	"hearback/notifier/rehearse/report"
	"hearback/notifier/rehearse/simulate"
	"hearback/notifier/rules"
)

func simulateVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	usual := simulate.Usual(calendar.Date{})
	cases := flags.Int("cases", usual.Cases, "how many cases the council has")
	days := flags.Int("days", usual.Days, "how many days to play")
	from := flags.String("from", "", "the first day, such as 2026-09-01 (today)")
	seed := flags.Uint64("seed", usual.Seed, "what everything is drawn from; the same seed gives the same figures")
	caseload := flags.Int("caseload", usual.Caseload, "cases for each officer; officers whom the book lacks are made up (0: none are)")
	show := showFlags(flags)
	if err := parse(flags, args); err != nil {
		return err
	}
	source, name, err := bookSource(flags)
	if err != nil {
		return err
	}
	book, faults := rules.Load(source)
	if book == nil {
		return fmt.Errorf("%s has %d faults; hearback check names them", name, len(faults))
	}
	plan := simulate.Plan{Cases: *cases, Days: *days, Seed: *seed, Caseload: *caseload, From: calendar.DateOf(time.Now(), book.Calendar.Location)}
	if *from != "" {
		if plan.From, err = calendar.ParseDate(*from); err != nil {
			return errUsage{fmt.Sprintf("--from %s: %v", *from, err)}
		}
	}
	if err := plan.Check(); err != nil {
		return errUsage{err.Error()}
	}
	begun := time.Now()
	result, err := simulate.Run(ctx, book, plan)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.err, "Played %d cases for %d days in %.1f s.\n", plan.Cases, plan.Days, time.Since(begun).Seconds())
	return show(io.out, result.Report(), result)
}

// showFlags adds --json and --html, and returns what shows a result as they say.
func showFlags(flags *flag.FlagSet) func(to io.Writer, found report.Report, result any) error {
	asJSON := flags.Bool("json", false, "print the figures as JSON")
	page := flags.String("html", "", "write one page with plots to this `file` too")
	return func(to io.Writer, found report.Report, result any) error {
		if *page != "" {
			var html bytes.Buffer
			if err := report.HTML(&html, found); err != nil {
				return err
			}
			if err := os.WriteFile(*page, html.Bytes(), 0o644); err != nil {
				return fmt.Errorf("the page cannot be written: %w; name a file in a folder that you may write to", err)
			}
		}
		if *asJSON {
			return report.JSON(to, result)
		}
		return report.Text(to, found)
	}
}
