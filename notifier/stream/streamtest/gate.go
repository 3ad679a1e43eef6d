package streamtest

import (
	"net"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"

	"hearback/notifier/stream"
)

// Gate is a place on a connection's line where it can be cut off: nothing gets
// through in either direction, and the client is not told. The server gives a
// client up that does not read for ten seconds, as it would any other.
type Gate struct {
	mu    sync.Mutex
	open  chan struct{} // closed while the gate is open
	lines []*gatedLine
}

// ConnectGated is Connect with a gate on the line, which is open.
func ConnectGated(t testing.TB, server *stream.Server, options ...nats.Option) (*nats.Conn, *Gate) {
	t.Helper()
	gate := &Gate{open: make(chan struct{})}
	close(gate.open)
	nc := Connect(t, server, append(options, nats.InProcessServer(gatedServer{server, gate}))...)
	// A closed gate would keep the connection from being closed.
	t.Cleanup(gate.Open)
	return nc, gate
}

// Close cuts the line off.
func (g *Gate) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.isOpen() {
		return
	}
	g.open = make(chan struct{})
}

// Open lets through what has waited and what comes.
func (g *Gate) Open() {
	g.mu.Lock()
	if g.isOpen() {
		g.mu.Unlock()
		return
	}
	close(g.open)
	lines := g.lines
	g.mu.Unlock()
	for _, line := range lines {
		// An error means that the server has given the line up meanwhile, which
		// the client finds out by reading.
		_, _ = line.Write(nil)
	}
}

func (g *Gate) isOpen() bool {
	select {
	case <-g.open:
		return true
	default:
		return false
	}
}

// state returns a channel that is closed while the gate is open.
func (g *Gate) state() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open
}

type gatedServer struct {
	server *stream.Server
	gate   *Gate
}

func (s gatedServer) InProcessConn() (net.Conn, error) {
	conn, err := s.server.InProcessConn()
	if err != nil {
		return nil, err
	}
	line := &gatedLine{Conn: conn, gate: s.gate}
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	s.gate.lines = append(s.gate.lines, line)
	return line, nil
}

// gatedLine holds back what is read, and keeps what is written, while the gate
// is closed. It must not block a writer: the NATS client writes under a lock.
type gatedLine struct {
	net.Conn
	gate *Gate

	mu   sync.Mutex
	kept []byte
}

func (l *gatedLine) Read(into []byte) (int, error) {
	n, err := l.Conn.Read(into)
	<-l.gate.state()
	return n, err
}

func (l *gatedLine) Write(from []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.gate.state():
	default:
		l.kept = append(l.kept, from...)
		return len(from), nil
	}
	if len(l.kept) > 0 {
		_, err := l.Conn.Write(l.kept)
		l.kept = nil
		if err != nil {
			return 0, err
		}
	}
	if len(from) == 0 {
		return 0, nil
	}
	return l.Conn.Write(from)
}
