package inbound_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/notifier/channel/sms"
	"hearback/notifier/inbound"
)

const authToken = "invented-token-0123456789"

func receiptForm() url.Values {
	return url.Values{"AccountSid": {"AC00000000000000000000000000000001"}, "ApiVersion": {"2010-04-01"}, "From": {"+441632960000"},
		"MessageSid": {"SM00000000000000000000000000000001"}, "MessageStatus": {"delivered"}, "RawDlrDoneDate": {"2611230900"},
		"SmsSid": {"SM00000000000000000000000000000001"}, "SmsStatus": {"delivered"}, "To": {"+447700900123"}}
}

func textForm() url.Values {
	return url.Values{"AccountSid": {"AC00000000000000000000000000000001"}, "ApiVersion": {"2010-04-01"}, "Body": {"Café at 3? 50% & more = “yes”\nŵ 🙂"},
		"From": {"+447700900123"}, "FromCity": {""}, "MessageSid": {"SM00000000000000000000000000000002"}, "NumMedia": {"0"}, "NumSegments": {"1"},
		"SmsMessageSid": {"SM00000000000000000000000000000002"}, "SmsSid": {"SM00000000000000000000000000000002"}, "SmsStatus": {"received"}, "To": {"+441632960000"}}
}

// signed posts a form under a real signature to handlers behind a public address.
func signed(s *store, publicURL, path string, form, signature string, change func(*http.Request)) *httptest.ResponseRecorder {
	tw := twilio(s, directory{"+447700900123": {{Case: "H-1", Contact: "c1"}}})
	tw.PublicURL, tw.Signed = publicURL, sms.Signed(authToken)
	handler := tw.Inbound()
	if strings.HasPrefix(path, inbound.StatusPath) {
		handler = tw.Status()
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set("X-Twilio-Signature", signature)
	if change != nil {
		change(r)
	}
	return do(handler, r)
}

// sign is the signature as Twilio documents it: the address, then every name and value
// in the order of the names (https://www.twilio.com/docs/usage/webhooks/webhooks-security).
func sign(address string, form url.Values) string {
	for _, name := range slices.Sorted(maps.Keys(form)) {
		address += name + form.Get(name)
	}
	mac := hmac.New(sha1.New, []byte(authToken))
	mac.Write([]byte(address))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// TestWhatTwiliosOwnLibrarySigns: the signatures were made by npm's twilio 6.2.0.
func TestWhatTwiliosOwnLibrarySigns(t *testing.T) {
	const status = inbound.StatusPath + "?message=H-10482-3"
	const text = inbound.InboundPath
	for name, one := range map[string]struct {
		publicURL, path, signature string
		form                       url.Values
	}{
		"a receipt":                                 {public, status, "EQqzQMgpKZPwRj2FflhjYvf+5nk=", receiptForm()},
		"a text":                                    {public, text, "VXe0xqHkvHz4c/G+T2IX7eKG+0k=", textForm()},
		"a text, our address ending in a slash":     {public + "/", text, "VXe0xqHkvHz4c/G+T2IX7eKG+0k=", textForm()},
		"Twilio adds the port":                      {public, status, "ftGoOn5G49htWZq8qN9hFiNe79A=", receiptForm()},
		"Twilio adds the port to a text's":          {public, text, "xiJw9GxrEIBa5De9ax2erviGOK8=", textForm()},
		"we name the port":                          {public + ":443", text, "xiJw9GxrEIBa5De9ax2erviGOK8=", textForm()},
		"we name the port and Twilio leaves it out": {public + ":443", text, "VXe0xqHkvHz4c/G+T2IX7eKG+0k=", textForm()},
		"a port of our own":                         {public + ":8443", status, "k0c601SU7UqJgCR8RHOS7xj+7YU=", receiptForm()},
		"a port of our own, left out":               {public + ":8443", status, "EQqzQMgpKZPwRj2FflhjYvf+5nk=", receiptForm()},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{}
			w := signed(s, one.publicURL, one.path, one.form.Encode(), one.signature, nil)
			if w.Code/100 != 2 || len(s.events) != 1 {
				t.Errorf("answered %d %s, stored %d", w.Code, w.Body, len(s.events))
			}
			if one.form.Get("Body") != "" && len(s.events) == 1 && !strings.Contains(string(s.events[0].Data), "ŵ 🙂") {
				t.Errorf("stored %s", s.events[0].Data)
			}
		})
	}
}

