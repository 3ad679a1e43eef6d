package story

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"net"
	"sync"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/notifier"
	"hearback/notifier/engine"
	"hearback/notifier/outbox"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// Setup says how one Hearback runs. The zero value is the only one on its
// machine, whose lease lasts long, so that weeks pass quickly.
type Setup struct {
	// Name is the holder in the lease; "hearback" if empty.
	Name string
	// Standby: others may lead, so the lease is short and must run out, and what
	// another has under way may take until its ReplyTimeout to show in a list.
	Standby bool
	// Gated: its line to the server can be cut off with Gate.
	Gated bool
	// TextsPerSecond limits the rate of texts; 0: no limit.
	TextsPerSecond float64
	Workers        int
	ReplyTimeout   time.Duration
	// Receipts: the text provider says what becomes of texts.
	Receipts bool
	// RoundMost bounds the cases of one commit; 0: as in life.
	RoundMost int
	// Log is where it logs; nil: into the test's output, from warnings on.
	Log *slog.Logger
}

// The lease of a Hearback that shares its server with others, and of one that
// does not.
const (
	TermShared = 6 * time.Second
	termAlone  = 12 * time.Hour
)

// ListingLag is how long a Hearback of a story waits for a provider's list.
const ListingLag = 3 * time.Second

// Replica is one running Hearback.
type Replica struct {
	Engine  *engine.Engine
	Picture *picture.Picture
	Shelf   *engine.Shelf
	Stream  *stream.Stream
	// Gate is set for a Gated one, Line for any other.
	Gate *streamtest.Gate
	Line *streamtest.Line

	town  *Town
	conn  *nats.Conn
	wire  *wire
	dead  chan struct{}
	stop  context.CancelFunc
	ended chan error
	over  bool
}

// Start starts a Hearback over the town's folder.
func (town *Town) Start(setup Setup) *Replica {
	town.t.Helper()
	if setup.Name == "" {
		setup.Name = "hearback"
	}
	if setup.Workers == 0 {
		setup.Workers = 4
	}
	if setup.ReplyTimeout == 0 {
		setup.ReplyTimeout = 20 * time.Second
	}
	r := &Replica{Picture: picture.New(), Shelf: engine.NewShelf(), town: town, wire: &wire{town: town}, dead: make(chan struct{}), ended: make(chan error, 1)}
	if setup.Gated {
		r.conn, r.Gate = streamtest.ConnectGated(town.t, town.server)
	} else {
		r.Line = streamtest.NewLine(r.wire)
		r.conn = streamtest.Connect(town.t, town.server, nats.InProcessServer(r.Line))
	}
	log := cmp.Or(setup.Log, town.log)
	opened, err := stream.Open(town.t.Context(), r.conn, stream.Options{Log: log})
	if err != nil {
		town.t.Fatalf("open the stream: %v", err)
	}
	r.Stream = opened
	term, lag := termAlone, ListingLag
	if setup.Standby {
		term, lag = TermShared, ListingLag+setup.ReplyTimeout
	}
	awaits := ""
	if setup.Receipts {
		awaits = notifier.AwaitsReceipt
	}
	r.Engine = engine.New(engine.Config{Stream: r.Stream, Picture: r.Picture, Shelf: r.Shelf, Holder: setup.Name, Term: term, Sole: !setup.Standby, RoundMost: setup.RoundMost,
		Log: log, Outbox: outbox.Config{Domain: "hearback.example", ListingLag: lag, ReplyTimeout: setup.ReplyTimeout, Lanes: map[string]outbox.Lane{
			notifier.SMS:   {Sender: asked{line{town.Texts, r.dead}}, PerSecond: setup.TextsPerSecond, Workers: setup.Workers, Awaits: awaits},
			notifier.Email: {Sender: line{town.Mail, r.dead}, Workers: setup.Workers},
		}}})
	if err := r.Engine.Load(town.t.Context()); err != nil {
		town.t.Fatalf("load: %v", err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(town.t.Context()))
	r.stop = stop
	go func() { r.ended <- r.Engine.Run(ctx) }()
	town.replicas = append(town.replicas, r)
	town.t.Cleanup(r.Stop)
	synctest.Wait()
	return r
}

// Stop ends the Hearback as a clean shutdown does.
func (r *Replica) Stop() {
	if r.over {
		return
	}
	r.over = true
	if r.Gate != nil {
		r.Gate.Open()
	}
	r.stop()
	if err := <-r.ended; err != nil {
		r.town.t.Errorf("a Hearback ended with %v", err)
	}
	if err := r.Stream.Wait(context.WithoutCancel(r.town.t.Context())); err != nil {
		r.town.t.Errorf("the last outcomes: %v", err)
	}
	r.conn.Close()
}

// Kill ends the Hearback as kill -9 does: what it had not written is lost, and
// what it was told after that instant is not heard.
func (r *Replica) Kill() {
	r.town.t.Helper()
	r.over = true
	r.wire.cut()
	close(r.dead)
	r.conn.Close()
	r.stop()
	<-r.ended // its error is of no interest: nobody is there to hear it
}

// Stats are the Hearback's figures.
func (r *Replica) Stats() engine.Stats { return r.Engine.Stats() }

// wire leads from a replica to the town's server, whichever runs at the time.
type wire struct {
	town *Town
	mu   sync.Mutex
	ends []*end
}

// InProcessConn is called by the NATS client, again whenever it reconnects.
func (w *wire) InProcessConn() (net.Conn, error) {
	server := w.town.running()
	if server == nil {
		return nil, io.ErrClosedPipe
	}
	conn, err := server.InProcessConn()
	if err != nil {
		return nil, err
	}
	one := &end{Conn: conn}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ends = append(w.ends, one)
	return one, nil
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.ends {
		one.mu.Lock()
		one.dead = true
		one.mu.Unlock()
		_ = one.Conn.Close()
	}
}

// end is the client's end of a connection. Once dead, nothing leaves it.
type end struct {
	net.Conn
	mu   sync.Mutex
	dead bool
}

func (e *end) Write(from []byte) (int, error) {
	e.mu.Lock()
	dead := e.dead
	e.mu.Unlock()
	if dead {
		return len(from), nil
	}
	return e.Conn.Write(from)
}
