package doorstep

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"hearback/events"
	"hearback/notifier/link"
)

// errand is what a member of staff came for: their link, and the promise it is about.
type errand struct {
	link    link.Link
	token   string
	promise Promise
}

// officerPage asks for confirmation.
type officerPage struct {
	Case, You, Due    string
	Since             moment
	Late              bool
	NewDate           *newDate
	Choices           []onward
	Replied, Until    bool // which form, where there are no choices; neither: not mine
	Form              officerForm
	Errors            problems
	Earliest, Latest  string // dates for the form, YYYY-MM-DD
	MaxReason, MaxWho int
}

// newDate is what somebody else, or the visitor, has promised before.
type newDate struct{ By, Until, Reason string }

// errand opens an officer's link, and answers for itself where it does not open.
func (d *doorstep) errand(w http.ResponseWriter, r *http.Request) (errand, bool) {
	e := errand{token: r.PathValue("token")}
	var err error
	if e.link, err = d.keys.Open(e.token, d.now(), link.OfficerReplied, link.OfficerUntil, link.OfficerNotMine, link.OfficerAnswer); err != nil {
		d.refuse(w, err)
		return errand{}, false
	}
	c, err := d.source.Case(r.Context(), e.link.Case)
	if err != nil && !errors.Is(err, ErrUnknown) {
		d.unreadable(w)
		return errand{}, false
	}
	promise, known := c.promise(e.link.Promise)
	if err != nil || !known {
		d.say(w, http.StatusGone, "", notice{Heading: "Nothing is left to answer", Paragraphs: []string{
			"What this link was about is no longer kept. You do not need to do anything."}})
		return errand{}, false
	}
	e.promise = promise
	if promise.Ended != nil {
		d.say(w, http.StatusOK, e.link.Case, d.ending(e))
		return errand{}, false
	}
	return e, true
}

// ending says how a promise ended before this visitor said anything about it.
func (d *doorstep) ending(e errand) notice {
	ended := e.promise.Ended
	when := d.moment(ended.At).Words
	if !ended.Kept {
		return notice{Heading: "No reply is asked for any more", Paragraphs: []string{
			"Case " + e.link.Case + ", " + when + ". " + ended.Why, "You do not need to do anything. Nothing was recorded from this page."}}
	}
	who := "Somebody"
	switch {
	case ended.By == e.link.Person:
		who = "You"
	case ended.By != "":
		who = d.person(ended.By)
	}
	how := repliedBy(ended.Channel)
	if how != "" {
		how = " " + how
	}
	return notice{Heading: "This family has its reply", Paragraphs: []string{
		who + " replied" + how + ". Case " + e.link.Case + ", " + when + ".",
		"Nobody is chased about it any more. You do not need to do anything."}}
}

func (d *doorstep) askOfficer(w http.ResponseWriter, r *http.Request) {
	e, ok := d.errand(w, r)
	switch {
	case !ok:
	case e.link.Purpose == link.OfficerAnswer:
		d.showChoice(w, e)
	default:
		d.showOfficer(w, http.StatusOK, e, officerForm{Seen: e.promise.state()}, nil)
	}
}

