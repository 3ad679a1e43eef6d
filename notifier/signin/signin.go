package signin

import (
	"cmp"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// How long things last.
const (
	// idleFor is how long a session lasts without a request, less a minute at most.
	idleFor = 30 * time.Minute
	// sessionFor is how long it lasts at most.
	sessionFor = 10 * time.Hour
	// attemptFor is how long somebody may take to sign in at the identity provider.
	attemptFor = 10 * time.Minute
	// renewAfter is how old the note of the last request may be.
	renewAfter = time.Minute
)

// Paths that the handler answers.
const (
	signInPath  = "/sign-in"
	answerPath  = "/sign-in/answer"
	signOutPath = "/sign-out"
)

// longestCookie is what browsers keep for certain, in bytes, name and marks included.
const longestCookie = 4000

// Options are what signing in must know.
type Options struct {
	// Issuer is the identity provider's own name for itself, an address.
	Issuer                 string
	ClientID, ClientSecret string
	// Public is the address under which browsers reach us: https, or http on this
	// machine, where cookies go without the marks that need https.
	Public string
	// Secrets encrypt sessions, each of 32 bytes or more, the newest first. Replicas
	// share them.
	Secrets [][]byte
	Scopes  []string
	// PersonClaims say who somebody is, the best first; "email" counts where it is
	// verified. RolesClaim and TeamsClaim hold a text or a list of them.
	PersonClaims           []string
	RolesClaim, TeamsClaim string
	// Roles are the values of RolesClaim that count, in lower case.
	Roles []string
	// Proxies are the networks whose X-Forwarded-For is believed, besides this machine.
	Proxies []netip.Prefix
	// Show writes a page. It is called from many goroutines.
	Show func(w http.ResponseWriter, status int, p Page)
	// Log may be nil, and so may Now; then it is time.Now.
	Log *slog.Logger
	Now func() time.Time
}

// Page is what somebody reads who is not let in, or goes.
type Page struct {
	Heading    string
	Paragraphs []string
	// Link leads somewhere, Button posts to an address of ours; each may be empty.
	Link, LinkWords     string
	Button, ButtonWords string
}

// SignIn lets people in. It is safe for many goroutines. It answers forms, so it
// belongs behind http.CrossOriginProtection.
type SignIn struct {
	options  Options
	seals    seals
	provider *provider
	attempts *pace // by where they come from
	requests *pace // by session
	used     ended // answers of the identity provider
	gone     ended // sessions
}

// session is what the cookie of somebody who has signed in holds.
type session struct {
	ID          string `json:"id"`
	Person      Person `json:"person"`
	Began, Seen int64  // seconds since 1970
}

// attempt is what travels through the identity provider and comes back.
type attempt struct {
	ID string `json:"id"`
	// Browser is the digest of what the browser keeps that began it.
	Browser string `json:"browser"`
	To      string `json:"to"`
	Began   int64  `json:"began"`
}

// New prepares signing in and asks nobody yet.
func New(options Options) (*SignIn, error) {
	seals, err := newSeals(options.Secrets)
	if err != nil {
		return nil, err
	}
	if !ValidAddress(options.Public) {
		return nil, errors.New("people sign in at an https address, or on this machine")
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	options.Public = strings.TrimRight(options.Public, "/")
	return &SignIn{
		options: options, seals: seals,
		provider: &provider{issuer: options.Issuer, client: newClient(), now: options.Now},
		attempts: newPace(attemptsPerSecond, attemptsAtOnce), requests: newPace(requestsPerSecond, requestsAtOnce),
	}, nil
}

// Handler answers /sign-in, /sign-in/answer and /sign-out.
func (s *SignIn) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+signInPath, s.paced(s.begin))
	mux.HandleFunc("GET "+answerPath, s.paced(s.answer))
	mux.HandleFunc("GET "+signOutPath, s.askWhetherToGo)
	mux.HandleFunc("POST "+signOutPath, s.goOut)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		s.options.Show(w, http.StatusNotFound, Page{Heading: "Page not found", Paragraphs: []string{"Check the address."}, Link: "/", LinkWords: "Go to the first page"})
	})
	return mux
}

