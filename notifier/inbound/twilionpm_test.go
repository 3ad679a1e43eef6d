package inbound_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"hearback/notifier/channel/sms"
	"hearback/notifier/inbound"
)

// npmCall is a call to a webhook, as .ci/judges/twiliosign.cjs takes it: Form is signed for the address
// Signed and posted to the address To. Body is posted in its place unless it is empty.
type npmCall struct {
	Token  string            `json:"token"`
	Signed string            `json:"signed"`
	Form   map[string]string `json:"form"`
	To     string            `json:"to"`
	Body   string            `json:"body"`
}

// npmCalls has Twilio's library for Node sign and make calls, and gives the statuses that
// came back.
func npmCalls(t *testing.T, signer string, calls []npmCall) []int {
	t.Helper()
	input, err := json.Marshal(calls)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	node := exec.CommandContext(ctx, "node", signer)
	var faults bytes.Buffer
	node.Stdin, node.Stderr = bytes.NewReader(input), &faults
	output, err := node.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, faults.String())
	}
	var statuses []int
	if err := json.Unmarshal(output, &statuses); err != nil || len(statuses) != len(calls) {
		t.Fatalf("%v: %d statuses for %d calls in %s", err, len(statuses), len(calls), output)
	}
	return statuses
}

// TestNpm has a foreign implementation sign for our handlers, over HTTP.
func TestNpm(t *testing.T) {
	signer := os.Getenv("TWILIO_SIGNER")
	if signer == "" {
		t.Skip("SKIPPED, NOT TRIED: TWILIO_SIGNER is not set; run .ci/judges/twiliosign.sh")
	}
	s := &store{}
	tw := twilio(s, directory{"+447700900123": {{Case: "H-1", Contact: "c1"}}})
	tw.Signed = sms.Signed(authToken)
	mux := http.NewServeMux()
	mux.Handle(inbound.StatusPath, tw.Status())
	mux.Handle(inbound.InboundPath, tw.Inbound())
	server := httptest.NewServer(mux)
	defer server.Close()

	const status, text = inbound.StatusPath + "?message=H-10482-3", inbound.InboundPath
	single := func(form url.Values, pairs ...string) map[string]string {
		values := map[string]string{}
		for name := range form {
			values[name] = form.Get(name)
		}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = pairs[i+1]
		}
		return values
	}
	right := func(path string, form url.Values) npmCall {
		return npmCall{Token: authToken, Signed: public + path, Form: single(form), To: server.URL + path}
	}
	change := func(call npmCall, by func(*npmCall)) npmCall {
		by(&call)
		return call
	}
	receipt, texted := right(status, receiptForm()), right(text, textForm())
	calls := map[string]npmCall{
		"right: a receipt": receipt,
		"right: a text":    texted,
		"right: the port":  change(texted, func(c *npmCall) { c.Signed = strings.Replace(c.Signed, ".example/", ".example:443/", 1) }),

		"wrong: another token":               change(receipt, func(c *npmCall) { c.Token = "another-token" }),
		"wrong: a changed value":             change(receipt, func(c *npmCall) { c.Body = encoded(single(receiptForm(), "MessageStatus", "failed")) }),
		"wrong: changed words":               change(texted, func(c *npmCall) { c.Body = encoded(single(textForm(), "Body", "STOP")) }),
		"wrong: a value more":                change(texted, func(c *npmCall) { c.Body = encoded(single(textForm(), "OptOutType", "STOP")) }),
		"wrong: a second To":                 change(receipt, func(c *npmCall) { c.Body = receiptForm().Encode() + "&To=%2B447700900999" }),
		"wrong: a second To, the same":       change(receipt, func(c *npmCall) { c.Body = receiptForm().Encode() + "&To=%2B447700900123" }),
		"wrong: a second To of a text":       change(texted, func(c *npmCall) { c.Body = textForm().Encode() + "&To=%2B447700900999" }),
		"wrong: a second From before":        change(texted, func(c *npmCall) { c.Body = "From=%2B447700900999&" + textForm().Encode() }),
		"wrong: another public address":      change(receipt, func(c *npmCall) { c.Signed = "https://other.example" + status }),
		"wrong: the address behind a proxy":  change(receipt, func(c *npmCall) { c.Signed = server.URL + status }),
		"wrong: without TLS":                 change(receipt, func(c *npmCall) { c.Signed = strings.Replace(c.Signed, "https", "http", 1) }),
		"wrong: signed for another message":  change(receipt, func(c *npmCall) { c.Signed = public + inbound.StatusPath + "?message=H-10482-4" }),
		"wrong: posted to another message":   change(receipt, func(c *npmCall) { c.To = server.URL + inbound.StatusPath + "?message=H-10482-4" }),
		"wrong: signed for the other door":   change(texted, func(c *npmCall) { c.Signed = public + inbound.StatusPath }),
		"wrong: posted to no message at all": change(receipt, func(c *npmCall) { c.To = server.URL + inbound.StatusPath }),
	}
	// Whatever a phone can type is signed alike on both sides.
	random := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("abcÀŵ€ 😀\n\r\t+&=%?;#'\"\\/<>\u00a0\u200f\u3000سلامя")
	for number := range 200 {
		words := make([]rune, random.IntN(40))
		for i := range words {
			words[i] = alphabet[random.IntN(len(alphabet))]
		}
		calls[fmt.Sprintf("right: words %d", number)] = change(texted, func(c *npmCall) {
			c.Form = single(textForm(), "Body", string(words), "MessageSid", fmt.Sprintf("SM%032d", number))
		})
	}

	names := make([]string, 0, len(calls))
	list := make([]npmCall, 0, len(calls))
	accepted := 0
	for name, call := range calls {
		names, list = append(names, name), append(list, call)
		if strings.HasPrefix(name, "right") {
			accepted++
		}
	}
	for i, status := range npmCalls(t, signer, list) {
		right := strings.HasPrefix(names[i], "right")
		if right && status/100 != 2 || !right && status != http.StatusForbidden {
			t.Errorf("%s: answered %d", names[i], status)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.events) != accepted || len(s.rejected) != 0 {
		t.Errorf("stored %d events and %d rejections, want %d and none", len(s.events), len(s.rejected), accepted)
	}
}

func encoded(form map[string]string) string {
	values := url.Values{}
	for name, value := range form {
		values.Set(name, value)
	}
	return values.Encode()
}
