package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hearback/notifier/calendar"
	"hearback/notifier/rules"
)

// The files of a book that have pages of their own.
const (
	rulesFile     = "rules.yaml"
	directoryFile = "directory.yaml"
	holidaysFile  = "bank-holidays.json"
	wordsFolder   = "words/"
)

const (
	// textField is the field that holds the text of a file.
	textField = "book-text"
	// maxBookForm bounds a posted file, in bytes as a browser encodes it.
	maxBookForm = 4 << 20
	// maxText bounds the text itself, in bytes.
	maxText = 512 << 10
)

// editPage is one file of the book, to be changed.
type editPage struct {
	Nav                       bookNav
	Heading, File, Path, Hint string
	Text                      string
	// Was names the text as it was when the page was made, and Over the publication that
	// a new draft begins from.
	Was     string
	Over    uint64
	Problem string // of the field, where it is not a fault of the book
	// Faults stop the book from being published, Warnings do not.
	Faults, Warnings []faultShown
	// Checked: the book of which this file is part was proved.
	Checked bool
	// Kept: it has just been kept in the draft.
	Kept   bool
	Lines  []lineShown
	Jump   int // the line that is asked for
	Words  *wordsPage
	Script string
}

// lineShown is one line of a text with its number and what is wrong in it.
type lineShown struct {
	Number int
	Text   string
	Faults []string
}

// Marked reports whether the lines are to be seen at once.
func (e editPage) Marked() bool { return len(e.Faults) > 0 || e.Jump > 0 }

// fileLink is where a file of the book is changed; the draft where it has no page.
func fileLink(file string, line int) string {
	switch {
	case file == rulesFile:
		return lineIn("/book/rules", line)
	case file == directoryFile:
		return lineIn("/book/directory", line)
	case file == holidaysFile:
		return lineIn("/book/holidays", line)
	}
	if below, inside := strings.CutPrefix(file, wordsFolder); inside {
		if language, name, two := strings.Cut(below, "/"); two && !strings.Contains(name, "/") {
			return lineIn("/book/words/"+url.PathEscape(language)+"/"+url.PathEscape(name), line)
		}
	}
	return "/book/words"
}

func (c *console) showRules(w http.ResponseWriter, r *http.Request) {
	c.showFile(w, r, rulesPage())
}

func (c *console) keepRules(w http.ResponseWriter, r *http.Request) {
	c.keepFile(w, r, rulesPage())
}

func (c *console) showDirectory(w http.ResponseWriter, r *http.Request) {
	c.showFile(w, r, directoryPage())
}

func (c *console) keepDirectory(w http.ResponseWriter, r *http.Request) {
	c.keepFile(w, r, directoryPage())
}

func rulesPage() editPage {
	return editPage{Heading: "The rules", File: rulesFile, Path: "/book/rules",
		Hint: "What is promised, by when, and who is chased. Nothing that you change here is in force before you publish it."}
}

func directoryPage() editPage {
	return editPage{Heading: "The directory", File: directoryFile, Path: "/book/directory",
		Hint: "The teams, their people, and when those are away. Nothing that you change here is in force before you publish it."}
}

// holidays is the page of the bank holidays, which a book need not have.
func (c *console) holidays(w http.ResponseWriter, r *http.Request) (editPage, bool) {
	d, ok := c.desk(w, r)
	if !ok {
		return editPage{}, false
	}
	if _, there := d.files()[holidaysFile]; !there {
		c.say(w, http.StatusNotFound, "The book has no bank holidays of its own", "The table that is built in counts. hearback calendar add, on the server, adds a year.")
		return editPage{}, false
	}
	return editPage{Heading: "The bank holidays", File: holidaysFile, Path: "/book/holidays",
		Hint: "As gov.uk publishes them. Nothing that you change here is in force before you publish it."}, true
}

func (c *console) showHolidays(w http.ResponseWriter, r *http.Request) {
	if e, ok := c.holidays(w, r); ok {
		c.showFile(w, r, e)
	}
}

