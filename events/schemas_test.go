package events_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"hearback/events"
)

const schemaBase = "https://hearback.example/schemas/"

// compileSchemas gives every schema by its file name. Formats are checked, which
// draft 2020-12 leaves to the validator.
func compileSchemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	names, err := fs.Glob(events.Schemas(), "*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no schemas: %v", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(events.Schemas(), name)
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := compiler.AddResource(schemaBase+name, document); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if id := document.(map[string]any)["$id"]; id != schemaBase+name {
			t.Errorf("%s calls itself %v", name, id)
		}
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, name := range names {
		schema, err := compiler.Compile(schemaBase + name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		schemas[name] = schema
	}
	return schemas
}

func validate(t *testing.T, schema *jsonschema.Schema, body []byte) error {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(document)
}

func TestEveryTypeHasASchema(t *testing.T) {
	schemas := compileSchemas(t)
	for _, kind := range events.Catalogue() {
		schema := schemas[events.SchemaOf(kind.Type)]
		if schema == nil {
			t.Errorf("%s: no schema %q", kind.Type, events.SchemaOf(kind.Type))
			continue
		}
		// An event of the catalogue needs no data, so a bare one shows that the schema lists the type.
		if kind.Origin == events.FromSENDSystem {
			if err := validate(t, schema, []byte(dataEvent(kind.Type, `{}`))); err != nil {
				t.Errorf("%s: %v", kind.Type, err)
			}
		}
		if err := validate(t, schema, []byte(dataEvent("weather.changed", `{}`))); err == nil {
			t.Errorf("%s takes a type that is not known", events.SchemaOf(kind.Type))
		}
	}
	if events.SchemaOf("weather.changed") != "" {
		t.Error("an unknown type has a schema")
	}
}

func TestSamplesFollowTheirSchemas(t *testing.T) {
	schemas := compileSchemas(t)
	for eventType, body := range samples(t) {
		if err := validate(t, schemas[events.SchemaOf(typeOf(eventType))], body); err != nil {
			t.Errorf("%s: %v", eventType, err)
		}
	}
}

// Schemas and code are written apart. Here each sample is spoilt at every place in
// turn, and both must refuse it, or neither.
func TestSchemasAndCheckAgree(t *testing.T) {
	schemas := compileSchemas(t)
	compared := 0
	for eventType, body := range samples(t) {
		for name, spoilt := range spoil(t, body) {
			compared++
			schemaSays := validate(t, schemas[events.SchemaOf(typeOf(eventType))], spoilt)
			e, checkSays := events.Parse(spoilt)
			if checkSays == nil {
				checkSays = checkEither(e)
			}
			if (schemaSays == nil) != (checkSays == nil) {
				t.Errorf("%s, %s: schema says %v; Check says %v", eventType, name, schemaSays, checkSays)
			}
		}
	}
	if compared < 500 {
		t.Errorf("only %d spoilt samples were compared", compared)
	}
}

// spoil gives the body with each of its values exchanged for others, and each of its
// members taken away.
func spoil(t *testing.T, body []byte) map[string][]byte {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal(body, &document); err != nil {
		t.Fatal(err)
	}
	spoilt := map[string][]byte{}
	keep := func(name string) {
		text, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		spoilt[name] = text
	}
	replacements := map[string]any{
		"a number": 7.5, "true": true, "a list": []any{}, "an object": map[string]any{},
		"a control character": "a\nb", "a long text": strings.Repeat("x", 321), "a word": "pigeon", "31 November": "2026-11-31",
	}
	var walk func(place string, v any)
	walk = func(place string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				whole := v[name]
				for what, replacement := range replacements {
					v[name] = replacement
					keep(place + "." + name + " is " + what)
				}
				delete(v, name)
				keep(place + "." + name + " is gone")
				v[name] = whole
				walk(place+"."+name, whole)
			}
		case []any:
			for i, whole := range v {
				for what, replacement := range replacements {
					v[i] = replacement
					keep(place + "[] is " + what)
				}
				v[i] = whole
				walk(place+"[]", whole)
			}
		}
	}
	walk("", document)
	return spoilt
}

