package bench

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"time"

	"hearback/events"
	"hearback/notifier/channel/standin"
)

// Deadlines is what many promises gave that fell due in one second.
type Deadlines struct {
	Floor    Floor
	Promises int
	// First is from the due instant to the first hand-over; Rate is chases
	// accepted per second, from the due instant to the last one.
	First time.Duration
	Rate  float64
	// Early chases were accepted before the due instant: none may be.
	Early int
}

// Preparing deadlines: how long before the common due instant enquiries are
// published, for each thousand and at least.
const (
	prepareThousand = 600 * time.Millisecond
	prepareLeast    = 4 * time.Second
	// dueAfter is the book's promise; enquiries are backdated by it.
	dueAfter = time.Hour
	// drainPatience is how long the last chase may take.
	drainPatience = 10 * time.Minute
)

// RunDeadlines lets promises fall due at one instant. Each chases the family by
// a text of its own, so that no two go as one.
func RunDeadlines(ctx context.Context, config Config, promises int) (d Deadlines, err error) {
	d.Promises = promises
	config.Dir, err = os.MkdirTemp(config.Dir, "deadlines")
	if err != nil {
		return d, err
	}
	defer os.RemoveAll(config.Dir)
	if d.Floor, err = measureFloor(ctx, config.Dir, floorPublishes); err != nil {
		return d, err
	}
	c, err := open(config, hourly(), standin.TwilioFaults{}, standin.SMTPFaults{})
	if err != nil {
		return d, err
	}
	defer c.close()
	if _, err := c.start(ctx); err != nil {
		return d, err
	}
	if err := c.store(ctx, promises, func(i int) events.Event { return opened("T", i, time.Now()) }); err != nil {
		return d, err
	}
	if err := c.decided(ctx); err != nil {
		return d, err
	}
	due := time.Now().Add(prepareLeast + prepareThousand*time.Duration(promises)/1000).Truncate(time.Second)
	if err := c.store(ctx, promises, func(i int) events.Event { return enquiry("T", i, due.Add(-dueAfter)) }); err != nil {
		return d, err
	}
	if err := c.quiet(ctx, time.Until(due)-time.Second, promises); err != nil {
		return d, fmt.Errorf("the machine was too slow to open the promises before they fell due, so nothing could be measured: %w; ask for fewer families", err)
	}
	if err := pause(ctx, time.Until(due)); err != nil {
		return d, err
	}
	if err := until(ctx, drainPatience, "the last chase", func() bool { return c.twilio.Counts().Accepted >= promises }); err != nil {
		return d, err
	}
	first, last := time.Time{}, time.Time{}
	for _, text := range c.twilio.Received() {
		if first.IsZero() || text.Created.Before(first) {
			first = text.Created
		}
		if text.Created.After(last) {
			last = text.Created
		}
		if text.Created.Before(due) {
			d.Early++
		}
	}
	d.First, d.Rate = first.Sub(due), float64(promises)/last.Sub(due).Seconds()
	return d, nil
}

// hourly is a book whose promise falls due an hour after the enquiry, and then
// chases the family. Its officers are chased long after anybody measures.
func hourly() fs.FS {
	return book(`
  - name: reply
    opened_by: enquiry.received
    kept_by: [reply.sent]
    due: 60 minutes
    steps:
      - {at: due, chase: [family], words: reply-late, via: [sms]}
      - {at: 5 working days after due, chase: [officer], words: reply-overdue}
`)
}
