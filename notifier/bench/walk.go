package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hearback/notifier/console"
)

const (
	// looks is how often a page is looked at after the first time.
	looks = 20
	// alike is how many addresses of a kind are looked at: cases, drafts and words have
	// pages by the thousand.
	alike = 3
	// endless is the one address whose answer does not end: it tells what changes.
	endless = "/changes"
)

// visited is one address as somebody saw it.
type visited struct {
	as, path, address string
	first             time.Duration
	wire              int
}

// walk is somebody's way through all pages that they are led to.
type walk struct {
	browser *browser
	as      string
	known   *http.ServeMux // says to which page an address belongs
	begins  string         // only addresses that begin so are looked at
	asked   []string       // what is typed into fields of forms that only look
	kinds   map[string]int
	waiting []string
	found   []visited
	refused []string // what was led to and could not be looked at
}

// siteMap says to which page an address belongs.
func siteMap() *http.ServeMux {
	known := http.NewServeMux()
	for _, path := range consolePaths() {
		known.HandleFunc(path, http.NotFound)
	}
	return known
}

// consolePaths are the pages whose answer ends.
func consolePaths() []string {
	return slices.DeleteFunc(console.Paths(), func(path string) bool { return path == endless })
}

// pageOf is the page to which an address belongs; empty where to none.
func pageOf(known *http.ServeMux, address string) string {
	to, err := url.Parse(address)
	if err != nil || to.Host != "" || !strings.HasPrefix(to.Path, "/") {
		return ""
	}
	_, path := known.Handler(&http.Request{Method: http.MethodGet, URL: to})
	return strings.TrimSuffix(path, "{$}")
}

// leads notes an address, where there are not enough of its kind: the same page asked
// for with the same fields.
func (w *walk) leads(from, address string) {
	to, err := url.Parse(address)
	if err != nil {
		return
	}
	if base, err := url.Parse(from); err == nil {
		to = base.ResolveReference(to)
	}
	to.Fragment = ""
	path := pageOf(w.known, to.String())
	if path == "" || !strings.HasPrefix(to.Path, w.begins) {
		return
	}
	var fields []string
	for name := range to.Query() {
		fields = append(fields, name)
	}
	slices.Sort(fields)
	kind := path + "?" + strings.Join(fields, "&")
	if w.kinds[to.String()] > 0 || w.kinds[kind] == alike {
		return
	}
	w.kinds[to.String()]++
	w.kinds[kind]++
	w.waiting = append(w.waiting, to.String())
}

// through goes through all pages, each for the first time.
func (w *walk) through(ctx context.Context) error {
	w.kinds = map[string]int{}
	w.leads("/", w.begins)
	for len(w.waiting) > 0 {
		address := w.waiting[0]
		w.waiting = w.waiting[1:]
		a, err := w.browser.get(ctx, address)
		if err != nil {
			return err
		}
		switch a.status {
		case http.StatusSeeOther:
			w.leads(address, a.location)
			continue
		case http.StatusOK, http.StatusUnprocessableEntity:
		default:
			w.refused = append(w.refused, fmt.Sprintf("%s as %s: %d", address, w.as, a.status))
			continue
		}
		w.found = append(w.found, visited{w.as, pageOf(w.known, address), address, a.took, a.wire})
		if strings.HasPrefix(string(a.body), "<!DOCTYPE html>") {
			read, err := readMarkup(a.body)
			if err != nil {
				return fmt.Errorf("read %s: %w", address, err)
			}
			w.goOn(address, read)
		}
	}
	return nil
}

// goOn notes where a page leads: by its links, and by its forms that only look, with
// what may be chosen there and what is asked.
func (w *walk) goOn(address string, page markup) {
	for _, link := range page.links {
		w.leads(address, link)
	}
	for _, f := range page.forms {
		if f.post {
			continue
		}
		try := func(name, value string) {
			values := f.values()
			values.Set(name, value)
			w.leads(address, f.action+"?"+values.Encode())
		}
		for _, one := range f.fields {
			switch {
			case len(one.choices) > 0:
				try(one.name, one.choices[len(one.choices)-1].value)
			case one.typed && one.value == "":
				for _, asked := range w.asked {
					try(one.name, asked)
				}
			case one.typed:
				try(one.name, one.value)
			}
		}
	}
}
