// Package app reads the settings and wires a Hearback together, in one straight
// line: server, stream, book, channels, engine, doors. It starts in tests too.
package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/deploy"
	"hearback/notifier"
	"hearback/notifier/ask"
	"hearback/notifier/calendar"
	"hearback/notifier/channel"
	"hearback/notifier/channel/capture"
	"hearback/notifier/channel/email"
	"hearback/notifier/channel/notify"
	"hearback/notifier/channel/sms"
	"hearback/notifier/doorstep"
	"hearback/notifier/engine"
	"hearback/notifier/inbound"
	"hearback/notifier/mailin"
	"hearback/notifier/outbox"
	"hearback/notifier/picture"
	"hearback/notifier/proving"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

// Options are what differs between the ways to start.
type Options struct {
	// Demo: the console and the gateway are open, on loopback only.
	Demo bool
	// Book replaces the built-in example book where BOOK_DIR is empty.
	Book fs.FS
	Log  *slog.Logger
}

// App is a running Hearback.
type App struct {
	Config   Config
	engine   *engine.Engine
	stream   *stream.Stream
	picture  *picture.Picture
	shelf    *engine.Shelf
	proofs   *proving.Proofs
	captured map[string]*capture.Channel
	conn     *nats.Conn
	server   *stream.Server // the embedded one; nil with NATS_URL
	httpAddr string
	natsAddr string
	mailAddr string
	mail     atomic.Pointer[mailin.Server] // nil where no email is taken in
	log      *slog.Logger
	closers  []closer
	stop     context.CancelFunc
	// closing is closed when HTTP begins to stop: answers that would not end by
	// themselves end then.
	closing chan struct{}
	failed  chan error
	running sync.WaitGroup
	// rejected counts what could not be understood, for the pages.
	rejected atomic.Int64
}

// closer is a named step of shutting down; the last one added goes first.
type closer struct {
	name  string
	close func(context.Context) error
}

func (a *App) onClose(name string, close func(context.Context) error) {
	a.closers = append(a.closers, closer{name, close})
}

// Start starts everything and returns once Hearback listens and its stream is
// loaded. On an error whatever had been started is stopped again.
func Start(ctx context.Context, config Config, options Options) (app *App, err error) {
	a := &App{Config: config, picture: picture.New(), shelf: engine.NewShelf(), proofs: proving.New(), captured: map[string]*capture.Channel{},
		log: options.Log, failed: make(chan error, 4), closing: make(chan struct{})}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.stop = stop
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close(context.WithoutCancel(ctx)))
		}
	}()

	source := options.Book
	if config.BookDir != "" {
		source = os.DirFS(config.BookDir)
	}
	published := publication(config, source)
	if source == nil {
		source = deploy.Hertfordshire()
	}
	files, err := readBook(source)
	if err != nil {
		return nil, err
	}

	if err := a.connect(); err != nil {
		return nil, err
	}
	a.stream, err = stream.Open(ctx, a.conn, stream.Options{Replicas: a.replicas(), External: config.NatsURL != "", Log: a.log})
	if err != nil {
		return nil, err
	}
	a.onClose("last outcomes", a.stream.Wait)

	holder, err := a.holder()
	if err != nil {
		return nil, err
	}
	keys, err := config.linkKeys()
	if err != nil {
		return nil, err
	}
	in, takesIn, err := config.mailIn()
	if err != nil {
		return nil, err
	}
	lanes, err := a.lanes(a.envelopes(in, takesIn, keys), takesIn)
	if err != nil {
		return nil, err
	}
	makeLink := links{keys, config.PublicURL, config.textsComeIn()}.of
	a.engine = engine.New(engine.Config{
		Stream: a.stream, Picture: a.picture, Shelf: a.shelf, Holder: holder, Term: leaseTerm, Sole: config.NatsURL == "", Build: Build(), Log: a.log,
		Outbox: outbox.Config{Lanes: lanes, Link: makeLink, Domain: config.domain(), ListingLag: config.doubtFor(), ReplyTimeout: replyTimeout},
	})
	if err := a.engine.Load(ctx); err != nil {
		return nil, err
	}
	if err := a.publishBook(ctx, files, published); err != nil {
		return nil, err
	}
	a.running.Go(func() { a.fail(a.engine.Run(running)) })
	a.onClose("engine", func(context.Context) error { stop(); a.running.Wait(); return nil })

	a.running.Go(func() { a.keepMemory(running) })
	if a.server != nil {
		a.running.Go(func() { watch(running, a.server.Fault, a.fail) })
	}

	reader := &reader{app: a}
	questions, err := ask.Serve(a.conn, reader)
	if err != nil {
		return nil, err
	}
	a.onClose("questions", func(context.Context) error { return questions.Stop() })

	publisher, err := newPublisher(a.conn, a.stream)
	if err != nil {
		return nil, err
	}
	a.onClose("publisher", func(context.Context) error { publisher.Close(); return nil })
	pages, err := a.console(running, reader, publisher, options)
	if err != nil {
		return nil, err
	}
	gateway := inbound.Events(publisher, publisher, string(config.IngestToken), options.Demo, time.Now)
	visitors := doorstep.New(visited{reader}, publisher, doorstep.Options{Keys: keys})
	if err := a.serve(a.secured(routes(pages, visitors, gateway, inbound.Health(a.ready), a.metrics(), a.webhooks(publisher, keys)))); err != nil {
		return nil, err
	}
	if takesIn {
		if err := a.takeMail(in, publisher); err != nil {
			return nil, err
		}
	}
	if config.HeartbeatURL != "" {
		a.running.Go(func() { a.beat(running) })
	}
	a.warn(options.Demo)
	return a, nil
}

