package doorstep

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"hearback/events"
	"hearback/notifier/link"
)

// visit is a contact at the door: their link, and what of the case they may see.
type visit struct {
	link    link.Link
	token   string
	c       Case
	contact Contact
}

// How much a page shows, the newest first: enough for anybody, and an end.
const (
	mostPromises = 20
	mostMessages = 50
)

// familyPage is where a contact's enquiries stand.
type familyPage struct {
	Case      string
	Enquiries []enquiry
	Sent      []sent
	Until     moment // when the link stops working
	Form      wishForm
	Errors    problems
}

// enquiry is one promise in words for the family.
type enquiry struct {
	Class, State  string // where it stands in a few words, and the colour that goes with it
	Received      moment
	With, By      string // who deals with it, and when the reply is due
	Open, Late    bool
	Step          bool // what the council must do, and no answer to them
	Moved         bool // to the date that By now says
	Reason        string
	Answered      *moment
	How           string // the reply came
	Number, Count int    // of the enquiries on the page
}

// sent is one message to this contact.
type sent struct {
	What, Channel, Became string
	At                    moment
}

// visit opens a family's link, and answers for itself where it does not open. Whoever
// must not see the page is told what somebody with a broken link is told.
func (d *doorstep) visit(w http.ResponseWriter, r *http.Request) (visit, bool) {
	v := visit{token: r.PathValue("token")}
	var err error
	if v.link, err = d.keys.Open(v.token, d.now(), link.Family); err != nil {
		d.refuse(w, err)
		return visit{}, false
	}
	v.c, err = d.source.Case(r.Context(), v.link.Case)
	if err != nil && !errors.Is(err, ErrUnknown) {
		d.unreadable(w)
		return visit{}, false
	}
	var known bool
	v.contact, known = v.c.contact(v.link.Person)
	theirs := slices.ContainsFunc(v.c.addresses(v.contact), func(address string) bool { return d.keys.WentTo(v.link, address) })
	if err != nil || !known || !theirs || v.c.Stopped {
		d.refuse(w, link.ErrInvalid)
		return visit{}, false
	}
	return v, true
}

func (d *doorstep) showFamily(w http.ResponseWriter, r *http.Request) {
	if v, ok := d.visit(w, r); ok {
		d.showVisit(w, http.StatusOK, v, d.wishesOf(v.contact), nil)
	}
}

func (d *doorstep) takeFamily(w http.ResponseWriter, r *http.Request) {
	form, ok := d.posted(w, r)
	if !ok {
		return
	}
	v, ok := d.visit(w, r)
	if !ok {
		return
	}
	f := d.wishesOf(v.contact)
	if wrong := f.read(form); len(wrong) > 0 {
		d.showVisit(w, http.StatusUnprocessableEntity, v, f, wrong)
		return
	}
	wished := f.wished(v.contact)
	state := v.contact.state()
	if f.Seen != "" && f.Seen != state && v.contact.wishes(wished) {
		d.say(w, http.StatusOK, v.link.Case, f.saved()) // a second press, after the first was taken
		return
	}
	id := digest(append([]string{v.token, state, f.Showing}, f.answers()...)...)
	ctx, cancel := context.WithTimeout(r.Context(), storeWithin)
	defer cancel()
	if err := d.publisher.Publish(ctx, d.event(events.TypeContactWished, v.link.Case, id, wished)); err != nil {
		wrong := problems{{"prefers-sms", "We do not know if this was saved. Please press the button again"}}
		d.showVisit(w, http.StatusServiceUnavailable, v, f, wrong)
		return
	}
	d.say(w, http.StatusOK, v.link.Case, f.saved())
}

func (d *doorstep) showVisit(w http.ResponseWriter, status int, v visit, f wishForm, wrong problems) {
	d.render(w, status, "family", page{Title: "Where your enquiry stands", HasFail: len(wrong) > 0, Case: v.link.Case, Body: familyPage{
		Case: v.link.Case, Enquiries: d.enquiries(v), Sent: d.sent(v), Until: d.moment(v.link.Expires), Form: f, Errors: wrong}})
}

// enquiries are those that the contact may know of, the open ones first, then the
// newest first.
func (d *doorstep) enquiries(v visit) []enquiry {
	promises := slices.DeleteFunc(slices.Clone(v.c.Promises), func(p Promise) bool { return !p.concerns(v.contact.ID) })
	slices.SortStableFunc(promises, func(a, b Promise) int {
		if open := a.Ended == nil; open != (b.Ended == nil) {
			if open {
				return -1
			}
			return 1
		}
		return b.Opened.Compare(a.Opened)
	})
	promises = promises[:min(len(promises), mostPromises)]
	var list []enquiry
	for i, p := range promises {
		p = p.forFamily(d.now())
		e := enquiry{Received: d.moment(p.Opened), By: d.by(p), Open: p.Ended == nil, Step: p.Step, Number: i + 1, Count: len(promises)}
		if p.Postponed != nil {
			e.Moved, e.Reason = true, p.Postponed.Reason
		}
		switch {
		case p.Step && p.Ended != nil && p.Ended.Kept:
			e.Class, e.State = "kept", "Done"
		case p.Step && p.Ended == nil && p.late(d.now()):
			e.Class, e.State, e.Late = "late", "We are late", true
		case p.Ended != nil && p.Ended.Kept:
			e.Class, e.State, e.How, e.Answered = "kept", "We have replied", repliedBy(p.Ended.Channel), new(d.moment(p.Ended.At))
		case p.Ended != nil:
			e.Class, e.State = "ended", "Closed"
		case p.late(d.now()):
			e.Class, e.State, e.Late = "late", "Our reply is late", true
		default:
			e.Class, e.State = "on-time", "We are working on it"
		}
		if e.Open {
			e.With = d.with(v.c)
		}
		list = append(list, e)
	}
	return list
}

// sent lists what went to this contact, the newest first.
func (d *doorstep) sent(v visit) []sent {
	messages := slices.DeleteFunc(slices.Clone(v.c.Messages), func(m Message) bool {
		_, shown := became(m)
		return m.To != v.contact.ID || m.To == "" || !shown
	})
	slices.SortStableFunc(messages, func(a, b Message) int { return b.At.Compare(a.At) })
	var list []sent
	for _, m := range messages[:min(len(messages), mostMessages)] {
		words, _ := became(m)
		list = append(list, sent{What: said(m.Kind), Channel: sentBy(m.Channel), Became: words, At: d.moment(m.At)})
	}
	return list
}
