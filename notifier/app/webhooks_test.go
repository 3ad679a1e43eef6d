package app_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier/app"
	"hearback/notifier/channel/standin"
)

const (
	publicURL = "https://hearback.council.example"
	authToken = "made-up-token"
)

// council is a Hearback with a stand-in for Twilio; its emails are captured.
type council struct {
	t      *testing.T
	twilio *standin.Twilio
	app    *app.App
	events *events.Publisher
	count  int
}

func open(t *testing.T, book fs.FS, changes ...func(*app.Config)) *council {
	t.Helper()
	twilio := standin.NewTwilio(standin.TwilioFaults{})
	server := httptest.NewServer(twilio)
	t.Cleanup(server.Close)
	config := app.Config{DataDir: t.TempDir(), NatsListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0", PublicURL: publicURL,
		TwilioAccountSID: "AC00000000000000000000000000000001", TwilioAuthToken: authToken, TwilioFrom: "+441632960000", TwilioBaseURL: server.URL,
		LinkSecret: "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
		SMSWorkers: 4, EmailWorkers: 2, LogLevel: "error", LogFormat: "text"}
	for _, change := range changes {
		change(&config)
	}
	c := started(t, config, app.Options{Book: book})
	c.twilio = twilio
	return c
}

// started is a Hearback that runs until the test ends.
func started(t *testing.T, config app.Config, options app.Options) *council {
	t.Helper()
	running, err := app.Start(t.Context(), config, options)
	if err != nil {
		t.Fatal(err)
	}
	c := &council{t: t, app: running}
	if c.events, err = events.NewPublisher(running.Conn()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.events.Close()
		if err := running.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (c *council) tell(ref, kind string, data any) {
	c.t.Helper()
	c.count++
	body, err := json.Marshal(data)
	if err != nil {
		c.t.Fatal(err)
	}
	e := events.Event{ID: fmt.Sprint("e", c.count), Source: "/test", Type: kind, Case: ref, Time: time.Now(), Data: body}
	if err := c.events.Publish(c.t.Context(), e); err != nil {
		c.t.Fatal(err)
	}
}

// calls makes a call as Twilio signs it: the address and the sorted form.
func (c *council) calls(path string, form map[string]string) int {
	c.t.Helper()
	var signed strings.Builder
	signed.WriteString(publicURL + path)
	values := url.Values{}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		signed.WriteString(name + form[name])
		values.Set(name, form[name])
	}
	mac := hmac.New(sha1.New, []byte(authToken))
	mac.Write([]byte(signed.String()))
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, "http://"+c.app.HTTPAddr()+path, strings.NewReader(values.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// until waits for what is about to become true.
func (c *council) until(what string, done func() bool) {
	c.t.Helper()
	waiting, stop := context.WithTimeout(c.t.Context(), 20*time.Second)
	defer stop()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !done() {
		select {
		case <-ticker.C:
		case <-waiting.Done():
			c.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// emails are the captured emails to an address.
func (c *council) emails(to string) (subjects []string) {
	for _, m := range c.app.Captured()["email"].Messages() {
		if m.Message.To == to {
			subjects = append(subjects, m.Message.Subject)
		}
	}
	return subjects
}

// The whole way back: a text that did not arrive goes by email, STOP is honoured,
// an answer opens a promise, and a stranger's text goes to the holding pen.
func TestWhatComesBackFromTwilio(t *testing.T) {
	c := open(t, nil)
	const number = "+447700900123"
	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane",
		"contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "mobile": number, "email": "sam@family.example"}}})
	c.tell("H-1", events.TypeEnquiryReceived, map[string]any{"enquiry": "q1", "channel": "phone", "from": "c1"})
	c.until("the acknowledgement by text", func() bool { return len(c.twilio.Received()) == 1 })
	text := c.twilio.Received()[0]
	callback, err := url.Parse(text.StatusCallback)
	if err != nil || !strings.HasPrefix(text.StatusCallback, publicURL+"/webhooks/twilio/status?message=H-1-1") {
		t.Fatalf("Twilio is to report to %q", text.StatusCallback)
	}
	receipt := map[string]string{"MessageSid": text.SID, "MessageStatus": "undelivered", "ErrorCode": "30005", "To": text.To}
	for range 2 { // a receipt that comes twice counts once
		if code := c.calls(callback.RequestURI(), receipt); code != http.StatusNoContent {
			t.Fatalf("the receipt was answered %d", code)
		}
	}
	c.until("the acknowledgement by email", func() bool { return len(c.emails("sam@family.example")) == 1 })

	if code := c.calls("/webhooks/twilio/inbound", map[string]string{"MessageSid": "SM1", "From": number, "Body": "Stop"}); code != http.StatusOK {
		t.Fatalf("STOP was answered %d", code)
	}
	if code := c.calls("/webhooks/twilio/inbound", map[string]string{"MessageSid": "SM2", "From": "+447700900999", "Body": "Is this the SEND team?"}); code != http.StatusOK {
		t.Fatalf("a stranger was answered %d", code)
	}
	c.until("the one answer to a stranger", func() bool { return len(c.twilio.Received()) == 2 })
	c.tell("H-1", events.TypeReplySent, map[string]any{})
	if code := c.calls("/webhooks/twilio/inbound", map[string]string{"MessageSid": "SM3", "From": number, "Body": "And when will you call?"}); code != http.StatusOK {
		t.Fatalf("an answer was answered %d", code)
	}
	c.until("the second acknowledgement, by email", func() bool { return len(c.emails("sam@family.example")) == 2 })
	for _, text := range c.twilio.Received()[1:] {
		if text.To == number {
			t.Errorf("a text went to a number that does not exist and opted out: %q", text.Body)
		}
	}
}

// A call that Twilio did not sign for our address changes nothing.
func TestACallThatIsNotTwiliosIsRefused(t *testing.T) {
	c := open(t, nil)
	response, err := http.Post("http://"+c.app.HTTPAddr()+"/webhooks/twilio/inbound", "application/x-www-form-urlencoded", strings.NewReader("MessageSid=SM1&From=%2B447700900123&Body=STOP"))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("answered %d", response.StatusCode)
	}
}
