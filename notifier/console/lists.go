package console

import (
	"net/http"

	"hearback/events"
)

// listing is the body of a page that is one long list.
type listing[T any] struct {
	Items []T
	Pager pager
}

// rejectedRow is an input that could not be understood.
type rejectedRow struct {
	At       moment
	Case     string // empty where it could not be read
	Reason   string
	Sequence uint64
	Number   uint64 // of the page about it; 0: there is none
	MaySee   bool   // the caller may look at the case
	Decided  bool   // an event with the same id has been decided since
}

func (c *console) showRejected(w http.ResponseWriter, r *http.Request) {
	var body listing[rejectedRow]
	rejected, pager := paginate(r, "/rejected", c.source.Rejected(r.Context()), itemsPerPage)
	for _, one := range rejected {
		shown := rejectedRow{At: c.moment(one.At), Reason: one.Reason, Sequence: one.Sequence}
		if one.Case != events.UnknownCase && validCase(one.Case) {
			shown.Case, shown.MaySee = one.Case, c.maySee(one.Case)
		}
		if c.options.Refused != nil && one.Number > 0 {
			whole, known, err := c.options.Refused.Refused(r.Context(), one.Number)
			if err == nil && known {
				shown.Number, shown.Decided = one.Number, whole.Decided
			}
		}
		body.Items = append(body.Items, shown)
	}
	body.Pager = pager
	c.render(w, http.StatusOK, "rejected", page{Title: "Rejected events", Active: "/rejected", Body: body})
}

func (c *console) showMessages(w http.ResponseWriter, r *http.Request) {
	if c.who.Teams != nil && !c.options.Demo {
		c.forbidden(w) // captured messages are of every team
		return
	}
	var body listing[capturedMessage]
	captured, pager := paginate(r, "/messages", c.mayRead(c.source.Captured()), itemsPerPage)
	for _, m := range captured {
		body.Items = append(body.Items, c.captured(m))
	}
	body.Pager = pager
	c.render(w, http.StatusOK, "messages", page{Title: "Captured messages", Active: "/messages", Body: body})
}