func TestWhatWasNotSignedIsRefused(t *testing.T) {
	const status = inbound.StatusPath + "?message=H-1-31"
	good, signature := receiptForm(), sign(public+status, receiptForm())
	with := func(name, value string) string {
		form := receiptForm()
		form.Set(name, value)
		return form.Encode()
	}
	split := receiptForm()
	split.Del("AccountSid")
	split.Set("1AccountSid", good.Get("AccountSid"))
	for name, one := range map[string]struct {
		publicURL, path, form, signature string
		change                           func(*http.Request)
	}{
		"a changed value":                {form: with("MessageStatus", "failed")},
		"a value more":                   {form: with("ErrorCode", "30005")},
		"a second To":                    {form: good.Encode() + "&To=%2B447700900999"},
		"the same To again":              {form: good.Encode() + "&To=%2B447700900123"},
		"a second To in front":           {form: "To=%2B447700900999&" + good.Encode()},
		"another message":                {path: inbound.StatusPath + "?message=H-1-32"},
		"a message more":                 {path: status + "&message=H-1-32"},
		"no query":                       {path: inbound.StatusPath},
		"another path":                   {path: inbound.StatusPath + "/?message=H-1-31"},
		"the message of a shorter query": {path: inbound.StatusPath + "?message=H-1-3", form: split.Encode()},
		"another public address":         {publicURL: "https://other.example"},
		"without TLS":                    {publicURL: strings.Replace(public, "https", "http", 1)},
		"another path in front":          {publicURL: public + "/hearback"},
		"what a proxy says": {publicURL: "https://other.example", change: func(r *http.Request) {
			r.Host = "hearback.council.example"
			r.Header.Set("X-Forwarded-Host", "hearback.council.example")
			r.Header.Set("X-Forwarded-Proto", "https")
			r.Header.Set("Forwarded", "host=hearback.council.example;proto=https")
		}},
		"no signature":               {change: func(r *http.Request) { r.Header.Del("X-Twilio-Signature") }},
		"an empty signature":         {change: func(r *http.Request) { r.Header.Set("X-Twilio-Signature", "") }},
		"two signatures":             {change: func(r *http.Request) { r.Header.Add("X-Twilio-Signature", signature) }},
		"a shortened signature":      {signature: signature[:27]},
		"another token's":            {signature: "AAAAAAAAAAAAAAAAAAAAAAAAAAA="},
		"a form that cannot be read": {form: good.Encode() + "&%zz"},
		"JSON":                       {change: func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{}
			or := func(text, usual string) string {
				if text != "" {
					return text
				}
				return usual
			}
			w := signed(s, or(one.publicURL, public), or(one.path, status), or(one.form, good.Encode()), or(one.signature, signature), one.change)
			p := problemOf(t, w)
			if w.Code != http.StatusForbidden || len(s.events) != 0 || len(s.rejected) != 0 {
				t.Errorf("answered %d, stored %d, kept %d", w.Code, len(s.events), len(s.rejected))
			}
			if !strings.Contains(p.Detail, "HEARBACK_PUBLIC_URL") || !strings.Contains(p.Detail, "HEARBACK_TWILIO_AUTH_TOKEN") {
				t.Errorf("does not say what to check: %s", p.Detail)
			}
			for _, secret := range []string{authToken, signature, "7700", "hearback.council.example", sign("https://other.example"+status, good)} {
				if strings.Contains(w.Body.String(), secret) {
					t.Errorf("the answer shows %q", secret)
				}
			}
		})
	}
	s := &store{}
	tw := twilio(s, nil)
	tw.Signed = sms.Signed("")
	r := httptest.NewRequest(http.MethodPost, inbound.InboundPath, strings.NewReader("MessageSid=SM1"))
	mac := hmac.New(sha1.New, nil)
	mac.Write([]byte(public + inbound.InboundPath + "MessageSidSM1"))
	r.Header.Set("X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	if w := do(tw.Inbound(), r); w.Code != http.StatusForbidden {
		t.Errorf("without a token everybody can sign, and was answered %d", w.Code)
	}
}

// TestOneSignatureGoodForOneForm: whatever form and query an attacker makes of a call
// that they saw, the same signature takes no other.
func TestOneSignatureGoodForOneForm(t *testing.T) {
	const status = inbound.StatusPath + "?message=H-1-31"
	signature := sign(public+status, receiptForm())
	rapid.Check(t, func(t *rapid.T) {
		form, path := receiptForm(), status
		names := slices.Sorted(maps.Keys(form))
		name := rapid.SampledFrom(names).Draw(t, "name")
		value := form.Get(name)
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0: // the end of a name becomes the beginning of its value, or the other way
			at := rapid.IntRange(1, len(name)-1).Draw(t, "at")
			form.Del(name)
			form.Set(name[:at], name[at:]+value)
		case 1:
			at := rapid.IntRange(1, len(value)).Draw(t, "at")
			form.Del(name)
			form.Set(name+value[:at], value[at:])
		case 2: // the end of the query becomes the beginning of the first name
			at := rapid.IntRange(1, len("message=H-1-31")).Draw(t, "at")
			path = status[:len(status)-at]
			form.Del(names[0])
			form.Set(status[len(status)-at:]+names[0], receiptForm().Get(names[0]))
		case 3:
			form.Set(name, value+rapid.StringN(1, 5, -1).Draw(t, "more"))
		}
		s := &store{}
		w := signed(s, public, path, form.Encode(), signature, nil)
		// Names and values stand side by side in what is signed, so a call may pass that
		// says the same letters. It must not say anything else of any message.
		if len(s.events) > 1 || len(s.events) == 1 && (s.events[0].Case != "H-1" || !strings.Contains(string(s.events[0].Data), `"message":"H-1-31"`)) {
			t.Fatalf("answered %d, stored %+v", w.Code, s.events)
		}
	})
}
