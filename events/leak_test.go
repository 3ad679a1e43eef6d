package events_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/events"
)

// A refusal ends in logs and on the stream, so it may hold no value that could be a
// name, a number, an address or a family's words.
func TestRefusalsQuoteNobody(t *testing.T) {
	bodies := samples(t)
	types := slices.Sorted(maps.Keys(bodies))
	secrets := []string{"Robin Hill", "07700900999", "robin@hill.example", "please hurry"}
	refusals := 0
	rapid.Check(t, func(t *rapid.T) {
		var document any
		if err := json.Unmarshal(bodies[rapid.SampledFrom(types).Draw(t, "type")], &document); err != nil {
			t.Fatal(err)
		}
		document = plant(t, document, secrets)
		body, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		e, err := events.Parse(body)
		if err == nil {
			err = e.Check(today)
		}
		if _, ok := errors.AsType[*events.Refusal](err); !ok {
			return
		}
		refusals++
		for _, secret := range secrets {
			if strings.Contains(strings.ToLower(err.Error()), strings.ToLower(secret)) {
				t.Fatalf("%s gives %v", body, err)
			}
		}
	})
	if refusals == 0 {
		t.Error("nothing was refused, so nothing was tested")
	}
}

// plant puts a secret in the place of some values, whole, as a list, or on two lines,
// and in the place of some names of members.
func plant(t *rapid.T, v any, secrets []string) any {
	switch v := v.(type) {
	case map[string]any:
		planted := map[string]any{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			value := plant(t, v[name], secrets)
			if rapid.IntRange(0, 15).Draw(t, "rename") == 0 {
				name = rapid.SampledFrom(secrets).Draw(t, "name")
			}
			planted[name] = value
		}
		return planted
	case []any:
		planted := []any{}
		for _, element := range v {
			planted = append(planted, plant(t, element, secrets))
		}
		return planted
	}
	secret := rapid.SampledFrom(secrets).Draw(t, "secret")
	switch rapid.IntRange(0, 9).Draw(t, "how") {
	case 0:
		return secret
	case 1:
		return secret + "\n" + secret
	case 2:
		return []any{secret}
	case 3:
		return map[string]any{secret: secret}
	}
	return v
}