func (c *console) keepHolidays(w http.ResponseWriter, r *http.Request) {
	if e, ok := c.holidays(w, r); ok {
		c.keepFile(w, r, e)
	}
}

// showFile shows a file as the manager's draft has it, or as it is in force.
func (c *console) showFile(w http.ResponseWriter, r *http.Request, e editPage) {
	d, ok := c.desk(w, r)
	if !ok {
		return
	}
	e.Text, e.Over = d.files()[e.File], d.over().Sequence
	e.Jump, _ = strconv.Atoi(r.URL.Query().Get("line"))
	if d.drafted() {
		e.Kept = r.URL.Query().Has("kept")
		c.check(&e, d.draft.Files)
	}
	c.renderFile(w, http.StatusOK, d, e)
}

// today is the day from which books are proved.
func (c *console) today() calendar.Date { return c.options.Proofs.Today(c.options.Now()) }

// checked proves a book as hearback check does.
func (c *console) checked(files rules.Files) (faults, warnings []rules.Fault) {
	_, found := c.options.Proofs.Of(files, c.today())
	for _, f := range found {
		if f.Warning {
			warnings = append(warnings, f)
		} else {
			faults = append(faults, f)
		}
	}
	return faults, warnings
}

// check proves the book of which the file is part, and marks its lines.
func (c *console) check(e *editPage, files rules.Files) {
	faults, warnings := c.checked(files)
	e.Checked, e.Faults, e.Warnings = true, shownFaults(faults, e.File), shownFaults(warnings, e.File)
}

func (c *console) renderFile(w http.ResponseWriter, status int, d desk, e editPage) {
	kept := d.files()
	if !d.drafted() {
		kept = d.at(e.Over).Files
	}
	e.Nav, e.Was, e.Script = d.nav(e.Path), fingerprint(kept[e.File]), version(asset("assets/js/book.js"))
	if e.Words != nil {
		e.Nav.At = "/book/words"
		words := c.options.Proofs.Words
		if e.Text != d.files()[e.File] {
			words = func(files rules.Files) *rules.BookWords {
				return c.options.Proofs.Typed(with(files, e.File, e.Text), e.File)
			}
		}
		c.preview(&e, d, words(d.files()))
	}
	e.Lines = lines(e.Text, slices.Concat(e.Faults, e.Warnings))
	c.render(w, status, "bookedit", page{Title: e.Heading, Active: "/book", HasFail: len(e.Faults) > 0 || e.Problem != "", Body: e})
}

// lines numbers a text. Only faults that lead to the page's own field belong to it.
func lines(text string, faults []faultShown) (list []lineShown) {
	for line := range strings.Lines(text) {
		list = append(list, lineShown{Number: len(list) + 1, Text: strings.TrimRight(line, "\r\n")})
	}
	for _, f := range faults {
		if f.Link == "#"+textField && f.Line >= 1 && f.Line <= len(list) {
			list[f.Line-1].Faults = append(list[f.Line-1].Faults, f.Says)
		}
	}
	return list
}

// fingerprint stands for a text, so that a page can tell whether it has changed since.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// postedText reads a file that was sent: with the line ends of the book, and as text.
func (c *console) postedText(w http.ResponseWriter, r *http.Request) (url.Values, string, bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBookForm)
	if err := r.ParseForm(); err != nil {
		c.say(w, http.StatusBadRequest, "The form could not be read", "Nothing was kept. It may be too long, or have been cut short. Go back and send it again.")
		return nil, "", false
	}
	text := strings.ToValidUTF8(r.PostForm.Get("text"), "�")
	return r.PostForm, strings.ReplaceAll(text, "\r\n", "\n"), true
}

