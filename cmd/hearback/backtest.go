package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/nats-io/nats.go"

	"hearback/notifier/app"
	"hearback/notifier/backtest"
	"hearback/notifier/stream"
)

func backtestVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	asJSON := flags.Bool("json", false, "print a JSON object")
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errUsage{"name no folder"}
	}
	return onStream(ctx, "hearback backtest", func(ctx context.Context, s *stream.Stream) error {
		return verify(ctx, s, *asJSON, io)
	})
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
