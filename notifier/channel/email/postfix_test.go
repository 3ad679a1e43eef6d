package email_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"net/textproto"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"hearback/notifier/channel"
	"hearback/notifier/channel/email"
)

// TestPostfix sends through a real mail server. Its parts run one after another: they
// share the servers behind Postfix.
func TestPostfix(t *testing.T) {
	p := postfixOf(t)
	next, returns, policy := p.hop(t, p.Next, false), p.hop(t, p.Returns, false), p.policy(t)
	returnsLMTP := p.hop(t, p.ReturnsLMTP, true)
	t.Run("accepted", func(t *testing.T) { p.accepts(t, next, policy) })
	t.Run("451, then accepted", func(t *testing.T) { p.asksToComeBack(t, next, policy) })
	t.Run("refused", p.refuses)
	t.Run("idle connections closed", func(t *testing.T) { p.hurries(t, next) })
	t.Run("signed", func(t *testing.T) { p.passesSignaturesOn(t, next) })
	t.Run("bounce", func(t *testing.T) { p.bounces(t, returns, returnsLMTP) })
	for _, h := range []*hop{next, returns, returnsLMTP} {
		select {
		case d := <-h.came:
			t.Errorf("Postfix delivered one email too many:\n%s", d.data)
		default:
		}
	}
}

func to(address string, number int) channel.Message {
	m := message(number)
	m.To = address
	return m
}

// accepts: over STARTTLS with SCRAM, and over TLS from the first byte with PLAIN.
// Postfix itself says what it saw.
func (p postfix) accepts(t *testing.T, next *hop, policy *policy) {
	for mode, address := range map[string]string{email.StartTLS: p.Submission, email.ImplicitTLS: p.Implicit} {
		sender := p.sender(t, address, func(config *email.Config) { config.TLS, config.Own = mode, ownAddresses })
		for number := range 3 {
			send(t, sender, to("sam@asked.family.example", number))
			d := next.next(t)
			if d.from != ownAddresses(message(number)).ReturnPath || d.to != "sam@asked.family.example" {
				t.Errorf("%s: from %s to %s", mode, d.from, d.to)
			}
			if !bytes.Contains(d.data, []byte("with ESMTPSA id")) || !bytes.Contains(d.data, []byte("Message-ID: "+message(number).MessageID)) {
				t.Errorf("%s: the next server got\n%s", mode, d.data)
			}
		}
	}
	methods := map[string]bool{}
	for _, question := range policy.questions() {
		methods[question["sasl_method"]] = true
		if question["sasl_username"] != p.Username+"@council.example" || !strings.HasPrefix(question["encryption_protocol"], "TLSv1.") {
			t.Errorf("Postfix saw the user %q over %q", question["sasl_username"], question["encryption_protocol"])
		}
	}
	if !methods["SCRAM-SHA-256"] || !methods["PLAIN"] || len(methods) != 2 {
		t.Errorf("the password was proven by %v", methods)
	}
}

func (p postfix) asksToComeBack(t *testing.T, next *hop, policy *policy) {
	policy.will("451 4.7.1 Greylisted, come back", "DEFER_IF_PERMIT Come back")
	sender := p.sender(t, p.Submission, nil)
	m := to("sam@asked.family.example", 1)
	for _, code := range []string{"451 4.7.1", "450 4.7.1"} {
		_, err := sender.Send(t.Context(), m)
		if failure := channel.FailureOf(err); failure == nil || failure.Verdict != channel.Retry || failure.Code != code {
			t.Errorf("Send = %v, want it to be tried again after %s", err, code)
		}
	}
	send(t, sender, m)
	if d := next.next(t); !bytes.Contains(d.data, []byte(m.MessageID)) {
		t.Errorf("the next server got\n%s", d.data)
	}
	if asked := len(policy.questions()); asked != 3 {
		t.Errorf("Postfix asked %d times, want 3", asked)
	}
}

