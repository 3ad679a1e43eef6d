package console

import (
	"bytes"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/publishing"
	"hearback/notifier/rehearse/report"
	"hearback/notifier/rules"
	"hearback/notifier/rules/explained"
)

// versionShown is one publication, for people.
type versionShown struct {
	Version, By, Why, Path string
	At                     moment
	InForce                bool
}

func (c *console) version(v publishing.Version, inForce bool) versionShown {
	return versionShown{Version: v.Version, By: v.By, Why: v.Why, Path: "/book/history/" + v.Version, At: c.moment(v.At), InForce: inForce}
}

// bookPage is the book in force, to be read aloud.
type bookPage struct {
	Nav       bookNav
	Draft     bool // it is the manager's draft that is shown
	InForce   versionShown
	Published bool // the manager has just published it
	Hours     string
	Example   string // when the timelines begin
	Promises  []promiseShown
	Tells     []string
	Faults    []faultShown
}

// promiseShown is one promise: what it says, and what follows if nobody replies.
type promiseShown struct {
	Name, Path string
	Says       []string
	Moments    []momentShown
}

type momentShown struct{ Day, Clock, Said, Message string }

// reads are the files that a page is asked to show: the manager's draft, or the book in
// force.
func (d desk) reads(r *http.Request) (files rules.Files, draft bool) {
	if d.drafted() && r.URL.Query().Has("draft") {
		return d.draft.Files, true
	}
	return d.inForce.Files, false
}

// readable is a book with what proving it found. One that is in force can be read though
// time has made a fault of it; nil where it cannot.
func (c *console) readable(files rules.Files) (*notifier.Book, []rules.Fault) {
	book, faults := c.options.Proofs.Of(files, c.today())
	if book == nil {
		book, _ = c.options.Proofs.Load(files)
	}
	return book, faults
}

func (c *console) showBook(w http.ResponseWriter, r *http.Request) {
	d, ok := c.desk(w, r)
	if !ok {
		return
	}
	files, draft := d.reads(r)
	book, faults := c.readable(files)
	body := bookPage{Nav: d.nav("/book"), Draft: draft, InForce: c.version(d.inForce, true), Faults: shownFaults(faults, ""),
		Published: r.URL.Query().Has("published") && d.inForce.By == c.signature()}
	query := ""
	if draft {
		body.Nav.At, query = "/book/draft", "?draft=yes"
	}
	if book != nil {
		on := explained.NextMonday(c.today())
		at := on.At(explained.Hour, 0, book.Calendar.Location)
		body.Example = on.Words() + " at " + calendar.Clock(at, book.Calendar.Location)
		hours, paragraphs, _ := strings.Cut(rules.Explain(book), "\n")
		body.Hours = hours
		shown := map[string]bool{}
		for _, t := range rules.Timelines(book, at) {
			p := promiseShown{Name: t.Promise, Path: "/book/promises/" + url.PathEscape(t.Promise) + query, Says: explained.Paragraph(paragraphs, t.Promise)}
			for _, said := range p.Says {
				shown[said] = true
			}
			day := ""
			for _, m := range t.Moments {
				one := momentShown{Day: calendar.DateOf(m.At, book.Calendar.Location).Words(), Clock: calendar.Clock(m.At, book.Calendar.Location), Said: m.Said, Message: m.Message}
				if m.Kind == rules.MomentClosed {
					one.Clock = "all day"
				}
				if one.Day == day {
					one.Day = ""
				} else {
					day = one.Day
				}
				p.Moments = append(p.Moments, one)
			}
			body.Promises = append(body.Promises, p)
		}
		for paragraph := range strings.SplitSeq(paragraphs, "\n") {
			if paragraph != "" && !shown[paragraph] {
				body.Tells = append(body.Tells, paragraph)
			}
		}
	}
	title := "The book"
	if draft {
		title = "Your draft, read aloud"
	}
	c.render(w, http.StatusOK, "book", page{Title: title, Active: "/book", Body: body})
}

// reportPage is a report as a page of ours.
type reportPage struct {
	Nav     bookNav
	Heading string
	Report  template.HTML
}

func (c *console) renderReport(w http.ResponseWriter, nav bookNav, heading string, r report.Report) {
	var made bytes.Buffer
	if err := report.Fragment(&made, r); err != nil {
		c.say(w, http.StatusInternalServerError, "The picture could not be drawn", "This is a fault of Hearback; please report it.")
		return
	}
	c.render(w, http.StatusOK, "bookreport", page{Title: heading, Active: "/book", Body: reportPage{nav, heading, template.HTML(made.String())}})
}

func (c *console) showPromise(w http.ResponseWriter, r *http.Request) {
	d, ok := c.desk(w, r)
	if !ok {
		return
	}
	files, draft := d.reads(r)
	book, _ := c.readable(files)
	if book == nil {
		c.notFound(w, r)
		return
	}
	shown, known := explained.Promise(book, r.PathValue("name"), explained.NextMonday(c.today()))
	if !known {
		c.say(w, http.StatusNotFound, "The book has no such promise", "Look for it in the book: it may have another name now.")
		return
	}
	at, heading := "", "The promise "+shown.Title
	if draft {
		at, heading = "/book/draft", heading+" in your draft"
	}
	c.renderReport(w, d.nav(at), heading, shown)
}

// faultShown is one fault of a book, with a link to where it is mended.
type faultShown struct {
	Link, Where, Says string
	Warning           bool
	Line              int
}

// shownFaults are faults as a page shows them; those of the file that the page itself
// holds lead to its field.
func shownFaults(faults []rules.Fault, here string) (list []faultShown) {
	for _, f := range faults {
		one := faultShown{Warning: f.Warning, Line: f.Line, Where: f.File + ", line " + strconv.Itoa(f.Line),
			Says: capitalised(f.Problem) + ". " + sentence(f.Remedy), Link: fileLink(f.File, f.Line)}
		if f.File == here && here != "" {
			one.Where, one.Link = "Line "+strconv.Itoa(f.Line), "#"+textField
		}
		list = append(list, one)
	}
	return list
}

// lineIn is a link to a line of a page that holds a file.
func lineIn(path string, line int) string {
	return path + "?line=" + strconv.Itoa(line) + "#" + textField
}
