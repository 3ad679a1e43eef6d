package events_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"hearback/events"
)

// binaryHeader is the envelope of a reply.sent in binary mode, with changes: a nil
// value takes a header away.
func binaryHeader(changes map[string][]string) map[string][]string {
	header := map[string][]string{
		"ce-specversion": {"1.0"}, "ce-id": {"r-1"}, "ce-source": {"/ehc-hub"}, "ce-type": {"reply.sent"},
		"ce-subject": {"H-1"}, "ce-time": {"2026-11-23T09:00:00Z"}, "content-type": {"application/json"},
	}
	maps.Copy(header, changes)
	maps.DeleteFunc(header, func(_ string, values []string) bool { return values == nil })
	return header
}

func TestParseBinary(t *testing.T) {
	for name, test := range map[string]struct {
		changes map[string][]string
		id      string
	}{
		"as it is":          {nil, "r-1"},
		"capitals":          {map[string][]string{"ce-id": nil, "CE-ID": {"r-1"}, "ce-type": nil, "Ce-Type": {"reply.sent"}}, "r-1"},
		"no content type":   {map[string][]string{"content-type": nil}, "r-1"},
		"percent encoded":   {map[string][]string{"ce-id": {"caf%C3%A9%25"}}, "café%"},
		"a bare percent":    {map[string][]string{"ce-id": {"100%"}}, "100%"},
		"in quotes":         {map[string][]string{"ce-id": {`"r 1"`}}, "r 1"},
		"the same twice":    {map[string][]string{"Ce-Id": {"r-1"}}, "r-1"},
		"foreign headers":   {map[string][]string{"Nats-Msg-Id": {"x"}, "ce-traceparent": {"00-1"}}, "r-1"},
		"text in a charset": {map[string][]string{"content-type": {"Application/JSON;charset=UTF-8"}}, "r-1"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := events.ParseBinary(binaryHeader(test.changes), []byte(`{"by":"o.jane"}`))
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Check(today); err != nil {
				t.Fatal(err)
			}
			if e.ID != test.id || e.Source != "/ehc-hub" || e.Type != events.TypeReplySent || e.Case != "H-1" || string(e.Data) != `{"by":"o.jane"}` {
				t.Errorf("%+v", e)
			}
		})
	}
	e, err := events.ParseBinary(binaryHeader(nil), nil)
	if err != nil || string(e.Data) != "{}" {
		t.Errorf("an empty body: %s, %v", e.Data, err)
	}
}

func TestParseBinaryRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		changes            map[string][]string
		body, field, words string
	}{
		"no version":        {map[string][]string{"ce-specversion": nil}, `{}`, "specversion", "missing"},
		"version 0.3":       {map[string][]string{"ce-specversion": {"0.3"}}, `{}`, "specversion", "not 1.0"},
		"no id":             {map[string][]string{"ce-id": nil}, `{}`, "id", "missing"},
		"two ids":           {map[string][]string{"CE-ID": {"r-2"}}, `{}`, "id", "twice"},
		"two types":         {map[string][]string{"ce-type": {"reply.sent", "case.stopped"}}, `{}`, "type", "twice"},
		"a bad time":        {map[string][]string{"ce-time": {"soon"}}, `{}`, "time", "RFC 3339"},
		"XML":               {map[string][]string{"content-type": {"text/xml"}}, `{}`, "datacontenttype", "JSON"},
		"a body of no JSON": {nil, `<reply/>`, "body", "not JSON"},
		"a list":            {nil, `[]`, "data", "a list"},
		"a large body":      {nil, `{"note":"` + strings.Repeat("x", events.MaxBody) + `"}`, "body", "256 KiB"},
		"bytes in the id":   {map[string][]string{"ce-id": {"\xff"}}, `{}`, "id", "UTF-8"},
		"encoded bytes":     {map[string][]string{"ce-id": {"%FF"}}, `{}`, "id", "UTF-8"},
		"an encoded line":   {map[string][]string{"ce-id": {"a%0Ab"}}, `{}`, "id", "control character"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := events.ParseBinary(binaryHeader(test.changes), []byte(test.body))
			if err == nil {
				err = e.Check(today)
			}
			wantFault(t, err, test.field, test.words)
		})
	}
}

