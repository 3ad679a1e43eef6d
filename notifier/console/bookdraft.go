package console

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hearback/notifier"
	"hearback/notifier/publishing"
	"hearback/notifier/rules"
)

const (
	maxWhy = 300 // characters of why a book is published
	// backtestWithin bounds a backtest, and replanWithin the moving of open promises.
	backtestWithin = 5 * time.Minute
	replanWithin   = 2 * time.Minute
	// answerWithin is how much longer the answer may take than the work.
	answerWithin = 30 * time.Second
)

// draftPage is what a manager's draft changes.
type draftPage struct {
	Nav     bookNav
	Drafted bool
	Version string
	Over    versionShown
	Changed moment
	// Ahead is the version that somebody has published since the draft was begun, and
	// Theirs what it changed.
	Ahead  *versionShown
	Theirs []partShown
	// Both are the files that both have changed.
	Both  []string
	Same  bool // as the book in force
	Parts []partShown
	// Incomparable: the book has faults, so only its files can be compared.
	Incomparable     bool
	Files            []fileShown
	Faults, Warnings []faultShown
	Why, WhyProblem  string
	Replan           bool
	Errors           []fieldError
}

// fileShown is one file that differs.
type fileShown struct{ File, How, Path string }

// partShown is what differs in one part of a book.
type partShown struct {
	Heading string
	Changes []rules.Change
}

// parts groups what differs under the headings that managers know.
func parts(changes []rules.Change) (list []partShown) {
	for _, p := range [][2]string{{"council", "The council"}, {"promises", "Promises"}, {"hours", "Hours and closures"}, {"holidays", "Bank holidays"},
		{"people", "Teams and people"}, {"words", "Words"}} {
		shown := partShown{Heading: p[1]}
		for _, change := range changes {
			if change.Part == p[0] {
				shown.Changes = append(shown.Changes, change)
			}
		}
		if len(shown.Changes) > 0 {
			list = append(list, shown)
		}
	}
	return list
}

// filesThatDiffer lists them with how they do.
func filesThatDiffer(before, after rules.Files) (list []fileShown) {
	all := maps.Clone(before)
	maps.Copy(all, after)
	for _, file := range slices.Sorted(maps.Keys(all)) {
		was, had := before[file]
		is, has := after[file]
		link, _, _ := strings.Cut(fileLink(file, 1), "?")
		switch {
		case !had:
			list = append(list, fileShown{file, "is new", link})
		case !has:
			list = append(list, fileShown{file, "is gone", link})
		case was != is:
			list = append(list, fileShown{file, "is changed", link})
		}
	}
	return list
}

func (c *console) showDraft(w http.ResponseWriter, r *http.Request) {
	if d, ok := c.desk(w, r); ok {
		c.renderDraft(w, http.StatusOK, d, draftPage{Why: d.draft.Why})
	}
}

func (c *console) renderDraft(w http.ResponseWriter, status int, d desk, p draftPage) {
	p.Nav, p.Drafted = d.nav("/book/draft"), d.drafted()
	if p.Drafted {
		files := d.draft.Files
		p.Version, p.Over, p.Changed = files.Version(), c.version(d.over(), !d.overtaken()), c.moment(d.draft.Changed)
		p.Same = p.Version == d.inForce.Version
		if d.overtaken() && !p.Same {
			p.Ahead = new(c.version(d.inForce, true))
			theirs, err := c.options.Proofs.Diff(d.over().Files, d.inForce.Files)
			if err == nil {
				p.Theirs = parts(theirs)
			}
			_, p.Both = merged(d.over().Files, files, d.inForce.Files)
		}
		faults, warnings := c.checked(files)
		p.Faults, p.Warnings = shownFaults(faults, ""), shownFaults(warnings, "")
		p.Files = filesThatDiffer(d.inForce.Files, files)
		changes, err := c.options.Proofs.Diff(d.inForce.Files, files)
		p.Parts, p.Incomparable = parts(changes), err != nil
	}
	c.render(w, status, "bookdraft", page{Title: "Your draft of the book", Active: "/book", HasFail: len(p.Errors) > 0, Body: p})
}

// merged is a draft put over another version than it was begun from: the files that the
// draft has changed are the draft's, all others are theirs. both are those that differ
// in each from what they were; there the draft's stand.
func merged(base, draft, theirs rules.Files) (files rules.Files, both []string) {
	files = maps.Clone(theirs)
	for _, f := range filesThatDiffer(base, draft) {
		mine, kept := draft[f.File]
		was, had := base[f.File]
		is, has := theirs[f.File]
		if (was != is || had != has) && (mine != is || kept != has) {
			both = append(both, f.File)
		}
		if files[f.File] = mine; !kept {
			delete(files, f.File)
		}
	}
	return files, both
}

