package inbound

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hearback/events"
)

// Publisher stores events. It returns nil only once every one of them is stored. After
// an error some may be stored: a sender repeats them all, and a repeat changes nothing.
type Publisher interface {
	Publish(ctx context.Context, events ...events.Event) error
}

// Rejecter keeps what was refused, where a person will see it. The case is a valid
// case reference or [events.UnknownCase]. The reason holds no value of a field; the
// body may hold anything, and is no larger than [MaxKept].
type Rejecter interface {
	Reject(ctx context.Context, caseRef string, reason string, body []byte) error
}

const (
	// MaxKept is how much of a refused body is kept, in bytes.
	MaxKept = 64 << 10

	// maxKeptEvents bounds how many events of one refused batch are kept.
	maxKeptEvents = 20

	// maxReason bounds the reason that is kept beside a refused body, in bytes.
	maxReason = 4 << 10

	// maxFaults bounds a problem document: a batch of a hundred thousand commas must
	// not be answered with megabytes.
	maxFaults = 100

	// storeWithin is how long a sender waits to hear that events are stored.
	storeWithin = 10 * time.Second

	// keepWithin bounds how long a refusal waits for its copy to be kept.
	keepWithin = 2 * time.Second

	// retryAfter is when to try again after a failure to store.
	retryAfter = 5 * time.Second
)

// The media types of the three modes.
const (
	structuredType = "application/cloudevents+json"
	batchType      = "application/cloudevents-batch+json"
	binaryType     = jsonType
)

const sayTypes = "send " + structuredType + " for one event, " + batchType + " for a list, or " + binaryType + " with ce-* headers"

type gateway struct {
	publisher Publisher
	rejecter  Rejecter
	guard     guard
	now       func() time.Time
}

// Events is the handler of POST /v1/events.
//
// A sender proves itself with the token as a bearer. While the token is empty the
// gateway is closed, and says so, unless open is set: then anybody who reaches it may
// post, web pages excepted. A token that is set is always asked for.
//
// A batch is taken whole or refused whole. now is asked once for each request, and
// judges which times lie in the future.
func Events(p Publisher, rejecter Rejecter, token string, open bool, now func() time.Time) http.Handler {
	return &gateway{publisher: p, rejecter: rejecter, guard: newGuard(token, open), now: now}
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		answer(w, problem{Status: http.StatusMethodNotAllowed, Detail: "Events are sent with POST."})
		return
	}
	if refused, ok := g.guard.admit(w, r); !ok {
		answer(w, refused)
		return
	}
	body, err := readBody(w, r)
	if err != nil {
		g.refuseUnread(w, r, body, err)
		return
	}
	mode, wrong := modeOf(r)
	if wrong != "" {
		g.keep(r.Context(), caseOf(r.Header, body), wrong, body)
		w.Header().Set("Accept-Post", strings.Join([]string{structuredType, batchType, binaryType}, ", "))
		answer(w, problem{Status: http.StatusUnsupportedMediaType, Detail: wrong})
		return
	}
	if mode == batchType {
		g.takeBatch(w, r, body)
		return
	}
	g.takeOne(w, r, mode, body)
}

// modeOf says which of the three media types was sent, or what is wrong with it.
func modeOf(r *http.Request) (mode, wrong string) {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return "", "The body is compressed or encoded; send it as plain JSON, without Content-Encoding."
	}
	media, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != structuredType && media != batchType && media != binaryType {
		return "", "The Content-Type is not one that is understood here; " + sayTypes + "."
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return "", "The character set is not UTF-8; send UTF-8, and leave charset out."
	}
	return media, ""
}

func (g *gateway) takeOne(w http.ResponseWriter, r *http.Request, mode string, body []byte) {
	var event events.Event
	var err error
	if mode == structuredType {
		event, err = events.Parse(body)
	} else {
		event, err = events.ParseBinary(r.Header, body)
	}
	if err == nil {
		err = event.Check(g.now())
	}
	if err != nil {
		g.keep(r.Context(), event.Case, err.Error(), body)
		detail := "The event was refused. Nothing was stored."
		if mode == binaryType && !hasEventHeader(r.Header) {
			detail += " If the body is a whole CloudEvent, send it as Content-Type: " + structuredType + "."
		}
		answer(w, refusal(detail, err))
		return
	}
	g.store(w, r, []events.Event{event})
}

func hasEventHeader(header http.Header) bool {
	for name := range header {
		if strings.HasPrefix(name, "Ce-") {
			return true
		}
	}
	return false
}

func (g *gateway) takeBatch(w http.ResponseWriter, r *http.Request, body []byte) {
	list, refused, err := events.ParseBatch(body)
	if err != nil {
		g.keep(r.Context(), events.UnknownCase, err.Error(), body)
		answer(w, refusal("The batch was refused. Nothing was stored.", err))
		return
	}
	now := g.now()
	var all events.Refusal
	for i, event := range list {
		if refused[i] == nil {
			refused[i] = at(i, event.Check(now))
		}
		if refused[i] != nil {
			all.Faults = append(all.Faults, faultsOf(refused[i])...)
		}
	}
	if len(all.Faults) > 0 {
		g.keepBatch(r.Context(), list, refused, body)
		answer(w, refusal("The batch was refused whole. Nothing was stored, the good events neither: mend what is named and send all of it again.", &all))
		return
	}
	g.store(w, r, list)
}

// at gives a refusal its place in the batch.
func at(index int, err error) error {
	if refused, ok := errors.AsType[*events.Refusal](err); ok {
		return refused.At(index)
	}
	return err
}

// store answers 202 only after the publisher has said that everything is stored.
func (g *gateway) store(w http.ResponseWriter, r *http.Request, list []events.Event) {
	if len(list) > 0 {
		ctx, cancel := context.WithTimeout(r.Context(), storeWithin)
		defer cancel()
		if err := g.publisher.Publish(ctx, list...); err != nil {
			if refused, ok := errors.AsType[*events.Refusal](err); ok {
				answer(w, refusal("The publisher refused the events.", refused))
				return
			}
			w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
			answer(w, problem{Status: http.StatusServiceUnavailable, Detail: "It is not known whether everything was stored. " +
				"Send the same again, with the same id and source: a repeat changes nothing."})
			return
		}
	}
	writeJSON(w, "application/json", http.StatusAccepted, struct {
		Stored int `json:"stored"`
	}{len(list)})
}
