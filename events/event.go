package events

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"
)

// Event is one thing that happened to a case: a CloudEvent whose subject is the case.
type Event struct {
	ID     string // unique within the source
	Source string // a URI reference of the service that speaks, such as "/ehc-hub"
	Type   string // such as "enquiry.received": see [Catalogue]
	Case   string // the CloudEvents subject: see [ValidCase]
	Time   time.Time
	// OccurredOn is data.occurred_on: the London day on which it happened, as
	// YYYY-MM-DD, where that is not the day of Time. It is "" where the data does
	// not say.
	OccurredOn string
	// Data is the JSON object of the data. Nil stands for an empty object.
	Data json.RawMessage
}

// Identity is the identity of the event for ever: the first 8 bytes, big endian, of
// the SHA-256 of its source, a zero byte and its id. Two events with one identity are
// one event, whatever else they say.
func (e Event) Identity() uint64 {
	text := make([]byte, 0, 128)
	text = append(text, e.Source...)
	text = append(text, 0)
	text = append(text, e.ID...)
	sum := sha256.Sum256(text)
	return binary.BigEndian.Uint64(sum[:8])
}

// MarshalJSON gives the event as CloudEvents 1.0 in structured mode. The time is in
// UTC. Data is written as it stands; OccurredOn is added to it where it lacks it. It
// fails only on data that is not a JSON object or that names another day than
// OccurredOn: whether the event makes sense is for [Event.Check].
func (e Event) MarshalJSON() ([]byte, error) {
	moment, err := e.Time.UTC().MarshalText()
	if err != nil {
		return nil, &Refusal{Faults: []Fault{{Field: "time", Problem: "is outside the years 0 to 9999", Remedy: "give the time at which it happened"}}}
	}
	var found faults
	object, ok := e.dataObject(&found)
	if !ok {
		return nil, found.refusal()
	}
	day := occurredOn(object, &found)
	if e.OccurredOn != "" && day != "" && day != e.OccurredOn {
		found.add("data.occurred_on", "differs from the OccurredOn of the event", "set one of them, or both to the same day")
	}
	if len(found) > 0 {
		return nil, found.refusal()
	}

	text := make([]byte, 0, 256+len(e.ID)+len(e.Source)+len(object))
	text = append(text, `{"specversion":"1.0","id":`...)
	text = appendText(text, e.ID)
	text = append(text, `,"source":`...)
	text = appendText(text, e.Source)
	text = append(text, `,"type":`...)
	text = appendText(text, e.Type)
	text = append(text, `,"subject":`...)
	text = appendText(text, e.Case)
	text = append(text, `,"time":"`...)
	text = append(text, moment...)
	text = append(text, `","datacontenttype":"application/json","data":`...)
	if e.OccurredOn == "" || day != "" {
		text = append(text, object...)
		return append(text, '}'), nil
	}
	text = append(text, `{"occurred_on":`...)
	text = appendText(text, e.OccurredOn)
	if object[skipSpace(object, 1)] != '}' {
		text = append(text, ',')
	}
	text = append(text, object[1:]...)
	return append(text, '}'), nil
}

// UnmarshalJSON is [Parse], so that encoding/json reads events by the same rules.
func (e *Event) UnmarshalJSON(body []byte) error {
	parsed, err := Parse(body)
	if err != nil {
		return err
	}
	*e = parsed
	return nil
}

// object is Data, with nothing standing for an empty object.
func (e Event) object() []byte {
	if len(e.Data) == 0 {
		return []byte("{}")
	}
	return e.Data
}

// dataObject is Data ready to be walked; ok only where it is a JSON object.
func (e Event) dataObject(found *faults) (value, bool) {
	text := e.object()
	if !validJSON(text) {
		found.add("data", "is not JSON in UTF-8", "send a JSON object")
		return nil, false
	}
	object := document(text)
	if !object.isObject() {
		wrongKind("data", object, "an object", "send a JSON object", found)
		return nil, false
	}
	return object, true
}

// occurredOn finds data.occurred_on, "" where it is absent.
func occurredOn(object value, found *faults) string {
	var day string
	decode(object, "data", []member{{"occurred_on", &day}}, found)
	return day
}

// appendText appends the text as a JSON string.
func appendText(to []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := json.Marshal(text)
			if err != nil {
				panic(errors.New("events: a string could not be written as JSON")) // cannot happen
			}
			return append(to, quoted...)
		}
	}
	to = append(to, '"')
	to = append(to, text...)
	return append(to, '"')
}
