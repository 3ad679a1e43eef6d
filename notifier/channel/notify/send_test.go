package notify_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/notify"
	"hearback/notifier/channel/standin"
)

const anID = "00000000-0000-4000-8000-000000000001"

// answer is an http.RoundTripper that gives one reply to everything.
type answer struct {
	status int
	header http.Header
	body   string
	asked  *http.Request
	sent   string
}

func (a *answer) RoundTrip(request *http.Request) (*http.Response, error) {
	a.asked = request
	if request.Body != nil {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		a.sent = string(body)
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

func refusal(name string) string {
	return `{"errors": [{"error": "` + name + `", "message": "phone_number +447700900501 is not good"}], "status_code": 400}`
}

func TestFailuresAreSortedByWhatNotifySays(t *testing.T) {
	for name, test := range map[string]struct {
		status  int
		body    string
		verdict channel.Verdict
		code    string
		says    string
	}{
		"not a number":              {400, refusal("ValidationError"), channel.Never, "ValidationError", "right one"},
		"not a mobile":              {400, refusal("InvalidPhoneError"), channel.Never, "InvalidPhoneError", "right one"},
		"not a recipient":           {400, refusal("InvalidRecipientError"), channel.Never, "InvalidRecipientError", "right one"},
		"trial, team key, template": {400, refusal("BadRequestError"), channel.Retry, "BadRequestError", "trial mode"},
		"may not send":              {403, refusal("BadRequestError"), channel.Retry, "BadRequestError", "live"},
		"key refused":               {403, refusal("AuthError"), channel.Retry, "AuthError", "HEARBACK_NOTIFY_API_KEY"},
		"no token":                  {401, refusal("AuthError"), channel.Retry, "AuthError", "HEARBACK_NOTIFY_API_KEY"},
		"a name nobody listed":      {400, refusal("+447700900501"), channel.Retry, "http-400", "http-400"},
		"not there":                 {404, refusal("NoResultFound"), channel.Retry, "NoResultFound", "HEARBACK_NOTIFY_BASE_URL"},
		"a proxy's refusal":         {403, `<html>Forbidden</html>`, channel.Retry, "http-403", "proxy"},
		"a gateway's bad request":   {400, `Bad Request`, channel.Retry, "http-400", "HEARBACK_NOTIFY_BASE_URL"},
		"no errors in it":           {400, `{"errors": []}`, channel.Retry, "http-400", "proxy"},
		"throttled":                 {429, refusal("RateLimitError"), channel.Retry, "RateLimitError", "slowly"},
		"throttled for the day":     {429, refusal("TooManyRequestsError"), channel.Retry, "TooManyRequestsError", "midnight"},
		"throttled by a gateway":    {429, `slow down`, channel.Retry, "http-429", "slowly"},
		"fault in JSON":             {500, refusal("Exception"), channel.Unknown, "http-500", "looks it up"},
		"fault that says 429":       {503, refusal("RateLimitError"), channel.Unknown, "RateLimitError", "looks it up"},
		"out of time":               {504, refusal("EventletTimeout"), channel.Unknown, "http-504", "looks it up"},
		"fault in HTML":             {503, `<html>503</html>`, channel.Unknown, "http-503", "looks it up"},
		"redirect":                  {302, ``, channel.Retry, "http-302", "HEARBACK_NOTIFY_BASE_URL"},
		"accepted, no id":           {201, `{}`, channel.Unknown, "odd-reply", "looks it up"},
		"accepted, odd id":          {201, `{"id": "x"}`, channel.Unknown, "odd-reply", "looks it up"},
		"accepted, another's":       {201, `{"id": "` + anID + `", "reference": "H-1-2"}`, channel.Unknown, "odd-reply", "looks it up"},
		"accepted, empty body":      {201, ``, channel.Unknown, "odd-reply", "looks it up"},
		"accepted, not JSON":        {201, `<html>Welcome</html>`, channel.Unknown, "odd-reply", "looks it up"},
		"a page, not a 201":         {200, `<html>Welcome</html>`, channel.Unknown, "odd-reply", "looks it up"},
		"no content":                {204, ``, channel.Unknown, "odd-reply", "looks it up"},
	} {
		t.Run(name, func(t *testing.T) {
			reply := &answer{status: test.status, body: test.body}
			_, err := newTexts(t, notify.Config{HTTPClient: &http.Client{Transport: reply}}).Send(t.Context(), message(1))
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

func TestThrottlingSaysHowLong(t *testing.T) {
	at := func(clock string) time.Time {
		parsed, err := time.Parse(time.DateTime, clock)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for name, test := range map[string]struct {
		now        string
		body       string
		retryAfter string
		want       time.Duration
	}{
		"a minute":                     {"2000-01-01 09:00:00", refusal("RateLimitError"), "", time.Minute},
		"what a gateway asks for":      {"2000-01-01 09:00:00", refusal("RateLimitError"), "7", 7 * time.Second},
		"a gateway's own":              {"2000-01-01 09:00:00", "slow down", "7", 7 * time.Second},
		"nothing said":                 {"2000-01-01 09:00:00", "slow down", "", 0},
		"never more than an hour":      {"2000-01-01 09:00:00", "slow down", "86400", time.Hour},
		"the rest of the day":          {"2000-01-01 09:00:00", refusal("TooManyRequestsError"), "", 15*time.Hour + time.Minute},
		"the last second of the day":   {"2000-01-01 23:59:59", refusal("TooManyRequestsError"), "", 61 * time.Second},
		"our clock is ahead of theirs": {"2000-01-02 00:00:10", refusal("TooManyRequestsError"), "", 50 * time.Second},
		"the first minute is over":     {"2000-01-02 00:01:00", refusal("TooManyRequestsError"), "", 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(at(test.now)))
				reply := &answer{status: 429, body: test.body, header: http.Header{"Retry-After": {test.retryAfter}}}
				_, err := newTexts(t, notify.Config{HTTPClient: &http.Client{Transport: reply}}).Send(t.Context(), message(1))
				if failure := channel.FailureOf(err); failure == nil || failure.After != test.want {
					t.Errorf("Send = %v, wait %v, want %v", err, failure.After, test.want)
				}
			})
		})
	}
}

func TestAWrongClockIsNamed(t *testing.T) {
	for ahead, code := range map[time.Duration]string{0: "", 29 * time.Second: "", 45 * time.Second: "clock", -time.Hour: "clock"} {
		synctest.Test(t, func(t *testing.T) {
			provider := standin.NewNotify(apiKey, standin.NotifyFaults{ClockAhead: ahead})
			_, err := newTexts(t, notify.Config{HTTPClient: &http.Client{Transport: direct{provider}}}).Send(t.Context(), message(1))
			failure := channel.FailureOf(err)
			if code == "" && failure != nil || code != "" && (failure == nil || failure.Code != code || !strings.Contains(failure.Reason, "time server")) {
				t.Errorf("%v ahead: Send = %v, want the code %q", ahead, err, code)
			}
		})
	}
}

// direct is an http.RoundTripper that calls a handler.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(request *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	if request.Body == nil {
		request.Body = http.NoBody
	}
	d.handler.ServeHTTP(recorder, request)
	return recorder.Result(), nil
}

func TestRequestIsNotifysForm(t *testing.T) {
	for name, test := range map[string]struct {
		with    maker
		config  notify.Config
		message channel.Message
		url     string
		sent    string
	}{
		"text": {
			newTexts, notify.Config{}, channel.Message{ID: "H-1-1", To: "+447700900501", Subject: "no", HTML: "no", Text: " “One” & two… "},
			"https://api.notifications.service.gov.uk/v2/notifications/sms",
			`{"phone_number": "+447700900501", "template_id": "` + templateID + `", "reference": "H-1-1", "personalisation": {"body": "\"One\" & two..."}}`,
		},
		"text from a sender, elsewhere": {
			newTexts, notify.Config{SenderID: serviceID, BaseURL: "http://127.0.0.1:9/"}, channel.Message{ID: "H-1-1", To: "+447700900501", Text: "One"},
			"http://127.0.0.1:9/v2/notifications/sms",
			`{"phone_number": "+447700900501", "sms_sender_id": "` + serviceID + `", "template_id": "` + templateID + `", "reference": "H-1-1", "personalisation": {"body": "One"}}`,
		},
		"letter": {
			newLetters, notify.Config{}, channel.Message{ID: "H-2-1", To: "Sam Taylor, 1 High Street, Hitchin sg51aa", Subject: "A reply", Text: "Dear Sam\n\n– One"},
			"https://api.notifications.service.gov.uk/v2/notifications/letter",
			`{"template_id": "` + templateID + `", "reference": "H-2-1", "personalisation": {"subject": "A reply", "body": "Dear Sam\n\n– One",
				"address_line_1": "Sam Taylor", "address_line_2": "1 High Street", "address_line_3": "Hitchin", "address_line_4": "SG5 1AA"}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			reply := &answer{status: 201, body: `{"id": "` + anID + `", "reference": "` + test.message.ID + `"}`}
			test.config.HTTPClient = &http.Client{Transport: reply}
			receipt, err := test.with(t, test.config).Send(t.Context(), test.message)
			if err != nil || receipt.ProviderID != anID {
				t.Fatalf("Send = %v, %v, want %s", receipt, err, anID)
			}
			if reply.asked.URL.String() != test.url {
				t.Errorf("asked %s, want %s", reply.asked.URL, test.url)
			}
			if canonical(t, reply.sent) != canonical(t, test.sent) {
				t.Errorf("sent %s, want %s", reply.sent, test.sent)
			}
			if !strings.HasPrefix(reply.asked.Header.Get("Authorization"), "Bearer ey") || reply.asked.Header.Get("Content-Type") != "application/json" {
				t.Errorf("headers %v", reply.asked.Header)
			}
		})
	}
}

func canonical(t *testing.T, text string) string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(again)
}

func TestWhatNotifyCannotSendIsNotSent(t *testing.T) {
	for name, test := range map[string]struct {
		with    maker
		message channel.Message
		code    string
	}{
		"a script it cannot write": {newTexts, channel.Message{To: "+447700900501", Text: "ہمیں آپ کا پیغام ملا"}, notify.CodeScript},
		"too long":                 {newTexts, channel.Message{To: "+447700900501", Text: strings.Repeat("a", 919)}, notify.CodeTooLong},
		"no words":                 {newTexts, channel.Message{To: "+447700900501", Text: " \n"}, notify.CodeEmpty},
		"no postcode":              {newLetters, channel.Message{To: "Sam Taylor\n1 High Street\nHitchin", Text: "x"}, notify.CodeAddress},
	} {
		reply := &answer{status: 201}
		test.message.ID = "H-1-1"
		_, err := test.with(t, notify.Config{HTTPClient: &http.Client{Transport: reply}}).Send(t.Context(), test.message)
		if failure := channel.FailureOf(err); failure == nil || failure.Verdict != channel.Never || failure.Code != test.code || reply.asked != nil {
			t.Errorf("%s: Send = %v, want never, the code %s and no request", name, err, test.code)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer elsewhere.Close()
	// 307 would carry the body, and so the number, to the new address.
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	_, err := newTexts(t, notify.Config{BaseURL: server.URL, HTTPClient: server.Client()}).Send(t.Context(), message(1))
	if channel.FailureOf(err) == nil || followed {
		t.Errorf("Send = %v, followed %v; want a failure and no request elsewhere", err, followed)
	}
}
