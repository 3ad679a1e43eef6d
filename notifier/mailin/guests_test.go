package mailin_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"net/netip"
	"net/smtp"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/mailin"
)

func TestStrangersAreSentAway(t *testing.T) {
	for name, test := range map[string]struct {
		from  string
		allow []string
		in    bool
	}{
		"this machine":             {"127.0.0.1:1", nil, true},
		"this machine, IPv6":       {"[::1]:1", nil, true},
		"this machine, mapped":     {"[::ffff:127.0.0.1]:1", nil, true},
		"elsewhere":                {"192.0.2.1:1", nil, false},
		"allowed":                  {"192.0.2.1:1", []string{"192.0.2.0/24"}, true},
		"allowed, mapped":          {"[::ffff:192.0.2.1]:1", []string{"192.0.2.0/24"}, true},
		"not in the network":       {"192.0.3.1:1", []string{"192.0.2.0/24"}, false},
		"this machine not allowed": {"127.0.0.1:1", []string{"192.0.2.0/24"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := open(t, func(c *mailin.Config) {
					for _, network := range test.allow {
						c.Allow = append(c.Allow, netip.MustParsePrefix(network))
					}
				})
				defer h.close()
				h.from = netip.MustParseAddrPort(test.from)
				c := h.dial()
				if test.in {
					c.expect("220 ")
					c.bye()
					return
				}
				c.expect("554 5.7.1")
				c.ended()
				if counts := h.server.Counts(); counts.Strangers != 1 || counts.Connections != 0 {
					t.Errorf("the counts are %+v", counts)
				}
			})
		})
	}
}

// TestOneWhoIsSentAwayAndDoesNotListen holds up nobody.
func TestOneWhoIsSentAwayAndDoesNotListen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, nil)
		defer h.close()
		local := h.from
		h.from = netip.MustParseAddrPort("192.0.2.1:1")
		h.dial()
		h.from = local
		begun := time.Now()
		h.enter().bye()
		if waited := time.Since(begun); waited != 0 {
			t.Errorf("the next one waited for %v", waited)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if open := h.network.Open(); open != 0 {
			t.Errorf("%d connections are open, want none", open)
		}
	})
}

func TestNoMoreConnectionsThanThereIsRoomFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, func(c *mailin.Config) { c.MaxConnections = 2 })
		defer h.close()
		first, second := h.enter(), h.enter()
		third := h.dial()
		third.expect("421 4.3.2")
		third.ended()
		first.bye()
		synctest.Wait()
		h.enter().bye()
		second.bye()
	})
}

// TestNobodyKeepsAPlaceForEver: silence, a word now and then, an email that never
// ends.
func TestNobodyKeepsAPlaceForEver(t *testing.T) {
	for name, test := range map[string]struct {
		lives func(c *talk)
		ends  time.Duration
	}{
		"silent from the start": {func(c *talk) {
			c.expect("220 ")
			c.expect("421 4.4.2")
			c.ended()
		}, 5 * time.Minute},
		"a word now and then": {func(c *talk) {
			c.expect("220 ")
			for c.PrintfLine("NOOP") == nil {
				if line, err := c.ReadLine(); err != nil || !strings.HasPrefix(line, "250") {
					return
				}
				time.Sleep(4 * time.Minute)
			}
		}, 32 * time.Minute}, // 30, seen at the next word
		"silent in the data": {func(c *talk) {
			c.expect("220 ")
			c.say("EHLO mx.council.example", "250 ")
			c.say("MAIL FROM:<"+sam+">", "250 ")
			c.say("RCPT TO:<"+inbox+">", "250 ")
			c.say("DATA", "354 ")
			_ = c.PrintfLine("Subject: half")
			c.ended()
		}, 5 * time.Minute},
		"drop by drop": {func(c *talk) {
			c.expect("220 ")
			c.say("EHLO mx.council.example", "250 ")
			c.say("MAIL FROM:<"+sam+">", "250 ")
			c.say("RCPT TO:<"+inbox+">", "250 ")
			c.say("DATA", "354 ")
			for c.PrintfLine("MAIL FROM:<x@y.example>") == nil {
				time.Sleep(40 * time.Second)
			}
		}, 320 * time.Second}, // 300, seen at the next drop
		"gone in the data": {func(c *talk) {
			c.expect("220 ")
			c.say("EHLO mx.council.example", "250 ")
			c.say("MAIL FROM:<"+sam+">", "250 ")
			c.say("RCPT TO:<"+inbox+">", "250 ")
			c.say("DATA", "354 ")
			_ = c.PrintfLine("Subject: half")
			_ = c.Close()
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := open(t, nil)
				defer h.close()
				begun := time.Now()
				c := h.dial()
				test.lives(c)
				if lived := time.Since(begun); lived != test.ends {
					t.Errorf("it ended after %v, want %v", lived, test.ends)
				}
				_ = c.Close()
				synctest.Wait()
				if open := h.network.Open(); open != 0 || len(h.shelf.stored()) != 0 {
					t.Errorf("%d connections are open and %d emails stored, want none", open, len(h.shelf.stored()))
				}
			})
		})
	}
}

