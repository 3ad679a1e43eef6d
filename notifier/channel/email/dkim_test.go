package email_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/channeltest"
	"hearback/notifier/channel/email"
	"hearback/notifier/channel/standin"

	"github.com/emersion/go-msgauth/dkim"
	"pgregory.net/rapid"
)

func newKey(t *testing.T, kind string) crypto.Signer {
	t.Helper()
	var key crypto.Signer
	var err error
	switch kind {
	case "rsa":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "rsa, short":
		key, err = rsa.GenerateKey(rand.Reader, 1024)
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	case "ecdsa":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func inPEM(t *testing.T, key crypto.Signer) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// record is what stands in DNS for a key.
func record(t *testing.T, key crypto.Signer) string {
	t.Helper()
	kind, public := "ed25519", []byte(nil)
	switch held := key.Public().(type) {
	case ed25519.PublicKey:
		public = held
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(held)
		if err != nil {
			t.Fatal(err)
		}
		kind, public = "rsa", der
	}
	return "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(public)
}

// holds checks an email as its receiver would. selector is where the key stands.
func holds(data []byte, selector, record string) bool {
	verified, err := dkim.VerifyWithOptions(bytes.NewReader(data), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != selector+"._domainkey.council.example" {
			return nil, errors.New("no such name")
		}
		return []string{record}, nil
	}})
	return err == nil && len(verified) == 1 && verified[0].Err == nil && verified[0].Domain == "council.example"
}

// posted sends messages to a stand-in and gives what it took.
func posted(t *testing.T, change func(*email.Config), messages ...channel.Message) []standin.Mail {
	t.Helper()
	var received []standin.Mail
	synctest.Test(t, func(t *testing.T) {
		network, server := mailServer(t, standin.SMTPFaults{})
		server.KeepData()
		sender := newSender(t, network, change)
		defer func() { _ = sender.Close() }()
		for _, m := range messages {
			send(t, sender, m)
		}
		received = server.Received()
	})
	return received
}

// ownAddresses are made as Hearback makes them.
func ownAddresses(m channel.Message) email.Own {
	return email.Own{
		ReturnPath:  "bounce+" + m.ID + ".k7q2m5vx3d@send.council.example",
		ReplyTo:     "reply+" + m.ID + ".k7q2m5vx3d@send.council.example",
		Unsubscribe: "https://hearback.council.example/unsubscribe/" + strings.Repeat("k7q2m5vx3d", 5),
	}
}

// TestASignatureCoversWhatAFamilySees: changing, taking away or adding any of it breaks
// the signature.
func TestASignatureCoversWhatAFamilySees(t *testing.T) {
	for _, kind := range []string{"rsa", "ed25519"} {
		t.Run(kind, func(t *testing.T) {
			key := newKey(t, kind)
			m := message(1)
			m.Subject = "Twoja wiadomość " + strings.Repeat("długa ", 20)
			data := posted(t, func(config *email.Config) {
				config.DKIM = email.DKIM{Selector: "hearback", Key: inPEM(t, key)}
				config.Own = ownAddresses
			}, m)[0].Data
			head, body, _ := bytes.Cut(data, []byte("\r\n\r\n"))
			check := func(what string, changed []byte, want bool) {
				t.Helper()
				if bytes.Equal(changed, data) && !want {
					t.Errorf("%s: nothing was changed in\n%s", what, data)
				}
				if holds(changed, "hearback", record(t, key)) != want {
					t.Errorf("%s: the signature holds: %v, want %v", what, !want, want)
				}
			}
			check("as it was sent", data, true)
			check("passed on", append([]byte("Received: from a.example by b.example; Tue, 24 Nov 2026 09:00:00 +0000\r\n"), data...), true)
			check("folded anew", bytes.Replace(data, []byte("\r\nFrom: "), []byte("\r\nFROM:\r\n\t"), 1), true)
			check("other words", bytes.Replace(data, []byte("Jo will reply"), []byte("Al will reply"), 1), false)
			check("more words", append(bytes.Clone(data), "more\r\n"...), false)
			for _, name := range []string{"From", "Reply-To", "To", "Subject", "Date", "Message-ID", "Content-Type", "List-Unsubscribe", "List-Unsubscribe-Post"} {
				header := regexp.MustCompile(`(?im)^` + name + `:(.*\r\n(?:[ \t].*\r\n)*)`)
				whole := append(bytes.Clone(head), "\r\n"...)
				with := func(head []byte) []byte { return append(append(head, "\r\n"...), body...) }
				check("without "+name, with(header.ReplaceAll(whole, nil)), false)
				check("another "+name, with(header.ReplaceAll(whole, []byte(name+": elsewhere$1"))), false)
				check("a second "+name, append([]byte(name+": elsewhere@family.example\r\n"), data...), false)
				check("a second "+name+" below", with(append(bytes.Clone(whole), name+": elsewhere@family.example\r\n"...)), false)
			}
		})
	}
}

