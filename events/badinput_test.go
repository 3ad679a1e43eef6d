package events_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"hearback/events"
)

// judge reads and checks a body as every way in does.
func judge(body string) error {
	e, err := events.Parse([]byte(body))
	if err != nil {
		return err
	}
	return e.Check(today)
}

func TestBadEnvelope(t *testing.T) {
	for name, test := range map[string]struct{ body, field, words string }{
		"empty":                    {``, "body", "empty"},
		"not JSON":                 {`<event/>`, "body", "not JSON"},
		"cut off":                  {contractExample[:100], "body", "not JSON"},
		"two documents":            {contractExample + contractExample, "body", "not JSON"},
		"not UTF-8":                {edit(t, "north", "n\xffrth"), "body", "UTF-8"},
		"2 MB of about":            {dataEvent("enquiry.received", `{"about":"`+strings.Repeat("x", 2<<20)+`"}`), "body", "256 KiB"},
		"a list":                   {`[` + contractExample + `]`, "body", "a list"},
		"a number":                 {`7`, "body", "a number"},
		"no specversion":           {edit(t, `"specversion":"1.0",`, ``), "specversion", "missing"},
		"version 0.3":              {edit(t, `"1.0"`, `"0.3"`), "specversion", "not 1.0"},
		"version as a number":      {edit(t, `"1.0"`, `1.0`), "specversion", "a number"},
		"no id":                    {edit(t, `"id":"7f3a",`, ``), "id", "missing"},
		"an empty id":              {edit(t, `"7f3a"`, `""`), "id", "empty"},
		"an id as a number":        {edit(t, `"7f3a"`, `7`), "id", "a number"},
		"two ids":                  {edit(t, `"id":"7f3a"`, `"id":"7f3a","id":"7f3b"`), "id", "twice"},
		"a line in the id":         {edit(t, `7f3a`, `7f\n3a`), "id", "control character"},
		"an endless id":            {edit(t, `7f3a`, strings.Repeat("7", 321)), "id", "320"},
		"no source":                {edit(t, `"source":"/ehc-hub",`, ``), "source", "missing"},
		"a space in the source":    {edit(t, `/ehc-hub`, `ehc hub`), "source", "space"},
		"no type":                  {edit(t, `"type":"case.opened",`, ``), "type", "missing"},
		"an unknown type":          {edit(t, `case.opened`, `weather.changed`), "type", "not known"},
		"a slip in the type":       {edit(t, `case.opened`, `case.openned`), "type", "did you mean case.opened?"},
		"a type of another system": {edit(t, `case.opened`, `reply.human-sent`), "type", "did you mean reply.sent?"},
		"no subject":               {edit(t, `"subject":"H-10482",`, ``), "subject", "missing"},
		"a dot in the case":        {edit(t, `H-10482`, `H.10482`), "subject", "no dot"},
		"a space in the case":      {edit(t, `H-10482`, `H 10482`), "subject", "holds a space; write - in its place"},
		"a hard space in the case": {edit(t, `H-10482`, "H\u00a010482"), "subject", "holds a space; write - in its place"},
		"a space after the case":   {edit(t, `H-10482`, `H-10482 `), "subject", "ends with a space; take the space out"},
		"a line after the case":    {edit(t, `H-10482`, `H-10482\n`), "subject", "ends with a space; take the space out"},
		"nothing but a space":      {edit(t, `H-10482`, ` `), "subject", "ends with a space"},
		"a case of 65 characters":  {edit(t, `H-10482`, strings.Repeat("H", 65)), "subject", "1 to 64"},
		"no time":                  {edit(t, `"time":"2026-11-23T09:00:00Z",`, ``), "time", "missing"},
		"a time without a zone":    {edit(t, `09:00:00Z`, `09:00:00`), "time", "zone"},
		"a time with a space":      {edit(t, `23T09`, `23 09`), "time", "RFC 3339"},
		"a comma in the time":      {edit(t, `09:00:00Z`, `09:00:00,5Z`), "time", "RFC 3339"},
		"one digit of an hour":     {edit(t, `T09:`, `T9:`), "time", "RFC 3339"},
		"a zone of 24 hours":       {edit(t, `09:00:00Z`, `09:00:00+24:00`), "time", "RFC 3339"},
		"a zone without a colon":   {edit(t, `09:00:00Z`, `09:00:00+0100`), "time", "RFC 3339"},
		"a point and no digits":    {edit(t, `09:00:00Z`, `09:00:00.Z`), "time", "RFC 3339"},
		"the hour 25":              {edit(t, `T09:`, `T25:`), "time", "RFC 3339"},
		"30 February":              {edit(t, `2026-11-23T`, `2026-02-30T`), "time", "does not exist, 2026-02-30"},
		"next year":                {edit(t, `2026-11-23T`, `2027-11-23T`), "time", "future"},
		"the year 1":               {edit(t, `2026-11-23T`, `0001-01-02T`), "time", "never filled in"},
		"data as text":             {edit(t, `"data":{`, `"data":"x","other":{`), "data", "text"},
		"data as a list":           {dataEvent("case.closed", `[]`), "data", "a list"},
		"data and data_base64":     {edit(t, `"data":{`, `"data_base64":"e30=","data":{`), "data_base64", "beside data"},
		"base64 as a number":       {edit(t, `"data":{`, `"data_base64":7,"other":{`), "data_base64", "a number"},
		"bad base64":               {edit(t, `"data":{`, `"data_base64":"e3","other":{`), "data_base64", "not base64"},
		"base64 of no JSON":        {edit(t, `"data":{`, `"data_base64":"ew==","other":{`), "data_base64", "does not hold JSON"},
		"XML":                      {edit(t, `application/json`, `text/xml`), "datacontenttype", "not JSON"},
	} {
		t.Run(name, func(t *testing.T) { wantFault(t, judge(test.body), test.field, test.words) })
	}
}

