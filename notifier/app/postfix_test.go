package app_test

import (
	"encoding/json"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/app"
	"hearback/notifier/channel/capture"
	"hearback/notifier/channel/standin"
	"hearback/notifier/picture"
)

// postfix is the judge that .ci/judges/postfix.sh starts: a mail system of the
// council, with Hearback before and behind it. Addresses are host and port.
type postfix struct {
	// Submission wants STARTTLS and a password.
	Submission, Username, Password string
	// Next is where it delivers what is for family.example.
	Next string
	// Returns is where it delivers what is for send.council.example by SMTP,
	// ReturnsLMTP what is for lmtp.council.example by LMTP.
	Returns     string
	ReturnsLMTP string `json:"returns_lmtp"`
}

func postfixOf(t *testing.T) (p postfix) {
	t.Helper()
	name := os.Getenv("POSTFIX_JUDGE")
	if name == "" {
		t.Skip("SKIPPED, NOT TRIED: POSTFIX_JUDGE is not set; run .ci/judges/postfix.sh")
	}
	data, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPostfixBouncesAllTheWay: an acknowledgement goes to a real mail system, whose
// next hop refuses the address. Its own report comes back to us and sends the text.
func TestPostfixBouncesAllTheWay(t *testing.T) {
	p := postfixOf(t)
	for name, way := range map[string]struct {
		domain, listen string
		lmtp           bool
	}{
		"smtp": {"send.council.example", p.Returns, false},
		"lmtp": {"lmtp.council.example", p.ReturnsLMTP, true},
	} {
		t.Run(name, func(t *testing.T) {
			families := standin.NewSMTP(standin.SMTPFaults{Permanent: 1})
			listener, err := net.Listen("tcp", p.Next)
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan error, 1)
			go func() { served <- families.Serve(listener) }()
			defer func() {
				_ = families.Close()
				<-served
			}()
			c := open(t, nil, func(c *app.Config) {
				_, port, _ := net.SplitHostPort(p.Submission)
				c.SMTPPort, _ = strconv.Atoi(port)
				c.SMTPHost, c.SMTPTLS, c.SMTPUsername, c.SMTPPassword = "localhost", "starttls", p.Username, app.Secret(p.Password)
				c.SMTPFrom = "SEND team <send@council.example>"
				c.MailInListen, c.MailInDomain, c.MailInLMTP = way.listen, way.domain, way.lmtp
				c.TwilioAccountSID, c.TwilioAuthToken, c.TwilioFrom = "", "", "" // texts are captured
			})
			c.bouncesToAText(families)
		})
	}
}

func (c *council) bouncesToAText(families *standin.SMTP) {
	c.t.Helper()
	const ref, number = "H-1", "+447700900123"
	texts := func() (to []capture.Captured) {
		for _, m := range c.app.Captured()[notifier.SMS].Messages() {
			if m.Message.To == number {
				to = append(to, m)
			}
		}
		return to
	}
	c.tell(ref, events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane",
		"contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "mobile": number, "email": "gone@family.example", "prefers": []string{"email", "sms"}}}})
	c.tell(ref, events.TypeEnquiryReceived, map[string]any{"enquiry": "q1", "channel": "phone", "from": "c1"})
	c.until("the acknowledgement by text, after the bounce", func() bool { return len(texts()) == 1 })
	view := c.story(ref)
	if len(view.Messages) != 2 || view.Messages[0].Channel != notifier.Email || view.Messages[0].Status != notifier.Failed ||
		view.Messages[1].Channel != notifier.SMS || view.Messages[1].ID != texts()[0].Message.ID {
		c.t.Errorf("the messages are %+v", view.Messages)
	}
	if !strings.Contains(view.Messages[0].Reason, "no mailbox") || !strings.Contains(view.Messages[1].Why, view.Messages[0].Reason) {
		c.t.Errorf("the email failed because %q, the text goes because %q", view.Messages[0].Reason, view.Messages[1].Why)
	}
	if !slices.ContainsFunc(view.Timeline, func(l picture.Line) bool {
		return l.What == "Message "+view.Messages[0].ID+" did not arrive" && l.Why == view.Messages[0].Reason
	}) {
		c.t.Errorf("the timeline does not say why: %+v", view.Timeline)
	}
	if !slices.ContainsFunc(view.Contacts[0].Unusable, func(u notifier.Unusable) bool { return u.Channel == notifier.Email }) {
		c.t.Errorf("it is not remembered that the address bounced: %+v", view.Contacts[0].Unusable)
	}

	// The next time, nobody tries the address again.
	c.tell(ref, events.TypeReplySent, map[string]any{})
	c.tell(ref, events.TypeEnquiryReceived, map[string]any{"enquiry": "q2", "channel": "phone", "from": "c1"})
	c.until("the second acknowledgement, by text", func() bool { return len(texts()) == 2 })
	if counts := families.Counts(); counts.Refused != 1 || counts.Accepted != 0 {
		c.t.Errorf("the family's mail system was asked %d times and took %d emails, want once and none", counts.Refused, counts.Accepted)
	}
}
