package events_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"hearback/events"
)

func TestCheckAcceptsWhatIsNoFault(t *testing.T) {
	contact := func(members string) string {
		return dataEvent("contact.changed", `{"id":"c1",`+members+`}`)
	}
	for name, body := range map[string]string{
		"a landline":                   contact(`"mobile":"01632 960123"`),
		"a foreign number":             contact(`"mobile":"+33 1 99 00 12 34"`),
		"a short number":               contact(`"mobile":"0770"`),
		"spaces in a mobile":           contact(`"mobile":"07700 900123"`),
		"a zero in brackets":           contact(`"mobile":"+44 (0)7700 900123"`),
		"an address without an at":     contact(`"email":"sam"`),
		"a name in Arabic":             contact(`"name":"\u0633\u0627\u0645\u064a \u200f"`),
		"unknown members":              contact(`"shoe":{"size":[4,{"id":5}]},"Mobile":7`),
		"null for absent":              contact(`"mobile":null,"prefers":null,"do_not":null`),
		"nothing forbidden":            contact(`"do_not":[]`),
		"everything forbidden":         contact(`"do_not":["all"]`),
		"a case without anything":      dataEvent("case.opened", `{}`),
		"an enquiry without anything":  dataEvent("enquiry.received", `{}`),
		"an enquiry from a caller":     dataEvent("enquiry.received", `{"contact":{"name":"Robin Hill","mobile":"07700 900789"}}`),
		"lines in free text":           dataEvent("enquiry.received", `{"about":"one\ntwo\u0007"}`),
		"a reply by text, named sms":   dataEvent("reply.sent", `{"channel":"sms"}`),
		"postponed to the same day":    dataEvent("reply.postponed", `{"until":"2026-11-23"}`),
		"away for one day":             dataEvent("officer.away", `{"officer":"o.jane","from":"2026-11-30","to":"2026-11-30"}`),
		"away until further notice":    dataEvent("officer.away", `{"officer":"o.jane"}`),
		"unsafe without saying how":    dataEvent("contact.unsafe", `{"id":"c1"}`),
		"unsafe by its other name":     dataEvent("contact.unsafe", `{"contact":"c1"}`),
		"an event from 2019":           strings.Replace(dataEvent("case.closed", `{}`), "2026-11-23T", "2019-02-28T", 1),
		"five minutes ahead":           strings.Replace(dataEvent("case.closed", `{}`), "09:00:00Z", "09:10:00Z", 1),
		"it happened today":            dataEvent("complaint.received", `{"occurred_on":"2026-11-23"}`),
		"a leap day":                   dataEvent("complaint.received", `{"occurred_on":"2024-02-29"}`),
		"the catalogue's data is free": dataEvent("plan.draft-sent", `{"team":7,"contacts":"all","until":"x"}`),
	} {
		t.Run(name, func(t *testing.T) {
			if err := mustParse(t, body).Check(today); err != nil {
				t.Errorf("refused: %v", err)
			}
		})
	}
}

// A message at half past eleven at night by Greenwich belongs, in summer, to the next
// day in London.
func TestCheckCountsDaysInLondon(t *testing.T) {
	summerNight := time.Date(2026, 6, 30, 23, 30, 0, 0, time.UTC)
	e := events.Event{
		ID: "1", Source: "/s", Type: events.TypeReplyPostponed, Case: "H-1",
		Time: summerNight, Data: json.RawMessage(`{"until":"2026-06-30"}`),
	}
	if e.Day() != "2026-07-01" {
		t.Errorf("day %s", e.Day())
	}
	wantFault(t, e.Check(summerNight), "data.until", "before the day of the event")
	e.OccurredOn = "2026-06-30"
	if err := e.Check(summerNight); err != nil {
		t.Errorf("postponed on the day it happened: %v", err)
	}
	e.OccurredOn, e.Data = "2026-07-01", json.RawMessage(`{"until":"2026-07-01"}`)
	if err := e.Check(summerNight); err != nil {
		t.Errorf("today in London was taken for tomorrow: %v", err)
	}
	e.Time = summerNight.Add(-time.Hour)
	wantFault(t, e.Check(summerNight.Add(-31*time.Minute)), "data.occurred_on", "after today")
}

func TestCheckBoundsTheFuture(t *testing.T) {
	e := mustParse(t, contractExample)
	now := e.Time.Add(-events.MaxAhead)
	if err := e.Check(now); err != nil {
		t.Errorf("5 minutes ahead: %v", err)
	}
	wantFault(t, e.Check(now.Add(-time.Nanosecond)), "time", "in the future")
}

