package publishing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"hearback/events"
	"hearback/events/commit"
	"hearback/notifier/engine"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
)

// Overtaken is the error of publishing over a version that somebody has replaced.
type Overtaken struct {
	// By is the version in force now.
	By Version
}

func (o *Overtaken) Error() string {
	return fmt.Sprintf("somebody was first: %s is in force now; yours was not published and is not lost: look at theirs with hearback book diff, then publish yours again", o.By)
}

// Faulty is the error of publishing a book that cannot be put in force.
type Faulty struct{ Faults []rules.Fault }

func (f *Faulty) Error() string {
	errs := []error{errors.New("the book has faults and was not published; mend them and try hearback check")}
	for _, fault := range f.Faults {
		errs = append(errs, errors.New(fault.String()))
	}
	return errors.Join(errs...).Error()
}

// Publish puts a book in force, over the version with which it was compared; the zero
// Version where there was none. Of two at once the second gets an *Overtaken. Nothing
// is stored of a book that has faults.
func Publish(ctx context.Context, s *stream.Stream, book engine.Published, over Version) (Version, error) {
	if checked, faults := rules.Load(book.Files.FS()); checked == nil {
		return Version{}, &Faulty{faults}
	}
	data, err := json.Marshal(book)
	if err != nil {
		return Version{}, err
	}
	subject := events.BookSubject(engine.BookPart)
	result := s.Writer().Write(ctx, []commit.Message{{Subject: subject, Data: data, Expect: &over.Sequence}})[0]
	if errors.Is(result.Err, commit.ErrConflict) {
		return overtaken(ctx, s, subject, book)
	}
	if result.Err != nil {
		return Version{}, fmt.Errorf("store the book: %w", result.Err)
	}
	return version(book, result.Sequence), nil
}

// overtaken says who was first. It may have been ourselves, where the answer of the
// server was lost.
func overtaken(ctx context.Context, s *stream.Stream, subject string, ours engine.Published) (Version, error) {
	record, err := s.Last(ctx, subject)
	if err != nil {
		return Version{}, fmt.Errorf("somebody else published a book at the same moment; yours was not published, so look at theirs and try again: %w", err)
	}
	var theirs engine.Published
	if err := json.Unmarshal(record.Data, &theirs); err != nil {
		return Version{}, fmt.Errorf("read the book in force: %w", err)
	}
	first := version(theirs, record.Sequence)
	if theirs.At.Equal(ours.At) && theirs.By == ours.By && first.Version == ours.Files.Version() {
		return first, nil
	}
	return Version{}, &Overtaken{first}
}
