package letter_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"hearback/events"
	"hearback/notifier/mailin/letter"
)

// FuzzSort reads anything at all. Whatever comes is sorted into one kind, in the
// same way twice, within bounds, and proves nothing that its sender cannot know.
func FuzzSort(f *testing.F) {
	files, err := filepath.Glob("testdata/samples/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	bounce := letter.Return(about, domain, []byte(secret))
	for _, file := range files {
		raw := sample(f, strings.TrimSuffix(filepath.Base(file), ".eml"))
		f.Add("", bounce, raw)
		f.Add(person, "send@"+domain, raw)
	}
	for _, raw := range []string{
		"", "\n", ":", "a:b", "a:b\n\n\x00\xff", "Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n--b--",
		"Content-Type: multipart/mixed; boundary=\"\"\n\n--\n", "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n",
		"Content-Type: text/html\n\n<p><!--<blockquote>", "Content-Transfer-Encoding: base64\n\n====", "Subject: =?utf-8?b?////?=\n\nx", "From: <@>\n\nx",
		"Content-Type: text/plain; charset=utf-16\n\n\xfe\xff\x00x",
	} {
		f.Add(person, bounce, []byte(raw))
	}
	kinds := []letter.Kind{letter.HardBounce, letter.SoftBounce, letter.Delayed, letter.Success, letter.Automatic, letter.Complaint, letter.Loop, letter.Reply, letter.Unknown}
	proof, _ := ours().Token(bounce)
	f.Fuzz(func(t *testing.T, from, to string, raw []byte) {
		l := ours().Sort(from, []string{to}, raw)
		if !slices.Contains(kinds, l.Kind) {
			t.Errorf("it is of kind %q", l.Kind)
		}
		if len(l.Text) > letter.MaxText || !utf8.ValidString(l.Text) || strings.ContainsAny(l.Text, "\x00\r") {
			t.Errorf("the text of %d bytes is not fit to be kept", len(l.Text))
		}
		for _, line := range []string{l.Subject, l.From, l.MessageID, l.SentTo, l.Code, l.Reason} {
			if len(line) > 500 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n\x00") {
				t.Errorf("%q is not fit to be kept", line)
			}
		}
		if _, ok := events.CaseOfMessage(l.Message); l.Message != "" && !ok && !strings.HasPrefix(l.Message, "digest-") {
			t.Errorf("%q is no message of ours", l.Message)
		}
		if l.Proven && !strings.Contains(strings.ToLower(to+string(raw)+from), proof) {
			t.Errorf("%q is proven by nothing", l.Message)
		}
		if (l.Kind == letter.HardBounce || l.Kind == letter.SoftBounce) && l.Reason == "" {
			t.Error("a bounce without a reason")
		}
		if again := ours().Sort(from, []string{to}, raw); again.ID != l.ID || again.Kind != l.Kind || again.Text != l.Text || again.Message != l.Message {
			t.Error("it is sorted in another way the second time")
		}
	})
}

// BenchmarkSort reads what a stranger might send to keep us busy, a megabyte of
// each: none may take much longer a byte than the others.
func BenchmarkSort(b *testing.B) {
	for name, pattern := range map[string]struct{ head, body string }{
		"text":       {"Content-Type: text/plain", "Nobody came this morning.\n"},
		"tags":       {"Content-Type: text/html", "<"},
		"opened":     {"Content-Type: text/html", "<b"},
		"comments":   {"Content-Type: text/html", "<!-- "},
		"quotations": {"In-Reply-To: <H-10482-3@send.council.example>", "> x\ny:\n"},
		"fields":     {"In-Reply-To: <H-10482-3@send.council.example>", "From: a@b\nTo: x\n"},
		"boundaries": {"Content-Type: multipart/mixed; boundary=b", "--b\n"},
		"folding":    {"X: y", "\n a"},
		"status":     {"Content-Type: message/delivery-status", "Final-Recipient: x\n\n"},
		"codes":      {"From: mailer-daemon@x.example", "550 5.1."},
	} {
		raw := []byte("From: sam@family.example\n" + pattern.head + "\n\n" + strings.Repeat(pattern.body, 1<<20/len(pattern.body)))
		if name == "folding" {
			raw = []byte("From: sam@family.example\nX: y" + strings.Repeat(pattern.body, 1<<20/len(pattern.body)))
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				ours().Sort("", nil, raw)
			}
		})
	}
}
