package signin_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/notifier/signin"
	"hearback/notifier/signin/signintest"
)

// clock is moved by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// office is a site that lets people in, its identity provider, and one browser.
type office struct {
	t        *testing.T
	clock    *clock
	provider *signintest.Provider
	options  signin.Options
	signIn   *signin.SignIn
	site     *httptest.Server
	browser  *http.Client
	log      bytes.Buffer
}

func secretOf(letter string) []byte { return []byte(strings.Repeat(letter, 32)) }

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, clock: &clock{at: time.Date(2026, time.November, 30, 9, 30, 0, 0, time.UTC)}}
	o.provider = signintest.Start(t, o.clock.now)
	o.provider.As(map[string]any{"name": "Jane Okafor", "email": "jane.okafor@council.example", "email_verified": true, "roles": []string{"hearback.Manager", "other"}, "teams": "north"})
	o.site = httptest.NewUnstartedServer(nil)
	o.options = signin.Options{Issuer: o.provider.Issuer, ClientID: signintest.ClientID, ClientSecret: signintest.ClientSecret,
		Public: "http://" + o.site.Listener.Addr().String(), Secrets: [][]byte{secretOf("a")}, Scopes: []string{"openid", "email"},
		PersonClaims: []string{"email", "preferred_username", "upn"}, RolesClaim: "roles", TeamsClaim: "teams", Roles: []string{"officer", "manager", "operator"},
		Show: show, Log: slog.New(slog.NewTextHandler(&o.log, nil)), Now: o.clock.now}
	o.signIn = must(signin.New(o.options))
	o.site.Config.Handler = pages(o.signIn)
	o.site.Start()
	t.Cleanup(o.site.Close)
	o.browser = o.newBrowser()
	return o
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// newBrowser is another browser, with no cookies.
func (o *office) newBrowser() *http.Client {
	return &http.Client{Jar: must(cookiejar.New(nil)), Timeout: 10 * time.Second}
}

// pages are the site: whoever is in is told who they are and where.
func pages(s *signin.SignIn) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/sign-in", s.Handler())
	mux.Handle("/sign-in/", s.Handler())
	mux.Handle("/sign-out", s.Handler())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if who, ok := s.Who(w, r); ok {
			fmt.Fprintf(w, "%s %s: %+v", r.Method, r.URL.RequestURI(), who)
		}
	})
	return mux
}

func show(w http.ResponseWriter, status int, p signin.Page) {
	w.WriteHeader(status)
	fmt.Fprint(w, html.EscapeString(fmt.Sprintf("%+v", p)))
}

// get follows the redirects like a browser.
func (o *office) get(path string) (status int, body string) {
	o.t.Helper()
	return o.read(o.browser.Get(o.site.URL + path))
}

func (o *office) read(response *http.Response, err error) (status int, body string) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode, string(must(io.ReadAll(response.Body)))
}

// steps does not follow redirects.
func steps(browser *http.Client) *http.Client {
	slow := *browser
	slow.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &slow
}

// answered goes as far as the identity provider's answer, which is not yet followed.
func (o *office) answered(browser *http.Client) (answer string) {
	o.t.Helper()
	at := o.site.URL + "/sign-in?to=/families"
	for range 2 {
		response, err := steps(browser).Get(at)
		o.read(response, err)
		if at = response.Header.Get("Location"); at == "" {
			o.t.Fatalf("%s leads nowhere", response.Request.URL.Path)
		}
	}
	return at
}

func (o *office) expect(path string, status int, words ...string) {
	o.t.Helper()
	got, body := o.get(path)
	o.judge(got, body, status, words...)
}

func (o *office) judge(got int, body string, status int, words ...string) {
	o.t.Helper()
	if got != status {
		o.t.Fatalf("it answered %d, not %d: %s", got, status, body)
	}
	for _, w := range words {
		if !strings.Contains(body, w) {
			o.t.Errorf("it does not say %q: %s", w, body)
		}
	}
	if strings.Contains(body, "secret words") {
		o.t.Errorf("it repeats what the identity provider said: %s", body)
	}
}

