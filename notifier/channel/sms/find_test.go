package sms_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/channeltest"
	"hearback/notifier/channel/sms"
	"hearback/notifier/channel/standin"
)

func TestFindSeesWhatWasAcceptedThroughASpoiltAnswer(t *testing.T) {
	for name, faults := range map[string]standin.TwilioFaults{
		"reset": {ResetAfter: 1}, "cut": {Truncated: 1}, "odd": {Odd: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				faults.ListingLag = 5 * time.Second
				network, twilio := channeltest.NewNetwork(), standin.NewTwilio(faults)
				sender, closeAll := overPipes(t, network, twilio)
				defer closeAll()
				text, begun := message(7), time.Now()
				if _, err := sender.Send(t.Context(), text); channel.FailureOf(err).Verdict != channel.Unknown {
					t.Fatalf("Send = %v, want the verdict unknown", err)
				}
				if found := find(t, sender, begun, text); len(found) != 0 {
					t.Errorf("found %v before the listing shows it", found)
				}
				time.Sleep(5 * time.Second)
				found := find(t, sender, begun, text)
				if len(found) != 1 || found[0].ProviderID != twilio.Received()[0].SID {
					t.Errorf("found %v, want the accepted text", found)
				}
			})
		})
	}
}

func find(t *testing.T, sender *sms.Sender, since time.Time, m channel.Message) []channel.Found {
	t.Helper()
	found, err := sender.Find(t.Context(), since, m)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFindMatchesRecipientWordsAndTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network, twilio := channeltest.NewNetwork(), standin.NewTwilio(standin.TwilioFaults{})
		sender, closeAll := overPipes(t, network, twilio)
		defer closeAll()
		send := func(to, text string) {
			t.Helper()
			if _, err := sender.Send(t.Context(), channel.Message{To: to, Text: text}); err != nil {
				t.Fatal(err)
			}
		}
		send("+447700900001", "the words")
		time.Sleep(time.Hour)
		since := time.Now()
		send("+447700900001", "the words")
		send("+447700900001", "the words ")
		send("+447700900001", "The words")
		send("+447700900002", "the words")
		time.Sleep(time.Minute)
		send("+447700900001", "the words")

		found := find(t, sender, since, channel.Message{To: "+447700900001", Text: "the words"})
		received := twilio.Received()
		if len(found) != 2 || found[0].ProviderID != received[5].SID || found[1].ProviderID != received[1].SID {
			t.Errorf("found %v, want the two of the last hour, newest first", found)
		}
		// Twilio's clock may be behind ours.
		if found := find(t, sender, since.Add(2*time.Minute), channel.Message{To: "+447700900001", Text: "the words"}); len(found) != 2 {
			t.Errorf("found %v with two minutes between the clocks, want both", found)
		}
		if found := find(t, sender, since.Add(4*time.Minute), channel.Message{To: "+447700900001", Text: "the words"}); len(found) != 0 {
			t.Errorf("found %v, want nothing so long after", found)
		}
	})
}

func TestFindReadsSeveralPagesAndStops(t *testing.T) {
	twilio := standin.NewTwilio(standin.TwilioFaults{})
	server := httptest.NewServer(twilio)
	defer server.Close()
	sender := newSender(t, sms.Config{BaseURL: server.URL})
	defer func() { _ = sender.Close() }()
	since, to := time.Now(), "+447700900001"
	send := func(number int) {
		t.Helper()
		if _, err := sender.Send(t.Context(), channel.Message{To: to, Text: fmt.Sprint("text ", number)}); err != nil {
			t.Fatal(err)
		}
	}
	for number := range 250 {
		send(number)
	}
	found, err := sender.Find(t.Context(), since, channel.Message{To: to, Text: "text 0"})
	if err != nil || len(found) != 1 {
		t.Fatalf("Find = %v, %v, want the first of 250", found, err)
	}
	if lookups := twilio.Counts().Lookups; lookups != 3 {
		t.Errorf("asked for %d pages, want 3", lookups)
	}
	for number := range 800 {
		send(number)
	}
	// 1,050 are more than it reads: it must not say "not accepted".
	found, err = sender.Find(t.Context(), since, channel.Message{To: to, Text: "no such text"})
	if failure := channel.FailureOf(err); failure == nil || failure.Code != "too-many-listed" || found != nil {
		t.Errorf("Find = %v, %v, want it to say that there are too many", found, err)
	}
}

// TestFindNeverSaysNotAcceptedWithoutKnowing: an empty list makes the caller
// send again, so every doubt must be an error.
func TestFindNeverSaysNotAcceptedWithoutKnowing(t *testing.T) {
	for name, reply := range map[string]answer{
		"outage":        {status: 503, body: "<html>503</html>"},
		"throttled":     {status: 429, body: `{"code": 20429}`, header: http.Header{"Retry-After": {"7"}}},
		"refused":       {status: 401, body: `{"code": 20003}`},
		"refused oddly": {status: 400, body: `{"code": 21211}`},
		"not JSON":      {status: 200, body: "<html>Welcome</html>"},
		"cut":           {status: 200, body: `{"messages": [`},
		"empty body":    {status: 200},
		"not a listing": {status: 200, body: `{"status": "ok"}`},
		"no date":       {status: 200, body: `{"messages": [{"sid": "SM1", "to": "+447700900001", "body": "x"}]}`},
		"odd date":      {status: 200, body: `{"messages": [{"sid": "SM1", "to": "+447700900001", "body": "x", "date_created": "yesterday"}]}`},
		"no SID":        {status: 200, body: `{"messages": [{"to": "+447700900001", "body": "x", "date_created": "Mon, 23 Nov 2026 09:00:00 +0000"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			sender := newSender(t, sms.Config{HTTPClient: &http.Client{Transport: &reply}})
			found, err := sender.Find(t.Context(), time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC), channel.Message{To: "+447700900001", Text: "x"})
			failure, ok := errors.AsType[*channel.Failure](err)
			if !ok || found != nil || failure.Verdict != channel.Retry {
				t.Fatalf("Find = %v, %v, want nothing and a failure to be tried again", found, err)
			}
			if strings.Contains(err.Error(), "7700900001") {
				t.Errorf("%v holds the number", err)
			}
		})
	}
}

func TestFindPassesOverInboundTexts(t *testing.T) {
	reply := &answer{status: 200, body: `{"messages": [{"sid": "SM1", "direction": "inbound", "to": "+447700900001", "body": "x", "date_created": "Mon, 23 Nov 2026 09:00:00 +0000"}]}`}
	sender := newSender(t, sms.Config{HTTPClient: &http.Client{Transport: reply}})
	found, err := sender.Find(t.Context(), time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC), channel.Message{To: "+447700900001", Text: "x"})
	if err != nil || len(found) != 0 {
		t.Errorf("Find = %v, %v, want nothing", found, err)
	}
}
