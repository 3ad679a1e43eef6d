package events

import (
	"encoding/base64"
	"mime"
	"strings"
	"time"
)

// MaxBody is the greatest size of an event in bytes: of the body that comes in, and of what
// [Event.MarshalJSON] writes, which may be a little longer where the sender left out
// attributes that have a default.
const MaxBody = 256 << 10

const sendLess = "send documents by other means and only name them here"

// attributes is the envelope as it was spelled, before it is understood.
type attributes struct {
	specVersion, id, source, eventType, subject, time, contentType string
}

// Parse reads an event in the structured mode of CloudEvents 1.0. The error is a
// [*Refusal] that lists every fault of the envelope; the content is judged by
// [Event.Check]. Beside an error stands what could be read, so that a refusal can be
// filed under its case. The event shares no memory with the body.
func Parse(body []byte) (Event, error) {
	var found faults
	var envelope attributes
	var data, encoded value
	if !readable(body, &found) {
		return Event{}, found.refusal()
	}
	object := document(body)
	if !object.isObject() {
		wrongKind("body", object, "an object", "send one CloudEvent as a JSON object", &found)
		return Event{}, found.refusal()
	}
	decode(object, "", []member{
		{"specversion", &envelope.specVersion}, {"id", &envelope.id}, {"source", &envelope.source},
		{"type", &envelope.eventType}, {"subject", &envelope.subject}, {"time", &envelope.time},
		{"datacontenttype", &envelope.contentType}, {"data", &data}, {"data_base64", &encoded},
	}, &found)
	switch {
	case encoded == nil:
	case data != nil:
		found.add("data_base64", "stands beside data", "send one of the two")
	case !encoded.isText():
		wrongKind("data_base64", encoded, "text", "send the data in base64, or as data", &found)
	default:
		data = decodeBase64(encoded.text(), &found)
	}
	return assemble(envelope, data, &found)
}

// readable checks what must hold before a body can be walked at all.
func readable(body []byte, found *faults) bool {
	switch {
	case len(body) > MaxBody:
		found.add("body", "is larger than 256 KiB", sendLess)
	case len(body) == 0:
		found.add("body", "is empty", "send one CloudEvent as a JSON object")
	case !validJSON(body):
		found.add("body", "is not JSON in UTF-8", "send one CloudEvent as a JSON object")
	default:
		return true
	}
	return false
}

func decodeBase64(text string, found *faults) value {
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		found.add("data_base64", "is not base64", "send the data in standard base64 with padding, or as data")
		return nil
	}
	if !validJSON(decoded) {
		found.add("data_base64", "does not hold JSON in UTF-8", "encode a JSON object, or send it as data")
		return nil
	}
	return document(decoded)
}

// assemble understands an envelope. The data is nil where there is none.
func assemble(a attributes, data value, found *faults) (Event, error) {
	e := Event{ID: a.id, Source: a.source, Type: canonicalType(a.eventType), Case: a.subject}
	switch a.specVersion {
	case "1.0":
	case "":
		found.missing("specversion", `write "1.0"`)
	default:
		found.add("specversion", "is not 1.0", `send CloudEvents 1.0 and write "1.0"`)
	}
	e.requireNames(found)
	e.Time = parseTime(a.time, found)
	if !isJSONType(a.contentType) {
		found.add("datacontenttype", "is not JSON", `write "application/json" and send the data as a JSON object`)
	}
	switch {
	case data == nil:
		e.Data = []byte("{}")
	case !data.isObject():
		wrongKind("data", data, "an object", "send a JSON object", found)
	default:
		e.Data = append([]byte(nil), data...)
		e.OccurredOn = occurredOn(data, found)
	}
	return e, found.refusal()
}

// canonicalType lets every event of one type share one string.
func canonicalType(eventType string) string {
	if kind, known := kindOf()[eventType]; known {
		return kind.Type
	}
	return eventType
}

// missing adds a fault unless the field has one already: a number where a text should
// be is one mistake, not two.
func (f *faults) missing(field, remedy string) {
	for _, fault := range *f {
		if fault.Field == field {
			return
		}
	}
	f.add(field, "is missing or empty", remedy)
}

// requireNames names the attributes that every event must have and this one lacks.
func (e Event) requireNames(found *faults) {
	if e.ID == "" {
		found.missing("id", "give each event an id of its own, the same when it is sent again")
	}
	if e.Source == "" {
		found.missing("source", "name the service that sends, such as /ehc-hub")
	}
	if e.Type == "" {
		found.missing("type", "write a type such as enquiry.received")
	}
	if e.Case == "" {
		found.missing("subject", "write the case reference")
	}
}

const writeTime = "write RFC 3339, such as 2026-11-23T09:00:00Z"

// parseTime reads RFC 3339 strictly and gives UTC. The standard allows a small t and z.
func parseTime(text string, found *faults) time.Time {
	if text == "" {
		found.missing("time", writeTime)
		return time.Time{}
	}
	var moment time.Time
	if text = strings.ToUpper(text); isTimeShaped(text) && moment.UnmarshalText([]byte(text)) == nil {
		// A zone can carry the first or last hours of the calendar out of it.
		if moment = moment.UTC(); moment.Year() >= 0 && moment.Year() <= 9999 {
			return moment
		}
	}
	if len(text) > 10 && isDateShaped(text[:10]) && !isRealDate(text[:10]) {
		found.add("time", "has a date that does not exist, "+text[:10], "write the day on which it happened")
	} else {
		found.add("time", "is not an RFC 3339 time with a zone", writeTime)
	}
	return time.Time{}
}

// isJSONType reports whether a media type says JSON. CloudEvents reads none as JSON.
func isJSONType(contentType string) bool {
	switch contentType {
	case "", "application/json", "application/json; charset=utf-8":
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (mediaType == "application/json" || mediaType == "text/json" || strings.HasSuffix(mediaType, "+json"))
}
