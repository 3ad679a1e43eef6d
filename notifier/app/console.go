package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier"
	"hearback/notifier/caseload"
	"hearback/notifier/console"
	"hearback/notifier/keeping"
	"hearback/notifier/picture"
	"hearback/notifier/stream"
)

// console makes the pages, and keeps what their lists show while anybody may look.
func (a *App) console(running context.Context, reader *reader, publisher *publisher, options Options) (http.Handler, error) {
	book := &bookPages{stream: a.stream, shelf: a.shelf}
	with := console.Options{
		Council: a.shelf.Books().Current.Council.Name, Demo: options.Demo, Cases: caseload.New(),
		Book: func() *notifier.Book { return a.shelf.Books().Current }, Trail: trail{a.stream},
		Families: &families{app: a}, Closing: a.closing, Publishing: a.publishing(book), Proofs: a.proofs, Refused: reader, Running: reader,
	}
	if !options.Demo {
		if err := a.letIn(&with); err != nil {
			return nil, err
		}
		with.SignInMissing = with.Who == nil
	}
	if !with.SignInMissing {
		with.Keeping = keeping.New()
		a.running.Go(func() { a.count(running, with.Keeping) })
		a.running.Go(func() { a.countRejected(running) })
		a.running.Go(func() { a.proofs.Ahead(running, book.inForce) })
		a.running.Go(func() { feed(running, a.picture, with.Cases, a.forgotten) })
	}
	return console.New(pagesReader{reader, with.Cases}, publisher.Publisher, with), nil
}

// pagesReader is the reader of the pages: what they show on every page comes from the
// lists, which need not decode a case.
type pagesReader struct {
	*reader
	cases *caseload.Index
}

// Tasks lists what only a person can do, the oldest first.
func (r pagesReader) Tasks() []picture.CaseTask {
	open := r.cases.Tasks()
	tasks := make([]picture.CaseTask, len(open))
	for i, t := range open {
		tasks[i] = picture.CaseTask{Case: t.Case, Task: t.Task}
	}
	return tasks
}

// feedMost bounds how many cases are read before the lists show them.
const feedMost = 500

// feed keeps the lists as the picture is, until ctx ends.
func feed(ctx context.Context, from *picture.Picture, to *caseload.Index, unreadable func(ref string, err error)) {
	watch := from.Watch()
	for {
		changed, err := watch.Next(ctx)
		if err != nil {
			return
		}
		for refs := range slices.Chunk(changed, feedMost) {
			cases := make([]notifier.Case, 0, len(refs))
			for _, ref := range refs {
				c, sequence, err := from.Case(ref)
				switch {
				case err != nil:
					unreadable(ref, err)
				case sequence == 0:
					to.Forget(ref)
				default:
					cases = append(cases, c)
				}
			}
			to.Put(cases...)
		}
	}
}

// forgotten says that a case is missing in the lists.
func (a *App) forgotten(ref string, err error) {
	a.log.Error("a case cannot be read, so the lists of the console lack it", "case", ref, "error", err)
}

// trail keeps in the stream who has seen a case.
type trail struct{ stream *stream.Stream }

// Record stores the entries. There is nothing to see of a case that
// cannot be.
func (t trail) Record(ctx context.Context, entries ...console.Seen) error {
	var messages []commit.Message
	for _, s := range entries {
		if !events.ValidCase(s.Case) {
			continue
		}
		data, err := json.Marshal(s)
		if err != nil {
			return err
		}
		messages = append(messages, commit.Message{Subject: events.SeenSubject(s.Case), Data: data})
	}
	var errs []error
	for _, stored := range t.stream.Writer().Write(ctx, messages) {
		errs = append(errs, stored.Err)
	}
	return errors.Join(errs...)
}

// Seen reads the entries about a case, the newest first.
func (t trail) Seen(ctx context.Context, ref string) (list []console.Seen, err error) {
	if !events.ValidCase(ref) {
		return nil, nil
	}
	err = t.stream.History(ctx, []string{events.SeenSubject(ref)}, func(r stream.Record) {
		var s console.Seen
		if json.Unmarshal(r.Data, &s) == nil {
			list = append(list, s)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("read who has seen case %s: %w", ref, err)
	}
	slices.Reverse(list)
	return list, nil
}

// families answers what pages ask about one case.
type families struct{ app *App }

// Said reads what a family wrote with the newest enquiry of its kind; an older one's
// words stand with the case's events and are not looked for.
func (f *families) Said(ctx context.Context, ref, enquiry string) (string, error) {
	if !events.ValidCase(ref) {
		return "", nil
	}
	for _, kind := range []string{events.TypeEnquiryReceived, events.TypeMessageReceived} {
		r, err := f.app.stream.Last(ctx, events.Subject(ref, kind))
		if errors.Is(err, stream.ErrNone) {
			continue
		}
		if err != nil {
			return "", err
		}
		e, err := events.ParseMessage(r.Subject, r.Header, r.Data)
		if err != nil {
			continue // it was refused, and stands among those that were
		}
		if text, ok := saidIn(e, enquiry); ok {
			return text, nil
		}
	}
	return "", nil
}

// saidIn is what an event says in a family's words, where it is about the enquiry.
func saidIn(e events.Event, enquiry string) (string, bool) {
	switch e.Type {
	case events.TypeEnquiryReceived:
		said, err := events.DataOf[events.Enquiry](e)
		return said.About, err == nil && cmp.Or(said.Enquiry, e.ID) == enquiry
	default:
		said, err := events.DataOf[events.MessageReceived](e)
		return said.Text, err == nil && (e.ID == enquiry || said.Enquiry == enquiry)
	}
}

// Foresee decides about an event on the case as it stands, and stores nothing.
func (f *families) Foresee(_ context.Context, e events.Event) (notifier.Decision, error) {
	now := time.Now()
	if err := e.Check(now); err != nil {
		return notifier.Decision{}, err
	}
	c, _, err := f.app.picture.Case(e.Case)
	if err != nil {
		return notifier.Decision{}, err
	}
	return notifier.Decide(c, notifier.Input{Event: &e}, f.app.shelf.Books(), now), nil
}
