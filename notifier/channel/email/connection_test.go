package email_test

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/channeltest"
	"hearback/notifier/channel/email"
	"hearback/notifier/channel/standin"
)

func TestFailuresAreSortedByWhatTheServerSays(t *testing.T) {
	for name, test := range map[string]struct {
		script  script
		change  func(*email.Config)
		verdict channel.Verdict
		code    string
		says    string
	}{
		"no such mailbox":         {script{"RCPT": "550 5.1.1 <sam.taylor.1@family.example> unknown"}, nil, channel.Never, "550 5.1.1", "no mailbox"},
		"mailbox closed":          {script{"RCPT": "550 5.2.1 closed"}, nil, channel.Never, "550 5.2.1", "closed"},
		"mailbox full, for good":  {script{"RCPT": "552 5.2.2 full"}, nil, channel.Never, "552 5.2.2", "full"},
		"relaying denied":         {script{"RCPT": "554 5.7.1 Relay access denied"}, nil, channel.Never, "554 5.7.1", "operator"},
		"sender refused, late":    {script{"RCPT": "553 5.7.1 Sender address rejected: not owned by user"}, nil, channel.Retry, "553 5.7.1", "SMTP_FROM"},
		"refused without a code":  {script{"RCPT": "553 sorry"}, nil, channel.Never, "553", "refuses this address"},
		"greylisted":              {script{"RCPT": "451 4.7.1 Greylisted"}, nil, channel.Retry, "451 4.7.1", "later"},
		"mailbox full, for now":   {script{"RCPT": "452 4.2.2 full"}, nil, channel.Retry, "452 4.2.2", "later"},
		"spam":                    {script{".": "554 5.7.1 Spam"}, nil, channel.Never, "554 5.7.1", "this email"},
		"too large":               {script{".": "552 5.3.4 Too large"}, nil, channel.Never, "552 5.3.4", "so large"},
		"busy after the data":     {script{".": "451 4.3.0 Try later"}, nil, channel.Retry, "451 4.3.0", "later"},
		"gone after the data":     {script{".": ""}, nil, channel.Unknown, "no-answer", "may have gone"},
		"silent after the data":   {script{".": "silence"}, nil, channel.Unknown, "no-answer", "may have gone"},
		"odd after the data":      {script{".": "354 what?"}, nil, channel.Unknown, "no-answer", "may have gone"},
		"refused before the data": {script{"DATA": "554 5.5.1 No"}, nil, channel.Never, "554 5.5.1", "this email"},
		"gone before the data":    {script{"DATA": ""}, nil, channel.Retry, "connection-lost", "before the email"},
		"gone at the recipient":   {script{"RCPT": ""}, nil, channel.Retry, "connection-lost", "before the email"},
		"silent at the sender":    {script{"MAIL": "silence"}, nil, channel.Retry, "connection-lost", "before the email"},
		"sender refused":          {script{"MAIL": "550 5.7.1 Not your address"}, nil, channel.Retry, "550 5.7.1", "SMTP_FROM"},
		"password wanted":         {script{"MAIL": "530 5.7.0 Authentication required"}, nil, channel.Retry, "530", "SMTP_USERNAME"},
		"password wanted, late":   {script{"RCPT": "530 5.7.0 Authentication required"}, nil, channel.Retry, "530", "SMTP_USERNAME"},
		"password refused":        {script{"AUTH": "535 5.7.8 Wrong for " + username}, withPassword, channel.Retry, "535", "SMTP_PASSWORD"},
		"password not for now":    {script{"AUTH": "454 4.7.0 Later"}, withPassword, channel.Retry, "454", "not talk"},
		"no passwords taken":      {script{"EHLO": "250 mail.example"}, withPassword, channel.Retry, "not-usable", "SMTP_USERNAME"},
		"no STARTTLS":             {nil, func(c *email.Config) { c.TLS = email.StartTLS }, channel.Retry, "not-usable", "SMTP_TLS"},
		"busy at the greeting":    {script{"": "421 4.3.2 Busy"}, nil, channel.Retry, "421", "not talk"},
		"no service":              {script{"": "554 No service"}, nil, channel.Retry, "554", "not talk"},
		"silent at the greeting":  {script{"": "silence"}, nil, channel.Retry, "unreachable", "SMTP_HOST"},
		"gone at the greeting":    {script{"": ""}, nil, channel.Retry, "unreachable", "SMTP_HOST"},
		"closing down":            {script{"RCPT": "421 4.3.2 Closing"}, nil, channel.Retry, "421 4.3.2", "later"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				provider := answering(test.script, test.change)(t)
				defer provider.Close()
				_, err := provider.Sender.Send(t.Context(), message(1))
				failure, ok := errors.AsType[*channel.Failure](err)
				if !ok {
					t.Fatalf("Send = %v, want a *channel.Failure", err)
				}
				if failure.Verdict != test.verdict || failure.Code != test.code || !strings.Contains(failure.Reason, test.says) {
					t.Errorf("got %v, want verdict %q, code %q and the words %q", failure, test.verdict, test.code, test.says)
				}
				for _, word := range []string{username, password, "sam.taylor"} {
					if strings.Contains(err.Error(), word) {
						t.Errorf("%v holds %q", err, word)
					}
				}
			})
		})
	}
}

