package inbound_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier/channel/sms"
	"hearback/notifier/inbound"
)

// nowhere takes events and keeps none, so that a benchmark measures the handler alone.
type nowhere struct{}

func (nowhere) Publish(context.Context, ...events.Event) error { return nil }

// BenchmarkTwilio calls the handlers under real signatures and says how many calls a
// second they take; the issue asks for 2,000. What storing costs is measured by
// `hearback bench`.
func BenchmarkTwilio(b *testing.B) {
	known := directory{"+447700900123": {{Case: "H-1", Contact: "c1", Last: monday()}, {Case: "H-2", Contact: "p"}}}
	stop := textForm()
	stop.Set("Body", "STOP")
	for name, one := range map[string]struct {
		path string
		form url.Values
	}{
		"receipt": {inbound.StatusPath + "?message=H-10482-3", receiptForm()},
		"text":    {inbound.InboundPath, textForm()},
		"stop":    {inbound.InboundPath, stop},
	} {
		tw := twilio(&store{}, known)
		tw.Publisher, tw.Signed, tw.Report = nowhere{}, sms.Signed(authToken), sms.ReportOf
		handler := tw.Inbound()
		if strings.HasPrefix(one.path, inbound.StatusPath) {
			handler = tw.Status()
		}
		body, signature := one.form.Encode(), sign(public+one.path, one.form)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, one.path, strings.NewReader(body))
				r.Header.Set("Content-Type", formBody)
				r.Header.Set("X-Twilio-Signature", signature)
				if w := do(handler, r); w.Code/100 != 2 {
					b.Fatal(w.Code, w.Body)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}
