package inbound_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hearback/events"
	"hearback/notifier/inbound"
)

func TestStoresEachMode(t *testing.T) {
	binary := post("application/json; charset=UTF-8", `{"channel":"phone"}`)
	for name, value := range map[string]string{"specversion": "1.0", "id": "a", "source": "/ehc-hub", "type": "enquiry.received", "subject": "H-10482", "time": "2026-11-23T08:59:00Z"} {
		binary.Header.Set("ce-"+name, value)
	}
	for name, test := range map[string]struct {
		request *http.Request
		ids     []string
	}{
		"structured":  {post(structured, enquiry("a", `{"channel":"phone"}`)), []string{"a"}},
		"binary":      {binary, []string{"a"}},
		"batched":     {post(batched, "["+enquiry("a", `{}`)+","+enquiry("b", `{}`)+"]"), []string{"a", "b"}},
		"empty batch": {post(batched, "[]"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{}
			w := do(s.handler(), test.request)
			if w.Code != http.StatusAccepted {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			var ids []string
			for _, e := range s.events {
				ids = append(ids, e.ID)
			}
			if !slices.Equal(ids, test.ids) {
				t.Errorf("stored %v, not %v", ids, test.ids)
			}
			if want := fmt.Sprintf("{\"stored\":%d}\n", len(test.ids)); w.Body.String() != want {
				t.Errorf("answered %s", w.Body)
			}
			if len(s.rejected) != 0 {
				t.Errorf("kept as rejected: %v", s.rejected)
			}
		})
	}
}

func TestRefusesBadInput(t *testing.T) {
	good := enquiry("a", `{}`)
	with := func(old, replacement string) string { return strings.Replace(good, old, replacement, 1) }
	for name, test := range map[string]struct {
		contentType, body string
		status            int
		field             string // of one fault, where there are faults
		caseRef           string
	}{
		"not JSON":                     {structured, `{"specversion":`, 400, "body", events.UnknownCase},
		"nothing":                      {structured, ``, 400, "body", events.UnknownCase},
		"not CloudEvents":              {structured, `{"hello":"world"}`, 400, "specversion", events.UnknownCase},
		"CloudEvents 0.3":              {structured, with(`"1.0"`, `"0.3"`), 400, "specversion", "H-10482"},
		"unknown type":                 {structured, with("enquiry.received", "enquiry.recieved"), 400, "type", "H-10482"},
		"an outcome":                   {structured, with("enquiry.received", "promise.kept"), 400, "type", "H-10482"},
		"case with a dot":              {structured, with("H-10482", "H.10482"), 400, "subject", events.UnknownCase},
		"case with a space":            {structured, with("H-10482", "H 10482"), 400, "subject", events.UnknownCase},
		"date that does not exist":     {structured, enquiry("a", `{"occurred_on":"2026-02-30"}`), 400, "data.occurred_on", "H-10482"},
		"next year":                    {structured, with("2026-11-23T08", "2027-11-23T08"), 400, "time", "H-10482"},
		"email with a newline":         {structured, enquiry("a", `{"contact":{"email":"sam@family.example\nBcc: x@family.example"}}`), 400, "data.contact.email", "H-10482"},
		"text where a switch belongs":  {structured, enquiry("a", `{"urgent":"yes"}`), 400, "data.urgent", "H-10482"},
		"2 MB of about":                {structured, enquiry("a", `{"about":"`+strings.Repeat("a", 2<<20)+`"}`), 413, "", "H-10482"},
		"2 MB batch":                   {batched, "[" + enquiry("a", `{"about":"`+strings.Repeat("a", 2<<20)+`"}`) + "]", 413, "", events.UnknownCase},
		"a list as one event":          {structured, "[" + good + "]", 400, "body", events.UnknownCase},
		"one event as a list":          {batched, good, 400, "body", events.UnknownCase},
		"a whole event as plain JSON":  {"application/json", good, 400, "id", events.UnknownCase},
		"plain text":                   {"text/plain", good, 415, "", "H-10482"},
		"no content type":              {"", good, 415, "", "H-10482"},
		"XML":                          {"application/cloudevents+xml", "<event/>", 415, "", events.UnknownCase},
		"another character set":        {structured + "; charset=utf-16", good, 415, "", "H-10482"},
		"a form, as browsers can post": {"application/x-www-form-urlencoded", "a=b", 415, "", events.UnknownCase},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{}
			h := s.handler()
			w := do(h, post(test.contentType, test.body))
			p := problemOf(t, w)
			if w.Code != test.status {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			if len(s.events) != 0 {
				t.Error("something was stored")
			}
			at := slices.IndexFunc(p.Faults, func(f events.Fault) bool { return f.Field == test.field })
			switch {
			case test.field != "" && at < 0:
				t.Errorf("no fault names %s: %+v", test.field, p.Faults)
			case test.field != "" && (p.Faults[at].Problem == "" || p.Faults[at].Remedy == ""):
				t.Errorf("the fault lacks its problem or remedy: %+v", p.Faults[at])
			}
			if len(s.rejected) != 1 {
				t.Fatalf("%d copies were kept", len(s.rejected))
			}
			kept := s.rejected[0]
			if kept.Case != test.caseRef || kept.Reason == "" {
				t.Errorf("kept under %q for %q", kept.Case, kept.Reason)
			}
			if !strings.HasPrefix(test.body, string(kept.Body)) || len(kept.Body) > inbound.MaxKept {
				t.Errorf("the copy is not a bounded start of the body: %d bytes", len(kept.Body))
			}
			if w := do(h, post(structured, good)); w.Code != http.StatusAccepted {
				t.Errorf("the next good event was answered %d", w.Code)
			}
		})
	}
}

