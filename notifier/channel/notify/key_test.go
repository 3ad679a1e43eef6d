package notify

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const uuidPattern = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`

func TestAnyKeyIsTakenApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// A name may look like the rest: hyphens, digits, even a UUID.
		name := rapid.OneOf(rapid.StringMatching(`[ -~]{1,40}`), rapid.StringMatching(uuidPattern), rapid.StringN(1, 20, -1)).Draw(t, "name")
		service := rapid.StringMatching(uuidPattern).Draw(t, "service")
		secret := rapid.StringMatching(uuidPattern).Draw(t, "secret")
		space := rapid.SampledFrom([]string{"", " ", "\n", "\r\n"}).Draw(t, "space")
		parsed, err := parseKey(name + "-" + service + "-" + secret + space)
		if err != nil || parsed != (key{issuer: service, secret: secret}) {
			t.Fatalf("parseKey = %+v, %v", parsed, err)
		}
	})
}

func TestABrokenKeyIsRefusedAndNotShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := "key-" + rapid.StringMatching(uuidPattern).Draw(t, "service") + "-" + rapid.StringMatching(uuidPattern).Draw(t, "secret")
		broken := whole
		at := rapid.IntRange(len("key-"), len(whole)-1).Draw(t, "at")
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0: // cut at its end
			broken = whole[:at]
		case 1: // a character lost
			broken = whole[:at] + whole[at+1:]
		case 2: // a character that does not belong
			broken = whole[:at] + rapid.SampledFrom([]string{"g", "_", " ", "é"}).Draw(t, "sign") + whole[at+1:]
		case 3: // something behind it
			broken = whole + rapid.StringMatching(`[!-~]{1,5}`).Draw(t, "tail")
		}
		_, err := parseKey(broken)
		if err == nil {
			t.Fatalf("parseKey took %q", broken)
		}
		if !strings.Contains(err.Error(), "HEARBACK_NOTIFY_API_KEY") {
			t.Fatalf("%q does not name the setting", err)
		}
		if len(broken) > 12 && strings.Contains(err.Error(), broken[4:12]) {
			t.Fatalf("%q shows the key", err)
		}
	})
}

func TestKeysThatAreNone(t *testing.T) {
	const id = "11111111-2222-4333-8444-555555555555"
	for _, raw := range []string{"", " ", "x", id, id + "-", "-" + id, id + id, id + "_" + id, "key" + id + "-" + id, "key-" + id, "key-" + id + "-" + id + "x"} {
		if parsed, err := parseKey(raw); err == nil || !strings.Contains(err.Error(), "HEARBACK_NOTIFY_API_KEY") {
			t.Errorf("parseKey(%q) = %v, %v, want an error that names the setting", raw, parsed, err)
		}
	}
	if _, err := parseKey(id + "-" + id); err != nil {
		t.Errorf("a key that lost its name, which says nothing: %v", err)
	}
}

// TestSignatureIsThatOfTheStandard signs the example of RFC 7515, appendix A.1.
func TestSignatureIsThatOfTheStandard(t *testing.T) {
	secret, err := base64.RawURLEncoding.DecodeString("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
	if err != nil {
		t.Fatal(err)
	}
	const input = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." +
		"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
	if got := base64.RawURLEncoding.EncodeToString(sign([]byte(input), secret)); got != "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" {
		t.Errorf("signature %s", got)
	}
}

func TestTokenSaysWhoAndWhen(t *testing.T) {
	made := key{issuer: "11111111-2222-4333-8444-555555555555", secret: "66666666-7777-4888-9999-aaaaaaaaaaaa"}
	at := time.Date(2026, time.November, 23, 9, 0, 0, 999, time.UTC)
	parts := strings.Split(made.token(at), ".")
	if len(parts) != 3 {
		t.Fatalf("a token of %d parts", len(parts))
	}
	var header struct{ Typ, Alg string }
	var claims map[string]any
	for part, into := range map[string]any{parts[0]: &header, parts[1]: &claims} {
		text, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || json.Unmarshal(text, into) != nil {
			t.Fatalf("%q cannot be read", text)
		}
	}
	if header.Typ != "JWT" || header.Alg != "HS256" {
		t.Errorf("header %+v", header)
	}
	if len(claims) != 2 || claims["iss"] != made.issuer || claims["iat"] != float64(1795424400) {
		t.Errorf("claims %v", claims)
	}
	if made.token(at.Add(time.Second)) == made.token(at) {
		t.Error("a second later the token is the same")
	}
}
