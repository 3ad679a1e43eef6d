package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearback/notifier/rehearse/simulate"
)

func TestSimulate(t *testing.T) {
	settings(t)
	args := []string{"simulate", "--cases", "60", "--days", "30", "--from", "2026-09-01", "--caseload", "10", "--seed", "3"}
	got := hearback(t, args...)
	if got.code != 0 || !strings.Contains(got.err, "Played 60 cases for 30 days in ") {
		t.Fatalf("status %d, errors %q", got.code, got.err)
	}
	for _, want := range []string{"60 invented cases from Tuesday 1 September 2026 to Wednesday 30 September 2026", "What families hear", "Who waits longest at the end", "team lead"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("the report does not say %q:\n%s", want, got.out)
		}
	}
	if again := hearback(t, args...); again.out != got.out {
		t.Error("the same seed gave another output")
	}
	var result simulate.Result
	if asJSON := hearback(t, append(args, "--json")...); json.Unmarshal([]byte(asJSON.out), &result) != nil || result.Plan.Cases != 60 || len(result.Days) != 30 {
		t.Errorf("--json gave %+v", result.Plan)
	}
}

func TestSimulatePage(t *testing.T) {
	settings(t)
	file := filepath.Join(t.TempDir(), "page.html")
	args := []string{"simulate", "--cases", "20", "--days", "15", "--from", "2026-09-01", "--html"}
	if got := hearback(t, append(args, file)...); got.code != 0 || !strings.Contains(got.out, "What families hear") {
		t.Fatalf("status %d, errors %q", got.code, got.err)
	}
	if page, err := os.ReadFile(file); err != nil || !strings.Contains(string(page), "</html>") {
		t.Errorf("the page is not whole: %v", err)
	}
	if got := hearback(t, append(args, filepath.Join(file, "x"))...); got.code != 1 || !strings.Contains(got.err, "a folder that you may write to") {
		t.Errorf("status %d, errors %q", got.code, got.err)
	}
}

func TestSimulateNeedsASoundBook(t *testing.T) {
	settings(t)
	if got := hearback(t, "simulate", t.TempDir()); got.code != 1 || !strings.Contains(got.err, "hearback check names them") {
		t.Errorf("status %d, errors %q", got.code, got.err)
	}
}
