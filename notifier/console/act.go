package console

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/picture"
	"hearback/templates"
)

// Families is what the pages of a case ask beside the picture.
type Families interface {
	// Said is what a family wrote or said with an enquiry; empty where nothing of it was
	// written down.
	Said(ctx context.Context, ref, enquiry string) (string, error)
	// Foresee is what would be decided about an event now. Nothing is stored.
	Foresee(ctx context.Context, e events.Event) (notifier.Decision, error)
}

// deed is one thing that a person does about a case: a page with a form, and the
// event that the form becomes.
type deed struct {
	name, title, lead, button string
	// previews: what the family will read is shown before it is stored.
	previews bool
	// fill gives a new form its usual answers, read reads one that was sent, choose
	// offers what can be chosen. What is read has no time where it happens now: the same
	// answers must be the same event, however long somebody looked at them.
	fill   func(c *console, v picture.CaseView, f *deedForm)
	read   func(c *console, v picture.CaseView, f *deedForm) (eventType string, data any, at time.Time)
	choose func(c *console, v picture.CaseView, f *deedForm)
}

// deeds are what can be done about a case.
func deeds() []deed {
	return []deed{
		{"reply", "We have replied", "This ends the reminders. Record it only when a person has really answered.", "Record the reply", false, fillReply, readReply, chooseReply},
		{"postpone", "Give the family a new date", "Give an honest reason: the family reads it as you write it.", "Send the new date", true, fillPostpone, readPostpone, choosePostpone},
		{"update", "Send an update", "The words are the council's own. They tell the family how things stand, and end no promise to reply.", "Send the update", true, fillUpdate, readUpdate, chooseUpdate},
		{"call", "Record a call", "A call that nobody answered is no reply: the family still waits.", "Record the call", true, fillCall, readCall, chooseCall},
		{"hand-over", "Hand the case over", "Open promises go with the case, and their dates stay.", "Hand it over", true, fillHandOver, readHandOver, chooseHandOver},
	}
}

// deedForm is a form as it was filled in. Answers, problems and choices go by the names
// of the fields.
type deedForm struct {
	Name, Title, Lead, Button string
	Case, Officer, Team       string
	Token                     string
	Answers                   map[string]string
	Problems                  map[string]string
	Choices                   map[string][]choice
	Errors                    []fieldError
	Waits                     []waits
	// Seen counts what had happened when the form was first shown, and Since is what
	// people did after that.
	Seen  int
	Since []line
	// Previews, and what would follow; Shown names the answers that it was made of.
	Previews bool
	Foreseen *foreseen
	Shown    string
}

// waits is one enquiry that waits for a reply.
type waits struct {
	Enquiry, Words, Said, Due, For string
	Opened                         moment
	Tags                           []tag
}

// foreseen is what an event would lead to.
type foreseen struct {
	Messages []preview
	Lines    []line
	Tasks    []string
}

// preview is one message as somebody of the family would read it.
type preview struct {
	To, Channel, Subject, Text string
	IsText                     bool
	Lang, Language, Direction  string
	Parts, Letters             int
	Unusual                    string // the letters that make a text longer than it seems
	Cost                       string // in words; "" where it costs nothing, or the book does not say
	Until                      *moment
}

func (f *deedForm) wrong(field, problem string) {
	if f.Problems[field] == "" {
		f.Problems[field] = problem
		f.Errors = append(f.Errors, fieldError{"act-" + field, problem})
	}
}

// deedRoutes are the pages of the deeds.
func deedRoutes() map[string]route {
	all := map[string]route{}
	for _, d := range deeds() {
		all["/cases/{ref}/"+d.name] = route{roles: staff, family: true,
			get:  func(c *console, w http.ResponseWriter, r *http.Request) { c.showDeed(w, r, d) },
			post: func(c *console, w http.ResponseWriter, r *http.Request) { c.doDeed(w, r, d) }}
	}
	return all
}

func (c *console) deedForm(ctx context.Context, d deed, v picture.CaseView) *deedForm {
	officer, team := c.owner(v.Officer, v.Team)
	f := &deedForm{Name: d.name, Title: d.title, Lead: d.lead, Button: d.button, Previews: d.previews, Case: v.Case, Officer: officer, Team: team,
		Token: newToken(), Answers: map[string]string{}, Problems: map[string]string{}, Choices: map[string][]choice{}, Seen: len(v.Timeline)}
	for _, p := range v.Promises {
		if isOpen(p) && c.isReply(p) {
			f.Waits = append(f.Waits, c.waits(ctx, p))
		}
	}
	return f
}

// isReply reports whether a promise is one that a person's reply keeps.
func (c *console) isReply(p picture.Waiting) bool {
	rule, known := c.options.Book().Rule(p.Promise)
	return !known || slices.Contains(rule.KeptBy, events.TypeReplySent)
}

