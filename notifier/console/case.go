package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"hearback/notifier"
	"hearback/notifier/calendar"
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
	Stored                     *stored
}

type promiseCard struct {
	Name, Enquiry, Due, Ended string
	Opened                    moment
	Kept                      *moment
	Tags                      []tag
	Working                   []string
}

type contactCard struct {
	ID, Name, Relationship, Language, Prefers string
	Ways                                      []wayCard
}

// wayCard is one way to reach a contact: the channel, and the number or address.
type wayCard struct {
	Channel, Address string
	Tag              tag
	Why              string // it may not be used; empty where it may
	Before           string // what may have been used before it changed
}

type messageCard struct {
	ID, To, Channel, Words, Subject, Text, Why, Reason string
	IsText                                             bool
	Tag                                                tag
	Decided                                            moment
	Until, HandedOver, Delivered                       *moment
	After                                              string // how long its delivery took; empty where that is not known
}

type line struct {
	At        moment
	What, Why string
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
		file := c.caseFile(view)
		file.Stored = storedFor(view, r.URL.Query())
		c.render(w, http.StatusOK, "case", page{Title: "Case " + ref, Body: file})
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
		file.Contacts = append(file.Contacts, newContactCard(contact, view.Ways[contact.ID]))
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

func newContactCard(k notifier.Contact, ways []notifier.Way) contactCard {
	card := contactCard{ID: k.ID, Name: k.Name, Relationship: k.Relationship, Language: k.Language}
	var prefers []string
	for _, channel := range k.Prefers {
		prefers = append(prefers, channelWords(channel))
	}
	card.Prefers = strings.Join(prefers, ", then ")
	for _, way := range ways {
		shown := wayCard{Channel: capitalised(channelWords(way.Channel)), Address: strings.ReplaceAll(way.Address, "\n", ", "), Tag: tag{"on-time", "May be used"}, Why: sentence(way.Why), Before: strings.ReplaceAll(way.Before, "\n", ", ")}
		switch {
		case way.Cannot:
			shown.Tag = tag{"soon", "Cannot be used"}
		case way.Why != "":
			shown.Tag = tag{"late", "Must not be used"}
		}
		card.Ways = append(card.Ways, shown)
	}
	return card
}

func (c *console) messageCard(m picture.MessageView, captured []string) messageCard {
	now := c.options.Now()
	card := messageCard{ID: m.ID, To: m.To, Channel: channelWords(m.Channel), Words: m.Words, Subject: m.Subject, Text: m.Text,
		Why: capitalised(m.Why), Reason: capitalised(m.Reason), IsText: m.Channel == notifier.SMS, Tag: messageTag(m, captured, now), Decided: c.moment(m.Decided)}
	if m.Status == notifier.Waiting && m.NotBefore != nil && m.NotBefore.After(now) {
		card.Until = new(c.moment(*m.NotBefore))
	}
	if m.HandedOver != nil && !slices.Contains(captured, m.Channel) {
		card.HandedOver = new(c.moment(*m.HandedOver))
	}
	if m.Status == notifier.Delivered && m.Settled != nil {
		card.Delivered = new(c.moment(*m.Settled))
		if m.HandedOver != nil {
			card.After = calendar.Elapsed(m.Settled.Sub(*m.HandedOver))
		}
	}
	return card
}
