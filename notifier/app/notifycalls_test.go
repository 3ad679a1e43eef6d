package app_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/app"
	"hearback/notifier/ask"
	"hearback/notifier/channel/standin"
	"hearback/notifier/picture"
)

const callbackToken = "a-made-up-token-of-ours"

// openWithNotify is a Hearback with a stand-in for GOV.UK Notify; its emails are captured.
func openWithNotify(t *testing.T, book fs.FS, changes ...func(*app.Config)) (*council, *standin.Notify) {
	t.Helper()
	const key = "made-up-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
	provider := standin.NewNotify(key, standin.NotifyFaults{})
	server := httptest.NewServer(provider)
	t.Cleanup(server.Close)
	c := open(t, book, append([]func(*app.Config){func(config *app.Config) {
		config.TwilioAccountSID, config.TwilioAuthToken, config.TwilioFrom = "", "", ""
		config.NotifyAPIKey, config.NotifySMSTemplate, config.NotifyBaseURL = key, "f33517ff-2a88-4f6e-b855-c550268ce08a", server.URL
		config.NotifyCallbackToken = callbackToken
	}}, changes...)...)
	return c, provider
}

// notifies makes a call as GOV.UK Notify does.
func (c *council) notifies(door string, body []byte, token string) int {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, "http://"+c.app.HTTPAddr()+"/webhooks/notify/"+door, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// known is what is known of a case.
func (c *council) known(ref string) picture.CaseView {
	c.t.Helper()
	view, err := ask.Case(c.t.Context(), c.app.Conn(), ref)
	if err != nil {
		c.t.Fatal(err)
	}
	return view
}

// The whole way back through GOV.UK Notify: a text that did not arrive goes by email,
// once, whatever is said of it afterwards; what a family texts opens a promise; what
// concerns another system's messages leaves no trace.
func TestWhatComesBackFromNotify(t *testing.T) {
	c, provider := openWithNotify(t, nil)
	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane",
		"contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "mobile": "+447700900002", "email": "sam@family.example"}}})
	c.tell("H-2", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane",
		"contacts": []map[string]any{{"id": "c1", "name": "Alex Jones", "mobile": "07700 900123"}}})
	c.tell("H-1", events.TypeEnquiryReceived, map[string]any{"enquiry": "q1", "channel": "phone", "from": "c1"})
	c.until("the acknowledgement by text", func() bool { return len(provider.Received()) == 1 })
	sent := provider.Received()[0]
	failed, made := provider.Receipt(sent.ID)
	if !made || sent.Reference != "H-1-1" || !strings.Contains(string(failed), "permanent-failure") {
		t.Fatalf("sent with reference %q, of which the receipt is %q", sent.Reference, failed)
	}
	takes := func(door string, body []byte) {
		t.Helper()
		if code := c.notifies(door, body, callbackToken); code != http.StatusNoContent {
			t.Fatalf("the %s was answered %d", door, code)
		}
	}
	for range 2 { // a receipt that comes twice counts once
		takes("receipt", failed)
	}
	c.until("the acknowledgement by email", func() bool { return len(c.emails("sam@family.example")) == 1 })

	// What overtook another call, or names another message, moves nothing back.
	takes("receipt", bytes.ReplaceAll(failed, []byte("permanent-failure"), []byte("delivered")))
	takes("receipt", bytes.ReplaceAll(failed, []byte("permanent-failure"), []byte("temporary-failure")))
	takes("receipt", bytes.ReplaceAll(failed, []byte("H-1-1"), []byte("H-1-2")))
	takes("receipt", bytes.ReplaceAll(failed, []byte("H-1-1"), []byte("EHC-2026-17")))
	takes("returned-letter", []byte(`{"notification_id": "`+sent.ID+`", "reference": "H-1-2"}`))

	const text = `{"id": "740e5834-3a29-46b4-9a6f-16142fde533a", "source_number": "447700900123", "destination_number": "07700900900", "message": "When will you call?"}`
	for range 2 {
		takes("text", []byte(text))
	}
	c.until("the acknowledgement of what the family texted", func() bool { return len(provider.Received()) == 2 })
	if answer := provider.Received()[1]; answer.To != "+447700900123" || answer.Reference != "H-2-1" {
		t.Errorf("%s went out for %s", answer.Reference, answer.To)
	}
	// What the same family texts later is decided after all that went before.
	takes("text", []byte(strings.Replace(text, "533a", "533b", 1)))
	c.until("the text that was added", func() bool {
		return slices.ContainsFunc(c.known("H-2").Timeline, func(l picture.Line) bool { return strings.Contains(l.Why, "they have written once more") })
	})

	view := c.known("H-2")
	if len(view.Promises) != 1 || view.Promises[0].Kept != nil || view.Contacts[0].Unusable != nil {
		t.Errorf("what the family texted led to %+v of %+v", view.Promises, view.Contacts)
	}
	view = c.known("H-1")
	if len(view.Messages) != 2 || view.Messages[0].Status != notifier.Failed || view.Messages[1].Status != notifier.Sent || view.Messages[1].Channel != notifier.Email ||
		len(c.emails("sam@family.example")) != 1 {
		t.Errorf("the receipts led to %+v", view.Messages)
	}
	if k := view.Contacts[0]; len(k.Unusable) != 1 || k.Unusable[0].Channel != notifier.SMS {
		t.Errorf("of the number that does not exist is remembered %+v", k.Unusable)
	}
	if cases, _, _ := c.app.Size(); cases != 2 {
		t.Errorf("there are %d cases, want those two", cases)
	}
}