// out expects that nobody is in.
func (o *office) out() {
	o.t.Helper()
	response, err := steps(o.browser).Get(o.site.URL + "/waiting")
	o.read(response, err)
	if response.StatusCode != http.StatusSeeOther || !strings.HasPrefix(response.Header.Get("Location"), "/sign-in") {
		o.t.Fatalf("somebody is in: %s", response.Status)
	}
}

func TestSomebodySignsIn(t *testing.T) {
	o := newOffice(t)
	o.expect("/find?q=Taylor", http.StatusOK, "GET /find?q=Taylor", "Jane Okafor", "Names:[jane.okafor@council.example]", "Roles:[manager]", "Teams:[north]")
	asked := o.provider.Asked()
	o.expect("/waiting", http.StatusOK, "Jane Okafor")
	if o.provider.Asked() != asked {
		t.Error("the identity provider was asked for a page of somebody who is in")
	}
	if o.log.Len() > 0 {
		t.Errorf("the log speaks of somebody who signed in: %s", o.log.String())
	}
}

func TestOnlyVerifiedAddressesCount(t *testing.T) {
	o := newOffice(t)
	o.provider.As(map[string]any{"email": "p.head@council.example", "preferred_username": "jo@elsewhere.example", "upn": "Jo"})
	if _, body := o.get("/"); !strings.Contains(body, "Names:[jo@elsewhere.example Jo]") {
		t.Errorf("an address that nobody has verified counts: %s", body)
	}
	o = newOffice(t)
	o.provider.As(map[string]any{"email": "p.head@council.example", "email_verified": false, "roles": "manager"})
	o.expect("/", http.StatusForbidden, "did not say who you are")
	o.out()
}

func TestRolesInManyForms(t *testing.T) {
	for _, test := range []struct {
		claim string
		roles any
		want  string
	}{
		{"roles", "officer", "Roles:[officer]"},
		{"roles", []any{"HEARBACK_MANAGER", "hearback:officer", "hearback/officer", 7, nil}, "Roles:[manager officer]"},
		{"roles", []any{"billing.manager", "hearback", "managers", ""}, "Roles:[]"},
		{"roles", map[string]any{"manager": true}, "Roles:[]"},
		{"realm_access.roles", []any{"operator"}, "Roles:[operator]"},
	} {
		o := newOffice(t)
		o.options.RolesClaim = test.claim
		o.signIn = must(signin.New(o.options))
		o.site.Config.Handler = pages(o.signIn)
		said := map[string]any{"upn": "o.jane", "roles": test.roles}
		if first, rest, deep := strings.Cut(test.claim, "."); deep {
			said = map[string]any{"upn": "o.jane", first: map[string]any{rest: test.roles}}
		}
		o.provider.As(said)
		o.expect("/", http.StatusOK, test.want)
	}
}