func (d *doorstep) takeOfficer(w http.ResponseWriter, r *http.Request) {
	form, ok := d.posted(w, r)
	if !ok {
		return
	}
	e, ok := d.errand(w, r)
	if !ok {
		return
	}
	if e.link.Purpose == link.OfficerAnswer {
		d.showChoice(w, e) // it has no form of its own
		return
	}
	var f officerForm
	wrong := f.read(form, e.link.Purpose, d.today())
	if len(wrong) > 0 {
		d.showOfficer(w, http.StatusUnprocessableEntity, e, f, wrong)
		return
	}
	if e.link.Purpose == link.OfficerUntil {
		if p := e.promise.Postponed; p != nil && p.Until == f.date && p.Reason == f.Reason && p.By == e.link.Person {
			d.say(w, http.StatusOK, e.link.Case, d.recorded(e, f)) // a second press, after the first was taken
			return
		}
		if f.Seen != "" && f.Seen != e.promise.state() {
			f.Seen = e.promise.state()
			wrong.add("until", "The date changed while you had this page open. If you still want yours, press the button again")
			d.showOfficer(w, http.StatusConflict, e, f, wrong)
			return
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeWithin)
	defer cancel()
	if err := d.publisher.Publish(ctx, d.answer(e, f)); err != nil {
		wrong.add(f.first(e.link.Purpose), "It is not known whether this was stored. Press the button again; what was stored already is not counted twice")
		d.showOfficer(w, http.StatusServiceUnavailable, e, f, wrong)
		return
	}
	d.say(w, http.StatusOK, e.link.Case, d.recorded(e, f))
}

// answer is the event that a form makes.
func (d *doorstep) answer(e errand, f officerForm) events.Event {
	id := func(answers ...string) string {
		return digest(append([]string{e.token, e.promise.state()}, answers...)...)
	}
	by, enquiry := e.link.Person, e.promise.Enquiry
	switch e.link.Purpose {
	case link.OfficerReplied:
		return d.event(events.TypeReplySent, e.link.Case, id(f.Channel, f.Note),
			events.Reply{Enquiry: enquiry, By: by, Channel: f.Channel, Note: f.Note})
	case link.OfficerUntil:
		return d.event(events.TypeReplyPostponed, e.link.Case, id(f.date.String(), f.Reason),
			events.Postponement{Enquiry: enquiry, Until: f.date.String(), Reason: f.Reason, By: by})
	default:
		return d.event(events.TypeOfficerDeclined, e.link.Case, id(f.Who), declined{events.OfficerDeclined{Enquiry: enquiry, By: by}, f.Who})
	}
}

// declined is officer.declined with what else was said. Only a person reads that.
type declined struct {
	events.OfficerDeclined
	Note string `json:"note,omitempty"`
}

// recorded says what was recorded, and what follows from it.
func (d *doorstep) recorded(e errand, f officerForm) notice {
	ref := "Case " + e.link.Case + ": "
	switch e.link.Purpose {
	case link.OfficerReplied:
		return notice{Heading: "Your reply is recorded", Paragraphs: []string{
			ref + "you have replied to the family " + repliedBy(f.Channel) + ".",
			"Nobody is chased about it any more. You can close this page."}}
	case link.OfficerUntil:
		then := "We tell the family the new date and your reason. We remind you again before that day."
		if why := d.source.Council().notWorking(f.date); why != "" {
			then = "That is no working day (" + why + "), so the family may be told a working day next to it. We tell them your reason too, and remind you again before."
		}
		return notice{Heading: "The new date is recorded", Paragraphs: []string{ref + "you need until " + f.date.Words() + ".", then, "You can close this page."}}
	default:
		then := "The team lead is asked to find who answers the family."
		if f.Who != "" {
			then += " What you wrote about who it is for is kept with the case."
		}
		return notice{Heading: "It is recorded that this reply is not yours", Paragraphs: []string{
			ref + "you are not asked for this reply any more.", then + " The family still waits. We said they would hear by " + d.by(e.promise) + ".", "You can close this page."}}
	}
}

func (d *doorstep) showOfficer(w http.ResponseWriter, status int, e errand, f officerForm, wrong problems) {
	today := d.today()
	p := officerPage{Case: e.link.Case, You: d.person(e.link.Person), Since: d.moment(e.promise.Opened), Due: d.by(e.promise), Late: e.promise.late(d.now()),
		Replied: e.link.Purpose == link.OfficerReplied, Until: e.link.Purpose == link.OfficerUntil, Form: f, Errors: wrong,
		Earliest: today.String(), Latest: today.AddMonths(maxMonths).String(), MaxReason: maxReason, MaxWho: maxWho}
	if postponed := e.promise.Postponed; postponed != nil {
		p.NewDate = &newDate{By: "Somebody", Until: postponed.Until.Words(), Reason: postponed.Reason}
		if postponed.By != "" {
			p.NewDate.By = d.person(postponed.By)
		}
	}
	title := map[link.Purpose]string{link.OfficerReplied: "I have replied", link.OfficerUntil: "I need more time", link.OfficerNotMine: "This is not mine"}[e.link.Purpose]
	d.render(w, status, "officer", page{Title: title + ": case " + e.link.Case, HasFail: len(wrong) > 0, Case: e.link.Case, Body: p})
}

// showChoice leads to each of the three answers, by links that are as good as those of
// a single chase and for as long.
func (d *doorstep) showChoice(w http.ResponseWriter, e errand) {
	p := officerPage{Case: e.link.Case, You: d.person(e.link.Person), Since: d.moment(e.promise.Opened), Due: d.by(e.promise), Late: e.promise.late(d.now())}
	for _, choice := range []struct {
		purpose link.Purpose
		words   string
	}{{link.OfficerReplied, "I have replied"}, {link.OfficerUntil, "I need until another date"}, {link.OfficerNotMine, "This is not mine to answer"}} {
		made := e.link
		made.Purpose = choice.purpose
		token, err := d.keys.Make(made)
		if err != nil {
			d.unreadable(w)
			return
		}
		p.Choices = append(p.Choices, onward{choice.words, "/a/" + token})
	}
	d.render(w, http.StatusOK, "officer", page{Title: "Answer for case " + e.link.Case, Case: e.link.Case, Body: p})
}

// onward is a link to another page of the doorstep.
type onward struct{ Words, Path string }

// state names where a promise stands: an answer is an answer to that.
func (p Promise) state() string {
	until := ""
	if p.Postponed != nil {
		until = p.Postponed.Until.String() + " " + p.Postponed.By + " " + p.Postponed.Reason
	}
	return digest(p.Key, strconv.FormatInt(p.Opened.UnixNano(), 36), strconv.FormatInt(p.Due.UnixNano(), 36), until)
}
