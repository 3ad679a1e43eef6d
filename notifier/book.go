package notifier

import (
	"slices"
	"time"

	"hearback/events"
	"hearback/notifier/calendar"
	"hearback/notifier/keyword"
	"hearback/templates"
)

// Book is one version of what managers own: rules, directory and words. It is
// never changed once made and may be shared between goroutines.
type Book struct {
	// Version names the content: two books of the same content have the same version.
	Version      string
	Council      Council
	Calendar     *calendar.Calendar
	ContactHours calendar.Hours
	Costs        Costs
	Rules        []Rule
	// Tells are news and tasks that events bring by themselves, without a promise.
	Tells []Tell
	// Updates are the words that an officer may send to a family by hand.
	Updates   []string
	Directory Directory
	Words     *templates.Library
	// ReceiptWithin is how long to wait for a provider's receipt before it is asked.
	ReceiptWithin time.Duration
	// Strangers are those who write from an address that no case has.
	Strangers Strangers
	// Keywords are words, beside the usual ones, with which families opt out or in
	// or ask for help.
	Keywords keyword.Words
}

// Strangers says what happens when somebody writes whom no case knows.
type Strangers struct {
	// Reply are the words that answer them, once a day at most; empty: none.
	Reply string
}

// TaskRule is the name of the rule under which the book's `tasks` stand: what a
// person must do is itself a promise.
const TaskRule = "task"

// Council is who signs the messages.
type Council struct {
	Name, Short, Phone string
	// Colour is the ground of the header of its pages, such as #12403f; empty for the
	// usual one.
	Colour string
}

// Costs are what the council pays for one text of the size that providers charge for,
// and for one letter, in pence; 0 where the book does not say.
type Costs struct{ Text, Letter float64 }

// Of is what one message costs that is sent as so many texts, in pence; 0 where the
// book does not say, and for an email.
func (c Costs) Of(channel string, texts int) float64 {
	switch channel {
	case SMS:
		return c.Text * float64(texts)
	case Letter:
		return c.Letter
	default:
		return 0
	}
}

// Rule is one kind of promise: what opens it, what keeps it, when it is due and
// the ladder that is climbed until it is kept.
type Rule struct {
	Name     string
	OpenedBy []string
	KeptBy   []string
	// When is nil for a rule without a condition.
	When Condition
	Due  calendar.Due
	// CountsFrom names the date in the event's data that Due counts from, or back
	// from; empty: from when it happened.
	CountsFrom string
	Statutory  bool
	Cites      string
	// Law is how a statutory date is counted.
	Law calendar.Law
	// Applies are the dates of effect: what happened on other days opens nothing.
	Applies Span
	// Duty says what the council owes, as it follows "the council must"; empty where it
	// owes a reply.
	Duty string
	// Each names the member of an event's data of which every value has a promise of
	// its own, such as adviser. [EachCase]: a case has one at a time.
	Each string
	// RestartedBy are the events from which the days are counted anew.
	RestartedBy []string
	// FamilyTime: the days are the family's own, such as those to comment on a draft.
	// Nobody is late when they are over, and the promise ends then.
	FamilyTime bool
	// Private: only who got in touch hears of it, as with a complaint. Where nobody is
	// named, a person finds out who it was.
	Private bool
	// Replaces names the rules whose open promises become promises of this one.
	Replaces []string
	// Acknowledge is nil for a rule that tells the family nothing when it opens.
	Acknowledge *Acknowledge
	Steps       []Step
}

// Asked reports whether the promise is an answer to somebody who got in touch. A rule
// without a name, which no book has any more, counts as one.
func (r Rule) Asked() bool {
	return r.Name == "" || slices.Contains(r.OpenedBy, events.TypeEnquiryReceived) || slices.Contains(r.OpenedBy, events.TypeMessageReceived)
}

