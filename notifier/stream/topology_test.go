package stream_test

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// A stream that somebody else made must be right, or the error says which
// setting must be what.
func TestOpenChecksAStreamThatExists(t *testing.T) {
	right := jetstream.StreamConfig{
		Name: stream.Name, Subjects: []string{"hearback.>"}, Replicas: 1,
		AllowAtomicPublish: true, AllowDirect: true, AllowMsgTTL: true, AllowRollup: true,
	}
	tests := []struct {
		change func(*jetstream.StreamConfig)
		says   string
	}{
		{func(*jetstream.StreamConfig) {}, ""},
		{func(c *jetstream.StreamConfig) { c.AllowAtomicPublish = false }, "allow_atomic is false and must be true"},
		{func(c *jetstream.StreamConfig) { c.AllowRollup = false }, "allow_rollup_hdrs is false"},
		{func(c *jetstream.StreamConfig) { c.AllowMsgTTL = false }, "allow_msg_ttl is false"},
		{func(c *jetstream.StreamConfig) { c.Subjects = []string{"hearback.event.>"} }, "subjects is hearback.event.> and must be hearback.>"},
		{func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage }, "storage is Memory"},
		{func(c *jetstream.StreamConfig) { c.Retention = jetstream.InterestPolicy }, "retention is Interest"},
		{func(c *jetstream.StreamConfig) { c.MaxAge = time.Hour }, "max_age is 1h0m0s"},
		{func(c *jetstream.StreamConfig) { c.MaxMsgsPerSubject = 1 }, "max_msgs_per_subject is 1"},
		{func(c *jetstream.StreamConfig) { c.MaxBytes = 1 << 20 }, "discard is DiscardOld and must be new"},
		{func(c *jetstream.StreamConfig) { c.NoAck = true; c.AllowAtomicPublish = false }, "no_ack is true"},
		{func(c *jetstream.StreamConfig) { c.DenyPurge = true; c.AllowRollup = false }, "deny_purge is true"},
	}
	for _, test := range tests {
		nc := streamtest.Connect(t, streamtest.Server(t))
		js, err := jetstream.New(nc)
		if err != nil {
			t.Fatal(err)
		}
		config := right
		test.change(&config)
		if _, err := js.CreateStream(t.Context(), config); err != nil {
			t.Fatalf("%s: %v", test.says, err)
		}
		_, err = stream.Open(t.Context(), nc, stream.Options{External: true})
		switch {
		case test.says == "" && err != nil:
			t.Errorf("a right stream is refused: %v", err)
		case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
			t.Errorf("error %v, want %q", err, test.says)
		}
	}
}

func TestOpenTwiceIsTheSameStream(t *testing.T) {
	server := streamtest.Server(t)
	first := streamtest.OpenOn(t, streamtest.Connect(t, server))
	write(t, first, note("hearback.ledger.A", "x"))
	second := streamtest.OpenOn(t, streamtest.Connect(t, server))
	if all := everything(t, second); len(all) != 1 {
		t.Errorf("%d messages through the second, want 1", len(all))
	}
	if _, err := stream.Open(t.Context(), streamtest.Connect(t, server), stream.Options{Replicas: 3}); err == nil || !strings.Contains(err.Error(), "num_replicas is 1 and must be 3") {
		t.Errorf("other replicas: %v", err)
	}
}

func TestOpenWithoutJetStream(t *testing.T) {
	s, err := server.NewServer(&server.Options{DontListen: true, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer s.Shutdown()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := stream.Open(t.Context(), nc, stream.Options{External: true}); err == nil || !strings.Contains(err.Error(), "JetStream is off") {
		t.Errorf("error %v", err)
	}
}
