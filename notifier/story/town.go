package story

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier/engine"
	"hearback/notifier/picture"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// Town is a council with its families, staff, services and providers.
type Town struct {
	// Texts can be asked what it has; Mail cannot.
	Texts, Mail *Provider

	t        *testing.T
	log      *slog.Logger
	london   *time.Location
	dir      string
	replicas []*Replica
	told     int

	mu     sync.Mutex
	server *stream.Server

	line     *nats.Conn
	services *stream.Stream
}

// Alone is for tests in which a connection is lost and made again while its
// owner lives: when the server stops under a Hearback, or a gate stays closed
// until the server gives the line up. They must not be parallel with others. Call
// it before the bubble begins; streamtest.Alone says why.
func Alone(t testing.TB) {
	t.Helper()
	streamtest.Alone(t)
}

// New makes a town at this moment of London's clocks, such as "Mon 23 Nov 2026
// 09:00", whose council has published this book. It must be called inside a
// synctest bubble. No Hearback runs yet.
func New(t *testing.T, book fs.FS, moment string) *Town {
	t.Helper()
	streamtest.Linger(t)
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	town := &Town{Texts: &Provider{name: "text"}, Mail: &Provider{name: "email"}, t: t, london: london, dir: t.TempDir(),
		log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))}
	town.Until(moment)
	town.StartServer()
	town.Publish(book)
	return town
}

// StartServer starts the server, or starts it again over the same folder.
func (town *Town) StartServer() {
	town.t.Helper()
	server := streamtest.Start(town.t, stream.ServerConfig{Dir: town.dir, Listen: stream.ListenOff, Log: town.log})
	town.mu.Lock()
	town.server = server
	town.mu.Unlock()
	town.line = streamtest.Connect(town.t, server)
	town.services = streamtest.OpenOn(town.t, town.line)
}

// StopServer stops the server. A Hearback that runs stays and waits for it: such
// a test is to be Alone. Nothing can be told or looked up meanwhile.
func (town *Town) StopServer() {
	town.line.Close()
	town.mu.Lock()
	server := town.server
	town.server = nil
	town.mu.Unlock()
	server.Close()
}

func (town *Town) running() *stream.Server {
	town.mu.Lock()
	defer town.mu.Unlock()
	return town.server
}

// Publish puts a version of the book in force.
func (town *Town) Publish(book fs.FS) {
	town.t.Helper()
	files, err := rules.Bundle(book)
	if err != nil {
		town.t.Fatalf("bundle the book: %v", err)
	}
	data, err := json.Marshal(engine.Published{At: time.Now(), By: "the managers", Files: files})
	if err != nil {
		town.t.Fatal(err)
	}
	town.Raw(events.BookSubject(engine.BookPart), nil, data)
}

// Until lets time pass until London's clocks show this moment.
func (town *Town) Until(moment string) {
	town.t.Helper()
	at, err := time.ParseInLocation(clockLayout, moment, town.london)
	if err != nil {
		town.t.Fatalf("a moment of a story is written as %q: %v", clockLayout, err)
	}
	if town.clock(at) != moment {
		town.t.Fatalf("there is no %s: that is %s", moment, town.clock(at))
	}
	if time.Now().After(at) {
		town.t.Fatalf("%s has passed: it is %s", moment, town.clock(time.Now()))
	}
	town.Pass(time.Until(at))
}

// Pass lets time pass, and everybody finish what they do at the end of it.
func (town *Town) Pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (town *Town) clock(at time.Time) string { return at.In(town.london).Format(clockLayout) }

// Silence checks that nothing was sent but what the story expected.
func (town *Town) Silence() {
	town.t.Helper()
	for _, p := range []*Provider{town.Texts, town.Mail} {
		for _, one := range p.unclaimed(town.t) {
			town.t.Errorf("%s: not expected:\n%s", town.clock(time.Now()), one)
		}
	}
}

// Raw stores anything on any subject, as a service with a fault might.
func (town *Town) Raw(subject string, header nats.Header, data []byte) uint64 {
	town.t.Helper()
	result := town.services.Writer().Write(town.t.Context(), []commit.Message{{Subject: subject, Header: header, Data: data}})[0]
	if result.Err != nil {
		town.t.Fatalf("store on %s: %v", subject, result.Err)
	}
	return result.Sequence
}

// Tells reports an event of this type about a case now, with its data as JSON,
// and returns its place in the stream.
func (town *Town) Tells(ref, kind, data string) uint64 {
	town.t.Helper()
	town.told++
	event := events.Event{ID: fmt.Sprintf("told-%d", town.told), Source: "/story", Type: kind, Case: ref, Time: time.Now(), Data: json.RawMessage(data)}
	if err := event.Check(time.Now()); err != nil {
		town.t.Fatalf("a story tells of %s: %v", kind, err)
	}
	body, err := json.Marshal(event)
	if err != nil {
		town.t.Fatal(err)
	}
	sequence := town.Raw(events.Subject(ref, kind), nil, body)
	town.Settle()
	return sequence
}

