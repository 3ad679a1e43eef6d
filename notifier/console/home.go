package console

import (
	"net/http"
	"slices"
	"strings"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/caseload"
	"hearback/notifier/picture"
)

const (
	rowsPerPage  = 10  // of families on the first page, so that it stays one screen
	itemsPerPage = 20  // of the other lists
	latestTexts  = 3   // captured texts on the first page
	latestEmails = 2   // captured emails there
	maxSuggested = 200 // case references offered while typing
)

// home is the first page.
type home struct {
	Waiting, Late, Soon, Unreached int
	Rows                           []row
	Pager                          pager
	Suggested                      []string
	Enquiry                        enquiryForm
	Reply                          replyForm
	Errors                         []fieldError
	Stored                         *stored
	Texts, Emails                  []capturedMessage
	AnyCaptured                    bool
}

// row is one promise in the list of who is waiting.
type row struct {
	Case, Officer, Team string
	Since               moment
	For                 string // how long they have waited
	Due                 string
	Tags                []tag
}

func (c *console) home(w http.ResponseWriter, r *http.Request) {
	if !c.options.Demo || !c.who.Is(staff...) {
		http.Redirect(w, r, firstPage(c.who), http.StatusSeeOther)
		return
	}
	query := r.URL.Query()
	h := home{Stored: c.stored(r.Context(), query.Get("stored"), query.Get("case"), query.Get("id"))}
	if ref := query.Get("for"); validCase(ref) {
		h.Enquiry.Case, h.Reply.Case = ref, ref
	}
	c.showHome(w, r, http.StatusOK, h)
}

// showHome fills what every showing of the first page has: the list and the messages.
func (c *console) showHome(w http.ResponseWriter, r *http.Request, status int, h home) {
	now := c.options.Now()
	waiting := c.options.Cases.Rows(caseload.Filter{Teams: c.who.seen()}, caseload.LongestFirst)
	soon := calendar.DateOf(now, c.london).AddDays(soonDays)
	suggested := map[string]bool{}
	for _, row := range waiting {
		h.Waiting++
		switch {
		case late(row, now):
			h.Late++
		case row.DueDate.Compare(soon) <= 0:
			h.Soon++
		}
		if row.Unreachable {
			h.Unreached++
		}
		if len(h.Suggested) < maxSuggested && !suggested[row.Case] {
			suggested[row.Case] = true
			h.Suggested = append(h.Suggested, row.Case)
		}
	}
	slices.Sort(h.Suggested)
	var shown []*caseload.Row
	shown, h.Pager = paginate(r, "/", waiting, rowsPerPage)
	h.Pager.Part = "waiting"
	for _, promise := range shown {
		h.Rows = append(h.Rows, c.row(promise))
	}
	h.Enquiry.Token, h.Reply.Token = newToken(), newToken()
	h.Enquiry.Choices, h.Reply.Choices = choices(h.Enquiry.Channel), choices(h.Reply.Channel)
	h.Texts, h.Emails = c.latest()
	h.AnyCaptured = len(h.Texts)+len(h.Emails) > 0
	c.render(w, status, "home", page{Title: "Who is waiting for a reply", Active: "/", HasFail: len(h.Errors) > 0, Body: h})
}

func (c *console) row(of *caseload.Row) row {
	now := c.options.Now()
	officer, team := c.owner(of.Officer, of.Team)
	return row{
		Case: of.Case, Officer: officer, Team: team, Since: c.moment(of.Opened), For: calendar.Elapsed(now.Sub(of.Opened)),
		Due: of.DueDate.Words(), Tags: c.rowTags(of, now),
	}
}

// capturedMessage is a message as a family would have seen it.
type capturedMessage struct {
	ID, Channel, To, Subject, Text string
	IsText                         bool
	At                             moment
}

func (c *console) captured(m picture.Captured) capturedMessage {
	return capturedMessage{ID: m.ID, Channel: channelWords(m.Channel), To: strings.ReplaceAll(m.To, "\n", ", "), Subject: m.Subject, Text: m.Text, IsText: m.Channel == notifier.SMS, At: c.moment(m.At)}
}

func (c *console) latest() (texts, emails []capturedMessage) {
	for _, m := range c.mayRead(c.source.Captured()) {
		switch {
		case m.Channel == notifier.SMS && len(texts) < latestTexts:
			texts = append(texts, c.captured(m))
		case m.Channel != notifier.SMS && len(emails) < latestEmails:
			emails = append(emails, c.captured(m))
		case len(texts) == latestTexts && len(emails) == latestEmails:
			return texts, emails
		}
	}
	return texts, emails
}
