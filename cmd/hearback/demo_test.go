package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/app"
	"hearback/notifier/ask"
	"hearback/notifier/picture"
	"hearback/notifier/rehearse"
)

func mustBook(t *testing.T) *notifier.Book {
	t.Helper()
	book, err := demoBook(app.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// TestDemo runs the demonstration as a newcomer does, looks at its pages and
// ends it.
func TestDemo(t *testing.T) {
	settings(t)
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	for _, name := range []string{"DATA_DIR", "HTTP_LISTEN", "NATS_LISTEN"} {
		if err := os.Unsetenv(app.Prefix + "_" + name); err != nil {
			t.Fatal(err)
		}
	}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	var out, errs lockedBuffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"demo", "--families", "60"}, streams{strings.NewReader(""), &out, &errs})
	}()
	eventually(t, "the demonstration says where to look", func() bool {
		if len(ended) > 0 {
			t.Fatalf("it ended: %s%s", &out, &errs)
		}
		return strings.Contains(out.String(), "Ctrl-C")
	})
	said := out.String()
	address := regexp.MustCompile(`(?m)^  open (http://127\.0\.0\.1:\d+)$`).FindStringSubmatch(said)
	if address == nil || !strings.Contains(said, "Nothing is sent") || !strings.Contains(said, "60 families") {
		t.Fatalf("it says: %s", said)
	}
	for _, path := range []string{"/", "/tasks", "/messages", "/readyz"} {
		response, err := http.Get(address[1] + path)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d: %s (%v)", path, response.StatusCode, page, err)
		}
	}
	for _, link := range regexp.MustCompile(`http://\S+/cases/\S+`).FindAllString(said, -1) {
		response, err := http.Get(link)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("the link %s answers %d", link, response.StatusCode)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) != 1 {
		t.Errorf("its folder is not in the place for temporary files: %v, %v", left, err)
	}
	end()
	if code := <-ended; code != 0 || errs.String() != "" {
		t.Errorf("it ended with status %d: %s", code, &errs)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) != 0 {
		t.Errorf("it left its folder behind: %v, %v", left, err)
	}
}

// TestDemoShowsEveryState asks a running Hearback what a newcomer would see.
func TestDemoShowsEveryState(t *testing.T) {
	settings(t, "SMS_RATE", "0", "EMAIL_RATE", "0")
	a := started(t, app.Options{Demo: true})
	seeded, err := seedDemo(t.Context(), a, 60, patience)
	if err != nil {
		t.Fatal(err)
	}
	// The picture that answers may be a moment behind the last decision.
	var waiting []picture.Waiting
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if waiting, err = ask.Waiting(t.Context(), a.Conn()); err != nil || len(waiting) == seeded.promises {
			break
		}
	}
	if err != nil || len(waiting) != seeded.promises || seeded.promises == 0 {
		t.Fatalf("%d promises wait, %d were seeded (%v)", len(waiting), seeded.promises, err)
	}
	view := func(state rehearse.State) picture.CaseView {
		t.Helper()
		v, err := ask.Case(t.Context(), a.Conn(), seeded.shown[state])
		if err != nil {
			t.Fatalf("%s: %v", state, err)
		}
		return v
	}
	has := func(v picture.CaseView, holds func(picture.MessageView) bool) bool {
		return slices.ContainsFunc(v.Messages, holds)
	}
	// These need a message to be handed over, which follows a moment after the decision.
	eventually(t, "the acknowledgement is handed over", func() bool {
		return has(view(rehearse.JustAcknowledged), func(m picture.MessageView) bool {
			return m.Kind == notifier.Acknowledgement && m.Status == notifier.Sent
		})
	})
	eventually(t, "the head of service is chased", func() bool {
		return has(view(rehearse.Escalated), func(m picture.MessageView) bool {
			return m.Kind == notifier.Chase && m.To == "p.head" && m.Status == notifier.Sent
		})
	})
	if v := view(rehearse.Answered); !has(v, func(m picture.MessageView) bool {
		return m.Kind == notifier.Acknowledgement && m.Status == notifier.Sent
	}) || len(v.Promises) != 1 || v.Promises[0].Kept == nil || v.Promises[0].Late {
		t.Errorf("the family that was answered: %+v", v)
	}
	if v := view(rehearse.AnsweredLate); len(v.Promises) != 1 || v.Promises[0].Kept == nil || !v.Promises[0].Late {
		t.Errorf("the family that was answered late: %+v", v)
	}
	if v := view(rehearse.Unreachable); len(v.Tasks) == 0 || len(v.Messages) != 0 {
		t.Errorf("the family whom no message reaches: %+v", v)
	}
	tasks, err := ask.Tasks(t.Context(), a.Conn())
	if err != nil || !slices.ContainsFunc(tasks, func(k picture.CaseTask) bool { return k.Case == seeded.shown[rehearse.Unreachable] }) {
		t.Errorf("among %d tasks none is about the family whom no message reaches: %v", len(tasks), err)
	}
	if v := view(rehearse.TwoEnquiries); len(v.Promises) != 2 {
		t.Errorf("the family with two enquiries: %+v", v)
	}
	if v := view(rehearse.DoNotContact); has(v, func(m picture.MessageView) bool { return m.To == "c1" }) {
		t.Errorf("the contact who must not be contacted was told: %+v", v)
	}
	if rejected := a.Engine().Stats().Refused; rejected != 0 {
		t.Errorf("%d events were refused", rejected)
	}

	before := a.Engine().Stats()
	again, err := seedDemo(t.Context(), a, 60, patience)
	if err != nil || again.families != 0 || a.Engine().Stats().Cases != before.Cases {
		t.Errorf("a stream that holds cases was seeded again: %+v, %v", again, err)
	}
}

