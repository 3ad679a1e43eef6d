package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearback/notifier/rules"
)

func TestCheckWordsMeasures(t *testing.T) {
	settings(t)
	table := hearback(t, "check", "--words")
	if table.code != 0 || !strings.Contains(table.out, "WORDS") || !strings.Contains(table.out, "waits for approval") || !strings.Contains(table.out, "for staff") {
		t.Errorf("%d: %s%s", table.code, table.out, table.err)
	}
	asJSON := hearback(t, "check", "--words", "--json")
	var list []rules.WordsMeasured
	if err := json.Unmarshal([]byte(asJSON.out), &list); err != nil || len(list) == 0 || list[0].Words == "" {
		t.Errorf("%v: %s", err, asJSON.out)
	}
	if rows := strings.Count(table.out, "\n") - 3; rows != len(list) {
		t.Errorf("%d rows, %d in JSON", rows, len(list))
	}
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "rules.yaml"), []byte("council"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"check", "--words", broken}, {"check", "--words", "--json", broken}} {
		if got := hearback(t, args...); got.code != 1 || !strings.Contains(got.err, "run \"hearback check\"") || len(args) == 4 && strings.TrimSpace(got.out) != "[]" {
			t.Errorf("%v: %+v", args, got)
		}
	}
}
