package notify_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"hearback/notifier/channel"
	"hearback/notifier/channel/notify"
	"hearback/notifier/channel/standin"
)

// TestOverTCP repeats over a real connection what a pipe cannot show: a TCP reset,
// and connections that are kept and used again.
func TestOverTCP(t *testing.T) {
	provider := standin.NewNotify(apiKey, standin.NotifyFaults{ResetAfter: 1})
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(provider)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	made := newTexts(t, notify.Config{BaseURL: server.URL})
	defer func() { _ = made.Close() }()

	_, err := made.Send(t.Context(), message(1))
	if failure := channel.FailureOf(err); failure == nil || failure.Verdict != channel.Unknown {
		t.Errorf("after a reset Send = %v, want the verdict unknown", err)
	}
	for name, faults := range map[string]standin.NotifyFaults{
		"accepted": {}, "page": {HTML: 1}, "fault": {Temporary: 1}, "throttled": {Throttled: 1}, "refused": {Permanent: 1},
	} {
		provider.SetFaults(faults)
		before := connections.Load()
		for number := range 20 {
			_, _ = made.Send(t.Context(), message(number))
		}
		// One may be new: the one after the reset.
		if opened := connections.Load() - before; opened > 1 {
			t.Errorf("%s: 20 requests opened %d connections, want the kept one to be used", name, opened)
		}
	}
}

func TestTimeoutIsOurs(t *testing.T) {
	server := httptest.NewServer(standin.NewNotify(apiKey, standin.NotifyFaults{Hang: 1}))
	defer server.Close()
	made := newTexts(t, notify.Config{BaseURL: server.URL, Timeout: time.Millisecond})
	defer func() { _ = made.Close() }()
	if _, err := made.Send(t.Context(), message(1)); channel.FailureOf(err) == nil {
		t.Error("Send succeeded at a provider that hangs")
	}
}
