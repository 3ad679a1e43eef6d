package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/console"
	"hearback/notifier/engine"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// Dial connects to the NATS server that the settings name: NATS_URL, or the
// embedded server of a process that runs with the same settings.
func Dial(config Config, name string, more ...nats.Option) (*nats.Conn, error) {
	options := append([]nats.Option{nats.Name(name), nats.MaxReconnects(-1), nats.Timeout(5 * time.Second)}, more...)
	address := config.NatsURL
	if address == "" {
		if config.NatsListen == "off" {
			return nil, fmt.Errorf("%s_NATS_LISTEN is off, so the running Hearback cannot be asked; set it to an address such as 127.0.0.1:4222", Prefix)
		}
		address = "nats://" + config.NatsListen
		if user, password, ok := config.operator(); ok {
			options = append(options, nats.UserInfo(user, password))
		}
	}
	if config.NatsCreds != "" {
		options = append(options, nats.UserCredentials(config.NatsCreds))
	}
	if config.NatsCA != "" {
		options = append(options, nats.RootCAs(config.NatsCA))
	}
	conn, err := nats.Connect(address, options...)
	if errors.Is(err, nats.ErrAuthorization) {
		return nil, fmt.Errorf("connect to NATS: %w; name a user who may, in %s_NATS_URL=nats://NAME:PASSWORD@HOST:PORT, or run this as the user who runs Hearback, with the same settings", err, Prefix)
	}
	if err != nil {
		return nil, fmt.Errorf("connect to NATS: %w; start Hearback, or correct %s_NATS_URL", err, Prefix)
	}
	return conn, nil
}

// operatorFile is how the verbs of the same user on the same machine may ask a
// Hearback whose embedded server asks for users.
const operatorFile = "operator"

// letOperatorIn leaves the password of this run in the data folder, readable by
// its owner alone.
func (a *App) letOperatorIn(name, password string) error {
	path := filepath.Join(a.Config.DataDir, operatorFile)
	if name == "" {
		return nil
	}
	if err := os.WriteFile(path, []byte(name+"\n"+password), 0o600); err != nil {
		return fmt.Errorf("let the command line ask this process: %w; make the folder writable", err)
	}
	a.onClose("operator's password", func(context.Context) error { return os.Remove(path) })
	return nil
}

func (c Config) operator() (name, password string, ok bool) {
	if c.NatsUsers == "" {
		return "", "", false
	}
	data, err := os.ReadFile(filepath.Join(c.DataDir, operatorFile))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(data), "\n")
}

func routes(pages, visitors, gateway, health, metrics http.Handler, webhooks map[string]http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/healthz", health)
	mux.Handle("/readyz", health)
	mux.Handle("/metrics", metrics)
	mux.Handle("/v1/events", gateway)
	for path, handler := range webhooks {
		mux.Handle(path, handler)
	}
	for _, path := range []string{"/a/", "/f/", "/doorstep/"} {
		mux.Handle(path, visitors)
	}
	mux.Handle("/", pages)
	return mux
}

// ready reports whether this replica can keep its promises, and why not.
func (a *App) ready() (bool, []string) {
	var reasons []string
	if !a.conn.IsConnected() {
		reasons = append(reasons, "the stream cannot be reached")
	}
	if a.server != nil {
		if err := a.server.Fault(); err != nil {
			reasons = append(reasons, err.Error())
		}
	}
	reasons = append(reasons, a.engine.Findings()...)
	return len(reasons) == 0, reasons
}

