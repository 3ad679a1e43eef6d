package streamtest

import (
	"bytes"
	"io"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// What an acknowledgement of the server says in any case, and what only that of
// an atomic batch says.
const (
	AnyAcknowledgement   = `{"stream":"HEARBACK",`
	BatchAcknowledgement = `"batch":"`
)

// Line is a client's way to a server, for nats.InProcessServer, on which an
// acknowledgement can be lost: what it acknowledges is stored, and the client
// never hears of it. In a bubble such a test is to be Alone.
type Line struct {
	to nats.InProcessConnProvider

	mu   sync.Mutex
	what string // what is to be lost; "" for nothing
	away time.Duration
	back time.Time
	lost int
}

// NewLine returns a line to a server, on which nothing is lost yet.
func NewLine(to nats.InProcessConnProvider) *Line { return &Line{to: to} }

// Loses makes the line break when the next such acknowledgement comes along it, and
// stay broken for as long as away.
func (l *Line) Loses(what string, away time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.what, l.away = what, away
}

// Lost is how many acknowledgements were lost.
func (l *Line) Lost() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// InProcessConn is called by the NATS client, again whenever it reconnects.
func (l *Line) InProcessConn() (net.Conn, error) {
	l.mu.Lock()
	broken := time.Now().Before(l.back)
	l.mu.Unlock()
	if broken {
		return nil, io.ErrClosedPipe
	}
	conn, err := l.to.InProcessConn()
	if err != nil {
		return nil, err
	}
	return &lossy{Conn: conn, line: l}, nil
}

// breaks says whether the line breaks over what the server has just said, which may
// be the second piece of what is looked for.
func (l *Line) breaks(before, now []byte) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.what == "" {
		return false
	}
	before = before[max(0, len(before)-len(l.what)+1):]
	if !bytes.Contains(append(before[:len(before):len(before)], now...), []byte(l.what)) {
		return false
	}
	l.what, l.back = "", time.Now().Add(l.away)
	l.lost++
	return true
}

// lossy is the client's end of a connection.
type lossy struct {
	net.Conn
	line *Line
	said []byte // the last of what was read
}

func (c *lossy) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	if c.line.breaks(c.said, into[:n]) {
		_ = c.Conn.Close() // the client learns of it by the end of the file
		return 0, io.EOF
	}
	c.said = append(c.said, into[:n]...)
	c.said = append(c.said[:0], c.said[max(0, len(c.said)-len(AnyAcknowledgement)):]...)
	return n, err
}
