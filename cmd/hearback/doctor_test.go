package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearback/notifier/app"
)

// examined runs the doctor and gives what it found, by what was tested.
func examined(t *testing.T) (code int, found map[string][]finding) {
	t.Helper()
	got := hearback(t, "doctor", "--json")
	var findings []finding
	if err := json.Unmarshal([]byte(got.out), &findings); err != nil {
		t.Fatalf("output %q, errors %q: %v", got.out, got.err, err)
	}
	found = map[string][]finding{}
	failed := false
	for _, f := range findings {
		found[f.What] = append(found[f.What], f)
		failed = failed || f.Status == statusFail
		if f.Status != statusOK && f.Remedy == "" {
			t.Errorf("%s says what is wrong and not what to do", f)
		}
		if strings.Contains(f.String(), "\n") {
			t.Errorf("%q is more than one line", f)
		}
	}
	if failed != (got.code == 1) || got.code > 1 {
		t.Errorf("status %d with findings %+v", got.code, findings)
	}
	return got.code, found
}

// expect wants one finding about what, of a status, that says a text.
func expect(t *testing.T, found map[string][]finding, what, status, says string) {
	t.Helper()
	for _, f := range found[what] {
		if f.Status == status && strings.Contains(f.String(), says) {
			return
		}
	}
	t.Errorf("no finding %s %q that says %q among %+v", status, what, says, found)
}

func TestDoctorOfAFreshStart(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	settings(t, "DATA_DIR", data)
	code, found := examined(t)
	if code != 0 {
		t.Errorf("status %d: %+v", code, found)
	}
	expect(t, found, "settings", statusOK, "agree")
	expect(t, found, "book", statusOK, "built-in")
	expect(t, found, "bank holidays", statusOK, "known to")
	expect(t, found, "clock", statusOK, "in London")
	expect(t, found, "data folder", statusOK, data)
	expect(t, found, "NATS", statusOK, "no stream yet")
	expect(t, found, "texts", statusWarn, "captured")
	expect(t, found, "emails", statusWarn, "captured")
	expect(t, found, "letters", statusWarn, "captured")
	expect(t, found, "sign-in", statusWarn, "console is closed")
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("it left a data folder behind: %v", err)
	}
	plain := hearback(t, "doctor")
	for line := range strings.Lines(plain.out) {
		if !strings.HasPrefix(line, "ok    ") && !strings.HasPrefix(line, "warn  ") || !strings.Contains(line, ": ") {
			t.Errorf("the line %q is not status, what and detail", line)
		}
	}
}

func TestDoctorOfSettings(t *testing.T) {
	for name, c := range map[string]struct {
		set          []string
		what, status string
		says         string
	}{
		"not a number":           {[]string{"SMTP_PORT", "many"}, "settings", statusFail, "HEARBACK_SMTP_PORT"},
		"two at once":            {[]string{"LOG_LEVEL", "loud", "LOG_FORMAT", "xml"}, "settings", statusFail, "LOG_FORMAT"},
		"account without token":  {[]string{"TWILIO_ACCOUNT_SID", "AC0"}, "settings", statusFail, "TWILIO_AUTH_TOKEN"},
		"a token too short":      {[]string{"NOTIFY_CALLBACK_TOKEN", "short"}, "settings", statusFail, "openssl rand -hex 32"},
		"a token in two words":   {[]string{"NOTIFY_CALLBACK_TOKEN", "a-made-up token-of-two"}, "settings", statusFail, "without spaces"},
		"a key that is too long": {[]string{"ENCRYPTION_KEY", "c2hvcnQ="}, "settings", statusFail, "ENCRYPTION_KEY"},
		"replicas, embedded":     {[]string{"REPLICAS", "3"}, "REPLICAS", statusWarn, "NATS_URL"},
		"half a password":        {[]string{"SMTP_HOST", "127.0.0.1", "SMTP_PORT", "1", "SMTP_FROM", "send@council.example", "SMTP_USERNAME", "send"}, "SMTP_USERNAME", statusFail, "SMTP_PASSWORD"},
		"mail in the clear":      {[]string{"SMTP_HOST", "mail.invalid", "SMTP_TLS", "none", "SMTP_FROM", "send@council.example"}, "SMTP_TLS", statusWarn, "in the clear"},
		"no such book":           {[]string{"BOOK_DIR", "no-such-folder"}, "book", statusFail, "not a folder"},
	} {
		t.Run(name, func(t *testing.T) {
			settings(t, c.set...)
			_, found := examined(t)
			expect(t, found, c.what, c.status, c.says)
		})
	}
}

