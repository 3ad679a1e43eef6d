package sms

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearback/notifier/channel"

	"pgregory.net/rapid"
)

func TestRetryAfterIsRead(t *testing.T) {
	now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second, "3600": time.Hour, "3601": time.Hour,
		"-1": 0, "soon": 0, "1.5": 0, "99999999999999999999": 0,
		"Mon, 23 Nov 2026 09:00:30 GMT": 30 * time.Second,
		"Mon, 23 Nov 2026 08:00:00 GMT": 0,
		"Tue, 23 Nov 2027 09:00:00 GMT": time.Hour,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("retryAfter(%q) = %v, want %v", header, got, want)
		}
	}
}

func TestAnyRetryAfterIsBounded(t *testing.T) {
	now := time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		header := rapid.OneOf(rapid.String(), rapid.Map(rapid.Int(), strconv.Itoa)).Draw(t, "header")
		if wait := retryAfter(header, now); wait < 0 || wait > longestWait {
			t.Fatalf("retryAfter(%q) = %v, want from 0 to %v", header, wait, longestWait)
		}
	})
}

// reply is an http.RoundTripper that gives one reply to everything.
type reply struct {
	status     int
	retryAfter string
	body       string
}

func (r reply) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: r.status, Header: http.Header{"Retry-After": {r.retryAfter}}, Request: request,
		Body: io.NopCloser(strings.NewReader(r.body)), ContentLength: -1,
	}, nil
}

// FuzzReply gives Send and Find any reply at all. They must sort it, and let out
// nothing of it.
func FuzzReply(f *testing.F) {
	const marker = "+447700900999"
	f.Add(201, "", `{"sid": "SM1"}`)
	f.Add(201, "", `{"sid": 1}`)
	f.Add(201, "", `{"sid": "SM1", "price": {}}`)
	f.Add(400, "", `{"code": 21211, "message": "The 'To' number `+marker+` is not valid"}`)
	f.Add(400, "", `{"code": 447700900999}`)
	f.Add(429, "30", `{"code": 20429}`)
	f.Add(503, "x", `<html>`)
	f.Add(200, "", `{"messages": [{"sid": "SM1", "to": "`+marker+`", "body": "x", "date_created": "Mon, 23 Nov 2026 09:00:00 +0000"}], "next_page_uri": "/x?PageToken=PASM1&Page=1"}`)
	f.Add(200, "", `{"messages": [null], "next_page_uri": "%"}`)
	f.Add(99, "", ``)
	f.Fuzz(func(t *testing.T, status int, after, body string) {
		sender, err := New(Config{
			AccountSID: "AC1", AuthToken: "fuzz-token", From: "HertsSEND",
			HTTPClient: &http.Client{Transport: reply{status, after, body}},
		})
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := sender.Send(t.Context(), channel.Message{To: marker, Text: "x"})
		if err == nil && receipt.ProviderID == "" {
			t.Error("accepted without the provider's id")
		}
		if err == nil && (status < 200 || status > 299) {
			t.Errorf("accepted with status %d", status)
		}
		sorted(t, err)
		_, err = sender.Find(t.Context(), time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC), channel.Message{To: marker, Text: "x"})
		sorted(t, err)
	})
}

func sorted(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	failure, ok := errors.AsType[*channel.Failure](err)
	if !ok || failure.Code == "" || failure.Reason == "" {
		t.Fatalf("%v is no whole *channel.Failure", err)
	}
	for _, word := range []string{"447700900999", "fuzz-token"} {
		if strings.Contains(err.Error(), word) {
			t.Errorf("%v holds %q", err, word)
		}
	}
}