func (c *console) waits(ctx context.Context, p picture.Waiting) waits {
	now := c.options.Now()
	return waits{Enquiry: p.Enquiry, Words: c.duty(p.Promise), Said: c.said(ctx, p.Case, p.Enquiry), Due: day(p.DueDate),
		For: calendar.Elapsed(now.Sub(p.Opened)), Opened: c.moment(p.Opened), Tags: c.promiseTags(p, now)}
}

// duty is what a promise owes, as it stands in a list.
func (c *console) duty(rule string) string {
	if known, ok := c.options.Book().Rule(rule); ok && known.Duty != "" {
		return capitalised(known.Duty)
	}
	return "Reply to the family"
}

// said is what a family wrote; nothing where it cannot be read now.
func (c *console) said(ctx context.Context, ref, enquiry string) string {
	if c.options.Families == nil {
		return ""
	}
	text, err := c.options.Families.Said(ctx, ref, enquiry)
	if err != nil {
		return ""
	}
	return text
}

// story is the case of an address, and answers for itself where there is none.
func (c *console) story(w http.ResponseWriter, r *http.Request) (v picture.CaseView, ok bool) {
	ref := r.PathValue("ref")
	if !validCase(ref) {
		c.notFound(w, r)
		return v, false
	}
	v, err := c.source.Case(r.Context(), ref)
	switch {
	case errors.Is(err, picture.ErrUnknown) || err == nil && v.Case == "":
		c.say(w, http.StatusNotFound, "No case "+ref+" is known", "Check the reference. A case is known from the first event about it.")
	case err != nil:
		c.say(w, http.StatusServiceUnavailable, "The case cannot be read at the moment",
			"Nothing is lost. Load the page again in a minute. If it stays like this, run hearback doctor on the server.")
	default:
		return v, true
	}
	return v, false
}

func (c *console) showDeed(w http.ResponseWriter, r *http.Request, d deed) {
	v, ok := c.story(w, r)
	if !ok {
		return
	}
	f := c.deedForm(r.Context(), d, v)
	d.fill(c, v, f)
	if enquiry := r.URL.Query().Get("enquiry"); slices.ContainsFunc(f.Waits, func(w waits) bool { return w.Enquiry == enquiry }) {
		f.Answers["enquiry"] = enquiry
	}
	c.renderDeed(w, http.StatusOK, d, v, f)
}

func (c *console) renderDeed(w http.ResponseWriter, status int, d deed, v picture.CaseView, f *deedForm) {
	d.choose(c, v, f)
	c.render(w, status, "act", page{Title: d.title + ", case " + v.Case, HasFail: len(f.Errors) > 0, Body: f})
}

// doDeed takes a form: it shows what would follow, or what others did meanwhile, or
// stores the event.
func (c *console) doDeed(w http.ResponseWriter, r *http.Request, d deed) {
	form, ok := c.posted(w, r)
	if !ok {
		return
	}
	v, ok := c.story(w, r)
	if !ok {
		return
	}
	f := c.deedForm(r.Context(), d, v)
	for field := range form {
		f.Answers[field] = strings.TrimSpace(shown(form.Get(field)))
	}
	f.Token = cmp.Or(form.Get("token"), f.Token)
	kind, data, at := d.read(c, v, f)
	if len(f.Errors) > 0 {
		c.renderDeed(w, http.StatusUnprocessableEntity, d, v, f)
		return
	}
	event := c.event(kind, v.Case, "", data)
	if !at.IsZero() {
		event.Time = at.UTC()
	}
	answers := string(event.Data) + kind + at.UTC().Format(time.RFC3339)
	event.ID = eventID(f.Token, answers)
	// Somebody else may have done something since the form was shown.
	seen, err := strconv.Atoi(form.Get("seen"))
	if err != nil || seen < 0 || seen > len(v.Timeline) {
		seen = 0
	}
	f.Since = c.sincePeople(v.Timeline[seen:])
	sum := sha256.Sum256([]byte(answers))
	f.Shown = hex.EncodeToString(sum[:8])
	again := slices.ContainsFunc(v.Timeline, func(l picture.Line) bool { return isEvent(l, event.ID) })
	asked := d.previews && (form.Get("do") == "preview" || form.Get("shown") != f.Shown)
	if !again && (len(f.Since) > 0 || asked) {
		if d.previews && !c.foresee(r.Context(), event, f) {
			c.renderDeed(w, http.StatusServiceUnavailable, d, v, f)
			return
		}
		status := http.StatusOK
		if len(f.Since) > 0 {
			status = http.StatusConflict
		}
		c.renderDeed(w, status, d, v, f)
		return
	}
	if err := c.publish(r.Context(), event); err != nil {
		f.wrong("stored", notStored)
		c.renderDeed(w, http.StatusServiceUnavailable, d, v, f)
		return
	}
	c.settle(r.Context(), v.Case, func(v picture.CaseView) bool {
		return slices.ContainsFunc(v.Timeline, func(l picture.Line) bool { return isEvent(l, event.ID) })
	})
	http.Redirect(w, r, "/cases/"+url.PathEscape(v.Case)+"?"+url.Values{"did": {d.name}, "id": {event.ID}}.Encode(), http.StatusSeeOther)
}

