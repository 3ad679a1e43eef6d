package standin

import (
	"io"
	"net"
	"time"

	"github.com/emersion/go-smtp"
)

// session is one connection's talk with the stand-in.
type session struct {
	server     *SMTP
	connection *smtp.Conn
	from, to   string
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.down() {
		return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Service not available"}
	}
	s.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if s.server.refuses(to) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + "> is not known here"}
	}
	s.to = to
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(reader io.Reader) error {
	data, err := io.ReadAll(reader)
	if err != nil {
		return err
	}
	switch s.server.attempt(Mail{
		MessageID: messageID(data), From: s.from, To: s.to,
		At: time.Now(), Size: len(data), Data: data,
	}) {
	case temporary:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
	case resetBefore, resetAfter:
		hangUp(s.connection.Conn())
	case hang, hangAfter:
		// Whatever else comes is thrown away; only the client can end this.
		_, _ = io.Copy(io.Discard, s.connection.Conn())
	}
	return nil
}

func hangUp(connection net.Conn) {
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.from, s.to = "", "" }

// Logout implements smtp.Session.
func (s *session) Logout() error {
	s.server.ended()
	return nil
}