// Who is whoever has signed in. Where nobody has, or they ask too much, it answers by
// itself and ok is false: a page that was asked for is gone back to after signing in; a
// form is not stored. What a page asks by itself does not keep a session alive.
func (s *SignIn) Who(w http.ResponseWriter, r *http.Request) (person Person, ok bool) {
	now := s.options.Now()
	current, in := s.session(r)
	switch {
	case !in && background(r):
		s.options.Show(w, http.StatusUnauthorized, Page{Heading: "You are signed out", Link: signInPath, LinkWords: "Sign in"})
		return Person{}, false
	case !in && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		http.Redirect(w, r, signInPath+"?to="+url.QueryEscape(localPath(r.URL.RequestURI())), http.StatusSeeOther)
		return Person{}, false
	case !in:
		s.options.Show(w, http.StatusUnauthorized, Page{Heading: "You are signed out, so nothing was stored",
			Paragraphs: []string{"You were away for half an hour, or signed in ten hours ago. What you wrote is not lost: open these pages in another tab and sign in there. Then come back here, load this page again, and let your browser send the form once more."},
			Link:       signInPath, LinkWords: "Sign in"})
		return Person{}, false
	case !s.requests.allows(current.ID, now):
		s.tooMuch(w)
		return Person{}, false
	}
	if !background(r) && now.Sub(time.Unix(current.Seen, 0)) >= renewAfter {
		current.Seen = now.Unix()
		if err := s.keep(w, current); err != nil {
			s.options.Log.Error("a session could not be renewed", "error", err)
		}
	}
	return current.Person, true
}

// background reports whether a page asks by itself, with nobody at work: that neither
// keeps a session alive nor leads anywhere to sign in.
func background(r *http.Request) bool {
	mode := r.Header.Get("Sec-Fetch-Mode")
	return mode != "" && mode != "navigate" && (r.Method == http.MethodGet || r.Method == http.MethodHead)
}

// Stranger tells somebody who has signed in that they may see nothing.
func (s *SignIn) Stranger(w http.ResponseWriter, p Person) {
	as := cmp.Or(p.Name, "somebody whom your organisation did not name")
	if len(p.Names) > 0 {
		as += " (" + p.Names[0] + ")"
	}
	s.options.Show(w, http.StatusForbidden, Page{Heading: "You have no part here yet",
		Paragraphs: []string{"You are signed in as " + as + ", but Hearback's directory of staff does not know you, and you have no role in it.",
			"Ask whoever keeps the directory to add you with that address, or ask your IT service desk for the role officer, manager or operator. Then sign out and sign in again."},
		Link: signOutPath, LinkWords: "Sign out"})
}

func (s *SignIn) tooMuch(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	s.options.Show(w, http.StatusTooManyRequests, Page{Heading: "Too many requests at once",
		Paragraphs: []string{"Nothing was stored. Wait a few seconds and load the page again."}})
}

// paced lets each address sign in only so often.
func (s *SignIn) paced(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.attempts.allows(visitor(r, s.options.Proxies), s.options.Now()) {
			s.tooMuch(w)
			return
		}
		next(w, r)
	}
}