// refuses: what is about the recipient or the email is final; what is about us or our
// settings is not.
func (p postfix) refuses(t *testing.T) {
	large := to("sam@family.example", 1)
	large.Text = strings.Repeat("Jo will reply by 5pm on Monday 30 November.\n", 5000)
	for name, test := range map[string]struct {
		message channel.Message
		change  func(*email.Config)
		verdict channel.Verdict
		code    string
	}{
		"no such recipient":     {to("nobody@family.example", 1), nil, channel.Never, "550 5.1.1"},
		"too large":             {large, nil, channel.Never, "552 5.3.4"},
		"not our sender":        {to("sam@family.example", 1), func(c *email.Config) { c.From = "send@elsewhere.example" }, channel.Retry, "553 5.7.1"},
		"wrong password":        {to("sam@family.example", 1), func(c *email.Config) { c.Password = "wrong" }, channel.Retry, "535"},
		"no such user":          {to("sam@family.example", 1), func(c *email.Config) { c.Username = "nobody" }, channel.Retry, "535"},
		"TLS not wanted by us":  {to("sam@family.example", 1), func(c *email.Config) { c.TLS, c.Username, c.Password = email.NoTLS, "", "" }, channel.Retry, "530"},
		"password but no TLS":   {to("sam@family.example", 1), func(c *email.Config) { c.TLS = email.NoTLS }, channel.Retry, "not-usable"},
		"another name":          {to("sam@family.example", 1), func(c *email.Config) { c.Host = "127.0.0.1" }, channel.Retry, "certificate"},
		"unknown authority":     {to("sam@family.example", 1), func(c *email.Config) { c.TLSConfig = noAuthority() }, channel.Retry, "certificate"},
		"TLS at once, too soon": {to("sam@family.example", 1), func(c *email.Config) { c.TLS = email.ImplicitTLS }, channel.Retry, "not-usable"},
	} {
		sender := p.sender(t, p.Submission, test.change)
		_, err := sender.Send(t.Context(), test.message)
		if failure := channel.FailureOf(err); failure == nil || failure.Verdict != test.verdict || failure.Code != test.code {
			t.Errorf("%s: Send = %v, want %s after %s", name, err, test.verdict, test.code)
		}
		for _, secret := range []string{p.Password, p.Username, "family.example"} {
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: %v holds %q", name, err, secret)
			}
		}
	}
	// After a refusal the same connection serves the next family.
	sender := p.sender(t, p.Submission, nil)
	for range 3 {
		if _, err := sender.Send(t.Context(), to("nobody@family.example", 1)); channel.FailureOf(err).Code != "550 5.1.1" {
			t.Errorf("Send = %v", err)
		}
		if _, err := sender.Send(t.Context(), large); channel.FailureOf(err).Code != "552 5.3.4" {
			t.Errorf("Send = %v", err)
		}
	}
}

// hurries: Postfix says 421 and closes a connection that was idle too long. The next
// email finds that out, and goes on another one.
func (p postfix) hurries(t *testing.T, next *hop) {
	var dialled atomic.Int32
	var last *net.TCPConn
	sender := p.sender(t, p.Hurried, func(config *email.Config) {
		config.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			connection, err := new(net.Dialer).DialContext(ctx, network, address)
			if err == nil {
				dialled.Add(1)
				last = connection.(*net.TCPConn)
			}
			return connection, err
		}
	})
	for number := range 3 {
		send(t, sender, to("sam@family.example", number))
		next.next(t)
		if int(dialled.Load()) != number+1 {
			t.Errorf("%d connections for %d emails", dialled.Load(), number+1)
		}
		untilReadable(t, last)
	}
}

