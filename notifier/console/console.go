package console

import (
	"context"
	"net/http"
	"time"
	_ "time/tzdata" // so that London's clock is known on every machine

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/caseload"
	"hearback/notifier/keeping"
	"hearback/notifier/picture"
	"hearback/notifier/proving"
)

// Source is what the pages read. Its methods are called for each request, from many
// goroutines, and what they return is not changed.
type Source interface {
	// Case tells the whole story of a case. The error for a case that nobody knows
	// is, or wraps, [picture.ErrUnknown].
	Case(ctx context.Context, ref string) (picture.CaseView, error)
	Status() Status
	// Rejected lists what could not be understood, the newest first.
	Rejected(ctx context.Context) []picture.Rejected
	// Tasks lists what only a person can do, the oldest first.
	Tasks() []picture.CaseTask
	// Background is what stands behind an open task; nothing where it is not open.
	Background(ref, task string) picture.Background
	// Written is what was written to these holding pens, the oldest first, as it came.
	// What belongs to a case is never among it.
	Written(ctx context.Context, pens []string) (map[string][]events.Event, error)
	// Captured lists the messages that were kept instead of sent, the newest first.
	Captured() []picture.Captured
}

// Actions is how the pages write. Publish returns nil only once the event is stored.
type Actions interface {
	Publish(ctx context.Context, e events.Event) error
}

// Status is how this process and what it watches are doing.
type Status struct {
	// Captured names the channels, "sms" or "email", that keep messages instead of
	// sending them.
	Captured []string
	// Leader is false on a standby, whose pages may be a moment behind.
	Leader bool
	// Lag is how many stored events have not been decided yet.
	Lag uint64
	// Findings are what the auditor found, in words; none while all is well.
	Findings []string
	// Rejected is how many inputs could not be understood, ever.
	Rejected int
}

// Options are what the pages must know besides.
type Options struct {
	// Council is the name that stands in the header until there is a book.
	Council string
	// Demo says on every page that the families are made up. It also refuses requests
	// that name any host but this machine's loopback, so that a web page from
	// elsewhere cannot reach a console that is open without a password.
	Demo bool
	// SignInMissing closes the console: one page says what to do instead.
	SignInMissing bool
	// Who says who asks for a page; where nobody has signed in it answers for itself and
	// ok is false. Nil, in the demonstration only: see Everybody.
	Who func(w http.ResponseWriter, r *http.Request) (who Caller, ok bool)
	// SignIn answers /sign-in, what is below it, and /sign-out; nil: nobody signs in.
	SignIn http.Handler
	// Cases are what lists and the search box show.
	Cases *caseload.Index
	// Book is the book in force.
	Book func() *notifier.Book
	// Families tells what lists and forms ask about one case; nil: nothing is known.
	Families Families
	// Closing is closed when the site closes: pages that wait for changes end then. Nil:
	// never.
	Closing <-chan struct{}
	// Keeping is how promises were kept; nil: nobody counts it here.
	Keeping *keeping.Tally
	// Refused are the rejected events, whole; nil: only their reasons are known.
	Refused Refused
	// Running tells how Hearback runs; nil: the page of its health says only what Status does.
	Running Running
	// Trail is where views of a case and acts are written down; nil: nowhere.
	Trail Trail
	// Publishing is what the pages of the managers' book read and write.
	Publishing Publishing
	// Proofs are what is known of versions of the book; nil: nobody has proved one yet.
	Proofs *proving.Proofs
	// Now is the clock of the pages; nil is time.Now.
	Now func() time.Time
}

// New is the handler of every page, for the root of a site.
func New(source Source, actions Actions, options Options) http.Handler {
	if options.Now == nil {
		options.Now = time.Now
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic("console: the time zone of London is built in and must load: " + err.Error())
	}
	if options.Cases == nil {
		options.Cases = caseload.New()
	}
	if options.Book == nil {
		options.Book = func() *notifier.Book { return &notifier.Book{} }
	}
	if options.Proofs == nil {
		options.Proofs = proving.New()
	}
	if options.Who == nil {
		if !options.Demo && !options.SignInMissing {
			panic("console: only the demonstration may be open to everybody")
		}
	}
	c := &console{source: source, actions: actions, options: options, london: london, pages: parsePages(), looks: &looks{}}
	if c.options.Who == nil {
		c.options.Who = c.played
	}
	return c.handler()
}

// Everybody is whoever looks at the demonstration: they may do everything.
func Everybody() Caller {
	return Caller{ID: "demo", Name: "The demonstration", Roles: []Role{Officer, Manager, Operator}}
}

// console is one site as one caller sees it. It is not changed after it is made.
type console struct {
	who     Caller
	source  Source
	actions Actions
	options Options
	london  *time.Location
	pages   pages
	looks   *looks
}
