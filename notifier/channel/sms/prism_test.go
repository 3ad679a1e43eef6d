package sms_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/sms"
	"hearback/notifier/channel/standin"
)

// prism is the judge that .ci/judges/prism.sh starts: it passes requests on to
// upstream, where the tests serve, and compares both ways with Twilio's OpenAPI
// description. With --errors it answers in Twilio's place where it finds a fault.
type prism struct{ address, upstream, description string }

func prismOf(t *testing.T) prism {
	t.Helper()
	p := prism{os.Getenv("PRISM_ADDRESS"), os.Getenv("PRISM_UPSTREAM"), os.Getenv("PRISM_DESCRIPTION")}
	if p.address == "" || p.upstream == "" || p.description == "" {
		t.Skip("SKIPPED, NOT TRIED: PRISM_ADDRESS, PRISM_UPSTREAM and PRISM_DESCRIPTION are not set; run .ci/judges/prism.sh")
	}
	return p
}

// serve puts a handler where Prism passes requests on to.
func (p prism) serve(t *testing.T, handler http.Handler) {
	t.Helper()
	listener, err := net.Listen("tcp", p.upstream)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	// Prism keeps connections open, and would meet a closed one in the next test.
	server.SetKeepAlivesEnabled(false)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
}

// sender makes a channel that talks to Prism, and the witness of what Prism says.
func (p prism) sender(t *testing.T, from string) (*sms.Sender, *witness) {
	t.Helper()
	seen := new(witness)
	sender, err := sms.New(sms.Config{
		AccountSID: accountSID, AuthToken: authToken, From: from, BaseURL: "http://" + p.address,
		StatusCallback: "https://hearback.council.example/webhooks/twilio/status",
		HTTPClient:     &http.Client{Transport: seen},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sender.Close() })
	return sender, seen
}

// witness is a transport that notes each fault that Prism finds.
type witness struct {
	mutex    sync.Mutex
	requests int
	faults   []string
}

// RoundTrip implements http.RoundTripper.
func (w *witness) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(strings.NewReader(string(body)))
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.requests++
	if fault := faultOf(response, string(body)); fault != "" {
		w.faults = append(w.faults, request.Method+" "+request.URL.Path+": "+fault)
	}
	return response, nil
}

// faultOf gives what Prism found, empty if nothing: in a header of its own, or in a
// reply that it made in Twilio's place.
func faultOf(response *http.Response, body string) string {
	if strings.HasPrefix(response.Header.Get("Content-Type"), "application/problem+json") {
		return body
	}
	header := response.Header.Get("Sl-Violations")
	if header == "" || response.StatusCode < 400 {
		return header
	}
	var violations []struct{ Message string }
	if err := json.Unmarshal([]byte(header), &violations); err != nil {
		return header
	}
	for _, violation := range violations {
		// Twilio's description has no reply to a refused request, and Prism says
		// so of each.
		if !strings.HasPrefix(violation.Message, "Unable to match the returned status code") {
			return header
		}
	}
	return ""
}

func (w *witness) said() (requests int, faults []string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.requests, slices.Clone(w.faults)
}

// TestPrismFindsNoFault: every request that the channel makes, and every reply of the
// stand-in, is as Twilio describes it. The failures of the stand-in reach the channel
// unchanged.
func TestPrismFindsNoFault(t *testing.T) {
	p := prismOf(t)
	parameters := new(names)
	twilio := standin.NewTwilio(standin.TwilioFaults{})
	p.serve(t, parameters.note(twilio))
	words := map[string]string{
		"plain":     "We have your message. Jo will reply by 5pm on Mon 30 Nov.",
		"spaces":    " two  spaces\nand a line ",
		"alphabets": "Dziękujemy, شكریہ, আপনার বার্তা, 😀, ŵ ŷ",
		"marks":     `a+b=c&d%20 "quoted" \ {} <b>`,
		"long":      strings.Repeat("0123456789", 160),
	}
	begun := time.Now()
	for from, of := range map[string]string{
		"HertsSEND": "sender id", "+447700900000": "number", "MG0123456789abcdef0123456789abcdef": "messaging service",
	} {
		sender, seen := p.sender(t, from)
		for name, text := range words {
			m := channel.Message{ID: "H-10482-3", To: "+447700900123", Text: text + " (" + of + ")"}
			receipt, err := sender.Send(t.Context(), m)
			if err != nil {
				t.Errorf("%s, %s: Send = %v", of, name, err)
				continue
			}
			if found, err := sender.Find(t.Context(), begun, m); err != nil || len(found) != 1 || found[0].ProviderID != receipt.ProviderID {
				t.Errorf("%s, %s: Find = %v, %v, want the text that was sent", of, name, found, err)
			}
			if report, err := sender.Report(t.Context(), receipt.ProviderID); err != nil || report.Status != channel.Sending {
				t.Errorf("%s, %s: Report = %v, %v, want it to be on its way", of, name, report, err)
			}
		}
		requests, faults := seen.said()
		for _, fault := range faults {
			t.Errorf("%s: %s", of, fault)
		}
		if requests != 3*len(words) {
			t.Errorf("%s: %d requests went through Prism, want %d", of, requests, 3*len(words))
		}
	}
	if accepted := twilio.Counts().Accepted; accepted != 3*len(words) {
		t.Errorf("the stand-in accepted %d texts, want %d", accepted, 3*len(words))
	}
	t.Run("pages of a listing", func(t *testing.T) { p.pages(t, twilio) })
	t.Run("refusals", func(t *testing.T) { p.refusals(t, twilio) })
	t.Run("names of parameters", func(t *testing.T) { parameters.areKnown(t, p.description) })
}

