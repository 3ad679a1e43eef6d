package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/notifier/app"
	"hearback/notifier/stream/streamtest"
)

// patience bounds every wait for a condition in these tests; none of them takes
// more than a second or two.
const patience = 30 * time.Second

// ran is what the command did.
type ran struct {
	code     int
	out, err string
}

// hearback runs the command as main does.
func hearback(t *testing.T, args ...string) ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out, err lockedBuffer
	code := run(ctx, args, streams{strings.NewReader(""), &out, &err})
	return ran{code, out.String(), err.String()}
}

// lockedBuffer is a buffer that one goroutine may read while another writes.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// settings sets what is named and nothing else, for this test. Names come
// without their prefix. The data folder is the test's own unless it is named.
func settings(t *testing.T, pairs ...string) {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); strings.HasPrefix(name, app.Prefix+"_") {
			t.Setenv(name, value) // so that it is put back afterwards
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	ours := append([]string{"DATA_DIR", t.TempDir(), "NATS_LISTEN", "127.0.0.1:0", "HTTP_LISTEN", "127.0.0.1:0"}, pairs...)
	for i := 0; i+1 < len(ours); i += 2 {
		t.Setenv(app.Prefix+"_"+ours[i], ours[i+1])
	}
}

// started runs a Hearback of the settings until the test ends, and sets the
// addresses that it took, so that other verbs find it.
func started(t *testing.T, options app.Options) *app.App {
	t.Helper()
	config, err := app.ReadConfig()
	if err != nil {
		t.Fatal(err)
	}
	options.Log = streamtest.Log(t)
	a, err := app.Start(t.Context(), config, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	t.Setenv("HEARBACK_HTTP_LISTEN", a.HTTPAddr())
	if a.NATSAddr() != "" {
		t.Setenv("HEARBACK_NATS_LISTEN", a.NATSAddr())
	}
	return a
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	if err := until(t.Context(), patience, holds); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
