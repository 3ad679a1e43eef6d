package sms_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/sms"
	"hearback/notifier/channel/standin"
)

// answer is an http.RoundTripper that gives one reply to everything.
type answer struct {
	status int
	header http.Header
	body   string
	asked  *http.Request
	form   string
}

func (a *answer) RoundTrip(request *http.Request) (*http.Response, error) {
	a.asked = request
	if request.Body != nil {
		form, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		a.form = string(form)
	}
	header := a.header
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{
		StatusCode: a.status, Header: header, Request: request,
		Body: io.NopCloser(strings.NewReader(a.body)), ContentLength: int64(len(a.body)),
	}, nil
}

func newSender(t testing.TB, config sms.Config) *sms.Sender {
	t.Helper()
	config.AccountSID, config.AuthToken = accountSID, authToken
	if config.From == "" {
		config.From = "HertsSEND"
	}
	sender, err := sms.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

func TestFailuresAreSortedByWhatTwilioSays(t *testing.T) {
	for name, test := range map[string]struct {
		status  int
		body    string
		verdict channel.Verdict
		code    string
		says    string
	}{
		"not a valid number":        {400, `{"code": 21211}`, channel.Never, "21211", "right one"},
		"not reachable":             {400, `{"code": 21214}`, channel.Never, "21214", "another way"},
		"not a number":              {400, `{"code": 21217}`, channel.Never, "21217", "right one"},
		"opted out":                 {400, `{"code": 21610}`, channel.Never, "21610", "opted out"},
		"no route":                  {400, `{"code": 21612}`, channel.Never, "21612", "another way"},
		"not a mobile":              {400, `{"code": 21614}`, channel.Never, "21614", "mobile"},
		"too long":                  {400, `{"code": 21617}`, channel.Never, "21617", "shorten"},
		"a code nobody listed":      {400, `{"code": 29999}`, channel.Never, "29999", "29999"},
		"password refused":          {401, `{"code": 20003}`, channel.Retry, "20003", "TWILIO_AUTH_TOKEN"},
		"password refused, no body": {401, ``, channel.Retry, "http-401", "TWILIO_AUTH_TOKEN"},
		"account suspended":         {403, `{"code": 20005}`, channel.Retry, "20005", "active"},
		"forbidden, unlisted code":  {403, `{"code": 29998}`, channel.Retry, "29998", "TWILIO_AUTH_TOKEN"},
		"account not known":         {404, `{"code": 20404}`, channel.Retry, "20404", "TWILIO_ACCOUNT_SID"},
		"sender not ours":           {400, `{"code": 21606}`, channel.Retry, "21606", "TWILIO_FROM"},
		"no senders in the service": {400, `{"code": 21703}`, channel.Retry, "21703", "TWILIO_FROM"},
		"country not allowed":       {400, `{"code": 21408}`, channel.Retry, "21408", "geographic"},
		"trial account":             {400, `{"code": 21608}`, channel.Retry, "21608", "trial"},
		"queue full":                {400, `{"code": 21611}`, channel.Retry, "21611", "wait"},
		"a proxy's refusal":         {403, `<html>Forbidden</html>`, channel.Retry, "http-403", "proxy"},
		"a gateway's bad request":   {400, `Bad Request`, channel.Retry, "http-400", "TWILIO_BASE_URL"},
		"error without a code":      {400, `{"message": "no"}`, channel.Retry, "http-400", "TWILIO_BASE_URL"},
		"throttled":                 {429, `{"code": 20429}`, channel.Retry, "20429", "slowly"},
		"throttled by a gateway":    {429, `slow down`, channel.Retry, "http-429", "slowly"},
		"fault in JSON":             {500, `{"code": 20500}`, channel.Unknown, "20500", "looks it up"},
		"fault that says 20429":     {503, `{"code": 20429}`, channel.Unknown, "20429", "looks it up"},
		"fault in HTML":             {503, `<html>503</html>`, channel.Unknown, "http-503", "looks it up"},
		"redirect":                  {302, ``, channel.Retry, "http-302", "TWILIO_BASE_URL"},
		"accepted, no SID":          {201, `{}`, channel.Unknown, "odd-reply", "looks it up"},
		"accepted, empty body":      {201, ``, channel.Unknown, "odd-reply", "looks it up"},
		"accepted, not JSON":        {200, `<html>Welcome</html>`, channel.Unknown, "odd-reply", "looks it up"},
		"accepted, cut":             {201, `{"sid": "SM00`, channel.Unknown, "odd-reply", "looks it up"},
		"no content":                {204, ``, channel.Unknown, "odd-reply", "looks it up"},
	} {
		t.Run(name, func(t *testing.T) {
			reply := &answer{status: test.status, body: test.body}
			sender := newSender(t, sms.Config{HTTPClient: &http.Client{Transport: reply}})
			_, err := sender.Send(t.Context(), message(1))
			failure, ok := errors.AsType[*channel.Failure](err)
			if !ok {
				t.Fatalf("Send = %v, want a *channel.Failure", err)
			}
			if failure.Verdict != test.verdict || failure.Code != test.code || !strings.Contains(failure.Reason, test.says) {
				t.Errorf("got %v, want verdict %q, code %q and the word %q", failure, test.verdict, test.code, test.says)
			}
		})
	}
}

func TestRequestIsTwiliosForm(t *testing.T) {
	// twilio-go would read these and change the host.
	t.Setenv("TWILIO_EDGE", "sydney")
	t.Setenv("TWILIO_REGION", "au1")
	for name, test := range map[string]struct {
		config sms.Config
		url    string
		form   string
	}{
		"sender id": {
			sms.Config{From: "MGCouncil"}, "https://api.twilio.com",
			"Body=One+%26+two&From=MGCouncil&To=%2B447700900001",
		},
		"messaging service, elsewhere, with reports": {
			sms.Config{
				From: "MG00000000000000000000000000000001", BaseURL: "http://127.0.0.1:9/",
				StatusCallback: "https://hearback.example/webhooks/twilio/status",
			},
			"http://127.0.0.1:9",
			"Body=One+%26+two&MessagingServiceSid=MG00000000000000000000000000000001" +
				"&StatusCallback=https%3A%2F%2Fhearback.example%2Fwebhooks%2Ftwilio%2Fstatus%3Fmessage%3Dm1&To=%2B447700900001",
		},
	} {
		t.Run(name, func(t *testing.T) {
			reply := &answer{status: 201, body: `{"sid": "SM1"}`}
			test.config.HTTPClient = &http.Client{Transport: reply}
			receipt, err := newSender(t, test.config).Send(t.Context(), channel.Message{ID: "m1", To: "+447700900001", Text: "One & two"})
			if err != nil || receipt.ProviderID != "SM1" {
				t.Fatalf("Send = %v, %v, want SM1", receipt, err)
			}
			if want := test.url + "/2010-04-01/Accounts/" + accountSID + "/Messages.json"; reply.asked.URL.String() != want {
				t.Errorf("asked %s, want %s", reply.asked.URL, want)
			}
			if reply.form != test.form {
				t.Errorf("sent %s, want %s", reply.form, test.form)
			}
			user, token, _ := reply.asked.BasicAuth()
			if user != accountSID || token != authToken {
				t.Error("the request does not carry the account's credentials")
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer elsewhere.Close()
	// 307 would carry the form, and so the number, to the new address.
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	_, err := newSender(t, sms.Config{BaseURL: server.URL, HTTPClient: server.Client()}).Send(t.Context(), message(1))
	if channel.FailureOf(err) == nil || followed {
		t.Errorf("Send = %v, followed %v; want a failure and no request elsewhere", err, followed)
	}
}

// TestOverTCP repeats over a real connection what a pipe cannot show: a TCP
// reset, and connections that are kept and used again.
func TestOverTCP(t *testing.T) {
	twilio := standin.NewTwilio(standin.TwilioFaults{ResetAfter: 1})
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(twilio)
	server.Config.ConnState = countNew(&connections)
	server.Start()
	defer server.Close()
	sender := newSender(t, sms.Config{BaseURL: server.URL})
	defer func() { _ = sender.Close() }()

	_, err := sender.Send(t.Context(), message(1))
	if failure := channel.FailureOf(err); failure == nil || failure.Verdict != channel.Unknown {
		t.Errorf("after a reset Send = %v, want the verdict unknown", err)
	}
	for name, faults := range map[string]standin.TwilioFaults{
		"accepted": {}, "page": {HTML: 1}, "fault": {Temporary: 1}, "throttled": {Throttled: 1}, "refused": {Permanent: 1},
	} {
		twilio.SetFaults(faults)
		before := connections.Load()
		for number := range 20 {
			_, _ = sender.Send(t.Context(), message(number))
		}
		// One may be new: the one after the reset.
		if opened := connections.Load() - before; opened > 1 {
			t.Errorf("%s: 20 requests opened %d connections, want the kept one to be used", name, opened)
		}
	}
}

func TestTimeoutIsOurs(t *testing.T) {
	twilio := standin.NewTwilio(standin.TwilioFaults{Hang: 1})
	server := httptest.NewServer(twilio)
	defer server.Close()
	sender := newSender(t, sms.Config{BaseURL: server.URL, Timeout: time.Millisecond})
	defer func() { _ = sender.Close() }()
	if _, err := sender.Send(t.Context(), message(1)); channel.FailureOf(err) == nil {
		t.Error("Send succeeded at a provider that hangs")
	}
}

// countNew counts the connections that a server accepts.
func countNew(count *atomic.Int64) func(net.Conn, http.ConnState) {
	return func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			count.Add(1)
		}
	}
}
