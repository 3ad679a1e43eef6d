package events

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
)

// ParseBinary reads an event in the binary mode of CloudEvents 1.0: the attributes are
// headers named "ce-" and the attribute, in any case, and the body is the data. A
// missing content-type and an empty body stand for JSON and an empty object. Errors
// and ownership are as in [Parse].
func ParseBinary(header map[string][]string, body []byte) (Event, error) {
	var found faults
	envelope := headerAttributes(header, &found)
	var data value
	if len(body) > 0 && readable(body, &found) {
		data = document(body)
	}
	return assemble(envelope, data, &found)
}

// ParseMessage reads an event from a NATS message: in binary mode where a ce-id or
// ce-specversion header is there, in structured mode otherwise. The subject must be
// that of an event, or of an outcome, and name the same case and type as the event
// itself. Errors and ownership are as in [Parse].
func ParseMessage(subject string, header map[string][]string, body []byte) (Event, error) {
	var e Event
	var err error
	if isBinary(header) {
		e, err = ParseBinary(header, body)
	} else {
		e, err = Parse(body)
	}
	var found faults
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		found = refusal.Faults
	}
	e.matchSubject(subject, &found)
	return e, found.refusal()
}

// subjectField is the name of the place in a fault of the NATS subject, which is not
// the subject attribute of the event.
const subjectField = "nats-subject"

func (e *Event) matchSubject(subject string, found *faults) {
	caseRef, eventType, ok := ParseSubject(subject)
	outcome := false
	if !ok {
		caseRef, eventType, outcome = ParseOutcomeSubject(subject)
		ok = outcome
	}
	switch {
	case !ok && strings.ContainsFunc(subject, unicode.IsSpace):
		found.add(subjectField, "holds a space", "publish on hearback.event.<case>.<type>, and write - in place of a space in the case reference, or nothing")
		return
	case !ok:
		found.add(subjectField, "is not that of an event", "publish on hearback.event.<case>.<type>, the case without dots and spaces")
		return
	case len(*found) > 0 && (e.Case == "" || e.Type == ""):
		// The event could not be read; its own faults say so.
	case e.Case != caseRef:
		found.add(subjectField, "names another case than the event", "write the event's subject as the case; a case reference holds no dot")
	case e.Type != eventType:
		found.add(subjectField, "names another type than the event", "write the event's type after the case")
	case outcome && !IsOutcome(eventType):
		found.add(subjectField, "is for what Hearback publishes", "publish on hearback.event.<case>.<type>")
	}
	if e.Case == "" {
		e.Case = caseRef
	}
}

func isBinary(header map[string][]string) bool {
	for name := range header {
		if strings.EqualFold(name, "ce-id") || strings.EqualFold(name, "ce-specversion") {
			return true
		}
	}
	return false
}

// headerAttributes reads the envelope from headers. A header that is given twice with
// different values, in one spelling or in two, is a fault: which one counts would be
// left to chance.
func headerAttributes(header map[string][]string, found *faults) attributes {
	var a attributes
	wanted := []member{
		{"ce-specversion", &a.specVersion}, {"ce-id", &a.id}, {"ce-source", &a.source}, {"ce-type", &a.eventType},
		{"ce-subject", &a.subject}, {"ce-time", &a.time}, {"content-type", &a.contentType},
	}
	for _, m := range wanted {
		to, given := m.to.(*string), false
		for name, values := range header {
			if !strings.EqualFold(name, m.name) {
				continue
			}
			for _, text := range values {
				if m.name != "content-type" {
					text = headerText(text)
				}
				if given && text != *to {
					found.add(strings.TrimPrefix(m.name, "ce-"), "is given twice", "send the header once")
				}
				*to, given = text, true
			}
		}
	}
	return a
}

// headerText undoes what the binding does to a value: quotes around it, and characters
// outside printable ASCII as percent signs and hexadecimal digits.
func headerText(text string) string {
	text = strings.TrimSpace(text)
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		text = strings.ReplaceAll(text[1:len(text)-1], `\"`, `"`)
	}
	if strings.IndexByte(text, '%') < 0 {
		return text
	}
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}
