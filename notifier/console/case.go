package console

import (
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
	// Now is the next thing to do about each promise that is open.
	Now  []nextThing
	Back link
	Seen *seenList // nil for whom it does not concern
}

// nextThing is what to do about one promise.
type nextThing struct{ Words, Said, Heard string }

type promiseCard struct {
	Name, Duty, Enquiry, Due, Ended string
	Opened                          moment
	Kept                            *moment
	Tags                            []tag
	Working                         []string
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
	view, ok := c.story(w, r)
	if !ok {
		return
	}
	file := c.caseFile(view)
	file.Stored = storedFor(view, r.URL.Query())
	file.Seen = c.seenBy(r.Context(), view.Case)
	now := c.options.Now()
	for _, row := range c.options.Cases.Of(view.Case) {
		thing := nextThing{Words: c.next(row, now).Words, Heard: c.heard(row)}
		if row.Asked() {
			thing.Said = c.said(r.Context(), row.Case, row.Enquiry)
		}
		file.Now = append(file.Now, thing)
	}
	file.Back = link{Path: "/families", Words: "My families"}
	if !c.who.Is(Officer) {
		file.Back = link{Path: "/waiting", Words: "Who is waiting"}
	}
	c.render(w, http.StatusOK, "case", page{Title: "Case " + view.Case, Body: file})
}

func (c *console) caseFile(view picture.CaseView) caseFile {
	officer, team := c.owner(view.Officer, view.Team)
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
	card := promiseCard{Name: w.Promise, Duty: c.duty(w.Promise), Enquiry: w.Enquiry, Due: day(w.DueDate), Ended: capitalised(w.Ended), Opened: c.moment(w.Opened),
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
