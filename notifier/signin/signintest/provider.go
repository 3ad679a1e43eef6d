// Package signintest is an identity provider on this machine, for tests of signing in.
package signintest

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// What the provider knows about its only client.
const (
	ClientID     = "hearback-console"
	ClientSecret = "not a secret: it is for tests"
)

// Provider is an identity provider that lets in whoever comes, as the person that it
// was told to. It holds its client to PKCE and takes each code once.
type Provider struct {
	// Issuer is its address.
	Issuer string

	key  *rsa.PrivateKey
	mu   sync.Mutex
	said map[string]any
	spin func(claims map[string]any)
	with crypto.Signer
	down bool
	name string // what it calls itself; empty: its address
	now  func() time.Time
	// codes are those that were given out and not yet used.
	codes map[string]granted
	asked int
}

type granted struct{ nonce, challenge, redirect string }

// Start starts a provider that is stopped with the test.
func Start(t testing.TB, now func() time.Time) *Provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{key: key, with: key, now: now, codes: map[string]granted{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("/keys", p.keys)
	mux.HandleFunc("/authorize", p.authorize)
	mux.HandleFunc("/token", p.token)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked++
		down := p.down
		p.mu.Unlock()
		if down {
			http.Error(w, "secret words of the provider", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.Issuer = server.URL
	return p
}

// As makes whoever comes next somebody with these claims.
func (p *Provider) As(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = claims
}

// Spoil changes the claims of every token before it is signed; nil: no longer.
func (p *Provider) Spoil(spin func(claims map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spin = spin
}

// SignWith signs tokens with another key than the one that the provider shows.
func (p *Provider) SignWith(key crypto.Signer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.with = key
}

// Down makes the provider answer nothing but errors, or well again.
func (p *Provider) Down(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// Asked is how many requests have come so far.
func (p *Provider) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// Calls makes the provider give itself another name in its discovery document.
func (p *Provider) Calls(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.name = name
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	name := cmp.Or(p.name, p.Issuer)
	p.mu.Unlock()
	answer(w, map[string]any{
		"issuer": name, "authorization_endpoint": p.Issuer + "/authorize", "token_endpoint": p.Issuer + "/token", "jwks_uri": p.Issuer + "/keys",
		"end_session_endpoint": p.Issuer + "/leave", "id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answer(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
		"n": base64.RawURLEncoding.EncodeToString(p.key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(p.key.E)).Bytes())}}})
}

func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if query.Get("client_id") != ClientID || query.Get("response_type") != "code" || query.Get("code_challenge_method") != "S256" || query.Get("nonce") == "" || query.Get("state") == "" {
		http.Error(w, "this is not how Hearback should ask", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	p.mu.Lock()
	p.codes[code] = granted{query.Get("nonce"), query.Get("code_challenge"), query.Get("redirect_uri")}
	p.mu.Unlock()
	back := url.Values{"code": {code}, "state": {query.Get("state")}}
	http.Redirect(w, r, query.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	code := r.PostFormValue("code")
	p.mu.Lock()
	defer p.mu.Unlock()
	grant, known := p.codes[code]
	delete(p.codes, code)
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || id != ClientID || secret != ClientSecret || grant.redirect != r.PostFormValue("redirect_uri") ||
		grant.challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"secret words of the provider"}`)
		return
	}
	now := p.now()
	claims := map[string]any{"iss": p.Issuer, "aud": ClientID, "sub": "s1", "nonce": grant.nonce, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()}
	maps.Copy(claims, p.said)
	if p.spin != nil {
		p.spin(claims)
	}
	answer(w, map[string]any{"access_token": "unused", "token_type": "Bearer", "expires_in": 300, "id_token": p.signed(claims)})
}

// signed is a token with the claims.
func (p *Provider) signed(claims map[string]any) string {
	body, err := json.Marshal(claims)
	if err != nil {
		panic(err) // the test's claims
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"1","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(body)
	sum := sha256.Sum256([]byte(text))
	signature, err := p.with.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		panic(err) // the test's key
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // whoever asked has gone
}
