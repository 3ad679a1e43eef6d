package commit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/events/commit"
	"hearback/events/commit/committest"
	"hearback/notifier/stream/streamtest"
)

// The line breaks as the acknowledgement of a batch comes along it. The batch is
// stored, once: the Writer finds it and reports the place of each message, though
// the batch was sent again meanwhile and others have written since.
func TestTheLineBreaksOverTheAcknowledgementOfABatch(t *testing.T) {
	all := func(int) bool { return true }
	for name, test := range map[string]struct {
		count   int
		expects func(i int) bool // which messages expect their sequence
		foreign func(i int) bool // on which subjects somebody else writes meanwhile
		away    time.Duration
	}{
		"forty":                                 {count: 40, expects: all},
		"the smallest":                          {count: 12, expects: all},
		"the largest":                           {count: commit.BatchSizeMax, expects: all},
		"away for a minute":                     {count: 40, expects: all, away: time.Minute},
		"only the last expects":                 {count: 40, expects: func(i int) bool { return i == 39 }},
		"only the first expects":                {count: 40, expects: func(i int) bool { return i == 0 }},
		"others write upon all but one":         {count: 40, expects: all, foreign: func(i int) bool { return i != 17 }},
		"others write upon those not expecting": {count: 40, expects: func(i int) bool { return i%2 == 0 }, foreign: func(i int) bool { return i%2 == 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			streamtest.Bubble(t, func(t *testing.T) {
				server := committest.Start(t)
				line := streamtest.NewLine(server)
				nc := server.Connect(t, nats.InProcessServer(line))
				messages := many(test.count, "hearback.ledger.c")
				var upon []commit.Message
				for i := range messages {
					if test.expects(i) {
						messages[i].Expect = new(uint64(0))
					}
					if test.foreign != nil && test.foreign(i) {
						upon = append(upon, message(messages[i].Subject, "somebody else's"))
					}
				}
				line.Loses(streamtest.BatchAcknowledgement, test.away)
				var results []commit.Result
				done := make(chan struct{})
				go func() {
					defer close(done)
					results = commit.New(jetStream(t, nc), nc, 12).Write(t.Context(), messages)
				}()
				time.Sleep(time.Second)
				if line.Lost() != 1 {
					t.Fatalf("%d acknowledgements were lost, want 1", line.Lost())
				}
				other := jetStream(t, server.Connect(t))
				for i, result := range commit.New(other, other.Conn(), 0).Write(t.Context(), upon) {
					if result.Err != nil || result.Sequence != uint64(test.count+i+1) {
						t.Errorf("the writer in between: %+v: the batch was not stored before its acknowledgement", result)
					}
				}
				<-done
				for i, result := range results {
					if result.Err != nil || result.Sequence != uint64(i+1) {
						t.Fatalf("message %d: %+v, want sequence %d", i, result, i+1)
					}
				}
				if all := stored(t, other); len(all) != test.count+len(upon) {
					t.Errorf("%d messages stored, want %d", len(all), test.count+len(upon))
				}
			})
		})
	}
}

// Messages that expect nothing but have an identity are recognised by it.
func TestTheLineBreaksOverABatchOfIdentities(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		server := committest.Start(t)
		line := streamtest.NewLine(server)
		nc := server.Connect(t, nats.InProcessServer(line))
		messages := many(40, "hearback.event.c")
		for i := range messages {
			messages[i].Header = nats.Header{jetstream.MsgIDHeader: {fmt.Sprint("identity ", i)}}
		}
		line.Loses(streamtest.BatchAcknowledgement, 0)
		for i, result := range commit.New(jetStream(t, nc), nc, 12).Write(t.Context(), messages) {
			if result.Err != nil || result.Sequence != uint64(i+1) {
				t.Errorf("message %d: %+v, want sequence %d", i, result, i+1)
			}
		}
		if line.Lost() != 1 {
			t.Errorf("%d acknowledgements were lost, want 1", line.Lost())
		}
		if all := stored(t, jetStream(t, server.Connect(t))); len(all) != 40 {
			t.Errorf("%d messages stored, want 40", len(all))
		}
	})
}

// The look for the batch fails too, because the line breaks again over its answer.
// What is then sent singly is in doubt as well, and so looked for.
func TestTheLineBreaksAgainWhileTheBatchIsLookedFor(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		server := committest.Start(t)
		line := streamtest.NewLine(server)
		nc := server.Connect(t, nats.InProcessServer(line))
		messages := many(40, "hearback.ledger.c")
		for i := range messages {
			messages[i].Expect = new(uint64(0))
		}
		line.Loses(streamtest.BatchAcknowledgement, 0)
		var results []commit.Result
		done := make(chan struct{})
		go func() {
			defer close(done)
			results = commit.New(jetStream(t, nc), nc, 12).Write(t.Context(), messages)
		}()
		time.Sleep(time.Second)
		line.Loses("stream_names_response", 6*time.Second) // longer than one look, shorter than two
		<-done
		if line.Lost() != 2 {
			t.Fatalf("the line broke %d times, want twice", line.Lost())
		}
		for i, result := range results {
			if result.Err != nil || result.Sequence != uint64(i+1) {
				t.Errorf("message %d: %+v, want sequence %d", i, result, i+1)
			}
		}
	})
}
