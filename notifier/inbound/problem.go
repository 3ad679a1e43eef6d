package inbound

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"hearback/events"
)

// problem is a problem document of RFC 9457. Faults stand in the order of the batch.
type problem struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail"`
	Faults []events.Fault `json:"faults,omitempty"`
}

// refusal is the problem document of events that were refused.
func refusal(detail string, err error) problem {
	faults := faultsOf(err)
	if len(faults) > maxFaults {
		detail += fmt.Sprintf(" The first %d of %d faults are listed.", maxFaults, len(faults))
		faults = faults[:maxFaults]
	}
	return problem{Status: http.StatusBadRequest, Detail: detail, Faults: faults}
}

// faultsOf lists what an error of package events names.
func faultsOf(err error) []events.Fault {
	if refused, ok := errors.AsType[*events.Refusal](err); ok {
		return refused.Faults
	}
	if errors.Is(err, events.ErrNotBatch) {
		return []events.Fault{{Field: "body", Problem: "is not a JSON list in UTF-8", Remedy: "send the events in square brackets, or one event as " + structuredType}}
	}
	return []events.Fault{{Field: "body", Problem: "cannot be understood", Remedy: "send a CloudEvent 1.0 as JSON"}}
}

// answer writes a problem document. Its type is about:blank: the status says what kind
// of problem it is, and the faults say which.
func answer(w http.ResponseWriter, p problem) {
	p.Type, p.Title = "about:blank", http.StatusText(p.Status)
	writeJSON(w, "application/problem+json", p.Status, p)
}

func writeJSON(w http.ResponseWriter, contentType string, status int, value any) {
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a sender that hung up learns nothing either way
}
