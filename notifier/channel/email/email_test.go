package email_test

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/channeltest"
	"hearback/notifier/channel/email"
	"hearback/notifier/channel/standin"
)

// mailServer starts a stand-in that keeps whole emails.
func mailServer(t *testing.T, faults standin.SMTPFaults) (*channeltest.Network, *standin.SMTP) {
	t.Helper()
	network, server := channeltest.NewNetwork(), standin.NewSMTP(faults)
	server.KeepData()
	go func() { _ = server.Serve(network) }()
	t.Cleanup(func() { _ = server.Close() })
	return network, server
}

func send(t *testing.T, sender *email.Sender, m channel.Message) channel.Receipt {
	t.Helper()
	receipt, err := sender.Send(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

func TestEmailHasWhatWasDecided(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, server := mailServer(t, standin.SMTPFaults{})
		sender := newSender(t, network, func(config *email.Config) { config.ReplyTo = "replies@council.example" })
		defer func() { _ = sender.Close() }()
		m := channel.Message{
			ID: "m1", To: "sam@family.example", Language: "cy",
			Subject: "Rydym wedi cael eich neges – ŵ", MessageID: "m1@council.example",
			Text: "Bydd Jo yn ateb.\n.\nDiolch – ŵ", HTML: "<p>Bydd Jo yn ateb – ŵ</p>",
			Date: time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC),
		}
		if receipt := send(t, sender, m); receipt.ProviderID != "<m1@council.example>" {
			t.Errorf("receipt %q, want the Message-ID", receipt.ProviderID)
		}
		received := server.Received()
		if len(received) != 1 || received[0].From != "send@council.example" || received[0].To != m.To {
			t.Fatalf("received %v, want one from the sender to the recipient", received)
		}
		headers, parts := parse(t, received[0].Data)
		for name, want := range map[string]string{
			"From": `"Herts SEND" <send@council.example>`, "To": "<sam@family.example>",
			"Reply-To": "<replies@council.example>", "Message-Id": "<m1@council.example>",
			"Date": "Mon, 23 Nov 2026 09:00:00 +0000", "Auto-Submitted": "auto-generated",
			"Content-Language": "cy", "Subject": m.Subject, "X-Mailer": "", "User-Agent": "",
		} {
			if got := headers.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if parts["text/plain"] != "Bydd Jo yn ateb.\r\n.\r\nDiolch – ŵ" || parts["text/html"] != m.HTML {
			t.Errorf("the parts are %q", parts)
		}
		// A second attempt is the same email to the last byte.
		send(t, sender, m)
		if received = server.Received(); string(received[0].Data) != string(received[1].Data) {
			t.Errorf("two attempts differ:\n%s\n%s", received[0].Data, received[1].Data)
		}
		if counts := server.Counts(); counts.Repeated != 1 || counts.Connections != 1 {
			t.Errorf("counts %+v, want one repeat over one connection", counts)
		}
	})
}

func parse(t *testing.T, data []byte) (mail.Header, map[string]string) {
	t.Helper()
	message, err := mail.ReadMessage(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	message.Header["Subject"] = []string{subject}
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q, %v, want multipart/alternative", kind, err)
	}
	parts := make(map[string]string)
	reader := multipart.NewReader(message.Body, parameters["boundary"])
	for {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return message.Header, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		parts[kind] = string(text)
	}
}

// TestInternationalMailIsAskedForOnlyWhereItIsNeeded: bounces of such mail come
// in a form that fewer programs read.
func TestInternationalMailIsAskedForOnlyWhereItIsNeeded(t *testing.T) {
	for to, want := range map[string]string{
		"sam@family.example": "MAIL FROM:<send@council.example>",
		"siân@teulu.example": "MAIL FROM:<send@council.example> SMTPUTF8",
	} {
		synctest.Test(t, func(t *testing.T) {
			network, server := channeltest.NewNetwork(), &scripted{script: script{"EHLO": "250-mail.example\r\n250 SMTPUTF8"}}
			go server.serve(network)
			sender := newSender(t, network, nil)
			send(t, sender, channel.Message{ID: "m1", To: to, Text: "x"})
			_ = sender.Close()
			_ = network.Close()
			synctest.Wait()
			if !slices.Contains(server.said, want) {
				t.Errorf("to %s the talk was %q, want %q in it", to, server.said, want)
			}
		})
	}
}

func TestNothingInAMessageBecomesAHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, server := mailServer(t, standin.SMTPFaults{})
		sender := newSender(t, network, nil)
		defer func() { _ = sender.Close() }()
		for _, m := range []channel.Message{
			{ID: "1", To: "sam@family.example", Subject: "Hello\r\nBcc: eve@elsewhere.example", Text: "x"},
			{ID: "2", To: "sam@family.example", MessageID: "<a@b>\r\nBcc: eve@elsewhere.example", Text: "x"},
			{ID: "3\r\nBcc: eve@elsewhere.example", To: "sam@family.example", Language: "en\r\nBcc: eve@elsewhere.example", Text: "x"},
		} {
			send(t, sender, m)
		}
		for _, m := range server.Received() {
			message, err := mail.ReadMessage(strings.NewReader(string(m.Data)))
			if err != nil {
				t.Fatal(err)
			}
			if message.Header.Get("Bcc") != "" || m.MessageID == "" || strings.ContainsAny(m.MessageID, " \r\n") {
				t.Errorf("a value broke out of its header:\n%s", m.Data)
			}
		}
		if repeated := server.Counts().Repeated; repeated != 0 {
			t.Errorf("%d of three messages share a Message-ID, want none", repeated)
		}
	})
}

func TestBadAddressesNeverReachTheServer(t *testing.T) {
	network := channeltest.NewNetwork()
	_ = network.Close()
	sender := newSender(t, network, nil)
	for _, to := range []string{"", "sam", "sam@", "@family.example", "sam@family.example\r\nRCPT TO:<eve@elsewhere.example>", "a@b.example, c@d.example"} {
		_, err := sender.Send(t.Context(), channel.Message{ID: "m1", To: to, Text: "x"})
		if failure := channel.FailureOf(err); failure == nil || failure.Verdict != channel.Never || failure.Code != "bad-address" {
			t.Errorf("Send to %q = %v, want it refused for good", to, err)
		}
	}
}

func TestNewNamesEverySettingThatIsWrong(t *testing.T) {
	_, err := email.New(email.Config{Port: 70000, TLS: "ssl", Username: "someone", From: "nobody", ReplyTo: "nobody", Workers: -1})
	if err == nil {
		t.Fatal("New accepted settings that are all wrong")
	}
	for _, setting := range []string{"SMTP_HOST", "SMTP_PORT", "SMTP_TLS", "SMTP_PASSWORD", "SMTP_FROM", "reply-to", "EMAIL_WORKERS"} {
		if !strings.Contains(err.Error(), setting) {
			t.Errorf("%q does not name %s", err, setting)
		}
	}
}
