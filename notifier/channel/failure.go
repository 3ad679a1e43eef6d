package channel

import (
	"context"
	"errors"
	"strings"
	"time"
)

// Verdict says what may be done after a failed attempt.
type Verdict string

const (
	// Retry: the message was certainly not accepted, and a later attempt may
	// succeed. A mistake in our own settings is sorted here too: the family's
	// address is not to blame, and the message goes once the settings are
	// right.
	Retry Verdict = "retry"

	// Never: the message was certainly not accepted and never will be at this
	// address. Another channel, or a person, must take over.
	Never Verdict = "never"

	// Unknown: the provider may have accepted the message. Sending it again
	// may reach the family twice, so the provider must be asked first, where
	// it can be asked.
	Unknown Verdict = "unknown"
)

// Failure is the error of a message that was not, or perhaps not, accepted.
type Failure struct {
	Verdict Verdict

	// Code is the provider's own code, such as "21610" or "550 5.1.1", or
	// ours where no provider answered, such as "unreachable". It is fit for a
	// log and for a label.
	Code string

	// Reason says in words for an officer or an operator what happened, and
	// who must do what. It holds no number, no address and no secret.
	Reason string

	// OptedOut: the recipient has told the provider that they want nothing more
	// from us at this address.
	OptedOut bool

	// Blameless: the address is none the worse. It is the words that cannot go this
	// way, or our own account that may not.
	Blameless bool

	// After is how long the provider asked us to wait, zero if it did not
	// say.
	After time.Duration

	// Err is the cause, if there is one to be told apart, such as the end of
	// a context. Like the rest it holds nothing that a log may not hold.
	Err error
}

// Error gives the verdict, the code and the reason. It is safe to log.
func (f *Failure) Error() string {
	var text strings.Builder
	text.WriteString("message not accepted")
	if f.Verdict == Unknown {
		text.Reset()
		text.WriteString("message perhaps accepted")
	}
	text.WriteString(" (")
	text.WriteString(string(f.Verdict))
	if f.Code != "" {
		text.WriteString(", ")
		text.WriteString(f.Code)
	}
	text.WriteString("): ")
	text.WriteString(f.Reason)
	return text.String()
}

// Unwrap gives the cause, so that errors.Is finds the end of a context.
func (f *Failure) Unwrap() error { return f.Err }

// FailureOf gives the failure in err, nil for a nil error. An error that is no
// *Failure breaks the contract of Sender; it is taken as Unknown, because a
// message must not be sent again on the word of an error we do not understand.
// Its text is left out, since nobody has vouched for it.
func FailureOf(err error) *Failure {
	if err == nil {
		return nil
	}
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure
	}
	return &Failure{
		Verdict: Unknown,
		Code:    "unsorted",
		Reason:  "The channel failed in a way it does not explain. The operator should report it as a fault in Hearback.",
	}
}

// Ended gives the reason why ctx ended, for a Failure's Err: context.Canceled or
// context.DeadlineExceeded, joined with the cause where there is one. It is nil
// while ctx has not ended.
func Ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err {
		return err
	}
	return errors.Join(err, cause)
}
