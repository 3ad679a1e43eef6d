package console

import (
	"net/http"
	"net/url"
	"strings"

	"hearback/notifier/caseload"
)

const (
	foundMost = 20  // of the cases that a search shows
	askedMost = 100 // characters of what is looked for
)

// finding is the page of a search.
type finding struct {
	Asked   string
	Problem string
	Errors  []fieldError
	Found   []caseload.Found
	More    bool // there may be others
}

// find looks for a family. What is looked for is in the address of the page, which is
// kept nowhere: browsers are told not to store these pages.
func (c *console) find(w http.ResponseWriter, r *http.Request) {
	body := finding{Asked: strings.TrimSpace(shown(r.URL.Query().Get("q")))}
	status := http.StatusOK
	switch {
	case len([]rune(body.Asked)) < 3:
		body.Problem, status = "Enter at least 3 letters or digits", http.StatusUnprocessableEntity
	case len([]rune(body.Asked)) > askedMost:
		body.Problem, status = "Enter 100 characters or fewer", http.StatusUnprocessableEntity
	default:
		body.Found = c.options.Cases.Find(body.Asked, c.who.seen(), foundMost+1)
		if body.More = len(body.Found) > foundMost; body.More {
			body.Found = body.Found[:foundMost]
		}
		if len(body.Found) == 1 && body.Found[0].Contact == "" && strings.EqualFold(body.Found[0].Case, body.Asked) {
			http.Redirect(w, r, "/cases/"+url.PathEscape(body.Found[0].Case), http.StatusSeeOther)
			return
		}
	}
	for i := range body.Found {
		found := &body.Found[i]
		found.Officer, found.Team = c.owner(found.Officer, found.Team)
	}
	body.Errors = collect("find-again", body.Problem)
	c.render(w, status, "find", page{Title: "Find a family", HasFail: body.Problem != "", Body: body})
}
