package stream_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/nats-io/nats.go"

	"hearback/events/commit"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// write stores messages or fails the test.
func write(t testing.TB, s *stream.Stream, messages ...commit.Message) []uint64 {
	t.Helper()
	sequences := make([]uint64, len(messages))
	for i, result := range s.Writer().Write(t.Context(), messages) {
		if result.Err != nil {
			t.Fatalf("message %d on %s: %v", i, messages[i].Subject, result.Err)
		}
		sequences[i] = result.Sequence
	}
	return sequences
}

func note(subject, body string) commit.Message {
	return commit.Message{Subject: subject, Data: []byte(body)}
}

func TestReadsWhatWasWritten(t *testing.T) {
	s := streamtest.Open(t)
	if _, err := s.Last(t.Context(), "hearback.ledger.A"); !errors.Is(err, stream.ErrNone) {
		t.Fatalf("Last of nothing: %v, want ErrNone", err)
	}
	if last, err := s.LastSequence(t.Context()); err != nil || last != 0 {
		t.Fatalf("LastSequence of an empty stream: %d, %v", last, err)
	}
	first := note("hearback.ledger.A", "one")
	first.Header = nats.Header{"Hearback-Test": {"x"}}
	sequences := write(t, s, first, note("hearback.ledger.A", "two"), note("hearback.ledger.B", "three"))

	last, err := s.Last(t.Context(), "hearback.ledger.A")
	if err != nil || string(last.Data) != "two" || last.Sequence != sequences[1] || last.Subject != "hearback.ledger.A" {
		t.Errorf("Last: %+v, %v", last, err)
	}
	got, err := s.Get(t.Context(), sequences[0])
	if err != nil || string(got.Data) != "one" || got.Header.Get("Hearback-Test") != "x" || got.Time.IsZero() {
		t.Errorf("Get: %+v, %v", got, err)
	}
	if _, err := s.Get(t.Context(), 99); !errors.Is(err, stream.ErrNone) {
		t.Errorf("Get of nothing: %v, want ErrNone", err)
	}
	info, err := s.Info(t.Context())
	if err != nil || info.Messages != 3 || info.Subjects != 2 || info.LastSequence != 3 {
		t.Errorf("Info: %+v, %v", info, err)
	}
	if err := s.Purge(t.Context(), "hearback.ledger.A"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Last(t.Context(), "hearback.ledger.A"); !errors.Is(err, stream.ErrNone) {
		t.Errorf("Last after Purge: %v, want ErrNone", err)
	}
	if _, err := s.Last(t.Context(), "hearback.ledger.B"); err != nil {
		t.Errorf("Purge of one subject took another: %v", err)
	}
}

func TestLoadLastGivesTheNewestOfEverySubject(t *testing.T) {
	const subjects = 20_000
	s := streamtest.Open(t)
	messages := make([]commit.Message, 0, subjects+subjects/10)
	for i := range subjects {
		messages = append(messages, note(fmt.Sprintf("hearback.ledger.c%d", i), "old"))
	}
	for i := 0; i < subjects; i += 10 {
		messages = append(messages, note(fmt.Sprintf("hearback.ledger.c%d", i), "new"))
	}
	write(t, s, messages...)
	write(t, s, note("hearback.event.c1.reply.sent", "not a ledger entry"))

	loaded := map[string]string{}
	through, err := s.LoadLast(t.Context(), "hearback.ledger.*", func(record stream.Record) {
		if _, twice := loaded[record.Subject]; twice {
			t.Errorf("%s came twice", record.Subject)
		}
		loaded[record.Subject] = string(record.Data)
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := uint64(len(messages) + 1); through != want {
		t.Errorf("loaded through %d, want %d", through, want)
	}
	if len(loaded) != subjects {
		t.Errorf("loaded %d subjects, want %d", len(loaded), subjects)
	}
	for i := range subjects {
		want := "old"
		if i%10 == 0 {
			want = "new"
		}
		if got := loaded[fmt.Sprintf("hearback.ledger.c%d", i)]; got != want {
			t.Fatalf("c%d is %q, want %q", i, got, want)
		}
	}
}

func TestHistoryGivesEverythingStoredSoFar(t *testing.T) {
	s := streamtest.Open(t)
	none := func(stream.Record) { t.Error("a record from an empty stream") }
	if err := s.History(t.Context(), nil, none); err != nil {
		t.Fatal(err)
	}
	var messages []commit.Message
	for i := range 500 {
		messages = append(messages, note(fmt.Sprintf("hearback.event.c%d.reply.sent", i%7), fmt.Sprint(i)), note("hearback.book.rules", fmt.Sprint(i)))
	}
	write(t, s, messages...)
	count := 0
	err := s.History(t.Context(), []string{"hearback.event.>"}, func(record stream.Record) {
		if want := fmt.Sprint(count); string(record.Data) != want {
			t.Errorf("record %d is %q", count, record.Data)
		}
		count++
	})
	if err != nil || count != 500 {
		t.Errorf("%d records, %v", count, err)
	}
	if err := s.History(t.Context(), []string{"hearback.ledger.*"}, none); err != nil {
		t.Errorf("history of a subject without messages: %v", err)
	}
}

func TestFollowGivesWhatIsThereAndWhatComes(t *testing.T) {
	s := streamtest.Open(t)
	sequences := write(t, s, note("hearback.event.A.reply.sent", "0"), note("hearback.book.rules", "no"), note("hearback.event.A.reply.sent", "1"))
	ctx, cancel := context.WithCancelCause(t.Context())
	done := errors.New("seen enough")
	records := make(chan stream.Record)
	ended := make(chan error)
	go func() {
		ended <- s.Follow(ctx, []string{"hearback.event.>"}, sequences[0], func(record stream.Record) { records <- record })
	}()
	if got := <-records; string(got.Data) != "1" {
		t.Errorf("first record %q, want 1", got.Data)
	}
	write(t, s, note("hearback.event.B.reply.sent", "2"))
	if got := <-records; string(got.Data) != "2" || got.Subject != "hearback.event.B.reply.sent" {
		t.Errorf("second record %+v", got)
	}
	cancel(done)
	if err := <-ended; !errors.Is(err, done) {
		t.Errorf("Follow ended with %v, want its context's cause", err)
	}
}
