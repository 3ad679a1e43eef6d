package inbound_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier/inbound"
)

// tokens are the tokens that are good, and who has the address of each.
type tokens map[string][]inbound.Leaver

func (k tokens) Unsubscribe(token string) (address string, leavers []inbound.Leaver, ok bool) {
	leavers, ok = k[token]
	return "sam@family.example", leavers, ok
}

const (
	formBody      = "application/x-www-form-urlencoded"
	multipartBody = "multipart/form-data; boundary=xxx"
	multipartForm = "--xxx\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--xxx--\r\n"
)

func click(s *store, now time.Time, method, path, contentType, body string) *httptest.ResponseRecorder {
	known := tokens{"good-token_1": {{Case: "H-1", Contact: "c1"}}, "shared-token": {{Case: "H-1", Contact: "c1"}, {Case: "H-2", Contact: "c1"}, {Case: "H-2", Contact: "c4"}}}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return do(inbound.OneClick(known, s, func() time.Time { return now }), r)
}

func TestOneClick(t *testing.T) {
	const good = inbound.UnsubscribePath + "good-token_1"
	for name, one := range map[string]struct {
		method, path, contentType, body string
		status                          int
	}{
		"a form":                             {"POST", good, formBody, "List-Unsubscribe=One-Click", 200},
		"a form with its character set":      {"POST", good, formBody + "; charset=utf-8", "List-Unsubscribe=One-Click&more=1", 200},
		"a multipart form":                   {"POST", good, multipartBody, multipartForm, 200},
		"somebody who looks":                 {"GET", good, "", "", 200},
		"a program that asks for the header": {"HEAD", good, "", "", 200},
		"an empty form":                      {"POST", good, formBody, "", 400},
		"another form":                       {"POST", good, formBody, "List-Unsubscribe=Two-Clicks", 400},
		"no form":                            {"POST", good, "", "List-Unsubscribe=One-Click", 400},
		"another type":                       {"POST", good, "application/json", `{"List-Unsubscribe":"One-Click"}`, 400},
		"a multipart form that is cut short": {"POST", good, multipartBody, multipartForm[:60], 400},
		"a multipart form without a mark":    {"POST", good, "multipart/form-data", multipartForm, 400},
		"a large form":                       {"POST", good, formBody, "List-Unsubscribe=One-Click&x=" + strings.Repeat("x", 5000), 400},
		"the click in the address":           {"POST", good + "?List-Unsubscribe=One-Click", formBody, "", 400},
		"a token that is none":               {"POST", inbound.UnsubscribePath + "bad", formBody, "List-Unsubscribe=One-Click", 404},
		"no token":                           {"POST", inbound.UnsubscribePath, formBody, "List-Unsubscribe=One-Click", 404},
		"a token that is too long":           {"GET", inbound.UnsubscribePath + strings.Repeat("a", 600), "", "", 404},
		"a look with a token that is none":   {"GET", inbound.UnsubscribePath + "bad", "", "", 404},
		"another method":                     {"DELETE", good, "", "", 405},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{}
			w := click(s, monday(), one.method, one.path, one.contentType, one.body)
			stored := 0
			if one.method == http.MethodPost && one.status == http.StatusOK {
				stored = 1
			}
			if w.Code != one.status || len(s.events) != stored {
				t.Fatalf("answered %d, stored %+v", w.Code, s.events)
			}
			if button := strings.Contains(w.Body.String(), "<button>"); button != (one.method != http.MethodPost && one.status == 200) {
				t.Errorf("a button: %v", button)
			}
			header := w.Header()
			if header.Get("Referrer-Policy") != "no-referrer" || header.Get("Cache-Control") != "no-store" || header.Get("Location") != "" || header.Get("Set-Cookie") != "" {
				t.Errorf("headers are %v", header)
			}
			if strings.Contains(w.Body.String(), "family.example") || strings.Contains(w.Body.String(), "good-token") {
				t.Errorf("the page shows what it must not: %s", w.Body)
			}
		})
	}
}

