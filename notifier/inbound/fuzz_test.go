package inbound_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier/inbound"
)

// FuzzEvents posts anything with any headers. The gateway never panics, says 202 only
// where every event of the request is a good one and is stored, and otherwise stores
// nothing and says why.
func FuzzEvents(f *testing.F) {
	good := enquiry("a", `{"channel":"phone"}`)
	f.Add(structured, "", "", []byte(good))
	f.Add(batched, "", "", []byte("["+good+",1]"))
	f.Add(batched, "", "", []byte("[]"))
	f.Add("application/json", "a", "H-10482", []byte(`{"channel":"phone"}`))
	f.Add("application/json", "%zz\r\n", "H.1", []byte(`null`))
	f.Add("application/cloudevents+json; charset=\"", "\x00", "", []byte("{\"subject\":\"\xff\"}"))
	f.Add("text/plain", "", "", []byte(strings.Repeat("[", 5000)))
	f.Fuzz(func(t *testing.T, contentType, id, subject string, body []byte) {
		s := &store{}
		r := httptest.NewRequest(http.MethodPost, "/v1/events", strings.NewReader(string(body)))
		r.Header = http.Header{"Content-Type": {contentType}, "Authorization": {"Bearer " + token}}
		if id != "" || subject != "" {
			for name, value := range map[string]string{"Ce-Specversion": "1.0", "Ce-Id": id, "Ce-Source": "/fuzz",
				"Ce-Type": "enquiry.received", "Ce-Subject": subject, "Ce-Time": "2026-11-23T08:59:00Z"} {
				r.Header.Set(name, value)
			}
		}
		w := do(s.handler(), r)
		for _, e := range s.events {
			if err := e.Check(monday()); err != nil {
				t.Errorf("a bad event was stored: %v", err)
			}
		}
		for _, kept := range s.rejected {
			if len(kept.Body) > inbound.MaxKept || kept.Reason == "" || kept.Case != events.UnknownCase && !events.ValidCase(kept.Case) {
				t.Errorf("kept %d bytes under %q for %q", len(kept.Body), kept.Case, kept.Reason)
			}
		}
		if w.Code == http.StatusAccepted {
			if len(s.rejected) != 0 {
				t.Error("what was taken was kept as rejected too")
			}
			return
		}
		p := problemOf(t, w)
		if w.Code < 400 || w.Code >= 500 || len(s.events) != 0 || len(s.rejected) == 0 {
			t.Errorf("status %d, %d stored, %d kept", w.Code, len(s.events), len(s.rejected))
		}
		for _, fault := range p.Faults {
			if fault.Field == "" || fault.Problem == "" || fault.Remedy == "" {
				t.Errorf("half a fault: %+v", fault)
			}
		}
	})
}

// FuzzAuthorization: no header but the one right one lets anybody in.
func FuzzAuthorization(f *testing.F) {
	for _, seed := range []string{"", "Bearer", "Bearer  " + token, "Bearer " + token + "x", "bearer\t" + token, token} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		s := &store{}
		r := post(structured, enquiry("a", `{}`))
		r.Header["Authorization"] = []string{header}
		w := do(s.handler(), r)
		scheme, given, _ := strings.Cut(header, " ")
		right := strings.EqualFold(scheme, "bearer") && strings.TrimSpace(given) == token
		if right != (w.Code == http.StatusAccepted) || right != (len(s.events) == 1) || !right && w.Code != http.StatusUnauthorized {
			t.Errorf("status %d", w.Code)
		}
	})
}
