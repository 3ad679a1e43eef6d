package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// uuidLength is that of a UUID as text.
const uuidLength = 36

// key is an API key of Notify's, taken apart.
type key struct {
	// issuer is the id of the service, and secret what signs its tokens.
	issuer, secret string
}

// parseKey takes apart a key of the form name-serviceid-secret. The two ids are
// UUIDs and stand last; the name is whatever the council called the key, hyphens
// included, and says nothing. The error names the setting and holds nothing of
// the key.
func parseKey(raw string) (key, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return key{}, errors.New("HEARBACK_NOTIFY_API_KEY is empty; make a live key under API integration in GOV.UK Notify")
	}
	ids := len(raw) - 2*uuidLength - 1
	if ids >= 0 {
		secret, issuer := raw[len(raw)-uuidLength:], raw[ids:ids+uuidLength]
		named := ids == 0 || raw[ids-1] == '-'
		if named && raw[ids+uuidLength] == '-' && isUUID(issuer) && isUUID(secret) {
			return key{issuer: issuer, secret: secret}, nil
		}
	}
	return key{}, errors.New("HEARBACK_NOTIFY_API_KEY must be the whole key as GOV.UK Notify shows it: its name, the service's id and a secret, joined by hyphens; copy it again, or make another")
}

// isUUID tells whether a text has the form of a UUID (RFC 9562), 8-4-4-4-12
// hexadecimal digits.
func isUUID(text string) bool {
	if len(text) != uuidLength {
		return false
	}
	for i := range len(text) {
		c := text[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

// tokenHeader is the JOSE header of every token, encoded.
const tokenHeader = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9" // {"typ":"JWT","alg":"HS256"}

// token makes the JSON Web Token (RFC 7519) of one request. Notify refuses a
// token whose time is more than 30 seconds from its own clock, so none is used
// twice. It is made here and not by a library: one algorithm, and nothing that
// comes from outside is ever verified.
func (k key) token(now time.Time) string {
	claims := `{"iss":"` + k.issuer + `","iat":` + strconv.FormatInt(now.Unix(), 10) + `}`
	input := tokenHeader + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	return input + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(input), []byte(k.secret)))
}

// sign gives the signature HS256 of RFC 7518, section 3.2.
func sign(input, secret []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write(input)
	return mac.Sum(nil)
}