// Wait returns when ctx ends or a part of Hearback has failed for good.
func (a *App) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.failed:
		return err
	}
}

// Close stops everything, the last started first, and says what did not stop well.
func (a *App) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 45*time.Second)
	defer cancel()
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		if err := a.closers[i].close(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", a.closers[i].name, err))
		}
	}
	a.closers = nil
	a.stop()
	return errors.Join(errs...)
}

// HTTPAddr is where pages, health and the gateway are served.
func (a *App) HTTPAddr() string { return a.httpAddr }

// NATSAddr is where services publish; empty if the embedded server does not listen.
func (a *App) NATSAddr() string { return a.natsAddr }

// Conn is Hearback's own connection to NATS.
func (a *App) Conn() *nats.Conn { return a.conn }

// Size counts cases, open promises, and cases with unsettled messages.
func (a *App) Size() (cases, promises, unsettled int) { return a.picture.Size() }

// Engine is the replica's engine.
func (a *App) Engine() *engine.Engine { return a.engine }

// Captured are the channels that keep messages instead of sending them.
func (a *App) Captured() map[string]*capture.Channel { return a.captured }

func (a *App) fail(err error) {
	if err != nil {
		a.failed <- err
	}
}

func (a *App) connect() error {
	if a.Config.NatsURL != "" {
		// Inboxes of our own: what is delivered to us is the ledger, and services
		// of the same account may listen on the usual ones.
		conn, err := Dial(a.Config, "hearback", nats.CustomInboxPrefix("_HEARBACK."+rand.Text()))
		if err != nil {
			return err
		}
		a.conn = conn
	} else {
		key, err := a.Config.key()
		if err != nil {
			return err
		}
		server, err := stream.StartServer(stream.ServerConfig{Dir: filepath.Join(a.Config.DataDir, "stream"), Listen: a.Config.NatsListen,
			Users: a.Config.NatsUsers, Key: key, Log: a.log})
		if err != nil {
			return err
		}
		a.server = server
		a.onClose("stream server", func(context.Context) error { server.Close(); return nil })
		a.natsAddr = server.Addr()
		if err := a.letOperatorIn(server.Operator()); err != nil {
			return err
		}
		if a.conn, err = server.Connect(); err != nil {
			return err
		}
	}
	a.onClose("connection", func(context.Context) error { a.conn.Close(); return nil })
	return nil
}

func (a *App) replicas() int {
	if a.Config.NatsURL == "" {
		return 1
	}
	return cmp.Or(a.Config.Replicas, 3)
}

// holder names this replica in the lease. With the embedded server it is the
// data folder's own name, the same after a restart: the folder is locked, so
// whoever held the lease under that name is gone.
func (a *App) holder() (string, error) {
	id := make([]byte, 8)
	rand.Read(id)
	fresh := hex.EncodeToString(id)
	if a.Config.NatsURL != "" {
		return fresh, nil
	}
	path := filepath.Join(a.Config.DataDir, "replica")
	if known, err := os.ReadFile(path); err == nil && len(known) == len(fresh) {
		return string(known), nil
	}
	if err := os.WriteFile(path, []byte(fresh), 0o600); err != nil {
		return "", fmt.Errorf("name this replica in the data folder: %w; make the folder writable", err)
	}
	return fresh, nil
}

