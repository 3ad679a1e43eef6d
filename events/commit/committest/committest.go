// Package committest starts NATS servers with the council's stream for tests of
// what writes to it. They call fsync before they acknowledge, like the real
// ones.
package committest

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// startTime bounds how long a server may take to start.
const startTime = 30 * time.Second

// Stream is the configuration of the stream that the servers here have: what
// the writers of Hearback's stream rely on, and no more.
func Stream(replicas int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               "HEARBACK",
		Subjects:           []string{"hearback.>"},
		Replicas:           replicas,
		AllowAtomicPublish: true,
		AllowDirect:        true,
		AllowMsgTTL:        true,
		AllowRollup:        true,
	}
}

// Server is one server with the stream, which listens nowhere.
type Server struct{ *server.Server }

// Start starts one server. It is closed when the test, or its bubble, ends.
func Start(t testing.TB) Server {
	t.Helper()
	s := Server{start(t, &server.Options{DontListen: true, ServerName: "one", StoreDir: t.TempDir()})}
	create(t, s.Connect(t), 1)
	return s
}

// StartSmall is Start for a server that stores no more than so many bytes, about.
func StartSmall(t testing.TB, most int64) Server {
	t.Helper()
	s := Server{start(t, &server.Options{DontListen: true, ServerName: "one", StoreDir: t.TempDir(), JetStreamMaxStore: most})}
	create(t, s.Connect(t), 1)
	return s
}

// Connect returns a connection, which is closed when the test, or its bubble,
// ends.
func (s Server) Connect(t testing.TB, options ...nats.Option) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect("", append([]nats.Option{nats.InProcessServer(s.Server)}, options...)...)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// One starts one server and returns a connection.
func One(t testing.TB) *nats.Conn {
	t.Helper()
	return Start(t).Connect(t)
}

// Cluster is three servers on loopback, with the stream on all of them.
type Cluster struct {
	servers map[string]*server.Server
	url     string
}

// Three starts a cluster. It is closed when the test ends.
func Three(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{servers: map[string]*server.Server{}}
	var routes string
	for i := range 3 {
		options := &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, ServerName: fmt.Sprintf("s%d", i), StoreDir: t.TempDir()}
		options.Cluster = server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: server.RANDOM_PORT}
		options.Routes = server.RoutesFromStr(routes)
		s := start(t, options)
		c.servers[options.ServerName] = s
		if routes != "" {
			routes += ","
		}
		routes += "nats://" + s.ClusterAddr().String()
		if c.url != "" {
			c.url += ","
		}
		c.url += s.ClientURL()
	}
	create(t, c.Connect(t), 3)
	return c
}

// Connect returns a connection that moves to another server when its own stops.
// It is closed when the test ends.
func (c *Cluster) Connect(t testing.TB) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect(c.url, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// StopLeader stops the server that leads the stream.
func (c *Cluster) StopLeader(t testing.TB, nc *nats.Conn) {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), "HEARBACK")
	if err != nil {
		t.Fatalf("ask who leads: %v", err)
	}
	leader := stream.CachedInfo().Cluster.Leader
	c.servers[leader].Shutdown()
	c.servers[leader].WaitForShutdown()
}

func start(t testing.TB, options *server.Options) *server.Server {
	t.Helper()
	options.JetStream = true
	options.NoLog = true
	options.NoSigs = true
	options.NoSystemAccount = options.DontListen
	options.SyncAlways = true
	s, err := server.NewServer(options)
	if err != nil {
		t.Fatalf("start a server: %v", err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(startTime) {
		t.Fatal("a server is not ready in time")
	}
	return s
}

// create makes the stream. A cluster takes a moment to elect its leader, and
// says no more than that it has none.
func create(t testing.TB, nc *nats.Conn, replicas int) {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(startTime)
	for {
		_, err := js.CreateStream(t.Context(), Stream(replicas))
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("create the stream: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
