package events_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hearback/events"
)

func TestCaseChangedTellsAbsentFromEmpty(t *testing.T) {
	for name, test := range map[string]struct {
		data string
		want events.CaseData
	}{
		"absent": {`{}`, events.CaseData{}},
		"null":   {`{"team":null,"officer":null,"contacts":null}`, events.CaseData{}},
		"empty":  {`{"team":"","officer":"","contacts":[]}`, events.CaseData{Team: new(""), Officer: new(""), Contacts: []events.Contact{}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := events.DataOf[events.CaseData](mustParse(t, dataEvent("case.changed", test.data)))
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("%+v, %v, want %+v", got, err, test.want)
			}
		})
	}
}

func TestSilenceAboutDangerForbidsEverything(t *testing.T) {
	for _, data := range []string{`{"id":"c1"}`, `{"contact":"c1"}`, `{"id":"c1","do_not":null}`} {
		got, err := events.DataOf[events.ContactUnsafe](mustParse(t, dataEvent("contact.unsafe", data)))
		if err != nil || got.ID != "c1" || !slices.Equal(got.DoNot, []string{"all"}) {
			t.Errorf("%s: %+v, %v", data, got, err)
		}
	}
}

func TestDataOfNamesEveryWrongKind(t *testing.T) {
	e := mustParse(t, dataEvent("reply.sent", `{"by":7,"channel":"phone"}`))
	_, err := events.DataOf[events.Reply](e)
	wantFault(t, err, "data.by", "a number")
	_, err = events.DataOf[events.Reply](events.Event{Data: json.RawMessage(`[`)})
	wantFault(t, err, "data", "not JSON")
	if reply, err := events.DataOf[events.Reply](events.Event{}); err != nil || reply != (events.Reply{}) {
		t.Errorf("no data: %+v, %v", reply, err)
	}
}

func TestDataOfATypeOfTheCaller(t *testing.T) {
	type advice struct {
		From string `json:"from"`
		Days int    `json:"days"`
	}
	got, err := events.DataOf[advice](mustParse(t, dataEvent("advice.requested", `{"from":"a school","days":42}`)))
	if err != nil || got != (advice{"a school", 42}) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := events.DataOf[advice](mustParse(t, dataEvent("advice.requested", `{"days":"x"}`))); err == nil {
		t.Error("a text was taken for a number")
	}
}

// What a Go service writes with the types of this package is read as it was meant.
func TestDataRoundTrip(t *testing.T) {
	text := rapid.OneOf(rapid.Just(""), rapid.String(), rapid.SampledFrom([]string{"é", "\"", "\\u", "\U0001F64F", "a\nb", "<&>"}))
	channels := rapid.SliceOf(rapid.SampledFrom(events.ContactChannels()))
	contact := rapid.Custom(func(t *rapid.T) events.Contact {
		c := events.Contact{
			ID: text.Draw(t, "id"), Name: text.Draw(t, "name"), Relationship: text.Draw(t, "relationship"),
			Mobile: text.Draw(t, "mobile"), Email: text.Draw(t, "email"), Language: text.Draw(t, "language"),
		}
		// An empty list is written as nothing, and read as nil.
		if c.Prefers = channels.Draw(t, "prefers"); len(c.Prefers) == 0 {
			c.Prefers = nil
		}
		if c.DoNot = channels.Draw(t, "do_not"); len(c.DoNot) == 0 {
			c.DoNot = nil
		}
		if c.PostalAddress = rapid.SliceOf(text).Draw(t, "postal address"); len(c.PostalAddress) == 0 {
			c.PostalAddress = nil
		}
		return c
	})
	rapid.Check(t, func(t *rapid.T) {
		person := contact.Draw(t, "person")
		roundTrip(t, events.CaseData{
			Team: rapid.Ptr(text, true).Draw(t, "team"), Officer: rapid.Ptr(text, true).Draw(t, "officer"),
			Contacts: rapid.SliceOf(contact).Draw(t, "contacts"),
		})
		roundTrip(t, person)
		roundTrip(t, events.Enquiry{
			Enquiry: text.Draw(t, "enquiry"), Channel: text.Draw(t, "channel"), From: text.Draw(t, "from"),
			About: text.Draw(t, "about"), Urgent: rapid.Bool().Draw(t, "urgent"), Contact: &person,
		})
		roundTrip(t, events.Outcome{
			Message: text.Draw(t, "message"), Channel: text.Draw(t, "channel"), Contact: text.Draw(t, "contact"),
			Promise: text.Draw(t, "promise"), Enquiry: text.Draw(t, "enquiry"), ProviderID: text.Draw(t, "provider"),
			Reason: text.Draw(t, "reason"), Task: text.Draw(t, "task"), Due: text.Draw(t, "due"),
		})
	})
}

func roundTrip[T any](t *rapid.T, data T) {
	written, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	read, err := events.DataOf[T](events.Event{Data: written})
	if err != nil || !reflect.DeepEqual(read, data) {
		t.Fatalf("wrote %+v as %s, read %+v, %v", data, written, read, err)
	}
}

// Every member that a type writes, it reads: a name that differs between the tags and
// the reader would be lost in silence.
func TestTagsAndReadersNameTheSameMembers(t *testing.T) {
	roundTripFull[events.CaseData](t)
	roundTripFull[events.Contact](t)
	roundTripFull[events.ContactUnsafe](t)
	roundTripFull[events.Enquiry](t)
	roundTripFull[events.Reply](t)
	roundTripFull[events.Postponement](t)
	roundTripFull[events.OfficerChanged](t)
	roundTripFull[events.OfficerAway](t)
	roundTripFull[events.Closure](t)
	roundTripFull[events.MessageReceived](t)
	roundTripFull[events.OptedOut](t)
	roundTripFull[events.Receipt](t)
	roundTripFull[events.Wished](t)
	roundTripFull[events.OfficerDeclined](t)
	roundTripFull[events.TaskDone](t)
	roundTripFull[events.Replanned](t)
	roundTripFull[events.Outcome](t)
}

// roundTripFull fills every field of T with a value of its own, writes and reads it.
func roundTripFull[T any](t *testing.T) {
	t.Helper()
	var data T
	fill(reflect.ValueOf(&data).Elem())
	written, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	read, err := events.DataOf[T](events.Event{Data: written})
	if err != nil || !reflect.DeepEqual(read, data) {
		t.Errorf("wrote %s, read %+v, %v", written, read, err)
	}
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
			if v.Field(i).Kind() == reflect.String {
				v.Field(i).SetString(v.Type().Field(i).Name)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	}
}
