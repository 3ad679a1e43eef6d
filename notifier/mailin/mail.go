package mailin

import (
	"context"
	"log/slog"
	"time"

	"hearback/notifier/mailin/letter"
)

// Mail is one email that has come in.
type Mail struct {
	// From is the envelope's sender, empty for the null return path.
	From string
	// To are the recipients among our addresses. An email for several of our
	// messages comes once for each of them.
	To []string
	// At is when it had come in whole, in UTC.
	At time.Time
	// Raw is the email as it came.
	Raw []byte
	// Letter is the same, read.
	Letter letter.Letter
}

// LogValue keeps addresses and words out of logs.
func (m Mail) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("bytes", len(m.Raw)), slog.Any("letter", m.Letter))
}

// Sink stores email. It returns nil only once the email, or what follows from it,
// is stored; every error makes the sender come again. One email may be given
// twice, or at the same time.
type Sink interface {
	Take(ctx context.Context, m Mail) error
}
