package notifier

import (
	"time"

	"hearback/events"
)

// Input is one thing to decide about. Exactly one of Event, Result and Due is set.
type Input struct {
	// Event is what happened, with its place in the stream.
	Event    *events.Event
	Sequence uint64
	// Result is what became of a message.
	Result *Result
	// Due: a deadline of the case has passed.
	Due bool
}

// Status is what is known of a message, said by what is known.
type Status string

// The statuses of a message.
const (
	// Waiting: decided, and not handed over yet.
	Waiting Status = "waiting"
	// Sent: the provider has accepted it.
	Sent Status = "sent"
	// Failed: it cannot go this way; another way is tried, or a task opened.
	Failed Status = "failed"
	// Withdrawn: it was no longer wanted before it was handed over.
	Withdrawn Status = "withdrawn"
	// Delivered: the provider says that it has arrived.
	Delivered Status = "delivered"
	// Unknown: no receipt came, and the provider cannot say either.
	Unknown Status = "unknown"
)

// Result is what became of one message, from the outbox or from a receipt.
type Result struct {
	Message  string    `json:"message"`
	Status   Status    `json:"status"`
	Provider string    `json:"provider,omitempty"` // the provider's own id
	Channel  string    `json:"channel,omitempty"`
	Code     string    `json:"code,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	At       time.Time `json:"at"`
	// Unusable: the address itself is no good, now and later. OptedOut: whoever
	// it belongs to wants nothing from us there.
	Unusable bool `json:"unusable,omitempty"`
	OptedOut bool `json:"opted_out,omitempty"`
	// Awaits says what may still be heard of a message that was accepted. Asked:
	// this is the provider's answer to our question.
	Awaits string `json:"awaits,omitempty"`
	Asked  bool   `json:"asked,omitempty"`
	// Digest is the Message-ID of the email that carried a chase with others.
	Digest string `json:"digest,omitempty"`
	// Repeats counts hand-overs that may have reached the recipient before.
	Repeats int `json:"repeats,omitempty"`
}

// Settled is the end of a message, as the ledger keeps it.
type Settled struct {
	Result
	To string `json:"to,omitempty"`
}

// Line is one thing that was decided, and why, in words.
type Line struct {
	What string `json:"what"`
	Why  string `json:"why,omitempty"`
}

// Outcome is something that other services may want to know.
type Outcome struct {
	Type string         `json:"type"`
	Data events.Outcome `json:"data"`
}

// Decision is what Decide made of one input.
type Decision struct {
	// Case is the case afterwards.
	Case Case
	// Changed is false where the input changed nothing: a repeat, a stale timer.
	Changed  bool
	Lines    []Line
	Ended    []Promise
	Settled  []Settled
	Outcomes []Outcome
}

// Then adds the decision on the next input of the same case to this one.
func (d Decision) Then(next Decision) Decision {
	next.Changed = d.Changed || next.Changed
	next.Lines = append(d.Lines, next.Lines...)
	next.Ended = append(d.Ended, next.Ended...)
	next.Settled = append(d.Settled, next.Settled...)
	next.Outcomes = append(d.Outcomes, next.Outcomes...)
	return next
}
