package commit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"pgregory.net/rapid"

	"hearback/events/commit"
	"hearback/events/commit/committest"
)

const streamName = "HEARBACK"

func message(subject, body string) commit.Message {
	return commit.Message{Subject: subject, Data: []byte(body)}
}

func many(count int, prefix string) []commit.Message {
	messages := make([]commit.Message, count)
	for i := range messages {
		messages[i] = message(fmt.Sprintf("%s%d", prefix, i), fmt.Sprint(i))
	}
	return messages
}

// stored reads the whole stream.
func stored(t testing.TB, js jetstream.JetStream) []*jetstream.RawStreamMsg {
	t.Helper()
	stream, err := js.Stream(context.Background(), streamName)
	if err != nil {
		t.Fatal(err)
	}
	var all []*jetstream.RawStreamMsg
	for sequence := uint64(1); sequence <= stream.CachedInfo().State.LastSeq; sequence++ {
		got, err := stream.GetMsg(context.Background(), sequence)
		if err != nil {
			t.Fatalf("read sequence %d: %v", sequence, err)
		}
		all = append(all, got)
	}
	return all
}

// Whatever the number of messages, and however they go, each is stored at the
// sequence its result names, in the order in which they were given.
func TestResultsNameTheSequences(t *testing.T) {
	for _, count := range []int{1, 2, 11, 12, 40, 1000, 1001, 2300} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			t.Parallel()
			js := jetStream(t, committest.One(t))
			writer := commit.New(js, js.Conn(), 12)
			messages := many(count, "hearback.ledger.c")
			results := writer.Write(t.Context(), messages)
			if len(results) != count {
				t.Fatalf("%d results for %d messages", len(results), count)
			}
			all := stored(t, js)
			if len(all) != count {
				t.Fatalf("%d messages stored, want %d", len(all), count)
			}
			for i, result := range results {
				if result.Err != nil || result.Sequence != uint64(i+1) {
					t.Fatalf("result %d is %+v", i, result)
				}
				if got := all[i]; got.Subject != messages[i].Subject || !bytes.Equal(got.Data, messages[i].Data) {
					t.Fatalf("sequence %d holds %s %q", result.Sequence, got.Subject, got.Data)
				}
			}
		})
	}
}

func TestNothingToWrite(t *testing.T) {
	js := jetStream(t, committest.One(t))
	writer := commit.New(js, js.Conn(), 1)
	if results := writer.Write(t.Context(), nil); len(results) != 0 {
		t.Errorf("results for nothing: %v", results)
	}
	if results, err := writer.WriteAtomic(t.Context(), nil); len(results) != 0 || err != nil {
		t.Errorf("an atomic batch of nothing: %v, %v", results, err)
	}
}

// The way in which messages go must not matter to their results: the same
// writes, with right and wrong expectations, through single publishes and
// through batches, end in the same results and the same stream.
func TestBatchesAndSinglesAreEquivalent(t *testing.T) {
	single, batch := jetStream(t, committest.One(t)), jetStream(t, committest.One(t))
	singles, batches := commit.New(single, single.Conn(), 0), commit.New(batch, batch.Conn(), 1)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		last := map[string]uint64{} // of the single stream; the other's must not differ
		for range rapid.IntRange(1, 4).Draw(t, "writes") {
			subjects := rapid.SliceOfNDistinct(rapid.IntRange(0, 8), 1, 8, rapid.ID[int]).Draw(t, "subjects")
			messages := make([]commit.Message, len(subjects))
			for i, subject := range subjects {
				messages[i] = message(fmt.Sprintf("hearback.ledger.r%dc%d", run, subject), rapid.String().Draw(t, "body"))
				switch rapid.IntRange(0, 4).Draw(t, "expect") {
				case 0:
					messages[i].Expect = new(last[messages[i].Subject] + 1_000_000)
				case 1, 2:
					messages[i].Expect = new(last[messages[i].Subject])
				}
				if rapid.Bool().Draw(t, "header") {
					messages[i].Header = nats.Header{"Hearback-Test": {"x"}}
				}
			}
			left, right := singles.Write(context.Background(), messages), batches.Write(context.Background(), messages)
			for i := range messages {
				if left[i].Sequence != right[i].Sequence || errors.Is(left[i].Err, commit.ErrConflict) != errors.Is(right[i].Err, commit.ErrConflict) || (left[i].Err == nil) != (right[i].Err == nil) {
					t.Fatalf("message %d of %d: singly %+v, in a batch %+v", i, len(messages), left[i], right[i])
				}
				guilty := messages[i].Expect != nil && *messages[i].Expect != last[messages[i].Subject]
				if guilty != errors.Is(left[i].Err, commit.ErrConflict) {
					t.Fatalf("message %d: %+v, guilty: %v", i, left[i], guilty)
				}
				if left[i].Err == nil {
					last[messages[i].Subject] = left[i].Sequence
				}
			}
		}
	})
	a, b := stored(t, single), stored(t, batch)
	if len(a) != len(b) {
		t.Fatalf("%d messages singly, %d in batches", len(a), len(b))
	}
	for i := range a {
		if a[i].Subject != b[i].Subject || !bytes.Equal(a[i].Data, b[i].Data) || a[i].Header.Get("Hearback-Test") != b[i].Header.Get("Hearback-Test") {
			t.Fatalf("sequence %d differs: %s, %s", i+1, a[i].Subject, b[i].Subject)
		}
	}
}

