package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/picture"
)

// unmatched is somebody who wrote and whom nobody has matched with a case.
type unmatched struct {
	Task    taskRow
	Pen     string
	Way     string // Text or Email
	Address string // it came from; empty where it is not known
	Wrote   []wrote
}

// wrote is one thing that they wrote.
type wrote struct {
	ID, Text string
	IsText   bool
	At       moment
}

// isMatch reports whether a task is that of a holding pen.
func isMatch(ref string, t notifier.Task) bool {
	return notifier.Penned(ref) && t.What == notifier.TaskMatch
}

// pens are the open tasks of holding pens.
func pens(tasks []picture.CaseTask) (open []picture.CaseTask) {
	for _, t := range tasks {
		if isMatch(t.Case, t.Task) {
			open = append(open, t)
		}
	}
	return open
}

func (c *console) showUnmatched(w http.ResponseWriter, r *http.Request) {
	tasks, pager := paginate(r, "/unmatched", pens(c.source.Tasks()), itemsPerPage)
	var refs []string
	for _, t := range tasks {
		refs = append(refs, t.Case)
	}
	body := struct {
		listing[unmatched]
		Stored *stored
	}{listing: listing[unmatched]{Pager: pager}}
	written := map[string][]events.Event{}
	if len(refs) > 0 {
		var err error
		if written, err = c.source.Written(r.Context(), refs); err != nil {
			c.unreadable(w)
			return
		}
	}
	for _, t := range tasks {
		body.Items = append(body.Items, c.unmatched(t, dealing(t, written[t.Case])))
	}
	if ref := r.URL.Query().Get("from"); notifier.Penned(ref) && validCase(ref) {
		if view, err := c.source.Case(r.Context(), ref); err == nil {
			body.Stored = storedFor(view, r.URL.Query())
		}
	}
	c.render(w, http.StatusOK, "unmatched", page{Title: "Not matched", Active: "/unmatched", Body: body})
}

// mostWritten is how much of what one sender wrote is dealt with at once, the oldest
// first. The task stays for the rest.
const mostWritten = 40

// dealing picks, of what was written to a pen, what its task is still about.
func dealing(t picture.CaseTask, written []events.Event) (list []events.Event) {
	for _, e := range written {
		said, err := events.DataOf[events.MessageReceived](e)
		if err == nil && !said.Automatic && (len(t.Events) == 0 || slices.Contains(t.Events, e.ID)) {
			list = append(list, e)
		}
	}
	return list[:min(len(list), mostWritten)]
}

func (c *console) unmatched(t picture.CaseTask, written []events.Event) unmatched {
	u := unmatched{Task: c.taskRow(t.Case, t.Task), Pen: t.Case, Way: "A message"}
	for _, e := range written {
		said, _ := events.DataOf[events.MessageReceived](e)
		email := said.Channel == events.ChannelEmail || strings.Contains(said.Address, "@")
		u.Way, u.Address = "Text", said.Address
		if email {
			u.Way = "Email"
		}
		u.Wrote = append(u.Wrote, wrote{ID: e.ID, Text: said.Text, IsText: !email, At: c.moment(e.Time)})
	}
	return u
}

// penPage is where a person deals with one unmatched sender.
type penPage struct {
	unmatched
	AsksWho bool
	Errors  []fieldError

	Case, CaseProblem string
	// Contacts are offered once the case is known.
	Contacts       []contactChoice
	ContactProblem string
	By, ByProblem  string // who passes it on

	Note, NoteProblem         string // why there is nothing to do
	NothingBy, NothingProblem string
}

// contactChoice is a contact who may have written.
type contactChoice struct {
	Value, Words, Hint string
	Chosen             bool
}

// nobodyKnown is the choice of somebody who is not on the case. A contact's has the
// prefix before their id.
const (
	nobodyKnown   = "somebody-else"
	contactPrefix = "contact:"
)

// pen finds the open pen that an address names and what is to be dealt with there, and
// answers for itself where there is none.
func (c *console) pen(w http.ResponseWriter, r *http.Request) (t picture.CaseTask, written []events.Event, ok bool) {
	ref := r.PathValue("ref")
	open := pens(c.source.Tasks())
	at := slices.IndexFunc(open, func(t picture.CaseTask) bool { return t.Case == ref })
	if at < 0 {
		c.say(w, http.StatusNotFound, "Nothing of this sender waits to be matched",
			"Somebody may have passed it on already. Look at the list of what is not matched.")
		return t, nil, false
	}
	all, err := c.source.Written(r.Context(), []string{ref})
	if err != nil {
		c.unreadable(w)
		return t, nil, false
	}
	return open[at], dealing(open[at], all[ref]), true
}

