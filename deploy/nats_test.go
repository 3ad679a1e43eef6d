package deploy_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"hearback/events"
	"hearback/notifier/stream"
)

// patience bounds every wait for the cluster. It is a limit, not a measurement.
const patience = time.Minute

// council is the shipped cluster, run with addresses of this machine.
type council struct {
	servers   []*server.Server
	authority string
}

// startCluster runs three servers from deploy/nats/cluster.conf as it is
// shipped. Only what an environment would give, and the addresses, differ.
func startCluster(t *testing.T) *council {
	t.Helper()
	certificate, key, authority := certificates(t)
	for name, value := range map[string]string{
		"NATS_CERTIFICATE": certificate, "NATS_KEY": key, "NATS_AUTHORITY": authority,
		"NATS_PASSWORD_HEARBACK": "for hearback", "NATS_PASSWORD_EHC_HUB": "for the hub", "NATS_PASSWORD_REPORTS": "1234",
		"NATS_PASSWORD_OPERATOR": "for the operator", "NATS_PASSWORD_ROUTES": "for routes",
	} {
		t.Setenv(name, `"`+value+`"`)
	}
	c := &council{authority: authority}
	// A clustered server insists on a route. The first has nobody to go to yet:
	// the others come to it.
	routes := []*url.URL{{Scheme: "nats-route", Host: "127.0.0.1:1"}}
	for i := range 3 {
		name := fmt.Sprintf("nats-%d", i+1)
		t.Setenv("NATS_NAME", `"`+name+`"`)
		t.Setenv("NATS_STORE", `"`+filepath.ToSlash(t.TempDir())+`"`)
		options, err := server.ProcessConfigFile(filepath.Join("nats", "cluster.conf"))
		if err != nil {
			t.Fatal(err)
		}
		if !options.SyncAlways {
			t.Fatal("the shipped configuration does not call fsync before it acknowledges")
		}
		options.Host, options.Port = "127.0.0.1", server.RANDOM_PORT
		options.HTTPHost, options.HTTPPort = "", 0
		options.Cluster.Host, options.Cluster.Port = "127.0.0.1", server.RANDOM_PORT
		options.Routes = routes
		options.NoLog, options.NoSigs = true, true
		s, err := server.NewServer(options)
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		if !s.ReadyForConnections(patience) {
			t.Fatalf("%s is not ready", name)
		}
		c.servers = append(c.servers, s)
		routes = append(routes, &url.URL{Scheme: "nats-route", Host: s.ClusterAddr().String(), User: url.UserPassword("routes", "for routes")})
	}
	return c
}

