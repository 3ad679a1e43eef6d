package email

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"hearback/notifier/channel"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// goodbye bounds the polite end of a connection.
const goodbye = 2 * time.Second

// line is one worker's connection to the mail server, opened when it is first
// needed and opened afresh after any doubt about its state. One goroutine uses
// it at a time.
type line struct {
	config Config
	// connection is the network's own, below any TLS: closing it ends
	// whatever waits on it.
	connection net.Conn
	client     *smtp.Client
	// settings is go-mail's client. It is made anew for each connection: it
	// remembers what it found out about a server, which the next server behind
	// the same name need not share.
	settings *mail.Client
	// since is when the line was last put back.
	since time.Time
}

func newLine(config Config) *line { return &line{config: config} }

func (l *line) connected() bool { return l.client != nil }

// deliver makes one attempt. A kept connection that turns out to be dead before
// the email was begun is replaced once, since servers close idle connections
// without a word.
func (l *line) deliver(ctx context.Context, letter *letter) *channel.Failure {
	reused := l.connected()
	for {
		if !l.connected() {
			if failure := l.dial(ctx); failure != nil {
				return failure
			}
		}
		failure, begun := l.transmit(ctx, letter)
		if failure == nil || begun || !reused || ctx.Err() != nil {
			return failure
		}
		l.drop()
		reused = false
	}
}

// transmit runs one SMTP transaction, bounded by ctx and by the timeout. It says
// whether the server had heard of the email. Afterwards the connection is kept
// only if it is certainly in step. The failure is nil if the server accepted
// the email, whatever came after.
func (l *line) transmit(ctx context.Context, letter *letter) (failure *channel.Failure, begun bool) {
	ctx, cancel := context.WithTimeoutCause(ctx, l.config.Timeout, errTimeout)
	defer cancel()
	connection := l.connection
	release := context.AfterFunc(ctx, func() { _ = connection.Close() })
	// go-mail would ask for SMTPUTF8 whenever it is offered, and bounces would
	// then come in a form that fewer programs read.
	l.client.SkipSMTPUTF8(!letter.international)
	err := l.settings.SendWithSMTPClient(l.client, letter.message)
	if letter.message.IsDelivered() {
		err = nil
	}
	if !release() || !inStep(err) {
		l.drop()
	}
	if err == nil {
		return nil, true
	}
	return sort(ctx, err), !notBegun(err)
}

// inStep says whether the next reply on the connection will answer the next
// command: after an accepted email, and after a whole refusal of a recipient,
// which go-mail follows with RSET, or of the data. Should RSET have failed, the
// next MAIL fails too, and deliver replaces the connection.
func inStep(err error) bool {
	if err == nil {
		return true
	}
	failed, ok := errors.AsType[*mail.SendError](err)
	return ok && failed.ErrorCode() != 0 && failed.ErrorCode() != codeGoingAway &&
		(failed.Reason == mail.ErrSMTPRcptTo || failed.Reason == mail.ErrSMTPDataClose)
}

// dial opens a connection: TCP, greeting, TLS, password. The whole is bounded by
// ctx and by the timeout. go-mail itself looks at a context no more once TCP is
// there, so the end of ctx takes the connection away.
func (l *line) dial(ctx context.Context) *channel.Failure {
	ctx, cancel := context.WithTimeoutCause(ctx, l.config.Timeout, errTimeout)
	defer cancel()
	release := func() bool { return true }
	settings, err := l.config.settings(func(_ context.Context, network, address string) (net.Conn, error) {
		connection, err := l.config.connect(ctx, network, address)
		if err != nil {
			return nil, err
		}
		l.connection = connection
		release = context.AfterFunc(ctx, func() { _ = connection.Close() })
		if l.config.TLS != ImplicitTLS {
			return connection, nil
		}
		secured := tls.Client(connection, l.config.tls())
		return secured, secured.HandshakeContext(ctx)
	})
	if err != nil {
		return unusable(ctx, err)
	}
	l.settings = settings
	l.client, err = settings.DialToSMTPClientWithContext(ctx)
	if !release() || err != nil {
		// go-mail leaves a connection open whose greeting, TLS or password
		// failed.
		l.drop()
		return unusable(ctx, err)
	}
	return nil
}

// drop closes the connection without a word.
func (l *line) drop() {
	if l.connection != nil {
		_ = l.connection.Close()
	}
	if l.client != nil {
		_ = l.client.Close()
	}
	l.connection, l.client, l.settings = nil, nil, nil
}

// quit closes the connection politely.
func (l *line) quit() {
	if l.client != nil && l.connection.SetDeadline(time.Now().Add(goodbye)) == nil {
		_ = l.client.Quit()
	}
	l.drop()
}
