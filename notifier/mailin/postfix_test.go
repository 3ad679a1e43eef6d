package mailin_test

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"os"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"hearback/notifier/mailin"
	"hearback/notifier/mailin/letter"
)

// postfix is the judge that .ci/judges/postfix.sh starts: a mail system of the
// council, with us behind it. Addresses are host and port.
type postfix struct {
	// Submission wants STARTTLS and a password.
	Submission         string
	Username, Password string
	// Next is where it delivers what is for family.example.
	Next string
	// Returns is where it delivers what is for send.council.example by SMTP,
	// ReturnsLMTP what is for lmtp.council.example by LMTP.
	Returns     string `json:"returns"`
	ReturnsLMTP string `json:"returns_lmtp"`
}

func postfixOf(t *testing.T) postfix {
	t.Helper()
	name := os.Getenv("POSTFIX_JUDGE")
	if name == "" {
		t.Skip("SKIPPED, NOT TRIED: POSTFIX_JUDGE is not set; run .ci/judges/postfix.sh")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var p postfix
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// submit sends an email as our channel does. International: with SMTPUTF8, after
// which Postfix writes its reports in the international form.
func (p postfix) submit(t *testing.T, international bool, from, to, text string) {
	t.Helper()
	connection, err := net.DialTimeout("tcp", p.Submission, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if err := connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	client, err := smtp.NewClient(connection, "localhost")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if err := client.StartTLS(&tls.Config{ServerName: "localhost", MinVersion: tls.VersionTLS12}); err != nil {
		t.Fatal(err)
	}
	if err := client.Auth(smtp.PlainAuth("", p.Username+"@council.example", p.Password, "localhost")); err != nil {
		t.Fatal(err)
	}
	if international {
		err = client.Mail(from) // the library says SMTPUTF8 where it is offered
	} else {
		var turn uint
		if turn, err = client.Text.Cmd("MAIL FROM:<%s>", from); err == nil {
			client.Text.StartResponse(turn)
			_, _, err = client.Text.ReadResponse(250)
			client.Text.EndResponse(turn)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Rcpt(to); err != nil {
		t.Fatal(err)
	}
	writer, err := client.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := client.Quit(); err != nil {
		t.Fatal(err)
	}
}

// arrivals is a Sink that hands on what came.
type arrivals chan mailin.Mail

func (a arrivals) next(t *testing.T) mailin.Mail {
	t.Helper()
	select {
	case m := <-a:
		return m
	case <-time.After(30 * time.Second):
		t.Fatal("Postfix brought nothing in 30 seconds")
	}
	return mailin.Mail{}
}

// refuser is a family's mail system that takes nothing.
type refuser struct{}

func (refuser) Mail(string, *gosmtp.MailOptions) error { return nil }
func (refuser) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	if strings.HasPrefix(to, "full") {
		return &gosmtp.SMTPError{Code: 552, EnhancedCode: gosmtp.EnhancedCode{5, 2, 2}, Message: "The mailbox is full"}
	}
	return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "There is nobody of that name here"}
}
func (refuser) Data(io.Reader) error { return nil }
func (refuser) Reset()               {}
func (refuser) Logout() error        { return nil }

// TestPostfixBringsBouncesAndAnswers: what a real mail system returns, in both
// dialects and both forms, finds its message.
func TestPostfixBringsBouncesAndAnswers(t *testing.T) {
	p := postfixOf(t)
	families, err := net.Listen("tcp", p.Next)
	if err != nil {
		t.Fatal(err)
	}
	behind := gosmtp.NewServer(gosmtp.BackendFunc(func(*gosmtp.Conn) (gosmtp.Session, error) { return refuser{}, nil }))
	behind.EnableSMTPUTF8 = true
	go func() { _ = behind.Serve(families) }()
	defer func() { _ = behind.Close() }()
	for name, way := range map[string]struct {
		domain, listen string
		lmtp           bool
	}{
		"smtp": {"send.council.example", p.Returns, false},
		"lmtp": {"lmtp.council.example", p.ReturnsLMTP, true},
	} {
		t.Run(name, func(t *testing.T) {
			came := make(arrivals, 16)
			server, err := mailin.New(mailin.Config{
				Domains: []string{way.domain}, Secret: []byte(secret), LMTP: way.lmtp, MaxBytes: 30_000,
			}, sinkFunc(func(m mailin.Mail) { came <- m }))
			if err != nil {
				t.Fatal(err)
			}
			listener, err := net.Listen("tcp", way.listen)
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- server.Serve(listener) }()
			defer func() {
				if err := server.Close(); err != nil {
					t.Error(err)
				}
				if err := <-done; err != nil {
					t.Error(err)
				}
			}()

			number := 0
			for about, test := range map[string]struct {
				to, more string
				kind     letter.Kind
				code     string
			}{
				"a family's old address":    {"gone@family.example", "", letter.HardBounce, "5.1.1"},
				"a family's full mailbox":   {"full@family.example", "", letter.SoftBounce, "5.2.2"},
				"a mailbox that we lack":    {"sam@" + way.domain, "", letter.HardBounce, "5.1.1"},
				"an email too large for us": {"", strings.Repeat("It is long.\r\n", 5000), letter.SoftBounce, "5.3.4"},
			} {
				for _, international := range []bool{false, true} {
					number++
					id := fmt.Sprintf("H-10482_Ab-%d", number)
					to := test.to
					if to == "" {
						to = letter.ReplyTo("K-7-1", way.domain, []byte(secret))
					}
					text := "From: send@" + way.domain + "\r\nTo: " + to + "\r\nMessage-ID: <" + id + "@" + way.domain + ">\r\nSubject: Hello\r\n\r\nWe will reply.\r\n"
					p.submit(t, international, letter.Return(id, way.domain, []byte(secret)), to, text+test.more)
					l := came.next(t).Letter
					if l.Kind != test.kind || l.Code != test.code || l.Message != id || !l.Proven || l.Reason == "" {
						t.Errorf("%s, international %t: a %s with code %q about %q, proven %t; want a %s with %q about %q", about, international, l.Kind, l.Code, l.Message, l.Proven, test.kind, test.code, id)
					}
				}
			}

			to := strings.ToUpper(letter.ReplyTo("H-10482-3", way.domain, []byte(secret)))
			p.submit(t, true, "send@council.example", to, "From: Sam Taylor <sam@family.example>\r\nTo: "+to+"\r\nMessage-ID: <a1@family.example>\r\nSubject: Re: Dŵr\r\n\r\nDiolch, café.\r\n")
			if l := came.next(t).Letter; l.Kind != letter.Reply || l.Message != "H-10482-3" || !l.Proven || l.Subject != "Re: Dŵr" || l.Text != "Diolch, café." {
				t.Errorf("an answer came as %+v", l)
			}
		})
	}
}
