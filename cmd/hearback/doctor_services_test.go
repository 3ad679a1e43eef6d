package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"hearback/notifier/channel/standin"
	"hearback/notifier/signin/signintest"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

const secret = "s3cret-never-shown"

// twilioSettings point at a stand-in.
func twilioSettings(t *testing.T, handler http.Handler) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	settings(t, "TWILIO_ACCOUNT_SID", "AC"+strings.Repeat("0", 32), "TWILIO_AUTH_TOKEN", secret, "TWILIO_FROM", "+447700900111", "TWILIO_BASE_URL", server.URL)
}

func TestDoctorOfTwilio(t *testing.T) {
	twilio := standin.NewTwilio(standin.TwilioFaults{})
	twilioSettings(t, twilio)
	code, found := examined(t)
	if code != 1 {
		t.Errorf("status %d: %+v", code, found)
	}
	expect(t, found, "emails", statusFail, "no officer is chased")
	expect(t, found, "texts", statusOK, "no text was sent")
	expect(t, found, "clock", statusOK, "agrees with Twilio's")
	expect(t, found, "PUBLIC_URL", statusWarn, "HEARBACK_PUBLIC_URL")
	expect(t, found, "BOOK_DIR", statusWarn, "made-up officers")
	if counts := twilio.Counts(); counts.Requests != 0 || counts.Lookups != 1 {
		t.Errorf("Twilio was asked for %d texts and %d look-ups, want 0 and 1", counts.Requests, counts.Lookups)
	}
}

func TestDoctorOfSignIn(t *testing.T) {
	provider := signintest.Start(t, time.Now)
	set := func(issuer string) map[string][]finding {
		settings(t, "OIDC_ISSUER", issuer, "OIDC_CLIENT_ID", "hearback", "OIDC_CLIENT_SECRET", secret, "PUBLIC_URL", "https://hearback.council.example",
			"SESSION_SECRET", base64.StdEncoding.EncodeToString([]byte(strings.Repeat("s", 32))))
		_, found := examined(t)
		return found
	}
	expect(t, set(provider.Issuer), "sign-in", statusOK, "nobody was signed in")
	expect(t, set(provider.Issuer+"/"), "sign-in", statusFail, provider.Issuer)
	provider.Down(true)
	expect(t, set(provider.Issuer), "sign-in", statusFail, "cannot be read")
}

func TestDoctorOfNotify(t *testing.T) {
	const key, template = "made_up-11111111-2222-4333-8444-555555555555-66666666-7777-4888-9999-aaaaaaaaaaaa", "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"
	notify := standin.NewNotify(key, standin.NotifyFaults{})
	server := httptest.NewServer(notify)
	t.Cleanup(server.Close)
	settings(t, "NOTIFY_API_KEY", key, "NOTIFY_SMS_TEMPLATE", template, "NOTIFY_LETTER_TEMPLATE", template, "NOTIFY_BASE_URL", server.URL)
	code, found := examined(t)
	if code != 1 {
		t.Errorf("status %d: %+v", code, found)
	}
	expect(t, found, "emails", statusFail, "no officer is chased")
	expect(t, found, "texts", statusOK, "nothing was sent")
	expect(t, found, "letters", statusOK, "nothing was sent")
	expect(t, found, "NOTIFY_CALLBACK_TOKEN", statusWarn, "families text")
	expect(t, found, "BOOK_DIR", statusWarn, "made-up officers")
	if counts := notify.Counts(); counts.Requests != 0 || counts.Lookups != 2 {
		t.Errorf("%+v", counts)
	}

	server.Config.Handler = standin.NewNotify(strings.Replace(key, "6666", "9999", 1), standin.NotifyFaults{})
	t.Setenv("HEARBACK_NOTIFY_CALLBACK_TOKEN", "a-made-up-token-of-ours")
	code, found = examined(t)
	if code != 1 {
		t.Errorf("with a key that is not Notify's: status %d, %+v", code, found)
	}
	for _, what := range []string{"texts", "letters"} {
		expect(t, found, what, statusFail, "HEARBACK_NOTIFY_API_KEY")
		for _, f := range found[what] {
			if strings.Contains(f.String(), key[45:]) {
				t.Errorf("%s shows the key", f)
			}
		}
	}
	if len(found["NOTIFY_CALLBACK_TOKEN"]) != 0 {
		t.Errorf("with a token it says %+v", found["NOTIFY_CALLBACK_TOKEN"])
	}
	twilioSettings(t, standin.NewTwilio(standin.TwilioFaults{}))
	_, found = examined(t)
	expect(t, found, "letters", statusWarn, "phoned by a person")
}

