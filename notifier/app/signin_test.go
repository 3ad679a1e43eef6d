package app_test

import (
	"encoding/base64"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier/app"
	"hearback/notifier/signin/signintest"
)

// TestSettingsOfSignIn: each fault names the setting and says what to do.
func TestSettingsOfSignIn(t *testing.T) {
	secret := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("s", 32)))
	whole := map[string]string{"OIDC_ISSUER": "https://issuer.example", "OIDC_CLIENT_ID": "hearback", "OIDC_CLIENT_SECRET": "made-up",
		"SESSION_SECRET": secret, "PUBLIC_URL": "https://hearback.council.example"}
	for name, test := range map[string]struct {
		change map[string]string
		says   string // empty: nothing is wrong
	}{
		"whole":          {nil, ""},
		"none":           {map[string]string{"OIDC_ISSUER": "", "OIDC_CLIENT_ID": "", "OIDC_CLIENT_SECRET": "", "SESSION_SECRET": "", "PUBLIC_URL": ""}, ""},
		"this machine":   {map[string]string{"OIDC_ISSUER": "http://127.0.0.1:9000", "PUBLIC_URL": "http://localhost:8080/"}, ""},
		"two secrets":    {map[string]string{"SESSION_SECRET": secret + ", " + secret}, ""},
		"two missing":    {map[string]string{"OIDC_CLIENT_SECRET": "", "SESSION_SECRET": ""}, "without HEARBACK_OIDC_CLIENT_SECRET, HEARBACK_SESSION_SECRET: set what is missing, or none"},
		"secret alone":   {map[string]string{"OIDC_ISSUER": "", "OIDC_CLIENT_ID": "", "OIDC_CLIENT_SECRET": ""}, "without HEARBACK_OIDC_ISSUER, HEARBACK_OIDC_CLIENT_ID"},
		"plain http":     {map[string]string{"OIDC_ISSUER": "http://issuer.example"}, "HEARBACK_OIDC_ISSUER must begin with https://"},
		"no address":     {map[string]string{"PUBLIC_URL": ""}, "HEARBACK_PUBLIC_URL must be set for people to sign in"},
		"http address":   {map[string]string{"PUBLIC_URL": "http://hearback.council.example"}, "HEARBACK_PUBLIC_URL must be set for people to sign in"},
		"path":           {map[string]string{"PUBLIC_URL": "https://council.example/hearback"}, "HEARBACK_PUBLIC_URL must be set for people to sign in"},
		"short secret":   {map[string]string{"SESSION_SECRET": "c2hvcnQ="}, "HEARBACK_SESSION_SECRET must be 32 bytes in base64: make it with `openssl rand -base64 32`"},
		"second secret":  {map[string]string{"SESSION_SECRET": secret + ",made-up"}, "HEARBACK_SESSION_SECRET must be 32 bytes"},
		"scopes":         {map[string]string{"OIDC_SCOPES": "email"}, "HEARBACK_OIDC_SCOPES must have openid"},
		"no claim":       {map[string]string{"OIDC_PERSON_CLAIMS": " , "}, "HEARBACK_OIDC_PERSON_CLAIMS must name a claim"},
		"proxies":        {map[string]string{"TRUSTED_PROXIES": "10.1.0.0"}, "HEARBACK_TRUSTED_PROXIES must list networks"},
		"proxies, alone": {map[string]string{"OIDC_ISSUER": "", "OIDC_CLIENT_ID": "", "OIDC_CLIENT_SECRET": "", "SESSION_SECRET": "", "TRUSTED_PROXIES": "10.1.0.0/16,x"}, "HEARBACK_TRUSTED_PROXIES must list networks"},
	} {
		t.Run(name, func(t *testing.T) {
			set := maps.Clone(whole)
			maps.Copy(set, test.change)
			for key, value := range set {
				t.Setenv("HEARBACK_"+key, value)
			}
			_, err := app.ReadConfig()
			if test.says == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v", err)
			} else if strings.Contains(err.Error(), "made-up") || strings.Contains(err.Error(), secret) {
				t.Errorf("the error holds a secret: %v", err)
			}
		})
	}
}

// freeAddress is one of this machine that nobody uses.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestStaffSignIn goes the whole way: an identity provider, the book's directory, a
// case, and who has seen it.
func TestStaffSignIn(t *testing.T) {
	provider := signintest.Start(t, time.Now)
	provider.Down(true) // stops neither the start nor health
	at := freeAddress(t)
	c := open(t, deploy.Hertfordshire(), func(config *app.Config) {
		config.HTTPListen, config.PublicURL = at, "http://"+at
		config.OIDCIssuer, config.OIDCClientID, config.OIDCClientSecret = provider.Issuer, signintest.ClientID, signintest.ClientSecret
		config.OIDCScopes, config.OIDCPersonClaims, config.OIDCRolesClaim, config.OIDCTeamsClaim = "openid email", "email,upn", "roles", "teams"
		config.SessionSecret = app.Secret(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("s", 32))))
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	get := func(path string) (int, string, http.Header) {
		t.Helper()
		response, err := browser.Get("http://" + at + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body), response.Header
	}
	expect := func(path string, status int, words string) {
		t.Helper()
		got, body, header := get(path)
		if got != status || !strings.Contains(body, words) {
			t.Fatalf("%s: status %d, not %d with %q: %s", path, got, status, words, body)
		}
		if path != "/healthz" && !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s has no policy of contents", path)
		}
		if header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s asks for https where there is none", path)
		}
	}
	expect("/healthz", http.StatusOK, "")
	expect("/waiting", http.StatusServiceUnavailable, "You cannot sign in at the moment")
	provider.Down(false)
	time.Sleep(2100 * time.Millisecond) // it is left alone for so long

	c.tell("H-10482", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane", "contacts": []map[string]any{{"id": "c1", "name": "Sam Unmistakable", "mobile": "+447700900123"}}})
	c.tell("H-10482", events.TypeEnquiryReceived, map[string]any{"channel": "phone"})

	provider.As(map[string]any{"email": "nobody@council.example", "email_verified": true, "name": "Nobody Known"})
	expect("/cases/H-10482", http.StatusForbidden, "Nobody Known (nobody@council.example)")
	jar2, _ := cookiejar.New(nil)
	browser.Jar = jar2

	provider.As(map[string]any{"email": "JANE.okafor@council.example", "email_verified": true})
	deadline := time.Now().Add(10 * time.Second)
	for {
		status, body, _ := get("/cases/H-10482")
		if status == http.StatusOK && strings.Contains(body, "Sam Unmistakable") && strings.Contains(body, "Jane Okafor") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the case is not shown: status %d: %s", status, body)
		}
		time.Sleep(50 * time.Millisecond)
	}
	expect("/messages", http.StatusForbidden, "not for your role")

	// A form from elsewhere signs nobody out.
	request, _ := http.NewRequest(http.MethodPost, "http://"+at+"/sign-out", nil)
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	response, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("a form from elsewhere is answered %s", response.Status)
	}
	expect("/sign-out", http.StatusOK, `<form action="/sign-out" method="post">`)
}

// TestBrowsersComeByHTTPSOnly: every answer says so, where people come by https.
func TestBrowsersComeByHTTPSOnly(t *testing.T) {
	c := open(t, nil)
	response, err := http.Get("http://" + c.app.HTTPAddr() + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := response.Header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("Strict-Transport-Security is %q", got)
	}
}