// A body that is too large to be read is filed under the case that its headers name.
func TestFilesALargeBinaryEventUnderItsCase(t *testing.T) {
	s := &store{}
	r := post("application/json", strings.Repeat("a", events.MaxBody+1))
	r.Header.Set("ce-subject", "H-7")
	if w := do(s.handler(), r); w.Code != http.StatusRequestEntityTooLarge || len(s.rejected) != 1 || s.rejected[0].Case != "H-7" {
		t.Errorf("status %d, kept %d", w.Code, len(s.rejected))
	}
}

func TestTakesWhatOnlyMakesAChannelUnusable(t *testing.T) {
	for _, mobile := range []string{"01632 960123", "+33 1 00 00 00 00", "0770", "07700 900123", "+44 (0)7700 900123"} {
		s := &store{}
		w := do(s.handler(), post(structured, enquiry("a", `{"contact":{"mobile":"`+mobile+`"}}`)))
		if w.Code != http.StatusAccepted || len(s.events) != 1 {
			t.Errorf("%s: status %d: %s", mobile, w.Code, w.Body)
		}
	}
	s := &store{}
	old := strings.Replace(enquiry("a", `{}`), "2026-11-23", "2019-11-25", 1)
	if w := do(s.handler(), post(structured, old)); w.Code != http.StatusAccepted {
		t.Errorf("an event from 2019: status %d: %s", w.Code, w.Body)
	}
}

func TestRefusesABatchWhole(t *testing.T) {
	s := &store{}
	other := strings.Replace(enquiry("c", `{}`), "H-10482", "H-7", 1)
	w := do(s.handler(), post(batched, "["+enquiry("a", `{}`)+`,{"specversion":"1.0"},`+strings.Replace(other, "enquiry.received", "nonsense", 1)+"]"))
	p := problemOf(t, w)
	if w.Code != http.StatusBadRequest || len(s.events) != 0 {
		t.Fatalf("status %d, %d stored", w.Code, len(s.events))
	}
	var places []int
	for _, f := range p.Faults {
		places = append(places, f.Index)
	}
	if !slices.IsSorted(places) || !slices.Equal(slices.Compact(places), []int{1, 2}) {
		t.Errorf("the faults name %v", places)
	}
	if len(s.rejected) != 2 || s.rejected[0].Case != events.UnknownCase || s.rejected[1].Case != "H-7" {
		t.Fatalf("kept %+v", s.rejected)
	}
	if string(s.rejected[0].Body) != `{"specversion":"1.0"}` {
		t.Errorf("the copy is %s", s.rejected[0].Body)
	}
}