// lanes opens every channel. One without its settings captures messages; letters are
// refused where another channel sends.
func (a *App) lanes(envelope func(channel.Message) email.Own, takesIn bool) (map[string]outbox.Lane, error) {
	lanes := map[string]outbox.Lane{}
	add := func(name string, sender channel.Sender, rate float64, workers int, awaits string) {
		lanes[name] = outbox.Lane{Sender: sender, PerSecond: rate, Workers: workers, Awaits: awaits}
	}
	if a.Config.TwilioAccountSID != "" {
		s, err := sms.New(sms.Config{AccountSID: a.Config.TwilioAccountSID, AuthToken: string(a.Config.TwilioAuthToken),
			From: a.Config.TwilioFrom, BaseURL: a.Config.TwilioBaseURL, StatusCallback: a.Config.statusCallback()})
		if err != nil {
			return nil, err
		}
		a.onClose("texts", func(context.Context) error { return s.Close() })
		awaits := ""
		if a.Config.twilioCalls() {
			awaits = notifier.AwaitsReceipt
		}
		add(notifier.SMS, s, a.Config.SMSRate, a.Config.SMSWorkers, awaits)
	} else if a.Config.NotifySMSTemplate != "" {
		n, err := notify.New(notify.Config{APIKey: string(a.Config.NotifyAPIKey), Template: a.Config.NotifySMSTemplate,
			SenderID: a.Config.NotifySMSSender, BaseURL: a.Config.NotifyBaseURL})
		if err != nil {
			return nil, err
		}
		a.onClose("texts", func(context.Context) error { return n.Close() })
		// Notify can be asked, whether or not it calls us.
		add(notifier.SMS, n, a.Config.SMSRate, a.Config.SMSWorkers, notifier.AwaitsReceipt)
	} else {
		add(notifier.SMS, a.capture(notifier.SMS), a.Config.SMSRate, a.Config.SMSWorkers, notifier.AwaitsBounce)
	}
	if a.Config.SMTPHost != "" {
		key, err := a.Config.dkim()
		if err != nil {
			return nil, err
		}
		e, err := email.New(email.Config{Own: envelope, DKIM: key, Host: a.Config.SMTPHost, Port: a.Config.SMTPPort, Username: a.Config.SMTPUsername,
			Password: string(a.Config.SMTPPassword), TLS: a.Config.SMTPTLS, From: a.Config.SMTPFrom, Workers: a.Config.EmailWorkers})
		if err != nil {
			return nil, err
		}
		a.onClose("emails", func(context.Context) error { return e.Close() })
		awaits := ""
		if takesIn {
			awaits = notifier.AwaitsBounce
		}
		add(notifier.Email, e, a.Config.EmailRate, a.Config.EmailWorkers, awaits)
	} else {
		add(notifier.Email, a.capture(notifier.Email), a.Config.EmailRate, a.Config.EmailWorkers, notifier.AwaitsBounce)
	}
	letters, awaits, err := a.letters()
	if err != nil {
		return nil, err
	}
	add(notifier.Letter, letters, letterRate, letterWorkers, awaits)
	return lanes, nil
}

func (a *App) capture(name string) *capture.Channel {
	c, err := capture.New(name, filepath.Join(a.Config.DataDir, "captured"))
	if err != nil {
		a.log.Error("captured messages are kept in memory only", "channel", name, "error", err)
	}
	a.captured[name] = c
	a.onClose("captured "+name, func(context.Context) error { return c.Close() })
	return c
}

// warn says what the operator should know and has not asked for.
func (a *App) warn(demo bool) {
	if a.Config.TwilioAccountSID != "" && !a.Config.twilioCalls() {
		a.log.Warn("Twilio cannot reach us: receipts and families' texts are not taken in; set HEARBACK_PUBLIC_URL")
	}
	if a.Config.NotifySMSTemplate != "" && a.Config.NotifyCallbackToken == "" {
		a.log.Warn("GOV.UK Notify cannot call us: families' texts are not taken in; set HEARBACK_NOTIFY_CALLBACK_TOKEN, and enter it in Notify")
	}
	if !demo && a.Config.OIDCIssuer == "" {
		a.log.Warn("nobody can sign in, so the console is closed; set HEARBACK_OIDC_ISSUER, HEARBACK_OIDC_CLIENT_ID, HEARBACK_OIDC_CLIENT_SECRET, HEARBACK_SESSION_SECRET and HEARBACK_PUBLIC_URL")
	}
	for name := range a.captured {
		a.log.Warn("messages are captured, not sent: the channel has no settings", "channel", name)
	}
	book := a.shelf.Books().Current
	if holidays := book.Holidays(); holidays.EndsWithinAYear(calendar.DateOf(time.Now(), book.Calendar.Location)) {
		a.log.Warn("the table of bank holidays ends within a year, and due dates after it may be wrong; add the next year to the book's bank-holidays.json", "last", holidays.Last())
	}
}

// serve opens the HTTP listener.
func (a *App) serve(handler http.Handler) error {
	listener, err := net.Listen("tcp", a.Config.HTTPListen)
	if err != nil {
		return fmt.Errorf("listen on %s_HTTP_LISTEN: %w; stop what uses it or choose another address", Prefix, err)
	}
	a.httpAddr = listener.Addr().String()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug)}
	server.RegisterOnShutdown(func() { close(a.closing) })
	served := make(chan struct{})
	go func() {
		defer close(served)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.fail(fmt.Errorf("serve HTTP: %w", err))
		}
	}()
	a.onClose("HTTP", func(ctx context.Context) error {
		err := server.Shutdown(ctx)
		<-served
		return err
	})
	return nil
}

// readBook checks a book and bundles it.
func readBook(source fs.FS) (rules.Files, error) {
	book, faults := rules.Load(source)
	if book == nil {
		errs := []error{errors.New("the book cannot be used; mend it and try `hearback check`")}
		for _, f := range faults {
			if !f.Warning {
				errs = append(errs, errors.New(f.String()))
			}
		}
		return nil, errors.Join(errs...)
	}
	return rules.Bundle(source)
}