func TestCheckOfAnEventMadeInGo(t *testing.T) {
	good := events.Event{ID: "1", Source: "/s", Type: events.TypeCaseClosed, Case: "H-1", Time: today}
	if err := good.Check(today); err != nil {
		t.Errorf("no data stands for an empty object: %v", err)
	}
	for field, change := range map[string]func(*events.Event){
		"id":      func(e *events.Event) { e.ID = "\xff" },
		"source":  func(e *events.Event) { e.Source = "" },
		"type":    func(e *events.Event) { e.Type = "" },
		"subject": func(e *events.Event) { e.Case = "" },
		"time":    func(e *events.Event) { e.Time = time.Time{} },
		"data":    func(e *events.Event) { e.Data = json.RawMessage(`{`) },
		"data.occurred_on": func(e *events.Event) {
			e.OccurredOn, e.Data = "2026-11-22", json.RawMessage(`{"occurred_on":"2026-11-21"}`)
		},
		"body": func(e *events.Event) {
			e.Data = json.RawMessage(`{"reason":"` + strings.Repeat("x", events.MaxBody) + `"}`)
		},
	} {
		e := good
		change(&e)
		wantFault(t, e.Check(today), field, "")
	}
}

// An address is text, however little it is one: whether it can be posted to is
// decided later.
func TestPostalAddresses(t *testing.T) {
	for _, address := range []string{`[]`, `["somewhere"]`, `["","",""]`, `["1","2","3","4","5","6","7","8","9"]`, `null`} {
		if err := mustParse(t, dataEvent("contact.changed", `{"id":"c1","postal_address":`+address+`}`)).Check(today); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for address, field := range map[string]string{
		`"1 High Street, SG5 1AA"`: "postal_address", `{"line_1":"a"}`: "postal_address", `["a",7]`: "postal_address[1]",
		`["a\nb"]`: "postal_address[0]", `["a","` + strings.Repeat("x", 321) + `"]`: "postal_address[1]",
	} {
		wantFault(t, mustParse(t, dataEvent("contact.changed", `{"id":"c1","postal_address":`+address+`}`)).Check(today), "data."+field, "")
		wantFault(t, mustParse(t, dataEvent("case.opened", `{"contacts":[{"id":"c1"},{"id":"c2","postal_address":`+address+`}]}`)).Check(today), "data.contacts[1]."+field, "")
		wantFault(t, mustParse(t, dataEvent("enquiry.received", `{"contact":{"postal_address":`+address+`}}`)).Check(today), "data.contact."+field, "")
	}
}

func TestOutcomesAreNotTakenFromOthers(t *testing.T) {
	sent := mustParse(t, dataEvent("message.sent", `{"message":"m1","channel":"sms"}`))
	wantFault(t, sent.Check(today), "type", "only Hearback")
	if err := sent.CheckOutcome(today); err != nil {
		t.Error(err)
	}
	wantFault(t, mustParse(t, contractExample).CheckOutcome(today), "type", "not one that Hearback publishes")
}

// wantFault expects a refusal with exactly one fault, of the field, whose problem or
// remedy contains the words.
func wantFault(t *testing.T, err error, field, words string) {
	t.Helper()
	refusal, ok := errors.AsType[*events.Refusal](err)
	if !ok {
		t.Errorf("%s: want a refusal that says %q, got %v", field, words, err)
		return
	}
	if len(refusal.Faults) != 1 {
		t.Errorf("%s: want one fault, got:\n%v", field, err)
		return
	}
	fault := refusal.Faults[0]
	if fault.Field != field || !strings.Contains(fault.Problem+"; "+fault.Remedy, words) {
		t.Errorf("want %s: …%s…, got %v", field, words, fault)
	}
	if fault.Problem == "" || fault.Remedy == "" {
		t.Errorf("%s: a fault without a problem or a remedy: %+v", field, fault)
	}
}

// The limit holds for the body as it came and as Hearback writes it, whichever is larger.
func TestLargestBody(t *testing.T) {
	start := `{"specversion":"1.0","id":"e1","source":"/test","type":"enquiry.received","subject":"H-1",` +
		`"time":"2026-11-23T09:00:00Z","datacontenttype":"application/json","data":{"about":"`
	end := `"}}`
	largest := start + strings.Repeat("x", events.MaxBody-len(start)-len(end)) + end
	e := mustParse(t, largest)
	if err := e.Check(today); err != nil {
		t.Errorf("the largest body: %v", err)
	}
	if written, err := e.MarshalJSON(); err != nil || len(written) != events.MaxBody {
		t.Errorf("written as %d bytes, %v", len(written), err)
	}
	_, err := events.Parse([]byte(largest + " "))
	wantFault(t, err, "body", "256 KiB")
	e.ID += "2"
	wantFault(t, e.Check(today), "body", "256 KiB")
}
