package doorstep

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"html/template"
	"io/fs"
	"net/http"

	"hearback/notifier/brand"
	"hearback/notifier/link"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed assets/doorstep.css assets/doorstep.svg
var assetFiles embed.FS

// pages are the templates by name, each with the layout around it.
type pages map[string]*template.Template

// parsePages panics on a broken template: they are part of the program.
func parsePages() pages {
	parsed := pages{}
	for _, name := range []string{"officer", "family", "notice"} {
		parsed[name] = template.Must(template.New(name).ParseFS(pageFiles, "pages/layout.html", "pages/parts.html", "pages/"+name+".html"))
	}
	return parsed
}

// page is what the layout shows around a body.
type page struct {
	Title   string // without the council's name
	HasFail bool   // the page shows an error summary, so its title says so
	Case    string // the reference to quote; empty where the visitor may not know one
	Body    any

	// What follows is filled by render.
	Council Council
	Style   string // address of the stylesheet
	Colour  string // address of that of the council's colour; "" for none
}

// render writes a whole page, or an error without half a page before it.
func (d *doorstep) render(w http.ResponseWriter, status int, name string, p page) {
	p.Council, p.Style = d.source.Council(), stylePath+"?v="+styleVersion()
	if query := brand.Query(p.Council.Colour); query != "" {
		p.Colour = colourPath + query
	}
	var made bytes.Buffer
	if err := d.pages[name].ExecuteTemplate(&made, "layout", p); err != nil {
		http.Error(w, "The page could not be made. This is a fault of Hearback; please report it.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", "en-GB")
	w.WriteHeader(status)
	_, _ = made.WriteTo(w) // whoever asked has gone
}

// notice is the body of a page that only says something.
type notice struct {
	Heading    string
	Paragraphs []string
	// List stands behind the first paragraph.
	List []string
	// Back is the words of a link that leads to the page before; "" for none.
	Back string
}

func (d *doorstep) say(w http.ResponseWriter, status int, ref string, n notice) {
	d.render(w, status, "notice", page{Title: n.Heading, Case: ref, Body: n})
}

// refuse says why a link does not open. Whoever changed a link learns nothing from it.
func (d *doorstep) refuse(w http.ResponseWriter, err error) {
	if errors.Is(err, link.ErrExpired) {
		d.say(w, http.StatusGone, "", notice{Heading: "This link has stopped working", Paragraphs: []string{
			"We sent it too long ago. That keeps it safe.", "A newer message from us has a link that works. You can also call us."}})
		return
	}
	d.say(w, http.StatusNotFound, "", notice{Heading: "This link does not work", Paragraphs: []string{
		"Part of it may be missing. Go back to our message and open the link from there.", "If that does not help, please call us."}})
}

// unreadable answers where a case cannot be read at the moment.
func (d *doorstep) unreadable(w http.ResponseWriter) {
	d.say(w, http.StatusServiceUnavailable, "", notice{Heading: "This page is not working just now", Paragraphs: []string{
		"Nothing is lost, and nothing was changed. Please open the link again in a few minutes."}})
}

func (d *doorstep) notFound(w http.ResponseWriter, _ *http.Request) {
	d.say(w, http.StatusNotFound, "", notice{Heading: "Page not found", Paragraphs: []string{
		"Go back to our message and open the link from there. Part of it may be missing."}})
}

func (d *doorstep) wrongMethod(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Allow", "GET, HEAD, POST")
	d.say(w, http.StatusMethodNotAllowed, "", notice{Heading: "This page cannot be used like that", Paragraphs: []string{
		"Go back to our message and open the link from there."}})
}

func (d *doorstep) foreign(w http.ResponseWriter, _ *http.Request) {
	d.say(w, http.StatusForbidden, "", notice{Heading: "The form did not come from this page", Paragraphs: []string{
		"Nothing was changed. Go back to our message, open the link from there and use the form on the page."}})
}

const (
	stylePath = "/doorstep/doorstep.css"
	iconPath  = "/doorstep/doorstep.svg"

	colourPath = "/doorstep/council.css"
)

// styleVersion changes with the stylesheet, so that a browser may keep it for good.
func styleVersion() string {
	sum := sha256.Sum256(asset("assets/doorstep.css"))
	return hex.EncodeToString(sum[:6])
}

// asset panics where a file is missing: the embedding guarantees it.
func asset(name string) []byte {
	content, err := fs.ReadFile(assetFiles, name)
	if err != nil {
		panic("doorstep: " + err.Error())
	}
	return content
}

func (d *doorstep) serveAssets(mux *http.ServeMux) {
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
	serve := func(path, name, contentType string) {
		content := asset(name)
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			_, _ = w.Write(content) // whoever asked has gone
		})
	}
	serve(stylePath, "assets/doorstep.css", "text/css; charset=utf-8")
	serve(iconPath, "assets/doorstep.svg", "image/svg+xml")
}
