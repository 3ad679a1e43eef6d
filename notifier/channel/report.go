package channel

import "context"

// Report is what a provider says became of a message that it accepted.
type Report struct {
	// Status is one of the statuses below.
	Status string
	// Code is the provider's own, such as "30003"; empty where it gave none.
	Code string
	// Reason says in words for an officer what happened and what to ask. It holds
	// no number, no address and no secret.
	Reason string
	// Unusable: the address itself is no good, now and later.
	Unusable bool
}

// The statuses of a Report. They are those of the event receipt.received.
const (
	Sending   = "sending"   // accepted, and not further than that
	Sent      = "sent"      // a network or a mail server has it
	Delivered = "delivered" // it has arrived
	Failed    = "failed"    // it, or a part of it, will not arrive
)

// Reporter is a provider that says later what became of a message. It can be
// asked too, for a report may be lost on its way.
type Reporter interface {
	// Report asks by the provider's own name for the message. Every error is a
	// *Failure, and means that nothing new is known.
	Report(ctx context.Context, providerID string) (Report, error)
}
