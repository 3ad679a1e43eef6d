package main

import (
	"encoding/json"
	"strings"
	"testing"

	"hearback/notifier/rules"
)

// TestCheckExplains: a manager reads the book without having seen its files.
func TestCheckExplains(t *testing.T) {
	settings(t)
	got := hearback(t, "check", "--from", "2026-11-27", "--explain", "--on", "2026-12-21")
	if got.code != 0 {
		t.Fatalf("status %d: %s", got.code, got.err)
	}
	for _, says := range []string{
		"The promise \"reply\" opens with enquiry.received",
		"What follows if it begins on Monday 21 December 2026 at 10am and nobody ever replies:",
		"The office is closed until Friday 1 January 2027: Christmas closure",
		"If nobody has replied, the officer and the team lead are chased by email.",
	} {
		if !strings.Contains(got.out, says) {
			t.Errorf("it does not say %q:\n%s", says, got.out)
		}
	}
	var out explanation
	got = hearback(t, "check", "--from", "2026-11-27", "--explain", "--json", "--on", "2026-12-21")
	if err := json.Unmarshal([]byte(got.out), &out); err != nil || out.Faults == nil || out.Words == "" || len(out.Timelines) == 0 || len(out.Timelines[0].Moments) < 5 {
		t.Errorf("%v: %s", err, got.out)
	}
}

// TestCheckProvesTheYear: leave that leaves a rung empty is named with its place.
func TestCheckProvesTheYear(t *testing.T) {
	settings(t)
	dir := writeBook(t)
	for _, args := range [][]string{{"check", "--on", "2026-12-21"}, {"check", "--from", "tomorrow"}, {"check", "--explain", "--on", "Monday"}} {
		if got := hearback(t, args...); got.code != 2 {
			t.Errorf("hearback %s: status %d, want 2", args, got.code)
		}
	}
	got := hearback(t, "check", "--from", "2029-01-01", "--json", dir)
	var faults []rules.Fault
	if err := json.Unmarshal([]byte(got.out), &faults); err != nil || len(faults) == 0 || got.code != 0 {
		t.Fatalf("%v, status %d: %s", err, got.code, got.out)
	}
	for _, f := range faults {
		if f.Line == 0 || f.Remedy == "" || !f.Warning {
			t.Errorf("%+v", f)
		}
	}
}
