package bench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"hearback/notifier/app"
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
	if err := beHearback(); err != nil {
		panic(err) // the parent sees it in the log, and that the process ended
	}
}

// beHearback does what `hearback run` does.
func beHearback() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	config, err := app.ReadConfig()
	if err != nil {
		return err
	}
	a, err := app.Start(ctx, config, app.Options{Log: config.Logger(os.Stderr)})
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return errors.Join(a.Wait(ctx), a.Close(context.WithoutCancel(ctx)))
}

func testConfig(t *testing.T) Config {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Config{Binary: binary, Dir: t.TempDir(), Log: t.Output(), Seed: 1, Env: []string{asHearback + "=1"}}
}
