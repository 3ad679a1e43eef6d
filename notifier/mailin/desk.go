package mailin

import (
	"context"

	"hearback/events"
)

// Publisher stores events. It returns nil only once all of them are stored.
type Publisher interface {
	Publish(ctx context.Context, list ...events.Event) error
}

// Desk is the Sink that stores what follows from an email, as [Events] says.
type Desk struct {
	Publisher Publisher
	Directory Directory
	Pen       Pen
}

var _ Sink = Desk{}

// Take stores the events of an email. An email from which nothing follows needs
// no storing.
func (d Desk) Take(ctx context.Context, m Mail) error {
	list := Events(m, d.Directory, d.Pen)
	if len(list) == 0 {
		return nil
	}
	return d.Publisher.Publish(ctx, list...)
}
