package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/notifier/app"
	"hearback/notifier/backtest"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse/report"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

func backtestVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	from := flags.String("from", "", "the first day to count, such as 2026-09-01 (default: 90 days up to the last)")
	to := flags.String("to", "", "the last day to count (default: today)")
	asJSON := flags.Bool("json", false, "print a JSON object")
	page := pageFlag(flags)
	usage := flags.Usage
	flags.Usage = func() {
		usage()
		fmt.Fprint(flags.Output(), backtestHelp)
	}
	if err := parse(flags, args); err != nil {
		return err
	}
	dir := flags.Arg(0)
	if flags.NArg() > 1 { // people write flags after the folder too
		if err := parse(flags, flags.Args()[1:]); err != nil {
			return err
		}
		if flags.NArg() > 0 {
			return errUsage{"name one folder"}
		}
	}
	if dir == "" {
		if *from != "" || *to != "" || flags.Lookup("html").Value.String() != "" {
			return errUsage{"without a folder the whole ledger is decided again; name the folder of a book, or leave out --from, --to and --html"}
		}
		return onStream(ctx, "hearback backtest", func(ctx context.Context, s *stream.Stream) error {
			return verify(ctx, s, *asJSON, io)
		})
	}
	files, err := checkedBook(dir, io)
	if err != nil {
		return err
	}
	book, _ := rules.Load(files.FS())
	now := time.Now()
	window, err := counted(*from, *to, calendar.DateOf(now, book.Calendar.Location))
	if err != nil {
		return err
	}
	return onStream(ctx, "hearback backtest", func(ctx context.Context, s *stream.Stream) error {
		result, err := backtest.Compare(ctx, s, book, window, now)
		if err != nil {
			return err
		}
		if err := page(result.Report()); err != nil {
			return err
		}
		if *asJSON {
			return report.JSON(io.out, result)
		}
		return report.Text(io.out, result.Report())
	})
}

const backtestHelp = `
It reads the stream of the running Hearback and stops nothing. With DIR, what people
did stays as it was recorded, and every case is played from its first event on.

Without DIR, it exits with 1 where an entry does not come out the same, byte for byte,
or an event was passed over. Entries are counted apart, and are no failure, where
another build of Hearback wrote them, where their book cannot be read, and where what
they build on is older than the stream.

Example: hearback backtest --from 2026-09-01 --to 2026-11-30 ./our-book
`

// counted is which days are counted: as they were named, or the ninety up to today.
func counted(from, to string, today calendar.Date) (w backtest.Window, err error) {
	w.To = today
	if to != "" {
		if w.To, err = calendar.ParseDate(to); err != nil {
			return w, errUsage{fmt.Sprintf("--to: %v", err)}
		}
	}
	w.From = w.To.AddDays(-89)
	if from != "" {
		if w.From, err = calendar.ParseDate(from); err != nil {
			return w, errUsage{fmt.Sprintf("--from: %v", err)}
		}
	}
	if w.From.Compare(w.To) > 0 {
		return w, errUsage{fmt.Sprintf("--from %s is after --to %s; name the earlier day first", w.From, w.To)}
	}
	return w, nil
}

// onStream connects to the stream of the running Hearback of the same settings.
func onStream(ctx context.Context, name string, work func(context.Context, *stream.Stream) error) error {
	config, err := app.ReadConfig()
	if err != nil {
		return errUsage{err.Error()}
	}
	conn, err := app.Dial(config, name)
	if err != nil {
		return err
	}
	defer conn.Close()
	return stream.WhileAllowed(ctx, conn, func(ctx context.Context) error { return found(ctx, conn, work) })
}

func found(ctx context.Context, conn *nats.Conn, work func(context.Context, *stream.Stream) error) error {
	s, err := stream.Find(ctx, conn)
	if err != nil {
		return err
	}
	return work(ctx, s)
}

// verify decides the whole ledger again and fails where it does not come out the same.
func verify(ctx context.Context, s *stream.Stream, asJSON bool, io streams) error {
	v, err := backtest.Verify(ctx, s, app.Build())
	if err != nil {
		return err
	}
	if asJSON {
		if err := json.NewEncoder(io.out).Encode(v); err != nil {
			return err
		}
	} else {
		printVerified(io.out, v)
	}
	if !v.Exact() {
		return errSaid
	}
	return nil
}

func printVerified(out io.Writer, v backtest.Verified) {
	if v.Entries == 0 {
		fmt.Fprintln(out, "The ledger is empty: nothing has been decided yet.")
		return
	}
	fmt.Fprintf(out, "The ledger from %s to %s, decided again: %d entries of %d cases\n", day(v.From), day(v.To), v.Entries, v.Cases)
	row := func(n int, what string) {
		if n > 0 {
			fmt.Fprintf(out, "  %9d  %s\n", n, what)
		}
	}
	row(v.Same, "the same, byte for byte")
	row(v.Different, "DIFFERENT, and nothing explains it")
	row(v.OtherBuild, "different, and written by another build of Hearback ("+builds(v.Builds)+"), which may have decided otherwise")
	row(v.NoBook, "not decided again: their version of the book is not in the stream, or this build cannot read it")
	row(v.Begun, "different, because what they build on is older than the stream")
	fmt.Fprintf(out, "They answer %d of %d events\n", v.Answered, v.Events)
	row(v.Unchanged, "changed nothing: repeats, and receipts without news")
	row(v.Refused, "were refused with a reason")
	row(v.Open, "are newer than the last entry")
	row(v.Passed, "PASSED OVER: nothing answers them")
	for _, f := range v.First {
		fmt.Fprintf(out, "\nMessage %d of the stream, case %s, %s\n  %s\n", f.Sequence, f.Case, day(f.At), f.What)
		if f.Why != "" {
			fmt.Fprintf(out, "  %s\n", f.Why)
		}
	}
	if more := v.Different + v.OtherBuild + v.Begun + v.Passed - len(v.First); more > 0 {
		fmt.Fprintf(out, "\nAnd %d more.\n", more)
	}
	fmt.Fprintln(out)
	switch {
	case !v.Exact():
		fmt.Fprintln(out, "The ledger is NOT what this program decides from what it recorded. Keep the data folder as it is and report this.")
	case v.Same == v.Entries:
		fmt.Fprintln(out, "The ledger is exactly what this program decides from what it recorded.")
	default:
		fmt.Fprintln(out, "What could be decided again is exactly what the ledger holds; the rest is counted above.")
	}
}

// builds names builds; one that does not know its own has no name.
func builds(list []string) string {
	named := make([]string, len(list))
	for i, b := range list {
		if named[i] = b; b == "" {
			named[i] = "one that has no name"
		}
	}
	return strings.Join(named, ", ")
}
