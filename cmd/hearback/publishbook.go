package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/user"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier/app"
	"hearback/notifier/engine"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

// publishBookPatience is how long the book may take to be stored.
const publishBookPatience = 30 * time.Second

func publishBookVerb(ctx context.Context, flags *flag.FlagSet, args []string, io streams) error {
	by := flags.String("by", "", "who publishes it, as it stands in the history (default: your user name)")
	why := flags.String("why", "", "why, as it stands in the history")
	if err := parse(flags, args); err != nil {
		return err
	}
	dir := flags.Arg(0)
	if flags.NArg() > 1 { // people write flags after the folder too
		if err := parse(flags, flags.Args()[1:]); err != nil {
			return err
		}
		if flags.NArg() > 0 {
			return errUsage{"name one folder"}
		}
	}
	if dir == "" {
		return errUsage{"name the folder that holds rules.yaml"}
	}
	files, err := checkedBook(dir, io)
	if err != nil {
		return err
	}
	config, err := app.ReadConfig()
	if err != nil {
		return errUsage{err.Error()}
	}
	conn, err := app.Dial(config, "hearback publish-book")
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, publishBookPatience)
	defer cancel()
	published := engine.Published{At: time.Now().UTC(), By: publisherName(*by), Why: *why, Files: files}
	return stream.WhileAllowed(ctx, conn, func(ctx context.Context) error { return putInForce(ctx, conn, published, io) })
}

// checkedBook reads a book and prints its faults. A book with any but warnings
// is not given back.
func checkedBook(dir string, io streams) (rules.Files, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is not a folder; name the folder that holds rules.yaml", dir)
	}
	// What is checked is what is published, even if somebody is writing there.
	files, err := rules.Bundle(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("read the book: %w", err)
	}
	book, faults := rules.Load(files.FS())
	for _, f := range faults {
		kind := ""
		if f.Warning {
			kind = "warning: "
		}
		fmt.Fprintf(io.err, "%s%s\n", kind, f)
	}
	if book == nil {
		fmt.Fprintf(io.err, "%s: nothing was published. Mend what is listed above and try again.\n", dir)
		return nil, errSaid
	}
	return files, nil
}

// putInForce stores the book unless the last one that was published is the same.
func putInForce(ctx context.Context, conn *nats.Conn, published engine.Published, io streams) error {
	s, err := stream.Find(ctx, conn)
	if err != nil {
		return err
	}
	subject := events.BookSubject(engine.BookPart)
	last, sequence, err := lastBook(ctx, s, subject)
	if err != nil {
		return err
	}
	version := published.Files.Version()
	if sequence > 0 && last.Files.Version() == version {
		fmt.Fprintf(io.out, "Version %s is in force already, published by %s on %s. Nothing was changed.\n", version, last.By, day(last.At))
		return nil
	}
	data, err := json.Marshal(published)
	if err != nil {
		return err
	}
	// On condition that nobody published since: of two managers one must look again.
	result := s.Writer().Write(ctx, []commit.Message{{Subject: subject, Data: data, Expect: &sequence}})[0]
	if errors.Is(result.Err, commit.ErrConflict) {
		return errors.New("somebody else published a book at the same moment; look at theirs, then try again")
	}
	if result.Err != nil {
		return fmt.Errorf("store the book: %w", result.Err)
	}
	fmt.Fprintf(io.out, "Version %s is in force for promises opened from now on, published by %s.\n", version, published.By)
	return nil
}

// lastBook is the book that was published last, with its place in the stream; 0
// if there is none.
func lastBook(ctx context.Context, s *stream.Stream, subject string) (book engine.Published, sequence uint64, err error) {
	record, err := s.Last(ctx, subject)
	if errors.Is(err, stream.ErrNone) {
		return book, 0, nil
	}
	if err != nil {
		return book, 0, fmt.Errorf("read the book in force: %w", err)
	}
	if err := json.Unmarshal(record.Data, &book); err != nil {
		return book, 0, fmt.Errorf("read the book in force: %w", err)
	}
	return book, record.Sequence, nil
}

// publisherName is who publishes: as said, or whoever is signed in.
func publisherName(said string) string {
	if said != "" {
		return said
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "the command line"
}
