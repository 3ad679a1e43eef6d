package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier/engine"
	"hearback/notifier/rules"
)

// builtIn is who publishes the example book: nobody chose it.
const builtIn = "built-in example book"

// publication says who publishes the book found at the start.
func publication(config Config, given fs.FS) string {
	switch {
	case config.BookDir != "":
		return "BOOK_DIR at start"
	case given != nil:
		return "start"
	default:
		return builtIn
	}
}

// publishBook puts the book that was found at the start into the stream, unless
// it stands there already: a version that managers published since must not be
// undone by a restart. The built-in book only ever replaces itself.
func (a *App) publishBook(ctx context.Context, files rules.Files, by string) error {
	books := a.shelf.Books()
	if _, known := books.Versions[files.Version()]; known {
		return nil
	}
	if by == builtIn && books.Current != nil && a.shelf.By() != builtIn {
		return nil
	}
	data, err := json.Marshal(engine.Published{At: time.Now().UTC(), By: by, Files: files})
	if err != nil {
		return err
	}
	result := a.stream.Writer().Write(ctx, []commit.Message{{Subject: events.BookSubject(engine.BookPart), Data: data}})
	if err := result[0].Err; err != nil {
		return fmt.Errorf("publish the book: %w", err)
	}
	return a.shelf.Take(data)
}
