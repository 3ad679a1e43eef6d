package rules_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/rules"
)

// condition gives the `when` of a book that says it for the promise "reply".
func condition(t testing.TB, when string) notifier.Condition {
	t.Helper()
	files := sound(t)
	quoted, err := json.Marshal(when) // a JSON text is a YAML text
	if err != nil {
		t.Fatal(err)
	}
	files[rulesFile] = strings.Replace(files[rulesFile], "when: data.urgent != true", "when: "+string(quoted), 1)
	book, faults := rules.Load(files.FS())
	if book == nil {
		t.Fatalf("%s: %v", when, faults)
	}
	return book.Rules[0].When
}

func TestConditionsAreJudged(t *testing.T) {
	summer := time.Date(2026, time.July, 6, 22, 30, 0, 0, time.UTC) // 11:30pm in London
	of := notifier.Case{Ref: "H-1", Team: "north", Officer: "o.jane"}
	for _, c := range []struct {
		when, data string
		want       bool
		wrong      string // part of the error
	}{
		{when: "data.urgent != true", data: `{}`, want: true},
		{when: "data.urgent != true", data: `{"urgent":true}`, want: false},
		{when: "data.urgent != true", data: `{"urgent":false}`, want: true},
		{when: "data.urgent != true", data: `{"urgent":null}`, want: true},
		{when: "data.urgent", data: ``, want: false},
		{when: "data.urgent", data: `{"Urgent":true}`, want: false},
		{when: "data.urgent", data: `{"\u0075rgent":true}`, want: true},
		{when: "data.urgent", data: `{"about":"{\"urgent\":true}"}`, want: false},
		{when: "data.urgent", data: `{"x":[{"urgent":true}],"y":{"urgent":true}}`, want: false},
		{when: `data["urgent"]`, data: `{"urgent":true}`, want: true},
		{when: `"urgent" in data && !has(data.priority)`, data: `{}`, want: true},
		{when: `size(data) > 8`, data: `{"a":1,"b":2}`, want: true},
		{when: `data.channel == ""`, data: `{}`, want: true},
		{when: `data.channel in ["phone", "voicemail"]`, data: `{"channel":"voicemail"}`, want: true},
		{when: `data.about.contains("school")`, data: `{"about":"no \"school\" place"}`, want: true},
		{when: `data.contact.email == ""`, data: `{}`, want: true},
		{when: `data.contact.email == ""`, data: `{"contact":{"name":"Sam"}}`, want: true},
		{when: `data.priority > 3`, data: `{"priority":4}`, want: true},
		{when: `data.priority > 3`, data: `{"priority":3.5}`, want: true},
		{when: `data.priority > 3`, data: `{}`, wrong: "data.priority"},
		{when: `data.priority > 3`, data: `{"priority":"very"}`, wrong: "fails on this event"},
		{when: `data.extra`, data: `{"extra":"Sam Taylor"}`, wrong: "neither true nor false"},
		{when: `has(data.priority) && data.priority > 3`, data: `{}`, want: false},
		{when: `case.team == "north" && case.officer == "o.jane" && case.state == "open"`, want: true},
		{when: `type == "enquiry.received" && source == "/phone"`, want: true},
		{when: `time.getHours() == 23`, want: true},
		{when: `time.getHours("UTC") == 22`, want: true},
		{when: `data.urgent`, data: `["urgent"]`, wrong: "not a JSON object"},
		{when: `data.urgent`, data: `{"urgent"`, wrong: "not a JSON object"},
		{when: `data.urgent`, data: `{"urgent":tru}`, wrong: "not a JSON object"},
		{when: `data.list.all(a, data.list.all(b, data.list.all(c, a + b + c >= 0)))`, data: `{"list":[` + strings.Repeat("1,", 200) + `1]}`, wrong: "fails on this event"},
	} {
		e := events.Event{ID: "e", Source: "/phone", Type: events.TypeEnquiryReceived, Case: "H-1", Time: summer, Data: json.RawMessage(c.data)}
		got, err := condition(t, c.when).Holds(e, of)
		switch {
		case c.wrong == "" && err != nil, c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%s of %s: error %v", c.when, c.data, err)
		case err == nil && got != c.want:
			t.Errorf("%s of %s: got %v", c.when, c.data, got)
		case err != nil && strings.Contains(err.Error(), "Sam"):
			t.Errorf("%s: the error tells what the event says: %v", c.when, err)
		}
	}
}

