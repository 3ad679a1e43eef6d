package inbound_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"hearback/notifier/inbound"
)

func TestHealth(t *testing.T) {
	reasons := []string{"The stream cannot be reached.", "12 events wait to be decided."}
	for name, test := range map[string]struct {
		path   string
		ready  bool
		status int
		said   string
	}{
		"alive and ready":     {"/healthz", true, 200, "alive"},
		"alive and not ready": {"/healthz", false, 200, "alive"},
		"ready":               {"/readyz", true, 200, "ready"},
		"not ready":           {"/readyz", false, 503, "not ready"},
	} {
		t.Run(name, func(t *testing.T) {
			h := inbound.Health(func() (bool, []string) {
				if test.ready {
					return true, nil
				}
				return false, reasons
			})
			w := do(h, httptest.NewRequest(http.MethodGet, test.path, nil))
			var said struct {
				Status  string
				Reasons []string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil {
				t.Fatal(err)
			}
			if w.Code != test.status || said.Status != test.said {
				t.Errorf("status %d, %q", w.Code, said.Status)
			}
			if test.status == 503 && !slices.Equal(said.Reasons, reasons) || said.Reasons == nil {
				t.Errorf("reasons %v", said.Reasons)
			}

			r := httptest.NewRequest(http.MethodGet, test.path, nil)
			r.Header.Set("Accept", "text/plain")
			want := test.said + "\n"
			if test.status == 503 {
				want += reasons[0] + "\n" + reasons[1] + "\n"
			}
			if w := do(h, r); w.Code != test.status || w.Body.String() != want {
				t.Errorf("as text: status %d, %q", w.Code, w.Body)
			}
			if w := do(h, httptest.NewRequest(http.MethodPost, test.path, nil)); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
				t.Errorf("POST was answered %d", w.Code)
			}
		})
	}
}
