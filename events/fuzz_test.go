package events_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"hearback/events"
)

func FuzzParse(f *testing.F) {
	for _, body := range samples(f) {
		f.Add(body)
	}
	f.Add([]byte(contractExample))
	f.Add([]byte(dataEvent("case.closed", `"x"`)))
	f.Add([]byte(`{"specversion":"1.0","id":"\ud800","data_base64":"e30="}`))
	f.Add([]byte(`{"time":"9999-12-31T23:59:59-01:00"}`))
	f.Add([]byte("\xff"))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := events.Parse(body)
		wantSound(t, e, err)
		list, refused, err := events.ParseBatch(body)
		if len(list) != len(refused) || (err != nil && list != nil) {
			t.Fatalf("%d events, %d errors, %v", len(list), len(refused), err)
		}
	})
}

func FuzzParseMessage(f *testing.F) {
	for eventType, body := range samples(f) {
		f.Add(events.Subject("H-10482", typeOf(eventType)), "", "", "", body)
	}
	f.Add("hearback.event.H-1.reply.sent", "r-1", "reply.sent", "2026-11-23T09:00:00Z", []byte(`{"by":"o.jane"}`))
	f.Add("hearback.event.H-1.reply.sent", "%FF", "reply.sent", "2026-11-23T09:00:00Z", []byte(`{}`))
	f.Add("hearback.event.H.1.reply.sent", `"r\"1"`, "reply.sent", "0000-01-01T00:00:00+23:59", []byte(``))
	f.Fuzz(func(t *testing.T, subject, id, eventType, moment string, body []byte) {
		var header map[string][]string
		if id != "" {
			header = binaryHeader(map[string][]string{"ce-id": {id}, "ce-type": {eventType}, "ce-time": {moment}})
		}
		e, err := events.ParseMessage(subject, header, body)
		wantSound(t, e, err)
		if err != nil {
			return
		}
		if subject != events.Subject(e.Case, e.Type) && subject != events.OutcomeSubject(e.Case, e.Type) {
			t.Fatalf("%q was taken for case %q, type %q", subject, e.Case, e.Type)
		}
	})
}

// wantSound expects a refusal with its faults, or an event that is read as itself once
// it is written, and is judged alike.
func wantSound(t *testing.T, e events.Event, err error) {
	t.Helper()
	if err != nil {
		refusal, ok := errors.AsType[*events.Refusal](err)
		if !ok || len(refusal.Faults) == 0 {
			t.Fatalf("not a refusal with faults: %v", err)
		}
		for _, fault := range refusal.Faults {
			if fault.Field == "" || fault.Problem == "" || fault.Remedy == "" || strings.Contains(fault.String(), "\n") {
				t.Fatalf("half a fault: %q", fault)
			}
		}
		return
	}
	judged := checkEither(e)
	if judged != nil && hasBadText(judged) {
		return // cannot be written as JSON and read as itself; nobody takes it
	}
	written, err := e.MarshalJSON()
	if err != nil {
		t.Fatalf("accepted and cannot be written: %v", err)
	}
	again, err := events.Parse(written)
	if len(written) > events.MaxBody {
		if judged == nil {
			t.Fatal("Check took an event that is too large to be written")
		}
		return
	}
	if err != nil {
		t.Fatalf("written as %s, refused: %v", written, err)
	}
	if !reflect.DeepEqual(e, again) {
		t.Fatalf("read %+v\nafter writing %+v", e, again)
	}
	if rejudged := checkEither(again); (judged == nil) != (rejudged == nil) {
		t.Fatalf("judged %v, after writing %v", judged, rejudged)
	}
}

func hasBadText(err error) bool {
	refusal, ok := errors.AsType[*events.Refusal](err)
	if !ok {
		return false
	}
	for _, fault := range refusal.Faults {
		if fault.Problem == "is not UTF-8" || fault.Field == "type" || fault.Field == "subject" {
			return true
		}
	}
	return false
}
