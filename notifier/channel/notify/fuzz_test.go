package notify_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/notify"
)

// marker is a number that may stand in no error and no reason.
const marker = "447700900999"

// FuzzReply gives Send, Find and Report any reply at all. They must sort it, and let
// out nothing of it.
func FuzzReply(f *testing.F) {
	f.Add(201, "", `{"id": "`+anID+`"}`)
	f.Add(201, "", `{"id": 1}`)
	f.Add(400, "", `{"errors": [{"error": "ValidationError", "message": "phone_number `+marker+`"}]}`)
	f.Add(400, "", `{"errors": [{"error": "`+marker+`"}]}`)
	f.Add(403, "", `{"errors": [{"error": "AuthError"}]}`)
	f.Add(429, "30", `{"errors": [{"error": "TooManyRequestsError"}]}`)
	f.Add(503, "x", `<html>`)
	f.Add(200, "", `{"notifications": [{"id": "`+anID+`", "reference": "H-1-1", "type": "sms", "created_at": "2026-11-23T09:00:00.000000Z"}]}`)
	f.Add(200, "", `{"notifications": [null]}`)
	f.Add(200, "", `{"id": "`+anID+`", "type": "sms", "status": "`+marker+`"}`)
	f.Add(99, "", ``)
	f.Fuzz(func(t *testing.T, status int, after, body string) {
		reply := &answer{status: status, body: body, header: http.Header{"Retry-After": {after}, "Date": {after}}}
		config := notify.Config{HTTPClient: &http.Client{Transport: reply}}
		for _, made := range []sender{newTexts(t, config), newLetters(t, config)} {
			m := channel.Message{ID: "H-1-1", To: "+" + marker, Text: "x"}
			if _, isLetter := made.(*notify.Letters); isLetter {
				m.To = "Flat " + marker + "\n1 High Street\nSG5 1AA"
			}
			receipt, err := made.Send(t.Context(), m)
			if (err == nil) != (receipt.ProviderID != "") || err == nil && status != 201 {
				t.Errorf("Send = %v, %v for status %d", receipt, err, status)
			}
			sorted(t, err)
			found, err := made.Find(t.Context(), time.Time{}, m)
			if err != nil && found != nil || err == nil && found == nil {
				t.Errorf("Find = %v, %v", found, err)
			}
			sorted(t, err)
			report, err := made.Report(t.Context(), anID)
			sorted(t, err)
			vouched(t, report, err)
		}
	})
}

// sorted fails the test unless an error is a whole failure that lets nothing out.
func sorted(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	failure, ok := errors.AsType[*channel.Failure](err)
	if !ok || failure.Code == "" || failure.Reason == "" || failure.After < 0 || failure.After > 25*time.Hour {
		t.Fatalf("%v is no whole *channel.Failure", err)
	}
	for _, word := range []string{marker, secret, serviceID} {
		if strings.Contains(err.Error(), word) {
			t.Errorf("%v holds %q", err, word)
		}
	}
}

// vouched fails the test unless a report is one of those that we know.
func vouched(t *testing.T, report channel.Report, err error) {
	t.Helper()
	if err != nil {
		if report != (channel.Report{}) {
			t.Errorf("%+v beside %v", report, err)
		}
		return
	}
	if !slices.Contains([]string{channel.Sending, channel.Sent, channel.Delivered, channel.Failed}, report.Status) ||
		strings.ContainsAny(report.Code, "0123456789@ ") || report.Unusable && report.Status != channel.Failed {
		t.Errorf("the report %+v", report)
	}
}

// FuzzCallBacks gives the readers of call-backs any body at all. They must take it or
// leave it whole, and let out nothing of what they leave.
func FuzzCallBacks(f *testing.F) {
	f.Add([]byte(`{"id": "` + anID + `", "reference": "H-1-1", "to": "` + marker + `", "status": "delivered", "notification_type": "sms", "completed_at": "2026-11-23T09:00:00.000000Z"}`))
	f.Add([]byte(`{"id": "` + anID + `", "reference": null, "status": "` + marker + `", "notification_type": "letter"}`))
	f.Add([]byte(`{"notification_id": "` + anID + `", "reference": "H-2-1"}`))
	f.Add([]byte(`{"id": "` + anID + `", "source_number": "` + marker + `", "destination_number": "07700900456", "message": "\ud800 x", "date_received": ""}`))
	f.Add([]byte(`{"id": "` + marker + `", "ID": {}}`))
	f.Add([]byte("\xff"))
	f.Fuzz(func(t *testing.T, body []byte) {
		checked := func(id string, empty bool, err error) {
			t.Helper()
			if (err == nil) == empty || err == nil && len(id) != 36 {
				t.Errorf("id %q, empty %v, %v", id, empty, err)
			}
			if err != nil && strings.Contains(err.Error(), marker) {
				t.Errorf("%v holds the number", err)
			}
		}
		for _, parse := range []func([]byte) (notify.Receipt, error){notify.ParseReceipt, notify.ParseReturnedLetter} {
			receipt, err := parse(body)
			checked(receipt.ID, receipt == notify.Receipt{}, err)
			vouched(t, receipt.Report, err)
		}
		text, err := notify.ParseReceivedText(body)
		checked(text.ID, text == notify.ReceivedText{}, err)
		if err == nil && text.From == "" {
			t.Error("a text from nobody")
		}
	})
}
