package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier/console"
	"hearback/notifier/engine"
	"hearback/notifier/publishing"
	"hearback/notifier/rules"
	"hearback/notifier/stream"
	"hearback/notifier/stream/streamtest"
)

// A draft is there until it is thrown away, is its manager's own, and is never written
// over one that was not read.
func TestDraftsAreKept(t *testing.T) {
	s := streamtest.Open(t)
	d := drafts{s}
	const manager, other = "tomasz.wrona@council.example", "p.ingrid"
	if found, err := d.Draft(t.Context(), manager); err != nil || found.Files != nil || found.Sequence != 0 {
		t.Fatalf("before anything was kept: %v, %v", found, err)
	}
	at := time.Date(2026, time.November, 30, 9, 30, 0, 0, time.UTC)
	draft := console.Draft{Files: rules.Files{"rules.yaml": "a"}, Over: publishing.Version{Version: "0123456789ab", Sequence: 3, At: at, By: "start"}, Why: "because", Changed: at}
	if err := d.Keep(t.Context(), manager, draft); err != nil {
		t.Fatal(err)
	}
	found, err := d.Draft(t.Context(), manager)
	if err != nil || found.Files["rules.yaml"] != "a" || found.Over.Sequence != 3 || found.Over.By != "start" || found.Why != "because" || !found.Changed.Equal(at) || found.Sequence == 0 {
		t.Fatalf("found %+v, %v", found, err)
	}
	if theirs, err := d.Draft(t.Context(), other); err != nil || theirs.Files != nil {
		t.Errorf("another manager finds %v, %v", theirs, err)
	}
	if err := d.Keep(t.Context(), manager, draft); !errors.Is(err, console.ErrDraftChanged) {
		t.Errorf("over a draft that was not read: %v", err)
	}
	found.Files = rules.Files{"rules.yaml": "b"}
	if err := d.Keep(t.Context(), manager, found); err != nil {
		t.Fatal(err)
	}
	count := 0
	if err := s.History(t.Context(), []string{events.DraftPrefix + ">"}, func(stream.Record) { count++ }); err != nil || count != 1 {
		t.Errorf("%d messages stand in the stream (%v), want the newest", count, err)
	}
	found, _ = d.Draft(t.Context(), manager)
	if err := d.Keep(t.Context(), manager, console.Draft{Sequence: found.Sequence}); err != nil {
		t.Fatal(err)
	}
	if found, err := d.Draft(t.Context(), manager); err != nil || len(found.Files) != 0 {
		t.Errorf("after it was thrown away: %v, %v", found, err)
	}
}

// The history follows what others publish, and only one backtest runs.
func TestTheBookOfTheStream(t *testing.T) {
	s := streamtest.Open(t)
	files, err := rules.Bundle(deploy.Hertfordshire())
	if err != nil {
		t.Fatal(err)
	}
	b := &bookPages{stream: s, shelf: engine.NewShelf()}
	if h, err := b.History(t.Context()); err != nil || len(h.Versions) != 0 {
		t.Fatalf("before any: %v, %v", h, err)
	}
	if _, changed, err := b.inForce(t.Context()); !errors.Is(err, errNoBook) || changed == nil {
		t.Errorf("in force before any: %v", err)
	}
	var over publishing.Version
	for n := range 2 { // the same twice counts twice
		if over, err = publishing.Publish(t.Context(), s, engine.Published{At: time.Now().UTC(), By: "the command line", Files: files}, over); err != nil {
			t.Fatal(err)
		}
		h, err := b.History(t.Context())
		if err != nil || len(h.Versions) != n+1 {
			t.Fatalf("after %d: %v, %v", n+1, h, err)
		}
		if found, changed, err := b.inForce(t.Context()); err != nil || found.Version() != over.Version || changed != b.shelf.Changed() {
			t.Errorf("in force: %v", err)
		}
		if again, err := b.History(t.Context()); err != nil || again != h {
			t.Errorf("it was read again: %v", err)
		}
	}
	b.testing.Lock()
	if _, err := b.Backtest(t.Context(), files); !errors.Is(err, console.ErrBusy) {
		t.Errorf("beside another: %v", err)
	}
	b.testing.Unlock()
	if found, err := b.Backtest(t.Context(), files); err != nil || found.Title == "" {
		t.Errorf("alone: %v, %v", found, err)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if _, err := b.Backtest(ended, files); err == nil {
		t.Error("a backtest goes on that nobody waits for")
	}
	if _, err := b.Backtest(t.Context(), rules.Files{"rules.yaml": "a: ["}); err == nil {
		t.Error("a book with faults is played")
	}
}

// A running Hearback proves the book in force though nobody opens its pages, and ends all
// the same.
func TestTheBookIsProvedBeforeAnybodyAsks(t *testing.T) {
	a, err := Start(t.Context(), Config{DataDir: t.TempDir(), NatsListen: "127.0.0.1:0", HTTPListen: "127.0.0.1:0", SMSWorkers: 1, EmailWorkers: 1}, Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	files, err := rules.Bundle(deploy.Hertfordshire())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for !a.proofs.Known(files, a.proofs.Today(time.Now())) {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatal("the book is not proved")
		}
	}
	if err := a.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
