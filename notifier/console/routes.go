package console

import (
	"net/http"
	"slices"
	"strings"
)

// methods are the handlers of one path. HEAD is answered as GET.
type methods map[string]http.HandlerFunc

func (c *console) handler() http.Handler {
	mux := http.NewServeMux()
	c.serveAssets(mux)
	if c.options.SignInMissing {
		mux.HandleFunc("/", c.closed)
		return guarded(mux)
	}
	for path, m := range map[string]methods{
		"/{$}":                     {http.MethodGet: c.home},
		"/enquiries":               {http.MethodPost: c.recordEnquiry},
		"/replies":                 {http.MethodPost: c.recordReply},
		"/cases":                   {http.MethodGet: c.findCase},
		"/cases/{ref}":             {http.MethodGet: c.showCase},
		"/tasks":                   {http.MethodGet: c.showTasks},
		"/tasks/{ref}/{number}":    {http.MethodGet: c.showTask, http.MethodPost: c.recordTaskDone},
		"/unmatched":               {http.MethodGet: c.showUnmatched},
		"/unmatched/{ref}":         {http.MethodGet: c.showPen},
		"/unmatched/{ref}/pass-on": {http.MethodPost: c.passOn},
		"/unmatched/{ref}/nothing": {http.MethodPost: c.nothingToDo},
		"/rejected":                {http.MethodGet: c.showRejected},
		"/messages":                {http.MethodGet: c.showMessages},
	} {
		mux.HandleFunc(path, c.only(m))
	}
	mux.HandleFunc("/", c.notFound)

	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(c.foreign))
	handler := protection.Handler(mux)
	if c.options.Demo {
		handler = c.loopbackOnly(handler)
	}
	return guarded(handler)
}

// only answers 405 to any method that the path does not have.
func (c *console) only(m methods) http.HandlerFunc {
	var allowed []string
	for method := range m {
		allowed = append(allowed, method)
		if method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	slices.Sort(allowed)
	return func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		handle, ok := m[method]
		if !ok {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			c.say(w, http.StatusMethodNotAllowed, "This page cannot be used like that",
				"Go back to the list of families and use the forms there.")
			return
		}
		handle(w, r)
	}
}

func (c *console) notFound(w http.ResponseWriter, _ *http.Request) {
	c.say(w, http.StatusNotFound, "Page not found", "Check the address. The list of families is a good place to start.")
}

func (c *console) foreign(w http.ResponseWriter, _ *http.Request) {
	c.say(w, http.StatusForbidden, "The form did not come from these pages",
		"Nothing was stored. Open the list of families and use the form there.",
		"If you did, the browser could not prove it: open these pages over https, or on this machine at 127.0.0.1.")
}

// closed is the only page while nobody can sign in.
func (c *console) closed(w http.ResponseWriter, _ *http.Request) {
	c.render(w, http.StatusServiceUnavailable, "closed", page{Title: "These pages are closed", Plain: true})
}
