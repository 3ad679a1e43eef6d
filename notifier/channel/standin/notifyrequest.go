package standin

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// givenNotification is what a request wants sent.
type givenNotification struct {
	Notification
	values map[string]any
}

// readNotification reads a request to send. Where it cannot be read, the answer has
// been written.
func readNotification(w http.ResponseWriter, r *http.Request, kind string) (given givenNotification, ok bool) {
	// The body is read whole: net/http notices only then that a client went away,
	// and it keeps the connection only then.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		return given, false
	}
	var said struct {
		PhoneNumber string         `json:"phone_number"`
		Template    string         `json:"template_id"`
		Reference   string         `json:"reference"`
		Values      map[string]any `json:"personalisation"`
	}
	if json.Unmarshal(body, &said) != nil {
		writeNotifyError(w, http.StatusBadRequest, "BadRequestError", "Invalid JSON supplied in POST data")
		return given, false
	}
	given = givenNotification{
		Notification: Notification{Reference: said.Reference, Kind: kind, To: said.PhoneNumber, Template: said.Template},
		values:       said.Values,
	}
	given.Body, given.Subject = given.value("body"), given.value("subject")
	if kind == "letter" {
		var lines []string
		for number := range 7 {
			if line := strings.TrimSpace(given.value("address_line_" + strconv.Itoa(number+1))); line != "" {
				lines = append(lines, line)
			}
		}
		given.To = strings.Join(lines, "\n")
	}
	return given, true
}

func (g givenNotification) value(name string) string {
	text, _ := g.values[name].(string)
	return text
}

// invalid names the error that Notify gives for a request it will not take, empty
// for one that it will. The template is taken to have ((body)), that of letters
// ((subject)) too.
func (g givenNotification) invalid() (name, why string) {
	number := national(g.To)
	switch {
	case len(g.Template) != 36 || strings.Count(g.Template, "-") != 4:
		return "ValidationError", "template_id is not a valid UUID"
	case len(g.Reference) > 1000:
		return "ValidationError", "reference is too long"
	case g.values["body"] == nil, g.Kind == "letter" && g.values["subject"] == nil:
		return "BadRequestError", "Missing personalisation: body"
	case g.Kind == "letter":
		return invalidAddress(strings.Split(g.To, "\n"))
	case len(number) != 10 || number[0] != '7':
		return "ValidationError", "phone_number Not a UK mobile number: " + g.To
	case g.Body == "":
		return "BadRequestError", "Your message is empty."
	case len([]rune(g.Body)) > 918:
		return "BadRequestError", "Your message is too long."
	}
	return "", ""
}

func invalidAddress(lines []string) (name, why string) {
	last := strings.ReplaceAll(lines[len(lines)-1], " ", "")
	switch {
	case len(lines) < 3:
		return "ValidationError", "Address must be at least 3 lines"
	case len(last) < 5 || last[len(last)-3] < '0' || last[len(last)-3] > '9':
		return "ValidationError", "Must be a real UK postcode: " + last
	}
	return "", ""
}

// notifyKey is an API key's service id and secret; the zero one checks nothing.
type notifyKey struct{ issuer, secret string }

func notifyKeyOf(apiKey string) notifyKey {
	if len(apiKey) < 73 {
		return notifyKey{}
	}
	ids := apiKey[len(apiKey)-73:]
	return notifyKey{issuer: ids[:36], secret: ids[37:]}
}

// check holds an Authorization header to what Notify demands: a JSON Web Token
// signed with HS256, for our service, and no more than 30 seconds old or early. A
// status of zero is a good one.
func (k notifyKey) check(authorization string, now time.Time) (status int, why string) {
	if k == (notifyKey{}) {
		return 0, ""
	}
	token, ok := strings.CutPrefix(authorization, "Bearer ")
	if !ok {
		return http.StatusUnauthorized, "Unauthorized: authentication token must be provided"
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return http.StatusForbidden, "Invalid token: it has not three parts"
	}
	var header struct{ Alg, Typ string }
	var claims struct {
		Iss string
		Iat int64
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || !decodePart(parts[0], &header) || !decodePart(parts[1], &claims) {
		return http.StatusForbidden, "Invalid token: it cannot be read"
	}
	mac := hmac.New(sha256.New, []byte(k.secret))
	_, _ = mac.Write([]byte(parts[0] + "." + parts[1]))
	apart := now.Unix() - claims.Iat
	switch {
	case header.Alg != "HS256":
		return http.StatusForbidden, "Invalid token: algorithm used is not HS256"
	case claims.Iss != k.issuer:
		return http.StatusForbidden, "Invalid token: service not found"
	case !hmac.Equal(signature, mac.Sum(nil)):
		return http.StatusForbidden, "Invalid token: API key not found"
	case apart > 30 || apart < -30:
		return http.StatusForbidden, "Error: Your system clock must be accurate to within 30 seconds"
	}
	return 0, ""
}

func decodePart(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}