func TestOnlyTheGuiltyFail(t *testing.T) {
	js := jetStream(t, committest.One(t))
	writer := commit.New(js, js.Conn(), 12)
	messages := many(60, "hearback.ledger.c")
	for i := range messages {
		messages[i].Expect = new(uint64(0))
	}
	messages[7].Expect = new(uint64(4))
	messages[41].Header = nats.Header{jetstream.ExpectedStreamHeader: {"ANOTHER"}}
	for i, result := range writer.Write(t.Context(), messages) {
		switch i {
		case 7:
			if !errors.Is(result.Err, commit.ErrConflict) {
				t.Errorf("message 7: %+v, want a conflict", result)
			}
		case 41:
			if result.Err == nil || errors.Is(result.Err, commit.ErrUnconfirmed) || errors.Is(result.Err, commit.ErrConflict) {
				t.Errorf("message 41: %+v, want a refusal", result)
			}
		default:
			if result.Err != nil {
				t.Errorf("message %d: %v", i, result.Err)
			}
		}
	}
	if all := stored(t, js); len(all) != 58 {
		t.Errorf("%d messages stored, want 58", len(all))
	}
}

// A subject without a stream looks like a stream without a leader: it is tried
// until ctx ends, and the others do not suffer.
func TestWithoutAStreamTheMessageStaysUnconfirmed(t *testing.T) {
	js := jetStream(t, committest.One(t))
	for _, batchFrom := range []int{0, 1} {
		messages := many(20, fmt.Sprintf("hearback.b%d.", batchFrom))
		messages[3].Subject = "elsewhere"
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		for i, result := range commit.New(js, js.Conn(), batchFrom).Write(ctx, messages) {
			if i == 3 && !(errors.Is(result.Err, commit.ErrUnconfirmed) && errors.Is(result.Err, nats.ErrNoResponders)) {
				t.Errorf("the message for no stream: %+v", result)
			}
			if i != 3 && result.Err != nil {
				t.Errorf("message %d: %v", i, result.Err)
			}
		}
		cancel()
	}
}

func TestAtomicIsAllOrNothing(t *testing.T) {
	js := jetStream(t, committest.One(t))
	writer := commit.New(js, js.Conn(), 1)
	messages := many(20, "hearback.ledger.c")
	messages[19].Expect = new(uint64(3))
	if _, err := writer.WriteAtomic(t.Context(), messages); !errors.Is(err, commit.ErrConflict) {
		t.Fatalf("error %v, want a conflict", err)
	}
	if all := stored(t, js); len(all) != 0 {
		t.Fatalf("%d messages of a refused batch are stored", len(all))
	}
	messages[19].Expect = new(uint64(0))
	results, err := writer.WriteAtomic(t.Context(), messages)
	if err != nil || results[0].Sequence != 1 || results[19].Sequence != 20 {
		t.Fatalf("%v, %v", results, err)
	}
	if _, err := writer.WriteAtomic(t.Context(), many(commit.BatchSizeMax+1, "hearback.x.")); err == nil {
		t.Error("a batch over the limit was not refused")
	}
}

// The caller's header must stay as it was: it may be used again.
func TestHeadersAreNotChanged(t *testing.T) {
	js := jetStream(t, committest.One(t))
	header := nats.Header{"Hearback-Test": {"x"}}
	for _, batchFrom := range []int{0, 1} {
		messages := many(3, fmt.Sprintf("hearback.b%d.", batchFrom))
		for i := range messages {
			messages[i].Header = header
			messages[i].Expect = new(uint64(0))
		}
		for _, result := range commit.New(js, js.Conn(), batchFrom).Write(t.Context(), messages) {
			if result.Err != nil {
				t.Fatal(result.Err)
			}
		}
	}
	if len(header) != 1 || len(header["Hearback-Test"]) != 1 {
		t.Errorf("the header is now %v", header)
	}
}

func TestARepeatedIdentityIsStoredOnce(t *testing.T) {
	js := jetStream(t, committest.One(t))
	for _, batchFrom := range []int{0, 1} {
		writer := commit.New(js, js.Conn(), batchFrom)
		messages := many(20, "hearback.event.c")
		for i := range messages {
			messages[i].Header = nats.Header{jetstream.MsgIDHeader: {fmt.Sprint("identity ", i)}}
		}
		for i, result := range writer.Write(t.Context(), messages) {
			if result.Err != nil || result.Sequence != uint64(i+1) {
				t.Errorf("batches from %d: message %d: %+v", batchFrom, i, result)
			}
		}
	}
	if all := stored(t, js); len(all) != 20 {
		t.Errorf("%d messages stored, want 20", len(all))
	}
}

func TestATooLargeMessageIsRefusedAlone(t *testing.T) {
	js := jetStream(t, committest.One(t))
	for _, batchFrom := range []int{0, 1} {
		messages := many(20, fmt.Sprintf("hearback.b%d.", batchFrom))
		messages[5].Data = make([]byte, 2<<20)
		for i, result := range commit.New(js, js.Conn(), batchFrom).Write(t.Context(), messages) {
			if i == 5 && (!errors.Is(result.Err, nats.ErrMaxPayload) || errors.Is(result.Err, commit.ErrUnconfirmed)) {
				t.Errorf("batches from %d: the large message: %+v", batchFrom, result)
			}
			if i != 5 && result.Err != nil {
				t.Errorf("batches from %d: message %d: %v", batchFrom, i, result.Err)
			}
		}
	}
}