// TestNobodyCanAddAnUnsubscribeButton to an email that has none, such as an officer's.
func TestNobodyCanAddAnUnsubscribeButton(t *testing.T) {
	key := newKey(t, "ed25519")
	data := posted(t, func(config *email.Config) {
		config.DKIM = email.DKIM{Domain: "council.example", Selector: "a.b", Key: inPEM(t, key)}
		config.From = "send@mail.council.example"
	}, message(1))[0].Data
	if bytes.Contains(data, []byte("\nList-Unsubscribe")) || !holds(data, "a.b", record(t, key)) {
		t.Errorf("the email should be signed and have no List-Unsubscribe:\n%s", data)
	}
	if holds(append([]byte("List-Unsubscribe: <https://elsewhere.example/>\r\n"), data...), "a.b", record(t, key)) {
		t.Error("a List-Unsubscribe that was put on passes")
	}
}

func TestAnyWordsCanBeSigned(t *testing.T) {
	key := newKey(t, "ed25519")
	text := rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune(" \t\n.=-\u00a0ŵ😀")), rapid.Rune()))
	rapid.Check(t, func(r *rapid.T) {
		m := message(1)
		m.Subject, m.Text = text.Draw(r, "subject"), text.Draw(r, "text")
		if rapid.Bool().Draw(r, "plain") {
			m.HTML = ""
		}
		data := posted(t, func(config *email.Config) {
			config.DKIM = email.DKIM{Selector: "hearback", Key: inPEM(t, key)}
		}, m)[0].Data
		if !holds(data, "hearback", record(t, key)) {
			r.Fatalf("the signature does not hold for\n%q", data)
		}
	})
}

// TestASecondAttemptDiffersInItsSignatureAlone, which holds the time.
func TestASecondAttemptDiffersInItsSignatureAlone(t *testing.T) {
	signature := regexp.MustCompile(`(?m)^DKIM-Signature:.*\r\n(?:[ \t].*\r\n)*`)
	m := message(1)
	m.Date = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	key := newKey(t, "rsa")
	received := posted(t, func(config *email.Config) {
		config.DKIM = email.DKIM{Selector: "hearback", Key: inPEM(t, key)}
		config.Own = ownAddresses
	}, m, m)
	first, second := received[0].Data, received[1].Data
	if found := len(signature.FindAll(first, -1)); found != 1 {
		t.Errorf("%d signatures in\n%s", found, first)
	}
	if !bytes.Equal(signature.ReplaceAll(first, nil), signature.ReplaceAll(second, nil)) {
		t.Errorf("first\n%s\nthen\n%s", first, second)
	}
}