// TestTokensThatAreNotForUs: what does not fit in one way lets nobody in, and neither
// page nor log repeats what was in it.
func TestTokensThatAreNotForUs(t *testing.T) {
	other := must(rsa.GenerateKey(rand.Reader, 2048))
	for name, spoil := range map[string]func(o *office, claims map[string]any){
		"nonce":       func(_ *office, c map[string]any) { c["nonce"] = "another" },
		"no nonce":    func(_ *office, c map[string]any) { delete(c, "nonce") },
		"expired":     func(o *office, c map[string]any) { c["exp"] = o.clock.now().Add(-time.Second).Unix() },
		"no expiry":   func(_ *office, c map[string]any) { delete(c, "exp") },
		"audience":    func(_ *office, c map[string]any) { c["aud"] = "another-client" },
		"no audience": func(_ *office, c map[string]any) { delete(c, "aud") },
		"party":       func(_ *office, c map[string]any) { c["aud"], c["azp"] = []string{signintest.ClientID, "b"}, "b" },
		"two parties": func(_ *office, c map[string]any) { c["aud"] = []string{signintest.ClientID, "b"} },
		"issuer":      func(_ *office, c map[string]any) { c["iss"] = "https://issuer.example" },
		"not yet":     func(o *office, c map[string]any) { c["nbf"] = o.clock.now().Add(time.Hour).Unix() },
		"too much": func(_ *office, c map[string]any) {
			c["teams"] = strings.Split(strings.Repeat("a team of many,", 400), ",")
		},
		"nobody": func(_ *office, c map[string]any) { delete(c, "email") },
		"key":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			if spoil == nil {
				o.provider.SignWith(other)
			} else {
				o.provider.Spoil(func(claims map[string]any) { spoil(o, claims) })
			}
			o.expect("/families", http.StatusForbidden, "You are not signed in")
			o.out()
			for _, private := range []string{"jane", "Jane", "a team of many", "secret words", signintest.ClientSecret} {
				if strings.Contains(o.log.String(), private) {
					t.Errorf("the log says %q: %s", private, o.log.String())
				}
			}
			if !strings.Contains(o.log.String(), "could not sign in") {
				t.Error("the log does not say that somebody could not sign in")
			}
		})
	}
}

