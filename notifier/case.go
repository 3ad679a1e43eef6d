package notifier

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"hearback/notifier/calendar"
)

// State says whether anything may still be decided for a case.
type State string

// The states of a case. The zero value is an open case.
const (
	Open State = ""
	// Closed: no promise is open and none is chased; a new enquiry opens one again.
	Closed State = "closed"
	// Stopped: nothing is sent to anybody. A person deals with what comes in.
	Stopped State = "stopped"
)

// Unassigned is the team of a case that nobody has opened yet.
const Unassigned = "unassigned"

// Case is all that must be known to decide about one case. What is settled
// leaves it: its history is the ledger.
type Case struct {
	Ref      string    `json:"ref"`
	State    State     `json:"state,omitempty"`
	Team     string    `json:"team,omitempty"`
	Officer  string    `json:"officer,omitempty"`
	Away     []Absence `json:"away,omitempty"`
	Contacts []Contact `json:"contacts,omitempty"`
	Promises []Promise `json:"promises,omitempty"`
	// Messages are decided and not yet settled.
	Messages []Message `json:"messages,omitempty"`
	// Sent were handed over, and something may still be heard of them.
	Sent  []Awaited `json:"sent,omitempty"`
	Tasks []Task    `json:"tasks,omitempty"`
	// Wishes are channels that must not be used, as recorded by contact.unsafe and
	// contact.opted-out. They outlive the contact lists that services send.
	Wishes []Wish `json:"wishes,omitempty"`
	// Preferences are how contacts asked to be reached. They outlive the lists too.
	Preferences []Preference `json:"preferences,omitempty"`
	// Guarded are contacts who may come to harm if a message goes astray. They outlive
	// the lists too.
	Guarded []Guarded `json:"guarded,omitempty"`
	// Asked are chases by text, for as long as somebody may answer one by text.
	Asked []Asked `json:"asked,omitempty"`
	// Early holds replies to enquiries that have not arrived yet.
	Early []EarlyReply `json:"early,omitempty"`
	// Recent are the latest hand-overs, kept for an hour: a provider's list is
	// read against them after a crash.
	Recent []Handed `json:"recent,omitempty"`
	// Seen packs the eight-byte identities of every event decided so far.
	Seen []byte `json:"seen,omitempty"`
	// Input is the stream sequence of the last event decided.
	Input uint64 `json:"input,omitempty"`
	// Decided counts the messages ever decided; it numbers them.
	Decided int `json:"decided,omitempty"`
	// Opened counts the tasks ever opened; it numbers them.
	Opened int `json:"opened,omitempty"`
	// Replied is when somebody whom no case knows was last answered by itself.
	Replied time.Time `json:"replied,omitzero"`
}

// Channel names as they stand in events and in the book.
const (
	SMS       = "sms"
	Email     = "email"
	Call      = "call"
	Voicemail = "voicemail"
	Letter    = "letter"
	Every     = "all"
)

// Contact is somebody who may be told about a case.
type Contact struct {
	ID           string `json:"id,omitempty"`
	Name         string `json:"name,omitempty"`
	Relationship string `json:"relationship,omitempty"`
	Mobile       string `json:"mobile,omitempty"` // E.164 where it can be texted; else as it was given
	Email        string `json:"email,omitempty"`
	// Postal is where letters go: the lines of the envelope below the name.
	Postal   string   `json:"postal,omitempty"`
	Language string   `json:"language,omitempty"`
	Prefers  []string `json:"prefers,omitempty"`
	DoNot    []string `json:"do_not,omitempty"`
	// Unusable says in words why a channel cannot work, by channel.
	Unusable []Unusable `json:"unusable,omitempty"`
	// Told is when a provider last accepted a message to them, to the second.
	Told time.Time `json:"told,omitzero"`
}

// Unusable is a channel that cannot work for a contact, and why.
type Unusable struct {
	Channel string `json:"channel"`
	Reason  string `json:"reason"`
}

