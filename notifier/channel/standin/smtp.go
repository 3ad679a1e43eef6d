package standin

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/mail"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Mail is one email that the stand-in accepted.
type Mail struct {
	// MessageID is the header's value, angle brackets included.
	MessageID string
	From, To  string
	At        time.Time
	Size      int
	// Data is the message as it came over the line, nil unless KeepData was
	// asked for.
	Data []byte
}

// SMTPFaults is how a stand-in for a mail server fails. Rates are shares from
// 0 to 1; Temporary, ResetBefore, ResetAfter, Hang and HangAfter together
// at most 1.
type SMTPFaults struct {
	Seed uint64

	// Permanent is the share of addresses refused with 550 5.1.1, every time.
	Permanent float64
	// Temporary attempts get 451 after the data and are not accepted.
	Temporary float64
	// ResetBefore attempts lose their connection after the data and are not
	// accepted. A client cannot tell them from ResetAfter.
	ResetBefore float64
	// ResetAfter attempts are accepted and lose their connection.
	ResetAfter float64
	// Hang attempts are not accepted, and get no answer to their data until
	// the client goes away.
	Hang float64
	// HangAfter attempts are accepted, and get no answer either.
	HangAfter float64

	// DownUntil is when an outage ends: before it every sender gets 421.
	DownUntil time.Time
}

// SMTPCounts says what a stand-in for a mail server has done.
type SMTPCounts struct {
	// Connections that were opened, and those of them that are Open still.
	Connections, Open int
	// Accepted emails, repeats included.
	Accepted int
	// Repeated is how many accepted emails had the Message-ID and the
	// recipient of an earlier one.
	Repeated int
	// Refused recipients, and emails otherwise Failed. Accepted emails whose
	// answer was spoilt count as Accepted and Spoilt.
	Refused, Failed, Spoilt int
}

// SMTP stands in for a mail server: it accepts every sender and recipient
// without TLS or a password, delivers nothing, and remembers what it accepted.
type SMTP struct {
	server *smtp.Server

	mutex    sync.Mutex
	faults   SMTPFaults
	keepData bool
	mails    []Mail
	attempts map[attemptKey]uint64
	accepted map[attemptKey]int
	counts   SMTPCounts
}

// NewSMTP makes a stand-in that fails as told.
func NewSMTP(faults SMTPFaults) *SMTP {
	s := &SMTP{
		faults:   faults,
		attempts: make(map[attemptKey]uint64),
		accepted: make(map[attemptKey]int),
	}
	s.server = smtp.NewServer(smtp.BackendFunc(s.session))
	s.server.Domain = "mail.example"
	s.server.MaxMessageBytes = 10 << 20
	// One reply answers for all recipients of an email, so each gets its own.
	s.server.MaxRecipients = 1
	// Connections that a fault took away are no news.
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	return s
}

// Serve accepts connections until Close, after which it returns nil.
func (s *SMTP) Serve(listener net.Listener) error { return s.server.Serve(listener) }

// OfferTLS makes the server offer STARTTLS. It is for use before Serve.
func (s *SMTP) OfferTLS(config *tls.Config) { s.server.TLSConfig = config }

// Close closes the listeners and every connection.
func (s *SMTP) Close() error { return s.server.Close() }

// SetFaults changes the plan for attempts that come from now on.
func (s *SMTP) SetFaults(faults SMTPFaults) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.faults = faults
}

// KeepData keeps the whole of every email from now on. Measurements leave it
// off, so that they do not measure the memory of the stand-in.
func (s *SMTP) KeepData() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.keepData = true
}

// Received gives every accepted email in the order of acceptance.
func (s *SMTP) Received() []Mail {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.mails)
}

// Counts gives what has happened so far.
func (s *SMTP) Counts() SMTPCounts {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.counts
}

func (s *SMTP) session(connection *smtp.Conn) (smtp.Session, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.counts.Connections++
	s.counts.Open++
	return &session{server: s, connection: connection}, nil
}

func (s *SMTP) ended() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.counts.Open--
}

// attempt draws what happens to an email and records it.
func (s *SMTP) attempt(m Mail) fate {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	key := attemptKey{m.To, m.MessageID}
	attempt := s.attempts[key]
	s.attempts[key] = attempt + 1
	fate := s.faults.fateOf(m, attempt)
	switch fate {
	case accept, resetAfter, hangAfter:
		if fate != accept {
			s.counts.Spoilt++
		}
		s.counts.Accepted++
		if s.accepted[key]++; s.accepted[key] > 1 {
			s.counts.Repeated++
		}
		if !s.keepData {
			m.Data = nil
		}
		s.mails = append(s.mails, m)
	default:
		s.counts.Failed++
	}
	return fate
}

func (f *SMTPFaults) fateOf(m Mail, attempt uint64) fate {
	drawn := draw(f.Seed, attempt, "attempt", m.To, m.MessageID)
	for _, slice := range [...]struct {
		share float64
		fate  fate
	}{{f.Temporary, temporary}, {f.ResetBefore, resetBefore}, {f.ResetAfter, resetAfter}, {f.Hang, hang}, {f.HangAfter, hangAfter}} {
		if drawn < slice.share {
			return slice.fate
		}
		drawn -= slice.share
	}
	return accept
}

// refuses says whether an address is refused for good, and counts it.
func (s *SMTP) refuses(to string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.faults.Permanent == 0 || draw(s.faults.Seed, 0, "permanent", to) >= s.faults.Permanent {
		return false
	}
	s.counts.Refused++
	return true
}

// down says whether there is an outage, and counts the attempt that met it.
func (s *SMTP) down() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !time.Now().Before(s.faults.DownUntil) {
		return false
	}
	s.counts.Failed++
	return true
}

// messageID reads the Message-ID out of an email, empty if there is none.
func messageID(data []byte) string {
	message, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return ""
	}
	return message.Header.Get("Message-Id")
}