func TestAnswersThatDoNotBelong(t *testing.T) {
	for name, use := range map[string]func(o *office, answer string) (int, string){
		"another browser": func(o *office, answer string) (int, string) {
			o.browser = o.newBrowser()
			return o.read(o.browser.Get(answer))
		},
		"another browser that began too": func(o *office, answer string) (int, string) {
			o.browser = o.newBrowser()
			o.answered(o.browser)
			return o.read(o.browser.Get(answer))
		},
		"no state": func(o *office, answer string) (int, string) {
			u := must(url.Parse(answer))
			u.RawQuery = url.Values{"code": {u.Query().Get("code")}}.Encode()
			return o.read(o.browser.Get(u.String()))
		},
		"state changed": func(o *office, answer string) (int, string) {
			u := must(url.Parse(answer))
			query := u.Query()
			state := []byte(query.Get("state"))
			state[len(state)/2] ^= 1
			query.Set("state", string(state))
			u.RawQuery = query.Encode()
			return o.read(o.browser.Get(u.String()))
		},
		"another's code": func(o *office, answer string) (int, string) {
			// Somebody puts the code of their own sign-in into another's answer.
			theirs := must(url.Parse(o.answered(o.newBrowser())))
			u := must(url.Parse(answer))
			query := u.Query()
			query.Set("code", theirs.Query().Get("code"))
			u.RawQuery = query.Encode()
			return o.read(o.browser.Get(u.String()))
		},
		"another provider": func(o *office, answer string) (int, string) {
			return o.read(o.browser.Get(answer + "&iss=https%3A%2F%2Fissuer.example"))
		},
		"too late": func(o *office, answer string) (int, string) {
			o.clock.pass(11 * time.Minute)
			return o.read(o.browser.Get(answer))
		},
		"a refusal": func(o *office, answer string) (int, string) {
			u := must(url.Parse(answer))
			u.RawQuery = url.Values{"error": {"access_denied"}, "error_description": {"secret words"}, "state": {u.Query().Get("state")}}.Encode()
			return o.read(o.browser.Get(u.String()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			status, body := use(o, o.answered(o.browser))
			if status != http.StatusBadRequest && status != http.StatusForbidden || !strings.Contains(body, "Begin again") {
				t.Errorf("it answered %d: %s", status, body)
			}
			o.out()
		})
	}
}

func TestAnAnswerServesOnce(t *testing.T) {
	o := newOffice(t)
	answer := o.answered(o.browser)
	status, body := o.read(o.browser.Get(answer))
	o.judge(status, body, http.StatusOK, "/families", "Jane Okafor")
	status, body = o.read(o.browser.Get(answer))
	o.judge(status, body, http.StatusBadRequest, "a second time")
	// On another replica, which has not seen the answer, the provider refuses it.
	o.site.Config.Handler = pages(must(signin.New(o.options)))
	status, body = o.read(o.browser.Get(answer))
	o.judge(status, body, http.StatusForbidden, "did not let you through")
}

// TestManyPagesAtOnce: a browser that is opened again with all its pages begins as
// many attempts, and each comes back to its own page.
func TestManyPagesAtOnce(t *testing.T) {
	o := newOffice(t)
	answers := []string{o.answered(o.browser), o.answered(o.browser), o.answered(o.browser)}
	for _, answer := range answers {
		status, body := o.read(o.browser.Get(answer))
		o.judge(status, body, http.StatusOK, "/families", "Jane Okafor")
	}
}

func TestAProviderThatIsDown(t *testing.T) {
	o := newOffice(t)
	o.provider.Down(true)
	o.expect("/waiting", http.StatusServiceUnavailable, "does not answer")
	asked := o.provider.Asked()
	o.expect("/waiting", http.StatusServiceUnavailable)
	if o.provider.Asked() != asked {
		t.Error("a provider that does not answer is asked for every request")
	}
	if !strings.Contains(o.log.String(), "hearback doctor") || strings.Contains(o.log.String(), "secret words") {
		t.Errorf("the log says: %s", o.log.String())
	}
	o.provider.Down(false)
	o.clock.pass(3 * time.Second)
	o.expect("/waiting", http.StatusOK, "Jane Okafor")

	// Whoever is in stays in while it is down; nobody else comes in.
	o.provider.Down(true)
	o.expect("/waiting", http.StatusOK, "Jane Okafor")
	o.browser = o.newBrowser()
	if status, body := o.read(o.browser.Get(o.site.URL + "/sign-in/answer?code=x&state=y")); status != http.StatusBadRequest {
		t.Errorf("it answered %d: %s", status, body)
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Run("without a request", func(t *testing.T) {
		o := newOffice(t)
		o.expect("/", http.StatusOK)
		o.clock.pass(29 * time.Minute)
		o.expect("/", http.StatusOK)
		o.clock.pass(29 * time.Minute)
		o.expect("/", http.StatusOK)
		o.clock.pass(30 * time.Minute)
		o.out()
	})
	t.Run("after ten hours", func(t *testing.T) {
		o := newOffice(t)
		o.expect("/", http.StatusOK)
		for range 29 {
			o.clock.pass(20 * time.Minute)
			if response, err := steps(o.browser).Get(o.site.URL); err != nil || response.StatusCode != http.StatusOK {
				t.Fatalf("the session ended early: %v, %v", response, err)
			}
		}
		o.clock.pass(20 * time.Minute)
		o.out()
	})
	t.Run("with a page that asks by itself", func(t *testing.T) {
		o := newOffice(t)
		o.expect("/", http.StatusOK)
		ask := func() int {
			r := must(http.NewRequest(http.MethodGet, o.site.URL+"/changes", nil))
			r.Header.Set("Sec-Fetch-Mode", "cors")
			status, _ := o.read(o.browser.Do(r))
			return status
		}
		for range 2 {
			o.clock.pass(14 * time.Minute)
			if got := ask(); got != http.StatusOK {
				t.Fatalf("it answered %d", got)
			}
		}
		o.clock.pass(2 * time.Minute)
		if got := ask(); got != http.StatusUnauthorized {
			t.Errorf("half an hour later it answered %d", got)
		}
	})
	t.Run("a form is not stored", func(t *testing.T) {
		o := newOffice(t)
		status, body := o.read(o.browser.PostForm(o.site.URL+"/replies", url.Values{"case": {"H-10482"}}))
		o.judge(status, body, http.StatusUnauthorized, "nothing was stored")
	})
}

func TestSomebodySignsOut(t *testing.T) {
	o := newOffice(t)
	o.expect("/sign-out", http.StatusOK, "Nobody is signed in")
	o.expect("/", http.StatusOK)
	address := must(url.Parse(o.site.URL))
	kept := o.browser.Jar.Cookies(address)
	o.expect("/sign-out", http.StatusOK, "Button:/sign-out")
	o.expect("/", http.StatusOK) // looking is not going
	status, body := o.read(o.browser.PostForm(o.site.URL+"/sign-out", nil))
	o.judge(status, body, http.StatusOK, "You are signed out", o.provider.Issuer+"/leave?client_id=hearback-console")
	o.out()
	o.browser.Jar.SetCookies(address, kept)
	o.out()
}

func TestCookiesCannotBeMadeUp(t *testing.T) {
	o := newOffice(t)
	o.expect("/", http.StatusOK)
	address := must(url.Parse(o.site.URL))
	cookies := map[string]string{}
	for _, c := range o.browser.Jar.Cookies(address) {
		cookies[c.Name] = c.Value
	}
	good := cookies["hearback-session"]
	if good == "" {
		t.Fatal("there is no session")
	}
	state := must(url.Parse(o.answered(o.browser))).Query().Get("state")
	for name, value := range map[string]string{"empty": "", "short": good[:len(good)-4], "longer": good + "AAAA", "an attempt": state,
		"changed": good[:40] + string(good[40]^1) + good[41:], "another's": must(url.Parse(newOffice(t).answered(o.newBrowser()))).Query().Get("state"), "not letters": "%%%"} {
		o.browser.Jar.SetCookies(address, []*http.Cookie{{Name: "hearback-session", Value: value, Path: "/"}})
		t.Run(name, func(t *testing.T) { o.t = t; o.out() })
	}
	o.t = t
	o.browser.Jar.SetCookies(address, []*http.Cookie{{Name: "hearback-session", Value: good, Path: "/"}})
	o.expect("/", http.StatusOK)

	// A new secret before the old one ends nobody's session; without the old one, all.
	o.options.Secrets = [][]byte{secretOf("b"), secretOf("a")}
	o.site.Config.Handler = pages(must(signin.New(o.options)))
	if status, _ := o.read(steps(o.browser).Get(o.site.URL)); status != http.StatusOK {
		t.Errorf("a new secret ended the session: %d", status)
	}
	o.options.Secrets = o.options.Secrets[:1]
	o.site.Config.Handler = pages(must(signin.New(o.options)))
	o.out()
}

func TestCookiesAreMarked(t *testing.T) {
	o := newOffice(t)
	o.options.Public = "https://hearback.council.example/"
	site := pages(must(signin.New(o.options)))
	answer := httptest.NewRecorder()
	site.ServeHTTP(answer, httptest.NewRequest("GET", "/sign-in", nil))
	cookies := answer.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("there are %d cookies", len(cookies))
	}
	c := cookies[0]
	if c.Name != "__Host-hearback-sign-in" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 600 {
		t.Errorf("the cookie is %s", c)
	}
	if to := must(url.Parse(answer.Header().Get("Location"))).Query().Get("redirect_uri"); to != "https://hearback.council.example/sign-in/answer" {
		t.Errorf("the identity provider sends people to %s", to)
	}
}

func TestPaces(t *testing.T) {
	o := newOffice(t)
	site := pages(o.signIn)
	ask := func(from, forwarded string) int {
		r := httptest.NewRequest("GET", "/sign-in", nil)
		r.RemoteAddr = from
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		answer := httptest.NewRecorder()
		site.ServeHTTP(answer, r)
		return answer.Code
	}
	for range signin.AttemptsAtOnce {
		if got := ask("192.0.2.1:4000", ""); got != http.StatusSeeOther {
			t.Fatalf("it answered %d", got)
		}
	}
	for from, want := range map[string]int{"192.0.2.1:5000": http.StatusTooManyRequests, "192.0.2.2:4000": http.StatusSeeOther} {
		if got := ask(from, "198.51.100.7"); got != want {
			t.Errorf("%s is answered %d, not %d", from, got, want)
		}
	}
	o.clock.pass(time.Second)
	if got := ask("192.0.2.1:4000", ""); got != http.StatusSeeOther {
		t.Errorf("a second later it answered %d", got)
	}
	for i := range 2*signin.PacedMost + 10 {
		ask("127.0.0.1:4000", fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255))
	}
	if n := o.signIn.Remembered(); n > 2*signin.PacedMost {
		t.Errorf("%d addresses are remembered", n)
	}
}