func TestParseMessage(t *testing.T) {
	subject := events.Subject("H-10482", events.TypeCaseOpened)
	structured, err := events.ParseMessage(subject, map[string][]string{"content-type": {"application/cloudevents+json"}}, []byte(contractExample))
	if err != nil || structured.ID != "7f3a" {
		t.Errorf("structured: %+v, %v", structured, err)
	}
	binary, err := events.ParseMessage("hearback.event.H-1.reply.sent", binaryHeader(nil), []byte(`{}`))
	if err != nil || binary.ID != "r-1" {
		t.Errorf("binary: %+v, %v", binary, err)
	}
	outcome := dataEvent("promise.kept", `{"promise":"reply"}`)
	if _, err := events.ParseMessage("hearback.outcome.H-1.promise.kept", nil, []byte(outcome)); err != nil {
		t.Errorf("an outcome: %v", err)
	}
	for name, test := range map[string]struct{ subject, body, field, words string }{
		"another case":               {"hearback.event.H-2.case.closed", dataEvent("case.closed", `{}`), "nats-subject", "another case"},
		"another type":               {"hearback.event.H-1.case.stopped", dataEvent("case.closed", `{}`), "nats-subject", "another type"},
		"a case with a dot":          {"hearback.event.H.1.case.closed", strings.Replace(dataEvent("case.closed", `{}`), "H-1", "H.1", 1), "nats-subject", "no dot"},
		"a subject of no event":      {"hearback.leader", dataEvent("case.closed", `{}`), "nats-subject", "hearback.event.<case>.<type>"},
		"a case with a space":        {"hearback.event.H 1.case.closed", dataEvent("case.closed", `{}`), "nats-subject", "holds a space; publish on hearback.event.<case>.<type>, and write - in place"},
		"what a space leaves":        {"hearback.event.H", dataEvent("case.closed", `{}`), "nats-subject", "without dots and spaces"},
		"an event among outcomes":    {"hearback.outcome.H-1.case.closed", dataEvent("case.closed", `{}`), "nats-subject", "what Hearback publishes"},
		"a binary event without ids": {"hearback.event.H-1.case.closed", ``, "body", "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := events.ParseMessage(test.subject, nil, []byte(test.body))
			wantFault(t, err, test.field, test.words)
		})
	}
}

// What cannot be read is kept under its case, so that a person finds it.
func TestRefusedEventsKeepTheirCase(t *testing.T) {
	for name, test := range map[string]struct{ subject, body, want string }{
		"from the subject": {"hearback.event.H-1.case.closed", `not JSON`, "hearback.rejected.H-1"},
		"from the body":    {"hearback.event.nowhere", dataEvent("case.closed", `[]`), "hearback.rejected.H-1"},
		"from nowhere":     {"hearback.event.nowhere", `not JSON`, "hearback.rejected.unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := events.ParseMessage(test.subject, nil, []byte(test.body))
			if err == nil {
				t.Fatal("taken")
			}
			if got := events.RejectedSubject(e.Case); got != test.want {
				t.Errorf("filed as %s, want %s", got, test.want)
			}
		})
	}
}

func TestParseBatch(t *testing.T) {
	list, refused, err := events.ParseBatch([]byte(` [` + contractExample + `, {"id":"x"}, 7 ,` + dataEvent("case.closed", `{}`) + `] `))
	if err != nil || len(list) != 4 || len(refused) != 4 {
		t.Fatalf("%d events, %d errors, %v", len(list), len(refused), err)
	}
	for i, good := range []bool{true, false, false, true} {
		if (refused[i] == nil) != good {
			t.Errorf("event %d: %v", i, refused[i])
		}
		if refusal, ok := errors.AsType[*events.Refusal](refused[i]); ok {
			for _, fault := range refusal.Faults {
				if fault.Index != i {
					t.Errorf("event %d: a fault says %d", i, fault.Index)
				}
			}
		}
	}
	if list[0].ID != "7f3a" || list[3].ID != "e1" {
		t.Errorf("%+v", list)
	}
	if list, refused, err := events.ParseBatch([]byte(`[]`)); err != nil || len(list) != 0 || len(refused) != 0 {
		t.Errorf("an empty list: %v, %v, %v", list, refused, err)
	}
	for _, body := range []string{``, `{}`, contractExample, `[`, `[{}] x`, "[\"\xff\"]"} {
		if _, _, err := events.ParseBatch([]byte(body)); !errors.Is(err, events.ErrNotBatch) {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}
