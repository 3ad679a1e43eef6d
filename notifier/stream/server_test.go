package stream_test

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// Each fault is said in words that name the thing and the remedy.
func TestServerFaults(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	used := t.TempDir()
	streamtest.Start(t, stream.ServerConfig{Dir: used})
	key, other := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	encrypted, plain := t.TempDir(), t.TempDir()
	streamtest.Start(t, stream.ServerConfig{Dir: encrypted, Key: key}).Close()
	streamtest.Start(t, stream.ServerConfig{Dir: plain}).Close()
	tests := []struct {
		name   string
		config stream.ServerConfig
		says   []string
	}{
		{"no folder", stream.ServerConfig{}, []string{"name the folder"}},
		{"a file in place of the folder", stream.ServerConfig{Dir: file}, []string{"data folder", "choose another"}},
		{"a folder in use", stream.ServerConfig{Dir: used}, []string{"in use by process", "stop that one first"}},
		{"an open address without users", stream.ServerConfig{Dir: t.TempDir(), Listen: "0.0.0.0:0"}, []string{"other machines", "NATS_USERS"}},
		{"every interface without users", stream.ServerConfig{Dir: t.TempDir(), Listen: ":4222"}, []string{"other machines"}},
		{"not an address", stream.ServerConfig{Dir: t.TempDir(), Listen: "4222"}, []string{"host:port"}},
		{"not a port", stream.ServerConfig{Dir: t.TempDir(), Listen: "127.0.0.1:nats"}, []string{"port"}},
		{"a port in use", stream.ServerConfig{Dir: t.TempDir(), Listen: taken.Addr().String()}, []string{"in use", "NATS_LISTEN"}},
		{"a short key", stream.ServerConfig{Dir: t.TempDir(), Key: key[:16]}, []string{"16 bytes", "must have 32"}},
		{"another key", stream.ServerConfig{Dir: encrypted, Key: other}, []string{"another key"}},
		{"the key forgotten", stream.ServerConfig{Dir: encrypted}, []string{"encrypted, but no key"}},
		{"a key too late", stream.ServerConfig{Dir: plain, Key: key}, []string{"not encrypted, but a key"}},
		{"no file of users", stream.ServerConfig{Dir: t.TempDir(), Users: "nowhere.yaml"}, []string{"file of users"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, err := stream.StartServer(test.config)
			if err == nil {
				server.Close()
				t.Fatal("it started")
			}
			for _, want := range test.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error does not say %q: %v", want, err)
				}
			}
		})
	}
	// What failed to start holds nothing: the right key opens the folder.
	streamtest.Start(t, stream.ServerConfig{Dir: encrypted, Key: key})
}

func TestServerMayBeClosedTwice(t *testing.T) {
	dir := t.TempDir()
	server := streamtest.Start(t, stream.ServerConfig{Dir: dir})
	if server.Addr() != "" {
		t.Errorf("a server that does not listen has address %s", server.Addr())
	}
	server.Close()
	server.Close()
	streamtest.Start(t, stream.ServerConfig{Dir: dir})
}

const usersFile = `
users:
  - name: hub
    password: hub-password
  - name: website
    password: $2a$04$Cxxn7baLtguSkOnNzGSZ6.9APxSJtG7kQL66Xy0n/DkL7Mg0XahUK   # website-password
    publish: [hearback.event.*.enquiry.received]
    subscribe: [hearback.outcome.>]
`

// A service may publish its events and hear that they are stored: nothing else.
func TestUsersMayDoWhatTheFileSays(t *testing.T) {
	file := filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(file, []byte(usersFile), 0o600); err != nil {
		t.Fatal(err)
	}
	server := streamtest.Start(t, stream.ServerConfig{Dir: t.TempDir(), Listen: "127.0.0.1:0", Users: file})
	s := streamtest.OpenOn(t, streamtest.Connect(t, server))

	if _, err := nats.Connect(server.Addr()); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("without a name: %v", err)
	}
	if _, err := nats.Connect(server.Addr(), nats.UserInfo("hub", "wrong")); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("with a wrong password: %v", err)
	}
	connect := func(name, password string) (*nats.Conn, jetstream.JetStream) {
		nc, err := nats.Connect(server.Addr(), nats.UserInfo(name, password), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(nc.Close)
		js, err := jetstream.New(nc)
		if err != nil {
			t.Fatal(err)
		}
		return nc, js
	}
	hub, hubStream := connect("hub", "hub-password")
	website, websiteStream := connect("website", "website-password")
	if ack, err := hubStream.Publish(t.Context(), "hearback.event.A.case.opened", nil); err != nil || ack.Sequence != 1 {
		t.Errorf("the hub publishes an event: %+v, %v", ack, err)
	}
	if _, err := websiteStream.Publish(t.Context(), "hearback.event.A.enquiry.received", nil); err != nil {
		t.Errorf("the website publishes an enquiry: %v", err)
	}
	forbidden := func(who *nats.Conn, what string, do func() error) {
		t.Helper()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		if err := who.Flush(); err != nil {
			t.Fatal(err)
		}
		if last := who.LastError(); last == nil || !errors.Is(last, nats.ErrPermissionViolation) || !strings.Contains(last.Error(), what) {
			t.Errorf("%s was not forbidden: %v", what, last)
		}
	}
	for _, subject := range []string{"hearback.ledger.A", "hearback.leader", "hearback.outcome.A.promise.kept", "$JS.API.STREAM.INFO.HEARBACK", "$JS.API.STREAM.MSG.GET.HEARBACK", "$JS.API.STREAM.PURGE.HEARBACK", "$JS.API.CONSUMER.CREATE.HEARBACK", "$JS.API.DIRECT.GET.HEARBACK"} {
		forbidden(hub, subject, func() error { return hub.Publish(subject, nil) })
	}
	forbidden(website, "hearback.event.A.reply.sent", func() error { return website.Publish("hearback.event.A.reply.sent", nil) })
	for _, subject := range []string{"hearback.event.>", "hearback.outcome.>", ">", "_HEARBACK.>"} {
		forbidden(hub, subject, func() error { _, err := hub.SubscribeSync(subject); return err })
	}
	outcomes, err := website.SubscribeSync("hearback.outcome.>")
	if err != nil {
		t.Fatal(err)
	}
	if err := website.Flush(); err != nil {
		t.Fatal(err)
	}
	write(t, s, note("hearback.outcome.A.promise.kept", "kept"))
	if got, err := outcomes.NextMsg(10 * time.Second); err != nil || string(got.Data) != "kept" {
		t.Errorf("the website follows outcomes: %v, %v", got, err)
	}
}