// untilReadable waits until the other side has said something, and leaves it unread.
func untilReadable(t *testing.T, connection *net.TCPConn) {
	t.Helper()
	raw, err := connection.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Read(func(descriptor uintptr) bool {
		n, _, err := syscall.Recvfrom(int(descriptor), make([]byte, 1), syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return err == nil && n >= 0
	})
	if err != nil {
		t.Fatal(err)
	}
}

// passesSignaturesOn keeps what came out of Postfix for a foreign judge of signatures.
func (p postfix) passesSignaturesOn(t *testing.T, next *hop) {
	for selector, file := range p.Keys {
		key, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sender := p.sender(t, p.Submission, func(config *email.Config) {
			config.Own, config.DKIM = ownAddresses, email.DKIM{Selector: selector, Key: string(key)}
		})
		for name, m := range map[string]channel.Message{
			"plain": {Subject: "We have your message", Text: "Jo will reply by 5pm on Monday 30 November.\n"},
			"awkward": {
				Subject: "Twoja wiadomość " + strings.Repeat("długa ", 20),
				Text:    ".\n..\nFrom Jo, with  two spaces \n\t\n" + strings.Repeat("x", 2000) + "\n😀 ŵ\n\n\n",
				HTML:    "<p>Jo — " + strings.Repeat("y", 1500) + "</p>\n\n",
			},
		} {
			m.ID, m.To, m.MessageID, m.Language = "H-10482-3", "sam@family.example", "<h-10482-3@council.example>", "pl"
			send(t, sender, m)
			next.next(t).keep(t, p.Kept, selector+"-"+name)
		}
	}
}

// bounces: Postfix takes the email, and finds out later that it cannot be delivered. What
// it then writes comes to the message's own return path, by SMTP or LMTP.
func (p postfix) bounces(t *testing.T, smtp, lmtp *hop) {
	const global = "message/global-delivery-status" // RFC 6533: for addresses that are not ASCII
	for _, test := range []struct {
		address, domain, kind, recipient string
		returns                          *hop
	}{
		{"gone@family.example", "send.council.example", "message/delivery-status", "rfc822; gone@family.example", smtp},
		{"gone.mariá@family.example", "send.council.example", global, "utf-8; gone.mariá@family.example", smtp},
		{"sam@gone.family.example", "council.example", "message/delivery-status", "rfc822; sam@gone.family.example", smtp},
		{"sam@gone.family.example", "lmtp.council.example", "message/delivery-status", "rfc822; sam@gone.family.example", lmtp},
	} {
		returnPath := "bounce+h-10482-3.b.k7q2m5vx3d@" + test.domain
		sender := p.sender(t, p.Submission, func(config *email.Config) {
			config.Own = func(channel.Message) email.Own { return email.Own{ReturnPath: returnPath} }
		})
		m := to(test.address, 1)
		if _, err := sender.Send(t.Context(), m); err != nil {
			t.Errorf("%s: Send = %v, want it to be taken", test.recipient, err)
			continue
		}
		d := test.returns.next(t)
		if d.from != "" || d.to != returnPath {
			t.Errorf("%s: a bounce from %q to %q, want the null sender and %s", test.recipient, d.from, d.to, returnPath)
		}
		status := readReport(t, d.data)[test.kind]
		if status.Get("Action") != "failed" || status.Get("Status") != "5.1.1" || status.Get("Final-Recipient") != test.recipient {
			t.Errorf("%s: the report says %v", test.recipient, status)
		}
		if !bytes.Contains(d.data, []byte(m.MessageID)) {
			t.Errorf("%s: the bounce does not hold our Message-ID:\n%s", test.recipient, d.data)
		}
	}
}

// readReport takes a delivery report (RFC 3464) apart: the last block of fields of each
// part, by its type.
func readReport(t *testing.T, data []byte) map[string]textproto.MIMEHeader {
	t.Helper()
	letter, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	kind, parameters, err := mime.ParseMediaType(letter.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || parameters["report-type"] != "delivery-status" && parameters["report-type"] != "global-delivery-status" {
		t.Errorf("%s %v is no delivery report (%v)", kind, parameters, err)
	}
	blocks := map[string]textproto.MIMEHeader{}
	for parts := multipart.NewReader(letter.Body, parameters["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return blocks
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		for fields := textproto.NewReader(bufio.NewReader(part)); ; {
			block, err := fields.ReadMIMEHeader()
			if len(block) > 0 {
				blocks[kind] = block
			}
			if err != nil {
				break
			}
		}
	}
}
