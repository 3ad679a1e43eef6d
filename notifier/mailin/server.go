package mailin

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"strings"
	"sync"

	"github.com/emersion/go-smtp"

	"hearback/notifier/mailin/letter"
)

// maxLine is the longest line taken, in bytes. RFC 5321, 4.5.3.1.6, allows 1,000;
// programs that break no lines are not the family's fault.
const maxLine = 64 << 10

// Server takes in email. Make one with New.
type Server struct {
	config Config
	book   addressBook
	sink   Sink
	server *smtp.Server
	pace   *pace

	// takes ends when the server closes.
	takes context.Context
	end   context.CancelFunc

	mutex   sync.Mutex
	closed  bool
	doors   []net.Listener
	guests  map[*guest]struct{}
	counts  Counts
	serving sync.WaitGroup
}

// Counts says what a server has done since it was made.
type Counts struct {
	// Connections that were taken, and those of them that are Open now. Strangers
	// came from a network that is not allowed, or found no room.
	Connections, Open, Strangers int
	// Refused recipients: not ours, or not known.
	Refused int
	// Limited emails came too quickly, TooLarge ones were larger than allowed.
	Limited, TooLarge int
	// Broken emails ended before they were whole.
	Broken int
	// Taken emails are stored, by what they were. An email for several of our
	// messages counts once for each.
	Taken map[letter.Kind]int
	// NotStored emails were sent away, to come again.
	NotStored int
}

// New makes a server that gives what it takes to the sink. It listens nowhere:
// see Serve.
func New(config Config, sink Sink) (*Server, error) {
	config = config.withDefaults()
	if err := config.validate(); err != nil {
		return nil, err
	}
	s := &Server{
		config: config, book: config.addressBook(), sink: sink, pace: newPace(config.Rate, config.Burst),
		guests: map[*guest]struct{}{}, counts: Counts{Taken: map[letter.Kind]int{}},
	}
	s.takes, s.end = context.WithCancel(context.Background())
	s.server = smtp.NewServer(smtp.BackendFunc(s.session))
	s.server.Domain = config.Domains[0]
	s.server.LMTP = config.LMTP
	s.server.MaxMessageBytes = config.MaxBytes
	s.server.MaxRecipients = config.MaxRecipients
	s.server.MaxLineLength = maxLine
	s.server.ReadTimeout = config.Timeout
	s.server.WriteTimeout = config.Timeout
	s.server.EnableSMTPUTF8 = true
	s.server.TLSConfig = config.TLS
	s.server.ErrorLog = errorLog{config.Logger}
	return s, nil
}

// Serve takes connections from the listener until Close, after which it returns
// nil. It may be called for several listeners.
func (s *Server) Serve(listener net.Listener) error {
	door := &door{Listener: listener, server: s}
	if !s.opened(door) {
		return errors.Join(errors.New("the mail listener is closed"), listener.Close())
	}
	defer s.serving.Done()
	err := s.server.Serve(door)
	if s.isClosed() {
		return nil
	}
	return err
}

func (s *Server) opened(door net.Listener) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.closed {
		return false
	}
	s.doors = append(s.doors, door)
	s.serving.Add(1)
	return true
}

func (s *Server) isClosed() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.closed
}

// Close closes the listeners and every connection, and returns when the last one
// has ended. An email that is being stored may be stored or not; its sender hears
// nothing and comes again.
func (s *Server) Close() error {
	s.mutex.Lock()
	if s.closed {
		s.mutex.Unlock()
		return nil
	}
	s.closed = true
	var faults []error
	for _, door := range s.doors {
		faults = append(faults, door.Close())
	}
	for guest := range s.guests {
		_ = guest.Conn.Close() // it may have gone by itself
	}
	s.mutex.Unlock()

	s.end()
	s.serving.Wait()
	ended, cancel := context.WithTimeout(context.Background(), s.config.TakeTimeout)
	defer cancel()
	// The listeners are closed already, which the library takes for a fault.
	_ = s.server.Shutdown(ended)
	return errors.Join(faults...)
}

// Counts gives what has happened so far.
func (s *Server) Counts() Counts {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	counts := s.counts
	counts.Open = len(s.guests)
	counts.Taken = maps.Clone(counts.Taken)
	return counts
}

func (s *Server) count(change func(*Counts)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	change(&s.counts)
}

// errorLog passes on what the library complains of, without the values: they hold
// addresses of machines, and whatever a panic holds.
type errorLog struct{ log *slog.Logger }

func (e errorLog) Printf(format string, _ ...any) {
	level := slog.LevelError
	if strings.HasPrefix(format, "error handling") {
		level = slog.LevelWarn // a client that went away
	}
	e.log.Log(context.Background(), level, "incoming mail: the mail library complains", "of", strings.ReplaceAll(format, "\n", " "))
}

func (e errorLog) Println(...any) { e.log.Error("incoming mail: the mail library complains") }
