// Command hearback makes silence impossible: it acknowledges families, keeps
// the promise that a person will reply, and chases until somebody has answered.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // containers lack time zones, and every date here is a London one
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// streams are what a verb reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// verb is one thing that the command does.
type verb struct {
	name, usage, summary string
	run                  func(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error
}

func verbs() []verb {
	return []verb{
		{"run", "run", "the main job: everything in one process", runVerb},
		{"demo", "demo [--families N]", "run with a made-up council; messages are captured, nothing is sent", demoVerb},
		{"publish", "publish [--json] [FILE…]", "store events (CloudEvents as JSON lines) from files or standard input", publishVerb},
		{"check", "check [--explain | --words] [--on DAY] [--html FILE] [--from DAY] [--json] [DIR]", "prove a book for a year: every fault with its place and what to do; say what it promises, day by day", checkVerb},
		{"simulate", "simulate [--cases N] [--days N] [--from DATE] [--seed N] [--caseload N] [--json] [--html FILE] [DIR]", "play weeks of an invented council through a book: what families hear, whom it chases, who waits", simulateVerb},
		{"waiting", "waiting [--json]", "who is waiting for a reply, the longest wait first", waitingVerb},
		{"tasks", "tasks [--json]", "what only a person can do, the oldest first: phone a family, find out who wrote", tasksVerb},
		{"case", "case [--json] REF", "one case: its promises, messages and timeline, each with its reason", caseVerb},
		{"doctor", "doctor [--json]", "test NATS, disk, Twilio, mail, clock and book, and say what is wrong", doctorVerb},
		{"publish-book", "publish-book [--dry-run] [--replan] [--yes] [--expect VERSION] [--by NAME] [--why TEXT] [--json] DIR", "say what a checked book changes and put it in force: for new promises, with --replan for open ones too", publishBookVerb},
		{"book", "book history|diff [A] [B]|show [VERSION] [--to DIR]|revert VERSION [flags of publish-book]", "the versions of the book: who published them, how they differ, what they say, and one brought back", bookVerb},
		{"calendar", "calendar [update FILE|add DATE NAME [--in PART]] [flags of publish-book]", "bank holidays: what is known; more of them, with the open promises that they move", calendarVerb},
		{"backtest", "backtest [--from DATE] [--to DATE] [--json] [--html FILE] [DIR]", "what the book in DIR would have done with the recorded events, beside what happened; without DIR, decide the whole ledger again and say where it does not come out the same", backtestVerb},
		{"bench", "bench [speed|deadlines|webhooks|size|faults|day|console|year|all] [--families N] [--runs N] [--kills N] [--leader-kills N] [--seed N] [--json]", "load the real pipeline against stand-ins of the providers and print the figures", benchVerb},
	}
}

// errUsage is wrong usage: exit status 2.
type errUsage struct{ message string }

func (e errUsage) Error() string { return e.message }

// errSaid is a failure that the verb has already told: exit status 1, no more words.
var errSaid = errors.New("")

// run is the whole command; it returns the exit status: 0 done, 1 failed, 2 wrong usage.
func run(ctx context.Context, args []string, io streams) int {
	if len(args) == 0 || args[0] == "--help" || args[0] == "-h" || args[0] == "help" {
		usage(io.out)
		if len(args) == 0 {
			return 2
		}
		return 0
	}
	for _, v := range verbs() {
		if v.name != args[0] {
			continue
		}
		flags := flag.NewFlagSet(v.name, flag.ContinueOnError)
		flags.SetOutput(io.err)
		flags.Usage = func() { verbUsage(flags.Output(), v, flags) }
		for _, a := range args[1:] {
			if a == "--help" || a == "-h" || a == "-help" {
				flags.SetOutput(io.out)
			}
		}
		err := v.run(ctx, flags, args[1:], io)
		wrong, isUsage := errors.AsType[errUsage](err)
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case isUsage:
			if wrong.message != "" {
				fmt.Fprintf(io.err, "hearback %s: %s\nTry: hearback %s --help\n", v.name, wrong.message, v.name)
			}
			return 2
		case errors.Is(err, errSaid):
			return 1
		default:
			fmt.Fprintf(io.err, "hearback %s: %v\n", v.name, err)
			return 1
		}
	}
	fmt.Fprintf(io.err, "hearback: there is no verb %q\n\n", args[0])
	usage(io.err)
	return 2
}

// parse reads flags; the flag package has already said what was wrong.
func parse(flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		return errUsage{}
	}
	return err
}

func usage(to io.Writer) {
	fmt.Fprint(to, "Hearback: no family goes without a reply.\n\nUsage: hearback VERB [--help]\n\n")
	for _, v := range verbs() {
		fmt.Fprintf(to, "  %-14s %s\n", v.name, v.summary)
	}
	fmt.Fprint(to, "\nSettings are HEARBACK_* variables of the environment: see hearback run --help.\nBegin with: hearback demo\n")
}

func verbUsage(to io.Writer, v verb, flags *flag.FlagSet) {
	fmt.Fprintf(to, "Usage: hearback %s\n\n%s.\n", v.usage, strings.ToUpper(v.summary[:1])+v.summary[1:])
	if example := example(v.name); example != "" {
		fmt.Fprintf(to, "\nExample: %s\n", example)
	}
	some := false
	flags.VisitAll(func(*flag.Flag) { some = true })
	if some {
		fmt.Fprint(to, "\n")
		flags.PrintDefaults()
	}
	if v.name == "run" || v.name == "demo" {
		fmt.Fprint(to, "\nSettings, from the environment:\n")
		printSettings(to)
	}
}
