package inbound

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// guard decides who may post.
type guard struct {
	// sum is of the token, so that a comparison takes as long whatever was sent.
	sum  [sha256.Size]byte
	set  bool
	open bool
}

func newGuard(token string, open bool) guard {
	return guard{sum: sha256.Sum256([]byte(token)), set: token != "", open: open}
}

// admit reports whether the request may post, and the answer if it may not.
func (g guard) admit(w http.ResponseWriter, r *http.Request) (problem, bool) {
	switch {
	case !g.set && g.open && fromBrowser(r.Header):
		return problem{Status: http.StatusForbidden,
			Detail: "A web page may not post to a gateway that asks for no token. Post from a service or a command line, or set HEARBACK_INGEST_TOKEN."}, false
	case !g.set && g.open:
		return problem{}, true
	case !g.set:
		return problem{Status: http.StatusServiceUnavailable,
			Detail: "The gateway is closed because HEARBACK_INGEST_TOKEN is not set. Set it for this process and restart; until then publish over NATS."}, false
	}
	given, found := bearer(r.Header)
	sum := sha256.Sum256([]byte(given))
	if subtle.ConstantTimeCompare(sum[:], g.sum[:]) == 1 && found {
		return problem{}, true
	}
	challenge, detail := `Bearer realm="hearback"`, "Send the header Authorization: Bearer and the token that this council's Hearback was given as HEARBACK_INGEST_TOKEN."
	if found {
		challenge += `, error="invalid_token"`
		detail = "The token is not the one that was set as HEARBACK_INGEST_TOKEN. Ask whoever runs this Hearback for it."
	}
	w.Header().Set("WWW-Authenticate", challenge)
	return problem{Status: http.StatusUnauthorized, Detail: detail}, false
}

// fromBrowser reports whether a web page's code sends the request. Without a token to
// ask for, a page from anywhere could otherwise make its own name lead to this machine
// and post whatever it likes.
func fromBrowser(header http.Header) bool {
	return header.Get("Origin") != "" || header.Get("Sec-Fetch-Site") != ""
}

// bearer is the token of the Authorization header. Two such headers are none: which
// of them counts would be left to chance.
func bearer(header http.Header) (token string, found bool) {
	values := header.Values("Authorization")
	if len(values) != 1 {
		return "", false
	}
	scheme, token, found := strings.Cut(values[0], " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	token = strings.TrimSpace(token)
	return token, token != ""
}