// Promise is that a person will reply to one enquiry by a date.
type Promise struct {
	Rule    string `json:"rule"`
	Enquiry string `json:"enquiry"`
	// Book is the version of the rules that governs the promise.
	Book string `json:"book"`
	// Opened is when the clock started: when it happened, not when it was stored.
	Opened time.Time `json:"opened"`
	// Dates are those that the event named and the rule counts from. They are never
	// changed, and may be shared.
	Dates map[string]calendar.Date `json:"dates,omitempty"`
	Due   time.Time                `json:"due"`
	// DueDate is the London date of Due that families and officers are told.
	DueDate calendar.Date `json:"due_date"`
	// Channel is how the family got in touch.
	Channel string `json:"channel,omitempty"`
	// From is the contact who got in touch; empty for every contact who may be told.
	From string `json:"from,omitempty"`
	// Caller is somebody who got in touch and is not on the case.
	Caller *Contact `json:"caller,omitempty"`
	// Task is set where the promise is that a person will do this task: see Task. No
	// family hears of it, and it stands nowhere but there.
	Task string `json:"-"`
	// Again counts how often the family wrote while the promise was open.
	Again  int  `json:"again,omitempty"`
	Urgent bool `json:"urgent,omitempty"`
	// Done is the instant up to which the rungs of the ladder have been climbed.
	Done time.Time `json:"done"`
	// Next is when the promise must be looked at again. It is never zero.
	Next time.Time `json:"next"`
	Late bool      `json:"late,omitempty"`
	// Unheard are those whom it concerns and no message could reach: contact ids,
	// or one of the names below.
	Unheard []string `json:"unheard,omitempty"`
	// Postponed is the date a person moved the reply to, with the reason given.
	Postponed *Postponed `json:"postponed,omitempty"`
	// Told is set where the family was told a later date than the promise has now.
	Told *Told `json:"told,omitempty"`
	// Moved is why re-planning moved the date, as the family is told.
	Moved string `json:"moved,omitempty"`
	// Exception is the reason that a person recorded for being late, with the new aim.
	// The due date stays.
	Exception *Exception `json:"exception,omitempty"`
	// Restarted is when the days were last counted anew; zero: they count from Opened.
	Restarted time.Time `json:"restarted,omitzero"`
	// Attempts counts the calls that nobody answered.
	Attempts int    `json:"attempts,omitempty"`
	Ended    *Ended `json:"ended,omitempty"`
}

// Postponed is a new date that a person promised.
type Postponed struct {
	Until  calendar.Date `json:"until"`
	Reason string        `json:"reason,omitempty"`
	By     string        `json:"by,omitempty"`
}

// Exception is a reason for being late that a person recorded, such as a school's
// summer closure (SEND Regulations 2014, regulation 10(4)), and the date they aim at.
type Exception struct {
	Kind   string        `json:"kind,omitempty"`
	Reason string        `json:"reason,omitempty"`
	By     string        `json:"by,omitempty"`
	Until  calendar.Date `json:"until"`
	// Target is the end of the working day Until: the ladder is climbed from there.
	Target time.Time `json:"target"`
}

// Ended says how a promise ended. Only a recorded human reply keeps one.
type Ended struct {
	At      time.Time `json:"at"`
	Kept    bool      `json:"kept"`
	By      string    `json:"by,omitempty"`
	Channel string    `json:"channel,omitempty"`
	// Became is the key of the promise as which it goes on.
	Became string `json:"became,omitempty"`
	Why    string `json:"why"`
}

// Who has not heard, where that is not one contact of the case.
const (
	unheardCaller    = "(caller)"
	unheardEverybody = "(everybody)"
)

// Key names a promise within its case.
func (p Promise) Key() string { return p.Rule + "/" + p.Enquiry }

// Kind is what a message is for.
type Kind string

