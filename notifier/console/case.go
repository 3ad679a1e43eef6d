package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"hearback/notifier"
	"hearback/notifier/picture"
)

// caseFile is the page of one case.
type caseFile struct {
	Case, State, Officer, Team string
	Waits                      bool
	Promises                   []promiseCard
	Contacts                   []contactCard
	Tasks                      []taskRow
	Family, Staff              []messageCard
	Timeline                   []line
}

type promiseCard struct {
	Name, Enquiry, Due, Ended string
	Opened                    moment
	Kept                      *moment
	Tags                      []tag
	Working                   []string
}

type contactCard struct {
	ID, Name, Relationship, Mobile, Email, Postal, Language, Prefers string
	// MayNot says, one sentence each, which ways must not or cannot be used and why.
	MayNot []string
}

type messageCard struct {
	ID, To, Channel, Words, Subject, Text, Why, Reason string
	IsText                                             bool
	Tag                                                tag
	Decided                                            moment
	Settled                                            *moment
}

type line struct {
	At        moment
	What, Why string
}

// findCase sends the browser to the case that was asked for.
func (c *console) findCase(w http.ResponseWriter, r *http.Request) {
	ref := strings.TrimSpace(r.URL.Query().Get("ref"))
	if !validCase(ref) {
		c.say(w, http.StatusNotFound, "That is not a case reference",
			"A case reference has 1 to 64 letters, digits, hyphens or underscores, such as H-10482.")
		return
	}
	http.Redirect(w, r, "/cases/"+url.PathEscape(ref), http.StatusSeeOther)
}

func (c *console) showCase(w http.ResponseWriter, r *http.Request) {
	ref := r.PathValue("ref")
	if !validCase(ref) {
		c.notFound(w, r)
		return
	}
	view, err := c.source.Case(r.Context(), ref)
	switch {
	case errors.Is(err, picture.ErrUnknown) || err == nil && view.Case == "":
		c.say(w, http.StatusNotFound, "No case "+ref+" is known",
			"Check the reference. A case is known from the first event about it.")
	case err != nil:
		c.say(w, http.StatusServiceUnavailable, "The case cannot be read at the moment",
			"Nothing is lost. Load the page again in a minute. If it stays like this, run hearback doctor on the server.")
	default:
		c.render(w, http.StatusOK, "case", page{Title: "Case " + ref, Body: c.caseFile(view)})
	}
}

func (c *console) caseFile(view picture.CaseView) caseFile {
	officer, team := owner(view.Officer, view.Team)
	file := caseFile{Case: view.Case, State: capitalised(view.State), Officer: officer, Team: team,
		Waits: slices.ContainsFunc(view.Promises, isOpen)}
	for _, promise := range view.Promises {
		file.Promises = append(file.Promises, c.promiseCard(promise))
	}
	for _, contact := range view.Contacts {
		file.Contacts = append(file.Contacts, newContactCard(contact))
	}
	for _, task := range view.Tasks {
		file.Tasks = append(file.Tasks, c.taskRow(view.Case, task))
	}
	captured := c.source.Status().Captured
	for _, m := range view.Messages {
		card := c.messageCard(m, captured)
		if m.Staff {
			file.Staff = append(file.Staff, card)
		} else {
			file.Family = append(file.Family, card)
		}
	}
	for _, l := range view.Timeline {
		file.Timeline = append(file.Timeline, line{c.moment(l.At), l.What, l.Why})
	}
	slices.Reverse(file.Family)
	slices.Reverse(file.Staff)
	slices.Reverse(file.Timeline)
	return file
}

func (c *console) promiseCard(w picture.Waiting) promiseCard {
	card := promiseCard{Name: w.Promise, Enquiry: w.Enquiry, Due: day(w.DueDate), Ended: capitalised(w.Ended), Opened: c.moment(w.Opened),
		Tags: c.promiseTags(w, c.options.Now()), Working: w.Working}
	if w.Kept != nil {
		card.Kept = new(c.moment(*w.Kept))
	}
	return card
}

func newContactCard(k notifier.Contact) contactCard {
	card := contactCard{ID: k.ID, Name: k.Name, Relationship: k.Relationship, Mobile: k.Mobile, Email: k.Email, Postal: strings.ReplaceAll(k.Postal, "\n", ", "), Language: k.Language}
	var prefers []string
	for _, channel := range k.Prefers {
		prefers = append(prefers, channelWords(channel))
	}
	card.Prefers = strings.Join(prefers, ", then ")
	for _, channel := range k.DoNot {
		if channel == notifier.Every {
			card.MayNot = append(card.MayNot, "Must not be contacted in any way.")
			continue
		}
		card.MayNot = append(card.MayNot, "Must not be contacted by "+channelWords(channel)+".")
	}
	for _, u := range k.Unusable {
		card.MayNot = append(card.MayNot, capitalised(channelWords(u.Channel))+" cannot be used: "+u.Reason)
	}
	return card
}

func (c *console) messageCard(m picture.MessageView, captured []string) messageCard {
	card := messageCard{ID: m.ID, To: m.To, Channel: channelWords(m.Channel), Words: m.Words, Subject: m.Subject, Text: m.Text,
		Why: capitalised(m.Why), Reason: capitalised(m.Reason), IsText: m.Channel == notifier.SMS, Tag: messageTag(m, captured), Decided: c.moment(m.Decided)}
	if m.Settled != nil {
		card.Settled = new(c.moment(*m.Settled))
	}
	return card
}