func TestBadData(t *testing.T) {
	contacts := func(inner string) string { return `{"contacts":[{"id":"c0"},` + inner + `]}` }
	for name, test := range map[string]struct{ eventType, data, field, words string }{
		"it happened tomorrow":       {"complaint.received", `{"occurred_on":"2026-11-24"}`, "data.occurred_on", "after today"},
		"31 November":                {"complaint.received", `{"occurred_on":"2026-11-31"}`, "data.occurred_on", "does not exist, 2026-11-31"},
		"29 February 2026":           {"case.opened", `{"occurred_on":"2026-02-29"}`, "data.occurred_on", "does not exist, 2026-02-29"},
		"an English date":            {"case.opened", `{"occurred_on":"23/11/2026"}`, "data.occurred_on", "YYYY-MM-DD"},
		"a day as a number":          {"case.opened", `{"occurred_on":20261123}`, "data.occurred_on", "a number"},
		"a day given twice":          {"case.opened", `{"occurred_on":"2026-11-22","occurred_on":"2026-11-23"}`, "data.occurred_on", "twice"},
		"an unfilled day":            {"case.opened", `{"occurred_on":"0001-01-01"}`, "data.occurred_on", "never filled in"},
		"a team as a number":         {"case.opened", `{"team":7}`, "data.team", "a number"},
		"a team given twice":         {"case.opened", `{"team":"a","team":"b"}`, "data.team", "twice"},
		"an officer with a line":     {"case.opened", `{"officer":"o\u2028jane"}`, "data.officer", "control character"},
		"contacts as an object":      {"case.opened", `{"contacts":{}}`, "data.contacts", "square brackets"},
		"a contact as text":          {"case.opened", contacts(`"c1"`), "data.contacts[1]", "an object"},
		"a contact without an id":    {"case.opened", contacts(`{"name":"Sam Taylor"}`), "data.contacts[1].id", "missing"},
		"two contacts of one id":     {"case.opened", contacts(`{"id":"c0"}`), "data.contacts[1].id", "another contact"},
		"a line in an address":       {"case.opened", contacts(`{"id":"c1","email":"sam@family.example\nBcc: all@family.example"}`), "data.contacts[1].email", "control character"},
		"a line in a name":           {"case.opened", contacts(`{"id":"c1","name":"Sam\r\nTaylor"}`), "data.contacts[1].name", "control character"},
		"a zero byte in a number":    {"case.opened", contacts(`{"id":"c1","mobile":"07700\u0000900123"}`), "data.contacts[1].mobile", "control character"},
		"a line in a language":       {"case.opened", contacts(`{"id":"c1","language":"en\n"}`), "data.contacts[1].language", "control character"},
		"a line in a contact's id":   {"case.opened", contacts(`{"id":"c\n1"}`), "data.contacts[1].id", "control character"},
		"an endless name":            {"case.opened", contacts(`{"id":"c1","name":"` + strings.Repeat("é", 321) + `"}`), "data.contacts[1].name", "320"},
		"a number as a number":       {"case.opened", contacts(`{"id":"c1","mobile":447700900123}`), "data.contacts[1].mobile", "a number"},
		"prefers a pigeon":           {"case.opened", contacts(`{"id":"c1","prefers":["sms","pigeon"]}`), "data.contacts[1].prefers[1]", "not a channel"},
		"prefers everything":         {"case.opened", contacts(`{"id":"c1","prefers":["all"]}`), "data.contacts[1].prefers[0]", "not a channel"},
		"prefers null":               {"case.opened", contacts(`{"id":"c1","prefers":[null]}`), "data.contacts[1].prefers[0]", "null"},
		"all as text":                {"case.opened", contacts(`{"id":"c1","do_not":"all"}`), "data.contacts[1].do_not", `write ["all"]`},
		"sms as text":                {"case.opened", contacts(`{"id":"c1","do_not":"sms"}`), "data.contacts[1].do_not", `write ["sms"]`},
		"a sentence for a list":      {"case.opened", contacts(`{"id":"c1","do_not":"not at night"}`), "data.contacts[1].do_not", "square brackets"},
		"forbids a pigeon":           {"case.opened", contacts(`{"id":"c1","do_not":["pigeon"]}`), "data.contacts[1].do_not[0]", "all"},
		"an unknown channel":         {"enquiry.received", `{"channel":"sms"}`, "data.channel", "write phone, voicemail, email, web, text"},
		"urgent as text":             {"enquiry.received", `{"urgent":"true"}`, "data.urgent", "without quotes"},
		"from and contact":           {"enquiry.received", `{"from":"c1","contact":{"name":"Robin Hill"}}`, "data.contact", "beside data.from"},
		"a contact as a list":        {"enquiry.received", `{"contact":[]}`, "data.contact", "an object"},
		"a line in a caller":         {"enquiry.received", `{"contact":{"email":"a@b.example\n"}}`, "data.contact.email", "control character"},
		"a line in an enquiry":       {"enquiry.received", `{"enquiry":"q\n1"}`, "data.enquiry", "control character"},
		"a reply by pigeon":          {"reply.sent", `{"channel":"pigeon"}`, "data.channel", "not a channel"},
		"postponed to no day":        {"reply.postponed", `{"reason":"busy"}`, "data.until", "missing"},
		"postponed to 30 February":   {"reply.postponed", `{"until":"2027-02-30"}`, "data.until", "does not exist, 2027-02-30"},
		"postponed to the past":      {"reply.postponed", `{"until":"2026-11-22"}`, "data.until", "before the day"},
		"postponed for 200 years":    {"reply.postponed", `{"until":"2226-11-30"}`, "data.until", "2 years"},
		"postponed to next week":     {"reply.postponed", `{"until":"next week"}`, "data.until", "not a date"},
		"changed to nobody":          {"officer.changed", `{}`, "data.officer", "missing"},
		"nobody is away":             {"officer.away", `{"from":"2026-11-30"}`, "data.officer", "missing"},
		"away backwards":             {"officer.away", `{"officer":"o.jane","from":"2026-11-30","to":"2026-11-29"}`, "data.to", "before the first day"},
		"away until last week":       {"officer.away", `{"officer":"o.jane","to":"2026-11-16"}`, "data.to", "before the first day"},
		"away from no day":           {"officer.away", `{"officer":"o.jane","from":"2026-13-01","to":"2026-11-29"}`, "data.from", "does not exist"},
		"a changed nobody":           {"contact.changed", `{"name":"Sam Taylor"}`, "data.id", "missing"},
		"an unsafe nobody":           {"contact.unsafe", `{"do_not":["sms"]}`, "data.id", "missing"},
		"an id by both names":        {"contact.unsafe", `{"id":"c1","contact":"c2"}`, "data.id", "twice"},
		"unsafe in no way":           {"contact.unsafe", `{"id":"c1","do_not":[]}`, "data.do_not", `write ["all"]`},
		"opted out of nothing":       {"contact.opted-out", `{"contact":"c1"}`, "data.channel", "not a channel"},
		"nobody opted out":           {"contact.opted-out", `{"channel":"sms"}`, "data.contact", "missing"},
		"a message by pigeon":        {"message.received", `{"channel":"pigeon"}`, "data.channel", "not a channel"},
		"no task is done":            {"task.done", `{"by":"p.lead"}`, "data.task", "missing"},
		"a reason as a list":         {"case.closed", `{"reason":["moved"]}`, "data.reason", "a list"},
		"a reason that is an object": {"case.stopped", `{"reason":{}}`, "data.reason", "an object"},
	} {
		t.Run(name, func(t *testing.T) { wantFault(t, judge(dataEvent(test.eventType, test.data)), test.field, test.words) })
	}
}

func TestEveryFaultIsNamedAtOnce(t *testing.T) {
	_, err := events.Parse([]byte(`{"specversion":"0.3","id":7,"type":"case.opened","time":"soon","data":[]}`))
	refusal, ok := errors.AsType[*events.Refusal](err)
	if !ok {
		t.Fatalf("want a refusal, got %v", err)
	}
	var fields []string
	for _, fault := range refusal.Faults {
		fields = append(fields, fault.Field)
	}
	if got, want := fmt.Sprint(fields), "[id specversion source subject time data]"; got != want {
		t.Errorf("fields %s, want %s", got, want)
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != len(fields) {
		t.Errorf("want one line for each fault:\n%v", err)
	}
}

func TestAThousandRepeatsAreOneEvent(t *testing.T) {
	seen := map[uint64]bool{}
	for range 1000 {
		seen[mustParse(t, contractExample).Identity()] = true
	}
	if len(seen) != 1 {
		t.Errorf("%d identities", len(seen))
	}
}