// A condition and its plain reading in Go agree on every event.
func TestConditionsAgreeWithTheirMeaning(t *testing.T) {
	when := condition(t, `data.urgent == true || (data.channel in ["phone", "voicemail"] && data.from == "") || (case.team == "north" && data.about.startsWith("URGENT"))`)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom([]string{"", "phone", "voicemail", "c1", "north", "URGENT", "URGENT: call"}), rapid.String())
		said := map[string]any{}
		for _, name := range []string{"channel", "from", "about", "other"} {
			if rapid.Bool().Draw(t, name+" is there") {
				said[name] = text.Draw(t, name)
			}
		}
		if rapid.Bool().Draw(t, "urgent is there") {
			said["urgent"] = rapid.Bool().Draw(t, "urgent")
		}
		data, err := json.Marshal(said)
		if err != nil {
			t.Fatal(err)
		}
		// What the condition sees is what JSON carried.
		var carried struct {
			Channel, From, About string
			Urgent               bool
		}
		if err := json.Unmarshal(data, &carried); err != nil {
			t.Fatal(err)
		}
		of := notifier.Case{Team: text.Draw(t, "team")}
		want := carried.Urgent || (carried.Channel == "phone" || carried.Channel == "voicemail") && carried.From == "" ||
			of.Team == "north" && strings.HasPrefix(carried.About, "URGENT")
		got, err := when.Holds(events.Event{Type: events.TypeEnquiryReceived, Data: data}, of)
		if err != nil || got != want {
			t.Fatalf("got %v, %v; want %v of %s", got, err, want, data)
		}
	})
}

// A flag means the same whether a condition is the only one asked or many are
// asked at once.
func TestConditionsMayBeShared(t *testing.T) {
	when := condition(t, "data.urgent == true")
	done := make(chan bool)
	for i := range 8 {
		go func() {
			right := true
			for range 500 {
				data := json.RawMessage(`{"urgent":false}`)
				if i%2 == 0 {
					data = json.RawMessage(`{"urgent":true}`)
				}
				got, err := when.Holds(events.Event{Type: events.TypeEnquiryReceived, Data: data}, notifier.Case{})
				right = right && err == nil && got == (i%2 == 0)
			}
			done <- right
		}()
	}
	for range 8 {
		if !<-done {
			t.Error("a condition gave another goroutine's answer")
		}
	}
}

func FuzzConditionData(f *testing.F) {
	for _, seed := range []string{`{}`, `{"urgent":true}`, `{"a":{"b":["}"]},"urgent":false}`, `{"\u0075rgent":true,"urgent":null}`, `{"urgent"`, `[`, `{"a":"\"`, `{,}`, `{"a":1,}`} {
		f.Add([]byte(seed))
	}
	flag, whole := condition(f, "data.urgent == true"), condition(f, `"urgent" in data && data.urgent == true`)
	f.Fuzz(func(t *testing.T, data []byte) {
		e := events.Event{Type: events.TypeEnquiryReceived, Data: data}
		got, err := flag.Holds(e, notifier.Case{})
		if !json.Valid(data) {
			return // it must not panic; such data never gets this far
		}
		var object map[string]any
		if json.Unmarshal(data, &object) != nil || object == nil {
			if err == nil {
				t.Fatalf("no error for %q", data)
			}
			return
		}
		want := object["urgent"] == true
		if err != nil || got != want {
			t.Fatalf("got %v, %v; want %v of %q", got, err, want, data)
		}
		if again, err := whole.Holds(e, notifier.Case{}); err != nil || again != want {
			t.Fatalf("with all of the data: got %v, %v; want %v of %q", again, err, want, data)
		}
	})
}

func BenchmarkCondition(b *testing.B) {
	data := json.RawMessage(`{"enquiry":"q-20417","channel":"phone","from":"c1","urgent":false,"about":"Asks when the draft will come; called twice last week and was promised a call back."}`)
	e := events.Event{ID: "7f3a", Source: "/phone", Type: events.TypeEnquiryReceived, Case: "H-10482", Time: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Data: data}
	for name, when := range map[string]string{"flag": "data.urgent != true", "text": `data.channel == "web"`, "case": `case.team == "north" && data.urgent != true`} {
		b.Run(name, func(b *testing.B) {
			condition := condition(b, when)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := condition.Holds(e, notifier.Case{Team: "north"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