func TestBoundsWhatABadBatchCosts(t *testing.T) {
	s := &store{}
	w := do(s.handler(), post(batched, "["+strings.Repeat("1,", 100_000)+"1]"))
	p := problemOf(t, w)
	if len(p.Faults) > 100 || w.Body.Len() > 64<<10 {
		t.Errorf("%d faults in %d bytes", len(p.Faults), w.Body.Len())
	}
	if !strings.Contains(p.Detail, "of 100001 faults") {
		t.Errorf("the detail does not count the faults: %s", p.Detail)
	}
	if len(s.rejected) != 21 || !strings.Contains(s.rejected[20].Reason, "99981 more") {
		t.Errorf("%d copies, the last for %q", len(s.rejected), s.rejected[len(s.rejected)-1].Reason)
	}
}

func TestAsksForTheToken(t *testing.T) {
	good := enquiry("a", `{}`)
	for name, test := range map[string]struct {
		token  string
		open   bool
		header []string
		status int
	}{
		"right":                   {token, false, []string{"Bearer " + token}, 202},
		"scheme in small letters": {token, false, []string{"bearer " + token}, 202},
		"none":                    {token, false, nil, 401},
		"wrong":                   {token, false, []string{"Bearer other"}, 401},
		"a prefix":                {token, false, []string{"Bearer " + token[:5]}, 401},
		"empty":                   {token, false, []string{"Bearer "}, 401},
		"another scheme":          {token, false, []string{"Basic " + token}, 401},
		"two headers":             {token, false, []string{"Bearer " + token, "Bearer " + token}, 401},
		"not set":                 {"", false, []string{"Bearer " + token}, 503},
		"not set, empty bearer":   {"", false, []string{"Bearer "}, 503},
		"open":                    {"", true, nil, 202},
		"open but set":            {token, true, nil, 401},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{}
			r := post(structured, good)
			r.Header["Authorization"] = test.header
			w := do(inbound.Events(s, s, test.token, test.open, monday), r)
			if w.Code != test.status {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			if stored := len(s.events) == 1; stored != (test.status == http.StatusAccepted) || len(s.rejected) != 0 {
				t.Errorf("stored %d, kept %d", len(s.events), len(s.rejected))
			}
			if test.status == http.StatusUnauthorized && !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), "Bearer ") {
				t.Error("the challenge is missing")
			}
			if test.status == http.StatusServiceUnavailable && !strings.Contains(problemOf(t, w).Detail, "HEARBACK_INGEST_TOKEN") {
				t.Error("the reason does not name the setting")
			}
			if strings.Contains(w.Body.String(), token) {
				t.Error("the answer tells the token")
			}
		})
	}
}

func TestOpenIsNotOpenToWebPages(t *testing.T) {
	for _, header := range []string{"Origin", "Sec-Fetch-Site"} {
		s := &store{}
		r := post(structured, enquiry("a", `{}`))
		r.Header.Set(header, "same-origin")
		if w := do(inbound.Events(s, s, "", true, monday), r); w.Code != http.StatusForbidden || len(s.events) != 0 {
			t.Errorf("%s: status %d", header, w.Code)
		}
		if w := do(s.handler(), r); w.Code != http.StatusAccepted {
			t.Errorf("%s, with the token: status %d", header, w.Code)
		}
	}
}

