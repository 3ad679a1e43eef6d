package console

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/picture"
)

const (
	// source is how events from these pages name their sender.
	source = "/console"

	// storeWithin is how long a person waits to hear that an entry is stored.
	storeWithin = 10 * time.Second

	// settleWithin is how long a stored entry is given to show in the pages. After it
	// the page says that Hearback is still deciding.
	settleWithin = time.Second
	settleEvery  = 20 * time.Millisecond
)

// The kinds of entry, as the address of the page after storing names them.
const (
	enquiryStored = "enquiry"
	replyStored   = "reply"
)

func (c *console) recordEnquiry(w http.ResponseWriter, r *http.Request) {
	form, ok := c.posted(w, r)
	if !ok {
		return
	}
	var h home
	h.Errors = h.Enquiry.read(form)
	h.Errors = append(h.Errors, c.notMine("enquiry-case", h.Enquiry.Case, &h.Enquiry.CaseProblem)...)
	if len(h.Errors) > 0 {
		c.showHome(w, r, http.StatusUnprocessableEntity, h)
		return
	}
	f := h.Enquiry
	if !c.recorded(w, r, f.Case) {
		return
	}
	event := c.event(events.TypeEnquiryReceived, f.Case, eventID(cmp.Or(f.Token, newToken()), f.Case, f.Channel, strconv.FormatBool(f.Urgent)),
		events.Enquiry{Channel: f.Channel, Urgent: f.Urgent})
	if !c.store(w, r, h, "enquiry-case", event) {
		return
	}
	c.settle(r.Context(), f.Case, func(v picture.CaseView) bool {
		return slices.ContainsFunc(v.Promises, func(p picture.Waiting) bool { return p.Enquiry == event.ID })
	})
	c.backWith(w, r, enquiryStored, event)
}

func (c *console) recordReply(w http.ResponseWriter, r *http.Request) {
	form, ok := c.posted(w, r)
	if !ok {
		return
	}
	var h home
	h.Errors = h.Reply.read(form)
	h.Errors = append(h.Errors, c.notMine("reply-case", h.Reply.Case, &h.Reply.CaseProblem)...)
	if h.Reply.CaseProblem == "" && c.nobodyWaits(r.Context(), h.Reply.Case) {
		h.Reply.CaseProblem = "Nobody is waiting for a reply on this case. Check the reference"
		h.Errors = slices.Insert(h.Errors, 0, fieldError{"reply-case", h.Reply.CaseProblem})
	}
	if len(h.Errors) > 0 {
		c.showHome(w, r, http.StatusUnprocessableEntity, h)
		return
	}
	f := h.Reply
	if !c.recorded(w, r, f.Case) {
		return
	}
	event := c.event(events.TypeReplySent, f.Case, eventID(cmp.Or(f.Token, newToken()), f.Case, f.Channel, f.By),
		events.Reply{By: f.By, Channel: f.Channel})
	if !c.store(w, r, h, "reply-case", event) {
		return
	}
	c.settle(r.Context(), f.Case, func(v picture.CaseView) bool { return !slices.ContainsFunc(v.Promises, isOpen) })
	c.backWith(w, r, replyStored, event)
}

// notMine is the problem of a form that names a case which the caller may not see.
func (c *console) notMine(field, ref string, problem *string) []fieldError {
	if *problem != "" || c.mayTell(ref) {
		return nil
	}
	*problem = "This case belongs to another team. Check the reference"
	return []fieldError{{field, *problem}}
}

// nobodyWaits reports whether it is certain that no reply is owed for the case. A case
// that cannot be read is no reason to refuse a reply that a family has had.
func (c *console) nobodyWaits(ctx context.Context, ref string) bool {
	view, err := c.source.Case(ctx, ref)
	if err != nil {
		return errors.Is(err, picture.ErrUnknown)
	}
	return !slices.ContainsFunc(view.Promises, isOpen)
}

func isOpen(w picture.Waiting) bool { return w.Kept == nil && w.Ended == "" }

func (c *console) event(eventType, ref, id string, data any) events.Event {
	encoded, err := json.Marshal(data)
	if err != nil {
		panic("console: plain texts must encode: " + err.Error()) // cannot happen
	}
	return events.Event{ID: id, Source: source, Type: eventType, Case: ref, Time: c.options.Now().UTC(), Data: encoded}
}

// notStored is the problem of a form that could not be stored for certain.
const notStored = "It is not known whether this was stored. Send it again; what was stored already is not counted twice"

// store publishes, and shows the form again with the reason where it cannot.
func (c *console) store(w http.ResponseWriter, r *http.Request, h home, field string, event events.Event) bool {
	if err := c.publish(r.Context(), event); err != nil {
		h.Errors = []fieldError{{field, notStored}}
		c.showHome(w, r, http.StatusServiceUnavailable, h)
		return false
	}
	return true
}

// settle waits, for a moment, until the pages show what was stored, so that whoever
// stored it sees what came of it.
func (c *console) settle(ctx context.Context, ref string, done func(picture.CaseView) bool) {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	ticker := time.NewTicker(settleEvery)
	defer ticker.Stop()
	for {
		if view, err := c.source.Case(ctx, ref); err == nil && done(view) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// backWith sends the browser back to the first page, which then tells what came of it.
func (c *console) backWith(w http.ResponseWriter, r *http.Request, kind string, event events.Event) {
	query := url.Values{"stored": {kind}, "case": {event.Case}, "id": {event.ID}}
	http.Redirect(w, r, "/?"+query.Encode(), http.StatusSeeOther)
}

// stored is the notice after an entry was stored.
type stored struct {
	Case, Words string
}

// stored tells what came of an entry, from what the case itself says: an address that
// somebody made up can claim nothing.
func (c *console) stored(ctx context.Context, kind, ref, id string) *stored {
	if kind != enquiryStored && kind != replyStored || !validCase(ref) || !c.mayTell(ref) {
		return nil
	}
	deciding := &stored{ref, "Hearback is looking at what is stored for this case. Load the page again in a moment."}
	view, err := c.source.Case(ctx, ref)
	if err != nil {
		return deciding
	}
	if kind == replyStored {
		if len(view.Promises) == 0 || slices.ContainsFunc(view.Promises, isOpen) {
			return deciding
		}
		return &stored{ref, "Stored. The family has its reply, and nobody is chased about it any more."}
	}
	at := slices.IndexFunc(view.Promises, func(p picture.Waiting) bool { return p.Enquiry == id })
	if at < 0 {
		return deciding
	}
	promise := view.Promises[at]
	due := " A person must reply by " + day(promise.DueDate) + "."
	channels := acknowledgedBy(view, promise)
	if len(channels) == 0 {
		return &stored{ref, "Stored. No message can tell the family yet, so look at the tasks of the case." + due}
	}
	return &stored{ref, "Stored. Hearback acknowledged it to the family by " + list(channels) + "." + due}
}

// acknowledgedBy lists the channels that told the family they were heard.
func acknowledgedBy(view picture.CaseView, promise picture.Waiting) []string {
	var channels []string
	for _, m := range view.Messages {
		if m.Kind == notifier.Acknowledgement && !m.Staff && !m.Decided.Before(promise.Opened) &&
			(m.Status == notifier.Waiting || m.Status == notifier.Sent || m.Status == notifier.Delivered) && !slices.Contains(channels, channelWords(m.Channel)) {
			channels = append(channels, channelWords(m.Channel))
		}
	}
	return channels
}
