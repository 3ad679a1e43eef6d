package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/notifier"
	"hearback/notifier/app"
	"hearback/notifier/ask"
	"hearback/notifier/calendar"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// askRunning connects to the running Hearback of the same settings.
func askRunning(ctx context.Context, question func(context.Context, *nats.Conn) error) error {
	config, err := app.ReadConfig()
	if err != nil {
		return errUsage{err.Error()}
	}
	conn, err := app.Dial(config, "hearback question")
	if err != nil {
		return err
	}
	defer conn.Close()
	err = stream.WhileAllowed(ctx, conn, func(ctx context.Context) error { return question(ctx, conn) })
	if errors.Is(err, ask.ErrNobody) {
		return fmt.Errorf("%w; start it with the same settings", err)
	}
	return err
}

func waitingVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	asJSON := flags.Bool("json", false, "print a JSON array")
	if err := parse(flags, args); err != nil {
		return err
	}
	return askRunning(ctx, func(ctx context.Context, conn *nats.Conn) error {
		waiting, err := ask.Waiting(ctx, conn)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(io.out).Encode(waiting)
		}
		if len(waiting) == 0 {
			fmt.Fprintln(io.out, "Nobody is waiting for a reply.")
			return nil
		}
		table := tabwriter.NewWriter(io.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "CASE\tENQUIRY\tSINCE\tDUE\tSTATE\tOFFICER\tTEAM")
		now := time.Now()
		for _, w := range waiting {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", w.Case, w.Enquiry, day(w.Opened), w.DueDate, state(w, now), w.Officer, w.Team)
		}
		return table.Flush()
	})
}

func state(w picture.Waiting, now time.Time) string {
	switch {
	case w.Kept != nil:
		return "kept"
	case w.Ended != "":
		return "ended"
	case w.Unreachable:
		return "unreachable"
	case w.Late:
		return "late"
	case w.Due.Sub(now) < 48*time.Hour:
		return "due soon"
	default:
		return "on time"
	}
}

func day(t time.Time) string {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		london = time.UTC
	}
	return t.In(london).Format("2006-01-02 15:04")
}

func caseVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	asJSON := flags.Bool("json", false, "print a JSON object")
	if err := parse(flags, args); err != nil {
		return err
	}
	ref := flags.Arg(0)
	if flags.NArg() == 2 && flags.Arg(1) == "--json" { // people write it after the reference too
		*asJSON = true
	} else if flags.NArg() != 1 {
		return errUsage{"name one case reference, such as H-10482"}
	}
	return askRunning(ctx, func(ctx context.Context, conn *nats.Conn) error {
		view, err := ask.Case(ctx, conn, ref)
		if errors.Is(err, picture.ErrUnknown) {
			return fmt.Errorf("%w: %s", err, ref)
		}
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(io.out).Encode(view)
		}
		printCase(io, view)
		return nil
	})
}

func printCase(io streams, v picture.CaseView) {
	fmt.Fprintf(io.out, "Case %s (%s), team %s, officer %s\n", v.Case, v.State, orNobody(v.Team), orNobody(v.Officer))
	now := time.Now()
	for _, p := range v.Promises {
		fmt.Fprintf(io.out, "\nPromise %s for enquiry %s: %s, due %s\n", p.Promise, p.Enquiry, state(p, now), p.DueDate)
		for _, w := range p.Working {
			fmt.Fprintf(io.out, "  %s\n", w)
		}
		if p.Ended != "" {
			fmt.Fprintf(io.out, "  %s\n", p.Ended)
		}
	}
	for _, t := range v.Tasks {
		fmt.Fprintf(io.out, "\nTask %s: %s\n  %s\n", t.ID, t.What, t.Why)
	}
	fmt.Fprintln(io.out, "\nMessages")
	for _, m := range v.Messages {
		fmt.Fprintf(io.out, "  %s  %s %s to %s: %s\n    %s\n", day(m.Decided), m.Channel, m.Words, orNobody(m.To), became(m, now), m.Why)
		if m.Reason != "" {
			fmt.Fprintf(io.out, "    %s\n", m.Reason)
		}
	}
	fmt.Fprintln(io.out, "\nTimeline")
	for _, l := range v.Timeline {
		fmt.Fprintf(io.out, "  %s  %s\n", day(l.At), l.What)
		if l.Why != "" {
			fmt.Fprintf(io.out, "                    %s\n", l.Why)
		}
	}
}

// became says what became of a message, as the pages say it.
func became(m picture.MessageView, now time.Time) string {
	words := m.Delivery(false, now).Words()
	if m.Status == notifier.Delivered && m.HandedOver != nil && m.Settled != nil {
		words += " after " + calendar.Elapsed(m.Settled.Sub(*m.HandedOver))
	}
	return words
}

func orNobody(s string) string {
	if s == "" {
		return "nobody named"
	}
	return s
}
