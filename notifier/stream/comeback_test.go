package stream_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// A follower whose line is dead for so long that the server gives it up makes a
// new connection, and goes on from where it was: nothing is lost or seen twice.
func TestAFollowerThatWasGivenUpComesBack(t *testing.T) {
	for _, away := range []time.Duration{15 * time.Second, 26 * time.Hour} {
		t.Run(away.String(), func(t *testing.T) {
			streamtest.Bubble(t, func(t *testing.T) {
				server := streamtest.Server(t)
				writer := streamtest.OpenOn(t, streamtest.Connect(t, server))
				nc, gate := streamtest.ConnectGated(t, server)
				follower := streamtest.OpenOn(t, nc)
				ctx, cancel := context.WithCancel(t.Context())
				var seen []string
				ended := make(chan struct{})
				go func() {
					defer close(ended)
					follower.Follow(ctx, []string{"hearback.event.>"}, 0, func(record stream.Record) { // returns when ctx ends
						seen = append(seen, string(record.Data))
					})
				}()
				var want []string
				tell := func(count int) {
					for range count {
						want = append(want, fmt.Sprint(len(want)))
						write(t, writer, note("hearback.event.A.reply.sent", want[len(want)-1]))
					}
				}
				tell(3)
				synctest.Wait()
				gate.Close()
				tell(5)
				time.Sleep(away)
				tell(5)
				gate.Open()
				time.Sleep(5 * time.Second)
				tell(3)
				time.Sleep(5 * time.Second)
				cancel()
				<-ended
				if fmt.Sprint(seen) != fmt.Sprint(want) {
					t.Errorf("seen %q, want %q", seen, want)
				}
				if nc.Stats().Reconnects == 0 {
					t.Error("the connection was never lost: the test shows nothing")
				}
			})
		})
	}
}
