package stream_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

func TestFindMakesNothing(t *testing.T) {
	nc := streamtest.Connect(t, streamtest.Server(t))
	for range 2 {
		if _, err := stream.Find(t.Context(), nc); !errors.Is(err, stream.ErrNoStream) {
			t.Fatalf("error %v, want ErrNoStream", err)
		}
	}
	opened := streamtest.OpenOn(t, nc)
	found, err := stream.Find(t.Context(), nc)
	if err != nil {
		t.Fatal(err)
	}
	write(t, found, note("hearback.book.whole", "one"))
	for name, s := range map[string]*stream.Stream{"opened": opened, "found": found} {
		if got, err := s.Last(t.Context(), "hearback.book.whole"); err != nil || string(got.Data) != "one" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestWhileAllowed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(file, []byte("users: [{name: hub, password: never-shown}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := streamtest.Start(t, stream.ServerConfig{Dir: t.TempDir(), Listen: "127.0.0.1:0", Users: file})
	others := make(chan error, 1)
	option := nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { others <- err })
	for way, connect := range map[string]func() (*nats.Conn, error){
		"by its address": func() (*nats.Conn, error) { return nats.Connect("nats://hub:never-shown@"+server.Addr(), option) },
		"by an option": func() (*nats.Conn, error) {
			return nats.Connect(server.Addr(), nats.UserInfo("hub", "never-shown"), option)
		},
	} {
		nc, err := connect()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		began := time.Now()
		err = stream.WhileAllowed(t.Context(), nc, func(ctx context.Context) error {
			_, err := stream.Find(ctx, nc)
			return err
		})
		if !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), "user hub lacks") || !strings.Contains(err.Error(), "STREAM.INFO") || strings.Contains(err.Error(), "never-shown") {
			t.Errorf("%s: %v", way, err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: it took %v", way, took)
		}
		odd := errors.New("odd")
		if err := stream.WhileAllowed(t.Context(), nc, func(context.Context) error { return odd }); !errors.Is(err, odd) {
			t.Errorf("%s: an error of its own: %v", way, err)
		}
		// Afterwards the connection's own handler hears of everything again.
		if err := nc.Publish("hearback.ledger.A", nil); err != nil {
			t.Fatal(err)
		}
		if err := <-others; !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s: its own handler heard %v", way, err)
		}
	}
}
