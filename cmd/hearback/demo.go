package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"hearback/events"
	"hearback/notifier/app"
	"hearback/notifier/rehearse"
)

const (
	// demoFamilies is the made-up council's size, unless somebody asks for another.
	demoFamilies = 300
	// demoFamiliesMost keeps the start of a demonstration to seconds.
	demoFamiliesMost = 20000
	// demoSeed gives everybody the same council.
	demoSeed = 2026
)

func demoVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	families := flags.Int("families", demoFamilies, "how many families the made-up council has")
	if err := parse(flags, args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return errUsage{"it takes no arguments; settings come from the environment"}
	case *families < 1 || *families > demoFamiliesMost:
		return errUsage{fmt.Sprintf("--families must be between 1 and %d", demoFamiliesMost)}
	}
	config, err := app.ReadConfig()
	if err != nil {
		return errUsage{err.Error()}
	}
	if !loopback(config.HTTPListen) {
		return errUsage{"the demonstration's pages are open without a password, so HEARBACK_HTTP_LISTEN must be an address of this machine alone, such as 127.0.0.1:8080; for other machines use hearback run"}
	}
	notes, remove, err := demoConfig(&config)
	if err != nil {
		return err
	}
	err = serve(ctx, config, app.Options{Demo: true}, func(a *app.App) error {
		seeded, err := seedDemo(ctx, a, *families, settlePatience)
		if ctx.Err() != nil {
			return nil // somebody has already had enough
		}
		if err != nil {
			return fmt.Errorf("make up the council: %w", err)
		}
		printDemo(io.out, a, seeded, notes)
		return nil
	})
	return errors.Join(err, remove())
}

// demoConfig fills in what a demonstration needs and nobody has set: a folder
// of its own and free ports. It says what it chose. Remove takes the folder
// away again.
func demoConfig(config *app.Config) (notes []string, remove func() error, err error) {
	remove = func() error { return nil }
	if _, set := setting("DATA_DIR"); !set {
		if config.DataDir, err = os.MkdirTemp("", "hearback-demo-"); err != nil {
			return nil, nil, fmt.Errorf("make a folder for the demonstration: %w; make room there, or set HEARBACK_DATA_DIR", err)
		}
		remove = func() error { return os.RemoveAll(config.DataDir) }
	}
	if _, set := setting("HTTP_LISTEN"); !set && busy(config.HTTPListen) {
		notes = append(notes, "Another program uses "+config.HTTPListen+", so the pages are at a free port.")
		config.HTTPListen = "127.0.0.1:0"
	}
	if _, set := setting("NATS_LISTEN"); !set && config.NatsURL == "" && busy(config.NatsListen) {
		notes = append(notes, "Another program uses "+config.NatsListen+", so NATS is at a free port. For the other verbs set HEARBACK_NATS_LISTEN to it.")
		config.NatsListen = "127.0.0.1:0"
	}
	// What is only captured needs no pacing: a newcomer sees it all at once.
	if _, set := setting("SMS_RATE"); !set && config.TwilioAccountSID == "" && config.NotifyAPIKey == "" {
		config.SMSRate = 0
	}
	if _, set := setting("EMAIL_RATE"); !set && config.SMTPHost == "" {
		config.EmailRate = 0
	}
	if _, set := setting("LOG_LEVEL"); !set {
		config.LogLevel = "warn"
	}
	return notes, remove, nil
}

// setting is a setting's value and whether somebody set it at all.
func setting(name string) (value string, set bool) { return os.LookupEnv(app.Prefix + "_" + name) }

// loopback reports whether only this machine can reach the address.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// busy reports whether somebody else listens at the address.
func busy(address string) bool {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return true
	}
	_ = listener.Close()
	return false
}

// printDemo says where to look, what to try, and that nothing is sent.
func printDemo(to io.Writer, a *app.App, seeded seeding, notes []string) {
	fmt.Fprintf(to, "\n  open http://%s\n\n", a.HTTPAddr())
	if seeded.families > 0 {
		fmt.Fprintf(to, "  A made-up council of %d families; %d promises of a reply are open.\n", seeded.families, seeded.promises)
	} else {
		fmt.Fprintf(to, "  The data folder holds cases already, so no council was made up.\n")
	}
	channels := make([]string, 0, 2)
	for name, sentTo := range map[string]string{"sms": "texts go to their provider", "email": "emails go to the mail server"} {
		if _, captured := a.Captured()[name]; !captured {
			channels = append(channels, sentTo)
		}
	}
	if len(channels) == 0 {
		fmt.Fprintln(to, "  Nothing is sent: every text and email is kept and shown on the pages.")
	}
	for _, c := range channels {
		fmt.Fprintf(to, "  Take care: %s, because its settings are there.\n", c)
	}
	if where := cmp.Or(a.NATSAddr(), a.Config.NatsURL); where != "" {
		fmt.Fprintf(to, "  Services publish to NATS at %s, or POST to http://%s/v1/events.\n", where, a.HTTPAddr())
	}
	for _, state := range []rehearse.State{rehearse.JustAcknowledged, rehearse.Escalated, rehearse.Unreachable} {
		if ref := seeded.shown[state]; ref != "" {
			fmt.Fprintf(to, "  See http://%s/cases/%s (%s).\n", a.HTTPAddr(), ref, state)
		}
	}
	for _, note := range notes {
		fmt.Fprintf(to, "  %s\n", note)
	}
	fmt.Fprintln(to, "\n  Ctrl-C ends it.")
}

// demoPublishers is how many events are on their way at once, so that they are
// stored in groups.
const demoPublishers = 256

// publishStage stores events, in no order, and returns when every one is stored.
func publishStage(ctx context.Context, publisher *events.Publisher, stage []events.Event) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return inParallel(demoPublishers, stage, func(e events.Event) error { return publisher.Publish(ctx, e) })
}
