package events_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"hearback/events"
)

// samples reads the frozen samples by type; a second of one type has a "+" and what is
// new in it behind the type. They are what services have sent since the
// first day; a change that reads one of them differently breaks those services. Add to
// them, never rewrite one.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/samples/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	byType := map[string][]byte{}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		byType[strings.TrimSuffix(filepath.Base(path), ".json")] = body
	}
	return byType
}

// typeOf is the type of a sample.
func typeOf(name string) string {
	eventType, _, _ := strings.Cut(name, "+")
	return eventType
}

func TestSamplesAreFrozen(t *testing.T) {
	list, err := os.ReadFile("testdata/samples.sha256")
	if err != nil {
		t.Fatal(err)
	}
	bodies := samples(t)
	for line := range strings.Lines(string(list)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		eventType := strings.TrimSuffix(name, ".json")
		got := sha256.Sum256(bodies[eventType])
		if hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s was rewritten or taken away; restore it and add a new sample instead", name)
		}
		delete(bodies, eventType)
	}
	for eventType := range bodies {
		t.Errorf("%s.json is not frozen; add its sha256sum to testdata/samples.sha256", eventType)
	}
}

func TestThereIsASampleOfEveryTypeOfOurs(t *testing.T) {
	bodies := samples(t)
	for _, kind := range events.Catalogue() {
		if kind.Origin != events.FromSENDSystem && bodies[kind.Type] == nil {
			t.Errorf("no sample of %s", kind.Type)
		}
	}
}