func TestASessionAsksTooMuch(t *testing.T) {
	o := newOffice(t)
	o.expect("/", http.StatusOK)
	for range signin.RequestsAtOnce - 1 {
		o.get("/")
	}
	o.expect("/", http.StatusTooManyRequests, "Wait a few seconds")
	o.clock.pass(time.Second)
	o.expect("/", http.StatusOK)
}

func TestVisitors(t *testing.T) {
	proxies := prefixes("10.1.0.0/16")
	for _, test := range []struct{ from, forwarded, want string }{
		{"192.0.2.1:1", "", "192.0.2.1"},
		{"192.0.2.1:1", "198.51.100.7", "192.0.2.1"},
		{"127.0.0.1:1", "198.51.100.7", "198.51.100.7"},
		{"[::1]:1", "6.6.6.6, 198.51.100.7", "198.51.100.7"},
		{"10.1.2.3:1", "6.6.6.6, 198.51.100.7, 10.1.9.9", "198.51.100.7"},
		{"10.1.2.3:1", "", "10.1.2.3"},
		{"10.1.2.3:1", "198.51.100.7, nonsense", "10.1.2.3"},
		{"[2001:db8:1:2:3:4:5:6]:1", "", "2001:db8:1:2::/64"},
		{"[::ffff:192.0.2.1]:1", "", "192.0.2.1"},
		{"127.0.0.1:1", "fe80::1%eth0", "fe80::/64"},
		{"@", "", "@"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.from
		if test.forwarded != "" {
			r.Header.Set("X-Forwarded-For", test.forwarded)
		}
		if got := signin.Visitor(r, proxies); got != test.want {
			t.Errorf("%s, forwarded for %q, is %s, not %s", test.from, test.forwarded, got, test.want)
		}
	}
}

func TestSecretsAndAddressesThatWillNotDo(t *testing.T) {
	for name, change := range map[string]func(*signin.Options){
		"no secret":    func(o *signin.Options) { o.Secrets = nil },
		"short secret": func(o *signin.Options) { o.Secrets = [][]byte{secretOf("a"), []byte("short")} },
		"no address":   func(o *signin.Options) { o.Public = "" },
		"plain http":   func(o *signin.Options) { o.Public = "http://hearback.council.example" },
	} {
		options := signin.Options{Public: "https://hearback.council.example", Secrets: [][]byte{secretOf("a")}}
		change(&options)
		if _, err := signin.New(options); err == nil {
			t.Errorf("%s will do", name)
		}
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	o := newOffice(t)
	if err := signin.Check(t.Context(), o.provider.Issuer); err != nil {
		t.Error(err)
	}
	if err := signin.Check(t.Context(), o.provider.Issuer+"/"); err == nil || !strings.Contains(err.Error(), o.provider.Issuer) {
		t.Errorf("a provider of another name: %v", err)
	}
	o.provider.Calls("https://login.issuer.example/{tenantid}/v2.0")
	if err := signin.Check(t.Context(), o.provider.Issuer); err == nil || !strings.Contains(err.Error(), "your own tenant") {
		t.Errorf("a provider for every tenant: %v", err)
	}
	o.provider.Down(true)
	if err := signin.Check(t.Context(), o.provider.Issuer); err == nil || strings.Contains(err.Error(), "secret words") {
		t.Errorf("a provider that is down: %v", err)
	}
}
