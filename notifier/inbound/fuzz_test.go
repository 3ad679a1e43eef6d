package inbound_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier/channel/sms"
	"hearback/notifier/inbound"
)

// FuzzEvents posts anything with any headers. The gateway never panics, says 202 only
// where every event of the request is a good one and is stored, and otherwise stores
// nothing and says why. More are headers, one to a line.
func FuzzEvents(f *testing.F) {
	good := enquiry("a", `{"channel":"phone"}`)
	f.Add(structured, "", "", "", "", []byte(good))
	f.Add(batched, "", "", "", "", []byte("["+good+",1]"))
	f.Add(batched, "", "", "Content-Encoding: gzip\nTransfer-Encoding: chunked", "a=%zz", []byte("[]"))
	f.Add("application/json", "a", "H-10482", "", "", []byte(`{"channel":"phone"}`))
	f.Add("application/json", "a", "H-10482", "Ce-Time: 2026\nce-datacontenttype: text/plain\nCe-Type: case.opened\nCe-Id: b", "", []byte(`{"channel":"phone"}`))
	f.Add("application/json", "a", "H-10482", "Ce-Specversion: 0.3\nCe-%zz: \x00\n: x\nCe-Source:", "ce-id=b", []byte(`{"channel":"phone"}`))
	f.Add("application/json", "%zz\r\n", "H.1", "", "", []byte(`null`))
	f.Add("application/cloudevents+json; charset=\"", "\x00", "", "Content-Type: application/json", "", []byte("{\"subject\":\"\xff\"}"))
	f.Add("text/plain", "", "", "", "", []byte(strings.Repeat("[", 5000)))
	f.Fuzz(func(t *testing.T, contentType, id, subject, more, query string, body []byte) {
		s := &store{}
		r := httptest.NewRequest(http.MethodPost, "/v1/events", strings.NewReader(string(body)))
		r.URL.RawQuery = query
		r.Header = http.Header{"Content-Type": {contentType}}
		if id != "" || subject != "" {
			for name, value := range map[string]string{"Ce-Specversion": "1.0", "Ce-Id": id, "Ce-Source": "/fuzz",
				"Ce-Type": "enquiry.received", "Ce-Subject": subject, "Ce-Time": "2026-11-23T08:59:00Z"} {
				r.Header.Set(name, value)
			}
		}
		for line := range strings.Lines(more) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
			r.Header.Add(name, strings.TrimSpace(value))
		}
		r.Header.Set("Authorization", "Bearer "+token)
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

// How a call of Twilio's is signed.
const (
	notSigned = iota
	wellSigned
	trusted // whatever it says: the judge of signatures is out
	signings
)

// FuzzTwilio: whatever comes, nothing panics, 2xx means stored or kept, and nothing is
// stored or kept of a call that Twilio did not sign. A signature of several lines is
// several headers.
func FuzzTwilio(f *testing.F) {
	for _, body := range []string{
		"MessageSid=SM1&From=%2B447700900101&Body=STOP", "MessageSid=SM1&MessageStatus=delivered", "MessageSid=SM1&From=%00&Body=%FF",
		"MessageSid=SM1&MessageStatus=sending", "MessageSid=SM1&From=%2B447700900101&Body=Yes&OptOutType=START",
		"MessageSid=SM1&From=%2B447700900101&Body=Help&OptOutType=HELP", "MessageSid=SM1&From=%2B447700900102&Body=Stop",
	} {
		f.Add(body, "message=H-1-3", formBody, "", uint8(wellSigned))
		f.Add(body, "message=H-1-3", "", "", uint8(trusted))
	}
	f.Add("MessageSid=SM1&MessageStatus=failed&ErrorCode=30005", "message=H-1-3&message=H-2-3", formBody+"; charset=UTF-8", "", uint8(wellSigned))
	f.Add("MessageSid=SM1&MessageStatus=delivered", "message=H-1-3", formBody, "x", uint8(wellSigned)) // a second signature
	f.Add("MessageSid=SM1&1AccountSid=x", "message=H-1-3", "multipart/form-data; boundary=\"", "\n", uint8(trusted))
	f.Add("", "%zz", "text/plain; =", "\x00==", uint8(notSigned))
	f.Fuzz(func(t *testing.T, form, query, contentType, signature string, signing uint8) {
		for _, path := range []string{inbound.StatusPath, inbound.InboundPath} {
			s := &store{}
			tw := twilio(s, directory{"+447700900101": {{Case: "H-1", Contact: "c1"}}, "+447700900102": {{Case: "H-1"}}})
			tw.Signed = sms.Signed(authToken)
			values, _ := url.ParseQuery(form)
			signatures := strings.Split(signature, "\n")
			switch signing % signings {
			case wellSigned:
				address := public + path
				if query != "" {
					address += "?" + query
				}
				signatures = []string{sign(address, values)}
				if signature != "" {
					signatures = append(signatures, signature)
				}
			case trusted:
				tw.Signed = func(string, map[string]string, string) bool { return true }
			}
			may := len(signatures) == 1 && signing%signings != notSigned
			handler := tw.Status()
			if path == inbound.InboundPath {
				handler = tw.Inbound()
			}
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form))
			r.URL.RawQuery = query
			r.Header = http.Header{"Content-Type": {contentType}, "X-Twilio-Signature": signatures}
			w := do(handler, r)
			kept := len(s.events) + len(s.rejected)
			if taken := w.Code < 300; taken && !may || !taken && kept > 0 || w.Code >= 500 {
				t.Fatalf("answered %d, %d stored, %d kept; it may be taken: %t", w.Code, len(s.events), len(s.rejected), may)
			}
			for _, e := range s.events {
				if err := e.Check(monday()); err != nil {
					t.Fatalf("stored an event that nobody can read: %v", err)
				}
				if _, err := json.Marshal(e); err != nil {
					t.Fatal(err)
				}
			}
			onItsWay := path == inbound.StatusPath && slices.Contains([]string{"accepted", "scheduled", "queued", "sending"}, values.Get("MessageStatus"))
			if w.Code < 300 && kept == 0 && !onItsWay {
				t.Fatalf("answered %d, and nothing was stored", w.Code)
			}
		}
	})
}