// beat calls the heartbeat address once a minute while all is well, so that
// somebody outside notices silence.
func (a *App) beat(ctx context.Context) {
	client := &http.Client{Timeout: 20 * time.Second}
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		if ok, _ := a.ready(); ok {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.Config.HeartbeatURL, nil)
			if err == nil {
				var response *http.Response
				if response, err = client.Do(request); err == nil {
					err = response.Body.Close()
				}
			}
			if err != nil && ctx.Err() == nil {
				a.log.Warn("the heartbeat address did not answer", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// publisher stores what comes in through HTTP.
type publisher struct {
	*events.Publisher
	stream *stream.Stream
}

func newPublisher(conn *nats.Conn, s *stream.Stream) (*publisher, error) {
	p, err := events.NewPublisher(conn)
	return &publisher{p, s}, err
}

// Publish stores every event, each on its own. After an error some may be stored.
func (p *publisher) Publish(ctx context.Context, batch ...events.Event) error {
	if len(batch) == 1 {
		return p.Publisher.Publish(ctx, batch[0])
	}
	errs := make([]error, len(batch))
	var all sync.WaitGroup
	for i, e := range batch {
		all.Go(func() { errs[i] = p.Publisher.Publish(ctx, e) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// Reject keeps what a gateway refused, where a person will see it.
func (p *publisher) Reject(ctx context.Context, ref, reason string, body []byte) error {
	data, err := json.Marshal(engine.Refused{At: time.Now().UTC(), Case: ref, Reason: reason, Body: body})
	if err != nil {
		return err
	}
	return p.stream.Writer().Write(ctx, []commit.Message{{Subject: events.RejectedSubject(ref), Data: data}})[0].Err
}

// reader answers what pages and the command line ask, from the picture and the stream.
type reader struct{ app *App }

func (r *reader) Waiting() []picture.Waiting { return r.app.picture.Waiting(r.app.shelf.Books()) }

func (r *reader) Tasks() []picture.CaseTask { return r.app.picture.Tasks() }

// Case reads the whole ledger of one case.
func (r *reader) Case(ctx context.Context, ref string) (picture.CaseView, error) {
	whole, err := r.story(ctx, ref)
	return whole.view, err
}

func (r *reader) story(ctx context.Context, ref string) (told, error) {
	if !events.ValidCase(ref) {
		return told{}, picture.ErrUnknown
	}
	var entries []notifier.Entry
	var unreadable error
	err := r.app.stream.History(ctx, []string{events.LedgerSubject(ref)}, func(record stream.Record) {
		entry, err := picture.Decode(record.Data)
		if err != nil {
			unreadable = errors.Join(unreadable, fmt.Errorf("entry %d: %w", record.Sequence, err))
			return
		}
		entries = append(entries, entry)
	})
	if err = errors.Join(err, unreadable); err != nil {
		return told{}, fmt.Errorf("read the ledger of case %s: %w", ref, err)
	}
	if len(entries) == 0 {
		return told{}, picture.ErrUnknown
	}
	whole := told{view: picture.Story(entries, r.app.shelf.Books())}
	r.elsewhere(&whole.view)
	for _, e := range entries {
		whole.ended = append(whole.ended, e.Ended...)
	}
	return whole, nil
}

// Rejected lists what could not be understood, the newest first.
func (r *reader) Rejected(ctx context.Context) []picture.Rejected {
	rejected := []picture.Rejected{}
	err := r.app.stream.History(ctx, []string{events.RejectedWildcard}, func(record stream.Record) {
		var refused engine.Refused
		if json.Unmarshal(record.Data, &refused) == nil {
			rejected = append(rejected, picture.Rejected{At: refused.At, Case: refused.Case, Reason: refused.Reason, Sequence: refused.Sequence, Number: record.Sequence})
		}
	})
	if err != nil {
		r.app.log.Error("the rejected events cannot be read", "error", err)
	}
	slices.Reverse(rejected)
	return rejected
}

// Captured lists the messages that were kept instead of sent, the newest first.
func (r *reader) Captured() []picture.Captured {
	captured := []picture.Captured{}
	for _, c := range r.app.captured {
		for _, m := range c.Messages() {
			captured = append(captured, picture.Captured{At: m.At, ID: m.Message.ID, Channel: m.Channel, To: m.Message.To, Subject: m.Message.Subject, Text: m.Message.Text})
		}
	}
	slices.SortStableFunc(captured, func(a, b picture.Captured) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	return captured
}

// Status says how the replica stands.
func (r *reader) Status() console.Status {
	stats := r.app.engine.Stats()
	s := console.Status{Leader: stats.Leading, Lag: uint64(max(stats.Undecided, 0)), Findings: stats.Findings, Rejected: int(r.app.rejected.Load())}
	for name := range r.app.captured {
		s.Captured = append(s.Captured, name)
	}
	slices.Sort(s.Captured)
	return s
}

// DataFolder makes the folder of the data if it is missing.
func (c Config) DataFolder() error { return os.MkdirAll(c.DataDir, 0o700) }
