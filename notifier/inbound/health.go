package inbound

import (
	"io"
	"net/http"
	"strings"
)

// Health is the handler of GET /healthz and GET /readyz.
//
// /healthz says 200 while the process answers at all. /readyz says 200 while ready
// reports true and 503 otherwise, with the reasons in plain words. A healthy standby is
// ready. The reasons come as JSON, or as lines of text to whoever asks for text first
// in Accept.
func Health(ready func() (bool, []string)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		report(w, r, http.StatusOK, health{Status: "alive", Reasons: []string{}})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ok, reasons := ready()
		said := health{Status: "ready", Reasons: append([]string{}, reasons...)}
		status := http.StatusOK
		if !ok {
			said.Status, status = "not ready", http.StatusServiceUnavailable
		}
		report(w, r, status, said)
	})
	return mux
}

type health struct {
	Status  string   `json:"status"`
	Reasons []string `json:"reasons"`
}

func report(w http.ResponseWriter, r *http.Request, status int, said health) {
	w.Header().Set("Vary", "Accept")
	if !strings.HasPrefix(r.Header.Get("Accept"), "text/") {
		writeJSON(w, "application/json", status, said)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	lines := append([]string{said.Status}, said.Reasons...)
	_, _ = io.WriteString(w, strings.Join(lines, "\n")+"\n") // whoever asked has gone
}
