package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"time"

	"hearback/notifier/channel/email"
)

// mailPatience bounds the whole conversation with the mail server.
const mailPatience = 20 * time.Second

// mail tests the mail server: connection, TLS, password. It names no recipient
// and sends nothing.
func (d *doctor) mail(ctx context.Context) {
	c := d.config
	if c.SMTPHost == "" && (c.TwilioAccountSID != "" || c.NotifyAPIKey != "") {
		d.fail("emails", "families are texted for real, but emails are only kept: no officer is chased, and a family whom no text reaches hears nothing", "set HEARBACK_SMTP_HOST and SMTP_FROM")
		return
	}
	if c.SMTPHost == "" {
		d.warn("emails", "they are captured, not sent", "set HEARBACK_SMTP_HOST and SMTP_FROM to send them")
		return
	}
	sender, err := email.New(email.Config{Host: c.SMTPHost, Port: c.SMTPPort, Username: c.SMTPUsername, Password: string(c.SMTPPassword), TLS: c.SMTPTLS, From: c.SMTPFrom, Workers: 1})
	if err != nil {
		d.fail("emails", err.Error(), "correct the HEARBACK_SMTP_ settings")
		return
	}
	_ = sender.Close()
	ctx, cancel := context.WithTimeout(ctx, mailPatience)
	defer cancel()
	server := net.JoinHostPort(c.SMTPHost, strconv.Itoa(c.SMTPPort))
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", server)
	if err != nil {
		d.fail("emails", server+" cannot be reached: "+cause(err), "check HEARBACK_SMTP_HOST, SMTP_PORT and the firewall")
		return
	}
	defer func() { _ = connection.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = connection.SetDeadline(deadline)
	}
	if wrong := d.converse(connection); wrong != nil {
		d.fail("emails", fmt.Sprintf("%s: %s", server, wrong.detail), wrong.remedy)
		return
	}
	d.ok("emails", server+" takes us"+map[bool]string{true: " and our password"}[c.SMTPUsername != ""]+"; no email was sent")
}

// trouble is what went wrong in a conversation and who must do what.
type trouble struct{ detail, remedy string }

// converse goes as far as an email would without naming anybody.
func (d *doctor) converse(connection net.Conn) *trouble {
	c := d.config
	secure := &tls.Config{ServerName: c.SMTPHost, MinVersion: tls.VersionTLS12}
	if c.SMTPTLS == email.ImplicitTLS {
		connection = tls.Client(connection, secure)
	}
	client, err := smtp.NewClient(connection, c.SMTPHost)
	if err != nil {
		return &trouble{"no greeting came: " + reply(err), "check HEARBACK_SMTP_PORT and SMTP_TLS: starttls is usual on 587, implicit on 465"}
	}
	defer func() { _ = client.Close() }()
	name, err := os.Hostname()
	if err != nil || strings.ContainsAny(name, " \r\n") {
		name = "localhost"
	}
	if err := client.Hello(name); err != nil {
		return &trouble{"it refused our greeting: " + reply(err), "ask whoever runs it to let this machine send"}
	}
	if c.SMTPTLS == email.StartTLS {
		if offered, _ := client.Extension("STARTTLS"); !offered {
			return &trouble{"it does not offer STARTTLS", "set HEARBACK_SMTP_TLS to implicit, with the port for it, usually 465"}
		}
		if err := client.StartTLS(secure); err != nil {
			return &trouble{"TLS failed: " + reply(err), "check the server's certificate, and that HEARBACK_SMTP_HOST is the name in it"}
		}
	}
	if c.SMTPUsername != "" {
		if wrong := d.signIn(client); wrong != nil {
			return wrong
		}
	}
	if err := client.Noop(); err != nil {
		return &trouble{"it does not go on: " + reply(err), "look at the server's log"}
	}
	_ = client.Quit()
	return nil
}

// signIn gives the password in the best way that the server offers and that
// the standard library knows.
func (d *doctor) signIn(client *smtp.Client) *trouble {
	c := d.config
	_, offered := client.Extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	var auth smtp.Auth
	for _, way := range ways {
		switch {
		case way == "PLAIN":
			auth = smtp.PlainAuth("", c.SMTPUsername, string(c.SMTPPassword), c.SMTPHost)
		case way == "LOGIN" && auth == nil:
			auth = &loginAuth{user: c.SMTPUsername, password: string(c.SMTPPassword), plain: smtp.PlainAuth("", c.SMTPUsername, string(c.SMTPPassword), c.SMTPHost)}
		case way == "CRAM-MD5" && auth == nil:
			auth = smtp.CRAMMD5Auth(c.SMTPUsername, string(c.SMTPPassword))
		}
	}
	if auth == nil && len(ways) == 0 {
		return &trouble{"it asks for no password here", "unset HEARBACK_SMTP_USERNAME and SMTP_PASSWORD, or set SMTP_TLS so that it does"}
	}
	if auth == nil {
		d.warn("emails", "the password was not tested: the server offers only ways that the doctor does not know", "watch the log for the first email")
		return nil
	}
	if err := client.Auth(auth); err != nil {
		return &trouble{"it does not take the password: " + reply(err), "correct HEARBACK_SMTP_USERNAME and SMTP_PASSWORD"}
	}
	return nil
}

// loginAuth is AUTH LOGIN, under the same conditions as PLAIN: never in the
// clear, except to this machine.
type loginAuth struct {
	user, password string
	plain          smtp.Auth
	asked          int
}

func (l *loginAuth) Start(server *smtp.ServerInfo) (string, []byte, error) {
	if _, _, err := l.plain.Start(server); err != nil {
		return "", nil, err
	}
	return "LOGIN", nil, nil
}

func (l *loginAuth) Next(_ []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	l.asked++
	switch l.asked {
	case 1:
		return []byte(l.user), nil
	case 2:
		return []byte(l.password), nil
	default:
		return nil, errors.New("it asks for more than a name and a password")
	}
}

// reply is a server's code without its words, which may quote what it was
// given; other errors as they are.
func reply(err error) string {
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Sprintf("it answers %d", said.Code)
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "it did not answer in time"
	}
	return err.Error()
}