// settling is longer than a round of the leader and shorter than anything a
// story waits for.
const settling = 200 * time.Millisecond

// Settle lets what was told be decided, sent and recorded.
func (town *Town) Settle() { town.Pass(settling) }

// Opens tells of a case of this officer, with one contact who has this number
// and this address; either may be empty.
func (town *Town) Opens(ref, team, officer, mobile, email string) {
	town.t.Helper()
	contact, err := json.Marshal([]events.Contact{{ID: "c1", Name: "Sam Taylor", Relationship: "parent", Mobile: mobile, Email: email}})
	if err != nil {
		town.t.Fatal(err)
	}
	town.Tells(ref, events.TypeCaseOpened, fmt.Sprintf(`{"team":%q,"officer":%q,"contacts":%s}`, team, officer, contact))
}

// Asks tells that the family of a case got in touch with this enquiry.
func (town *Town) Asks(ref, enquiry string) {
	town.t.Helper()
	town.Tells(ref, events.TypeEnquiryReceived, fmt.Sprintf(`{"enquiry":%q,"channel":"phone"}`, enquiry))
}

// Replies tells that a person has answered an enquiry.
func (town *Town) Replies(ref, enquiry string) {
	town.t.Helper()
	town.Tells(ref, events.TypeReplySent, fmt.Sprintf(`{"enquiry":%q,"by":"o.jane","channel":"phone"}`, enquiry))
}

// Stored are the messages on a subject, oldest first.
func (town *Town) Stored(subject string) []stream.Record {
	town.t.Helper()
	var records []stream.Record
	if err := town.services.History(town.t.Context(), []string{subject}, func(r stream.Record) { records = append(records, r) }); err != nil {
		town.t.Fatalf("read %s: %v", subject, err)
	}
	return records
}

// Case is the whole story of a case as its ledger tells it.
func (town *Town) Case(ref string, shelf *engine.Shelf) picture.CaseView {
	town.t.Helper()
	return picture.Story(town.entries(ref), shelf.Books())
}

// Outcomes are the outcomes of one type that were published about a case.
func (town *Town) Outcomes(ref, kind string) []events.Event {
	town.t.Helper()
	var list []events.Event
	ids := map[string]bool{}
	for _, r := range town.Stored(events.OutcomeSubject(ref, kind)) {
		event, err := events.Parse(r.Data)
		if err != nil {
			town.t.Fatalf("an outcome at %d cannot be read: %v", r.Sequence, err)
		}
		if ids[event.ID] {
			town.t.Errorf("outcome %s was published twice", event.ID)
		}
		ids[event.ID] = true
		list = append(list, event)
	}
	return list
}

// Refused are the reasons of what is kept on hearback.rejected for a case.
func (town *Town) Refused(ref string) []engine.Refused {
	town.t.Helper()
	var list []engine.Refused
	for _, r := range town.Stored(events.RejectedSubject(ref)) {
		var refused engine.Refused
		if err := json.Unmarshal(r.Data, &refused); err != nil {
			town.t.Fatalf("a refusal at %d cannot be read: %v", r.Sequence, err)
		}
		if strings.TrimSpace(refused.Reason) == "" {
			town.t.Errorf("the refusal at %d gives no reason", r.Sequence)
		}
		list = append(list, refused)
	}
	return list
}

// Watch is the stream as a command beside the Hearbacks sees it.
func (town *Town) Watch() *stream.Stream { return town.services }

// Write stores messages as a replica's own writer would.
func (town *Town) Write(ctx context.Context, messages ...commit.Message) {
	town.t.Helper()
	for _, result := range town.services.Writer().Write(ctx, messages) {
		if result.Err != nil {
			town.t.Fatalf("store: %v", result.Err)
		}
	}
}

// Tries stores what it can of messages within a time, as a service does that gives
// up then, and returns those that were not acknowledged.
func (town *Town) Tries(within time.Duration, messages ...commit.Message) (open []commit.Message) {
	town.t.Helper()
	ctx, cancel := context.WithTimeout(town.t.Context(), within)
	defer cancel()
	for i, result := range town.services.Writer().Write(ctx, messages) {
		if result.Err != nil {
			open = append(open, messages[i])
		}
	}
	return open
}

// Fault is what the server says is wrong with it.
func (town *Town) Fault() error { return town.running().Fault() }