func (c *console) unreadable(w http.ResponseWriter) {
	c.say(w, http.StatusServiceUnavailable, "What was written cannot be read at the moment",
		"Nothing is lost. Load the page again in a minute. If it stays like this, run hearback doctor on the server.")
}

// showPen asks first for the case, then for who of its contacts wrote.
func (c *console) showPen(w http.ResponseWriter, r *http.Request) {
	t, written, ok := c.pen(w, r)
	if !ok {
		return
	}
	p := penPage{unmatched: c.unmatched(t, written)}
	status := http.StatusOK
	if query := r.URL.Query(); query.Has("case") {
		p.Case, p.CaseProblem = readCase(query)
		if c.offer(r, &p, ""); p.CaseProblem != "" {
			p.Errors, status = collect("pass-case", p.CaseProblem), http.StatusUnprocessableEntity
		} else if !c.recorded(w, r, p.Case) {
			return
		}
	}
	c.renderPen(w, status, p)
}

func (c *console) renderPen(w http.ResponseWriter, status int, p penPage) {
	p.AsksWho = c.asksWho()
	c.render(w, status, "pen", page{Title: "Not matched: find out who wrote", Active: "/unmatched", HasFail: len(p.Errors) > 0, Body: p})
}

// offer looks up the contacts of the case that was named, or says why it cannot be.
func (c *console) offer(r *http.Request, p *penPage, chosen string) {
	if p.CaseProblem != "" {
		return
	}
	if notifier.Penned(p.Case) {
		p.CaseProblem = "That is no family's case, but another sender whom nobody has matched. Enter the family's case"
		return
	}
	view, err := c.source.Case(r.Context(), p.Case)
	switch {
	case errors.Is(err, picture.ErrUnknown) || err == nil && view.Case == "" || !c.maySee(p.Case):
		p.CaseProblem = "No case " + p.Case + " is known. Check the reference"
		return
	case err != nil:
		p.CaseProblem = "Case " + p.Case + " cannot be read at the moment. Try again in a minute"
		return
	}
	for _, k := range view.Contacts {
		words := k.Name
		if words == "" {
			words = "A contact without a name"
		}
		if k.Relationship != "" {
			words += ", " + k.Relationship
		}
		choice := contactChoice{Value: contactPrefix + k.ID, Words: words, Chosen: chosen == contactPrefix+k.ID}
		for _, channel := range []string{notifier.SMS, notifier.Email} {
			if p.Address != "" && strings.EqualFold(k.Address(channel), p.Address) {
				choice.Hint = "They have this number or address."
			}
		}
		p.Contacts = append(p.Contacts, choice)
	}
	p.Contacts = append(p.Contacts, contactChoice{Value: nobodyKnown, Words: "Somebody who is not on this case",
		Hint: "They are answered at the number or address that they wrote from.", Chosen: chosen == nobodyKnown})
}

// readPass takes the answers of whoever passes it on.
func (p *penPage) readPass(c *console, r *http.Request, form url.Values) (contact string) {
	p.Case, p.CaseProblem = readCase(form)
	chosen := form.Get("contact")
	c.offer(r, p, chosen)
	p.By, p.ByProblem = readBy(form, "who you are")
	if p.CaseProblem == "" && !slices.ContainsFunc(p.Contacts, func(k contactChoice) bool { return k.Chosen }) {
		p.ContactProblem = "Choose who wrote"
	}
	if len(p.Wrote) == 0 {
		p.CaseProblem = "Nothing is left here that could be passed on"
	}
	p.Errors = collect("pass-case", p.CaseProblem, "pass-contact-0", p.ContactProblem, "pass-by", p.ByProblem)
	contact, _ = strings.CutPrefix(chosen, contactPrefix)
	if chosen == nobodyKnown {
		contact = ""
	}
	return contact
}