// pages reads a listing of two pages, the second by the token of the first.
func (p prism) pages(t *testing.T, twilio *standin.Twilio) {
	sender, seen := p.sender(t, "HertsSEND")
	begun, before := time.Now(), twilio.Counts().Lookups
	const texts = 130
	for number := range texts {
		if _, err := sender.Send(t.Context(), channel.Message{ID: "H-1-1", To: "+447700900456", Text: fmt.Sprint("text ", number)}); err != nil {
			t.Fatal(err)
		}
	}
	found, err := sender.Find(t.Context(), begun, channel.Message{To: "+447700900456", Text: "text 0"})
	if err != nil || len(found) != 1 {
		t.Errorf("Find = %v, %v, want the oldest text", found, err)
	}
	if pages := twilio.Counts().Lookups - before; pages != 2 {
		t.Errorf("read %d pages, want 2", pages)
	}
	if requests, faults := seen.said(); len(faults) != 0 || requests != texts+2 {
		t.Errorf("%d requests, faults %v", requests, faults)
	}
}

// refusals: what Twilio says for good or for now comes through Prism as it was.
func (p prism) refusals(t *testing.T, twilio *standin.Twilio) {
	defer twilio.SetFaults(standin.TwilioFaults{})
	sender, seen := p.sender(t, "HertsSEND")
	for _, test := range []struct {
		faults  standin.TwilioFaults
		verdict channel.Verdict
		code    string
	}{
		{standin.TwilioFaults{Permanent: 1, PermanentCodes: []int{21610}}, channel.Never, "21610"},
		{standin.TwilioFaults{Throttled: 1, RetryAfter: 7 * time.Second}, channel.Retry, "20429"},
		{standin.TwilioFaults{Temporary: 1}, channel.Unknown, "20503"},
	} {
		twilio.SetFaults(test.faults)
		_, err := sender.Send(t.Context(), message(1))
		if failure := channel.FailureOf(err); failure == nil || failure.Verdict != test.verdict || failure.Code != test.code {
			t.Errorf("Send = %v, want %s, %s", err, test.verdict, test.code)
		}
	}
	if _, faults := seen.said(); len(faults) != 0 {
		t.Errorf("faults %v", faults)
	}
}