func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, nil)
		taking := make(chan struct{})
		h.shelf.take = func(ctx context.Context, _ mailin.Mail) error {
			close(taking)
			<-ctx.Done()
			return ctx.Err()
		}
		idle, busy := h.enter(), h.enter()
		busy.say("MAIL FROM:<"+sam+">", "250 ")
		busy.say("RCPT TO:<"+inbox+">", "250 ")
		busy.say("DATA", "354 ")
		busy.data(hello)
		<-taking
		h.close()
		idle.ended()
		busy.ended()
		if err := h.server.Close(); err != nil {
			t.Errorf("a second Close = %v", err)
		}
		if err := h.server.Serve(h.network); err == nil {
			t.Error("Serve after Close serves")
		}
	})
}

// TestOverLoopback is the talk with another's client, over TCP and a unix socket,
// in the clear and with STARTTLS.
func TestOverLoopback(t *testing.T) {
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(certified.Certificate())
	for name, test := range map[string]struct {
		network, address string
		secured          bool
	}{
		"tcp":      {"tcp", "127.0.0.1:0", false},
		"starttls": {"tcp", "127.0.0.1:0", true},
		"unix":     {"unix", filepath.Join(t.TempDir(), "lmtp"), false},
	} {
		t.Run(name, func(t *testing.T) {
			shelf := &shelf{}
			config := mailin.Config{Domains: []string{domain}, Secret: []byte(secret), Inboxes: []string{inbox}}
			if test.secured {
				config.TLS = &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12}
			}
			server, err := mailin.New(config, shelf)
			if err != nil {
				t.Fatal(err)
			}
			listener, err := net.Listen(test.network, test.address)
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- server.Serve(listener) }()
			connection, err := net.DialTimeout(test.network, listener.Addr().String(), 10*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			if err := connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
				t.Fatal(err)
			}
			client, err := smtp.NewClient(connection, "example.com")
			if err != nil {
				t.Fatal(err)
			}
			if offered, _ := client.Extension("STARTTLS"); offered != test.secured {
				t.Errorf("STARTTLS offered: %t, want %t", offered, test.secured)
			}
			if test.secured {
				if err := client.StartTLS(&tls.Config{RootCAs: trusted, ServerName: "example.com", MinVersion: tls.VersionTLS12}); err != nil {
					t.Fatal(err)
				}
			}
			send(t, client, replyTo("H-10482-3"))
			if err := client.Quit(); err != nil {
				t.Error(err)
			}
			if err := server.Close(); err != nil {
				t.Errorf("Close = %v", err)
			}
			if err := <-done; err != nil {
				t.Errorf("Serve = %v", err)
			}
			if stored := shelf.stored(); len(stored) != 1 || stored[0].Letter.Message != "H-10482-3" {
				t.Errorf("stored is %v", stored)
			}
		})
	}
}

func send(t *testing.T, client *smtp.Client, to string) {
	t.Helper()
	if err := client.Mail(sam); err != nil {
		t.Fatal(err)
	}
	if err := client.Rcpt(to); err != nil {
		t.Fatal(err)
	}
	writer, err := client.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write([]byte(hello)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
}
