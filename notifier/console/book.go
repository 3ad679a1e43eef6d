package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"hearback/notifier/publishing"
	"hearback/notifier/rehearse/report"
	"hearback/notifier/rules"
)

// Publishing is what the pages of the managers' book need. Without Books those pages
// say that the book cannot be changed here.
type Publishing struct {
	Books     Books
	Replans   Replans
	Drafts    Drafts
	Backtests Backtests
}

// Books are the versions of the managers' book.
type Books interface {
	// History is every publication, the oldest first. Nobody changes what it returns.
	History(ctx context.Context) (*publishing.History, error)
	// Publish puts a book in force over the version that it was begun from. The second
	// of two gets a *[publishing.Overtaken].
	Publish(ctx context.Context, files rules.Files, asked publishing.Asked, over publishing.Version) (publishing.Version, error)
}

// Replans move the open promises to another version.
type Replans interface {
	// Look says what moving them to a book would do, which need not be published.
	Look(ctx context.Context, files rules.Files) (publishing.Plan, error)
	// Replan moves them to a version in force. It may be cut off and called again.
	Replan(ctx context.Context, to publishing.Version, asked publishing.Asked) (publishing.Done, error)
}

// Drafts keep the one draft on which each manager works.
type Drafts interface {
	// Draft is what the manager of this id works on; without Files where that is nothing.
	Draft(ctx context.Context, manager string) (Draft, error)
	// Keep stores a draft over the one that was read; without Files it is thrown away.
	// The error is, or wraps, [ErrDraftChanged] where another was stored since.
	Keep(ctx context.Context, manager string, d Draft) error
}

// Backtests play what was recorded under a book that is not in force.
type Backtests interface {
	// Backtest takes the last ninety days. The error is, or wraps, [ErrBusy] while another
	// one runs.
	Backtest(ctx context.Context, files rules.Files) (report.Report, error)
}

// ErrDraftChanged: the draft was changed between its reading and its keeping.
var ErrDraftChanged = errors.New("the draft was changed on another page; load this page again and make your change once more")

// ErrBusy: only one backtest runs at a time.
var ErrBusy = errors.New("another backtest is running; wait a minute and try again")

// Draft is a book that a manager works on.
type Draft struct {
	Files rules.Files `json:"files,omitempty"`
	// Over is the version that it was begun from. Its files are in the history.
	Over    publishing.Version `json:"over"`
	Why     string             `json:"why,omitempty"` // suggested
	Changed time.Time          `json:"changed"`
	// Sequence is where it is kept; 0 where nothing is.
	Sequence uint64 `json:"-"`
}

// bookRoutes are the pages of the managers' book.
func bookRoutes() map[string]route {
	pages := map[string]route{
		"/book":                          {get: (*console).showBook},
		"/book/promises/{name}":          {get: (*console).showPromise},
		"/book/rules":                    {get: (*console).showRules, post: (*console).keepRules},
		"/book/directory":                {get: (*console).showDirectory, post: (*console).keepDirectory},
		"/book/holidays":                 {get: (*console).showHolidays, post: (*console).keepHolidays},
		"/book/words":                    {get: (*console).showWords},
		"/book/words/add":                {get: (*console).addWords},
		"/book/words/{language}/{file}":  {get: (*console).showWordsFile, post: (*console).keepWordsFile},
		"/book/check":                    {post: (*console).checkWhileTyping},
		"/book/draft":                    {get: (*console).showDraft},
		"/book/draft/backtest":           {post: (*console).backtestDraft},
		"/book/draft/publish":            {post: (*console).publishDraft},
		"/book/draft/renew":              {post: (*console).renewDraft},
		"/book/draft/discard":            {post: (*console).discardDraft},
		"/book/history":                  {get: (*console).showHistory},
		"/book/history/{version}":        {get: (*console).showVersion},
		"/book/history/{version}/revert": {post: (*console).revertTo},
		"/book/history/{version}/move":   {post: (*console).moveTo},
	}
	for path, to := range pages {
		to.roles = managers
		pages[path] = to
	}
	return pages
}

