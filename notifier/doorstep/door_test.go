package doorstep_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"hearback/notifier/doorstep"
	"hearback/notifier/link"
)

// every lists a link of each kind that has a page.
func every(t testing.TB) []string {
	paths := []string{family(t)}
	for _, purpose := range staffPurposes {
		paths = append(paths, officer(t, purpose))
	}
	return paths
}

// Programs that look for viruses follow links, and some ask in other ways first.
func TestLookingChangesNothing(t *testing.T) {
	c := herts()
	h := c.site()
	for _, path := range every(t) {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete, http.MethodPatch, "PROPFIND"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(method, path+"?channel=phone&until=2026-12-04&reason=r&no-texts=yes", strings.NewReader("channel=phone&until=2026-12-04&reason=r")))
			if allowed := method == http.MethodGet || method == http.MethodHead; allowed != (w.Code == http.StatusOK) || !allowed && w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s: status %d", method, w.Code)
			} else if !allowed && (w.Header().Get("Allow") != "GET, HEAD, POST" || !strings.Contains(w.Body.String(), "cannot be used like that")) {
				t.Errorf("%s: allows %q", method, w.Header().Get("Allow"))
			}
		}
	}
	if len(c.published) != 0 {
		t.Errorf("%d published", len(c.published))
	}
}

// What a form asks for is read from its body, never from the address.
func TestAnAddressFillsInNothing(t *testing.T) {
	c := herts()
	says(t, post(c.site(), officer(t, link.OfficerReplied)+"?channel=phone", nil), http.StatusUnprocessableEntity, "Choose how you replied")
	if len(c.published) != 0 {
		t.Error("something was published")
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	c := herts()
	paths := append(every(t), "/f/broken", "/nothing", "/doorstep/doorstep.css")
	for _, path := range paths {
		for _, w := range []*httptest.ResponseRecorder{get(c.site(), path), post(c.site(), path, url.Values{"channel": {"phone"}})} {
			for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
				"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s: %s is %q", path, name, got)
				}
			}
			if cache := w.Header().Get("Cache-Control"); cache != "no-store" && !strings.HasPrefix(path, "/doorstep/") {
				t.Errorf("%s may be kept: %s", path, cache)
			}
		}
	}
}

// No page holds the token that it came by.
func TestNoPageHoldsAToken(t *testing.T) {
	c := herts()
	for _, path := range append(every(t), "/f/"+strings.Repeat("A", 50)) {
		held := path[3:]
		for _, w := range []*httptest.ResponseRecorder{get(c.site(), path), post(c.site(), path, nil), post(c.site(), path, url.Values{"channel": {"phone"}, "until": {"2026-12-04"}, "reason": {"r"}})} {
			if strings.Contains(w.Body.String(), held) || strings.Contains(strings.Join(w.Header()["Location"], ""), held) {
				t.Errorf("%s holds its token", path[:3])
			}
		}
	}
}

func TestLinksThatDoNotOpen(t *testing.T) {
	c := herts()
	h := c.site()
	good := officer(t, link.OfficerReplied)
	old := link.Link{Purpose: link.OfficerReplied, Case: "H-10482", Promise: "reply/call-1", Person: "o.jane", Expires: morning().Add(-time.Hour)}
	const broken, stale = "This link does not work", "This link has stopped working"
	for path, want := range map[string]string{
		"/a/" + token(t, old):      stale,
		good[:len(good)-1]:         broken,
		good[:9] + "A" + good[10:]: broken,
		strings.ToUpper(good):      "Page not found",
		"/a/" + family(t)[3:]:      broken,
		"/f/" + good[3:]:           broken,
		"/f/" + token(t, link.Link{Purpose: link.Unsubscribe, Case: "H-10482", Person: "c1", SentTo: keys().Tag(address)}): broken,
		"/a/x":                    broken,
		"/a/%3Cscript%3E":         broken,
		"/a/":                     "Page not found",
		"/f":                      "Page not found",
		"/":                       "Page not found",
		"/doorstep/":              "Page not found",
		"/a/x/y":                  "Page not found",
		"/doorstep/doorstep.html": "Page not found",
	} {
		status := http.StatusNotFound
		if want == stale {
			status = http.StatusGone
		}
		s := says(t, get(h, path), status, want, "To talk to us, call 01632 960123.")
		if strings.Contains(s.text, "H-10482") || strings.Contains(s.text, "Okafor") || strings.Contains(s.text, "script") {
			t.Errorf("%s says too much: %s", path, s.text)
		}
		says(t, post(h, path, url.Values{"channel": {"phone"}}), status, want)
	}
	if len(c.published) != 0 {
		t.Errorf("%d published", len(c.published))
	}
	// Without keys no link opens; without a telephone none is named.
	c.book.Phone = ""
	if s := says(t, get(doorstep.New(c, c, doorstep.Options{}), good), http.StatusNotFound, broken); strings.Contains(s.text, "To talk to us") {
		t.Error(s.text)
	}
}

