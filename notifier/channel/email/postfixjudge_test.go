package email_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/notifier/channel/email"

	"github.com/emersion/go-smtp"
)

// patience is how long a test waits for Postfix to do something.
const patience = 30 * time.Second

// postfix is the judge that .ci/judges/postfix.sh starts. Addresses are host and port.
type postfix struct {
	// Submission wants STARTTLS and a password, Implicit speaks TLS at once and
	// knows PLAIN only, Hurried closes a connection that is idle for a second.
	Submission, Implicit, Hurried string
	// Policy is where Postfix asks what to do with a recipient at
	// asked.family.example.
	Policy string
	// Next is where Postfix delivers what is for family.example, Returns what is for
	// council.example, by SMTP, and ReturnsLMTP what is for lmtp.council.example.
	// What is for gone.family.example comes back without being tried.
	Next, Returns      string
	ReturnsLMTP        string `json:"returns_lmtp"`
	Username, Password string
	// Keys are the files of private keys, by selector. Postfix does not use them.
	Keys map[string]string
	// Kept is a folder for emails whose signatures are to be checked afterwards.
	Kept string
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

// sender makes a channel as an operator would set it up. The system's own
// authorities are those of SSL_CERT_FILE.
func (p postfix) sender(t *testing.T, address string, change func(*email.Config)) *email.Sender {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	config := email.Config{
		Host: "localhost", Port: number, Username: p.Username, Password: p.Password, TLS: email.StartTLS,
		From: "Herts SEND <send@council.example>",
	}
	if change != nil {
		change(&config)
	}
	sender, err := email.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sender.Close() })
	return sender
}

// delivery is an email that Postfix handed on.
type delivery struct {
	from, to string
	data     []byte
}

// keep writes the email to a file for the judge of signatures.
func (d delivery) keep(t *testing.T, folder, name string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name+".eml"), d.data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// hop is the mail server behind Postfix. It refuses who is gone.
type hop struct{ came chan delivery }

func (p postfix) hop(t *testing.T, address string, lmtp bool) *hop {
	t.Helper()
	h := &hop{came: make(chan delivery, 16)}
	server := smtp.NewServer(h)
	server.Addr, server.Domain = address, "mx.family.example"
	server.LMTP, server.EnableSMTPUTF8 = lmtp, true
	server.MaxMessageBytes = 1 << 20
	server.ErrorLog = log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return h
}

// next waits for an email.
func (h *hop) next(t *testing.T) delivery {
	t.Helper()
	select {
	case d := <-h.came:
		return d
	case <-time.After(patience):
		t.Fatal("Postfix delivered nothing")
		return delivery{}
	}
}

// NewSession implements smtp.Backend.
func (h *hop) NewSession(*smtp.Conn) (smtp.Session, error) { return &hopSession{hop: h}, nil }

type hopSession struct {
	hop      *hop
	from, to string
}

// Mail implements smtp.Session.
func (s *hopSession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (s *hopSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "gone") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "There is nobody of that name here"}
	}
	s.to = to
	return nil
}

// Data implements smtp.Session.
func (s *hopSession) Data(reader io.Reader) error {
	data, err := io.ReadAll(reader)
	if err != nil {
		return err
	}
	s.hop.came <- delivery{s.from, s.to, bytes.Clone(data)}
	return nil
}

// Reset implements smtp.Session.
func (s *hopSession) Reset() { s.from, s.to = "", "" }

// Logout implements smtp.Session.
func (s *hopSession) Logout() error { return nil }

// policy answers Postfix's questions (its SMTPD_POLICY_README), in order. When there
// is no answer left, it has nothing against the email.
type policy struct {
	mutex   sync.Mutex
	answers []string
	asked   []map[string]string
}

func (p postfix) policy(t *testing.T) *policy {
	t.Helper()
	listener, err := net.Listen("tcp", p.Policy)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	policy := new(policy)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go policy.talk(connection)
		}
	}()
	return policy
}

func (p *policy) talk(connection net.Conn) {
	defer func() { _ = connection.Close() }()
	question := map[string]string{}
	for lines := bufio.NewScanner(connection); lines.Scan(); {
		if name, value, found := strings.Cut(lines.Text(), "="); found {
			question[name] = value
			continue
		}
		if _, err := io.WriteString(connection, "action="+p.answer(question)+"\n\n"); err != nil {
			return
		}
		question = map[string]string{}
	}
}

func (p *policy) answer(question map[string]string) string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.asked = append(p.asked, question)
	if len(p.answers) == 0 {
		return "DUNNO"
	}
	answer := p.answers[0]
	p.answers = p.answers[1:]
	return answer
}

// will sets the next answers.
func (p *policy) will(answers ...string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.answers = answers
}

// questions gives what Postfix has asked since this was called last.
func (p *policy) questions() []map[string]string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

// noAuthority trusts nobody.
func noAuthority() *tls.Config {
	return &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
}
