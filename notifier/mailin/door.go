package mailin

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// goodbyeWithin bounds how long somebody who is sent away may take to read it.
const goodbyeWithin = time.Second

// door lets in whom the settings allow, as many as there is room for.
type door struct {
	net.Listener
	server *Server
	once   sync.Once
	err    error
}

// Accept gives the next connection that may come in. Others are told why not,
// with the replies that RFC 5321, 3.1 and 3.8, gives for it.
func (d *door) Accept() (net.Conn, error) {
	for {
		connection, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if !d.server.allowed(connection.RemoteAddr()) {
			d.server.sendAway(connection, "554 5.7.1 This machine may not send email here")
			continue
		}
		guest, room := d.server.welcome(connection)
		if !room {
			d.server.sendAway(connection, "421 4.3.2 Too many connections, come again later")
			continue
		}
		return guest, nil
	}
}

// Close closes the listener once.
func (d *door) Close() error {
	d.once.Do(func() { d.err = d.Listener.Close() })
	return d.err
}

func (s *Server) allowed(remote net.Addr) bool {
	switch remote := remote.(type) {
	case *net.UnixAddr:
		return true
	case *net.TCPAddr:
		address := remote.AddrPort().Addr().Unmap().WithZone("")
		for _, prefix := range s.config.Allow {
			if prefix.Contains(address) {
				return true
			}
		}
	}
	return false
}

// client names the machine at the other end; one name for all on a unix socket.
func client(remote net.Addr) netip.Addr {
	if remote, ok := remote.(*net.TCPAddr); ok {
		return remote.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

func (s *Server) welcome(connection net.Conn) (*guest, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.closed || len(s.guests) >= s.config.MaxConnections {
		return nil, false
	}
	g := &guest{Conn: connection, server: s, until: time.Now().Add(s.config.Life)}
	s.guests[g] = struct{}{}
	s.counts.Connections++
	return g, true
}

// sendAway says one line and closes. It does not hold up the door.
func (s *Server) sendAway(connection net.Conn, why string) {
	s.count(func(c *Counts) { c.Strangers++ })
	s.serving.Go(func() {
		// Whoever does not listen is not told.
		_ = connection.SetDeadline(time.Now().Add(goodbyeWithin))
		_, _ = connection.Write([]byte(why + "\r\n"))
		_ = connection.Close()
	})
}

// guest is a connection that ends after its time, however busy it looks: a client
// that says a word now and then would otherwise keep its place for ever.
type guest struct {
	net.Conn
	server *Server
	until  time.Time
}

func (g *guest) SetDeadline(at time.Time) error     { return g.Conn.SetDeadline(g.bound(at)) }
func (g *guest) SetReadDeadline(at time.Time) error { return g.Conn.SetReadDeadline(g.bound(at)) }
func (g *guest) SetWriteDeadline(at time.Time) error {
	return g.Conn.SetWriteDeadline(g.bound(at))
}

func (g *guest) bound(at time.Time) time.Time {
	if at.IsZero() || at.After(g.until) {
		return g.until
	}
	return at
}

func (g *guest) Close() error {
	g.server.mutex.Lock()
	delete(g.server.guests, g)
	g.server.mutex.Unlock()
	return g.Conn.Close()
}
