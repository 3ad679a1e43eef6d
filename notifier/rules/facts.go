package rules

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"cel.dev/cel-go/cel"

	"hearback/events"
	"hearback/notifier"
)

// facts are what one condition may ask about one event. They are found only
// when asked for: a condition is judged for every event that comes in.
type facts struct {
	condition    *condition
	kind, source string
	time         time.Time
	raw          []byte
	team         string
	officer      string
	state        notifier.State
	data         map[string]any
	err          error
}

// ResolveName gives one of the names that a condition may use.
func (f *facts) ResolveName(name string) (any, bool) {
	switch name {
	case nameData:
		if f.data == nil {
			f.data, f.err = f.members()
		}
		return f.data, true
	case nameType:
		return f.kind, true
	case nameSource:
		return f.source, true
	case nameTime:
		return f.time.In(f.condition.location), true
	case nameCase:
		state := string(f.state)
		if f.state == notifier.Open {
			state = "open"
		}
		return map[string]string{"team": f.team, "officer": f.officer, "state": state}, true
	}
	return nil, false
}

// Parent is nil: there is nothing behind the facts.
func (f *facts) Parent() cel.Activation { return nil }

// caseMembers are what a condition may ask of a case.
func caseMembers() []string { return []string{"team", "officer", "state"} }

var errData = errors.New("the event's data is not a JSON object; look at the service that sends it")

// members decodes what the condition asks for, and no more.
func (f *facts) members() (map[string]any, error) {
	c := f.condition
	data := make(map[string]any, len(c.members))
	for name, raw := range objectMembers(f.raw) {
		if raw == nil {
			return data, errData
		}
		wanted, ok := c.wants(name)
		if !ok {
			continue
		}
		value, err := decodeValue(raw)
		if err != nil {
			return data, errData
		}
		data[wanted] = value
	}
	fallbacks, ready := c.fallbacks[f.kind]
	if !ready {
		fallbacks = c.fallbacksFor(f.kind)
	}
	for _, known := range fallbacks {
		if value := data[known.name]; value == nil {
			data[known.name] = known.value
		} else {
			fill(value, known.value)
		}
	}
	return data, nil
}

// wants reports a member that the condition asks for, and gives its name.
func (c *condition) wants(name []byte) (string, bool) {
	for _, member := range c.members {
		if member == string(name) {
			return member, true
		}
	}
	if c.whole {
		return string(name), true
	}
	return "", false
}

// fallback is what a member counts as where an event lacks it. It is shared by
// every judgement and never written.
type fallback struct {
	name  string
	value any
}

func (c *condition) fallbacksFor(kind string) []fallback {
	names := c.members
	if c.whole {
		names = members(kind)
	}
	var list []fallback
	for _, name := range names {
		if value, known := absent(kind, name); known {
			list = append(list, fallback{name, value})
		}
	}
	return list
}

// fill gives an object inside the data the members that it is known to have.
func fill(value, fallback any) {
	known, isKnown := fallback.(map[string]any)
	if !isKnown {
		return
	}
	object, isObject := value.(map[string]any)
	if !isObject {
		return
	}
	for name, empty := range known {
		if object[name] == nil {
			object[name] = empty
		}
	}
}

// lacking gives the first member that the condition asks for and the event lacks.
func (f *facts) lacking() (name string, ok bool) {
	for _, name := range f.condition.members {
		if _, has := f.data[name]; !has {
			return name, true
		}
	}
	return "", false
}

// decodeValue decodes one JSON value; the flags that most conditions ask for
// without the work of a decoder.
func decodeValue(raw []byte) (any, error) {
	switch string(raw) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	var value any
	err := json.Unmarshal(raw, &value)
	return value, err
}

// members are the members of data that a type of event is known to have, and
// urgent, which a service may say of any.
func members(eventType string) []string {
	own := []string{"urgent", "occurred_on"}
	switch eventType {
	case events.TypeCaseOpened, events.TypeCaseChanged:
		return append(own, "team", "officer", "contacts")
	case events.TypeEnquiryReceived:
		return append(own, "enquiry", "channel", "from", "about", "contact")
	case events.TypeReplySent:
		return append(own, "enquiry", "by", "channel", "note")
	case events.TypeReplyPostponed:
		return append(own, "enquiry", "until", "reason", "by")
	case events.TypeOfficerChanged:
		return append(own, "officer")
	case events.TypeOfficerAway:
		return append(own, "officer", "from", "to", "cover")
	case events.TypeContactChanged:
		return append(own, "id", "name", "relationship", "mobile", "email", "postal_address", "language", "prefers", "do_not", "safe_contact")
	case events.TypeContactUnsafe:
		return append(own, "id", "do_not")
	case events.TypeCaseClosed, events.TypeCaseStopped:
		return append(own, "reason")
	case events.TypeMessageReceived:
		return append(own, "channel", "contact", "text", "enquiry", "address", "provider_id", "answers", "automatic")
	case events.TypeReceiptReceived:
		return append(own, "message", "channel", "provider_id", "status", "code", "reason", "unusable")
	case events.TypeContactOptedOut, events.TypeContactOptedIn:
		return append(own, "channel", "contact", "address", "told")
	case events.TypeContactWished:
		return append(own, "contact", "prefers", "language", "do_not", "hours")
	case events.TypeOfficerDeclined:
		return append(own, "enquiry", "by", "note")
	case events.TypeContactConfirmed:
		return append(own, "contact", "channel", "address", "by")
	case events.TypeOfficerTexted:
		return append(own, "by", "address", "text", "provider_id", "answer", "until", "say")
	case events.TypeTaskDone:
		return append(own, "task", "by", "note", "events")
	case events.TypeCaseReplanned:
		return append(own, "book", "by", "why")
	case events.TypeExceptionRecorded:
		return append(own, "promise", "enquiry", "kind", "reason", "until", "by")
	}
	return append(own, catalogueMembers...)
}

// catalogueMembers are what an event of the SEND catalogue may say, and books ask for.
// Such data is free, so each counts as absent in an event of any type that lacks it.
var catalogueMembers = []string{"adviser", "by", "complaint", "contact", "decision", "enquiry", "law", "meeting_on", "move_on", "order", "phase",
	"reassessment", "request", "reviewed_on", "school", "stage"}

// absent is what a known member counts as where an event lacks it.
func absent(eventType, name string) (value any, known bool) {
	if !slices.Contains(members(eventType), name) {
		return nil, false
	}
	switch name {
	case "urgent", "automatic", "unusable", "told", "safe_contact", "reassessment":
		return false, true
	case "contacts", "prefers", "do_not", "postal_address", "events":
		return []any{}, true
	case "contact":
		if eventType == events.TypeEnquiryReceived {
			return map[string]any{"id": "", "name": "", "relationship": "", "mobile": "", "email": "", "postal_address": []any{}, "language": "", "prefers": []any{}, "do_not": []any{}, "safe_contact": false}, true
		}
	}
	return "", true
}