// connect connects to one of the servers as a user.
func (c *council) connect(t *testing.T, at int, user, password string, options ...nats.Option) *nats.Conn {
	t.Helper()
	options = append(options, nats.UserInfo(user, password), nats.RootCAs(c.authority), nats.MaxReconnects(-1))
	nc, err := nats.Connect(fmt.Sprintf("tls://%s", c.servers[at].Addr()), options...)
	if err != nil {
		t.Fatalf("connect as %s: %v", user, err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// open opens the council's stream on three servers, which takes a leader.
func (c *council) open(t *testing.T, nc *nats.Conn) *stream.Stream {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		attempt, stop := context.WithTimeout(ctx, 5*time.Second)
		s, err := stream.Open(attempt, nc, stream.Options{Replicas: 3, External: true})
		stop()
		if err == nil {
			return s
		}
		if ctx.Err() != nil {
			t.Fatalf("the stream cannot be opened on the shipped cluster: %v", err)
		}
	}
}

// TestClusterAsShipped runs the three servers once and holds each kind of user to
// what accounts.conf says of it.
func TestClusterAsShipped(t *testing.T) {
	c := startCluster(t)
	hearback := c.connect(t, 0, "hearback", "for hearback")
	truth := c.open(t, hearback)
	t.Run("a service publishes its events and nothing else", func(t *testing.T) { tryService(t, c, hearback, truth) })
	t.Run("a follower hears outcomes only", func(t *testing.T) { tryFollower(t, c, hearback) })
}

func tryService(t *testing.T, c *council, hearback *nats.Conn, truth *stream.Stream) {
	denied := make(chan string, 64)
	hub := c.connect(t, 1, "ehc-hub", "for the hub", nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		if errors.Is(err, nats.ErrPermissionViolation) {
			denied <- err.Error()
		}
	}))

	t.Run("a plain event is acknowledged, and stored", func(t *testing.T) {
		js, err := jetstream.New(hub)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		stored, err := js.Publish(ctx, events.Subject("H-10482", "enquiry.received"), enquiry(t, "plain"))
		if err != nil {
			t.Fatal(err)
		}
		record, err := truth.Get(ctx, stored.Sequence)
		if err != nil || stored.Stream != stream.Name || record.Subject != events.Subject("H-10482", "enquiry.received") {
			t.Fatalf("acknowledged %+v, and stored %q: %v", stored, record.Subject, err)
		}
	})

	t.Run("the publisher for Go services works, in groups and alone", func(t *testing.T) {
		publisher, err := events.NewPublisher(hub)
		if err != nil {
			t.Fatal(err)
		}
		defer publisher.Close()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		before, err := truth.LastSequence(ctx)
		if err != nil {
			t.Fatal(err)
		}
		const many = 200
		failures := make(chan error, many)
		var callers sync.WaitGroup
		for i := range many {
			callers.Go(func() {
				event, err := events.Parse(enquiry(t, fmt.Sprint("group-", i)))
				if err == nil {
					err = publisher.Publish(ctx, event)
				}
				if err != nil {
					failures <- err
				}
			})
		}
		callers.Wait()
		close(failures)
		for err := range failures {
			t.Error(err)
		}
		after, err := truth.LastSequence(ctx)
		if err != nil || after-before != many {
			t.Errorf("%d events were acknowledged and %d stored: %v", many, after-before, err)
		}
	})

	for _, subject := range []string{
		events.LedgerSubject("H-10482"), events.OutcomeSubject("H-10482", "promise.kept"), events.RejectedSubject("H-10482"),
		events.BookSubject("whole"), events.LeaderSubject, "ask-hearback.case", "$JS.API.INFO", "$JS.API.STREAM.MSG.GET.HEARBACK", "$JS.API.STREAM.PURGE.HEARBACK",
	} {
		t.Run("it may not publish "+subject, func(t *testing.T) {
			if err := hub.Publish(subject, []byte("{}")); err != nil {
				t.Fatal(err)
			}
			awaitDenial(t, hub, denied, subject)
		})
	}
	for _, subject := range []string{events.LedgerWildcard, events.EventWildcard, events.AllSubjects, ">", "_HEARBACK.>"} {
		t.Run("it may not listen on "+subject, func(t *testing.T) {
			if _, err := hub.SubscribeSync(subject); err != nil {
				t.Fatal(err)
			}
			awaitDenial(t, hub, denied, subject)
		})
	}

	t.Run("an inbox of Hearback is out of its hearing", func(t *testing.T) {
		overheard, err := hub.SubscribeSync("_INBOX.>")
		if err != nil {
			t.Fatal(err)
		}
		if err := hub.Flush(); err != nil {
			t.Fatal(err)
		}
		// What Hearback reads from the stream is delivered to such an inbox.
		heard, err := hearback.SubscribeSync("_INBOX.>")
		if err != nil {
			t.Fatal(err)
		}
		if err := hearback.Publish("_INBOX.delivery", []byte("a case")); err != nil {
			t.Fatal(err)
		}
		if _, err := heard.NextMsg(patience); err != nil {
			t.Fatal(err)
		}
		// The acknowledgement of an event, which the hub does hear, comes after
		// whatever else it would have heard.
		if _, err := hub.Request(events.Subject("H-10482", "enquiry.received"), enquiry(t, "last"), patience); err != nil {
			t.Fatal(err)
		}
		for {
			message, err := overheard.NextMsg(0)
			if err != nil {
				break
			}
			if string(message.Data) == "a case" {
				t.Fatalf("the service heard a delivery of Hearback's on %s", message.Subject)
			}
		}
	})
}

