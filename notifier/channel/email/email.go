// Package email hands emails to a mail server by SMTP, with go-mail.
//
// Every email has one recipient, a plain-text part and usually an HTML part,
// and the Message-ID and Date that our own decision gave it: a second attempt
// sends the same bytes, so a mail system can recognise the repeat. Only a DKIM
// signature holds the time of its making. SMTP cannot be asked what it accepted,
// so the package has no Find; a message in doubt is sent again by the caller, and
// counted.
//
// Each of a few workers keeps a connection of its own and uses it again. go-mail's
// contexts cover no more than the dialling, so here the end of a context takes
// the connection away.
package email

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"time"

	"hearback/notifier/channel"
)

const (
	defaultPort    = 587
	defaultWorkers = 8

	// defaultTimeout bounds one attempt, dialling and sending each. RFC 5321
	// (4.5.3.2) would wait ten minutes for the last reply; a submission
	// server that takes half a minute is down for our purposes.
	defaultTimeout = 30 * time.Second

	// defaultIdle is how long an unused connection is kept. Common servers
	// close theirs after one to five minutes.
	defaultIdle = 45 * time.Second
)

// The ways to protect a connection.
const (
	// StartTLS begins in the clear and must change to TLS before anything is
	// said (RFC 3207). It is what port 587 expects, and the default.
	StartTLS = "starttls"
	// ImplicitTLS speaks TLS from the first byte (RFC 8314), mostly on 465.
	ImplicitTLS = "implicit"
	// NoTLS is for a relay on this machine or a closed network. A password
	// never goes over it in the clear, except to this very machine.
	NoTLS = "none"
)

// Config says how to reach the mail server. Host and From are needed.
type Config struct {
	Host string
	// Port is 587 if zero, or 465 with ImplicitTLS.
	Port int
	// Username and Password are both empty for a server that asks for none.
	Username, Password string
	// TLS is StartTLS (the default), ImplicitTLS or NoTLS.
	TLS string

	// From is the sender, with or without a display name:
	// "Herts SEND <send@council.example>". Bounces come back to it.
	From string
	// ReplyTo is where a family's answer goes, From if empty.
	ReplyTo string
	// Own gives what is one message's own, the same for every attempt. Nothing is
	// if it is nil.
	Own func(channel.Message) Own
	// DKIM signs every email, none if it is the zero value.
	DKIM DKIM

	// Workers is how many connections there may be, 8 if zero. At a crash at
	// most this many emails are in doubt.
	Workers int
	// Timeout bounds dialling, and then sending; 30 seconds if zero.
	Timeout time.Duration
	// Idle is how long an unused connection stays open, 45 seconds if zero.
	Idle time.Duration

	// TLSConfig is for a private certificate authority. Its ServerName is Host
	// unless it says otherwise.
	TLSConfig *tls.Config
	// DialContext replaces the dialling of TCP.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
}

// Own is what belongs to one message, and not to all. Every field may be empty.
type Own struct {
	// ReturnPath is where bounces of the message come back to (MAIL FROM),
	// Config.From if empty.
	ReturnPath string
	// ReplyTo is where an answer to the message goes, Config.ReplyTo if empty.
	ReplyTo string
	// Unsubscribe is the address at which one POST, by a mail program, says that
	// the recipient wants no more (RFC 8058). It begins with https://.
	Unsubscribe string
	// Mark is the name of a header field that holds our id of the message, so that
	// one of our own that comes back is known.
	Mark string
}

// Sender hands emails to one mail server. It is safe for many goroutines; those
// beyond the number of workers wait for their turn.
type Sender struct {
	config  Config
	from    *netmail.Address
	replyTo *netmail.Address
	seal    *seal
	pool    *pool
}

var _ channel.Sender = (*Sender)(nil)

// New checks the settings and makes a Sender. It connects to nobody.
func New(config Config) (*Sender, error) {
	config.TLS = cmp.Or(config.TLS, StartTLS)
	if config.TLS == ImplicitTLS {
		config.Port = cmp.Or(config.Port, 465)
	}
	config.Port = cmp.Or(config.Port, defaultPort)
	config.Workers = cmp.Or(config.Workers, defaultWorkers)
	config.Timeout = cmp.Or(config.Timeout, defaultTimeout)
	config.Idle = cmp.Or(config.Idle, defaultIdle)
	from, fromErr := address("SMTP_FROM", config.From)
	replyTo := from
	var replyToErr error
	if config.ReplyTo != "" {
		replyTo, replyToErr = address("the reply-to address", config.ReplyTo)
	}
	seal, sealErr := newSeal(config.DKIM, from)
	if err := errors.Join(config.validate(), fromErr, replyToErr, sealErr); err != nil {
		return nil, err
	}
	s := &Sender{config: config, from: from, replyTo: replyTo, seal: seal}
	s.pool = newPool(config)
	return s, nil
}

func (c *Config) validate() error {
	var faults []error
	if c.Host == "" {
		faults = append(faults, errors.New("SMTP_HOST is empty; set the mail server's name"))
	}
	if c.Port < 1 || c.Port > 65535 {
		faults = append(faults, fmt.Errorf("SMTP_PORT is %d; set a port from 1 to 65535, usually 587", c.Port))
	}
	if c.TLS != StartTLS && c.TLS != ImplicitTLS && c.TLS != NoTLS {
		faults = append(faults, fmt.Errorf("SMTP_TLS is not %s, %s or %s", StartTLS, ImplicitTLS, NoTLS))
	}
	if (c.Username == "") != (c.Password == "") {
		faults = append(faults, errors.New("SMTP_USERNAME and SMTP_PASSWORD go together; set both or neither"))
	}
	if c.Workers < 1 {
		faults = append(faults, errors.New("EMAIL_WORKERS must be 1 or more"))
	}
	return errors.Join(faults...)
}

func address(setting, value string) (*netmail.Address, error) {
	parsed, err := netmail.ParseAddress(value)
	if err != nil {
		return nil, fmt.Errorf("%s is not an email address; write it as send@council.example or Name <send@council.example>", setting)
	}
	return parsed, nil
}

// Send hands over one email. The receipt holds its Message-ID, angle brackets
// included.
func (s *Sender) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	letter, failure := s.compose(m)
	if failure != nil {
		return channel.Receipt{}, failure
	}
	line, failure := s.pool.take(ctx)
	if failure != nil {
		return channel.Receipt{}, failure
	}
	defer s.pool.put(line)
	if failure := line.deliver(ctx, letter); failure != nil {
		return channel.Receipt{}, failure
	}
	return channel.Receipt{ProviderID: letter.messageID}, nil
}

// Close says goodbye on the idle connections. Those in use are closed when
// their email is done; no email is taken after it.
func (s *Sender) Close() error {
	s.pool.close()
	return nil
}
