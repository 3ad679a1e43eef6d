package app_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/app"
)

// A person finds out who wrote, and passes on what they have read: once, to the case
// that they choose, and nothing of it stands there before.
func TestWhatNobodyMatchedIsPassedOn(t *testing.T) {
	running, err := app.Start(t.Context(), app.Config{DataDir: t.TempDir(), NatsListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0",
		SMSWorkers: 2, EmailWorkers: 2, LogLevel: "error", LogFormat: "text"}, app.Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	c := &council{t: t, app: running}
	if c.events, err = events.NewPublisher(running.Conn()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.events.Close()
		if err := running.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	page := func(path string) string {
		t.Helper()
		response, err := http.Get("http://" + running.HTTPAddr() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d (%v)", path, response.StatusCode, err)
		}
		return string(body)
	}
	const stranger, first, second = "+447700900777", "my first words", "and some more"
	pen := notifier.PenRef(notifier.SMS, stranger)
	press := func(ids ...string) int {
		t.Helper()
		response, err := http.PostForm("http://"+running.HTTPAddr()+"/unmatched/"+pen+"/pass-on",
			url.Values{"event": ids, "case": {"H-1"}, "contact": {"contact:c1"}, "by": {"o.jane"}})
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}

	c.tell("H-1", events.TypeCaseOpened, map[string]any{"team": "north", "officer": "o.jane",
		"contacts": []map[string]any{{"id": "c1", "name": "Sam Taylor", "mobile": "07700 900123"}}})
	c.tell(pen, events.TypeMessageReceived, map[string]any{"channel": "text", "text": first, "address": stranger}) // e2
	c.tell(pen, events.TypeMessageReceived, map[string]any{"channel": "text", "text": second, "address": stranger})
	c.until("both texts to wait for somebody", func() bool {
		shown := page("/unmatched")
		return strings.Contains(shown, first) && strings.Contains(shown, second)
	})
	if strings.Contains(page("/cases/H-1"), first) {
		t.Error("what nobody has matched stands on a case")
	}
	if !strings.Contains(page("/tasks"), "/unmatched/"+pen) {
		t.Error("the task does not lead to where it is done")
	}

	// Somebody has read the first only: the second goes on waiting.
	if status := press("e2"); status != http.StatusOK {
		t.Fatalf("the press was answered %d", status)
	}
	c.until("the second to wait alone", func() bool {
		shown := page("/unmatched")
		return !strings.Contains(shown, first) && strings.Contains(shown, second)
	})
	if shown := page("/cases/H-1"); !strings.Contains(shown, first) || strings.Contains(shown, second) {
		t.Errorf("the case shows %s", shown)
	}
	press("e3")
	c.until("nothing to wait", func() bool { return strings.Contains(page("/unmatched"), "Nothing waits to be matched.") })
	if status := press("e3"); status != http.StatusNotFound {
		t.Errorf("the second press was answered %d", status)
	}
	if shown := page("/cases/H-1"); strings.Count(shown, "“"+first+"”") != 1 || strings.Count(shown, "“"+second+"”") != 1 {
		t.Errorf("the case shows %s", shown)
	}
	if _, promises, _ := running.Size(); promises != 1 {
		t.Errorf("%d promises are open, want one for all that they wrote", promises)
	}
}
