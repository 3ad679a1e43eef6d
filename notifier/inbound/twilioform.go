package inbound

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

const (
	// maxCall is the largest body of a provider's call that is read, in bytes:
	// Twilio's are below 8 KB, GOV.UK Notify's below 4.
	maxCall = 64 << 10

	formType        = "application/x-www-form-urlencoded"
	signatureHeader = "X-Twilio-Signature"
)

// form reads what Twilio posted, or answers why it is not taken. Nothing of a call
// that is not signed is kept: anybody can send one.
func (t Twilio) form(w http.ResponseWriter, r *http.Request) (form map[string]string, ok bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		answer(w, problem{Status: http.StatusMethodNotAllowed, Detail: "Twilio calls with POST."})
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		answer(w, problem{Status: http.StatusRequestEntityTooLarge, Detail: "The form is larger than any of Twilio's."})
		return nil, false
	}
	if err != nil {
		answer(w, problem{Status: http.StatusBadRequest, Detail: "The form ended before it was complete. Nothing was stored; send it again."})
		return nil, false
	}
	form, ok = parameters(r.Header, body)
	signatures := r.Header.Values(signatureHeader)
	if !ok || len(signatures) != 1 || !t.Signed(t.address(r.URL), form, signatures[0]) {
		answer(w, problem{Status: http.StatusForbidden,
			Detail: "The call is not signed by Twilio for this address. The operator must check HEARBACK_PUBLIC_URL, which must be the address Twilio calls, and HEARBACK_TWILIO_AUTH_TOKEN, which must be the account's primary token."})
		return nil, false
	}
	return form, true
}

// address is what Twilio called, as the world sees it: PUBLIC_URL, and path and query
// letter by letter as they came. What a proxy says in X-Forwarded-… counts for
// nothing, because anybody can say it.
func (t Twilio) address(u *url.URL) string {
	address := strings.TrimSuffix(t.PublicURL, "/") + u.EscapedPath()
	if u.RawQuery != "" || u.ForceQuery {
		address += "?" + u.RawQuery
	}
	return address
}

// parameters are those of a form as Twilio sends it, or none.
//
// A name that stands twice is refused: only one of the two can be what was signed for.
// So is a name that does not begin with a letter, for Twilio signs address, names and
// values without a mark between them: "?message=H-1-31" and "AccountSid" can be read
// as "?message=H-1-3" and "1AccountSid" under the same signature, which would give one
// message the receipt of another.
func parameters(header http.Header, body []byte) (map[string]string, bool) {
	if said := header.Get("Content-Type"); said != "" {
		if media, _, err := mime.ParseMediaType(said); err != nil || media != formType {
			return nil, false
		}
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, false
	}
	form := make(map[string]string, len(values))
	for name, list := range values {
		if len(list) != 1 || name == "" || !isLetter(name[0]) {
			return nil, false
		}
		form[name] = list[0]
	}
	return form, true
}

func isLetter(c byte) bool { return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' }