// sampleData is what each sample must be read as, for ever.
var sampleData = map[string]struct {
	id, source, occurredOn string
	data                   any
}{
	"case.opened": {"7f3a", "/ehc-hub", "", events.CaseData{Team: new("north"), Officer: new("o.jane"), Contacts: []events.Contact{
		{ID: "c1", Name: "Sam Taylor", Relationship: "parent", Mobile: "+447700900123", Email: "sam@family.example", Language: "en", Prefers: []string{"sms", "email"}, DoNot: []string{}},
		{ID: "c2", Name: "Alex Morgan", Relationship: "grandparent", Mobile: "01632 960123", Language: "cy", Prefers: []string{"email"}, DoNot: []string{"voicemail"}},
	}}},
	"case.changed":                   {"7f3b", "/ehc-hub", "", events.CaseData{Officer: new("o.tariq")}},
	"case.closed":                    {"7f3c", "/ehc-hub", "", events.Closure{Reason: "moved out of the area"}},
	"case.stopped":                   {"7f3d", "/ehc-hub", "", events.Closure{Reason: "recorded by the manager"}},
	"enquiry.received":               {"call-881", "/telephony", "2026-11-22", events.Enquiry{Enquiry: "q1", Channel: "voicemail", From: "c1", About: "asks when the draft will come"}},
	"reply.sent":                     {"r-1", "/ehc-hub", "", events.Reply{Enquiry: "q1", By: "o.jane", Channel: "phone", Note: "spoke for 10 minutes"}},
	"reply.postponed":                {"r-2", "/ehc-hub", "", events.Postponement{Enquiry: "q1", Until: "2026-12-04", Reason: "waiting for the school's report", By: "o.jane"}},
	"officer.changed":                {"o-1", "/ehc-hub", "", events.OfficerChanged{Officer: "o.tariq"}},
	"officer.away":                   {"o-2", "/ehc-hub", "", events.OfficerAway{Officer: "o.jane", From: "2026-11-30", To: "2026-12-11", Cover: "o.tariq"}},
	"contact.changed":                {"c-1", "/ehc-hub", "", events.ContactChange{ID: "c1", Name: "Sam Taylor", Relationship: "parent", Mobile: "07700 900456", Email: "sam@family.example", Language: "en", Prefers: []string{"sms", "email"}, DoNot: []string{}}},
	"contact.changed+postal_address": {"c-3", "/ehc-hub", "", events.ContactChange{ID: "c1", Name: "Sam Taylor", PostalAddress: []string{"Flat 2", "1 High Street", "Hitchin", "SG5 1AA"}}},
	"contact.unsafe":                 {"c-2", "/ehc-hub", "", events.ContactUnsafe{ID: "c2", DoNot: []string{"voicemail", "letter"}}},
	"message.received":               {"SM0001", "/webhooks/twilio", "", events.MessageReceived{Channel: "sms", Contact: "c1", Text: "Thank you \u2013 when? \U0001F64F", Enquiry: "q1"}},
	"contact.opted-out":              {"SM0002", "/webhooks/twilio", "", events.OptedOut{Channel: "sms", Contact: "c1"}},
	"receipt.received":               {"SM0003:delivered", "/twilio/status", "", events.Receipt{Message: "H-10482-7", Channel: "sms", ProviderID: "SM0003", Status: "delivered"}},
	"contact.opted-in":               {"SM0004", "/twilio/inbound", "", events.OptedOut{Channel: "sms", Contact: "c1", Address: "+447700900123", Told: true}},
	"contact.wished":                 {"w-1", "/links", "", events.Wished{Contact: "c1", Prefers: []string{"email", "sms"}, Language: "cy", DoNot: []string{"sms"}, Hours: "09:00-18:00"}},
	"contact.confirmed":              {"cf-1", "/console", "", events.Confirmed{Contact: "c1", Channel: "sms", Address: "+447700900123", By: "o.jane"}},
	"officer.texted":                 {"SM00000000000000000000000000000001", "/twilio/inbound", "", events.OfficerTexted{By: "o.jane", Address: "+447700900200", Text: "2 Friday", ProviderID: "SM00000000000000000000000000000001", Answer: "until", Until: "2026-11-27", Say: "H-10482: the family is told that they hear by Fri 27 Nov."}},
	"exception.recorded":             {"a-5", "/ehc-hub", "", events.Exception{Promise: "final-plan", Kind: "closure", Reason: "We are waiting for one more report.", Until: "2027-05-14", By: "o.jane"}},
	"officer.declined":               {"d-1", "/links", "", events.OfficerDeclined{Enquiry: "q1", By: "o.jane"}},
	"task.done":                      {"t-1", "/console", "", events.TaskDone{Task: "H-10482.3", By: "p.lead", Note: "phoned and left word with the family"}},
	"case.replanned":                 {"replanned-4711", "/publish-book", "", events.Replanned{Book: "3f9c5a0d12be", By: "p.manager", Why: "replies within a week"}},
	"message.sent":                   {"H-10482.7.sent", "/hearback", "", events.Outcome{Message: "H-10482.7", Channel: "sms", Contact: "c1", Promise: "reply", Enquiry: "q1", ProviderID: "SM0003"}},
	"message.delivered":              {"H-10482.7.delivered", "/hearback", "", events.Outcome{Message: "H-10482.7", Channel: "sms", Contact: "c1", ProviderID: "SM0003"}},
	"message.failed":                 {"H-10482.8.failed", "/hearback", "", events.Outcome{Message: "H-10482.8", Channel: "email", Contact: "c1", Reason: "the mailbox does not exist"}},
	"promise.late":                   {"H-10482.p1.late", "/hearback", "", events.Outcome{Promise: "reply", Enquiry: "q1", Due: "2026-11-20", Reason: "nobody had replied when it was due"}},
	"promise.kept":                   {"H-10482.p1.kept", "/hearback", "", events.Outcome{Promise: "reply", Enquiry: "q1", Due: "2026-11-30"}},
	"task.opened":                    {"H-10482.3.opened", "/hearback", "", events.Outcome{Task: "H-10482.3", Contact: "c2", Enquiry: "q1", Reason: "no way to reach the family is left: phone them"}},
	"assessment.requested":           {"a-1", "/ehc-hub", "2026-11-20", map[string]any{"by": "parent", "occurred_on": "2026-11-20"}},
	"plan.draft-sent":                {"a-2", "/ehc-hub", "", map[string]any{"version": 3.0}},
	"review.meeting-held":            {"a-3", "/ehc-hub", "", map[string]any{}},
	"complaint.received":             {"a-4", "/ehc-hub", "", map[string]any{"stage": 1.0}},
	"update.sent":                    {"a-6", "/ehc-hub", "", map[string]any{"by": "o.jane", "channel": "email"}},
	"advice.received":                {"a-7", "/ehc-hub", "", map[string]any{"adviser": "a-31"}},
}

