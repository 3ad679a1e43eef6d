package app_test

import (
	"bufio"
	"context"
	"net/http"
	"testing"
	"time"

	"hearback/notifier/app"
)

// A page that is open and follows changes does not hold up the stop of the process.
func TestAnOpenPageDoesNotHoldUpTheStop(t *testing.T) {
	config := app.Config{DataDir: t.TempDir(), NatsListen: "off", HTTPListen: "127.0.0.1:0"}
	a, err := app.Start(t.Context(), config, app.Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get("http://" + a.HTTPAddr() + "/changes")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if line, err := bufio.NewReader(answer.Body).ReadString('\n'); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %q, %v", answer.StatusCode, line, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := a.Close(ctx); err != nil {
		t.Error(err)
	}
}