// readDraft reads a form about the draft, and answers for itself where there is none,
// or another than the manager has seen.
func (c *console) readDraft(w http.ResponseWriter, r *http.Request) (form url.Values, d desk, ok bool) {
	if form, ok = c.posted(w, r); !ok {
		return form, d, false
	}
	if d, ok = c.desk(w, r); !ok {
		return form, d, false
	}
	switch {
	case !d.drafted():
		c.say(w, http.StatusConflict, "You have no draft", "It was published or thrown away already. The history of the book says which.")
	case form.Get("version") != d.draft.Files.Version():
		c.renderDraft(w, http.StatusConflict, d, draftPage{Why: form.Get("why"), Replan: form.Get("replan") == "yes",
			Errors: []fieldError{{"draft", "Your draft has changed since you opened the page. Look at it again"}}})
	default:
		return form, d, true
	}
	return form, d, false
}

func (c *console) discardDraft(w http.ResponseWriter, r *http.Request) {
	_, d, ok := c.readDraft(w, r)
	if ok && c.keep(w, r, Draft{Sequence: d.draft.Sequence}) {
		http.Redirect(w, r, "/book", http.StatusSeeOther)
	}
}

// renewDraft puts the draft over the version that somebody else has published since.
func (c *console) renewDraft(w http.ResponseWriter, r *http.Request) {
	_, d, ok := c.readDraft(w, r)
	if !ok {
		return
	}
	draft := d.draft
	draft.Files, _ = merged(d.over().Files, d.draft.Files, d.inForce.Files)
	draft.Over = d.inForce
	if c.keep(w, r, draft) {
		http.Redirect(w, r, "/book/draft", http.StatusSeeOther)
	}
}

func (c *console) backtestDraft(w http.ResponseWriter, r *http.Request) {
	_, d, ok := c.readDraft(w, r)
	if !ok {
		return
	}
	if faults, _ := c.checked(d.draft.Files); len(faults) > 0 {
		c.renderDraft(w, http.StatusUnprocessableEntity, d, draftPage{Errors: []fieldError{{"faults", "Mend what is wrong before you try the draft on the last 90 days"}}})
		return
	}
	if c.options.Publishing.Backtests == nil {
		c.renderDraft(w, http.StatusServiceUnavailable, d, draftPage{Errors: []fieldError{{"draft", "No backtest can be run here. Run hearback backtest on the server"}}})
		return
	}
	ctx, stop := within(w, r, backtestWithin)
	defer stop()
	found, err := c.options.Publishing.Backtests.Backtest(ctx, d.draft.Files)
	switch {
	case errors.Is(err, ErrBusy):
		c.renderDraft(w, http.StatusServiceUnavailable, d, draftPage{Errors: []fieldError{{"draft", capitalised(ErrBusy.Error())}}})
	case errors.Is(err, context.DeadlineExceeded):
		c.renderDraft(w, http.StatusServiceUnavailable, d, draftPage{Errors: []fieldError{{"draft", "The backtest took longer than 5 minutes and was stopped. Run hearback backtest on the server, where it may take its time"}}})
	case err != nil:
		c.renderDraft(w, http.StatusServiceUnavailable, d, draftPage{Errors: []fieldError{{"draft", "What was recorded could not be read. Try again in a minute, and run hearback doctor on the server if it stays like this"}}})
	default:
		c.renderReport(w, d.nav("/book/draft"), found.Title, found)
	}
}

// within gives work so long, and its answer a little longer.
func within(w http.ResponseWriter, r *http.Request, limit time.Duration) (context.Context, context.CancelFunc) {
	// Where the deadline cannot be set the server's own holds.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit + answerWithin))
	return context.WithTimeout(r.Context(), limit)
}

// readWhy reads why a book is published.
func readWhy(form url.Values) (why, problem string) {
	why = strings.TrimSpace(form.Get("why"))
	switch {
	case why == "":
		return "", "Say why: it stands in the history of the book"
	case !utf8.ValidString(why) || strings.ContainsFunc(why, unicode.IsControl):
		return shown(why), "The reason must be plain text on one line"
	case utf8.RuneCountInString(why) > maxWhy:
		return shown(why), "The reason must be 300 characters or fewer"
	}
	return why, ""
}

// planPage is what moving the open promises would do, to be confirmed.
type planPage struct {
	Nav          bookNav
	Heading      string
	Version, Why string
	// Action takes the form, and Button is what it does.
	Action, Button, Back string
	Cases                int
	Kinds                []publishing.Kind
	First                []movedShown
	Unreadable           string
}

// movedShown is one promise whose date moves.
type movedShown struct {
	Case, Promise, Before, After string
	Late                         bool
}

func (c *console) renderPlan(w http.ResponseWriter, p planPage, plan publishing.Plan) {
	p.Cases, p.Kinds, p.Unreadable = len(plan.Cases), plan.Kinds, strings.Join(plan.Unreadable, ", ")
	for _, one := range plan.First {
		p.First = append(p.First, movedShown{one.Case, one.Promise, one.Before.Words(), one.After.Words(), one.Effect == notifier.LateAtOnce})
	}
	c.render(w, http.StatusOK, "bookplan", page{Title: p.Heading, Active: "/book", Body: p})
}

