package inbound

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"hearback/events"
)

// Closed is a door that is not open, and says why.
func Closed(why string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, problem{Status: http.StatusServiceUnavailable, Detail: why})
	})
}

// event is an event that happened at that time; zero: now.
func (t Texts) event(eventType, ref, source, id string, at time.Time, data any) events.Event {
	body, err := json.Marshal(data)
	if err != nil {
		panic("inbound: plain texts must encode: " + err.Error()) // cannot happen
	}
	if at.IsZero() {
		at = t.Now()
	}
	return events.Event{ID: id, Source: source, Type: eventType, Case: ref, Time: at.UTC(), Data: body}
}

// store publishes events, or answers that the provider should try again. What cannot
// be an event is kept as it is. It goes on when the provider hangs up: by default
// Twilio repeats only a call that could not connect.
func (t Texts) store(w http.ResponseWriter, r *http.Request, list ...events.Event) bool {
	good := make([]events.Event, 0, len(list))
	for _, event := range list {
		if err := event.Check(t.Now()); err == nil {
			good = append(good, event)
		} else if !t.reject(w, r, event.Case, "What the provider passed on cannot be an event: "+err.Error(), event.Data) {
			return false
		}
	}
	if len(good) == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeWithin)
	defer cancel()
	if t.Publisher.Publish(ctx, good...) != nil {
		sendAgain(w)
		return false
	}
	return true
}

// keep stores a call that concerns no case, where a person will see it, or answers
// that the provider should try again.
func (t Texts) keep(w http.ResponseWriter, r *http.Request, reason string, call []byte) bool {
	return t.reject(w, r, events.UnknownCase, reason, call)
}

func (t Texts) reject(w http.ResponseWriter, r *http.Request, ref, reason string, body []byte) bool {
	if !events.ValidCase(ref) {
		ref = events.UnknownCase
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), keepWithin)
	defer cancel()
	if t.Rejecter.Reject(ctx, ref, cut(reason, maxReason), body[:min(len(body), MaxKept)]) != nil {
		sendAgain(w)
		return false
	}
	return true
}

func sendAgain(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
	answer(w, problem{Status: http.StatusServiceUnavailable, Detail: "It is not known whether this was stored. Send the same again: a repeat changes nothing."})
}
