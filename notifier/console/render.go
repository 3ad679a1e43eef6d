package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed assets/console.css assets/icon.svg
var assetFiles embed.FS

// pages are the templates by name, each with the layout around it.
type pages map[string]*template.Template

// parsePages panics on a broken template: they are part of the program.
func parsePages() pages {
	parsed := pages{}
	for _, name := range []string{"home", "case", "tasks", "task", "unmatched", "pen", "rejected", "messages", "notice", "closed"} {
		parsed[name] = template.Must(template.New(name).Funcs(template.FuncMap{"capitalised": capitalised}).ParseFS(pageFiles, "pages/layout.html", "pages/parts.html", "pages/"+name+".html"))
	}
	return parsed
}

// page is what the layout shows around a body.
type page struct {
	Title   string // without the council's name
	Active  string // the path in the navigation that is this page
	Plain   bool   // no navigation and no banners
	HasFail bool   // the page shows an error summary, so its title says so
	Body    any

	// What follows is filled by render.
	Council  string
	Demo     bool
	Captured string // channels that are kept instead of sent, in words
	Status   Status
	Tasks    int
	Pens     int    // senders whom nobody has matched
	Style    string // address of the stylesheet
}

// render writes a whole page, or an error without half a page before it.
func (c *console) render(w http.ResponseWriter, status int, name string, p page) {
	p.Council, p.Demo, p.Style = c.options.Council, c.options.Demo, stylePath+"?v="+styleVersion()
	if !p.Plain {
		p.Status = c.source.Status()
		p.Captured = channelList(p.Status.Captured)
		tasks := c.source.Tasks()
		p.Tasks, p.Pens = len(tasks), len(pens(tasks))
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
	stylePath = "/assets/console.css"
	iconPath  = "/assets/icon.svg"
)

// styleVersion changes with the stylesheet, so that a browser may keep it for good.
func styleVersion() string {
	sum := sha256.Sum256(asset("assets/console.css"))
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

func (c *console) serveAssets(mux *http.ServeMux) {
	for path, contentType := range map[string]string{stylePath: "text/css; charset=utf-8", iconPath: "image/svg+xml"} {
		content := asset(path[1:])
		mux.HandleFunc(path, c.only(methods{http.MethodGet: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			_, _ = w.Write(content) // whoever asked has gone
		}}))
	}
}
