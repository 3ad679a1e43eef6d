package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"hearback/events"
	"hearback/notifier/picture"
)

// gotInTouch is the page on which a member of staff records that a family got in
// touch: also one whose case Hearback has not heard of.
type gotInTouch struct {
	Enquiry enquiryForm
	About   string
	Problem string // of About
	Errors  []fieldError
}

func (c *console) showGotInTouch(w http.ResponseWriter, r *http.Request) {
	var g gotInTouch
	if ref := r.URL.Query().Get("case"); validCase(ref) {
		g.Enquiry.Case = ref
	}
	g.Enquiry.Channel = "phone"
	c.renderGotInTouch(w, http.StatusOK, g)
}

func (c *console) renderGotInTouch(w http.ResponseWriter, status int, g gotInTouch) {
	g.Enquiry.Token = cmp.Or(g.Enquiry.Token, newToken())
	g.Enquiry.Choices = choices(g.Enquiry.Channel)
	c.render(w, status, "got-in-touch", page{Title: "A family got in touch", HasFail: len(g.Errors) > 0, Body: g})
}

func (c *console) recordGotInTouch(w http.ResponseWriter, r *http.Request) {
	form, ok := c.posted(w, r)
	if !ok {
		return
	}
	var g gotInTouch
	g.Errors = g.Enquiry.read(form)
	g.Errors = append(g.Errors, c.notMine("enquiry-case", g.Enquiry.Case, &g.Enquiry.CaseProblem)...)
	if g.About, g.Problem = readNote(url.Values{"note": {form.Get("about")}}, ""); g.Problem != "" {
		g.Errors = append(g.Errors, fieldError{"enquiry-about", g.Problem})
	}
	if len(g.Errors) > 0 {
		c.renderGotInTouch(w, http.StatusUnprocessableEntity, g)
		return
	}
	f := g.Enquiry
	if !c.recorded(w, r, f.Case) {
		return
	}
	event := c.event(events.TypeEnquiryReceived, f.Case, eventID(cmp.Or(f.Token, newToken()), f.Case, f.Channel, strconv.FormatBool(f.Urgent), g.About),
		events.Enquiry{Channel: f.Channel, Urgent: f.Urgent, About: g.About})
	if err := c.publish(r.Context(), event); err != nil {
		g.Errors = []fieldError{{"enquiry-case", notStored}}
		c.renderGotInTouch(w, http.StatusServiceUnavailable, g)
		return
	}
	c.settle(r.Context(), f.Case, func(v picture.CaseView) bool {
		return slices.ContainsFunc(v.Promises, func(p picture.Waiting) bool { return p.Enquiry == event.ID })
	})
	http.Redirect(w, r, "/cases/"+url.PathEscape(f.Case)+"?"+url.Values{"did": {"got-in-touch"}, "id": {event.ID}}.Encode(), http.StatusSeeOther)
}
