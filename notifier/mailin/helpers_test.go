package mailin_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/netip"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/notifier/channel/channeltest"
	"hearback/notifier/mailin"
	"hearback/notifier/mailin/letter"
)

const (
	domain = "send.council.example"
	secret = "made-up-secret-of-the-tests"
	inbox  = "Send@Send.council.example"
	sam    = "sam@family.example"
	hello  = "From: Sam Taylor <sam@family.example>\r\nMessage-ID: <1@family.example>\r\nSubject: Hello\r\n\r\nNobody came.\r\n"
)

func bounceTo(id string) string { return letter.Return(id, domain, []byte(secret)) }
func replyTo(id string) string  { return letter.ReplyTo(id, domain, []byte(secret)) }

// shelf is a Sink in memory.
type shelf struct {
	mutex sync.Mutex
	mails []mailin.Mail
	// take, if set, is asked first.
	take func(ctx context.Context, m mailin.Mail) error
}

func (s *shelf) Take(ctx context.Context, m mailin.Mail) error {
	if s.take != nil {
		if err := s.take(ctx, m); err != nil {
			return err
		}
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.mails = append(s.mails, m)
	return nil
}

func (s *shelf) stored() []mailin.Mail {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]mailin.Mail{}, s.mails...)
}

// journal is a log that may be read while it is written.
type journal struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	return j.text.String()
}

// house is a server on a network in memory. It belongs in a synctest bubble.
type house struct {
	t       *testing.T
	network *channeltest.Network
	server  *mailin.Server
	shelf   *shelf
	log     *journal
	// from is the address that the next clients come from.
	from  netip.AddrPort
	froms chan netip.AddrPort
	done  chan error
}

func open(t *testing.T, change func(*mailin.Config)) *house {
	t.Helper()
	h := &house{
		t: t, network: channeltest.NewNetwork(), shelf: &shelf{}, log: &journal{},
		from: netip.MustParseAddrPort("127.0.0.1:40000"), froms: make(chan netip.AddrPort, 1), done: make(chan error, 1),
	}
	config := mailin.Config{
		Domains: []string{domain}, Secret: []byte(secret), Inboxes: []string{inbox},
		Logger: slog.New(slog.NewTextHandler(h.log, nil)),
	}
	if change != nil {
		change(&config)
	}
	server, err := mailin.New(config, h.shelf)
	if err != nil {
		t.Fatal(err)
	}
	h.server = server
	go func() { h.done <- server.Serve(from{h.network, h.froms}) }()
	return h
}

// close ends the server. What it has logged must hold nothing of anybody.
func (h *house) close() {
	h.t.Helper()
	if err := h.server.Close(); err != nil {
		h.t.Errorf("Close = %v", err)
	}
	if err := <-h.done; err != nil {
		h.t.Errorf("Serve = %v, want nil after Close", err)
	}
	if open := h.network.Open(); open != 0 {
		h.t.Errorf("%d connections are open after Close", open)
	}
	for _, word := range []string{"sam@", "family.example", "Nobody came", "Hello", "127.0.0.1", secret} {
		if strings.Contains(h.log.String(), word) {
			h.t.Errorf("the log holds %q: %s", word, h.log)
		}
	}
}

// from gives connections the address of their client.
type from struct {
	net.Listener
	froms chan netip.AddrPort
}

func (f from) Accept() (net.Conn, error) {
	connection, err := f.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return addressed{connection, net.TCPAddrFromAddrPort(<-f.froms)}, nil
}

type addressed struct {
	net.Conn
	remote net.Addr
}

func (a addressed) RemoteAddr() net.Addr { return a.remote }

// talk is a client that says lines and expects codes.
type talk struct {
	t *testing.T
	*textproto.Conn
	raw net.Conn
}

func (h *house) dial() *talk {
	h.t.Helper()
	h.froms <- h.from
	connection, err := h.network.DialContext(h.t.Context(), "", "")
	if err != nil {
		h.t.Fatal(err)
	}
	return &talk{h.t, textproto.NewConn(connection), connection}
}

// enter connects and gets past the greetings.
func (h *house) enter() *talk {
	h.t.Helper()
	c := h.dial()
	c.expect("220 ")
	c.say("EHLO mx.council.example", "250 ")
	return c
}

// say sends a line and expects its answer to begin so.
func (c *talk) say(line, answer string) string {
	c.t.Helper()
	if err := c.PrintfLine("%s", line); err != nil {
		c.t.Errorf("%q cannot be said: %v", line, err)
		return ""
	}
	return c.expect(answer)
}

func (c *talk) expect(answer string) string {
	c.t.Helper()
	for {
		line, err := c.ReadLine()
		if err != nil {
			c.t.Errorf("no answer that begins with %q: %v", answer, err)
			return ""
		}
		if len(line) > 3 && line[3] == '-' {
			continue
		}
		if !strings.HasPrefix(line, answer) {
			c.t.Errorf("the answer is %q, want %q", line, answer)
		}
		return line
	}
}

// ended expects the other side to hang up.
func (c *talk) ended() {
	c.t.Helper()
	if line, err := c.ReadLine(); err == nil {
		c.t.Errorf("the connection is open still, and says %q", line)
	}
}

// mail sends an email and expects an answer to the data.
func (c *talk) mail(text string, answer string, to ...string) {
	c.t.Helper()
	c.say("MAIL FROM:<"+sam+">", "250 ")
	for _, address := range to {
		c.say("RCPT TO:<"+address+">", "250 ")
	}
	c.say("DATA", "354 ")
	c.data(text)
	c.expect(answer)
}

func (c *talk) data(text string) {
	c.t.Helper()
	writer := c.DotWriter()
	if _, err := writer.Write([]byte(text)); err != nil {
		c.t.Error(err)
	}
	if err := writer.Close(); err != nil {
		c.t.Error(err)
	}
}

func (c *talk) bye() {
	c.t.Helper()
	c.say("QUIT", "221 ")
	_ = c.Close()
}

// monday is when things are received in tests of pure parts.
func monday() time.Time { return time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC) }

// sinkFunc is a Sink that never fails.
type sinkFunc func(mailin.Mail)

func (f sinkFunc) Take(_ context.Context, m mailin.Mail) error {
	f(m)
	return nil
}
