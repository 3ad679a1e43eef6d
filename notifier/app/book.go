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

// publishBook puts the book that was found at the start into the stream. A
// restart must not undo what somebody published since: a version that stood there
// before comes into force again only where the one in force came from the same
// place, as when a folder is changed back. The built-in book only ever replaces
// itself.
func (a *App) publishBook(ctx context.Context, files rules.Files, by string) error {
	books := a.shelf.Books()
	if books.Current != nil && books.Current.Version == files.Version() {
		return nil
	}
	if books.Current != nil && a.shelf.By() != by {
		if by == builtIn {
			return nil
		}
		if _, known := books.Versions[files.Version()]; known {
			a.log.Warn("the book found at the start was in force before and stays replaced; publish it again with hearback publish-book to bring it back", "found", files.Version(), "in_force", books.Current.Version, "published_by", a.shelf.By())
			return nil
		}
	}
	data, err := json.Marshal(engine.Published{At: time.Now().UTC(), By: by, Files: files})
	if err != nil {
		return err
	}
	result := a.stream.Writer().Write(ctx, []commit.Message{{Subject: events.BookSubject(engine.BookPart), Data: data}})
	if err := result[0].Err; err != nil {
		return fmt.Errorf("publish the book: %w", err)
	}
	return a.shelf.Take(result[0].Sequence, data)
}
