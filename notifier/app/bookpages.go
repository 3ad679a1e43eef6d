package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/backtest"
	"hearback/notifier/calendar"
	"hearback/notifier/console"
	"hearback/notifier/engine"
	"hearback/notifier/publishing"
	"hearback/notifier/rehearse/report"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

const (
	// replanPatience is how long no case may be decided before a page no longer waits for
	// re-planning. What was told is decided all the same.
	replanPatience = 20 * time.Second
	// backtestDays are how many days a backtest counts, up to today.
	backtestDays = 90
)

// bookPages is what the pages of the managers' book read and write: the council's
// stream.
type bookPages struct {
	stream *stream.Stream
	shelf  *engine.Shelf

	reading sync.Mutex
	history *publishing.History // as it was read last
	testing sync.Mutex          // held while a backtest runs
}

func (a *App) publishing(pages *bookPages) console.Publishing {
	return console.Publishing{Books: pages, Replans: pages, Drafts: drafts{a.stream}, Backtests: pages}
}

// History is every publication. It is read again only after another one.
func (b *bookPages) History(ctx context.Context) (*publishing.History, error) {
	last, err := b.stream.Last(ctx, events.BookWildcard)
	if err != nil && !errors.Is(err, stream.ErrNone) {
		return nil, err
	}
	b.reading.Lock()
	defer b.reading.Unlock()
	if b.history != nil {
		if known, _ := b.history.InForce(); known.Sequence >= last.Sequence {
			return b.history, nil
		}
	}
	h, err := publishing.LoadBeside(ctx, b.stream, b.shelf)
	if err != nil {
		return nil, err
	}
	b.history = h
	return h, nil
}

// inForce is the version in force, and when that is over, for whoever proves it.
func (b *bookPages) inForce(ctx context.Context) (files rules.Files, over <-chan struct{}, err error) {
	over = b.shelf.Changed() // before it is read: what is published meanwhile is not missed
	h, err := b.History(ctx)
	if err != nil {
		return nil, over, err
	}
	v, known := h.InForce()
	if !known {
		return nil, over, errNoBook
	}
	return v.Files, over, nil
}

// errNoBook: no book was ever published that can be read.
var errNoBook = errors.New("no book is in force; publish one with hearback publish-book")

// Publish puts a book in force, and waits a moment until this replica goes by it.
func (b *bookPages) Publish(ctx context.Context, files rules.Files, asked publishing.Asked, over publishing.Version) (publishing.Version, error) {
	version, err := publishing.Publish(ctx, b.stream, engine.Published{At: time.Now().UTC(), By: asked.By, Why: asked.Why, Files: files}, over)
	if err != nil {
		return version, err
	}
	waiting, stop := context.WithTimeout(ctx, shelfWithin)
	defer stop()
	for b.shelf.Books().Current.Version != version.Version {
		select {
		case <-time.After(shelfEvery):
		case <-waiting.Done():
			return version, nil // it is stored, and the shelf will have it
		}
	}
	return version, nil
}

const (
	shelfWithin = 2 * time.Second
	shelfEvery  = 20 * time.Millisecond
)

// Look says what moving the open promises to a book would do.
func (b *bookPages) Look(ctx context.Context, files rules.Files) (publishing.Plan, error) {
	h, err := b.History(ctx)
	if err != nil {
		return publishing.Plan{}, err
	}
	book, err := readable(files)
	if err != nil {
		return publishing.Plan{}, err
	}
	return publishing.Look(ctx, b.stream, h.Books(book), book.Version, publishing.Everything, time.Now())
}

// Replan moves the open promises to a version in force.
func (b *bookPages) Replan(ctx context.Context, to publishing.Version, asked publishing.Asked) (publishing.Done, error) {
	h, err := b.History(ctx)
	if err != nil {
		return publishing.Done{}, err
	}
	return publishing.Replan(ctx, b.stream, h.Books(nil), to, publishing.Everything, asked, replanPatience)
}

// Backtest plays the last ninety days under a book; one at a time, for it takes every
// core that there is.
func (b *bookPages) Backtest(ctx context.Context, files rules.Files) (report.Report, error) {
	if !b.testing.TryLock() {
		return report.Report{}, console.ErrBusy
	}
	defer b.testing.Unlock()
	book, err := readable(files)
	if err != nil {
		return report.Report{}, err
	}
	now := time.Now()
	today := calendar.DateOf(now, book.Calendar.Location)
	compared, err := backtest.Compare(ctx, b.stream, book, backtest.Window{From: today.AddDays(1 - backtestDays), To: today}, now)
	if err != nil {
		return report.Report{}, err
	}
	return compared.Report(), nil
}

func readable(files rules.Files) (*notifier.Book, error) {
	book, faults := rules.Load(files.FS())
	if book != nil {
		return book, nil
	}
	return nil, &publishing.Faulty{Faults: faults}
}

// drafts keeps the draft of each manager as the one message on a subject of theirs.
type drafts struct{ stream *stream.Stream }

// draftSubject is where a manager's draft stands. Their id may be an email address,
// which no subject can hold.
func draftSubject(manager string) string {
	sum := sha256.Sum256([]byte(manager))
	return events.DraftSubject(hex.EncodeToString(sum[:16]))
}

// Draft reads what a manager works on.
func (d drafts) Draft(ctx context.Context, manager string) (draft console.Draft, err error) {
	record, err := d.stream.Last(ctx, draftSubject(manager))
	if errors.Is(err, stream.ErrNone) {
		return draft, nil
	}
	if err != nil {
		return draft, err
	}
	if err := json.Unmarshal(record.Data, &draft); err != nil {
		return draft, fmt.Errorf("read the draft of the book at %d of the stream: %w", record.Sequence, err)
	}
	draft.Sequence = record.Sequence
	return draft, nil
}

// Keep stores a draft in place of the one that was read.
func (d drafts) Keep(ctx context.Context, manager string, draft console.Draft) error {
	data, err := json.Marshal(draft)
	if err != nil {
		return err
	}
	result := d.stream.Writer().Write(ctx, []commit.Message{{Subject: draftSubject(manager), Data: data, Expect: &draft.Sequence,
		Header: nats.Header{"Nats-Rollup": {"sub"}}}})[0] // keep the newest only
	if errors.Is(result.Err, commit.ErrConflict) {
		return fmt.Errorf("%w: %w", console.ErrDraftChanged, result.Err)
	}
	return result.Err
}
