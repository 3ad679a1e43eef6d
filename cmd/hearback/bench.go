package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"hearback/notifier/bench"
)

// everyPart measures everything.
const everyPart = "all"

func benchVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	var plan bench.Plan
	flags.IntVar(&plan.Families, "families", 0, "families of a rush, promises, calls, or cases; 0: as many as each part is meant for")
	flags.IntVar(&plan.Runs, "runs", 0, "runs of speed, deadlines and webhooks, of which the medians are printed; 0: 5, 3 and 3")
	flags.IntVar(&plan.Kills, "kills", 0, "kills of the process in faults; 0: 200")
	flags.IntVar(&plan.LeaderKills, "leader-kills", 0, "kills of the leader of two processes in faults; 0: a tenth of the others")
	seed := flags.Uint64("seed", 1, "makes what is invented, and when it is killed, repeatable")
	asJSON := flags.Bool("json", false, "print one JSON object at the end")
	names, about := bench.Parts()
	usage := flags.Usage
	flags.Usage = func() {
		usage()
		fmt.Fprintf(flags.Output(), "\nParts, of which one may be named (without one: speed):\n")
		for i, name := range names {
			fmt.Fprintf(flags.Output(), "  %-10s %s\n", name, about[i])
		}
		fmt.Fprintf(flags.Output(), "  %-10s %s\n", everyPart, "one after the other; this takes the better part of an hour")
	}
	name, err := partOf(flags, args)
	if err != nil {
		return err
	}
	switch {
	case name == everyPart:
		plan.Parts = names
	case slices.Contains(names, name):
		plan.Parts = []string{name}
	default:
		return errUsage{fmt.Sprintf("there is no part %q; name one of %s, %s", name, strings.Join(names, ", "), everyPart)}
	}
	if plan.Families < 0 || plan.Runs < 0 || plan.Kills < 0 || plan.LeaderKills < 0 {
		return errUsage{"numbers must not be below 0"}
	}
	return runBench(ctx, plan, *seed, *asJSON, io)
}

// partOf reads the flags, which may stand before and after the part's name.
func partOf(flags *flag.FlagSet, args []string) (name string, err error) {
	if err := parse(flags, args); err != nil {
		return "", err
	}
	if flags.NArg() == 0 {
		return "speed", nil
	}
	name = flags.Arg(0)
	if err := parse(flags, flags.Args()[1:]); err != nil {
		return "", err
	}
	if flags.NArg() > 0 {
		return "", errUsage{"name one part"}
	}
	return name, nil
}

func runBench(ctx context.Context, plan bench.Plan, seed uint64, asJSON bool, io streams) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hearback-bench")
	if err != nil {
		return fmt.Errorf("make a folder to measure in: %w; make room there, or set TMPDIR", err)
	}
	defer os.RemoveAll(dir)
	var log lastWords
	broken := false
	report, err := bench.Run(ctx, bench.Config{Binary: binary, Dir: dir, Log: &log, Seed: seed}, plan, func(s bench.Section) {
		broken = broken || len(s.Faults) > 0
		if !asJSON {
			_ = s.Print(io.out)
		}
	})
	if asJSON {
		encoder := json.NewEncoder(io.out)
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(report)
	}
	if err != nil || broken {
		fmt.Fprintf(io.err, "The last that the measured processes said:\n%s", log.String())
	}
	if err == nil && broken {
		fmt.Fprintln(io.err, "hearback bench: a promise was broken: see the lines above, and repeat it with the same --seed")
		return errSaid
	}
	return err
}

// lastWords keeps the end of what is written to it, for when something fails.
type lastWords struct {
	mu   sync.Mutex
	text []byte
}

// lastWordsSize is how much of it, in bytes.
const lastWordsSize = 16 << 10

// Write implements io.Writer; several processes may write at once.
func (l *lastWords) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, text...)
	if more := len(l.text) - lastWordsSize; more > 0 {
		l.text = append(l.text[:0], l.text[more:]...)
	}
	return len(text), nil
}

func (l *lastWords) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}