func TestNotifyIsHeardOnlyWithTheToken(t *testing.T) {
	body := []byte(`{"id": "740e5834-3a29-46b4-9a6f-16142fde533a", "source_number": "447700900123", "message": "STOP"}`)
	for name, one := range map[string]struct {
		set  app.Secret
		want int
	}{"another": {callbackToken, http.StatusUnauthorized}, "none set": {"", http.StatusServiceUnavailable}} {
		t.Run(name, func(t *testing.T) {
			c, _ := openWithNotify(t, nil, func(config *app.Config) { config.NotifyCallbackToken = one.set })
			for _, door := range []string{"receipt", "text", "returned-letter"} {
				for _, token := range []string{"", "another-made-up-token"} {
					if code := c.notifies(door, body, token); code != one.want {
						t.Errorf("%s: answered %d, want %d", door, code, one.want)
					}
				}
			}
		})
	}
}

// GOV.UK Notify writes question marks for the letters of many languages. Such a text
// goes by email, and the number is none the worse: the next one that Notify can write
// goes to it.
func TestWhatNotifyCannotWriteGoesByEmail(t *testing.T) {
	book := exampleBook(t)
	words := func(name, text string) { book["words/"+name] = &fstest.MapFile{Data: []byte(text)} }
	words("ur/enquiry-received.sms.txt", "((council)): آپ کا پیغام ملا، ((ref))۔ ((due day)) ((due time)) ((phone))\n")
	words("ur/enquiry-received.email.md", "Subject: آپ کا پیغام ملا، ((ref))\n\nآپ کا پیغام ملا۔ ((due day)) ((due time)) ((phone)) ((council))\n")
	words("en/urgent-received.sms.txt", "((council)): we have your urgent message, ref ((ref)). We reply by ((due day)). Call ((phone))\n")
	words("en/urgent-received.email.md", "Subject: We have your urgent message, ((ref))\n\nWe reply by ((due day)). Call ((phone)). ((council))\n")
	before, after, _ := strings.Cut(string(book["rules.yaml"].Data), "when: data.urgent == true")
	book["rules.yaml"].Data = []byte(before + "when: data.urgent == true" + strings.Replace(after, "words: enquiry-received", "words: urgent-received", 1) + "\nlanguages: {approved: [ur]}\n")

	c, provider := openWithNotify(t, book)
	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane",
		"contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "mobile": "07700 900123", "email": "sam@family.example", "language": "ur"}}})
	c.tell("H-1", events.TypeEnquiryReceived, map[string]any{"enquiry": "q1", "channel": "phone", "from": "c1"})
	c.until("the acknowledgement by email", func() bool { return len(c.emails("sam@family.example")) == 1 })
	if counts := provider.Counts(); counts.Requests != 0 || !strings.HasPrefix(c.emails("sam@family.example")[0], "آپ") {
		t.Errorf("Notify was asked for %d texts; the email is about %q", counts.Requests, c.emails("sam@family.example"))
	}
	c.tell("H-1", events.TypeEnquiryReceived, map[string]any{"enquiry": "q2", "channel": "phone", "from": "c1", "urgent": true})
	c.until("a text in letters that Notify can write", func() bool { return len(provider.Received()) == 1 })
	view := c.known("H-1")
	if k := view.Contacts[0]; k.Unusable != nil || len(view.Tasks) != 0 || provider.Received()[0].To != "+447700900123" {
		t.Errorf("the number counts as %+v, with the tasks %+v", k.Unusable, view.Tasks)
	}
	if m := view.Messages[0]; m.Channel != notifier.SMS || m.Status != notifier.Failed || !strings.Contains(m.Reason, "Arabic letters") {
		t.Errorf("of the text that could not be written is told %+v", m)
	}
}