func TestManySignAtOnce(t *testing.T) {
	key := newKey(t, "rsa")
	network, server := mailServer(t, standin.SMTPFaults{})
	server.KeepData()
	sender := newSender(t, network, func(config *email.Config) {
		config.DKIM = email.DKIM{Selector: "hearback", Key: inPEM(t, key)}
	})
	defer func() { _ = sender.Close() }()
	var callers sync.WaitGroup
	for number := range 20 {
		callers.Go(func() {
			if _, err := sender.Send(t.Context(), message(number)); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	for _, mail := range server.Received() {
		if !holds(mail.Data, "hearback", record(t, key)) {
			t.Errorf("the signature does not hold for\n%s", mail.Data)
		}
	}
}

func TestOwnAddressesStandWhereTheyBelong(t *testing.T) {
	received := posted(t, func(config *email.Config) { config.Own = ownAddresses }, message(1))[0]
	parsed, err := mail.ReadMessage(bytes.NewReader(received.Data))
	if err != nil {
		t.Fatal(err)
	}
	own := ownAddresses(message(1))
	if !bytes.Contains(received.Data, []byte("\nList-Unsubscribe: <"+own.Unsubscribe+">\r\n")) {
		t.Errorf("List-Unsubscribe should be one line:\n%s", received.Data)
	}
	if received.From != own.ReturnPath {
		t.Errorf("bounces go to %s", received.From)
	}
	for name, want := range map[string]string{
		"From": `"Herts SEND" <send@council.example>`, "Reply-To": "<" + own.ReplyTo + ">",
		"List-Unsubscribe": "<" + own.Unsubscribe + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
	} {
		if got := parsed.Header.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for name, own := range map[string]email.Own{
		"return path": {ReturnPath: "bounce"}, "reply to": {ReplyTo: "<"}, "no https": {Unsubscribe: "http://hearback.council.example/u"},
		"a header in it": {Unsubscribe: "https://hearback.council.example/\r\nBcc: x"}, "no host": {Unsubscribe: "https:u"},
		"an end in it": {Unsubscribe: "https://hearback.council.example/>"},
	} {
		network, server := mailServer(t, standin.SMTPFaults{})
		sender := newSender(t, network, func(config *email.Config) {
			config.Own = func(channel.Message) email.Own { return own }
		})
		_, err := sender.Send(t.Context(), message(1))
		failure := channel.FailureOf(err)
		if failure == nil || failure.Verdict != channel.Retry || failure.Code != "not-usable" || server.Counts().Accepted != 0 {
			t.Errorf("%s: Send = %v", name, err)
		}
		_ = sender.Close()
	}
}

func TestSigningSettingsThatAreWrongAreNamed(t *testing.T) {
	right := inPEM(t, newKey(t, "ed25519"))
	for name, test := range map[string]struct {
		dkim email.DKIM
		says string
	}{
		"no key":            {email.DKIM{Selector: "hearback"}, "DKIM_KEY"},
		"no selector":       {email.DKIM{Key: right}, "DKIM_SELECTOR"},
		"odd selector":      {email.DKIM{Selector: "a; b=", Key: right}, "DKIM_SELECTOR"},
		"domain alone":      {email.DKIM{Domain: "council.example"}, "DKIM_SELECTOR"},
		"another's domain":  {email.DKIM{Domain: "elsewhere.example", Selector: "hearback", Key: right}, "DKIM_DOMAIN"},
		"half of a domain":  {email.DKIM{Domain: "uncil.example", Selector: "hearback", Key: right}, "DKIM_DOMAIN"},
		"a lower domain":    {email.DKIM{Domain: "a.council.example", Selector: "hearback", Key: right}, "DKIM_DOMAIN"},
		"no PEM":            {email.DKIM{Selector: "hearback", Key: "c2VjcmV0"}, "DKIM_KEY"},
		"another algorithm": {email.DKIM{Selector: "hearback", Key: inPEM(t, newKey(t, "ecdsa"))}, "DKIM_KEY"},
		"a short key":       {email.DKIM{Selector: "hearback", Key: inPEM(t, newKey(t, "rsa, short"))}, "2048"},
	} {
		_, err := email.New(email.Config{Host: "localhost", TLS: email.NoTLS, From: "send@council.example", DKIM: test.dkim, DialContext: channeltest.NewNetwork().DialContext})
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %s to be named", name, err, test.says)
		}
		if err != nil && test.dkim.Key != "" && strings.Contains(err.Error(), test.dkim.Key) {
			t.Errorf("%s: %v holds the key", name, err)
		}
	}
}
