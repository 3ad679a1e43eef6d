package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/events"
	"hearback/notifier/app"
	"hearback/notifier/backtest"
	"hearback/notifier/rehearse"
)

func TestBacktest(t *testing.T) {
	settings(t)
	a := started(t, app.Options{Demo: true})
	if got := hearback(t, "backtest"); got.code != 0 || !strings.Contains(got.out, "nothing has been decided yet") {
		t.Errorf("an empty ledger: status %d, output %q, errors %q", got.code, got.out, got.err)
	}
	council := rehearse.Invent(mustBook(t).Directory, 20, 1)
	publisher, err := events.NewPublisher(a.Conn())
	if err != nil {
		t.Fatal(err)
	}
	defer publisher.Close()
	past := time.Now().AddDate(0, 0, -21)
	for i, opening := range council.Openings(past) {
		for _, event := range []events.Event{opening, council.Enquiry(i, "q-"+council.Families[i].Ref, past, events.Enquiry{})} {
			if err := publisher.Publish(t.Context(), event); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, family := range council.Families {
		eventually(t, "the enquiry is decided", func() bool { return decided(t.Context(), a, family.Ref) })
	}

	if got := hearback(t, "backtest"); got.code != 0 || !strings.Contains(got.out, "The ledger is exactly what this program decides") {
		t.Errorf("status %d, output %q, errors %q", got.code, got.out, got.err)
	}
	book := writeBook(t)
	change(t, filepath.Join(book, "rules.yaml"), "due: 5 working days", "due: 30 working days")
	got := hearback(t, "backtest", book, "--json")
	var c backtest.Comparison
	if err := json.Unmarshal([]byte(got.out), &c); err != nil || got.code != 0 {
		t.Fatalf("status %d, output %q, errors %q: %v", got.code, got.out, got.err, err)
	}
	late, then := 0, 0
	for _, r := range c.Rows {
		late, then = late+r.Happened.Late, then+r.Candidate.Late
	}
	if c.Cases != 20 || c.Candidate != version(t, book) || late == 0 || then != 0 {
		t.Errorf("late %d, under the candidate %d: %+v", late, then, c)
	}
	if got := hearback(t, "backtest", "--from", "2026-01-01", "--to", "2026-02-01", book); got.code != 0 || !strings.Contains(got.out, "Nothing was promised in these days") {
		t.Errorf("before anything happened: status %d, output %q, errors %q", got.code, got.out, got.err)
	}

	change(t, filepath.Join(book, "rules.yaml"), "due: 30 working days", "due: soon")
	if got := hearback(t, "backtest", book); got.code != 1 || !strings.Contains(got.err, "rules.yaml:") {
		t.Errorf("a broken book: status %d, errors %q", got.code, got.err)
	}
}

func TestBacktestWrongUsage(t *testing.T) {
	settings(t)
	book := writeBook(t)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--from", "2026-01-01"}, "name the folder of a book"},
		{[]string{"--from", "soon", book}, "--from"},
		{[]string{"--to", "2026-02-31", book}, "--to"},
		{[]string{"--from", "2026-02-02", "--to", "2026-02-01", book}, "name the earlier day first"},
		{[]string{book, book}, "one folder"},
	} {
		if got := hearback(t, append([]string{"backtest"}, c.args...)...); got.code != 2 || !strings.Contains(got.err, c.says) {
			t.Errorf("backtest %v: status %d, errors %q", c.args, got.code, got.err)
		}
	}
}
