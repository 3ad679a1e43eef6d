package events_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"hearback/events"
)

// edit gives the contract's example with some text exchanged, and fails where that
// text is not there, so that no case can come to test nothing.
func edit(t *testing.T, pairs ...string) string {
	t.Helper()
	text := contractExample
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the example does not contain %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// dataEvent is a body of the given type whose data is the given JSON.
func dataEvent(eventType, data string) string {
	return `{"specversion":"1.0","id":"e1","source":"/test","type":"` + eventType +
		`","subject":"H-1","time":"2026-11-23T09:00:00Z","data":` + data + `}`
}

func mustParse(t *testing.T, body string) events.Event {
	t.Helper()
	e, err := events.Parse([]byte(body))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return e
}

func TestParseContractExample(t *testing.T) {
	e := mustParse(t, contractExample)
	if err := e.Check(today); err != nil {
		t.Fatalf("Check: %v", err)
	}
	if e.ID != "7f3a" || e.Source != "/ehc-hub" || e.Type != events.TypeCaseOpened || e.Case != "H-10482" ||
		!e.Time.Equal(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)) || e.OccurredOn != "" {
		t.Errorf("envelope: %+v", e)
	}
	data, err := events.DataOf[events.CaseData](e)
	if err != nil {
		t.Fatal(err)
	}
	want := events.CaseData{
		Team: new("north"), Officer: new("o.jane"),
		Contacts: []events.Contact{{
			ID: "c1", Name: "Sam Taylor", Relationship: "parent", Mobile: "+447700900123", Email: "sam@family.example",
			Language: "en", Prefers: []string{"sms", "email"}, DoNot: []string{},
		}},
	}
	if !reflect.DeepEqual(data, want) {
		t.Errorf("data: %+v, want %+v", data, want)
	}
}

func TestParseAcceptsEverySpelling(t *testing.T) {
	nine := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		body string
		time time.Time
	}{
		"a zone":               {edit(t, "09:00:00Z", "10:00:00+01:00"), nine},
		"fractions":            {edit(t, "09:00:00Z", "09:00:00.25Z"), nine.Add(250 * time.Millisecond)},
		"small letters":        {edit(t, "T09:00:00Z", "t09:00:00z"), nine},
		"no data content type": {edit(t, `"datacontenttype":"application/json",`, ``), nine},
		"another JSON type":    {edit(t, `"application/json"`, `"application/vnd.council+json; charset=utf-8"`), nine},
		"an extension":         {edit(t, `"id":"7f3a"`, `"id":"7f3a","traceparent":"00-1","sequence":7`), nine},
		"a null attribute":     {edit(t, `"id":"7f3a"`, `"id":"7f3a","data_base64":null,"dataschema":null`), nine},
		"an escaped name":      {edit(t, `"source"`, `"\u0073ource"`), nine},
		"space around":         {" \n\t" + contractExample + "\r\n", nine},
	} {
		t.Run(name, func(t *testing.T) {
			e := mustParse(t, test.body)
			if err := e.Check(today); err != nil {
				t.Fatalf("Check: %v", err)
			}
			if !e.Time.Equal(test.time) || e.Time.Location() != time.UTC {
				t.Errorf("time %v, want %v in UTC", e.Time, test.time)
			}
			if e.ID != "7f3a" || e.Source != "/ehc-hub" || e.Case != "H-10482" {
				t.Errorf("envelope: %+v", e)
			}
		})
	}
}

func TestParseData(t *testing.T) {
	for name, test := range map[string]struct{ body, data string }{
		"absent": {strings.Replace(dataEvent("case.closed", "0"), `,"data":0`, ``, 1), `{}`},
		"null":   {dataEvent("case.closed", "null"), `{}`},
		"verbatim": {dataEvent("case.closed", `{ "reason" : "a < b" , "other":[1.50] }`),
			`{ "reason" : "a < b" , "other":[1.50] }`},
		"base64": {strings.Replace(dataEvent("case.closed", `"eyJyZWFzb24iOiJtb3ZlZCJ9"`), `"data"`, `"data_base64"`, 1),
			`{"reason":"moved"}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := string(mustParse(t, test.body).Data); got != test.data {
				t.Errorf("data %s, want %s", got, test.data)
			}
		})
	}
}

func TestParseKeepsNoPartOfTheBody(t *testing.T) {
	body := []byte(dataEvent("enquiry.received", `{"about":"words"}`))
	e, err := events.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	clear(body)
	if e.Type != events.TypeEnquiryReceived || string(e.Data) != `{"about":"words"}` {
		t.Errorf("the event changed with the body: %+v", e)
	}
}

func TestNamesOfMembersAreExact(t *testing.T) {
	e := mustParse(t, dataEvent("case.changed", `{"Team":"south","team":"north","OFFICER":"o.jane","Occurred_On":"2026-11-01"}`))
	data, err := events.DataOf[events.CaseData](e)
	if err != nil {
		t.Fatal(err)
	}
	if data.Team == nil || *data.Team != "north" || data.Officer != nil || e.OccurredOn != "" {
		t.Errorf("a member was matched without regard to case: %+v, %q", data, e.OccurredOn)
	}
	if _, err := events.Parse([]byte(edit(t, `"id"`, `"ID"`))); err == nil {
		t.Error("ID was taken for id")
	}
}

func TestMarshalJSON(t *testing.T) {
	e := events.Event{
		ID: "né\"1", Source: "/ehc-hub", Type: events.TypeReplySent, Case: "H-1",
		Time: time.Date(2026, 7, 1, 10, 0, 0, 5, time.FixedZone("BST", 3600)), OccurredOn: "2026-06-30",
	}
	for name, test := range map[string]struct{ data, want string }{
		"no data":            {``, `{"occurred_on":"2026-06-30"}`},
		"empty object":       {` { } `, `{"occurred_on":"2026-06-30" }`},
		"other members":      {`{"by":"o.jane"}`, `{"occurred_on":"2026-06-30","by":"o.jane"}`},
		"the day is already": {`{"occurred_on":"2026-06-30"}`, `{"occurred_on":"2026-06-30"}`},
	} {
		t.Run(name, func(t *testing.T) {
			e.Data = json.RawMessage(test.data)
			written, err := e.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			var read events.Event
			if err := json.Unmarshal(written, &read); err != nil {
				t.Fatalf("%s: %v", written, err)
			}
			if strings.ReplaceAll(string(read.Data), " ", "") != strings.ReplaceAll(test.want, " ", "") {
				t.Errorf("data %s, want %s", read.Data, test.want)
			}
			if read.ID != e.ID || read.OccurredOn != e.OccurredOn || !read.Time.Equal(e.Time) {
				t.Errorf("read %+v, wrote %+v", read, e)
			}
		})
	}
	for name, data := range map[string]string{"not JSON": `{`, "a list": `[]`, "another day": `{"occurred_on":"2026-06-29"}`} {
		e.Data = json.RawMessage(data)
		if _, err := e.MarshalJSON(); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

func TestIdentity(t *testing.T) {
	e := mustParse(t, contractExample)
	// printf '/ehc-hub\0007f3a' | sha256sum
	if got, want := e.Identity(), uint64(0x7aa76090f24571a5); got != want {
		t.Errorf("identity %#x, want %#x: an identity holds for ever", got, want)
	}
	a := events.Event{Source: "/a", ID: "b1"}
	b := events.Event{Source: "/ab", ID: "1"}
	if a.Identity() == b.Identity() {
		t.Error("source and id run into each other")
	}
}
