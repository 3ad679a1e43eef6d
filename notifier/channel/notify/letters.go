package notify

import (
	"context"
	"strconv"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/postal"
)

// CodeAddress is the code of a letter whose address could not be put on an
// envelope.
const CodeAddress = "address"

// Letters hands letters to Notify, which prints and posts them, second class by
// default, one to two working days later. It is safe for many goroutines.
type Letters struct {
	service *service
}

var (
	_ channel.Sender   = (*Letters)(nil)
	_ channel.Finder   = (*Letters)(nil)
	_ channel.Reporter = (*Letters)(nil)
)

// NewLetters checks the settings and makes a Letters. It calls nobody.
func NewLetters(config Config) (*Letters, error) {
	made, err := newService(config, letters)
	if err != nil {
		return nil, err
	}
	return &Letters{service: made}, nil
}

// Send hands over one letter: channel.Message's To (a name and a postal address, as
// postal.Lines reads it), its Subject as the heading and its Text as the body, with
// its ID as the reference. The receipt holds Notify's id.
//
// Notify reads the body by its own rules for letters: "# " begins a heading, "* "
// an item of a list, three asterisks alone on a line begin a new page. At most 10
// pages go into one letter.
//
// An address that Notify would refuse is not sent: the failure is never, with the
// code CodeAddress.
func (l *Letters) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	lines, why := postal.Lines(m.To)
	if why != "" {
		return channel.Receipt{}, &channel.Failure{Verdict: channel.Never, Code: CodeAddress, Reason: why}
	}
	values := map[string]string{"subject": m.Subject, "body": m.Text}
	for i, line := range lines {
		values["address_line_"+strconv.Itoa(i+1)] = line
	}
	return l.service.create(ctx, request{Template: l.service.template, Reference: m.ID, Values: values})
}

// Find asks Notify for the letters with the message's ID as their reference; see
// channel.Finder.
func (l *Letters) Find(ctx context.Context, since time.Time, m channel.Message) ([]channel.Found, error) {
	return l.service.find(ctx, since, m.ID)
}

// Report asks Notify what became of the letter with that id. There are no
// call-backs for letters but for those that come back.
func (l *Letters) Report(ctx context.Context, id string) (channel.Report, error) {
	return l.service.report(ctx, id)
}

// Close closes the idle connections. Calls under way go on.
func (l *Letters) Close() error { return l.service.close() }