// asyncAPI is the part of asyncapi.yaml that the tests read.
type asyncAPI struct {
	AsyncAPI string `yaml:"asyncapi"`
	Channels map[string]struct {
		Address  string `yaml:"address"`
		Messages map[string]struct {
			Ref string `yaml:"$ref"`
		} `yaml:"messages"`
	} `yaml:"channels"`
	Components struct {
		Messages map[string]struct {
			Name    string `yaml:"name"`
			Payload struct {
				Ref string `yaml:"$ref"`
			} `yaml:"payload"`
			Examples []struct {
				Name    string         `yaml:"name"`
				Payload map[string]any `yaml:"payload"`
			} `yaml:"examples"`
		} `yaml:"messages"`
	} `yaml:"components"`
}

func readAsyncAPI(t *testing.T) asyncAPI {
	t.Helper()
	text, err := os.ReadFile("asyncapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document asyncAPI
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	if document.AsyncAPI != "3.0.0" {
		t.Fatalf("asyncapi %q", document.AsyncAPI)
	}
	return document
}

func TestAsyncAPIExamplesAreGoodEvents(t *testing.T) {
	schemas := compileSchemas(t)
	shown := map[string]bool{}
	for key, message := range readAsyncAPI(t).Components.Messages {
		if len(message.Examples) == 0 {
			t.Errorf("%s has no example", key)
		}
		file := strings.TrimPrefix(message.Payload.Ref, "./schemas/")
		for _, example := range message.Examples {
			body, err := json.Marshal(example.Payload)
			if err != nil {
				t.Fatal(err)
			}
			e := mustParse(t, string(body))
			if err := checkEither(e); err != nil {
				t.Errorf("%s, %q: %v", key, example.Name, err)
			}
			if schemas[file] == nil || file != events.SchemaOf(e.Type) {
				t.Errorf("%s, %q: its schema is %q and should be %q", key, example.Name, file, events.SchemaOf(e.Type))
				continue
			}
			if err := validate(t, schemas[file], body); err != nil {
				t.Errorf("%s, %q: %v", key, example.Name, err)
			}
			if file != "catalogue.json" && message.Name != e.Type {
				t.Errorf("%s is named %q and shows %q", key, message.Name, e.Type)
			}
			shown[e.Type] = true
		}
	}
	for _, kind := range events.Catalogue() {
		if kind.Origin != events.FromSENDSystem && !shown[kind.Type] {
			t.Errorf("asyncapi.yaml shows no %s", kind.Type)
		}
	}
}

func TestAsyncAPIChannelsAreTheSubjects(t *testing.T) {
	document := readAsyncAPI(t)
	for name, subject := range map[string]string{
		"event":   events.Subject("{case}", "{type}"),
		"outcome": events.OutcomeSubject("{case}", "{type}"),
	} {
		channel := document.Channels[name]
		if channel.Address != subject {
			t.Errorf("%s: address %q, want %q", name, channel.Address, subject)
		}
		for key, reference := range channel.Messages {
			message, ok := document.Components.Messages[strings.TrimPrefix(reference.Ref, "#/components/messages/")]
			if !ok {
				t.Errorf("%s, %s: %q leads nowhere", name, key, reference.Ref)
				continue
			}
			if outcome := message.Payload.Ref == "./schemas/outcome.json"; outcome != (name == "outcome") {
				t.Errorf("%s is on the channel %s", key, name)
			}
		}
	}
	if got := len(document.Channels["event"].Messages) + len(document.Channels["outcome"].Messages); got != len(document.Components.Messages) {
		t.Errorf("%d messages are described, %d are on a channel", len(document.Components.Messages), got)
	}
}