// publishDraft puts the draft in force, and moves the open promises to it where that
// was asked for and its plan was seen.
func (c *console) publishDraft(w http.ResponseWriter, r *http.Request) {
	form, d, ok := c.readDraft(w, r)
	if !ok {
		return
	}
	p := draftPage{Replan: form.Get("replan") == "yes"}
	p.Why, p.WhyProblem = readWhy(form)
	status := http.StatusUnprocessableEntity
	faults, _ := c.checked(d.draft.Files)
	switch {
	case d.inForce.Version == d.draft.Files.Version():
		p.Errors = []fieldError{{"draft", "This book is in force already. Throw the draft away"}}
	case d.overtaken():
		status, p.Errors = http.StatusConflict, []fieldError{{"ahead", overtakenWords(d.inForce)}}
	case len(faults) > 0:
		p.Errors = []fieldError{{"faults", "Mend what is wrong: a book with faults cannot be put in force"}}
	default:
		p.Errors = collect("draft-why", p.WhyProblem)
	}
	if len(p.Errors) > 0 {
		c.renderDraft(w, status, d, p)
		return
	}
	if p.Replan && (form.Get("confirmed") != "yes" || c.options.Publishing.Replans == nil) {
		plan, ok := c.plan(w, r, d.draft.Files)
		if ok {
			c.renderPlan(w, planPage{Nav: d.nav("/book/draft"), Heading: "Publish, and move the open promises?", Version: d.draft.Files.Version(), Why: p.Why,
				Action: "/book/draft/publish", Button: "Publish, and move them", Back: "/book/draft"}, plan)
		}
		return
	}
	ctx, stop := within(w, r, bookWithin+replanWithin)
	defer stop()
	asked := publishing.Asked{By: c.signature(), Why: p.Why}
	storing, cancel := context.WithTimeout(ctx, bookWithin)
	defer cancel()
	version, err := c.options.Publishing.Books.Publish(storing, d.draft.Files, asked, d.draft.Over)
	if overtaken, was := errors.AsType[*publishing.Overtaken](err); was {
		if now, ok := c.desk(w, r); ok {
			p.Errors = []fieldError{{"ahead", overtakenWords(overtaken.By)}}
			c.renderDraft(w, http.StatusConflict, now, p)
		}
		return
	}
	if _, is := errors.AsType[*publishing.Faulty](err); is {
		p.Errors = []fieldError{{"faults", "Mend what is wrong: a book with faults cannot be put in force"}}
		c.renderDraft(w, http.StatusUnprocessableEntity, d, p)
		return
	}
	if err != nil {
		p.Errors = []fieldError{{"draft", "It is not known whether the book was published. Look at its history before you try again"}}
		c.renderDraft(w, http.StatusServiceUnavailable, d, p)
		return
	}
	// The draft has done its work; one that stays says that it is in force already.
	_ = c.options.Publishing.Drafts.Keep(storing, c.who.ID, Draft{Sequence: d.draft.Sequence})
	if p.Replan {
		c.move(ctx, w, version, asked)
		return
	}
	http.Redirect(w, r, "/book?published", http.StatusSeeOther)
}

func overtakenWords(by publishing.Version) string {
	return "Somebody was first: " + by.By + " has published version " + by.Version + " since you began. Yours was not published and is kept"
}

// plan says what moving the open promises would do, and answers for itself where it
// cannot.
func (c *console) plan(w http.ResponseWriter, r *http.Request, files rules.Files) (plan publishing.Plan, ok bool) {
	if c.options.Publishing.Replans == nil {
		c.say(w, http.StatusServiceUnavailable, "Open promises cannot be moved here", "Nothing was published. Publish without moving them, or run hearback publish-book --replan on the server.")
		return plan, false
	}
	ctx, stop := within(w, r, replanWithin)
	defer stop()
	plan, err := c.options.Publishing.Replans.Look(ctx, files)
	if err != nil {
		c.say(w, http.StatusServiceUnavailable, "What would move could not be worked out", "Nothing was published. Try again in a minute, and run hearback doctor on the server if it stays like this.")
	}
	return plan, err == nil
}

// move moves the open promises to a version in force and says what came of it.
func (c *console) move(ctx context.Context, w http.ResponseWriter, to publishing.Version, asked publishing.Asked) {
	done, err := c.options.Publishing.Replans.Replan(ctx, to, asked)
	in := "Version " + to.Version + " of the book is in force for promises opened from now on."
	switch {
	case err != nil:
		c.say(w, http.StatusServiceUnavailable, "Not every open promise was moved", in,
			"Moving the open promises was cut off. What was moved counts once. Open this version in the history of the book and move them again.")
	case done.Cases == 0:
		c.say(w, http.StatusOK, "No open promise had to be moved", in)
	case done.Waiting == 0:
		c.say(w, http.StatusOK, "The open promises were moved", in, "The cases that were moved: "+numbered(done.Cases, "case")+". Each tells it in its timeline.")
	default:
		c.say(w, http.StatusOK, "The open promises are being moved", in, numbered(done.Cases, "case")+" told, and "+numbered(done.Waiting, "case")+" not decided yet: they are as soon as Hearback has come to them. What it refuses, with the reason, stands on the page of rejected events.")
	}
}
