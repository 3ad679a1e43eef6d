package commit_test

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/events/commit"
	"hearback/events/commit/committest"
	"hearback/notifier/stream/streamtest"
)

// deaf is a connection that can lose what the server says: what an
// acknowledgement lost on the way looks like.
type deaf struct {
	net.Conn
	mu    sync.Mutex
	loses bool
}

func (d *deaf) lose(yes bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.loses = yes
}

func (d *deaf) Read(into []byte) (int, error) {
	for {
		n, err := d.Conn.Read(into)
		d.mu.Lock()
		loses := d.loses
		d.mu.Unlock()
		if !loses || err != nil {
			return n, err
		}
	}
}

// An acknowledgement that is lost must not make a message be stored twice, or
// be taken for somebody else's: the second attempt finds that it is there.
func TestALostAcknowledgement(t *testing.T) {
	for _, count := range []int{1, 5, 40} {
		for _, foreign := range []bool{false, true} {
			t.Run(fmt.Sprintf("count=%d,foreign=%v", count, foreign), func(t *testing.T) {
				streamtest.Bubble(t, func(t *testing.T) { loseAcknowledgement(t, count, foreign) })
			})
		}
	}
}

func loseAcknowledgement(t *testing.T, count int, foreign bool) {
	server := committest.Start(t)
	var line *deaf
	nc := server.Connect(t, nats.InProcessServer(dialer(func() (net.Conn, error) {
		conn, err := server.InProcessConn()
		line = &deaf{Conn: conn}
		return line, err
	})))
	js := jetStream(t, nc)
	writer := commit.New(js, nc, 12)
	// The connection must have said all it has to say about itself.
	if result := writer.Write(t.Context(), many(2, "hearback.first.")); result[1].Err != nil {
		t.Fatal(result[1].Err)
	}
	messages := many(count, "hearback.ledger.c")
	for i := range messages {
		messages[i].Expect = new(uint64(0))
	}
	var results []commit.Result
	line.lose(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		results = writer.Write(t.Context(), messages)
	}()
	time.Sleep(time.Second) // stored, unheard
	if foreign {
		other := server.Connect(t)
		if result := commit.New(jetStream(t, other), other, 0).Write(t.Context(), []commit.Message{message(messages[0].Subject, "somebody else's")}); result[0].Err != nil {
			t.Fatal(result[0].Err)
		}
	}
	line.lose(false)
	<-done
	for i, result := range results {
		switch {
		case i == 0 && foreign && count < 12:
			if !errors.Is(result.Err, commit.ErrConflict) {
				t.Errorf("the overwritten message: %+v, want a conflict", result)
			}
		case result.Err != nil || result.Sequence != uint64(3+i):
			t.Errorf("message %d: %+v, want sequence %d", i, result, 3+i)
		}
	}
	want := 2 + count
	if foreign {
		want++
	}
	if all := stored(t, jetStream(t, server.Connect(t))); len(all) != want {
		t.Errorf("%d messages stored, want %d", len(all), want)
	}
}

type dialer func() (net.Conn, error)

func (d dialer) InProcessConn() (net.Conn, error) { return d() }
