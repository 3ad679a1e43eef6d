package events

import "encoding/json"

// CaseData is the data of case.opened and case.changed. In case.changed an absent
// member leaves things as they were: Team and Officer are nil and Contacts is nil.
// An empty text takes the team or officer away; an empty list takes every contact away.
type CaseData struct {
	Team     *string   `json:"team,omitempty"`
	Officer  *string   `json:"officer,omitempty"`
	Contacts []Contact `json:"contacts,omitzero"`
}

// Contact is a person of the family, or one who speaks for it, and how to reach them.
// Numbers and addresses are as the sender wrote them: whether they can be used is
// decided later, and an unusable one is no fault of the event.
type Contact struct {
	ID           string `json:"id,omitempty"` // unique within the case
	Name         string `json:"name,omitempty"`
	Relationship string `json:"relationship,omitempty"` // such as "parent"; free words
	Mobile       string `json:"mobile,omitempty"`
	Email        string `json:"email,omitempty"`
	// PostalAddress is where letters go, one line of the envelope to a text, from the
	// house to the postcode. The name is not among them.
	PostalAddress []string `json:"postal_address,omitempty"`
	Language      string   `json:"language,omitempty"` // BCP 47, such as "cy"
	Prefers       []string `json:"prefers,omitempty"`  // channels, best first
	DoNot         []string `json:"do_not,omitempty"`   // channels that must not be used, or "all"; nil: as it was
	// SafeContact: somebody may come to harm if a message goes astray. A number or
	// address that changes is not used until contact.confirmed. Nil leaves it as it was.
	SafeContact *bool `json:"safe_contact,omitempty"`
}

// ContactChange is the data of contact.changed: the whole contact as it is now, found by
// its ID. What is left out is taken away, but for DoNot and SafeContact.
type ContactChange = Contact

// ContactUnsafe is the data of contact.unsafe.
type ContactUnsafe struct {
	ID string `json:"id"` // the contact; "contact" is read as another name of this member
	// DoNot lists channels that must not be used, or "all". Where the event does not
	// say, it holds "all": silence about danger is read as the greatest danger.
	DoNot []string `json:"do_not,omitempty"`
}

// Enquiry is the data of enquiry.received.
type Enquiry struct {
	Enquiry string   `json:"enquiry,omitempty"` // its id; "" stands for the id of the event
	Channel string   `json:"channel,omitempty"` // one of [EnquiryChannels]
	From    string   `json:"from,omitempty"`    // a contact's id; "" means every contact who may be told
	About   string   `json:"about,omitempty"`   // for officers; never sent to a family
	Urgent  bool     `json:"urgent,omitempty"`
	Contact *Contact `json:"contact,omitempty"` // a caller who is not on the case; never beside From
}

// Reply is the data of reply.sent: a person has answered.
type Reply struct {
	Enquiry string `json:"enquiry,omitempty"` // "" means every open enquiry of the case
	By      string `json:"by,omitempty"`
	Channel string `json:"channel,omitempty"`
	Note    string `json:"note,omitempty"`
}

// Postponement is the data of reply.postponed.
type Postponement struct {
	Enquiry string `json:"enquiry,omitempty"` // "" means every open enquiry of the case
	Until   string `json:"until"`             // YYYY-MM-DD in London: the new date
	Reason  string `json:"reason,omitempty"`  // the family reads it as it stands here
	By      string `json:"by,omitempty"`
}

// The kinds of lawful reasons for being late.
const (
	ExceptionClosure       = "closure"       // a school was closed for four weeks or more
	ExceptionCircumstances = "circumstances" // exceptional personal circumstances
	ExceptionAbsence       = "absence"       // the child or young person is out of the area
	ExceptionOther         = "other"
)

// Exception is the data of exception.recorded: a person says why a promise will be late
// and what date they aim at. No date moves by itself.
type Exception struct {
	Promise string `json:"promise"`           // the name that the book gives it; without it a person is asked
	Enquiry string `json:"enquiry,omitempty"` // which of several; "" means every one of that name
	Kind    string `json:"kind,omitempty"`    // one of the four above
	Reason  string `json:"reason,omitempty"`  // for the family, in the officer's words
	Until   string `json:"until"`             // YYYY-MM-DD in London: the new aim
	By      string `json:"by,omitempty"`
}

// OfficerChanged is the data of officer.changed.
type OfficerChanged struct {
	Officer string `json:"officer"` // who owes the reply from now on
}

// OfficerAway is the data of officer.away.
type OfficerAway struct {
	Officer string `json:"officer"`
	From    string `json:"from,omitempty"`  // first day away, YYYY-MM-DD in London; "" means the day of the event
	To      string `json:"to,omitempty"`    // last day away; "" means until further notice
	Cover   string `json:"cover,omitempty"` // who stands in; "" means whom the book names
}

// Closure is the data of case.closed and case.stopped.
type Closure struct {
	Reason string `json:"reason,omitempty"`
}

// MessageReceived is the data of message.received: a family wrote back.
type MessageReceived struct {
	Channel string `json:"channel,omitempty"`
	Contact string `json:"contact,omitempty"` // a contact's id; "" where the sender is not known
	Text    string `json:"text,omitempty"`    // the family's own words
	Enquiry string `json:"enquiry,omitempty"`
	// Address is the number or email address that it came from.
	Address    string `json:"address,omitempty"`
	ProviderID string `json:"provider_id,omitempty"`
	Answers    string `json:"answers,omitempty"` // Hearback's id of the message that it answers
	// Automatic: a machine wrote it. It is kept, and never counts as the family's word.
	Automatic bool `json:"automatic,omitempty"`
}

