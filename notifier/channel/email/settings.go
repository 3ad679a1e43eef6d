package email

import (
	"context"
	"crypto/tls"
	"net"

	"github.com/wneessen/go-mail"
)

// settings makes go-mail's client, which is no more than its settings, with a
// dialler for one connection.
func (c *Config) settings(dial mail.DialContextFunc) (*mail.Client, error) {
	options := []mail.Option{
		mail.WithPort(c.Port),
		// Our own contexts end what takes too long, and know why; this is the
		// net below them.
		mail.WithTimeout(c.Timeout + goodbye),
		mail.WithDialContextFunc(dial),
		// Each of these is a round trip for every email. A dead connection
		// shows itself at MAIL, and MAIL after an accepted email needs no
		// RSET (RFC 5321, 4.1.1.5).
		mail.WithoutNoop(),
		mail.WithoutRset(),
	}
	switch c.TLS {
	case StartTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory), mail.WithTLSConfig(c.tls()))
	case ImplicitTLS:
		options = append(options, mail.WithSSL())
	case NoTLS:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if c.Username != "" {
		options = append(options,
			mail.WithUsername(c.Username),
			mail.WithPassword(c.Password),
			// In the order of preference. PLAIN and LOGIN refuse to go over
			// a connection without TLS, except to this machine.
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthPlain, mail.SMTPAuthLogin, mail.SMTPAuthCramMD5))
	}
	return mail.NewClient(c.Host, options...)
}

func (c *Config) connect(ctx context.Context, network, address string) (net.Conn, error) {
	if c.DialContext != nil {
		return c.DialContext(ctx, network, address)
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

func (c *Config) tls() *tls.Config {
	config := c.TLSConfig.Clone()
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if config.ServerName == "" {
		config.ServerName = c.Host
	}
	return config
}