// TestAcceptedIsAccepted: whatever comes after the server's 250, the email has
// gone and must not go again.
func TestAcceptedIsAccepted(t *testing.T) {
	for name, script := range map[string]script{
		"reset refused": {"RSET": "500 What?"}, "reset unanswered": {"RSET": ""}, "goodbye unanswered": {"QUIT": "silence"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				provider := answering(script, nil)(t)
				defer provider.Close()
				for number := range 3 {
					if _, err := provider.Sender.Send(t.Context(), message(number)); err != nil {
						t.Errorf("Send = %v, want acceptance", err)
					}
				}
				if accepted := provider.Accepted(); accepted != 3 {
					t.Errorf("the server accepted %d emails, want 3", accepted)
				}
			})
		})
	}
}

// TestConnectionOutOfStepIsNotUsedAgain: a reply too many would be taken for the
// answer to the next email.
func TestConnectionOutOfStepIsNotUsedAgain(t *testing.T) {
	for name, test := range map[string]struct {
		script      script
		connections int
	}{
		"a reply too many":    {script{".": "354 what?\r\n250 2.0.0 Queued"}, 3},
		"the data not wanted": {script{"DATA": "554 5.5.1 No"}, 3},
		"closing down":        {script{"RCPT": "421 4.3.2 Closing"}, 3},
		"recipient refused":   {script{"RCPT": "550 5.1.1 Unknown"}, 1},
		"email refused":       {script{".": "554 5.7.1 Spam"}, 1},
		"all is well":         {nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network, server := channeltest.NewNetwork(), &scripted{script: test.script}
				go server.serve(network)
				sender := newSender(t, network, nil)
				for number := range 3 {
					_, _ = sender.Send(t.Context(), message(number))
				}
				if opened := server.openedConnections(); opened != test.connections {
					t.Errorf("three emails took %d connections, want %d", opened, test.connections)
				}
				_ = sender.Close()
				_ = network.Close()
			})
		})
	}
}

// TestContextEndsEveryWait: go-mail looks at a context only until TCP is there.
func TestContextEndsEveryWait(t *testing.T) {
	for _, verb := range []string{"", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "."} {
		t.Run("silent at "+cmp.Or(verb, "greeting"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				provider := answering(script{verb: "silence"}, withPassword)(t)
				defer provider.Close()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				begun := time.Now()
				_, err := provider.Sender.Send(ctx, message(1))
				if took := time.Since(begun); took != time.Second || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Send = %v after %v, want the end of its context after a second", err, took)
				}
			})
		})
	}
}

func TestPasswordIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, server := channeltest.NewNetwork(), &scripted{}
		go server.serve(network)
		sender := newSender(t, network, withPassword)
		for number := range 5 {
			send(t, sender, message(number))
		}
		_ = sender.Close()
		_ = network.Close()
		synctest.Wait()
		said := 0
		for _, verb := range server.heard {
			if verb == "AUTH" {
				said++
			}
		}
		if said != 1 || server.openedConnections() != 1 || slices.Contains(server.heard, "RSET") {
			t.Errorf("five emails: %d passwords, %d connections, talk %q", said, server.openedConnections(), server.heard)
		}
	})
}

// TestPasswordIsNeverSaidInTheClear: SMTP_TLS=none is for a relay that asks for
// no password, unless the relay is this very machine.
func TestPasswordIsNeverSaidInTheClear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, server := channeltest.NewNetwork(), &scripted{}
		go server.serve(network)
		sender := newSender(t, network, func(config *email.Config) {
			withPassword(config)
			config.Host = "mail.example"
		})
		_, err := sender.Send(t.Context(), message(1))
		_ = network.Close()
		synctest.Wait()
		if failure := channel.FailureOf(err); failure == nil || failure.Code != "not-usable" || slices.Contains(server.heard, "AUTH") {
			t.Errorf("Send = %v after the talk %q, want no password to be said", err, server.heard)
		}
	})
}

