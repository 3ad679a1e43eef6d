package console

import (
	"net/http"
	"slices"
	"time"

	"hearback/notifier/publishing"
)

// historyPage is every publication of the book.
type historyPage struct {
	Nav      bookNav
	Versions []versionShown
	Pager    pager
}

func (c *console) showHistory(w http.ResponseWriter, r *http.Request) {
	d, ok := c.desk(w, r)
	if !ok {
		return
	}
	var all []versionShown
	for i, v := range slices.Backward(d.history.Versions) {
		all = append(all, c.version(v, i == len(d.history.Versions)-1))
	}
	body := historyPage{Nav: d.nav("/book/history")}
	body.Versions, body.Pager = paginate(r, "/book/history", all, itemsPerPage)
	c.render(w, http.StatusOK, "bookhistory", page{Title: "The history of the book", Active: "/book", Body: body})
}

// versionPage is one version, with what it changed.
type versionPage struct {
	Nav  bookNav
	This versionShown
	// Before is the version that it came after; nil for the first.
	Before *versionShown
	Parts  []partShown
	Same   bool
	// Since is what differs in the book in force now.
	Since        []partShown
	Incomparable bool
	Errors       []fieldError
}

func (c *console) showVersion(w http.ResponseWriter, r *http.Request) {
	if d, v, ok := c.chosen(w, r); ok {
		c.renderVersion(w, http.StatusOK, d, v, nil)
	}
}

// chosen is the version that an address names, and answers for itself where it was never
// published.
func (c *console) chosen(w http.ResponseWriter, r *http.Request) (d desk, v publishing.Version, ok bool) {
	if d, ok = c.desk(w, r); !ok {
		return d, v, false
	}
	v, err := d.history.Find(r.PathValue("version"))
	if err != nil || v.Version != r.PathValue("version") {
		c.say(w, http.StatusNotFound, "There was no such version of the book", "Choose one from its history.")
		return d, v, false
	}
	return d, v, true
}

func (c *console) renderVersion(w http.ResponseWriter, status int, d desk, v publishing.Version, errs []fieldError) {
	body := versionPage{Nav: d.nav("/book/history"), This: c.version(v, v.Sequence == d.inForce.Sequence), Errors: errs}
	at := slices.IndexFunc(d.history.Versions, func(one publishing.Version) bool { return one.Sequence == v.Sequence })
	if at > 0 {
		before := d.history.Versions[at-1]
		body.Before = new(c.version(before, false))
		changes, err := c.options.Proofs.Diff(before.Files, v.Files)
		body.Parts, body.Same, body.Incomparable = parts(changes), err == nil && len(changes) == 0, err != nil
	}
	if !body.This.InForce {
		if changes, err := c.options.Proofs.Diff(v.Files, d.inForce.Files); err == nil {
			body.Since = parts(changes)
		}
	}
	c.render(w, status, "bookversion", page{Title: "Version " + v.Version + " of the book", Active: "/book", HasFail: len(errs) > 0, Body: body})
}

// revertTo makes a draft of an old version, which then goes the way of every draft.
func (c *console) revertTo(w http.ResponseWriter, r *http.Request) {
	if _, ok := c.posted(w, r); !ok {
		return
	}
	d, v, ok := c.chosen(w, r)
	if !ok {
		return
	}
	switch {
	case v.Version == d.inForce.Version:
		c.renderVersion(w, http.StatusConflict, d, v, []fieldError{{"this", "This version is in force already"}})
	case d.drafted():
		c.renderVersion(w, http.StatusConflict, d, v, []fieldError{{"this", "You have a draft already. Publish it or throw it away first"}})
	default:
		draft := Draft{Files: v.Files, Over: d.inForce, Why: "back to the version of " + v.At.In(c.london).Format(time.DateOnly), Sequence: d.draft.Sequence}
		if c.keep(w, r, draft) {
			http.Redirect(w, r, "/book/draft", http.StatusSeeOther)
		}
	}
}

// moveTo moves the open promises to the version in force, after showing what that does.
func (c *console) moveTo(w http.ResponseWriter, r *http.Request) {
	form, ok := c.posted(w, r)
	if !ok {
		return
	}
	d, v, ok := c.chosen(w, r)
	if !ok {
		return
	}
	if v.Sequence != d.inForce.Sequence {
		c.renderVersion(w, http.StatusConflict, d, v, []fieldError{{"this", "Open promises can only be moved to the version in force"}})
		return
	}
	if form.Get("confirmed") != "yes" {
		if plan, ok := c.plan(w, r, v.Files); ok {
			c.renderPlan(w, planPage{Nav: d.nav("/book/history"), Heading: "Move the open promises?", Version: v.Version, Why: v.Why,
				Action: "/book/history/" + v.Version + "/move", Button: "Move them", Back: "/book/history/" + v.Version}, plan)
		}
		return
	}
	ctx, stop := within(w, r, replanWithin)
	defer stop()
	if c.options.Publishing.Replans == nil {
		c.plan(w, r, v.Files)
		return
	}
	c.move(ctx, w, v, publishing.Asked{By: c.signature(), Why: v.Why})
}
