package inbound_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier/channel"
	"hearback/notifier/inbound"
)

// directory is who has which number.
type directory map[string][]inbound.Match

func (d directory) Matches(_, address string) []inbound.Match { return d[address] }

const public = "https://hearback.council.example"

// twilio is the handlers over a store. A call counts as signed when its signature
// is the address it was made to, and no parameter says otherwise.
func twilio(s *store, known directory) inbound.Twilio {
	return inbound.Twilio{
		PublicURL: public,
		Signed: func(address string, form map[string]string, signature string) bool {
			return signature == address && form["Forged"] == ""
		},
		Report: func(status, code string) channel.Report {
			return channel.Report{Status: map[string]string{"delivered": channel.Delivered, "failed": channel.Failed, "sent": channel.Sent}[status], Code: code, Reason: "in words"}
		},
		Texts: texts(s, known),
	}
}

func texts(s *store, known directory) inbound.Texts {
	return inbound.Texts{
		Pen:     func(channel, address string) string { return "pen-of-" + strings.TrimPrefix(address, "+") },
		Matcher: known, Publisher: s, Rejecter: s, Now: monday,
	}
}

func call(handler http.Handler, path, form string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Twilio-Signature", public+path)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func TestAReceiptIsStoredBeforeItIsAnswered(t *testing.T) {
	s := &store{}
	handler := twilio(s, nil).Status()
	const path = inbound.StatusPath + "?message=H-1-3"
	if w := call(handler, path, "MessageSid=SM1&MessageStatus=failed&ErrorCode=30005"); w.Code != http.StatusNoContent {
		t.Fatalf("answered %d", w.Code)
	}
	if len(s.events) != 1 {
		t.Fatalf("stored %+v", s.events)
	}
	e := s.events[0]
	said, err := events.DataOf[events.Receipt](e)
	want := events.Receipt{Message: "H-1-3", Channel: "sms", ProviderID: "SM1", Status: "failed", Code: "30005", Reason: "in words"}
	if err != nil || e.Case != "H-1" || e.Type != events.TypeReceiptReceived || e.ID != "SM1:failed:30005" || said != want {
		t.Errorf("stored %+v with %+v", e, said)
	}
	s.err = errors.New("the stream cannot be reached")
	if w := call(handler, path, "MessageSid=SM1&MessageStatus=delivered"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("answered %d although nothing was stored", w.Code)
	}
	// What names no message of ours is kept for a person, and that too before the answer.
	stray := inbound.StatusPath + "?message=nonsense"
	if w := call(handler, stray, "MessageSid=SM2&MessageStatus=delivered"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("answered %d although nothing was kept", w.Code)
	}
	s.err, s.rejected = nil, nil
	if w := call(handler, stray, "MessageSid=SM2&MessageStatus=delivered"); w.Code != http.StatusNoContent || len(s.rejected) != 1 {
		t.Errorf("answered %d, kept %+v", w.Code, s.rejected)
	}
}

func TestOnlyTwilioIsHeard(t *testing.T) {
	const path = inbound.InboundPath
	const good = "MessageSid=SM1&From=%2B447700900123&To=%2B441632960000&Body=Hello"
	for name, make := range map[string]func(http.Handler) *httptest.ResponseRecorder{
		"tampered":          func(h http.Handler) *httptest.ResponseRecorder { return call(h, path, good+"&Forged=1") },
		"a second To":       func(h http.Handler) *httptest.ResponseRecorder { return call(h, path, good+"&To=%2B447700900999") },
		"the same To twice": func(h http.Handler) *httptest.ResponseRecorder { return call(h, path, good+"&To=%2B441632960000") },
		"no signature":      func(h http.Handler) *httptest.ResponseRecorder { return call(h, path, good, "X-Twilio-Signature", "") },
		"another public address": func(h http.Handler) *httptest.ResponseRecorder {
			return call(h, path, good, "X-Twilio-Signature", "https://other.example"+path)
		},
		"an address in a header": func(h http.Handler) *httptest.ResponseRecorder {
			return call(h, path, good, "X-Twilio-Signature", "https://other.example"+path, "X-Forwarded-Host", "other.example")
		},
		"a query that was added": func(h http.Handler) *httptest.ResponseRecorder {
			return call(h, path+"?more=1", good, "X-Twilio-Signature", public+path)
		},
		"a form that cannot be": func(h http.Handler) *httptest.ResponseRecorder { return call(h, path, good+"&%zz") },
		"signed for another call": func(h http.Handler) *httptest.ResponseRecorder {
			return call(h, path, good, "X-Twilio-Signature", public+inbound.StatusPath)
		},
		"larger than any of them": func(h http.Handler) *httptest.ResponseRecorder {
			return call(h, path, good+strings.Repeat("x", 70<<10))
		},
	} {
		s := &store{}
		w := make(twilio(s, directory{"+447700900123": {{Case: "H-1", Contact: "c1"}}}).Inbound())
		if w.Code < 400 || len(s.events) != 0 || strings.Contains(w.Body.String(), "447700") {
			t.Errorf("%s: answered %d, stored %d events: %s", name, w.Code, len(s.events), w.Body)
		}
	}
}

