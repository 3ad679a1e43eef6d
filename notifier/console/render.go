package console

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"hearback/notifier/brand"
	"hearback/notifier/rehearse/report"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed assets/css/*.css assets/js/*.js assets/icon.svg
var assetFiles embed.FS

// pages are the templates by name, each with the layout around it.
type pages map[string]*template.Template

// parsePages panics on a broken template: they are part of the program. A page is a
// file; layout.html stands round all of them, and what …parts.html define may stand in
// any.
func parsePages() pages {
	files, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		panic("console: " + err.Error())
	}
	shared := []string{"pages/layout.html"}
	for _, file := range files {
		if strings.HasSuffix(file, "parts.html") {
			shared = append(shared, file)
		}
	}
	parsed := pages{}
	for _, file := range files {
		if slices.Contains(shared, file) {
			continue
		}
		name := strings.TrimSuffix(path.Base(file), ".html")
		parsed[name] = template.Must(template.New(name).Funcs(template.FuncMap{"capitalised": capitalised, "count": report.Count, "field": dateFields}).ParseFS(pageFiles, append(slices.Clip(shared), file)...))
	}
	return parsed
}

// page is what the layout shows around a body.
type page struct {
	Title   string // without the council's name
	Active  string // the path in the navigation that is this page
	Plain   bool   // no navigation and no banners
	Live    bool   // the page has a part that follows what changes
	HasFail bool   // the page shows an error summary, so its title says so
	Body    any

	// What follows is filled by render.
	Council  string
	Who      Caller
	SignsOut bool // there is somebody to sign out
	Demo     bool
	Players  []choice // whom the demonstration can be seen as
	Captured string   // channels that are kept instead of sent, in words
	Status   Status
	Links    []link
	Finds    bool   // the caller may look for families
	Style    string // address of the stylesheet
	Colour   string // address of that of the council's colour; "" for none
	Script   string // address of the script
}

// link is one page in the navigation.
type link struct {
	Path, Words string
	Counts      bool
	Count       int
}

// links are the pages that the caller's work needs.
func (c *console) links(s Status) (links []link) {
	if c.options.Demo {
		links = append(links, link{Path: "/", Words: "Start"})
	}
	add := func(path, words string, roles ...Role) {
		if c.who.Is(roles...) {
			links = append(links, link{Path: path, Words: words})
		}
	}
	count := func(path, words string, n int, roles ...Role) {
		if c.who.Is(roles...) {
			links = append(links, link{path, words, true, n})
		}
	}
	tasks := c.tasks()
	add("/families", "My families", Officer)
	add("/waiting", "Who is waiting", Manager)
	count("/tasks", "Tasks", len(tasks), staff...)
	count("/unmatched", "Not matched", len(pens(tasks)), staff...)
	add("/keeping", "Promises kept", Manager)
	add("/staff", "Staff", Manager)
	add("/book", "Book", Manager)
	if c.options.Demo {
		add("/messages", "Messages", Manager)
	}
	count("/rejected", "Rejected events", s.Rejected, operators...)
	add("/health", "Health", operators...)
	return links
}

// render writes a whole page, or an error without half a page before it.
func (c *console) render(w http.ResponseWriter, status int, name string, p page) {
	p.Who = c.who
	p.Plain = p.Plain || len(c.who.Roles) == 0
	council := c.options.Book().Council
	p.Council, p.Demo, p.Style = cmp.Or(council.Name, c.options.Council), c.options.Demo, stylePath+"?v="+version(stylesheet())
	if query := brand.Query(council.Colour); query != "" {
		p.Colour = colourPath + query
	}
	p.Script = scriptPath + "?v=" + version(asset("assets/js/console.js"))
	if !p.Plain {
		p.Status = c.source.Status()
		p.Captured = channelList(p.Status.Captured)
		p.Links, p.Finds = c.links(p.Status), c.who.Is(staff...)
		p.SignsOut = !p.Demo
		if p.Demo {
			p.Players = c.players()
		}
	}
	var made bytes.Buffer
	if err := c.pages[name].ExecuteTemplate(&made, "layout", p); err != nil {
		http.Error(w, "The page could not be made. This is a fault of Hearback; please report it.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = made.WriteTo(w) // whoever asked has gone
}

// notice is the body of a page that only says something.
type notice struct {
	Heading    string
	Paragraphs []string
}

func (c *console) say(w http.ResponseWriter, status int, heading string, paragraphs ...string) {
	c.render(w, status, "notice", page{Title: heading, Body: notice{heading, paragraphs}})
}

const (
	stylePath  = "/assets/console.css"
	scriptPath = "/assets/console.js"
	bookPath   = "/assets/book.js"
	iconPath   = "/assets/icon.svg"
	colourPath = "/assets/council.css"
)

// version changes with a file, so that a browser may keep it for good.
func version(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6])
}

// asset panics where a file is missing: the embedding guarantees it.
func asset(name string) []byte {
	content, err := fs.ReadFile(assetFiles, name)
	if err != nil {
		panic("console: " + err.Error())
	}
	return content
}

// stylesheet is all of assets/css in order of name.
func stylesheet() (sheet []byte) {
	files, err := fs.Glob(assetFiles, "assets/css/*.css")
	if err != nil {
		panic("console: " + err.Error())
	}
	for _, file := range files {
		sheet = append(sheet, asset(file)...)
	}
	return sheet
}

func (c *console) serveAssets(mux *http.ServeMux) {
	mux.HandleFunc("GET "+colourPath, func(w http.ResponseWriter, r *http.Request) {
		sheet := brand.Stylesheet(r.FormValue("colour"))
		if sheet == nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = w.Write(sheet) // whoever asked has gone
	})
	for path, file := range map[string]struct {
		content []byte
		kind    string
	}{
		stylePath:  {stylesheet(), "text/css; charset=utf-8"},
		scriptPath: {asset("assets/js/console.js"), "text/javascript; charset=utf-8"},
		bookPath:   {asset("assets/js/book.js"), "text/javascript; charset=utf-8"},
		iconPath:   {asset("assets/icon.svg"), "image/svg+xml"},
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				w.Header().Set("Allow", "GET, HEAD")
				http.Error(w, "This file can only be read.", http.StatusMethodNotAllowed)
				return
			}
			w.Header().Set("Content-Type", file.kind)
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			_, _ = w.Write(file.content) // whoever asked has gone
		})
	}
}
