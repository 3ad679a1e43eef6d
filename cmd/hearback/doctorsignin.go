package main

import (
	"context"

	"hearback/notifier/signin"
)

// staff tests that the identity provider of the staff can be found and is the one that
// the settings name. Whether it lets anybody in only a person can try.
func (d *doctor) staff(ctx context.Context) {
	const what = "sign-in"
	if d.config.OIDCIssuer == "" {
		d.warn(what, "nobody can sign in, so the console is closed",
			"set HEARBACK_OIDC_ISSUER, HEARBACK_OIDC_CLIENT_ID, HEARBACK_OIDC_CLIENT_SECRET, HEARBACK_SESSION_SECRET and HEARBACK_PUBLIC_URL to open it")
		return
	}
	if err := signin.Check(ctx, d.config.OIDCIssuer); err != nil {
		d.fail(what, err.Error(), "check HEARBACK_OIDC_ISSUER and any proxy; until then only those who are signed in can use the console")
		return
	}
	d.ok(what, "the identity provider answers and names itself as HEARBACK_OIDC_ISSUER does; nobody was signed in")
}