// isEvent reports whether a line says that an event of ours was decided.
func isEvent(l picture.Line, id string) bool {
	return strings.HasPrefix(l.What, "Event ") && strings.HasPrefix(l.Why, "from "+source+", id "+id+";")
}

// sincePeople are, of what happened since, the events that people and services told of,
// and what ended because of them.
func (c *console) sincePeople(lines []picture.Line) (since []line) {
	for _, l := range lines {
		if strings.HasPrefix(l.What, "Event ") || strings.HasPrefix(l.What, "Promise ") || strings.HasPrefix(l.What, "The case is now with ") {
			since = append(since, line{c.moment(l.At), l.What, l.Why})
		}
	}
	return since
}

// foresee fills in what would follow; false where that cannot be known now.
func (c *console) foresee(ctx context.Context, e events.Event, f *deedForm) bool {
	if c.options.Families == nil {
		f.wrong("stored", "What the family would read cannot be shown by this process. Nothing was stored")
		return false
	}
	d, err := c.options.Families.Foresee(ctx, e)
	if err != nil {
		f.wrong("stored", "What the family would read cannot be shown at the moment. Nothing was stored. Try again in a minute")
		return false
	}
	f.Foreseen = &foreseen{}
	for _, l := range d.Lines {
		if !strings.HasPrefix(l.What, "Event ") {
			f.Foreseen.Lines = append(f.Foreseen.Lines, line{What: l.What, Why: l.Why})
		}
	}
	for _, o := range d.Outcomes {
		if o.Type == events.TypeTaskOpened {
			f.Foreseen.Tasks = append(f.Foreseen.Tasks, o.Data.Reason)
		}
	}
	for _, m := range d.Case.Messages {
		if !m.Staff && decidedNow(d, m) {
			f.Foreseen.Messages = append(f.Foreseen.Messages, c.asRead(d.Case, m))
		}
	}
	return true
}

// decidedNow reports whether a message is of this decision, and not one that waits already.
func decidedNow(d notifier.Decision, m notifier.Message) bool {
	return slices.ContainsFunc(d.Lines, func(l notifier.Line) bool { return strings.HasPrefix(l.What, "Message "+m.ID+" ") })
}

func (c *console) asRead(of notifier.Case, m notifier.Message) preview {
	p := preview{To: "the caller", Channel: capitalised(channelWords(m.Channel)), Subject: m.Subject, Text: picture.Read(m), IsText: m.Channel == notifier.SMS,
		Lang: m.Language, Language: templates.LanguageName(m.Language), Direction: templates.Direction(m.Language)}
	if k, known := of.Contact(m.To); known {
		p.To = cmp.Or(k.Name, "contact "+k.ID)
		if k.Relationship != "" {
			p.To += " (" + k.Relationship + ")"
		}
	}
	if p.IsText {
		measured := templates.Measure(p.Text)
		p.Parts, p.Letters, p.Unusual = measured.Parts, measured.Units, string(measured.Forced)
	}
	p.Cost = money(c.options.Book().Costs.Of(m.Channel, p.Parts))
	if now := c.options.Now(); m.NotBefore.After(now) {
		p.Until = new(c.moment(m.NotBefore))
	}
	return p
}

// money is an amount in pence as people read it; "" for nothing.
func money(pence float64) string {
	switch {
	case pence <= 0:
		return ""
	case pence < 100:
		return strconv.FormatFloat(pence, 'f', -1, 64) + "p"
	default:
		return "£" + strconv.FormatFloat(pence/100, 'f', 2, 64)
	}
}

// owner says who looks after a case, by the names of the directory.
func (c *console) owner(officer, team string) (person, group string) {
	directory := c.options.Book().Directory
	if known, ok := directory.Person(officer); ok && known.Name != "" {
		officer = known.Name
	}
	person, group = owner(officer, team)
	if known, ok := directory.Team(team); ok && known.Name != "" {
		group = known.Name
	}
	return person, group
}

// dateField is the three fields of one date.
type dateField struct {
	Field, Problem string
	Parts          []datePart
}

type datePart struct{ ID, Name, Words, Value string }

// dateFields are the fields of a date in a form, for its template.
func dateFields(f *deedForm, name string) dateField {
	d := dateField{Field: name, Problem: f.Problems[name]}
	for i, part := range []string{"day", "month", "year"} {
		id := "act-" + name
		if i > 0 {
			id += "-" + part
		}
		d.Parts = append(d.Parts, datePart{id, name + "-" + part, capitalised(part), f.Answers[name+"-"+part]})
	}
	return d
}
