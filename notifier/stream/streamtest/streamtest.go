// Package streamtest starts embedded servers and opens streams for tests, in
// ordinary tests and in bubbles of testing/synctest (see Bubble) alike.
package streamtest

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats-server/v2/server/ats"
	"github.com/nats-io/nats.go"

	"hearback/notifier/stream"
)

// Register must be called once in TestMain by a package whose tests start
// servers inside a synctest bubble: the server shares one clock goroutine among
// all servers of a process, which must not be born in a bubble.
func Register() { ats.Register() }

// Bubble is synctest.Test for tests that start servers, Alone and with Linger.
func Bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	Alone(t)
	synctest.Test(t, func(t *testing.T) {
		Linger(t)
		test(t)
	})
}

// Linger is for tests that start servers in a bubble of their own. Call it first. A
// closed server leaves goroutines behind that end after a moment, and time stands
// still once the test is over: so the moment is let pass before.
func Linger(t testing.TB) {
	t.Cleanup(func() { time.Sleep(time.Minute) }) // the first to be registered runs last
}

// Log returns a logger that writes into the test's output.
func Log(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
}

// Server starts a server in a folder of its own, which listens nowhere. It is
// closed when the test, or its bubble, ends.
func Server(t testing.TB) *stream.Server {
	t.Helper()
	return Start(t, stream.ServerConfig{Dir: t.TempDir(), Listen: stream.ListenOff})
}

// Start starts a server as configured. An empty Log means the test's output.
func Start(t testing.TB, config stream.ServerConfig) *stream.Server {
	t.Helper()
	if config.Log == nil {
		config.Log = Log(t)
	}
	server, err := stream.StartServer(config)
	if err != nil {
		t.Fatalf("start the server: %v", err)
	}
	t.Cleanup(server.Close)
	return server
}

// Connect returns a connection to the server, which is closed when the test,
// or its bubble, ends.
func Connect(t testing.TB, server *stream.Server, options ...nats.Option) *nats.Conn {
	t.Helper()
	nc, err := server.Connect(append([]nats.Option{reconnected(t)}, options...)...)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// Open starts a server and opens the stream on it.
func Open(t testing.TB) *stream.Stream {
	t.Helper()
	return OpenOn(t, Connect(t, Server(t)))
}

// OpenOn opens the stream on the server of nc.
func OpenOn(t testing.TB, nc *nats.Conn) *stream.Stream {
	t.Helper()
	s, err := stream.Open(t.Context(), nc, stream.Options{Log: Log(t)})
	if err != nil {
		t.Fatalf("open the stream: %v", err)
	}
	return s
}
