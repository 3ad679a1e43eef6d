package stream

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// ServerConfig says how the embedded server runs.
type ServerConfig struct {
	// Dir is the folder that holds the stream. It is created where it is
	// missing. One process at a time may use it.
	Dir string
	// Listen is the address on which services publish, such as
	// "127.0.0.1:4222"; port 0 takes a free one. "off" or nothing: only this
	// process can connect.
	Listen string
	// Users names the file of users; see readUsers for its form. Without one,
	// whoever can reach Listen may do everything, which is why only loopback
	// addresses are then allowed.
	Users string
	// Key encrypts what is stored: 32 bytes, or none. It must stay the same for
	// as long as the folder is used.
	Key []byte
	// Log receives the server's own warnings and errors. Nil discards them.
	Log *slog.Logger
}

// ListenOff is the Listen address of a server that does not listen.
const ListenOff = "off"

// startTime bounds the start: recovering a large folder after a crash takes
// seconds, not minutes.
const startTime = 5 * time.Minute

// payloadMax is the largest message, header included: NATS's own default.
const payloadMax = 1 << 20

// Server is the embedded NATS server. It calls fsync before it acknowledges:
// what was acknowledged survives the crash of the process and of the machine.
type Server struct {
	close    func()
	dir      string
	password string
	server   *server.Server
	users    bool
}

// internalUser is whom our own process connects as.
const internalUser = "hearback"

// StartServer starts the embedded server and returns when it is ready. Errors
// say in words what is wrong with the folder, the key, the address or the file
// of users. An address that is taken is syscall.EADDRINUSE for errors.Is.
func StartServer(config ServerConfig) (*Server, error) {
	log := config.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	options := &server.Options{
		Debug:                  false,
		DisableJetStreamBanner: true,
		DontListen:             true,
		JetStream:              true,
		MaxPayload:             payloadMax,
		NoLog:                  true,
		NoSigs:                 true,
		NoSystemAccount:        true,
		ServerName:             "hearback",
		StoreDir:               config.Dir,
		SyncAlways:             true,
	}
	if err := setListen(options, config); err != nil {
		return nil, err
	}
	password := ""
	if config.Users != "" {
		users, err := readUsers(config.Users)
		if err != nil {
			return nil, err
		}
		password = rand.Text()
		options.Users = append(users, &server.User{Username: internalUser, Password: password})
	}
	unlock, err := lockDir(config.Dir)
	if err != nil {
		return nil, err
	}
	if err := setKey(options, config); err != nil {
		return nil, errors.Join(err, unlock())
	}
	s, err := start(options, log)
	if err != nil {
		return nil, errors.Join(err, unlock())
	}
	return &Server{
		close: sync.OnceFunc(func() {
			s.Shutdown()
			s.WaitForShutdown()
			if err := unlock(); err != nil {
				log.Warn("the data folder's lock could not be given back; the next start may have to wait for this process to end", "error", err)
			}
		}),
		dir:      config.Dir,
		password: password,
		server:   s,
		users:    config.Users != "",
	}, nil
}

// setListen puts the address into the options.
func setListen(options *server.Options, config ServerConfig) error {
	if config.Listen == "" || config.Listen == ListenOff {
		return nil
	}
	host, port, err := net.SplitHostPort(config.Listen)
	if err != nil {
		return fmt.Errorf("the address %q for NATS clients is not host:port; write for example 127.0.0.1:4222, or %s: %w", config.Listen, ListenOff, err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return fmt.Errorf("the port of the address %q for NATS clients is not a number from 0 to 65535: %w", config.Listen, err)
	}
	if config.Users == "" && !loopback(host) {
		return fmt.Errorf("the address %q for NATS clients can be reached from other machines, and without a file of users anyone there could write to the stream; name the file with HEARBACK_NATS_USERS, or listen on 127.0.0.1", config.Listen)
	}
	// The server itself would only log what is wrong with the address.
	probe, err := net.Listen("tcp", config.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen for NATS clients on %q; stop whatever uses that address, or choose another (HEARBACK_NATS_LISTEN): %w", config.Listen, err)
	}
	if err := probe.Close(); err != nil {
		return fmt.Errorf("cannot listen for NATS clients on %q: %w", config.Listen, err)
	}
	options.DontListen = false
	options.Host = host
	options.Port = int(number)
	if number == 0 {
		options.Port = server.RANDOM_PORT
	}
	return nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address := net.ParseIP(host)
	return address != nil && address.IsLoopback()
}

// start runs the server until it is ready or says why it cannot be.
func start(options *server.Options, log *slog.Logger) (*server.Server, error) {
	s, err := server.NewServer(options)
	if err != nil {
		return nil, fmt.Errorf("the embedded NATS server cannot start: %w", err)
	}
	logger := &serverLog{log: log}
	s.SetLoggerV2(logger, false, false, false)
	s.Start()
	// Start returns when everything is done, or when something is fatal.
	fatal := logger.fatal()
	if fatal == nil && !s.ReadyForConnections(startTime) {
		fatal = errors.New("it was not ready in time")
	}
	if fatal != nil {
		s.Shutdown()
		s.WaitForShutdown()
		return nil, fmt.Errorf("the embedded NATS server cannot start: %w", fatal)
	}
	return s, nil
}

// Connect returns a connection inside this process, as the user who may do
// everything. It never gives up: it reconnects for as long as it is open.
// Options are added to our own.
func (s *Server) Connect(options ...nats.Option) (*nats.Conn, error) {
	ours := []nats.Option{
		nats.InProcessServer(s.server),
		nats.Name("hearback"),
		nats.MaxReconnects(-1),
		// Services may listen on the usual inboxes for their acknowledgements,
		// so ours must be where they cannot.
		nats.CustomInboxPrefix("_HEARBACK." + rand.Text()),
	}
	if s.users {
		ours = append(ours, nats.UserInfo(internalUser, s.password))
	}
	nc, err := nats.Connect("", append(ours, options...)...)
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the embedded NATS server: %w", err)
	}
	return nc, nil
}

// InProcessConn is one end of a bare connection, for those who put something
// between it and the NATS client, as tests do.
func (s *Server) InProcessConn() (net.Conn, error) { return s.server.InProcessConn() }

// Addr is the address on which services publish, "" if the server does not
// listen.
func (s *Server) Addr() string {
	if address := s.server.Addr(); address != nil {
		return address.String()
	}
	return ""
}

// Operator is the user who may do everything, where there is a file of users;
// else both are empty and whoever reaches the server may. The password lasts as
// long as the server.
func (s *Server) Operator() (name, password string) {
	if !s.users {
		return "", ""
	}
	return internalUser, s.password
}

// Close stops the server and gives the folder free. Connections must be closed
// before. It may be called more than once.
func (s *Server) Close() { s.close() }
