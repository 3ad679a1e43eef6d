// Package capture is the channel that sends nothing. It keeps messages, so
// that people can see what would have been sent: in the demonstration, and
// wherever a channel has no settings yet.
//
// The newest 5,000 messages are kept in memory and, where a folder is given,
// as JSON lines in it, so that a restart can show them. A message is accepted
// as soon as it is in memory. The file is a convenience: a full disk stops no
// message and is reported once through Err.
package capture

import (
	"context"
	"slices"
	"sync"
	"time"

	"hearback/notifier/channel"
)

// Limit is how many messages of one channel are kept.
const Limit = 5000

// Captured is one message that was kept instead of being sent.
type Captured struct {
	Message channel.Message
	// At is when it was captured, in UTC.
	At time.Time
	// Channel is the name given to New, "sms", "email" or "letter".
	Channel string
	// ProviderID is the id that the receipt carried.
	ProviderID string
}

// Channel keeps the messages of one channel. It is safe for many goroutines.
type Channel struct {
	name string

	mutex sync.Mutex
	// kept is a ring once it is full: next is where the oldest stands.
	kept []Captured
	next int
	file *file
	err  error
}

var (
	_ channel.Sender = (*Channel)(nil)
	_ channel.Finder = (*Channel)(nil)
)

// New makes a channel of the given name, "sms", "email" or "letter". With a folder it
// shows what an earlier process captured there and appends to it; the folder
// is made if it is missing, and only its owner may read the file. Without a
// folder, memory is all there is. Two processes must not share a folder.
//
// The error says what is wrong with the folder. The channel works all the
// same, in memory, so that a caller may report the error and go on.
func New(name, folder string) (*Channel, error) {
	c := &Channel{name: name}
	if folder == "" {
		return c, nil
	}
	opened, kept, err := open(folder, name)
	c.kept, c.file, c.err = kept, opened, err
	return c, err
}

// Send keeps the message. It fails only if ctx has ended already.
func (c *Channel) Send(ctx context.Context, m channel.Message) (channel.Receipt, error) {
	if err := channel.Ended(ctx); err != nil {
		return channel.Receipt{}, &channel.Failure{
			Verdict: channel.Retry, Code: "stopped", Err: err,
			Reason: "Hearback was stopping. The message is tried again by itself.",
		}
	}
	captured := Captured{Message: m, At: time.Now().UTC(), Channel: c.name, ProviderID: "captured-" + m.ID}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.keep(captured)
	c.store(captured)
	return channel.Receipt{ProviderID: captured.ProviderID}, nil
}

func (c *Channel) keep(captured Captured) {
	if len(c.kept) < Limit {
		c.kept = append(c.kept, captured)
		return
	}
	c.kept[c.next] = captured
	c.next = (c.next + 1) % Limit
}

// store appends to the file. The first error ends the storing for good: a file
// with holes would mislead whoever reads it after a restart.
func (c *Channel) store(captured Captured) {
	if c.file == nil {
		return
	}
	err := c.file.append(captured)
	if err == nil && c.file.lines >= 2*Limit {
		err = c.file.rewrite(c.oldestFirst())
	}
	if err != nil {
		c.err = storing(err)
		_ = c.file.close()
		c.file = nil
	}
}

func (c *Channel) oldestFirst() []Captured {
	return slices.Concat(c.kept[c.next:], c.kept[:c.next])
}

// Messages gives what is kept, newest first.
func (c *Channel) Messages() []Captured {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	messages := c.oldestFirst()
	slices.Reverse(messages)
	return messages
}

// Find lists the captured messages of this ID, captured at or after since, newest
// first. It never fails.
func (c *Channel) Find(_ context.Context, since time.Time, m channel.Message) ([]channel.Found, error) {
	var found []channel.Found
	for _, captured := range c.Messages() {
		if captured.Message.ID == m.ID && !captured.At.Before(since) {
			found = append(found, channel.Found{ProviderID: captured.ProviderID, Created: captured.At})
		}
	}
	return found, nil
}

// Err says why the file is no longer written, nil while all is well. What was
// captured since then is in memory only.
func (c *Channel) Err() error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.err
}

// Close closes the file. Messages captured after it are kept in memory only.
func (c *Channel) Close() error {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.file == nil {
		return nil
	}
	err := c.file.close()
	c.file = nil
	return err
}
