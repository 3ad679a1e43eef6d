package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/app"
	"hearback/notifier/ask"
	"hearback/notifier/rehearse"
	"hearback/notifier/rules"
)

const (
	// settlePatience bounds the wait for the first acknowledgements to be handed
	// over, so that families' stories begin with them. With real channels they
	// may take longer; the demonstration goes on.
	settlePatience = time.Second
	// decidePatience bounds the wait for the last event to be decided.
	decidePatience = 15 * time.Second
	// lookAgain is how often the waits above look.
	lookAgain = 5 * time.Millisecond
)

// seeding is what was made up.
type seeding struct {
	families, promises int
	shown              map[rehearse.State]string
}

// seedDemo tells a running Hearback what happened to a made-up council, as
// services would: through the stream and the whole pipeline. It returns when
// everything is decided. Settle bounds the wait for the first acknowledgements
// to be handed over. A stream that holds cases already is left as it is.
func seedDemo(ctx context.Context, a *app.App, families int, settle time.Duration) (seeding, error) {
	if a.Engine().Stats().Cases > 0 {
		return seeding{promises: a.Engine().Stats().Promises}, nil
	}
	book, err := demoBook(a.Config)
	if err != nil {
		return seeding{}, err
	}
	past := rehearse.Invent(book.Directory, families, demoSeed).Past(book, time.Now())
	publisher, err := events.NewPublisher(a.Conn())
	if err != nil {
		return seeding{}, err
	}
	defer publisher.Close()
	for i, stage := range past.Stages {
		if err := publishStage(ctx, publisher, stage); err != nil {
			return seeding{}, err
		}
		if i == rehearse.FirstAnswers-1 {
			// A wait that was in vain spoils no more than the first lines of a story.
			_ = until(ctx, settle, func() bool {
				s := a.Engine().Stats()
				return s.Promises >= len(stage) && s.UnsettledCases == 0
			})
		}
	}
	last := past.Shown[rehearse.JustAcknowledged]
	// Cases are decided each in its own order, so the last event may be answered
	// before one of another case.
	err = until(ctx, decidePatience, func() bool { return decided(ctx, a, last) && a.Engine().Stats().Undecided == 0 })
	return seeding{families: families, promises: a.Engine().Stats().Promises, shown: past.Shown}, err
}

// demoBook is the book in force: BOOK_DIR or the built-in example.
func demoBook(config app.Config) (*notifier.Book, error) {
	var source fs.FS = deploy.Hertfordshire()
	if config.BookDir != "" {
		source = os.DirFS(config.BookDir)
	}
	book, _ := rules.Load(source)
	if book == nil {
		return nil, errors.New("the book has faults; see hearback check")
	}
	return book, nil
}

// decided reports whether the enquiry of a case has led to anything.
func decided(ctx context.Context, a *app.App, ref string) bool {
	view, err := ask.Case(ctx, a.Conn(), ref)
	return err == nil && (len(view.Promises) > 0 || len(view.Tasks) > 0)
}

// until waits for a condition, for so long.
func until(ctx context.Context, patience time.Duration, met func() bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("it was not done after %s; see the log, and hearback doctor", patience))
	defer cancel()
	ticker := time.NewTicker(lookAgain)
	defer ticker.Stop()
	for !met() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// inParallel does something with every item, so many at a time, and returns all errors.
func inParallel[T any](most int, items []T, do func(T) error) error {
	var all sync.WaitGroup
	errs := make([]error, len(items))
	places := make(chan struct{}, most)
	for i, item := range items {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			errs[i] = do(item)
		})
	}
	all.Wait()
	return errors.Join(errs...)
}