func TestWhoMayPost(t *testing.T) {
	for name, test := range map[string]struct {
		headers map[string]string
		status  int
	}{
		"our own page":                   {map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, http.StatusOK},
		"our own page, an old browser":   {map[string]string{"Origin": "null"}, http.StatusOK},
		"our own page, older still":      {nil, http.StatusOK},
		"another site":                   {map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://attacker.example"}, http.StatusForbidden},
		"another site, hidden":           {map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "null"}, http.StatusForbidden},
		"another site of the same owner": {map[string]string{"Sec-Fetch-Site": "same-site"}, http.StatusForbidden},
		"another site, an old browser":   {map[string]string{"Origin": "https://attacker.example"}, http.StatusForbidden},
	} {
		c := herts()
		r := httptest.NewRequest(http.MethodPost, officer(t, link.OfficerReplied), strings.NewReader("channel=phone"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for header, value := range test.headers {
			r.Header.Set(header, value)
		}
		w := httptest.NewRecorder()
		c.site().ServeHTTP(w, r)
		if s := look(t, w.Body.String()); w.Code != test.status || (len(c.published) == 1) != (test.status == http.StatusOK) {
			t.Errorf("%s: status %d, %d published: %s", name, w.Code, len(c.published), s.text)
		}
	}
}

func TestFormsThatCannotBeRead(t *testing.T) {
	for body, status := range map[string]int{
		"channel=phone&note=" + strings.Repeat("a", 17<<10): http.StatusRequestEntityTooLarge,
		"channel=%zz": http.StatusBadRequest,
		"channel;":    http.StatusBadRequest,
	} {
		for _, path := range every(t) {
			c := herts()
			r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			c.site().ServeHTTP(w, r)
			if says(t, w, status, "We could not read the form", "Nothing was changed."); len(c.published) != 0 {
				t.Error("something was published")
			}
		}
	}
}

func TestAssets(t *testing.T) {
	h := herts().site()
	for path, want := range map[string]string{"/doorstep/doorstep.css?v=1": "text/css; charset=utf-8", "/doorstep/doorstep.svg": "image/svg+xml"} {
		if w := get(h, path); w.Code != http.StatusOK || w.Header().Get("Content-Type") != want || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %s", path, w.Code, w.Header())
		}
	}
	page := get(h, family(t)).Body.String()
	if !strings.Contains(page, `href="/doorstep/doorstep.css?v=`) || strings.Contains(get(h, "/doorstep/doorstep.css").Body.String(), "url(") {
		t.Error("the page has not its own stylesheet, or that fetches more")
	}
}

func TestAnAnswerThatCouldNotBeStored(t *testing.T) {
	for purpose, form := range map[link.Purpose]url.Values{
		link.OfficerReplied: {"channel": {"email"}, "note": {"kept"}},
		link.OfficerUntil:   {"until": {"2026-12-04"}, "reason": {"kept"}},
		link.OfficerNotMine: {"who": {"kept"}},
	} {
		c := herts()
		c.refuse = errors.New("dial 192.0.2.1: refused")
		w := post(c.site(), officer(t, purpose), form)
		s := says(t, w, http.StatusServiceUnavailable, "It is not known whether this was stored. Press the button again")
		if strings.Contains(s.text, "192.0.2.1") || !strings.Contains(w.Body.String(), "kept") {
			t.Errorf("%v: a fault is shown, or what was filled in is gone", purpose)
		}
		c.refuse = nil
		says(t, post(c.site(), officer(t, purpose), form), http.StatusOK)
	}
}

// FuzzForms posts anything to any link: the pages stay sound, and what is published
// can always be taken.
func FuzzForms(f *testing.F) {
	for kind, body := range map[uint8]string{
		0: "prefers=sms&language=pl&no-emails=yes&hours=between&from=09:00&to=18:00&showing=x&seen=y",
		1: "channel=phone&note=%3Cscript%3E", 2: "until=2026-12-04&reason=" + url.QueryEscape(nasty) + "&seen=x", 3: "who=%ff%00",
	} {
		f.Add(kind, body)
		f.Add(kind, "")
		f.Add(kind, "note=%10&channel=phone&until=%00&reason=%ef%bf%be&who=%7f&seen=%01")
		f.Add(kind, "until=04/12/2026&reason=%0d%0a%09&hours=between&from=24:00&to=-&channel=&who=%e2%80%ae")
	}
	paths := every(f)
	f.Fuzz(func(t *testing.T, kind uint8, body string) {
		c := herts()
		r := httptest.NewRequest(http.MethodPost, paths[int(kind)%len(paths)], strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		c.site().ServeHTTP(w, r)
		look(t, w.Body.String())
		for _, e := range c.published {
			if err := e.Check(morning()); err != nil {
				t.Errorf("published what is refused: %v", err)
			}
		}
		// Nothing is published for a family whose wishes are what the form says already.
		if len(c.published) > 1 || w.Code != http.StatusOK && len(c.published) > 0 || w.Code >= 500 {
			t.Errorf("status %d, %d published", w.Code, len(c.published))
		}
	})
}