// bookWithin bounds reading and storing a book and its drafts.
const bookWithin = 30 * time.Second

// desk is what a manager has before them: the book in force, and their draft.
type desk struct {
	history *publishing.History
	inForce publishing.Version
	draft   Draft
}

// drafted reports whether the manager works on something.
func (d desk) drafted() bool { return len(d.draft.Files) > 0 }

// files are those of the draft, or of the book in force where there is none.
func (d desk) files() rules.Files {
	if d.drafted() {
		return d.draft.Files
	}
	return d.inForce.Files
}

// over is the version that the draft was begun from, with its files.
func (d desk) over() publishing.Version {
	if !d.drafted() {
		return d.inForce
	}
	return d.at(d.draft.Over.Sequence)
}

// at is the publication with this sequence; the one in force where there is none, so
// that what was begun from it is compared with something.
func (d desk) at(sequence uint64) publishing.Version {
	for _, v := range d.history.Versions {
		if v.Sequence == sequence {
			return v
		}
	}
	return d.inForce
}

// overtaken reports whether somebody has published since the draft was begun.
func (d desk) overtaken() bool {
	return d.drafted() && d.draft.Over.Sequence != d.inForce.Sequence
}

// desk reads what the manager has before them, and answers for itself where it cannot.
func (c *console) desk(w http.ResponseWriter, r *http.Request) (d desk, ok bool) {
	p := c.options.Publishing
	if p.Books == nil || p.Drafts == nil {
		c.say(w, http.StatusOK, "The book cannot be changed here", "These pages run without the versions of the book. Use hearback publish-book on the server.")
		return d, false
	}
	ctx, cancel := context.WithTimeout(r.Context(), bookWithin)
	defer cancel()
	var err error
	if d.history, err = p.Books.History(ctx); err == nil {
		d.draft, err = p.Drafts.Draft(ctx, c.who.ID)
	}
	if err != nil {
		c.say(w, http.StatusServiceUnavailable, "The book cannot be read at the moment", "Nothing is lost. Load the page again in a minute. If it stays like this, run hearback doctor on the server.")
		return d, false
	}
	if d.inForce, ok = d.history.InForce(); !ok {
		c.say(w, http.StatusOK, "No book was ever published", "Publish one on the server, with hearback publish-book.")
	}
	return d, ok
}

// keep stores the manager's draft, and answers for itself where it cannot.
func (c *console) keep(w http.ResponseWriter, r *http.Request, d Draft) bool {
	ctx, cancel := context.WithTimeout(r.Context(), bookWithin)
	defer cancel()
	d.Changed = c.options.Now().UTC()
	err := c.options.Publishing.Drafts.Keep(ctx, c.who.ID, d)
	switch {
	case errors.Is(err, ErrDraftChanged):
		c.say(w, http.StatusConflict, "Your draft was changed on another page", "What you sent was not kept. Go back, copy what you wrote, load the page again and make your change there.")
	case err != nil:
		c.say(w, http.StatusServiceUnavailable, "Your draft could not be kept", "The book in force is as it was. Go back and send it again in a minute; a book of more than 700 KB is too large to be kept, so publish that with hearback publish-book on the server.")
	}
	return err == nil
}

// signature is how a manager stands in the history of the book.
func (c *console) signature() string {
	if c.who.Name == "" || c.who.Name == c.who.ID {
		return c.who.ID
	}
	return c.who.Name + " (" + c.who.ID + ")"
}

// bookNav is what stands above every page of the book.
type bookNav struct {
	At                string
	Drafted, Holidays bool
}

func (d desk) nav(at string) bookNav {
	_, holidays := d.files()[holidaysFile]
	return bookNav{at, d.drafted(), holidays}
}