func TestOneClickIsStoredBeforeItIsAnswered(t *testing.T) {
	const path = inbound.UnsubscribePath + "good-token_1"
	s := &store{err: errors.New("the stream cannot be reached")}
	if w := click(s, monday(), "POST", path, formBody, "List-Unsubscribe=One-Click"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("answered %d although nothing was stored", w.Code)
	}
	s.err = nil
	for _, at := range []time.Duration{0, 20 * time.Second, time.Hour} {
		click(s, monday().Add(at), "POST", path, formBody, "List-Unsubscribe=One-Click")
	}
	e := s.events[0]
	said, err := events.DataOf[events.OptedOut](e)
	want := events.OptedOut{Channel: "email", Contact: "c1", Address: "sam@family.example", Told: true}
	if err != nil || said != want || e.Type != events.TypeContactOptedOut || e.Case != "H-1" || strings.Contains(e.ID, "good-token") {
		t.Errorf("stored %+v with %+v", e, said)
	}
	if s.events[1].Identity() != e.Identity() {
		t.Error("the same click, sent again at once, is another event")
	}
	if s.events[2].Identity() == e.Identity() {
		t.Error("an hour later the same link is good for nothing")
	}
}

// Who ends emails means the address, whichever case writes to it.
func TestOneClickCountsForEveryCaseWithTheAddress(t *testing.T) {
	s := &store{}
	click(s, monday(), "POST", inbound.UnsubscribePath+"shared-token", formBody, "List-Unsubscribe=One-Click")
	var who []string
	ids := map[string]bool{}
	for _, e := range s.events {
		said, err := events.DataOf[events.OptedOut](e)
		if err != nil {
			t.Fatal(err)
		}
		who, ids[e.ID] = append(who, e.Case+" "+said.Contact), true
	}
	if want := []string{"H-1 c1", "H-2 c1", "H-2 c4"}; !slices.Equal(who, want) || len(ids) != len(want) {
		t.Errorf("opted out are %v by %d identities, want %v", who, len(ids), want)
	}
}

// FuzzOneClick: nobody opts out but by a good token, a POST and the words of RFC 8058,
// in the body and nowhere else.
func FuzzOneClick(f *testing.F) {
	const good = inbound.UnsubscribePath + "good-token_1"
	f.Add("POST", good, "", formBody, "", []byte("List-Unsubscribe=One-Click"))
	f.Add("POST", good, "", multipartBody, "Content-Encoding", []byte(multipartForm))
	f.Add("POST", good, "List-Unsubscribe=One-Click", formBody, "X-HTTP-Method-Override", []byte(""))
	f.Add("GET", good, "List-Unsubscribe=One-Click", "", "X-HTTP-Method-Override", []byte("List-Unsubscribe=One-Click"))
	f.Add("POST", "/unsubscribe/%00", "%zz", "multipart/form-data; boundary=\"", "Cookie", []byte("--\r\n"))
	f.Fuzz(func(t *testing.T, method, path, query, contentType, header string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
		r.Method, r.URL.Path, r.URL.RawQuery = method, path, query
		r.Header[header] = []string{"POST", "gzip", query}
		r.Header["Content-Type"] = []string{contentType}
		s := &store{}
		w := do(inbound.OneClick(tokens{"good-token_1": {{Case: "H-1", Contact: "c1"}}}, s, monday), r)
		// The words may be encoded, which makes them no shorter.
		may := method == http.MethodPost && path == good && len(body) >= len("List-Unsubscribe=One-Click")
		if len(s.events) > 0 && !may || method == http.MethodPost && (w.Code < 300) != (len(s.events) == 1) || w.Code >= 500 {
			t.Fatalf("answered %d, stored %d", w.Code, len(s.events))
		}
		for _, e := range s.events {
			if err := e.Check(monday()); err != nil {
				t.Fatal(err)
			}
		}
		for name := range w.Header() {
			if name == "Location" || name == "Set-Cookie" {
				t.Fatalf("the answer has %s", name)
			}
		}
	})
}
