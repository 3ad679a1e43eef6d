package app

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"hearback/notifier/console"
	"hearback/notifier/signin"
)

// signIn are the settings of signing in; ok is false where none is set.
func (c Config) signIn() (options signin.Options, ok bool, err error) {
	var errs []error
	fault := func(name, what string) { errs = append(errs, errors.New(Prefix+"_"+name+" "+what)) }
	for network := range fieldsOf(c.TrustedProxies) {
		prefix, err := netip.ParsePrefix(network)
		if err != nil {
			fault("TRUSTED_PROXIES", "must list networks such as 10.1.0.0/16, with commas between")
			break
		}
		options.Proxies = append(options.Proxies, prefix)
	}
	needed := []struct{ name, value string }{
		{"OIDC_ISSUER", c.OIDCIssuer}, {"OIDC_CLIENT_ID", c.OIDCClientID}, {"OIDC_CLIENT_SECRET", string(c.OIDCClientSecret)}, {"SESSION_SECRET", string(c.SessionSecret)},
	}
	var missing []string
	for _, n := range needed {
		if n.value == "" {
			missing = append(missing, Prefix+"_"+n.name)
		}
	}
	if len(missing) == len(needed) {
		return options, false, errors.Join(errs...)
	}
	if len(missing) > 0 {
		errs = append(errs, errors.New("people cannot sign in without "+strings.Join(missing, ", ")+": set what is missing, or none of HEARBACK_OIDC_ISSUER, HEARBACK_OIDC_CLIENT_ID, HEARBACK_OIDC_CLIENT_SECRET and HEARBACK_SESSION_SECRET to keep the console closed"))
	}
	if c.OIDCIssuer != "" && !signin.ValidAddress(c.OIDCIssuer) {
		fault("OIDC_ISSUER", "must begin with https://, or be on this machine: write it exactly as the identity provider's discovery document has it under issuer")
	}
	if public, err := url.Parse(c.PublicURL); err != nil || !signin.ValidAddress(c.PublicURL) || strings.Trim(public.Path, "/") != "" || public.RawQuery != "" {
		fault("PUBLIC_URL", "must be set for people to sign in: the https address without a path under which browsers reach the console, such as https://hearback.council.example; http works on this machine only")
	}
	if c.SessionSecret != "" {
		for text := range strings.SplitSeq(string(c.SessionSecret), ",") {
			secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
			if err != nil || len(secret) < 32 {
				fault("SESSION_SECRET", "must be 32 bytes in base64: make it with `openssl rand -base64 32`; to change it, put the new one before the old one, with a comma between")
				break
			}
			options.Secrets = append(options.Secrets, secret)
		}
	}
	options.Scopes = strings.Fields(c.OIDCScopes)
	if !slices.Contains(options.Scopes, "openid") {
		fault("OIDC_SCOPES", "must have openid among the scopes, or the identity provider does not say who signs in")
	}
	options.PersonClaims = slices.Collect(fieldsOf(c.OIDCPersonClaims))
	if len(options.PersonClaims) == 0 {
		fault("OIDC_PERSON_CLAIMS", "must name a claim, such as email, preferred_username")
	}
	options.Issuer, options.ClientID, options.ClientSecret, options.Public = c.OIDCIssuer, c.OIDCClientID, string(c.OIDCClientSecret), c.PublicURL
	options.RolesClaim, options.TeamsClaim = c.OIDCRolesClaim, c.OIDCTeamsClaim
	options.Roles = []string{string(console.Officer), string(console.Manager), string(console.Operator)}
	return options, true, errors.Join(errs...)
}

// letIn opens the console to those who sign in, where that is set up.
func (a *App) letIn(with *console.Options) error {
	options, ok, err := a.Config.signIn()
	if err != nil || !ok {
		return err
	}
	show := console.ShowPlain(with.Book)
	options.Show = func(w http.ResponseWriter, status int, p signin.Page) { show(w, status, console.Plain(p)) }
	options.Log = a.log
	staff, err := signin.New(options)
	if err != nil {
		return err
	}
	book := with.Book
	with.SignIn = staff.Handler()
	with.Who = func(w http.ResponseWriter, r *http.Request) (console.Caller, bool) {
		person, in := staff.Who(w, r)
		if !in {
			return console.Caller{}, false
		}
		// The directory is asked each time: whoever has left it sees nothing more.
		who, known := console.Identity(person).Caller(book().Directory)
		if !known {
			staff.Stranger(w, person)
		}
		return who, known
	}
	return nil
}

// secured tells browsers to come by https only, where people come by https.
func (a *App) secured(next http.Handler) http.Handler {
	if !strings.HasPrefix(a.Config.PublicURL, "https://") {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		next.ServeHTTP(w, r)
	})
}
