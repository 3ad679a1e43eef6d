package app_test

import (
	"fmt"
	"net"
	"net/http"
	"net/smtp"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier/app"
	"hearback/notifier/channel/standin"
)

// withMail has emails go to a stand-in and what comes back be taken in.
func withMail(t *testing.T, server *standin.SMTP) func(*app.Config) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		<-served
	})
	server.KeepData()
	host, port, _ := net.SplitHostPort(listener.Addr().String())
	return func(c *app.Config) {
		c.SMTPHost, c.SMTPTLS, c.SMTPFrom = host, "none", "SEND team <send@council.example>"
		c.SMTPPort, _ = strconv.Atoi(port)
		c.MailInListen, c.MailInDomain = "127.0.0.1:0", "in.council.example"
	}
}

func header(data []byte, name string) string {
	found := regexp.MustCompile(`(?mi)^` + name + `: ?((?:.*)(?:\r?\n[ \t].*)*)`).FindSubmatch(data)
	if found == nil {
		return ""
	}
	return strings.Trim(strings.Join(strings.Fields(string(found[1])), ""), "<>")
}

// The whole way back by email: a bounce sends the text, an answer is added to the
// promise, the button ends emails.
func TestWhatComesBackByEmail(t *testing.T) {
	server := standin.NewSMTP(standin.SMTPFaults{})
	c := open(t, nil, withMail(t, server))
	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane",
		"contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "mobile": "+447700900123", "email": "sam@family.example", "prefers": []string{"email"}}}})
	c.tell("H-1", events.TypeEnquiryReceived, map[string]any{"enquiry": "q1", "channel": "phone", "from": "c1"})
	c.until("the acknowledgement by email", func() bool { return len(server.Received()) == 1 })
	sent := server.Received()[0]
	if !strings.HasPrefix(sent.From, "bounce+") || !strings.HasSuffix(sent.From, "@in.council.example") {
		t.Fatalf("bounces would come back to %q", sent.From)
	}
	answerTo, button := header(sent.Data, "Reply-To"), header(sent.Data, "List-Unsubscribe")
	if !strings.HasPrefix(answerTo, "reply+") || !strings.HasPrefix(button, publicURL+"/unsubscribe/") || header(sent.Data, "List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Fatalf("answers go to %q, the button to %q", answerTo, button)
	}

	post := func(from, to, body string) {
		t.Helper()
		if err := smtp.SendMail(c.app.MailAddr(), nil, from, []string{to}, []byte(strings.ReplaceAll(body, "\n", "\r\n"))); err != nil {
			t.Fatalf("the email was not taken: %v", err)
		}
	}
	answer := fmt.Sprintf("From: Sam <sam@family.example>\nTo: <%s>\nSubject: Re: your message\nMessage-ID: <a1@family.example>\n\nThank you. When will you call?\n", answerTo)
	post("sam@family.example", answerTo, answer)
	post("sam@family.example", answerTo, answer) // a repeat changes nothing

	bounce := fmt.Sprintf(`From: MAILER-DAEMON@mail.example
To: <%s>
Subject: Undelivered Mail Returned to Sender
Message-ID: <b1@mail.example>
MIME-Version: 1.0
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mailbox is not known here.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; sam@family.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 not known here

--b--
`, sent.From)
	post("", sent.From, bounce)
	c.until("the acknowledgement by text", func() bool { return len(c.twilio.Received()) == 1 })
	if _, promises, _ := c.app.Size(); promises != 1 {
		t.Errorf("%d promises are open, want the one that the answer was added to", promises)
	}

	// Nobody may use the listener to write to others.
	if err := smtp.SendMail(c.app.MailAddr(), nil, "x@attacker.example", []string{"y@elsewhere.example"}, []byte("Subject: x\r\n\r\nx\r\n")); err == nil {
		t.Error("an email to somebody else was taken")
	}

	response, err := http.Post("http://"+c.app.HTTPAddr()+strings.TrimPrefix(button, publicURL), "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the button was answered %d", response.StatusCode)
	}
}