func TestATextFindsItsCaseOrWaitsForAPerson(t *testing.T) {
	earlier := monday().Add(-time.Hour)
	known := directory{
		"+447700900101": {{Case: "H-1", Contact: "c1"}},
		"+447700900102": {{Case: "H-1", Contact: "c1", Last: earlier}, {Case: "H-2", Contact: "p", Last: monday()}, {Case: "H-3", Contact: "c"}},
		"+447700900103": {{Case: "H-1", Contact: "c1", Last: earlier}, {Case: "H-2", Contact: "p", Last: earlier}},
		"+447700900104": {{Case: "H-1", Contact: "c1"}, {Case: "H-2", Contact: "p"}},
	}
	for name, one := range map[string]struct{ from, ref, contact string }{
		"one case":                   {"+447700900101", "H-1", "c1"},
		"the newest conversation":    {"+447700900102", "H-2", "p"},
		"two of the same moment":     {"+447700900103", "pen-of-447700900103", ""},
		"several without a word yet": {"+447700900104", "pen-of-447700900104", ""},
		"nobody's number":            {"+447700900999", "pen-of-447700900999", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{}
			form := url.Values{"MessageSid": {"SM9"}, "From": {one.from}, "Body": {"Any news?"}, "NumMedia": {"1"}}
			w := call(twilio(s, known).Inbound(), inbound.InboundPath, form.Encode())
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "<Response></Response>") || len(s.events) != 1 {
				t.Fatalf("answered %d %s, stored %+v", w.Code, w.Body, s.events)
			}
			e := s.events[0]
			said, err := events.DataOf[events.MessageReceived](e)
			if err != nil || e.Case != one.ref || said.Contact != one.contact || said.Address != one.from || e.ID != "SM9" || !strings.HasPrefix(said.Text, "Any news? [1 picture") {
				t.Errorf("stored for %s: %+v", e.Case, said)
			}
		})
	}
}

func TestStopCountsForEveryCaseOfTheNumber(t *testing.T) {
	known := directory{"+447700900102": {{Case: "H-1", Contact: "c1"}, {Case: "H-2", Contact: "p"}, {Case: "H-3"}}}
	for body, want := range map[string]string{"Stop.": events.TypeContactOptedOut, "dechrau": events.TypeContactOptedIn} {
		s := &store{}
		form := url.Values{"MessageSid": {"SM9"}, "From": {"+447700900102"}, "Body": {body}}
		if w := call(twilio(s, known).Inbound(), inbound.InboundPath, form.Encode()); w.Code != http.StatusOK || len(s.events) != 3 {
			t.Fatalf("%q: answered %d, stored %+v", body, w.Code, s.events)
		}
		// The case that knows the number as a caller's alone has the text itself.
		if last := s.events[2]; last.Type != events.TypeMessageReceived || last.Case != "H-3" || last.ID != "SM9:H-3" {
			t.Errorf("%q: %s for %s, id %s", body, last.Type, last.Case, last.ID)
		}
		var told []bool
		for i, e := range s.events[:2] {
			said, err := events.DataOf[events.OptedOut](e)
			if err != nil || e.Type != want || e.Case != []string{"H-1", "H-2"}[i] || said.Channel != "sms" {
				t.Errorf("%q: %s for %s, %+v", body, e.Type, e.Case, said)
			}
			told = append(told, said.Told)
		}
		if !slices.Equal(told, []bool{false, true}) {
			t.Errorf("%q is confirmed %v, want once", body, told)
		}
	}
	s := &store{}
	form := url.Values{"MessageSid": {"SM9"}, "From": {"+447700900102"}, "Body": {"Cancel"}, "OptOutType": {"STOP"}}
	call(twilio(s, known).Inbound(), inbound.InboundPath, form.Encode())
	if len(s.events) != 3 || !strings.Contains(string(s.events[0].Data), `"told":true`) {
		t.Errorf("what Twilio acted on is stored as %+v", s.events)
	}
	// Where the store fails half-way, Twilio calls again, and the same ids come.
	s = &store{err: errors.New("the stream cannot be reached")}
	if w := call(twilio(s, known).Inbound(), inbound.InboundPath, form.Encode()); w.Code != http.StatusServiceUnavailable {
		t.Errorf("answered %d although nothing was stored", w.Code)
	}
}

func BenchmarkReceipts(b *testing.B) {
	s := &store{}
	handler := twilio(s, nil).Status()
	for b.Loop() {
		s.events = s.events[:0]
		if w := call(handler, inbound.StatusPath+"?message=H-1-3", "MessageSid=SM1&MessageStatus=delivered&To=%2B447700900101"); w.Code != http.StatusNoContent {
			b.Fatal(w.Code)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
