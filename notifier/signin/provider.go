package signin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// providerPatience bounds one call to the identity provider.
	providerPatience = 10 * time.Second
	// askAgainAfter is how long an identity provider that did not answer is left alone.
	askAgainAfter = 2 * time.Second
)

// found is what an identity provider says about itself.
type found struct {
	provider   *oidc.Provider
	endpoint   oauth2.Endpoint
	endSession string // empty where it has none
}

// provider finds the identity provider when it is first needed, and again until it
// answers. What it said once holds until the process ends; its keys are renewed by
// themselves.
type provider struct {
	issuer string
	client *http.Client
	now    func() time.Time

	known atomic.Pointer[found]

	mu     sync.Mutex // held while asking, so that one asks for all
	failed error
	after  time.Time // not to be asked again before
}

func (p *provider) find(ctx context.Context) (*found, error) {
	if known := p.known.Load(); known != nil {
		return known, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if known := p.known.Load(); known != nil {
		return known, nil
	}
	if p.failed != nil && p.now().Before(p.after) {
		return nil, p.failed
	}
	// Whoever asked first may go away; others wait for the answer.
	known, err := discover(context.WithoutCancel(ctx), p.issuer, p.client)
	p.failed, p.after = err, p.now().Add(askAgainAfter)
	if err == nil {
		p.known.Store(known)
	}
	return known, err
}

// Check reports what is wrong with an identity provider: it cannot be reached, names
// another issuer, or lacks what signing in needs. It signs nobody in.
func Check(ctx context.Context, issuer string) error {
	_, err := discover(ctx, issuer, newClient())
	return err
}

// newClient calls the identity provider.
func newClient() *http.Client { return &http.Client{Timeout: providerPatience} }

// discover asks an issuer for its endpoints. Its errors quote no answer of the provider.
func discover(ctx context.Context, issuer string, client *http.Client) (*found, error) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, client), providerPatience)
	defer cancel()
	known, err := oidc.NewProvider(ctx, issuer)
	if other, is := errors.AsType[*oidc.IssuerMismatchError](err); is {
		if strings.Contains(other.Discovered, "{") {
			return nil, errors.New("the identity provider answers there for every tenant, so anybody's employer could say who is who: set the issuer of your own tenant, with its id")
		}
		return nil, fmt.Errorf("the identity provider calls itself %q: set exactly that as the issuer", other.Discovered)
	}
	if err != nil {
		return nil, fmt.Errorf("the identity provider's discovery document cannot be read: %w", plainly(err))
	}
	var more struct {
		Keys       string   `json:"jwks_uri"`
		EndSession string   `json:"end_session_endpoint"`
		Methods    []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := known.Claims(&more); err != nil {
		return nil, errors.New("the identity provider's discovery document is not understood")
	}
	f := found{provider: known, endpoint: known.Endpoint()}
	for _, needed := range []string{f.endpoint.AuthURL, f.endpoint.TokenURL, more.Keys} {
		if !ValidAddress(needed) {
			return nil, errors.New("the identity provider's discovery document lacks an https address for signing in, tokens or keys")
		}
	}
	if ValidAddress(more.EndSession) {
		f.endSession = more.EndSession
	}
	// Trying both ways would use up the code on the first.
	f.endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		f.endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &f, nil
}

// ValidAddress reports whether an address may be an identity provider's or ours: https, or
// http on this machine.
func ValidAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && u.User == nil && u.Fragment == "" &&
		(u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()))
}

func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// plainly is why a call failed, without what the other side wrote: it may quote whom
// it speaks of.
func plainly(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("it did not answer in time")
	}
	if refused, is := errors.AsType[*oauth2.RetrieveError](err); is {
		return fmt.Errorf("it answered %d %s", refused.Response.StatusCode, knownCode(refused.ErrorCode))
	}
	if _, is := errors.AsType[*oidc.TokenExpiredError](err); is {
		return errors.New("the token has expired")
	}
	if call, is := errors.AsType[*url.Error](err); is {
		return call.Err
	}
	if call, is := errors.AsType[net.Error](err); is {
		return call
	}
	return errors.New("it gave no answer that can be used")
}

// knownCode is an error code of OAuth 2.0 or OpenID Connect; empty for any other text.
func knownCode(code string) string {
	known := []string{"access_denied", "consent_required", "interaction_required", "invalid_client", "invalid_grant", "invalid_request", "invalid_scope",
		"login_required", "server_error", "temporarily_unavailable", "unauthorized_client", "unsupported_grant_type", "unsupported_response_type"}
	if slices.Contains(known, code) {
		return code
	}
	return ""
}
