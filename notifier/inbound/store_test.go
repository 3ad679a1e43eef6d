package inbound_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier/inbound"
)

// store is a Publisher and a Rejecter in memory.
type store struct {
	mu       sync.Mutex
	events   []events.Event
	rejected []rejected
	err      error
	wait     bool // publishing lasts until the request gives up
}

type rejected struct {
	Case, Reason string
	Body         []byte
}

func (s *store) Publish(ctx context.Context, list ...events.Event) error {
	if s.wait {
		<-ctx.Done()
		return ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	s.events = append(s.events, list...)
	return nil
}

func (s *store) Reject(_ context.Context, caseRef, reason string, body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rejected = append(s.rejected, rejected{caseRef, reason, bytes.Clone(body)})
	return s.err
}

const token = "made-up-token"

func monday() time.Time { return time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC) }

func (s *store) handler() http.Handler { return inbound.Events(s, s, token, false, monday) }

const (
	structured = "application/cloudevents+json"
	batched    = "application/cloudevents-batch+json"
)

func post(contentType, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/v1/events", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

func do(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

type problem struct {
	Type, Title, Detail string
	Status              int
	Faults              []events.Fault
}

func problemOf(t *testing.T, w *httptest.ResponseRecorder) problem {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type is %q", got)
	}
	var p problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("the answer is no problem document: %v: %s", err, w.Body)
	}
	if p.Status != w.Code || p.Type == "" || p.Title == "" || p.Detail == "" {
		t.Errorf("the problem document lacks something: %+v", p)
	}
	return p
}

// enquiry is a good event with its data, or "{}" for none.
func enquiry(id, data string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"/ehc-hub","type":"enquiry.received","subject":"H-10482","time":"2026-11-23T08:59:00Z","data":%s}`, id, data)
}
