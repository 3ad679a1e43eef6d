package console

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// handler answers one request as its caller's console.
type handler = func(c *console, w http.ResponseWriter, r *http.Request)

// route is one path: who may go there, and what answers. HEAD is answered as GET.
type route struct {
	roles     []Role
	get, post handler
	// family: {ref} is a case with a family, which only who sees its team may see, and
	// which is written down.
	family bool
}

// Who may go where.
var (
	staff     = []Role{Officer, Manager}
	managers  = []Role{Manager}
	operators = []Role{Operator, Manager}
	anyone    = []Role{Officer, Manager, Operator}
)

// routes are all pages. Each group of pages keeps its own beside its handlers.
func routes() map[string]route {
	all := map[string]route{
		"/{$}":          {roles: anyone, get: (*console).home},
		"/enquiries":    {roles: staff, post: (*console).recordEnquiry},
		"/replies":      {roles: staff, post: (*console).recordReply},
		"/as":           {roles: anyone, post: (*console).playAs},
		"/rejected":     {roles: operators, get: (*console).showRejected},
		"/messages":     {roles: staff, get: (*console).showMessages},
		"/find":         {roles: staff, get: (*console).find},
		"/changes":      {roles: staff, get: (*console).changes},
		"/got-in-touch": {roles: staff, get: (*console).showGotInTouch, post: (*console).recordGotInTouch},
		"/families":     {roles: staff, get: (*console).showFamilies},
	}
	for _, group := range []map[string]route{caseRoutes(), deedRoutes(), taskRoutes(), managerRoutes(), bookRoutes(), healthRoutes()} {
		maps.Copy(all, group)
	}
	return all
}

// Paths are the pages that can be looked at, as patterns of [http.ServeMux].
func Paths() (paths []string) {
	for path, to := range routes() {
		if to.get != nil {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

func caseRoutes() map[string]route {
	return map[string]route{
		"/cases/{ref}": {roles: staff, get: (*console).showCase, family: true},
	}
}

func taskRoutes() map[string]route {
	return map[string]route{
		"/tasks":                   {roles: staff, get: (*console).showTasks},
		"/tasks/{ref}/{number}":    {roles: staff, get: (*console).showTask, post: (*console).recordTaskDone, family: true},
		"/unmatched":               {roles: staff, get: (*console).showUnmatched},
		"/unmatched/{ref}":         {roles: staff, get: (*console).showPen},
		"/unmatched/{ref}/pass-on": {roles: staff, post: (*console).passOn},
		"/unmatched/{ref}/nothing": {roles: staff, post: (*console).nothingToDo},
	}
}

func (c *console) handler() http.Handler {
	mux := http.NewServeMux()
	c.serveAssets(mux)
	if c.options.SignInMissing {
		mux.HandleFunc("/", c.closed)
		return guarded(mux)
	}
	for path, to := range routes() {
		mux.HandleFunc(path, c.serve(to))
	}
	if c.options.SignIn != nil {
		for _, path := range []string{"/sign-in", "/sign-in/", "/sign-out"} {
			mux.Handle(path, c.options.SignIn)
		}
	}
	mux.HandleFunc("/", c.serve(route{roles: anyone, get: (*console).notFound, post: (*console).notFound}))

	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(c.foreign))
	handler := protection.Handler(mux)
	if c.options.Demo {
		handler = c.loopbackOnly(handler)
	}
	return guarded(small(handler))
}

// serve lets in who may go there, by the methods that the path has.
func (c *console) serve(to route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, ok := c.options.Who(w, r)
		if !ok {
			return
		}
		mine := *c
		mine.who = who
		handle := map[string]handler{http.MethodGet: to.get, http.MethodHead: to.get, http.MethodPost: to.post}[r.Method]
		ref := r.PathValue("ref")
		switch {
		case handle == nil:
			w.Header().Set("Allow", strings.Join(to.methods(), ", "))
			mine.say(w, http.StatusMethodNotAllowed, "This page cannot be used like that",
				"Go back to the list of families and use the forms there.")
		case !who.Is(to.roles...):
			mine.forbidden(w)
		case to.family && !mine.maySee(ref):
			mine.say(w, http.StatusForbidden, "You may not see this case",
				"It belongs to another team, or nobody has told Hearback of it yet. Ask your manager if you should see it.")
		case to.family && validCase(ref) && !mine.recorded(w, r, ref):
		default:
			handle(&mine, w, r)
		}
	}
}

// maySee reports whether the caller may see a case. Who may see every team's may see
// that a case is not known; for anybody else there is no difference.
func (c *console) maySee(ref string) bool {
	team, _, known := c.options.Cases.Team(ref)
	return c.who.Is(Officer, Manager) && (c.who.Teams == nil || known && c.who.Sees(team))
}

// mayTell reports whether the caller may tell Hearback about a case: one that they see,
// or a new one.
func (c *console) mayTell(ref string) bool {
	team, _, known := c.options.Cases.Team(ref)
	return !known || c.who.Sees(team)
}

func (to route) methods() (allowed []string) {
	if to.get != nil {
		allowed = append(allowed, http.MethodGet, http.MethodHead)
	}
	if to.post != nil {
		allowed = append(allowed, http.MethodPost)
	}
	slices.Sort(allowed)
	return allowed
}

func (c *console) forbidden(w http.ResponseWriter) {
	c.say(w, http.StatusForbidden, "This page is not for your role",
		"You are signed in, but your role does not include it. Ask whoever keeps the directory of staff if it should.")
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