func TestDoctorOfATwilioThatRefuses(t *testing.T) {
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, password, _ := r.BasicAuth()
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, body, password) // as an odd proxy might
		}
	}
	for name, c := range map[string]struct {
		handler      http.Handler
		status, says string
	}{
		"wrong token":   {answer(401, `{"code": 20003, "message": "%s"}`), statusFail, "code 20003"},
		"suspended":     {answer(403, `{"code": 20005, "message": "%s"}`), statusFail, "suspended"},
		"no account":    {answer(404, `{"code": 20404, "message": "%s"}`), statusFail, "no such account"},
		"too much":      {answer(429, `{"code": 20429, "message": "%s"}`), statusWarn, "try again"},
		"out of order":  {answer(503, `<html>%s</html>`), statusFail, "status page"},
		"somebody else": {answer(200, `<html>%s</html>`), statusFail, "does not look like Twilio"},
		"moved":         {http.RedirectHandler("https://elsewhere.example/", http.StatusFound), statusFail, "does not look like Twilio"},
	} {
		t.Run(name, func(t *testing.T) {
			twilioSettings(t, c.handler)
			_, found := examined(t)
			expect(t, found, "texts", c.status, c.says)
			for _, list := range found {
				for _, f := range list {
					if strings.Contains(f.String(), secret) {
						t.Errorf("the finding %q holds the token", f)
					}
				}
			}
		})
	}
}

func TestDoctorOfTheClock(t *testing.T) {
	now := time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		theirs       time.Duration
		status, says string
	}{
		"right":            {0, statusOK, "agrees"},
		"a second apart":   {-2 * time.Second, statusOK, "agrees"},
		"ours is ahead":    {-10 * time.Second, statusWarn, "9s ahead"},
		"ours is behind":   {time.Hour, statusWarn, "behind"},
		"a day of his own": {-24 * time.Hour, statusWarn, "ahead"},
	} {
		t.Run(name, func(t *testing.T) {
			d := &doctor{found: func(finding) {}}
			d.judgeClock(now, now.Add(200*time.Millisecond), now.Add(c.theirs).Format(http.TimeFormat))
			if f := d.findings[0]; f.Status != c.status || !strings.Contains(f.Detail, c.says) {
				t.Errorf("%+v, want %s and %q", f, c.status, c.says)
			}
		})
	}
	d := &doctor{found: func(finding) {}}
	d.judgeClock(now, now, "yesterday")
	if d.findings[0].Status != statusWarn {
		t.Errorf("an answer without a time: %+v", d.findings)
	}
}

// mailServer answers SMTP with canned lines: hello is the answer to EHLO. It
// takes one user's password by AUTH LOGIN or PLAIN, and fails the test if an
// email is begun.
func mailServer(t *testing.T, hello string) (port string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go mailConversation(t, connection, hello)
		}
	}()
	_, port, err = net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func mailConversation(t *testing.T, connection net.Conn, hello string) {
	defer func() { _ = connection.Close() }()
	lines := bufio.NewScanner(connection)
	say := func(text string) { _, _ = fmt.Fprintf(connection, "%s\r\n", text) }
	plain := func() string {
		lines.Scan()
		text, _ := base64.StdEncoding.DecodeString(lines.Text())
		return string(text)
	}
	takes := func(user, password string) {
		if user == "send" && password == secret {
			say("235 welcome")
		} else {
			say("535 " + password + " is wrong")
		}
	}
	say("220 mail.council.example")
	for lines.Scan() {
		command, argument, _ := strings.Cut(lines.Text(), " ")
		switch strings.ToUpper(command) {
		case "EHLO":
			say(hello)
		case "AUTH":
			if encoded, ok := strings.CutPrefix(argument, "PLAIN "); ok {
				text, _ := base64.StdEncoding.DecodeString(encoded)
				parts := strings.Split(string(text), "\x00")
				takes(parts[1], parts[2])
				continue
			}
			say("334 VXNlcm5hbWU6")
			user := plain()
			say("334 UGFzc3dvcmQ6")
			takes(user, plain())
		case "NOOP":
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		case "MAIL", "RCPT", "DATA":
			t.Errorf("the doctor began an email: %s", command)
			return
		default:
			say("502 no")
		}
	}
}