func TestDoctorOfABook(t *testing.T) {
	bad := writeBook(t)
	change(t, filepath.Join(bad, "rules.yaml"), "due: 5 working days", "due: soon")
	settings(t, "BOOK_DIR", bad)
	code, found := examined(t)
	if code != 1 {
		t.Errorf("status %d, want 1", code)
	}
	expect(t, found, "book", statusFail, "rules.yaml:")
	expect(t, found, "book", statusFail, "hearback check")
}

func TestDoctorOfTheBankHolidays(t *testing.T) {
	d := &doctor{found: func(finding) {}}
	d.book(time.Date(2029, time.June, 1, 0, 0, 0, 0, time.UTC))
	if last := d.findings[len(d.findings)-1]; last.What != "bank holidays" || last.Status != statusWarn {
		t.Errorf("with a table that has ended: %+v", d.findings)
	}
}

func TestDoctorOfTheDataFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	settings(t, "DATA_DIR", filepath.Join(file, "data"))
	code, found := examined(t)
	if code != 1 {
		t.Errorf("status %d, want 1", code)
	}
	expect(t, found, "data folder", statusFail, "HEARBACK_DATA_DIR")
}

func TestDoctorOfTheDisk(t *testing.T) {
	for name, c := range map[string]struct {
		each         time.Duration
		status, says string
	}{
		"memory":      {2 * time.Microsecond, statusWarn, "before it has stored"},
		"solid state": {800 * time.Microsecond, statusOK, "800µs"},
		"a network":   {60 * time.Millisecond, statusWarn, "slow"},
	} {
		t.Run(name, func(t *testing.T) {
			d := &doctor{found: func(finding) {}}
			// One outlier each way moves no median.
			d.judgeFsync([]time.Duration{time.Second, c.each, c.each, c.each, time.Nanosecond})
			if f := d.findings[0]; f.Status != c.status || !strings.Contains(f.Detail, c.says) {
				t.Errorf("%+v, want %s and %q", f, c.status, c.says)
			}
		})
	}
}

func TestDoctorOfARunningHearback(t *testing.T) {
	settings(t)
	started(t, app.Options{})
	code, found := examined(t)
	if code != 0 {
		t.Errorf("status %d: %+v", code, found)
	}
	expect(t, found, "NATS", statusOK, "a Hearback runs")
	expect(t, found, "stream", statusOK, "fit")
	expect(t, found, "readiness", statusOK, "keep its promises")

	// Another address: the folder is in use, and that is no fault of the folder's.
	t.Setenv("HEARBACK_NATS_LISTEN", "off")
	_, found = examined(t)
	expect(t, found, "NATS", statusWarn, "cannot be asked")
}

func TestDoctorOfAStoppedHearback(t *testing.T) {
	settings(t)
	t.Run("while it ran", func(t *testing.T) { started(t, app.Options{}) })
	code, found := examined(t)
	if code != 0 {
		t.Errorf("status %d: %+v", code, found)
	}
	expect(t, found, "NATS", statusOK, "no Hearback runs")
	expect(t, found, "stream", statusOK, "fit")

	t.Setenv("HEARBACK_ENCRYPTION_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
	code, found = examined(t)
	if code != 1 {
		t.Errorf("with a key that the folder was not made with: status %d, %+v", code, found)
	}
}

func TestDoctorKeepsSecrets(t *testing.T) {
	d := &doctor{found: func(finding) {}, config: app.Config{SMTPPassword: "opensesame", TwilioAuthToken: "tok3n", IngestToken: "ing3st", EncryptionKey: "k3y",
		OIDCClientSecret: "0idc", SessionSecret: "s3ssion", LinkSecret: "l1nk", NotifyAPIKey: "n0tify", NotifyCallbackToken: "b3arer"}}
	d.fail("everything", "opensesame, 0idc, s3ssion, n0tify, b3arer, l1nk and tok3n went to nats://user:pass@nats.council.example:4222", "change ing3st\nand k3y")
	got := d.findings[0].String()
	for _, secret := range []string{"opensesame", "tok3n", "ing3st", "k3y", "l1nk", "n0tify", "b3arer", "0idc", "s3ssion", "user:pass"} {
		if strings.Contains(got, secret) {
			t.Errorf("the finding %q holds the secret %q", got, secret)
		}
	}
	if !strings.Contains(got, "nats.council.example:4222") {
		t.Errorf("the finding %q no longer says which server", got)
	}
}