// TestPrismCanFail: a judge that never finds anything is no judge.
func TestPrismCanFail(t *testing.T) {
	p := prismOf(t)
	good := "/2010-04-01/Accounts/" + accountSID + "/Messages.json"
	form := func(pairs ...string) url.Values {
		values := url.Values{"To": {"+447700900123"}, "From": {"HertsSEND"}, "Body": {"words"}}
		for i := 0; i < len(pairs); i += 2 {
			values.Set(pairs[i], pairs[i+1])
		}
		return values
	}
	t.Run("requests", func(t *testing.T) {
		p.serve(t, standin.NewTwilio(standin.TwilioFaults{}))
		for name, test := range map[string]struct {
			method, path string
			form         url.Values
			anonymous    bool
			right        bool
		}{
			"right":                      {http.MethodPost, good, form(), false, true},
			"nobody to send to":          {http.MethodPost, good, url.Values{"From": {"HertsSEND"}, "Body": {"words"}}, false, false},
			"a field of another kind":    {http.MethodPost, good, form("ValidityPeriod", "soon"), false, false},
			"a word that is not known":   {http.MethodPost, good, form("ContentRetention", "for ever"), false, false},
			"an account of another form": {http.MethodPost, "/2010-04-01/Accounts/AC1/Messages.json", form(), false, false},
			"no password":                {http.MethodPost, good, form(), true, false},
			"another path":               {http.MethodPost, "/2010-04-01/Accounts/" + accountSID + "/Message.json", form(), false, false},
			"another method":             {http.MethodPut, good, form(), false, false},
			"too large a page":           {http.MethodGet, good + "?PageSize=1001", nil, false, false},
			"a text of another form":     {http.MethodGet, "/2010-04-01/Accounts/" + accountSID + "/Messages/SM1.json", nil, false, false},
		} {
			request, err := http.NewRequestWithContext(t.Context(), test.method, "http://"+p.address+test.path, strings.NewReader(test.form.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if !test.anonymous {
				request.SetBasicAuth(accountSID, authToken)
			}
			p.judges(t, name, request, test.right)
		}
	})
	t.Run("replies", func(t *testing.T) {
		right := reply(standin.NewTwilio(standin.TwilioFaults{}), good, form())
		var wrong string
		p.serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, wrong)
		}))
		for name, change := range map[string][2]string{
			"right":                    {"", ""},
			"a status that is none":    {`"status": "queued"`, `"status": "waiting"`},
			"a field that is missing":  {`"num_segments": "1", `, ``},
			"a field that is too many": {`{"account_sid"`, `{"cost": 1, "account_sid"`},
			"a number for words":       {`"num_segments": "1"`, `"num_segments": 1`},
			"a name of another form":   {`"sid": "SM`, `"sid": "XX`},
		} {
			wrong = strings.Replace(right, change[0], change[1], 1)
			if name != "right" && wrong == right {
				t.Fatalf("%s: nothing was changed in %s", name, right)
			}
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+p.address+good, strings.NewReader(form().Encode()))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			request.SetBasicAuth(accountSID, authToken)
			p.judges(t, name, request, name == "right")
		}
	})
}

// reply is the body with which a handler answers a form.
func reply(handler http.Handler, path string, form url.Values) string {
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode())))
	return recorder.Body.String()
}

func (p prism) judges(t *testing.T, name string, request *http.Request, right bool) {
	t.Helper()
	seen := new(witness)
	response, err := (&http.Client{Transport: seen}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if _, faults := seen.said(); (len(faults) == 0) != right {
		t.Errorf("%s: Prism found %v", name, faults)
	}
}

// names are those of the parameters that came, by method. Prism lets a misspelt one
// pass, and Twilio would ignore it.
type names struct {
	mutex sync.Mutex
	came  map[string]bool
}

func (n *names) note(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			form = url.Values{"a form that cannot be read": nil}
		}
		n.mutex.Lock()
		for _, values := range []url.Values{form, r.URL.Query()} {
			for name := range values {
				if n.came == nil {
					n.came = make(map[string]bool)
				}
				n.came[r.Method+" "+name] = true
			}
		}
		n.mutex.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		next.ServeHTTP(w, r)
	})
}

// areKnown compares the names with those in Twilio's description.
func (n *names) areKnown(t *testing.T, description string) {
	data, err := os.ReadFile(description)
	if err != nil {
		t.Fatal(err)
	}
	var api struct {
		Paths map[string]struct {
			Get  struct{ Parameters []struct{ Name, In string } }
			Post struct {
				RequestBody struct {
					Content map[string]struct {
						Schema struct{ Properties map[string]any }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(data, &api); err != nil {
		t.Fatal(err)
	}
	known := make(map[string]bool)
	for _, path := range api.Paths {
		for _, parameter := range path.Get.Parameters {
			known["GET "+parameter.Name] = parameter.In == "query"
		}
		for _, form := range path.Post.RequestBody.Content {
			for name := range form.Schema.Properties {
				known["POST "+name] = true
			}
		}
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for name := range n.came {
		if !known[name] {
			t.Errorf("a request has %s, which Twilio does not know", name)
		}
	}
	for _, name := range []string{
		"POST To", "POST Body", "POST From", "POST MessagingServiceSid", "POST StatusCallback", "GET To", "GET PageSize", "GET PageToken",
	} {
		if !n.came[name] {
			t.Errorf("no request had %s", name)
		}
	}
}