func tryFollower(t *testing.T, c *council, hearback *nats.Conn) {
	denied := make(chan string, 64)
	reports := c.connect(t, 2, "reports", "1234", nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		if errors.Is(err, nats.ErrPermissionViolation) {
			denied <- err.Error()
		}
	}))
	outcomes, err := reports.SubscribeSync(events.OutcomeWildcard)
	if err != nil {
		t.Fatal(err)
	}
	if err := reports.Flush(); err != nil {
		t.Fatal(err)
	}
	// The interest travels to the other servers by and by; the outcome is sent
	// again until it arrives.
	subject := events.OutcomeSubject("H-10482", "promise.kept")
	deadline, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		if err := hearback.Publish(subject, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		message, err := outcomes.NextMsg(100 * time.Millisecond)
		if err == nil {
			if message.Subject != subject {
				t.Fatalf("the outcome came on %s", message.Subject)
			}
			break
		}
		if deadline.Err() != nil {
			t.Fatal("no outcome came")
		}
	}
	for _, subject := range []string{events.Subject("H-10482", "reply.sent"), events.LedgerSubject("H-10482"), "$JS.API.INFO"} {
		if err := reports.Publish(subject, []byte("{}")); err != nil {
			t.Fatal(err)
		}
		awaitDenial(t, reports, denied, subject)
	}
	if _, err := reports.SubscribeSync(events.LedgerWildcard); err != nil {
		t.Fatal(err)
	}
	awaitDenial(t, reports, denied, events.LedgerWildcard)
}

func TestClusterWithoutItsPasswordsDoesNotStart(t *testing.T) {
	for _, name := range []string{"NATS_NAME", "NATS_STORE", "NATS_CERTIFICATE", "NATS_KEY", "NATS_AUTHORITY"} {
		t.Setenv(name, `"x"`)
	}
	_, err := server.ProcessConfigFile(filepath.Join("nats", "cluster.conf"))
	if err == nil || !strings.Contains(err.Error(), "NATS_PASSWORD_") {
		t.Fatalf("the configuration was read without passwords: %v", err)
	}
}

// awaitDenial waits until the server has refused the subject to this connection.
func awaitDenial(t *testing.T, nc *nats.Conn, denied <-chan string, subject string) {
	t.Helper()
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		select {
		case reason := <-denied:
			if strings.Contains(reason, `"`+subject+`"`) {
				return
			}
		case <-timer.C:
			t.Fatalf("the server did not refuse %s", subject)
		}
	}
}

// enquiry is an event as a service in any language would write it.
func enquiry(t *testing.T, id string) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": id, "source": "/ehc-hub", "type": "enquiry.received", "subject": "H-10482",
		"time": "2026-11-23T09:00:00Z", "datacontenttype": "application/json", "data": map[string]any{"channel": "phone"},
	})
	if err != nil {
		t.Error(err)
	}
	return body
}

// certificates makes an authority and one certificate of it, for loopback.
func certificates(t *testing.T) (certificate, key, authority string) {
	t.Helper()
	folder := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return filepath.ToSlash(path)
	}
	make := func(template, parent *x509.Certificate, signer *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if signer == nil {
			signer = private
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &private.PublicKey, signer)
		if err != nil {
			t.Fatal(err)
		}
		return der, private
	}
	valid := func(serial int64, name string) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour)}
	}
	root := valid(1, "authority")
	root.IsCA, root.BasicConstraintsValid, root.KeyUsage = true, true, x509.KeyUsageCertSign
	rootDER, rootKey := make(root, root, nil)
	leaf := valid(2, "nats")
	leaf.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	leaf.KeyUsage = x509.KeyUsageDigitalSignature
	leaf.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	leafDER, leafKey := make(leaf, root, rootKey)
	keyDER, err := x509.MarshalPKCS8PrivateKey(leafKey)
	if err != nil {
		t.Fatal(err)
	}
	return write("certificate.pem", "CERTIFICATE", leafDER), write("key.pem", "PRIVATE KEY", keyDER), write("authority.pem", "CERTIFICATE", rootDER)
}
