package mailin

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"hearback/notifier/mailin/letter"
)

// session is one client's talk with us. The library may reset it while data of an
// abandoned email is still being read in another goroutine.
type session struct {
	server *Server
	client netip.Addr
	// connection is cut where the rest of an email would be taken for commands.
	connection net.Conn

	mutex sync.Mutex
	from  string
	to    []string
}

var _ smtp.LMTPSession = (*session)(nil)

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	connection := c.Conn()
	return &session{server: s, client: client(connection.RemoteAddr()), connection: connection}, nil
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.server.pace.allow(s.client, time.Now()) {
		s.server.count(func(c *Counts) { c.Limited++ })
		// 7.28 is "mail flood detected" in the IANA registry of these codes.
		return reply(451, smtp.EnhancedCode{4, 7, 28}, "Too many emails at once, come again later")
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.from, s.to = from, nil
	return nil
}

// Rcpt implements smtp.Session. Whatever is not for us is refused for good: we
// pass nothing on.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !s.server.book.knows(to) {
		s.server.count(func(c *Counts) { c.Refused++ })
		if s.server.book.ourDomain(to) {
			return reply(550, smtp.EnhancedCode{5, 1, 1}, "There is no such mailbox here")
		}
		return reply(550, smtp.EnhancedCode{5, 7, 1}, "We pass no email on")
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.to = append(s.to, to)
	return nil
}

// Data implements smtp.Session: one answer for all recipients. Where not all is
// stored, all of it comes again, and the repeat of what was stored changes nothing.
func (s *session) Data(reader io.Reader) error {
	from, to := s.envelope()
	raw, err := s.read(reader)
	if err != nil {
		return err
	}
	for _, failed := range s.server.take(from, to, raw) {
		if failed != nil {
			return failed
		}
	}
	return nil
}

// LMTPData implements smtp.LMTPSession: an answer for each recipient.
func (s *session) LMTPData(reader io.Reader, status smtp.StatusCollector) error {
	from, to := s.envelope()
	raw, err := s.read(reader)
	if err != nil {
		return err
	}
	for i, failed := range s.server.take(from, to, raw) {
		status.SetStatus(to[i], failed)
	}
	return nil
}

func (s *session) envelope() (string, []string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.from, slices.Clone(s.to)
}

// read takes the whole email into memory; the library bounds its size.
func (s *session) read(reader io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(reader)
	switch {
	case err == nil:
		return raw, nil
	case errors.Is(err, smtp.ErrDataTooLarge):
		s.server.count(func(c *Counts) { c.TooLarge++ })
		return nil, smtp.ErrDataTooLarge
	case errors.Is(err, smtp.ErrDataReset):
		s.server.count(func(c *Counts) { c.Broken++ })
		return nil, reply(451, smtp.EnhancedCode{4, 4, 2}, "The email was abandoned")
	}
	s.server.count(func(c *Counts) { c.Broken++ })
	// What may still come of the email must not be taken for commands: a stranger
	// wrote it.
	_ = s.connection.Close()
	return nil, reply(451, smtp.EnhancedCode{4, 4, 2}, "The email did not come whole")
}

// Reset implements smtp.Session.
func (s *session) Reset() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.from, s.to = "", nil
}

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// take stores an email once for each of our messages that it is addressed to. It
// gives the answer for each recipient, in their order; nil: stored.
func (s *Server) take(from string, to []string, raw []byte) []error {
	answers := make([]error, len(to))
	for _, group := range s.book.groups(to) {
		answer := s.takeOne(from, group, raw)
		for i, address := range to {
			if slices.Contains(group, address) {
				answers[i] = answer
			}
		}
	}
	return answers
}

func (s *Server) takeOne(from string, to []string, raw []byte) error {
	m := Mail{From: from, To: to, At: time.Now().UTC(), Raw: raw, Letter: s.read(from, to, raw)}
	ctx, cancel := context.WithTimeout(s.takes, s.config.TakeTimeout)
	defer cancel()
	if err := s.sink.Take(ctx, m); err != nil {
		s.count(func(c *Counts) { c.NotStored++ })
		s.config.Logger.Warn("an email was not stored; its sender is asked to come again", "mail", m, "error", err)
		return reply(451, smtp.EnhancedCode{4, 3, 0}, "The email could not be stored, come again later")
	}
	s.count(func(c *Counts) { c.Taken[m.Letter.Kind]++ })
	return nil
}

// read sorts an email. A fault of ours in the reading must not lose it.
func (s *Server) read(from string, to []string, raw []byte) (l letter.Letter) {
	defer func() {
		if fault := recover(); fault != nil {
			s.config.Logger.Error("an email could not be read for a fault of ours; it is kept as it came")
			l = letter.Unread(raw)
		}
	}()
	return s.book.ours.Sort(from, to, raw)
}

func reply(code int, enhanced smtp.EnhancedCode, words string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: words}
}