// The kinds of message.
const (
	Acknowledgement Kind = "acknowledgement"
	Lateness        Kind = "late"
	Postponement    Kind = "postponed"
	Chase           Kind = "chase"
	FamilyChase     Kind = "family-chase"
	// Confirmation says that a wish was recorded; it may go where no other may.
	Confirmation Kind = "confirmation"
	// News tells a family that something happened, without a promise.
	News Kind = "news"
	// Excused tells a family of an exception: why the council is late, and its new aim.
	Excused Kind = "exception"
	// Courtesy answers somebody whom no case knows.
	Courtesy Kind = "courtesy"
	// Answer answers a member of staff who texted.
	Answer Kind = "answer"
)

// Message is one text, email or letter that was decided and is not settled yet.
type Message struct {
	ID      string `json:"id"`
	Kind    Kind   `json:"kind"`
	Promise string `json:"promise,omitempty"` // key of the promise it serves
	// Also are other promises for which it says all that was to be said.
	Also []string `json:"also,omitempty"`
	// To is the contact id (a family's message) or the person's id (a chase).
	// It is empty for a caller who is not on the case.
	To       string `json:"to,omitempty"`
	Staff    bool   `json:"staff,omitempty"`
	Role     string `json:"role,omitempty"` // the rung that led to this member of staff
	Channel  string `json:"channel"`
	Address  string `json:"address"`
	Words    string `json:"words"`
	Language string `json:"language,omitempty"`
	Subject  string `json:"subject,omitempty"`
	// Body is the text, or the Markdown that an email or a letter is made from.
	Body string `json:"body"`
	// Brief is the line that stands for a chase in a digest.
	Brief   string    `json:"brief,omitempty"`
	Decided time.Time `json:"decided"`
	// NotBefore is the opening of contact hours that the message waits for.
	NotBefore time.Time `json:"not_before,omitzero"`
	// Expires is when it is too old to be handed over this way.
	Expires time.Time `json:"expires"`
	// Anytime: it may go outside contact hours.
	Anytime bool `json:"anytime,omitempty"`
	// Via is the order of channels it may fall over to.
	Via []string `json:"via,omitempty"`
	// All: other messages say the same on the other channels.
	All   bool     `json:"all,omitempty"`
	Tried []string `json:"tried,omitempty"`
	// Failed says for each channel tried why it failed.
	Failed []string `json:"failed,omitempty"`
	Why    string   `json:"why"`
}

// Task is something that only a person can do.
type Task struct {
	ID      string    `json:"id"`
	What    string    `json:"what"`
	Why     string    `json:"why"`
	Promise string    `json:"promise,omitempty"`
	Contact string    `json:"contact,omitempty"`
	Opened  time.Time `json:"opened"`
	// Events are the ids of what came in and lies in a holding pen until a person has
	// dealt with it; see TaskMatch.
	Events []string `json:"events,omitempty"`
	// Due is when the book wants it done, and Next when somebody is chased for it;
	// both are zero where the book has no ladder for tasks. Done is the instant up to
	// which its rungs have been climbed, and Book the version that governs it.
	Due     time.Time     `json:"due,omitzero"`
	DueDate calendar.Date `json:"due_date,omitzero"`
	Done    time.Time     `json:"done,omitzero"`
	Next    time.Time     `json:"next,omitzero"`
	Book    string        `json:"book,omitempty"`
	Late    bool          `json:"late,omitempty"`
}

// Wish is what must not be used for a contact, and the addresses they had then.
type Wish struct {
	Contact  string   `json:"contact"`
	Channels []string `json:"channels"`
	Mobile   string   `json:"mobile,omitempty"`
	Email    string   `json:"email,omitempty"`
	Postal   string   `json:"postal,omitempty"`
	// OptedOut: the contact asked for it, and may take it back.
	OptedOut bool `json:"opted_out,omitempty"`
}

// Preference is how a contact asked to be reached. Empty members are no wish.
type Preference struct {
	Contact  string   `json:"contact"`
	Prefers  []string `json:"prefers,omitempty"`
	Language string   `json:"language,omitempty"`
	DoNot    []string `json:"do_not,omitempty"`
	// Hours are a span of every day, such as 09:00-18:00, in London.
	Hours string `json:"hours,omitempty"`
}

