package main

import (
	"strings"
	"testing"
)

func TestHelp(t *testing.T) {
	settings(t)
	for _, args := range [][]string{{"--help"}, {"-h"}, {"help"}} {
		got := hearback(t, args...)
		if got.code != 0 || got.err != "" {
			t.Errorf("hearback %s: status %d, errors %q", args, got.code, got.err)
		}
		for _, v := range verbs() {
			if !strings.Contains(got.out, v.name) {
				t.Errorf("hearback %s does not name the verb %s", args, v.name)
			}
		}
	}
	for _, v := range verbs() {
		got := hearback(t, v.name, "--help")
		if got.code != 0 || !strings.Contains(got.out, "Usage: hearback "+v.name) || got.err != "" {
			t.Errorf("hearback %s --help: status %d, output %q, errors %q", v.name, got.code, got.out, got.err)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	settings(t)
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, ""},
		{[]string{"wait"}, `there is no verb "wait"`},
		{[]string{"run", "now"}, "no arguments"},
		{[]string{"demo", "now"}, "no arguments"},
		{[]string{"demo", "--families", "0"}, "between 1 and"},
		{[]string{"demo", "--families", "many"}, "invalid value"},
		{[]string{"doctor", "now"}, "no arguments"},
		{[]string{"case"}, "one case reference"},
		{[]string{"check", "a", "b"}, "one folder"},
		{[]string{"simulate", "a", "b"}, "one folder"},
		{[]string{"simulate", "--cases", "0"}, "give a number from 1"},
		{[]string{"simulate", "--days", "0"}, "give a number from 1"},
		{[]string{"simulate", "--from", "1 September"}, "--from 1 September"},
		{[]string{"publish-book"}, "the folder that holds rules.yaml"},
		{[]string{"publish-book", "a", "b"}, "one folder"},
	} {
		got := hearback(t, c.args...)
		if got.code != 2 || !strings.Contains(got.err, c.says) {
			t.Errorf("hearback %s: status %d, errors %q; want 2 and %q", c.args, got.code, got.err, c.says)
		}
	}
	for _, v := range verbs() {
		if got := hearback(t, v.name, "--no-such-flag"); got.code != 2 || !strings.Contains(got.err, "no-such-flag") {
			t.Errorf("hearback %s --no-such-flag: status %d, errors %q; want 2", v.name, got.code, got.err)
		}
	}
}

// TestUnknownSetting: a misspelt variable must not pass for a setting that is
// not there. Doctor says so as a finding instead of refusing to work.
func TestUnknownSetting(t *testing.T) {
	settings(t, "SMTP_HOTS", "mail.council.example")
	for _, args := range [][]string{{"run"}, {"demo"}, {"publish"}, {"waiting"}, {"tasks"}, {"case", "H-10482"}, {"check"}} {
		got := hearback(t, args...)
		if got.code != 2 || !strings.Contains(got.err, "HEARBACK_SMTP_HOTS") || !strings.Contains(got.err, "HEARBACK_SMTP_HOST?") {
			t.Errorf("hearback %s: status %d, errors %q", args, got.code, got.err)
		}
	}
	if got := hearback(t, "publish-book", writeBook(t)); got.code != 2 || !strings.Contains(got.err, "HEARBACK_SMTP_HOST?") {
		t.Errorf("publish-book: status %d, errors %q", got.code, got.err)
	}
	got := hearback(t, "doctor")
	if got.code != 1 || !strings.Contains(got.out, "HEARBACK_SMTP_HOST?") {
		t.Errorf("doctor: status %d, output %q", got.code, got.out)
	}
}

// TestNobodyRuns: what needs a running Hearback says to start one.
func TestNobodyRuns(t *testing.T) {
	settings(t, "NATS_LISTEN", "127.0.0.1:1")
	for _, args := range [][]string{{"waiting"}, {"tasks"}, {"case", "H-10482"}, {"publish"}, {"backtest"}, {"publish-book", writeBook(t)}} {
		got := hearback(t, args...)
		if got.code != 1 || !strings.Contains(got.err, "start Hearback") {
			t.Errorf("hearback %s: status %d, errors %q", args, got.code, got.err)
		}
	}
}
