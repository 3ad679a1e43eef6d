// Package channel says what a provider of messages must do, and how its
// failures are sorted.
//
// A channel hands one message to one person at one address: a text through
// Twilio, an email through SMTP, or a captured copy where nothing is to be
// sent. Each lives in a folder of its own below this one and passes the suite
// in channeltest. Everything here is a plain value: no network, no clock.
//
// A channel translates, it does not decide. It never retries by itself, never
// picks another address and never reads a meaning into a family's words. It
// says what is known after one attempt, and the caller decides what follows.
package channel

import (
	"context"
	"time"
)

// Message is one message for one person.
type Message struct {
	// ID is ours: unique for the decision that made the message, the same for
	// every attempt to hand it over. It is the only field fit for a log.
	ID string

	// To is a mobile number in E.164 form, an email address, or a name and a postal
	// address, a line of the envelope to a line.
	To string

	// Subject, Text and HTML are the words, rendered. A text has Text alone.
	// An email has a Subject and a Text, and an HTML form unless it is empty. A letter
	// has a Subject, its heading, and a Text.
	Subject, Text, HTML string

	// MessageID is the RFC 5322 identity of an email, with or without its
	// angle brackets. It is the same for every attempt, so that a mail system
	// can recognise a repeat. Texts have none.
	MessageID string

	// Date is when the message was decided, the same for every attempt. An
	// email carries it as its Date.
	Date time.Time

	// Language is the BCP 47 tag of the words.
	Language string
}

// Receipt is what a provider gave us for a message that it accepted.
type Receipt struct {
	// ProviderID is the provider's own name for the message, by which its
	// later reports are matched. It may be empty where a provider gives none.
	ProviderID string
}

// Sender hands messages to a provider. It is safe for many goroutines.
type Sender interface {
	// Send makes one attempt. The error is nil only when the provider has
	// accepted the message. Every other error is a *Failure, and no error
	// holds an address, a number, a secret or the message's words.
	//
	// When ctx ends, Send returns promptly. The failure then says whether the
	// message may have been accepted all the same.
	Send(ctx context.Context, m Message) (Receipt, error)
}

// Finder is a provider that can be asked what it accepted. A channel that is
// not a Finder leaves a message in doubt for ever.
type Finder interface {
	// Find lists what was accepted that may be this message, created at or after
	// since, newest first: what carries its ID, or, where a provider takes no name
	// of ours, what went to its To with exactly its Text. Implementations look a
	// little further back than since, because two clocks never agree, so a message
	// from just before it may be among them.
	//
	// An empty list without an error means: not accepted, as far as the
	// provider shows. Providers list a message some time after they accept
	// it, so the caller must wait out that time before it believes an empty
	// list. Every error is a *Failure, and means nothing is known.
	Find(ctx context.Context, since time.Time, m Message) ([]Found, error)
}

// Found is one message that a provider says it accepted.
type Found struct {
	ProviderID string
	// Created is when the provider accepted it, by the provider's clock.
	Created time.Time
}