// What a provider says of a message, from the least to the most that is known.
const (
	ReceiptSending   = "sending"   // on its way to a network or a mail server
	ReceiptSent      = "sent"      // a network has it
	ReceiptDelivered = "delivered" // it has arrived
	ReceiptFailed    = "failed"    // it, or a part of it, will not arrive
)

// Receipt is the data of receipt.received.
type Receipt struct {
	Message    string `json:"message"`           // Hearback's id: the case reference, "-" and a number
	Channel    string `json:"channel,omitempty"` // "" where the message's own is meant
	ProviderID string `json:"provider_id,omitempty"`
	Status     string `json:"status"`             // one of the four above
	Code       string `json:"code,omitempty"`     // the provider's, such as 30003 or 5.1.1
	Reason     string `json:"reason,omitempty"`   // in words, for an officer
	Unusable   bool   `json:"unusable,omitempty"` // the address itself is no good, now and later
}

// OptedOut is the data of contact.opted-out and of contact.opted-in.
type OptedOut struct {
	Channel string `json:"channel"` // a channel, or "all"
	Contact string `json:"contact"`
	// Address is the number or address that asked; "" means the contact's own.
	Address string `json:"address,omitempty"`
	Told    bool   `json:"told,omitempty"` // the provider has confirmed it to them already
}

// Wished is the data of contact.wished. What is absent stays as it was.
type Wished struct {
	Contact  string   `json:"contact"`
	Prefers  []string `json:"prefers,omitempty"`  // channels, best first
	Language string   `json:"language,omitempty"` // BCP 47
	// DoNot lists the channels that the contact wants no messages by: all of them,
	// and no others. An empty list takes back what they wished before.
	DoNot []string `json:"do_not,omitzero"`
	// Hours are when messages may come, such as "09:00-18:00", every day, in London;
	// "any" means whenever the book allows.
	Hours string `json:"hours,omitempty"`
}

// OfficerDeclined is the data of officer.declined: the reply is not theirs to give.
type OfficerDeclined struct {
	Enquiry string `json:"enquiry,omitempty"` // "" means every open enquiry of the case
	By      string `json:"by,omitempty"`
	Note    string `json:"note,omitempty"` // whose it may be, in the officer's words
}

// Confirmed is the data of contact.confirmed: a person has made sure, in a safe way,
// that what stands in the contact now is theirs.
type Confirmed struct {
	Contact string `json:"contact"`
	Channel string `json:"channel"`           // a channel, or "all"
	Address string `json:"address,omitempty"` // what was confirmed; "" means what stands there now
	By      string `json:"by,omitempty"`
}

// What a member of staff may answer a chase with.
const (
	AnswerReplied = "replied"  // the family has its reply
	AnswerUntil   = "until"    // it needs longer
	AnswerNotMine = "not-mine" // somebody else must give it
)

// OfficerTexted is the data of officer.texted.
type OfficerTexted struct {
	By         string `json:"by"`                // the member of staff
	Address    string `json:"address,omitempty"` // the number that the text came from
	Text       string `json:"text,omitempty"`    // their own words
	ProviderID string `json:"provider_id,omitempty"`
	// Answer is one of the three above; "" where the text was none that is certain,
	// and Say asks for one.
	Answer string `json:"answer,omitempty"`
	Until  string `json:"until,omitempty"` // YYYY-MM-DD in London, of AnswerUntil
	// Say is what they are texted back; "" for nothing.
	Say string `json:"say,omitempty"`
}

// TaskDone is the data of task.done.
type TaskDone struct {
	Task string `json:"task"`
	By   string `json:"by,omitempty"`
	Note string `json:"note,omitempty"`
	// Events are the ids of the events that were dealt with, where the task is about
	// several: what came in meanwhile stays to be done. Absent, all of it is done.
	Events []string `json:"events,omitempty"`
}

// Replanned is the data of case.replanned.
type Replanned struct {
	// Book is the version of the book that the case's open promises move to. One that
	// was never published is refused, and every promise keeps its date.
	Book string `json:"book"`
	By   string `json:"by,omitempty"`
	Why  string `json:"why,omitempty"` // in words, for staff
}

// Outcome is the data of what Hearback publishes. Each type fills the members that
// concern it: message.* the message, its channel and contact; promise.* the promise;
// task.opened the task.
type Outcome struct {
	Message    string `json:"message,omitempty"` // Hearback's id of the message
	Channel    string `json:"channel,omitempty"`
	Contact    string `json:"contact,omitempty"` // a contact's id, never a name or address
	Promise    string `json:"promise,omitempty"` // the name the book gives it
	Enquiry    string `json:"enquiry,omitempty"`
	ProviderID string `json:"provider_id,omitempty"`
	Reason     string `json:"reason,omitempty"` // in words, for an officer
	Task       string `json:"task,omitempty"`
	Due        string `json:"due,omitempty"` // YYYY-MM-DD in London
}

// DataOf gives the data of an event as one of the types above, read by exact member
// names. A member of the wrong kind is a [*Refusal]. It checks no meaning: see
// [Event.Check]. Any other T is decoded by encoding/json, by its rules and with its
// errors, for events whose data only the caller knows.
func DataOf[T any](e Event) (T, error) {
	var data T
	described, ok := any(&data).(described)
	if !ok {
		err := json.Unmarshal(e.object(), &data)
		return data, err
	}
	var found faults
	if object, ok := e.dataObject(&found); ok {
		decodeData(object, described, &found)
	}
	return data, found.refusal()
}
