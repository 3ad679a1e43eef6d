package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearback/events"
)

// Refused finds rejected events, whole.
type Refused interface {
	// Refused finds the event whose rejection stands at this place in the stream. known
	// is false where none stands there.
	Refused(ctx context.Context, number uint64) (e RefusedEvent, known bool, err error)
}

// RefusedEvent is an event that could not be understood.
type RefusedEvent struct {
	At time.Time
	// Case is [events.UnknownCase] where it could not be read.
	Case, Reason string
	// Faults are what is wrong with it; none where Reason alone says it.
	Faults []events.Fault
	// Sequence is where the event itself stands in the stream; 0: it was never stored.
	Sequence uint64
	// Body is what was sent, as a CloudEvent in JSON as far as it could be put that way;
	// empty where it is no longer kept.
	Body []byte
	// Decided: an event with the same source and id has been decided for the case.
	Decided bool
}

const (
	// mendMost is the largest event that can be mended in a page, in bytes.
	mendMost = 32 << 10
	// mendForm is what a form with such an event may have: a byte takes three at most.
	mendForm = 3*mendMost + 4<<10
)

// rejectedPage is one rejected event, and the form to mend it.
type rejectedPage struct {
	Number             uint64
	At                 moment
	Case, Reason       string
	Faults             []events.Fault
	Sequence           uint64
	Decided            bool
	SeesBody, Gone     bool
	TooLarge           bool
	Body               string
	Errors             []fieldError
	StoredID, StoredAs string // id and case of the event that was stored
	StoredLink         bool
}

func (c *console) seesAll() bool { return c.who.Is(Manager) && c.who.Teams == nil }

// rejectedEvent finds the rejected event that an address names, and answers for itself
// where there is none.
func (c *console) rejectedEvent(w http.ResponseWriter, r *http.Request) (number uint64, e RefusedEvent, ok bool) {
	number, err := strconv.ParseUint(r.PathValue("sequence"), 10, 64)
	if err != nil || c.options.Refused == nil {
		c.notFound(w, r)
		return 0, RefusedEvent{}, false
	}
	e, known, err := c.options.Refused.Refused(r.Context(), number)
	switch {
	case err != nil:
		c.say(w, http.StatusServiceUnavailable, "The event cannot be read at the moment", "Nothing is lost. Load the page again in a minute. If it stays like this, run hearback doctor on the server.")
		return 0, RefusedEvent{}, false
	case !known:
		c.say(w, http.StatusNotFound, "No rejected event has this number", "It may have been erased with its case. Look at the list of rejected events.")
		return 0, RefusedEvent{}, false
	}
	return number, e, true
}

func (c *console) showRefused(w http.ResponseWriter, r *http.Request) {
	if number, e, ok := c.rejectedEvent(w, r); ok {
		if c.seesAll() && validCase(e.Case) && e.Case != events.UnknownCase && !c.recorded(w, r, e.Case) {
			return
		}
		body := c.refusedPage(number, e)
		body.Body = legible(e.Body)
		c.renderRefused(w, http.StatusOK, body)
	}
}

func (c *console) refusedPage(number uint64, e RefusedEvent) rejectedPage {
	body := rejectedPage{Number: number, At: c.moment(e.At), Reason: e.Reason, Faults: e.Faults, Sequence: e.Sequence, Decided: e.Decided,
		SeesBody: c.seesAll(), Gone: len(e.Body) == 0, TooLarge: len(e.Body) > mendMost}
	if e.Case != events.UnknownCase && validCase(e.Case) {
		body.Case = e.Case
	}
	return body
}

func (c *console) renderRefused(w http.ResponseWriter, status int, body rejectedPage) {
	if !body.SeesBody || body.TooLarge {
		body.Body = ""
	}
	c.render(w, status, "refused", page{Title: "Rejected event " + strconv.FormatUint(body.Number, 10), Active: "/rejected", HasFail: len(body.Errors) > 0, Body: body})
}

// legible is a body on lines of its own, where it is JSON, without what no page shows.
func legible(body []byte) string {
	var lines bytes.Buffer
	if json.Indent(&lines, body, "", "  ") == nil && lines.Len() <= mendMost {
		body = lines.Bytes()
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
}

// mendRefused takes the mended event and stores it as a service would.
func (c *console) mendRefused(w http.ResponseWriter, r *http.Request) {
	if !c.seesAll() {
		c.forbidden(w)
		return
	}
	form, ok := c.postedLarge(w, r)
	if !ok {
		return
	}
	number, refused, ok := c.rejectedEvent(w, r)
	if !ok {
		return
	}
	body := c.refusedPage(number, refused)
	body.Body, body.TooLarge = form.Get("event"), false
	if len(body.Body) > mendMost {
		body.Body = strings.ToValidUTF8(body.Body[:mendMost], "")
		body.Errors = []fieldError{{"event", "The event must be 32 KB or less"}}
		c.renderRefused(w, http.StatusUnprocessableEntity, body)
		return
	}
	e, err := events.Parse([]byte(body.Body))
	if err == nil {
		err = e.Check(c.options.Now())
	}
	if refusal, is := errors.AsType[*events.Refusal](err); is {
		for _, fault := range refusal.Faults {
			body.Errors = append(body.Errors, fieldError{"event", fault.Field + " " + fault.Problem + ". " + sentence(fault.Remedy)})
		}
		c.renderRefused(w, http.StatusUnprocessableEntity, body)
		return
	}
	if err == nil {
		if err = c.accounted(r, e.Case); err == nil {
			err = c.publish(r.Context(), e)
		}
	}
	if err != nil {
		body.Errors = []fieldError{{"event", notStored}}
		c.renderRefused(w, http.StatusServiceUnavailable, body)
		return
	}
	body.StoredID, body.StoredAs, body.StoredLink = e.ID, e.Case, c.maySee(e.Case)
	before, _ := events.Parse(refused.Body) // what could be read stands beside the error
	body.Decided = before.Case == e.Case && before.Identity() == e.Identity() && c.untilDecided(r.Context(), number)
	c.renderRefused(w, http.StatusOK, body)
}

// untilDecided waits, for a moment, until an event like the rejected one is decided.
func (c *console) untilDecided(ctx context.Context, number uint64) bool {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	ticker := time.NewTicker(5 * settleEvery)
	defer ticker.Stop()
	for {
		if e, known, err := c.options.Refused.Refused(ctx, number); err == nil && known && e.Decided {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
}

// postedLarge reads a form that holds an event, and answers for itself where it cannot.
func (c *console) postedLarge(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	r.Body = http.MaxBytesReader(w, r.Body, mendForm)
	if err := r.ParseForm(); err != nil {
		c.say(w, http.StatusBadRequest, "The form could not be read",
			"Nothing was stored. An event that is mended here may have 32 KB. Let the service that sent it send it again.")
		return nil, false
	}
	return r.PostForm, true
}