func TestDoctorOfTheMailServer(t *testing.T) {
	for name, c := range map[string]struct {
		hello        string
		set          []string
		status, says string
	}{
		"no password":     {"250 hello", nil, statusOK, "no email was sent"},
		"PLAIN":           {"250-hello\r\n250 AUTH PLAIN LOGIN", []string{"SMTP_USERNAME", "send", "SMTP_PASSWORD", secret}, statusOK, "our password"},
		"LOGIN":           {"250-hello\r\n250 AUTH LOGIN", []string{"SMTP_USERNAME", "send", "SMTP_PASSWORD", secret}, statusOK, "our password"},
		"wrong password":  {"250-hello\r\n250 AUTH LOGIN", []string{"SMTP_USERNAME", "send", "SMTP_PASSWORD", "another-" + secret}, statusFail, "it answers 535"},
		"wrong user":      {"250-hello\r\n250 AUTH PLAIN", []string{"SMTP_USERNAME", "sand", "SMTP_PASSWORD", secret}, statusFail, "it answers 535"},
		"asks for none":   {"250 hello", []string{"SMTP_USERNAME", "send", "SMTP_PASSWORD", secret}, statusFail, "asks for no password"},
		"ways unknown":    {"250-hello\r\n250 AUTH XOAUTH2", []string{"SMTP_USERNAME", "send", "SMTP_PASSWORD", secret}, statusWarn, "not tested"},
		"no STARTTLS":     {"250 hello", []string{"SMTP_TLS", "starttls"}, statusFail, "does not offer STARTTLS"},
		"TLS that fails":  {"250-hello\r\n250 STARTTLS", []string{"SMTP_TLS", "starttls"}, statusFail, "TLS failed"},
		"not implicit":    {"250 hello", []string{"SMTP_TLS", "implicit"}, statusFail, "SMTP_TLS"},
		"refuses to talk": {"554 go away", nil, statusFail, "refused our greeting"},
	} {
		t.Run(name, func(t *testing.T) {
			settings(t, append([]string{"SMTP_HOST", "127.0.0.1", "SMTP_PORT", mailServer(t, c.hello), "SMTP_TLS", "none", "SMTP_FROM", "send@council.example"}, c.set...)...)
			_, found := examined(t)
			expect(t, found, "emails", c.status, c.says)
			for _, f := range found["emails"] {
				if strings.Contains(f.String(), secret) {
					t.Errorf("the finding %q holds the password", f)
				}
			}
		})
	}
}

func TestDoctorOfExternalNATS(t *testing.T) {
	server := streamtest.Start(t, stream.ServerConfig{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	conn := streamtest.Connect(t, server)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	settings(t, "NATS_URL", "nats://"+server.Addr(), "REPLICAS", "1")
	code, found := examined(t)
	if code != 0 {
		t.Errorf("status %d: %+v", code, found)
	}
	expect(t, found, "NATS", statusOK, "answers in")
	expect(t, found, "stream", statusWarn, "none yet")
	expect(t, found, "Hearback", statusWarn, "hearback run")
	if _, err := js.Stream(t.Context(), stream.Name); err == nil {
		t.Error("the doctor made the stream")
	}

	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: stream.Name, Subjects: []string{"hearback.>"}, MaxAge: time.Hour}); err != nil {
		t.Fatal(err)
	}
	code, found = examined(t)
	if code != 1 {
		t.Errorf("with a stream that forgets: status %d, %+v", code, found)
	}
	expect(t, found, "stream", statusFail, "max_age")

	if err := js.DeleteStream(t.Context(), stream.Name); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Open(context.WithoutCancel(t.Context()), conn, stream.Options{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	code, found = examined(t)
	if code != 0 {
		t.Errorf("with Hearback's own stream: status %d, %+v", code, found)
	}
	expect(t, found, "stream", statusOK, "sync_interval")

	settings(t, "NATS_URL", "nats://send:"+secret+"@127.0.0.1:1")
	code, found = examined(t)
	if code != 1 {
		t.Errorf("with nobody there: status %d, %+v", code, found)
	}
	expect(t, found, "NATS", statusFail, "cannot be reached")
	if strings.Contains(found["NATS"][0].String(), secret) {
		t.Errorf("the finding %q holds the password", found["NATS"][0])
	}

	// The same port, where an embedded server would want to listen.
	settings(t, "NATS_LISTEN", server.Addr())
	_, found = examined(t)
	expect(t, found, "NATS", statusFail, "no Hearback")
}
