package delivery_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/notifier/delivery"
)

// What GOV.UK Notify shows, word for word, and ours where it shows nothing.
func TestEveryStatusHasItsWords(t *testing.T) {
	type message = delivery.Message
	for words, messages := range map[string][]message{
		"Delivering": {{Channel: "sms", Status: "sent", HandedOver: true, Awaits: true}, {Channel: "email", Status: "sending"}},
		"Delivered":  {{Channel: "sms", Status: "delivered"}, {Channel: "email", Status: "delivered", HandedOver: true}},
		"Not delivered": {{Channel: "sms", Status: "failed", Code: "permanent-failure", Unusable: true, HandedOver: true}, {Channel: "sms", Status: "failed", Code: "30005", Unusable: true},
			{Channel: "sms", Status: "failed", Code: "30008", HandedOver: true}, {Channel: "sms", Status: "failed", Code: "21211", Unusable: true}, {Channel: "sms", Status: "failed", HandedOver: true},
			{Channel: "sms", Status: "failed", Code: "ValidationError", Unusable: true}},
		"Phone not accepting messages right now": {{Channel: "sms", Status: "failed", Code: "temporary-failure", HandedOver: true}, {Channel: "sms", Status: "failed", Code: "30003", HandedOver: true}},
		"Sent to an international number":        {{Channel: "sms", Status: "sent", Code: "sent"}},
		"Technical failure": {{Channel: "sms", Status: "failed", Code: "technical-failure"}, {Channel: "email", Status: "failed", Code: "technical-failure"},
			{Channel: "letter", Status: "failed", Code: "technical-failure"}, {Channel: "sms", Status: "failed", Code: "30001", HandedOver: true}},
		"Email address does not exist": {{Channel: "email", Status: "failed", Code: "permanent-failure", Unusable: true}, {Channel: "email", Status: "failed", Code: "5.1.1", Unusable: true, HandedOver: true},
			{Channel: "email", Status: "failed", Code: "550 5.1.1", Unusable: true}},
		"Inbox not accepting messages right now": {{Channel: "email", Status: "failed", Code: "temporary-failure"}, {Channel: "email", Status: "failed", Code: "5.2.2", HandedOver: true},
			{Channel: "email", Status: "failed", Code: "550 5.7.1"}, {Channel: "email", Status: "failed", HandedOver: true}},
		"Sent":                         {{Channel: "letter", Status: "sent", HandedOver: true, Awaits: true}, {Channel: "letter", Status: "sending"}, {Channel: "email", Status: "sent", HandedOver: true}, {Channel: "sms", Status: "sent"}},
		"Printed":                      {{Channel: "letter", Status: "sent", Code: "received"}, {Channel: "letter", Status: "sent", Code: "delivered"}, {Channel: "letter", Status: "delivered"}},
		"Cancelled":                    {{Channel: "letter", Status: "failed", Code: "cancelled", HandedOver: true}},
		"Permanent failure":            {{Channel: "letter", Status: "failed", Code: "permanent-failure", HandedOver: true}},
		"Validation failed":            {{Channel: "letter", Status: "failed", Code: "validation-failed"}, {Channel: "sms", Status: "failed", Code: "validation-failed"}},
		"Virus detected":               {{Channel: "letter", Status: "failed", Code: "virus-scan-failed"}},
		"Came back":                    {{Channel: "letter", Status: "failed", Code: "returned-letter", HandedOver: true, Unusable: true}},
		"Not sent":                     {{Channel: "sms", Status: "failed", Code: "expired"}, {Channel: "email", Status: "failed", Code: "shared"}, {Channel: "letter", Status: "failed", Code: "address", Unusable: true}, {Channel: "email", Status: "failed"}, {Channel: "email", Status: "failed", Code: "words"}},
		"Waiting to go":                {{Channel: "sms", Status: "waiting"}},
		"Waiting for contact hours":    {{Channel: "sms", Status: "waiting", Held: true}},
		"Captured, not sent":           {{Channel: "sms", Status: "sent", HandedOver: true, Captured: true}, {Channel: "letter", Status: "sent", Captured: true}},
		"Withdrawn":                    {{Channel: "email", Status: "withdrawn"}},
		"Not known whether it arrived": {{Channel: "sms", Status: "unknown", HandedOver: true, Awaits: true}},
		"Not known":                    {{Channel: "email"}, {Channel: "fax", Status: "flying"}},
	} {
		for _, m := range messages {
			if got := m.Words(); got != words {
				t.Errorf("%+v is %q, want %q", m, got, words)
			}
		}
	}
}

// Whatever a provider says: there are words, none of them is the provider's own, and
// nothing counts as delivered that is not.
func TestAnyMessageHasWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := delivery.Message{
			Channel: rapid.SampledFrom([]string{"sms", "email", "letter", "fax"}).Draw(t, "channel"),
			Status:  rapid.SampledFrom([]string{"waiting", "sending", "sent", "delivered", "failed", "withdrawn", "unknown", "new"}).Draw(t, "status"),
			Code: rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "sent", "delivered", "received", "sending", "permanent-failure", "30005", "5.1.1", "expired"})).
				Draw(t, "code"),
			Unusable: rapid.Bool().Draw(t, "unusable"), HandedOver: rapid.Bool().Draw(t, "handed over"), Awaits: rapid.Bool().Draw(t, "awaits"),
			Held: rapid.Bool().Draw(t, "held"), Captured: rapid.Bool().Draw(t, "captured"),
		}
		words := m.Words()
		if words == "" || strings.ContainsFunc(words, func(r rune) bool { return r < ' ' || r > 'z' }) {
			t.Fatalf("%+v is %q", m, words)
		}
		arrived := m.Status == "delivered"
		if words == "Delivered" && !arrived || words == "Printed" && !arrived && m.Status != "sent" || words == "Sent" && m.Status != "sent" && m.Status != "sending" {
			t.Fatalf("%+v is %q", m, words)
		}
		if m.Captured && m.Status == "sent" && words != "Captured, not sent" {
			t.Fatalf("%+v is %q", m, words)
		}
	})
}
