package console_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier/console"
	"hearback/notifier/picture"
)

// refusals are rejected events by their numbers.
type refusals map[uint64]console.RefusedEvent

func (r refusals) Refused(_ context.Context, number uint64) (console.RefusedEvent, bool, error) {
	if number == 13 {
		return console.RefusedEvent{}, false, errors.New("secret place: disk on fire")
	}
	e, known := r[number]
	return e, known, nil
}

const broken = `{"specversion":"1.0","id":"e-1","source":"/ehc-hub","type":"enquiry.received","subject":"H-1","time":"2026-11-31T09:00:00Z","data":{"channel":"phone","about":"</textarea><script>alert(1)</script>"}}`

func rejectingDistrict(t *testing.T, who console.Caller) (*district, refusals) {
	d := newDistrict(t, who)
	d.put("H-1", "north", "o.jane", 3)
	d.council.rejected = []picture.Rejected{{At: morning(), Case: "H-1", Reason: "time: has a date that does not exist, 2026-11-31; write the day on which it happened", Sequence: 6, Number: 7}}
	held := refusals{7: {At: morning(), Case: "H-1", Reason: "time: has a date that does not exist", Sequence: 6, Body: []byte(broken),
		Faults: []events.Fault{{Field: "time", Problem: "has a date that does not exist, 2026-11-31", Remedy: "write the day on which it happened"}}},
		8: {At: morning(), Case: events.UnknownCase, Reason: nasty, Body: []byte(strings.Repeat("x", 40<<10))}, 9: {Case: nasty, Reason: nasty, Body: []byte(nasty + "\xff")}, 10: {Reason: "gone"}}
	d.open(console.Options{Refused: held})
	return d, held
}

func TestARejectedEventIsMended(t *testing.T) {
	d, held := rejectingDistrict(t, console.Everybody())
	sound(t, d.get("/rejected"), http.StatusOK, "Look at it")
	m := sound(t, d.get("/rejected/7"), http.StatusOK, "Has a date that does not exist, 2026-11-31 Write the day on which it happened", "As number 6 of the stream", "enquiry.received")
	if strings.Contains(d.get("/rejected/7").Body.String(), "<script>") || m.count("textarea") != 1 {
		t.Error("the body breaks out of its field")
	}
	w := sound(t, d.post("/rejected/7", url.Values{"event": {broken}}), http.StatusUnprocessableEntity, "There is a problem", "time has a date that does not exist, 2026-11-31. Write the day on which it happened.")
	if !strings.Contains(w.text, "e-1") {
		t.Error("what was typed is lost")
	}
	sound(t, d.post("/rejected/7", url.Values{"event": {"not JSON"}}), http.StatusUnprocessableEntity, "body is not JSON in UTF-8. Send one CloudEvent as a JSON object.")
	sound(t, d.post("/rejected/7", url.Values{"event": {strings.Replace(broken, "enquiry.received", "promise.kept", 1)}}), http.StatusUnprocessableEntity)
	sound(t, d.post("/rejected/7", url.Values{"event": {strings.Repeat(" ", 33<<10)}}), http.StatusUnprocessableEntity, "The event must be 32 KB or less")
	sound(t, d.post("/rejected/7", url.Values{"event": {strings.Repeat(" ", 300<<10)}}), http.StatusBadRequest, "The form could not be read")
	if len(d.published) > 0 {
		t.Fatalf("stored %v", d.published)
	}
	mended := strings.Replace(broken, "2026-11-31", "2026-11-30", 1)
	d.council.decide = func(*council, events.Event) {
		e := held[7]
		e.Decided = true
		held[7] = e
	}
	sound(t, d.post("/rejected/7", url.Values{"event": {mended}}), http.StatusOK, "Stored as event e-1 of case H-1 . It has been decided.")
	if len(d.published) != 1 || d.published[0].ID != "e-1" || d.published[0].Source != "/ehc-hub" || !strings.Contains(d.trail.cases(), "H-1") {
		t.Errorf("stored %v; written down %s", d.published, d.trail.cases())
	}
	sound(t, d.get("/rejected"), http.StatusOK, "Same id decided Look at it")
	d.council.decide = nil
	sound(t, d.post("/rejected/7", url.Values{"event": {strings.Replace(mended, "e-1", "e-2", 1)}}), http.StatusOK, "Stored as event e-2 of case H-1 . Hearback is looking at it")
	d.council.refuse = fmt.Errorf("no stream")
	sound(t, d.post("/rejected/7", url.Values{"event": {mended}}), http.StatusServiceUnavailable, "It is not known whether this was stored")
}

func TestRejectedEventsOfEveryKind(t *testing.T) {
	d, _ := rejectingDistrict(t, console.Everybody())
	sound(t, d.get("/rejected/8"), http.StatusOK, "too large to be mended here", "Could not be read", "a gateway refused it")
	sound(t, d.get("/rejected/9"), http.StatusOK)
	sound(t, d.get("/rejected/10"), http.StatusOK, "What was sent is no longer kept")
	if w := d.get("/rejected/8"); w.Body.Len() > 60<<10 {
		t.Errorf("%d bytes", w.Body.Len())
	}
	sound(t, d.get("/rejected/11"), http.StatusNotFound, "No rejected event has this number")
	sound(t, d.get("/rejected/x"), http.StatusNotFound)
	if text := sound(t, d.get("/rejected/13"), http.StatusServiceUnavailable).text; strings.Contains(text, "secret") {
		t.Error("an error tells too much")
	}
	d.open(console.Options{})
	sound(t, d.get("/rejected/7"), http.StatusNotFound)
	sound(t, d.get("/rejected"), http.StatusOK)
	d.council.rejected = nil
	sound(t, d.get("/rejected"), http.StatusOK, "Nothing has been rejected")
}

// What a family may have said is only for managers who may see every team.
func TestWhoSeesARejectedEvent(t *testing.T) {
	for name, who := range map[string]console.Caller{
		"an operator":        {ID: "op", Name: "An operator", Roles: []console.Role{console.Operator}, Teams: []string{}},
		"a manager of south": managerOf("south"),
		"a manager of north": managerOf("north"),
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := rejectingDistrict(t, who)
			m := sound(t, d.get("/rejected/7"), http.StatusOK, "Has a date that does not exist", "A manager who may see every team can read and mend it here")
			if m.count("textarea") != 0 || strings.Contains(m.text, "ehc-hub") {
				t.Errorf("the body is shown: %s", m.text)
			}
			if w := d.post("/rejected/7", url.Values{"event": {strings.Replace(broken, "2026-11-31", "2026-11-30", 1)}}); w.Code != http.StatusForbidden {
				t.Errorf("status %d", w.Code)
			}
			if len(d.published) > 0 {
				t.Errorf("stored %v", d.published)
			}
			if links := sound(t, d.get("/rejected"), http.StatusOK).links(); strings.Contains(fmt.Sprint(links), "/cases/H-1") != (name == "a manager of north") {
				t.Errorf("links: %v", links)
			}
		})
	}
}