// keepFile keeps a file in the manager's draft and says what is wrong in the book then.
func (c *console) keepFile(w http.ResponseWriter, r *http.Request, e editPage) {
	form, text, ok := c.postedText(w, r)
	if !ok {
		return
	}
	d, ok := c.desk(w, r)
	if !ok {
		return
	}
	remove := form.Get("do") == "remove" && e.Words != nil
	draft := d.draft
	if !d.drafted() { // it begins from what the page showed, whatever was published since
		over, err := strconv.ParseUint(form.Get("over"), 10, 64)
		if err != nil {
			over = d.inForce.Sequence
		}
		draft.Over = d.at(over)
		draft.Files, draft.Why = draft.Over.Files, ""
	}
	before, there := draft.Files[e.File]
	e.Text, e.Over = text, draft.Over.Sequence
	switch {
	case len(text) > maxText:
		e.Problem = "The text must be 500 KB or less"
	case form.Get("was") != fingerprint(before) && text != before && form.Get("was") != "":
		e.Problem = "You have changed this file on another page since you opened this one. What you sent is below and was not kept. Send it again to put it in place of the other"
	}
	if e.Problem != "" {
		c.renderFile(w, http.StatusUnprocessableEntity, d, e)
		return
	}
	if text != before || !there || remove {
		draft.Files = with(draft.Files, e.File, text)
		if remove {
			delete(draft.Files, e.File)
		}
		if !c.keep(w, r, draft) {
			return
		}
		d.draft = draft
	}
	if remove {
		http.Redirect(w, r, "/book/draft", http.StatusSeeOther)
		return
	}
	if c.check(&e, d.files()); len(e.Faults) > 0 {
		c.renderFile(w, http.StatusUnprocessableEntity, d, e)
		return
	}
	http.Redirect(w, r, e.Path+"?kept", http.StatusSeeOther)
}

// typed is what comes of a text that is still being written; of words also what they
// look like.
type typed struct {
	Faults, Warnings []faultShown
	Words            *wordsPage
}

// checkWhileTyping answers with a part of the page: what is wrong in the book with the
// file as it is being written. It keeps nothing, and does not play the year through,
// which the button does.
func (c *console) checkWhileTyping(w http.ResponseWriter, r *http.Request) {
	form, text, ok := c.postedText(w, r)
	if !ok {
		return
	}
	d, ok := c.desk(w, r)
	if !ok {
		return
	}
	file := form.Get("file")
	if _, there := d.files()[file]; !there && !wordsName(file) || len(text) > maxText {
		c.notFound(w, r)
		return
	}
	var t typed
	read := c.options.Proofs.Typed(with(d.files(), file, text), file)
	for _, f := range shownFaults(read.Faults, file) {
		if f.Warning {
			t.Warnings = append(t.Warnings, f)
		} else {
			t.Faults = append(t.Faults, f)
		}
	}
	if below, inside := strings.CutPrefix(file, wordsFolder); inside {
		language, _, _ := strings.Cut(below, "/")
		e := editPage{File: file, Text: text, Words: newWordsPage(language)}
		c.preview(&e, d, read)
		t.Words = e.Words
	}
	var made bytes.Buffer
	if err := c.pages["bookedit"].ExecuteTemplate(&made, "typed", t); err != nil {
		http.Error(w, "The text could not be checked. Press Check instead.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Part", "typed") // so that no other page is taken for it
	_, _ = made.WriteTo(w)            // whoever asked has gone
}

// with is a book with one file in place of its own.
func with(files rules.Files, file, text string) rules.Files {
	files = maps.Clone(files)
	files[file] = text
	return files
}

// wordsName reports whether a file of words may be called so.
func wordsName(file string) bool {
	return wordsPattern().MatchString(file)
}

// wordsPattern is where package templates looks for words, and for who approved them.
func wordsPattern() *regexp.Regexp {
	return regexp.MustCompile(`^words/[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}/([a-z0-9][a-z0-9-]{0,60}\.(sms\.txt|email\.md|letter\.md)|status\.yaml)$`)
}