// begin sends a browser to the identity provider.
func (s *SignIn) begin(w http.ResponseWriter, r *http.Request) {
	known, err := s.provider.find(r.Context())
	if err != nil {
		s.notNow(w, err)
		return
	}
	// A browser that opens several pages at once begins several times, so it keeps
	// what it has.
	browser := rand.Text()
	if cookie, err := r.Cookie(s.name("sign-in")); err == nil && len(cookie.Value) == len(browser) {
		browser = cookie.Value
	}
	a := attempt{ID: rand.Text(), Browser: digest(browser), To: localPath(r.URL.Query().Get("to")), Began: s.options.Now().Unix()}
	state, err := s.seals.seal("attempt", a)
	if err != nil {
		s.notNow(w, err)
		return
	}
	http.SetCookie(w, s.cookie("sign-in", browser, attemptFor))
	to := s.client(known).AuthCodeURL(state, oidc.Nonce(s.seals.derive("nonce", a.ID, browser)),
		oauth2.S256ChallengeOption(s.seals.derive("verifier", a.ID, browser)))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// Why somebody who came back from the identity provider was not let in.
var (
	errState     = errors.New("the answer does not belong to this browser, or took too long")
	errUsed      = errors.New("the answer has been used before")
	errOther     = errors.New("the answer comes from another identity provider")
	errRefused   = errors.New("the identity provider refused")
	errNoToken   = errors.New("the identity provider gave no ID token")
	errToken     = errors.New("the ID token is not valid for us")
	errNonce     = errors.New("the ID token belongs to another attempt to sign in")
	errTooLarge  = errors.New("the claims are too large for a cookie")
	errNoAddress = errors.New("the ID token does not say who it is about")
)

// answer takes in who comes back from the identity provider.
func (s *SignIn) answer(w http.ResponseWriter, r *http.Request) {
	a, browser, err := s.returned(r)
	if err != nil {
		s.notIn(w, err)
		return
	}
	known, err := s.provider.find(r.Context())
	if err != nil {
		s.notNow(w, err)
		return
	}
	person, err := s.redeem(r, known, a, browser)
	if err != nil {
		s.notIn(w, err)
		return
	}
	now := s.options.Now().Unix()
	if err := s.keep(w, session{ID: rand.Text(), Person: person, Began: now, Seen: now}); err != nil {
		s.notIn(w, err)
		return
	}
	http.Redirect(w, r, a.To, http.StatusSeeOther)
}

// returned is the attempt that an answer belongs to, and what the browser kept.
func (s *SignIn) returned(r *http.Request) (a attempt, browser string, err error) {
	query, now := r.URL.Query(), s.options.Now()
	cookie, err := r.Cookie(s.name("sign-in"))
	if err != nil || s.seals.open("attempt", query.Get("state"), &a) != nil ||
		!same(a.Browser, digest(cookie.Value)) || now.Sub(time.Unix(a.Began, 0)) > attemptFor {
		return a, "", errState
	}
	if !s.used.add(a.ID, now, attemptFor) {
		return a, "", errUsed
	}
	if issuer := query.Get("iss"); issuer != "" && issuer != s.options.Issuer {
		return a, "", errOther
	}
	if query.Has("error") {
		return a, "", fmt.Errorf("%w: %s", errRefused, cmp.Or(knownCode(query.Get("error")), "for a reason of its own"))
	}
	return a, cookie.Value, nil
}

// redeem turns the code of an answer into the person whom it stands for.
func (s *SignIn) redeem(r *http.Request, known *found, a attempt, browser string) (Person, error) {
	ctx := oidc.ClientContext(r.Context(), s.provider.client)
	token, err := s.client(known).Exchange(ctx, r.URL.Query().Get("code"), oauth2.VerifierOption(s.seals.derive("verifier", a.ID, browser)))
	if err != nil {
		return Person{}, fmt.Errorf("%w: %w", errRefused, plainly(err))
	}
	raw, is := token.Extra("id_token").(string)
	if !is {
		return Person{}, errNoToken
	}
	id, err := known.provider.Verifier(&oidc.Config{ClientID: s.options.ClientID, Now: s.options.Now}).Verify(ctx, raw)
	if err != nil {
		return Person{}, fmt.Errorf("%w: %w", errToken, plainly(err))
	}
	if !same(id.Nonce, s.seals.derive("nonce", a.ID, browser)) {
		return Person{}, errNonce
	}
	said := claims{}
	if err := id.Claims(&said); err != nil {
		return Person{}, errToken
	}
	if party, given := said["azp"]; len(id.Audience) > 1 && party != s.options.ClientID || given && party != s.options.ClientID {
		return Person{}, errToken
	}
	person := said.person(s.options)
	if len(person.Names) == 0 {
		return Person{}, errNoAddress
	}
	return person, nil
}

// notIn tells somebody that signing in did not work, and the log why.
func (s *SignIn) notIn(w http.ResponseWriter, err error) {
	s.options.Log.Warn("somebody could not sign in", "error", err)
	p := Page{Heading: "You are not signed in", Paragraphs: []string{"Begin again. If it goes wrong twice, tell your IT service desk what this page says."},
		Link: signInPath, LinkWords: "Begin again"}
	status := http.StatusBadRequest
	why := ""
	switch {
	case errors.Is(err, errState), errors.Is(err, errUsed):
		why = "It took more than ten minutes, or the page was opened a second time or in another browser."
	case errors.Is(err, errRefused):
		status, why = http.StatusForbidden, "Your organisation's sign-in did not let you through to Hearback."
	case errors.Is(err, errTooLarge):
		status, why = http.StatusForbidden, "Your account is in more teams than Hearback can remember. Ask your IT service desk to pass on fewer."
	case errors.Is(err, errNoAddress):
		status, why = http.StatusForbidden, "Your organisation's sign-in did not say who you are. Ask your IT service desk to pass on your email address and to mark it as verified, or your user name."
	default:
		status, why = http.StatusForbidden, "The answer of your organisation's sign-in could not be trusted."
	}
	p.Paragraphs = append([]string{why}, p.Paragraphs...)
	s.options.Show(w, status, p)
}

// notNow tells somebody that the identity provider cannot be reached.
func (s *SignIn) notNow(w http.ResponseWriter, err error) {
	s.options.Log.Error("nobody can sign in: run hearback doctor", "error", err)
	w.Header().Set("Retry-After", "30")
	s.options.Show(w, http.StatusServiceUnavailable, Page{Heading: "You cannot sign in at the moment",
		Paragraphs: []string{"Your organisation's sign-in does not answer Hearback. Families are told and staff are reminded all the same.",
			"Try again in a few minutes. If it stays like this, tell your IT service desk; hearback doctor on the server says what is wrong."},
		Link: signInPath, LinkWords: "Try again"})
}

func (s *SignIn) askWhetherToGo(w http.ResponseWriter, r *http.Request) {
	if _, in := s.session(r); !in {
		s.options.Show(w, http.StatusOK, Page{Heading: "You are signed out", Paragraphs: []string{"Nobody is signed in to Hearback in this browser."}, Link: "/", LinkWords: "Sign in"})
		return
	}
	s.options.Show(w, http.StatusOK, Page{Heading: "Sign out of Hearback", Paragraphs: []string{"What you have stored stays stored."},
		Button: signOutPath, ButtonWords: "Sign out", Link: "/", LinkWords: "Stay signed in"})
}

// goOut ends a session here. Whoever shares a computer must leave the identity provider
// too, or the next person is let in by it without a question.
func (s *SignIn) goOut(w http.ResponseWriter, r *http.Request) {
	if current, in := s.session(r); in {
		s.gone.add(current.ID, s.options.Now(), sessionFor)
	}
	http.SetCookie(w, s.cookie("session", "", -1))
	p := Page{Heading: "You are signed out of Hearback", Paragraphs: []string{"On a computer that others use, sign out of your organisation too. Otherwise the next person can sign in as you."},
		Link: "/", LinkWords: "Sign in again"}
	if known := s.provider.known.Load(); known != nil && known.endSession != "" {
		if u, err := url.Parse(known.endSession); err == nil {
			query := u.Query()
			query.Set("client_id", s.options.ClientID)
			u.RawQuery = query.Encode()
			p.Link, p.LinkWords = u.String(), "Sign out of your organisation"
		}
	}
	s.options.Show(w, http.StatusOK, p)
}

// session is the session of a request, if it has one that lasts.
func (s *SignIn) session(r *http.Request) (current session, ok bool) {
	cookie, err := r.Cookie(s.name("session"))
	if err != nil || s.seals.open("session", cookie.Value, &current) != nil {
		return session{}, false
	}
	now := s.options.Now()
	if now.Sub(time.Unix(current.Seen, 0)) >= idleFor || now.Sub(time.Unix(current.Began, 0)) >= sessionFor || s.gone.has(current.ID) {
		return session{}, false
	}
	return current, true
}

// keep gives a session to the browser.
func (s *SignIn) keep(w http.ResponseWriter, current session) error {
	sealed, err := s.seals.seal("session", current)
	if err != nil {
		return err
	}
	left := time.Unix(current.Began, 0).Add(sessionFor).Sub(s.options.Now())
	cookie := s.cookie("session", sealed, left)
	if len(cookie.String()) > longestCookie {
		return errTooLarge
	}
	http.SetCookie(w, cookie)
	return nil
}

// cookie is one that scripts cannot read and other sites cannot send with a form. It
// is taken away again where it lasts less than no time.
func (s *SignIn) cookie(name, value string, lasts time.Duration) *http.Cookie {
	age := int(lasts / time.Second)
	if age <= 0 {
		age = -1
	}
	return &http.Cookie{Name: s.name(name), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode}
}

// name is the name of a cookie; with the mark by which a browser refuses it from any
// other host or without https, where there is https.
func (s *SignIn) name(of string) string {
	if s.secure() {
		return "__Host-hearback-" + of
	}
	return "hearback-" + of
}

func (s *SignIn) secure() bool { return strings.HasPrefix(s.options.Public, "https://") }

func (s *SignIn) client(known *found) *oauth2.Config {
	return &oauth2.Config{ClientID: s.options.ClientID, ClientSecret: s.options.ClientSecret, Endpoint: known.endpoint,
		RedirectURL: s.options.Public + answerPath, Scopes: s.options.Scopes}
}

// same compares without telling by its time how much was alike.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