func TestTakesOnlyPost(t *testing.T) {
	for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		s := &store{}
		r := post(structured, enquiry("a", `{}`))
		r.Method = method
		w := do(s.handler(), r)
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" || len(s.events) != 0 {
			t.Errorf("%s: status %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
}

func TestRefusesCompressedBodies(t *testing.T) {
	s := &store{}
	r := post(structured, enquiry("a", `{}`))
	r.Header.Set("Content-Encoding", "gzip")
	if w := do(s.handler(), r); w.Code != http.StatusUnsupportedMediaType || len(s.events) != 0 {
		t.Errorf("status %d", w.Code)
	}
}

// A body that says it is longer than it is was cut short on the way.
func TestRefusesABodyThatWasCutShort(t *testing.T) {
	s := &store{}
	r := post(structured, "")
	r.Body = broken{}
	if w := do(s.handler(), r); w.Code != http.StatusBadRequest || len(s.events) != 0 {
		t.Errorf("status %d", w.Code)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset") }
func (broken) Close() error             { return nil }

func TestSaysSoWhenStoringFails(t *testing.T) {
	s := &store{err: errors.New("dial 192.0.2.1: refused")}
	w := do(s.handler(), post(structured, enquiry("a", `{}`)))
	p := problemOf(t, w)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	if strings.Contains(p.Detail, "192.0.2.1") {
		t.Error("the answer tells what stands behind the gateway")
	}
	// Keeping the copy fails too: the sender hears of its mistake all the same.
	if w := do(s.handler(), post(structured, `{}`)); w.Code != http.StatusBadRequest {
		t.Errorf("a refusal that could not be kept was answered %d", w.Code)
	}
}

func TestGivesUpWaitingForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{wait: true}
		start := time.Now()
		w := do(s.handler(), post(structured, enquiry("a", `{}`)))
		if waited := time.Since(start); w.Code != http.StatusServiceUnavailable || waited != 10*time.Second {
			t.Errorf("status %d after %v", w.Code, waited)
		}
	})
}

func TestPassesOnWhatThePublisherRefuses(t *testing.T) {
	s := &store{err: &events.Refusal{Faults: []events.Fault{{Field: "time", Problem: "is odd", Remedy: "mend it"}}}}
	w := do(s.handler(), post(structured, enquiry("a", `{}`)))
	if p := problemOf(t, w); w.Code != http.StatusBadRequest || len(p.Faults) != 1 {
		t.Errorf("status %d: %+v", w.Code, p)
	}
}

func TestTakesManyPostsAtOnce(t *testing.T) {
	s := &store{}
	server := httptest.NewServer(s.handler())
	defer server.Close()
	var group sync.WaitGroup
	const senders, each = 16, 25
	for sender := range senders {
		group.Go(func() {
			for i := range each {
				body := enquiry(fmt.Sprintf("%d-%d", sender, i), `{}`)
				want := http.StatusAccepted
				if i%5 == 4 {
					body, want = body[:len(body)-1], http.StatusBadRequest
				}
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("Content-Type", structured)
				r.Header.Set("Authorization", "Bearer "+token)
				answer, err := server.Client().Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				_ = answer.Body.Close()
				if answer.StatusCode != want {
					t.Errorf("status %d, not %d", answer.StatusCode, want)
				}
			}
		})
	}
	group.Wait()
	if len(s.events) != senders*each*4/5 || len(s.rejected) != senders*each/5 {
		t.Errorf("%d stored and %d kept", len(s.events), len(s.rejected))
	}
}

func BenchmarkStructured(b *testing.B) {
	body := enquiry("a", `{"channel":"phone","about":"`+strings.Repeat("words ", 40)+`"}`)
	h := (&store{}).handler()
	b.ReportAllocs()
	for b.Loop() {
		if w := do(h, post(structured, body)); w.Code != http.StatusAccepted {
			b.Fatal(w.Code)
		}
	}
}
