package notify_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/notify"
	"hearback/notifier/channel/standin"

	"pgregory.net/rapid"
)

const callbackToken = "a-made-up-token"

func TestOnlyTheTokenAuthorises(t *testing.T) {
	for header, want := range map[string]bool{
		"Bearer " + callbackToken: true, "bearer " + callbackToken: true, "BEARER  " + callbackToken: true,
		"": false, "Bearer": false, "Bearer ": false, callbackToken: false, "Basic " + callbackToken: false,
		"Bearer " + callbackToken + "x": false, "Bearer " + callbackToken[1:]: false, "Bearer\t" + callbackToken: false,
		"Bearer " + strings.ToUpper(callbackToken): false, "Bearer " + callbackToken + " ": false,
	} {
		if got := notify.Authorised(header, callbackToken); got != want {
			t.Errorf("Authorised(%q) = %v", header, got)
		}
	}
	for _, header := range []string{"", "Bearer", "Bearer "} {
		if notify.Authorised(header, "") {
			t.Errorf("Authorised(%q) while no token is set", header)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		token := rapid.StringMatching(`[!-~]{1,40}`).Draw(t, "token")
		other := rapid.OneOf(rapid.Just(token), rapid.StringMatching(`[!-~]{1,40}`)).Draw(t, "other")
		if notify.Authorised("Bearer "+other, token) != (other == token) {
			t.Fatalf("%q passes for %q: %v", other, token, other != token)
		}
	})
}

func TestReceiptsAreRead(t *testing.T) {
	provider := standin.NewNotify(apiKey, standin.NotifyFaults{})
	made := newTexts(t, notify.Config{HTTPClient: &http.Client{Transport: direct{provider}}})
	for number, want := range map[string]channel.Report{
		"+447700900501": {Status: channel.Delivered, Code: "delivered"},
		"+447700900002": {Status: channel.Failed, Code: "permanent-failure", Unusable: true},
		"+447700900003": {Status: channel.Failed, Code: "temporary-failure"},
	} {
		sent, err := made.Send(t.Context(), channel.Message{ID: "H-1-1", To: number, Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		body, ok := provider.Receipt(sent.ProviderID)
		if !ok {
			t.Fatal("the stand-in has no receipt")
		}
		receipt, err := notify.ParseReceipt(body)
		want.Reason = receipt.Report.Reason
		if err != nil || receipt.ID != sent.ProviderID || receipt.Reference != "H-1-1" || receipt.Kind != notify.Text ||
			receipt.Report != want || (want.Reason == "") != (want.Status == channel.Delivered) || time.Since(receipt.At).Abs() > time.Minute {
			t.Errorf("%s: got %+v, %v, want %+v", number, receipt, err, want)
		}
	}
}

func TestReceiptsOfEveryShape(t *testing.T) {
	at := time.Date(2026, time.November, 23, 9, 0, 0, 500000000, time.UTC)
	for name, test := range map[string]struct {
		body  string
		want  notify.Receipt
		fault string
	}{
		"whole": {
			body: `{"id": "` + anID + `", "reference": "H-1-1", "to": "07700900501", "status": "delivered", "created_at": "2026-11-23T08:00:00.000000Z",
				"completed_at": "2026-11-23T09:00:00.500000Z", "sent_at": "2026-11-23T08:00:01.000000Z", "notification_type": "sms", "template_id": "x", "template_version": 1}`,
			want: notify.Receipt{ID: anID, Reference: "H-1-1", Kind: "sms", Report: channel.Report{Status: channel.Delivered, Code: "delivered"}, At: at},
		},
		"another system's, with nulls": {
			body: `{"id": "` + anID + `", "reference": null, "status": "delivered", "completed_at": null, "sent_at": null, "created_at": "2026-11-23T09:00:00.5Z", "notification_type": "email"}`,
			want: notify.Receipt{ID: anID, Kind: "email", Report: channel.Report{Status: channel.Delivered, Code: "delivered"}, At: at},
		},
		"without times, and a status of tomorrow": {
			body: `{"id": "` + anID + `", "status": "teleported", "completed_at": "soon", "notification_type": "sms"}`,
			want: notify.Receipt{ID: anID, Kind: "sms", Report: channel.Report{Status: channel.Sending, Code: "teleported"}},
		},
		"not JSON":       {body: `id=1`, fault: "JSON"},
		"a list":         {body: `[]`, fault: "JSON"},
		"empty":          {body: ``, fault: "JSON"},
		"no id":          {body: `{"status": "delivered", "notification_type": "sms"}`, fault: "id"},
		"another's id":   {body: `{"id": "SM1", "status": "delivered", "notification_type": "sms"}`, fault: "id"},
		"no status":      {body: `{"id": "` + anID + `", "notification_type": "sms"}`, fault: "status"},
		"no kind":        {body: `{"id": "` + anID + `", "status": "delivered"}`, fault: "notification_type"},
		"a text instead": {body: `{"id": "` + anID + `", "source_number": "447700900501", "message": "x"}`, fault: "status"},
	} {
		receipt, err := notify.ParseReceipt([]byte(test.body))
		if test.fault == "" && (err != nil || receipt != test.want) {
			t.Errorf("%s: got %+v, %v, want %+v", name, receipt, err, test.want)
		}
		if test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault) || receipt != (notify.Receipt{})) {
			t.Errorf("%s: got %+v, %v, want a fault with %q", name, receipt, err, test.fault)
		}
	}
}

func TestReturnedLettersAreRead(t *testing.T) {
	receipt, err := notify.ParseReturnedLetter([]byte(`{"notification_id": "` + anID + `", "reference": "H-2-1", "date_sent": "2026-11-02T09:00:00.000000Z", "template_version": 1}`))
	if err != nil || receipt.ID != anID || receipt.Reference != "H-2-1" || receipt.Kind != notify.Letter ||
		receipt.Report.Status != channel.Failed || !receipt.Report.Unusable || receipt.Report.Reason == "" || receipt.Report.Code != "returned-letter" {
		t.Errorf("got %+v, %v, want a letter that came back", receipt, err)
	}
	for _, body := range []string{``, `{}`, `{"id": "` + anID + `"}`} {
		if receipt, err := notify.ParseReturnedLetter([]byte(body)); err == nil {
			t.Errorf("%s gives %+v, want a fault", body, receipt)
		}
	}
}

func TestReceivedTextsAreRead(t *testing.T) {
	for from, want := range map[string]string{
		"447700900501": "+447700900501", "+447700900501": "+447700900501", "07700900501": "+447700900501",
		"33612345678": "+33612345678", "HMRC": "HMRC", "60022": "60022", "0033612345678": "0033612345678", " 447700900501 ": "+447700900501",
	} {
		text, err := notify.ParseReceivedText([]byte(`{"id": "` + anID + `", "source_number": "` + from +
			`", "destination_number": "07700900456", "message": " Tak, \u015broda\n", "date_received": "2026-11-23T09:00:00.500000Z"}`))
		if err != nil || text != (notify.ReceivedText{
			ID: anID, From: want, To: "+447700900456", Message: " Tak, środa\n", Received: time.Date(2026, time.November, 23, 9, 0, 0, 500000000, time.UTC),
		}) {
			t.Errorf("%s: got %+v, %v", from, text, err)
		}
	}
	for body, says := range map[string]string{
		``: "JSON", `{}`: "id", `{"id": "` + anID + `", "message": "x"}`: "source_number", `{"id": 1}`: "JSON",
	} {
		if text, err := notify.ParseReceivedText([]byte(body)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s gives %+v, %v, want a fault with %q", body, text, err, says)
		}
	}
}
