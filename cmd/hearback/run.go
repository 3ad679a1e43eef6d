package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"hearback/notifier/app"
)

func runVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errUsage{"it takes no arguments; settings come from the environment"}
	}
	config, err := app.ReadConfig()
	if err != nil {
		return errUsage{err.Error()}
	}
	return serve(ctx, config, app.Options{}, func(a *app.App) error {
		fmt.Fprintf(io.err, "Hearback is running. Health: http://%s/readyz\n", a.HTTPAddr())
		return nil
	})
}

// serve starts Hearback, calls started, and stops it when ctx ends.
func serve(ctx context.Context, config app.Config, options app.Options, started func(*app.App) error) error {
	if options.Log == nil {
		options.Log = config.Logger(os.Stderr)
	}
	a, err := app.Start(ctx, config, options)
	if err != nil {
		return err
	}
	err = started(a)
	if err == nil {
		err = a.Wait(ctx)
	}
	if closeErr := a.Close(context.WithoutCancel(ctx)); err == nil {
		err = closeErr
	}
	return err
}

func printSettings(to io.Writer) {
	for _, s := range app.Settings() {
		fmt.Fprintf(to, "  %-28s %s", s.Name, s.Description)
		if s.Default != "" {
			fmt.Fprintf(to, " (%s)", s.Default)
		}
		fmt.Fprintln(to)
	}
}
