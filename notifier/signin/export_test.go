package signin

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// What tests may try by itself.
var (
	LocalPath = localPath
	Visitor   = visitor
)

// Remembered is how many addresses are remembered.
func (s *SignIn) Remembered() int {
	s.attempts.mu.Lock()
	defer s.attempts.mu.Unlock()
	return len(s.attempts.young) + len(s.attempts.aged)
}

// Limits that tests reach for.
const (
	AttemptsAtOnce = attemptsAtOnce
	RequestsAtOnce = requestsAtOnce
	PacedMost      = pacedMost
)

// Described is the person whom claims describe.
func Described(said map[string]any, o Options) Person { return claims(said).person(o) }

// TryAnswer fails the test where an answer that was never asked for lets somebody in.
func TryAnswer(t *testing.T, query, cookie string) {
	s, err := New(Options{Issuer: "http://127.0.0.1:1", Public: "http://127.0.0.1", Secrets: [][]byte{make([]byte, 32)},
		Show: func(w http.ResponseWriter, status int, _ Page) { w.WriteHeader(status) }})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, answerPath, nil)
	r.URL.RawQuery = query
	r.AddCookie(&http.Cookie{Name: "hearback-sign-in", Value: cookie})
	r.AddCookie(&http.Cookie{Name: "hearback-session", Value: cookie})
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || len(w.Result().Cookies()) > 0 {
		t.Errorf("%q is answered %d", query, w.Code)
	}
	if _, in := s.session(r); in {
		t.Errorf("%q is a session", cookie)
	}
}