func TestDemoStaysOnThisMachine(t *testing.T) {
	for address, allowed := range map[string]bool{
		"127.0.0.1:8080": true, "localhost:8080": true, "[::1]:8080": true, "127.9.9.9:1": true,
		"0.0.0.0:8080": false, ":8080": false, "[::]:8080": false, "192.0.2.7:8080": false, "pages.council.example:8080": false,
	} {
		if loopback(address) != allowed {
			t.Errorf("%s: allowed is %t, want %t", address, !allowed, allowed)
		}
	}
	settings(t, "HTTP_LISTEN", "0.0.0.0:0")
	if got := hearback(t, "demo"); got.code != 2 || !strings.Contains(got.err, "without a password") {
		t.Errorf("status %d, errors %q", got.code, got.err)
	}
}

func TestDemoTakesFreePorts(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	taken := listener.Addr().String()
	config := func() app.Config { return app.Config{HTTPListen: taken, NatsListen: taken, DataDir: "./data"} }

	settings(t, "HTTP_LISTEN", taken, "NATS_LISTEN", taken)
	asked := config()
	if notes, _, err := demoConfig(&asked); err != nil || len(notes) != 0 || asked.HTTPListen != taken || asked.NatsListen != taken || asked.DataDir != "./data" {
		t.Errorf("addresses that somebody set were changed: %+v, %q, %v", asked, notes, err)
	}
	for _, name := range []string{"DATA_DIR", "HTTP_LISTEN", "NATS_LISTEN"} {
		if err := os.Unsetenv(app.Prefix + "_" + name); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("TMPDIR", t.TempDir())
	usual := config()
	notes, remove, err := demoConfig(&usual)
	if err != nil {
		t.Fatal(err)
	}
	if len(notes) != 2 || !strings.Contains(notes[0], taken) || usual.HTTPListen != "127.0.0.1:0" || usual.NatsListen != "127.0.0.1:0" {
		t.Errorf("busy usual ports gave %q and %q, saying %q", usual.HTTPListen, usual.NatsListen, notes)
	}
	if _, err := os.Stat(usual.DataDir); err != nil {
		t.Errorf("the folder for its data: %v", err)
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(usual.DataDir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}