func TestSamplesAreReadAsEver(t *testing.T) {
	for name, body := range samples(t) {
		t.Run(name, func(t *testing.T) {
			want, ok := sampleData[name]
			if !ok {
				t.Fatal("say in sampleData what this sample must be read as")
			}
			e := mustParse(t, string(body))
			if err := checkEither(e); err != nil {
				t.Fatalf("Check: %v", err)
			}
			eventType := typeOf(name)
			moment := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
			if eventType == events.TypeCaseChanged {
				moment = time.Date(2026, 11, 23, 10, 15, 30, 500_000_000, time.UTC)
			}
			if e.ID != want.id || e.Source != want.source || e.Type != eventType || e.Case != "H-10482" || !e.Time.Equal(moment) || e.OccurredOn != want.occurredOn {
				t.Errorf("envelope: %+v", e)
			}
			if got := dataLike(t, e, want.data); !reflect.DeepEqual(got, want.data) {
				t.Errorf("data %+v, want %+v", got, want.data)
			}
			wantSameJSON(t, e, body)
		})
	}
}

// checkEither judges an event as what it is, said to us or by us, later on the day.
func checkEither(e events.Event) error {
	now := today.Add(2 * time.Hour)
	if events.IsOutcome(e.Type) {
		return e.CheckOutcome(now)
	}
	return e.Check(now)
}

// dataLike decodes the data of an event into the type of the example.
func dataLike(t *testing.T, e events.Event, example any) any {
	t.Helper()
	var data any
	var err error
	switch example.(type) {
	case events.CaseData:
		data, err = events.DataOf[events.CaseData](e)
	case events.Closure:
		data, err = events.DataOf[events.Closure](e)
	case events.Enquiry:
		data, err = events.DataOf[events.Enquiry](e)
	case events.Reply:
		data, err = events.DataOf[events.Reply](e)
	case events.Postponement:
		data, err = events.DataOf[events.Postponement](e)
	case events.Exception:
		data, err = events.DataOf[events.Exception](e)
	case events.OfficerChanged:
		data, err = events.DataOf[events.OfficerChanged](e)
	case events.OfficerAway:
		data, err = events.DataOf[events.OfficerAway](e)
	case events.ContactChange:
		data, err = events.DataOf[events.ContactChange](e)
	case events.ContactUnsafe:
		data, err = events.DataOf[events.ContactUnsafe](e)
	case events.MessageReceived:
		data, err = events.DataOf[events.MessageReceived](e)
	case events.OptedOut:
		data, err = events.DataOf[events.OptedOut](e)
	case events.Receipt:
		data, err = events.DataOf[events.Receipt](e)
	case events.Confirmed:
		data, err = events.DataOf[events.Confirmed](e)
	case events.OfficerTexted:
		data, err = events.DataOf[events.OfficerTexted](e)
	case events.Wished:
		data, err = events.DataOf[events.Wished](e)
	case events.OfficerDeclined:
		data, err = events.DataOf[events.OfficerDeclined](e)
	case events.Replanned:
		data, err = events.DataOf[events.Replanned](e)
	case events.TaskDone:
		data, err = events.DataOf[events.TaskDone](e)
	case events.Outcome:
		data, err = events.DataOf[events.Outcome](e)
	default:
		data, err = events.DataOf[map[string]any](e)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// wantSameJSON expects the written event to mean what the body means; only the
// spelling of the time may differ.
func wantSameJSON(t *testing.T, e events.Event, body []byte) {
	t.Helper()
	var got, want map[string]any
	written, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(written, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &want); err != nil {
		t.Fatal(err)
	}
	delete(got, "time")
	delete(want, "time")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("written %s\nread %s", written, body)
	}
}