// EarlyReply is a reply to an enquiry that Hearback has not heard of yet.
type EarlyReply struct {
	Enquiry string    `json:"enquiry"`
	At      time.Time `json:"at"`
	By      string    `json:"by,omitempty"`
	Channel string    `json:"channel,omitempty"`
}

// Handed is a hand-over that a provider accepted.
type Handed struct {
	ID       string `json:"id"`
	Provider string `json:"provider,omitempty"`
	// Answered is the member of staff whose text it answered.
	Answered string `json:"answered,omitempty"`
	// Twin is set where the same was to go by another channel too.
	Twin string    `json:"twin,omitempty"`
	At   time.Time `json:"at"`
}

// Absence is a member of staff away, for this case, and who covers.
type Absence struct {
	Officer string        `json:"officer"`
	From    calendar.Date `json:"from"`
	To      calendar.Date `json:"to,omitzero"` // zero: until further notice
	Cover   string        `json:"cover,omitempty"`
}

// Next is when the case must be looked at again; zero when nothing is open.
func (c Case) Next() time.Time {
	var next time.Time
	for _, p := range c.Promises {
		if next.IsZero() || p.Next.Before(next) {
			next = p.Next
		}
	}
	for _, t := range c.Tasks {
		if !t.Next.IsZero() && (next.IsZero() || t.Next.Before(next)) {
			next = t.Next
		}
	}
	for _, a := range c.Sent {
		if !a.AskAt.IsZero() && (next.IsZero() || a.AskAt.Before(next)) {
			next = a.AskAt
		}
	}
	return next
}

// HasSeen says whether an event of this identity was decided before.
func (c Case) HasSeen(identity uint64) bool {
	for i := 0; i+8 <= len(c.Seen); i += 8 {
		if binary.BigEndian.Uint64(c.Seen[i:]) == identity {
			return true
		}
	}
	return false
}

func (c *Case) remember(identity uint64) {
	c.Seen = binary.BigEndian.AppendUint64(slices.Clip(c.Seen), identity)
}

// Contact finds a contact by id.
func (c Case) Contact(id string) (Contact, bool) {
	if i := slices.IndexFunc(c.Contacts, func(k Contact) bool { return k.ID == id }); i >= 0 {
		return c.Contacts[i], true
	}
	return Contact{}, false
}

// Promise finds an open promise by its key, that of a task or of news included.
func (c Case) Promise(key string) (Promise, bool) {
	if i := slices.IndexFunc(c.Promises, func(p Promise) bool { return p.Key() == key }); i >= 0 {
		return c.Promises[i], true
	}
	if i := slices.IndexFunc(c.Tasks, func(t Task) bool { return !t.Next.IsZero() && taskKey(t.ID) == key }); i >= 0 {
		return c.Tasks[i].promise(), true
	}
	if event, is := strings.CutPrefix(key, newsKey("")); is {
		return news(event, ""), true
	}
	return Promise{}, false
}

// Message finds an unsettled message by its id.
func (c Case) Message(id string) (Message, bool) {
	if i := slices.IndexFunc(c.Messages, func(m Message) bool { return m.ID == id }); i >= 0 {
		return c.Messages[i], true
	}
	return Message{}, false
}

// clone copies what Decide may change, so that the case it was given stays as it was.
func (c Case) clone() Case {
	c.Away = slices.Clone(c.Away)
	c.Contacts = slices.Clone(c.Contacts)
	for i := range c.Contacts {
		c.Contacts[i].DoNot = slices.Clip(c.Contacts[i].DoNot)
		c.Contacts[i].Unusable = slices.Clip(c.Contacts[i].Unusable)
	}
	c.Promises = slices.Clone(c.Promises)
	c.Messages = slices.Clone(c.Messages)
	c.Tasks = slices.Clone(c.Tasks)
	c.Early = slices.Clone(c.Early)
	c.Recent = slices.Clone(c.Recent)
	c.Asked = slices.Clone(c.Asked)
	c.Wishes = slices.Clone(c.Wishes)
	c.Sent = slices.Clone(c.Sent)
	c.Preferences = slices.Clone(c.Preferences)
	return c
}
