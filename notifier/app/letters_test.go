package app_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/app"
	"hearback/notifier/ask"
	"hearback/notifier/channel/standin"
	"hearback/notifier/picture"
)

const (
	notifyKey      = "made_up-11111111-2222-4333-8444-555555555555-66666666-7777-4888-9999-aaaaaaaaaaaa"
	letterTemplate = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"
)

// posted are contacts whom nothing but a letter reaches.
func posted(id string) events.CaseData {
	return events.CaseData{Team: new("north"), Officer: new("o.jane"), Contacts: []events.Contact{
		{ID: id, Name: "Sam Taylor", Relationship: "parent", Mobile: "01632 960555", PostalAddress: []string{"Flat 2", "1 High Street", "Hitchin sg51aa"}}}}
}

// A family without a mobile and an email gets its letter through GOV.UK Notify,
// while texts go through Twilio, and a person is asked to phone it meanwhile.
func TestAFamilyWithNothingButAnAddressGetsALetter(t *testing.T) {
	notify := standin.NewNotify(notifyKey, standin.NotifyFaults{})
	server := httptest.NewServer(notify)
	t.Cleanup(server.Close)
	c := open(t, nil, func(config *app.Config) {
		config.NotifyAPIKey, config.NotifyLetterTemplate, config.NotifyBaseURL = notifyKey, letterTemplate, server.URL
	})
	c.tell("H-1", events.TypeCaseOpened, posted("c1"))
	c.tell("H-1", events.TypeEnquiryReceived, events.Enquiry{Enquiry: "q1", Channel: "phone", From: "c1", About: "SECRET"})
	c.until("a letter", func() bool { return len(notify.Received()) > 0 })
	letter := notify.Received()[0]
	if letter.Kind != "letter" || letter.To != "Sam Taylor\nFlat 2\n1 High Street\nHitchin\nSG5 1AA" || letter.Reference != "H-1-1" || letter.Template != letterTemplate {
		t.Errorf("%+v", letter)
	}
	if letter.Subject != "We have your message, reference H-1" || !strings.HasPrefix(letter.Body, "Dear Sam Taylor,\n\nThank you for getting in touch.") ||
		strings.Contains(letter.Body, "SECRET") || strings.Contains(letter.Body, "http") || strings.Contains(letter.Body, "&#") || strings.Contains(letter.Body, "**") {
		t.Errorf("%q, %q", letter.Subject, letter.Body)
	}
	c.until("the hand-over", func() bool { return c.story("H-1").Messages[0].Status == "sent" })
	view := c.story("H-1")
	if len(view.Tasks) != 1 || !strings.HasPrefix(view.Tasks[0].What, "Phone the family") || !strings.Contains(view.Tasks[0].Why, "landline") || !strings.Contains(view.Tasks[0].Why, "a letter is on its way") {
		t.Errorf("%+v", view.Tasks)
	}
	if view.Messages[0].Text != letter.Body || view.Messages[0].Subject != letter.Subject {
		t.Errorf("the case shows %q, and %q went", view.Messages[0].Text, letter.Body)
	}
	if len(c.twilio.Received()) > 0 || c.app.Captured()["letter"] != nil {
		t.Error("a text went, or letters are captured")
	}
}

// Where texts are real and letters are not set up, a letter is no file that nobody
// reads: a person is asked to phone, and the address is none the worse.
func TestALetterThatCannotBePostedIsATask(t *testing.T) {
	c := open(t, nil)
	c.tell("H-1", events.TypeCaseOpened, posted("c1"))
	c.tell("H-1", events.TypeEnquiryReceived, events.Enquiry{Enquiry: "q1", Channel: "phone", From: "c1"})
	c.until("the refusal", func() bool {
		view := c.story("H-1")
		return len(view.Tasks) == 1 && strings.Contains(view.Tasks[0].Why, "Letters are not set up")
	})
	view := c.story("H-1")
	if view.Tasks[0].What != "Phone the family: no message can reach them" || len(view.Messages) != 1 || view.Messages[0].Status != "failed" {
		t.Errorf("%+v, %+v", view.Tasks, view.Messages)
	}
	if slices.ContainsFunc(view.Contacts[0].Unusable, func(u notifier.Unusable) bool { return u.Channel == notifier.Letter }) {
		t.Error("the address was blamed")
	}
	if c.app.Captured()["letter"] != nil {
		t.Error("letters are captured while texts are sent")
	}
}

// Where nothing is sent at all, a letter is captured like everything else, and can
// be read.
func TestALetterOfATrialIsCaptured(t *testing.T) {
	config := app.Config{DataDir: t.TempDir(), NatsListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0", SMSWorkers: 1, EmailWorkers: 1, LogLevel: "error", LogFormat: "text"}
	c := started(t, config, app.Options{Demo: true})
	c.tell("H-1", events.TypeCaseOpened, posted("c1"))
	c.tell("H-1", events.TypeEnquiryReceived, events.Enquiry{Enquiry: "q1", Channel: "phone", From: "c1"})
	c.until("a letter", func() bool { return len(c.app.Captured()["letter"].Messages()) > 0 })
	response, err := http.Get("http://" + c.app.HTTPAddr() + "/messages")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Letter to Sam Taylor, Flat 2, 1 High Street, Hitchin sg51aa", "We have your message, reference H-1", "Thank you for getting in touch"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page of captured messages does not show %q", want)
		}
	}
}

func TestWhichProvidersGoTogether(t *testing.T) {
	twilio := []string{"TWILIO_ACCOUNT_SID", "AC0", "TWILIO_AUTH_TOKEN", "x", "TWILIO_FROM", "+441632960000"}
	for name, test := range map[string]struct {
		set  []string
		want string
	}{
		"letters beside Twilio":        {append(slices.Clone(twilio), "NOTIFY_API_KEY", notifyKey, "NOTIFY_LETTER_TEMPLATE", letterTemplate), ""},
		"texts and letters":            {[]string{"NOTIFY_API_KEY", notifyKey, "NOTIFY_SMS_TEMPLATE", letterTemplate, "NOTIFY_LETTER_TEMPLATE", letterTemplate}, ""},
		"texts alone":                  {[]string{"NOTIFY_API_KEY", notifyKey, "NOTIFY_SMS_TEMPLATE", letterTemplate}, ""},
		"letters alone":                {[]string{"NOTIFY_API_KEY", notifyKey, "NOTIFY_LETTER_TEMPLATE", letterTemplate}, ""},
		"two providers of texts":       {append(slices.Clone(twilio), "NOTIFY_API_KEY", notifyKey, "NOTIFY_SMS_TEMPLATE", letterTemplate), "choose one provider of texts"},
		"the key without any template": {append(slices.Clone(twilio), "NOTIFY_API_KEY", notifyKey), "set the key and a template"},
		"letters without the key":      {[]string{"NOTIFY_LETTER_TEMPLATE", letterTemplate}, "set the key and a template"},
	} {
		t.Run(name, func(t *testing.T) {
			for i := 0; i < len(test.set); i += 2 {
				t.Setenv("HEARBACK_"+test.set[i], test.set[i+1])
			}
			_, err := app.ReadConfig()
			if (err == nil) != (test.want == "") || err != nil && (!strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), notifyKey)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// story is a case as it stands; the zero value while it is not known.
func (c *council) story(ref string) picture.CaseView {
	c.t.Helper()
	view, err := ask.Case(c.t.Context(), c.app.Conn(), ref)
	if err != nil && !errors.Is(err, picture.ErrUnknown) {
		c.t.Fatal(err)
	}
	return view
}
