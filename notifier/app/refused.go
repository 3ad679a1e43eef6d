package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"hearback/events"
	"hearback/notifier/console"
	"hearback/notifier/engine"
	"hearback/notifier/stream"
)

// Refused finds a rejected event, and whether one like it has been decided since.
func (r *reader) Refused(ctx context.Context, number uint64) (e console.RefusedEvent, known bool, err error) {
	record, err := r.app.stream.Get(ctx, number)
	switch {
	case errors.Is(err, stream.ErrNone):
		return console.RefusedEvent{}, false, nil
	case err != nil:
		return console.RefusedEvent{}, false, err
	case !strings.HasPrefix(record.Subject, events.RejectedPrefix):
		return console.RefusedEvent{}, false, nil
	}
	var refused engine.Refused
	if json.Unmarshal(record.Data, &refused) != nil {
		return console.RefusedEvent{}, false, nil
	}
	e = console.RefusedEvent{At: refused.At, Case: refused.Case, Reason: refused.Reason, Faults: refused.Faults, Sequence: refused.Sequence, Body: refused.Body}
	if len(e.Body) == 0 && e.Sequence > 0 {
		sent, err := r.app.stream.Get(ctx, e.Sequence)
		switch {
		case errors.Is(err, stream.ErrNone): // it was erased with its case
		case err != nil:
			return console.RefusedEvent{}, false, err
		default:
			e.Body = structured(sent)
		}
	}
	e.Decided = r.decided(e.Body)
	return e, true, nil
}

// decided reports whether an event of the same source and id has been decided for the
// case that the body names.
func (r *reader) decided(body []byte) bool {
	e, _ := events.Parse(body) // what could be read stands beside the error
	if e.ID == "" || e.Source == "" || !events.ValidCase(e.Case) {
		return false
	}
	c, sequence, err := r.app.picture.Case(e.Case)
	return err == nil && sequence > 0 && c.HasSeen(e.Identity())
}

// structured is a stored message as one JSON object, however it came.
func structured(sent stream.Record) []byte {
	attributes := map[string]any{}
	for name, values := range sent.Header {
		name = strings.ToLower(name)
		if attribute, ce := strings.CutPrefix(name, "ce-"); ce && len(values) > 0 {
			attributes[attribute] = values[0]
		} else if name == "content-type" && len(values) > 0 {
			attributes["datacontenttype"] = values[0]
		}
	}
	if attributes["id"] == nil && attributes["specversion"] == nil {
		return sent.Data
	}
	if data := bytes.TrimSpace(sent.Data); json.Valid(data) {
		attributes["data"] = json.RawMessage(data)
	} else if len(data) > 0 {
		attributes["data"] = string(data)
	}
	body, err := json.Marshal(attributes)
	if err != nil {
		return sent.Data
	}
	return body
}