// passOn puts what somebody wrote on the case that it belongs to, and only then ends
// the task: what a crash leaves between the two is passed on again under the same
// identity, which changes nothing. What came in while the page was open is not passed
// on, because nobody has read it; the task stays for it.
func (c *console) passOn(w http.ResponseWriter, r *http.Request) {
	form, t, written, ok := c.penForm(w, r)
	if !ok {
		return
	}
	p := penPage{unmatched: c.unmatched(t, written)}
	contact := p.readPass(c, r, form)
	if p.CaseProblem == "" && !c.recorded(w, r, p.Case) {
		return
	}
	if len(p.Errors) > 0 {
		c.renderPen(w, http.StatusUnprocessableEntity, p)
		return
	}
	var passed []string
	for _, e := range written {
		passing := c.passed(e, p.Case, contact)
		passed = append(passed, passing.ID)
		if err := c.publish(r.Context(), passing); err != nil {
			p.Errors = []fieldError{{"pass-by", notStored}}
			c.renderPen(w, http.StatusServiceUnavailable, p)
			return
		}
	}
	if err := c.publish(r.Context(), c.taskDone(t, p.By, "passed on to case "+p.Case, ids(written))); err != nil {
		p.Errors = []fieldError{{"pass-by", notStored}}
		c.renderPen(w, http.StatusServiceUnavailable, p)
		return
	}
	c.settleTask(r.Context(), t)
	last := passed[len(passed)-1]
	c.settle(r.Context(), p.Case, func(v picture.CaseView) bool { return tookIn(v, last) })
	http.Redirect(w, r, "/cases/"+p.Case+"?"+url.Values{"passed": {last}}.Encode(), http.StatusSeeOther)
}

// passed is what somebody wrote, as an event of the case that it belongs to. It counts
// from when they wrote it. Its id follows from the original and the case, so that it is
// passed on once however often the button is pressed.
func (c *console) passed(e events.Event, ref, contact string) events.Event {
	said, _ := events.DataOf[events.MessageReceived](e)
	said.Contact, said.Enquiry = contact, ""
	passing := c.event(events.TypeMessageReceived, ref, "", said)
	sum := sha256.Sum256([]byte(e.Source + "\x00" + e.ID + "\x00" + e.Case + "\x00" + ref))
	passing.ID, passing.Time, passing.OccurredOn = "passed-on-"+hex.EncodeToString(sum[:12]), e.Time, e.OccurredOn
	return passing
}

// nothingToDo ends the task of a pen without passing anything on.
func (c *console) nothingToDo(w http.ResponseWriter, r *http.Request) {
	form, t, written, ok := c.penForm(w, r)
	if !ok {
		return
	}
	p := penPage{unmatched: c.unmatched(t, written)}
	p.Note, p.NoteProblem = readNote(form, "Enter why there is nothing to do")
	p.NothingBy, p.NothingProblem = readBy(form, "who you are")
	p.Errors = collect("nothing-note", p.NoteProblem, "nothing-by", p.NothingProblem)
	if len(p.Errors) > 0 {
		c.renderPen(w, http.StatusUnprocessableEntity, p)
		return
	}
	dealt := ids(written)
	if len(dealt) == 0 {
		dealt = t.Events // their words are gone
	}
	if err := c.publish(r.Context(), c.taskDone(t, p.NothingBy, p.Note, dealt)); err != nil {
		p.Errors = []fieldError{{"nothing-note", notStored}}
		c.renderPen(w, http.StatusServiceUnavailable, p)
		return
	}
	c.settleTask(r.Context(), t)
	http.Redirect(w, r, "/unmatched?"+url.Values{"done": {t.ID}, "from": {t.Case}}.Encode(), http.StatusSeeOther)
}

// penForm reads a form about a pen, and keeps of what was written what the form was
// shown with. A form that shows nothing any more is answered with the page as it is.
func (c *console) penForm(w http.ResponseWriter, r *http.Request) (form url.Values, t picture.CaseTask, read []events.Event, ok bool) {
	if form, ok = c.posted(w, r); !ok {
		return nil, t, nil, false
	}
	t, written, ok := c.pen(w, r)
	if !ok {
		return nil, t, nil, false
	}
	for _, e := range written {
		if slices.Contains(form["event"], e.ID) {
			read = append(read, e)
		}
	}
	if len(read) == 0 && len(written) > 0 {
		p := penPage{unmatched: c.unmatched(t, written)}
		p.Errors = []fieldError{{"wrote", "What you had on this page was dealt with meanwhile, and they have written again. Read it first"}}
		c.renderPen(w, http.StatusConflict, p)
		return nil, t, nil, false
	}
	return form, t, read, true
}

func ids(list []events.Event) (names []string) {
	for _, e := range list {
		names = append(names, e.ID)
	}
	return names
}
