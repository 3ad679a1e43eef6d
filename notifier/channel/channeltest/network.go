package channeltest

import (
	"context"
	"net"
	"sync"
)

// Network is a network of one listener, in memory. Its connections are
// net.Pipes, so servers and clients on it run inside a testing/synctest bubble,
// where time is simulated and a forgotten goroutine fails the test.
type Network struct {
	accept chan net.Conn
	done   chan struct{}
	once   sync.Once

	mutex sync.Mutex
	open  int
}

// NewNetwork makes a network. Inside a bubble it must be made inside it.
func NewNetwork() *Network {
	return &Network{accept: make(chan net.Conn), done: make(chan struct{})}
}

// DialContext connects to the listener, whatever the address. It fails once the
// listener is closed.
func (n *Network) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	counted := &countedConn{Conn: server, network: n}
	select {
	case n.accept <- counted:
		return client, nil
	case <-n.done:
		return nil, &net.OpError{Op: "dial", Net: "pipe", Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Accept implements net.Listener.
func (n *Network) Accept() (net.Conn, error) {
	select {
	case connection := <-n.accept:
		n.count(1)
		return connection, nil
	case <-n.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. Connections that are open stay open.
func (n *Network) Close() error {
	n.once.Do(func() { close(n.done) })
	return nil
}

// Addr implements net.Listener.
func (n *Network) Addr() net.Addr { return address{} }

// Open says how many connections the server's side holds open.
func (n *Network) Open() int {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.open
}

func (n *Network) count(change int) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.open += change
}

// countedConn tells its network when it is closed.
type countedConn struct {
	net.Conn
	network *Network
	once    sync.Once
}

func (c *countedConn) Close() error {
	c.once.Do(func() { c.network.count(-1) })
	return c.Conn.Close()
}

type address struct{}

func (address) Network() string { return "pipe" }
func (address) String() string  { return "provider.example:25" }
