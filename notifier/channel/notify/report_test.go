package notify_test

import (
	"errors"
	"net/http"
	"testing"

	"hearback/notifier/channel"
	"hearback/notifier/channel/notify"
	"hearback/notifier/channel/standin"

	"pgregory.net/rapid"
)

func TestEveryStatusHasItsMeaning(t *testing.T) {
	type meaning struct {
		status   string
		unusable bool
	}
	for kind, statuses := range map[string]map[string]meaning{
		notify.Text: {
			"created": {channel.Sending, false}, "sending": {channel.Sending, false}, "pending": {channel.Sending, false},
			"sent": {channel.Sent, false}, "delivered": {channel.Delivered, false},
			"permanent-failure": {channel.Failed, true}, "temporary-failure": {channel.Failed, false},
			"technical-failure": {channel.Failed, false}, "failed": {channel.Failed, false},
		},
		notify.Email: {
			"sending": {channel.Sending, false}, "delivered": {channel.Delivered, false},
			"permanent-failure": {channel.Failed, true}, "temporary-failure": {channel.Failed, false},
			"technical-failure": {channel.Failed, false},
		},
		notify.Letter: {
			"created": {channel.Sending, false}, "sending": {channel.Sending, false}, "accepted": {channel.Sending, false},
			"pending-virus-check": {channel.Sending, false},
			"received":            {channel.Sent, false}, "delivered": {channel.Sent, false},
			"cancelled": {channel.Failed, false}, "validation-failed": {channel.Failed, false}, "virus-scan-failed": {channel.Failed, false},
			"permanent-failure": {channel.Failed, false}, "technical-failure": {channel.Failed, false},
			"returned-letter": {channel.Failed, true},
		},
	} {
		for status, want := range statuses {
			report := notify.ReportOf(kind, status)
			if report.Status != want.status || report.Unusable != want.unusable || report.Code != status ||
				(report.Reason != "") != (want.status == channel.Failed) {
				t.Errorf("%s %s means %+v, want %+v", kind, status, report, want)
			}
		}
	}
}

// TestAnUnknownStatusDecidesNothing: whatever else Notify may say, or somebody in its
// name, is on its way, and none of it is passed on but a word.
func TestAnUnknownStatusDecidesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{notify.Text, notify.Letter, notify.Email, "fax"}).Draw(t, "kind")
		status := rapid.OneOf(rapid.StringMatching(`[a-z]{1,4}-[a-z]{1,4}`), rapid.String(), rapid.Just("+447700900501")).Draw(t, "status")
		report := notify.ReportOf(kind, status)
		if status != "sent" && report != (channel.Report{Status: channel.Sending, Code: report.Code}) || report.Code != "" && report.Code != status || len(report.Code) > 32 {
			t.Fatalf("%q means %+v", status, report)
		}
		if status == "+447700900501" && report.Code != "" {
			t.Fatalf("%+v passes on a number", report)
		}
	})
}

func TestReportAsksNotify(t *testing.T) {
	provider := standin.NewNotify(apiKey, standin.NotifyFaults{})
	config := notify.Config{HTTPClient: &http.Client{Transport: direct{provider}}}
	text, post := newTexts(t, config), newLetters(t, config)
	for number, want := range map[string]string{"+447700900501": channel.Delivered, "+447700900002": channel.Failed, "+447700900003": channel.Failed} {
		receipt, err := text.Send(t.Context(), channel.Message{ID: "H-1-1", To: number, Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		report, err := text.Report(t.Context(), receipt.ProviderID)
		if err != nil || report.Status != want {
			t.Errorf("Report = %+v, %v, want %s", report, err, want)
		}
	}
	receipt, err := post.Send(t.Context(), letter(1))
	if err != nil {
		t.Fatal(err)
	}
	if report, err := post.Report(t.Context(), receipt.ProviderID); err != nil || report.Status != channel.Sent || report.Code != "received" {
		t.Errorf("Report = %+v, %v, want a letter that was posted", report, err)
	}
}

func TestReportSaysWhatItDoesNotKnow(t *testing.T) {
	const other = "99999999-0000-4000-8000-000000000001"
	for name, test := range map[string]struct {
		id    string
		reply answer
		code  string
	}{
		"forgotten":       {anID, answer{status: 404, body: refusal("NoResultFound")}, "NoResultFound"},
		"outage":          {anID, answer{status: 503, body: "<html>"}, "http-503"},
		"no JSON":         {anID, answer{status: 200, body: "<html>"}, "odd-reply"},
		"no status":       {anID, answer{status: 200, body: `{"id": "` + anID + `", "type": "sms"}`}, "odd-reply"},
		"somebody else's": {anID, answer{status: 200, body: `{"id": "` + other + `", "type": "sms", "status": "delivered"}`}, "odd-reply"},
		"Twilio's id":     {"SM00000000000000000000000000000001", answer{}, "no-id"},
		"a path":          {"../../v2/template/000000000000000000", answer{}, "no-id"},
		"no id":           {"", answer{}, "no-id"},
	} {
		made := newTexts(t, notify.Config{HTTPClient: &http.Client{Transport: &test.reply}})
		report, err := made.Report(t.Context(), test.id)
		failure, ok := errors.AsType[*channel.Failure](err)
		if !ok || report != (channel.Report{}) || failure.Verdict != channel.Retry || failure.Code != test.code {
			t.Errorf("%s: Report = %+v, %v, want the code %s", name, report, err, test.code)
		}
		if asked := test.reply.asked != nil; asked != (test.code != "no-id") {
			t.Errorf("%s: asked %v", name, asked)
		}
	}
}
