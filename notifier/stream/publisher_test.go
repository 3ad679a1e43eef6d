package stream_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"hearback/events"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// An event that its service may not publish is never answered by the server. Its
// publisher is told why, and the events of others do not wait for it.
func TestAForbiddenEventHoldsUpNobody(t *testing.T) {
	streamtest.Bubble(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "users.yaml")
		text := "users: [{name: website, password: p, publish: [hearback.event.*.enquiry.received]}]"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		server := streamtest.Start(t, stream.ServerConfig{Dir: t.TempDir(), Users: file})
		s := streamtest.OpenOn(t, streamtest.Connect(t, server))
		nc, err := nats.Connect("", nats.InProcessServer(server), nats.UserInfo("website", "p"), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		publisher, err := events.NewPublisher(nc)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(publisher.Close)
		event := func(id, kind string) events.Event {
			return events.Event{ID: id, Source: "/website", Type: kind, Case: "A", Time: time.Now(), Data: []byte(`{"channel":"web"}`)}
		}
		began := time.Now()
		var group sync.WaitGroup
		group.Go(func() {
			err := publisher.Publish(t.Context(), event("forbidden", events.TypeReplySent))
			if !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), "may not publish on hearback.event.A.reply.sent") {
				t.Errorf("the forbidden event: %v", err)
			}
		})
		for i := range 30 {
			group.Go(func() {
				if err := publisher.Publish(t.Context(), event(fmt.Sprint(i), events.TypeEnquiryReceived)); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took > time.Second {
					t.Errorf("event %d took %v", i, took)
				}
			})
		}
		group.Wait()
		if all := everything(t, s); len(all) != 30 {
			t.Errorf("%d events stored, want 30", len(all))
		}
	})
}