func TestIdleConnectionsAreClosedAndDeadOnesReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, server := mailServer(t, standin.SMTPFaults{})
		sender := newSender(t, network, nil)
		defer func() { _ = sender.Close() }()
		send(t, sender, message(1))
		time.Sleep(44 * time.Second)
		send(t, sender, message(2))
		if opened := server.Counts().Connections; opened != 1 {
			t.Errorf("%d connections after 44 seconds, want the first one", opened)
		}
		time.Sleep(46 * time.Second)
		synctest.Wait()
		if open := network.Open(); open != 0 {
			t.Errorf("%d connections are open after 46 idle seconds, want none", open)
		}
		send(t, sender, message(3))
		if opened := server.Counts().Connections; opened != 2 {
			t.Errorf("%d connections, want a second one", opened)
		}
	})
}

// TestDeadConnectionIsReplacedUnseen: a server that closes its idle connections
// costs no attempt.
func TestDeadConnectionIsReplacedUnseen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, server := channeltest.NewNetwork(), &scripted{}
		go server.serve(network)
		var dialled []net.Conn
		sender := newSender(t, network, func(config *email.Config) {
			config.DialContext = func(ctx context.Context, net, address string) (net.Conn, error) {
				connection, err := network.DialContext(ctx, net, address)
				dialled = append(dialled, connection)
				return connection, err
			}
		})
		defer func() { _ = network.Close() }()
		defer func() { _ = sender.Close() }()
		send(t, sender, message(1))
		_ = dialled[0].Close()
		send(t, sender, message(2))
		if len(dialled) != 2 || server.acceptedMails() != 2 {
			t.Errorf("%d connections and %d emails, want 2 and 2", len(dialled), server.acceptedMails())
		}
	})
}

func TestNoMoreConnectionsThanWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, server := mailServer(t, standin.SMTPFaults{Hang: 1})
		sender := newSender(t, network, func(config *email.Config) { config.Workers = 3 })
		defer func() { _ = sender.Close() }()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var callers sync.WaitGroup
		for number := range 10 {
			callers.Go(func() {
				if _, err := sender.Send(ctx, message(number)); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Send = %v, want the end of its context", err)
				}
			})
		}
		synctest.Wait()
		if open := network.Open(); open != 3 {
			t.Errorf("%d connections are open, want 3", open)
		}
		callers.Wait()
		if attempts := server.Counts().Failed; attempts != 3 {
			t.Errorf("the server saw %d emails, want 3", attempts)
		}
	})
}

func TestSendAfterCloseIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, _ := mailServer(t, standin.SMTPFaults{})
		sender := newSender(t, network, nil)
		send(t, sender, message(1))
		_ = sender.Close()
		_, err := sender.Send(t.Context(), message(2))
		if failure := channel.FailureOf(err); failure == nil || failure.Verdict != channel.Retry {
			t.Errorf("Send after Close = %v, want a failure to be tried again", err)
		}
	})
}

// TestTLS runs over loopback, with the certificate that httptest makes for
// example.com.
func TestTLS(t *testing.T) {
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(certified.Certificate())
	for name, test := range map[string]struct {
		host   string
		pool   *x509.CertPool
		accept bool
	}{
		"trusted": {"example.com", trusted, true}, "another name": {"mail.example", trusted, false},
		"unknown authority": {"example.com", x509.NewCertPool(), false},
	} {
		for _, mode := range []string{email.ImplicitTLS, email.StartTLS} {
			t.Run(name+" "+mode, func(t *testing.T) {
				listener, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				server := standin.NewSMTP(standin.SMTPFaults{})
				defer func() { _ = server.Close() }()
				secured := &tls.Config{Certificates: certified.TLS.Certificates}
				if mode == email.ImplicitTLS {
					go func() { _ = server.Serve(tls.NewListener(listener, secured)) }()
				} else {
					server.OfferTLS(secured)
					go func() { _ = server.Serve(listener) }()
				}
				sender, err := email.New(email.Config{
					Host: test.host, TLS: mode, From: "send@council.example", TLSConfig: &tls.Config{RootCAs: test.pool},
					DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
						return new(net.Dialer).DialContext(ctx, network, listener.Addr().String())
					},
				})
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = sender.Close() }()
				_, err = sender.Send(t.Context(), message(1))
				if test.accept && err != nil {
					t.Fatalf("Send = %v, want acceptance", err)
				}
				if failure := channel.FailureOf(err); !test.accept && (failure == nil || failure.Code != "certificate") {
					t.Errorf("Send = %v, want the certificate to be refused", err)
				}
			})
		}
	}
}