// Silent reports whether the family hears nothing of the promise from Hearback, or has
// its own time by it: there is nothing that they wait to hear.
func (r Rule) Silent() bool { return r.FamilyTime || r.Acknowledge == nil && r.lateWords() == "" }

// Span is a stretch of days, both included; a zero date leaves its side open.
type Span struct{ From, Until calendar.Date }

// EachCase is an Each that gives a case one promise at a time, however many events
// would open one.
const EachCase = "case"

// Condition is the book's `when`. Holds returns an error where the event lacks
// what the condition asks for; the promise is then opened, because silence
// would be the greater harm.
type Condition interface {
	Holds(event events.Event, c Case) (bool, error)
}

// Tell is what follows from an event beside promises: news to everybody of the family
// who may be told, in contact hours, and a task for a person. One of the two may be
// empty.
type Tell struct {
	On []string
	// When is nil for one without a condition.
	When  Condition
	Words string
	Via   Via
	Task  string
}

// Acknowledge is what the family hears at once.
type Acknowledge struct {
	Words   string
	Via     Via
	AnyHour bool
}

// Via is how a message may travel.
type Via struct {
	// All sends on every channel that works; else the first that works.
	All bool
	// Channels is the order to try; empty for the contact's own preference.
	Channels []string
}

// Step is a rung of the ladder.
type Step struct {
	// Every is set for the rung that repeats; At then says when it first fires.
	Every      *calendar.Amount
	At         Offset
	Chase      []string
	Words      string
	Via        Via
	TellFamily string
}

// Offset is an instant relative to the due instant. The zero value is due itself.
type Offset struct {
	Amount calendar.Amount
	Before bool
}

// Directory is who works where, and who stands above whom.
type Directory struct {
	Teams  []Team
	People []Person
}

// Team is a group of officers with a ladder of people above them.
type Team struct {
	ID, Name                     string
	Lead, Manager, HeadOfService string
	Phone, Email                 string
}

// Person is a member of staff.
type Person struct {
	ID, Name, Email, Mobile, Team, Role string
	Away                                []Absence
}

// Team finds a team by id.
func (d Directory) Team(id string) (Team, bool) {
	if i := slices.IndexFunc(d.Teams, func(t Team) bool { return t.ID == id }); i >= 0 {
		return d.Teams[i], true
	}
	return Team{}, false
}

// Person finds a member of staff by id.
func (d Directory) Person(id string) (Person, bool) {
	if i := slices.IndexFunc(d.People, func(p Person) bool { return p.ID == id }); i >= 0 {
		return d.People[i], true
	}
	return Person{}, false
}

// Rule finds a rule by name.
func (b *Book) Rule(name string) (Rule, bool) {
	if i := slices.IndexFunc(b.Rules, func(r Rule) bool { return r.Name == name }); i >= 0 {
		return b.Rules[i], true
	}
	return Rule{}, false
}

// LateBy counts the working days of the council that have passed since a date; 0 until
// there is one, or where the book has no calendar.
func (b *Book) LateBy(due, today calendar.Date) int {
	if b.Calendar == nil || today.Compare(due) <= 0 {
		return 0
	}
	return b.Calendar.WorkingDaysBetween(due, today)
}

// Holidays are those that end first of all by which the book counts: of the
// council's own and of its statutory promises.
func (b *Book) Holidays() calendar.Holidays {
	first := b.Calendar.Holidays
	for _, r := range b.Rules {
		if own := r.Law.Holidays; own != nil && own.Last().Compare(first.Last()) < 0 {
			first = *own
		}
	}
	return first
}

// Books are the versions that open promises may need.
type Books struct {
	// Current opens new promises; its directory and contact hours hold for all.
	Current *Book
	// Versions holds every version by name, Current included.
	Versions map[string]*Book
}

// Version returns the book of a version, or the current one where it is gone.
func (b Books) Version(version string) *Book {
	if book, ok := b.Versions[version]; ok {
		return book
	}
	return b.Current
}
