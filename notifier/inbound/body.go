package inbound

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"hearback/events"
)

// readBody reads the whole body, or its first [events.MaxBody] bytes beside an error.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(w, r.Body, events.MaxBody))
}

// refuseUnread answers where the body could not be read to its end.
func (g *gateway) refuseUnread(w http.ResponseWriter, r *http.Request, body []byte, err error) {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); !tooLarge {
		answer(w, problem{Status: http.StatusBadRequest, Detail: "The body ended before it was complete. Nothing was stored; send it again."})
		return
	}
	detail := "The body is larger than 256 KiB. Send documents by other means and only name them here; split a batch into smaller ones."
	g.keep(r.Context(), caseOf(r.Header, body), detail, body)
	answer(w, problem{Status: http.StatusRequestEntityTooLarge, Detail: detail})
}

// caseOf finds the case of a body that cannot be read as an event, perhaps because it
// is cut short: from the header of binary mode, or from a "subject" that stands before
// the cut.
func caseOf(header http.Header, body []byte) string {
	if subject := header.Get("Ce-Subject"); subject != "" {
		return subject
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	if opening, err := decoder.Token(); err != nil || opening != json.Delim('{') {
		return events.UnknownCase
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			break
		}
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			break
		}
		var subject string
		if name == "subject" && json.Unmarshal(value, &subject) == nil {
			return subject
		}
	}
	return events.UnknownCase
}
