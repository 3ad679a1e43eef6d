package bench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"testing"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier/app"
	"hearback/notifier/rehearse"
	"hearback/notifier/rules"
)

// asHearback tells this test binary to be the Hearback that is measured: that is
// quicker than to build one.
const asHearback = "BENCH_TEST_AS_HEARBACK"

func TestMain(m *testing.M) {
	if os.Getenv(asHearback) == "" {
		// These tests mostly wait for processes of their own, so more of them may
		// run at once than there are processors.
		flag.Parse()
		if err := flag.Set("test.parallel", "8"); err != nil {
			panic(err)
		}
		m.Run()
		return
	}
	os.Unsetenv(asHearback)
	if err := beHearback(os.Args[1:]); err != nil {
		panic(err) // the parent sees it in the log, and that the process ended
	}
}

// beHearback does what `hearback run` does, or `hearback demo --families N`.
func beHearback(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	config, err := app.ReadConfig()
	if err != nil {
		return err
	}
	demo := args[0] == "demo"
	a, err := app.Start(ctx, config, app.Options{Demo: demo, Log: config.Logger(os.Stderr)})
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if demo {
		if err := makeUp(ctx, a, args[2]); err != nil {
			return errors.Join(err, a.Close(context.WithoutCancel(ctx)))
		}
		fmt.Printf("open http://%s\n", a.HTTPAddr())
	}
	return errors.Join(a.Wait(ctx), a.Close(context.WithoutCancel(ctx)))
}

// makeUp tells a past of so many families, and what a stranger wrote.
func makeUp(ctx context.Context, a *app.App, families string) error {
	n, err := strconv.Atoi(families)
	if err != nil {
		return err
	}
	book, _ := rules.Load(deploy.Hertfordshire())
	past := rehearse.Invent(book.Directory, n, 1).Past(book, time.Now())
	publisher, err := events.NewPublisher(a.Conn())
	if err != nil {
		return err
	}
	defer publisher.Close()
	for _, stage := range past.Stages {
		for _, e := range stage {
			if err := publisher.Publish(ctx, e); err != nil {
				return err
			}
		}
	}
	return nil
}

func testConfig(t *testing.T) Config {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Config{Binary: binary, Dir: t.TempDir(), Log: t.Output(), Seed: 1, Env: []string{asHearback + "=1"}}
}
