package inbound_test

import (
	"net/http"
	"testing"

	"hearback/events"
	"hearback/notifier/inbound"
)

// A text of a member of staff is their answer to a chase, unless it is meant for a
// machine, or written by one, or a family has the number and it is no certain answer.
func TestATextOfAMemberOfStaff(t *testing.T) {
	const officer = "+447700900200"
	question := inbound.StaffText{Case: "pen-1", Data: events.OfficerTexted{By: "o.jane", Say: "Which case?"}}
	for name, test := range map[string]struct {
		body, acted string
		reads       inbound.StaffText
		is          bool
		family      []inbound.Match
		kind, ref   string
		say         string
	}{
		"an answer":              {body: "1", reads: inbound.StaffText{Case: "H-1", Data: events.OfficerTexted{By: "o.jane", Answer: "replied", Say: "Thank you."}}, is: true, kind: events.TypeOfficerTexted, ref: "H-1", say: "Thank you."},
		"no certain answer":      {body: "ok", reads: question, is: true, kind: events.TypeOfficerTexted, ref: "pen-1", say: "Which case?"},
		"a machine":              {body: "Auto-reply: I am away", reads: question, is: true, kind: events.TypeOfficerTexted, ref: "pen-1"},
		"a family's word":        {body: "ok", family: []inbound.Match{{Case: "H-9", Contact: "c1"}}, kind: events.TypeMessageReceived, ref: "H-9"},
		"STOP":                   {body: "Stop", reads: question, is: true, family: []inbound.Match{{Case: "H-9", Contact: "c1"}}, kind: events.TypeContactOptedOut, ref: "H-9"},
		"what Twilio acted upon": {body: "Yes", acted: "START", reads: question, is: true, kind: events.TypeMessageReceived, ref: "pen-of-447700900200"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &store{}
			door := twilio(s, directory{officer: test.family})
			door.Staff = func(number, text string, family bool) (inbound.StaffText, bool) {
				if number != officer || text != test.body || family != (test.family != nil) {
					t.Errorf("asked about %q, %q, %v", number, text, family)
				}
				return test.reads, test.is
			}
			w := call(door.Inbound(), inbound.InboundPath, "MessageSid=SM1&From=%2B447700900200&To=%2B441632960000&OptOutType="+test.acted+"&Body="+test.body)
			if w.Code != http.StatusOK || len(s.events) != 1 {
				t.Fatalf("answered %d, stored %+v", w.Code, s.events)
			}
			e := s.events[0]
			if e.Type != test.kind || e.Case != test.ref {
				t.Fatalf("stored %s for %s, want %s for %s", e.Type, e.Case, test.kind, test.ref)
			}
			if said, err := events.DataOf[events.OfficerTexted](e); e.Type == events.TypeOfficerTexted && (err != nil || said.Say != test.say || said.Address != officer || said.Text != test.body || said.ProviderID != "SM1" || e.ID != "SM1") {
				t.Errorf("stored %+v with %+v: %v", e, said, err)
			}
		})
	}
}
