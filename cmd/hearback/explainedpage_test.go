package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The page says of every promise what the timelines say, and draws each.
func TestABookIsExplainedOnOnePage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "book.html")
	got := hearback(t, "check", "--explain", "--on", "2026-12-21", "--html", file)
	if got.code != 0 {
		t.Fatalf("ended with %d: %s", got.code, got.err)
	}
	html, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page := string(html)
	promises := strings.Count(got.out, "\nThe promise \"") / 2      // a paragraph and a timeline of each
	if promises < 40 || strings.Count(page, "<svg") != promises+1 { // tasks have a chart too
		t.Errorf("%d promises and %d charts", promises, strings.Count(page, "<svg"))
	}
	for _, want := range []string{"reply: due on Wednesday 6 January 2027 at 5pm", "Monday 21 December 2026", "Christmas closure", "The family hears that it was heard", "thank you for your message"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, never := range []string{"<script", "http://", "src=", "((", "@import"} {
		if strings.Contains(page, never) {
			t.Errorf("the page holds %q", never)
		}
	}
}

func TestAPageGoesWithExplain(t *testing.T) {
	for _, flag := range []string{"--html", "--on"} {
		if got := hearback(t, "check", flag, "2026-12-21"); got.code != 2 || !strings.Contains(got.err, flag+" goes with --explain; add --explain") {
			t.Errorf("ended with %d: %s", got.code, got.err)
		}
	}
}
