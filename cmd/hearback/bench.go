package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"hearback/notifier/bench"
)

func benchVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	families := flags.Int("families", 20000, "families in each rush")
	runs := flags.Int("runs", 5, "runs, of which the medians are printed")
	if err := parse(flags, args); err != nil {
		return err
	}
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hearback-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	config := bench.Config{Binary: binary, Dir: dir, Out: io.out, Log: io.err, Seed: 1}
	for range *runs {
		s, err := bench.RunSpeed(ctx, config, *families)
		if err != nil {
			return err
		}
		fmt.Fprintf(io.out, "%+v\n", s)
	}
	return nil
}
