package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"hearback/notifier/calendar"
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
	usage := flags.Usage
	flags.Usage = func() {
		usage()
		fmt.Fprint(flags.Output(), simulateHelp)
	}
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

const simulateHelp = `
Families, officers, their leave and how they answer are drawn from the seed, by
planning figures; whom to tell and whom to chase is decided as it is in earnest.

Example: what a quarter would be like with a changed book, as tables and as a page:

  hearback simulate --from 2026-09-01 --html quarter.html ./book
`
