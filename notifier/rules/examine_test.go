package rules_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/deploy"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
	"hearback/templates"
)

func TestProveReadsTheWords(t *testing.T) {
	const file = "words/en/help.sms.txt"
	from := calendar.Date{Year: 2026, Month: time.November, Day: 27}
	for name, test := range map[string]struct {
		words map[string]string
		want  []string
	}{
		"as it stands":      {nil, nil},
		"a child":           {map[string]string{file: "((council)): about your child, ref ((ref)). Call ((phone))"}, []string{file + `:1:25: "child" does not belong in a message to a family; write "you", or "your enquiry"`}},
		"staff may read it": {map[string]string{"words/en/task-overdue.email.md": "Subject: ((task))\n\nA child waits. ((ref)) ((task reason))"}, nil},
		"too long":          {map[string]string{file: "((council)): " + strings.Repeat("we text. ", 14) + "((phone))"}, []string{file + ":1:1: this text is 2 parts with the longest values: it has 168 of 160; take out 8 letters"}},
		"not yet approved":  {map[string]string{"words/pl/help.sms.txt": "((council)): ó ((ref)) ((phone))"}, []string{"words/pl/help.sms.txt:1:14: 'ó' is not in GSM-7"}},
	} {
		t.Run(name, func(t *testing.T) {
			book, faults := rules.Prove(example(t, test.words).FS(), from)
			if book == nil {
				t.Fatal("a warning stops the book")
			}
			var got []string
			for _, f := range faults {
				got = append(got, f.String())
			}
			if !slices.EqualFunc(got, test.want, strings.HasPrefix) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if _, faults := rules.Load(example(t, test.words).FS()); len(faults) != 0 {
				t.Errorf("Load reads the words as a writer would: %v", faults)
			}
		})
	}
}

// TestEveryTextOfTheExampleIsMeasured: Latin letters in one part, others in two, at the
// longest values that the book has.
func TestEveryTextOfTheExampleIsMeasured(t *testing.T) {
	list, faults := rules.MeasureWords(deploy.Hertfordshire())
	if len(faults) != 0 || len(list) < 100 {
		t.Fatalf("%d measured, %v", len(list), faults)
	}
	for _, m := range list {
		if m.Channel != templates.SMS {
			continue
		}
		most := 1
		if slices.Contains([]string{"ar", "bn", "pa", "uk", "ur"}, m.Language) {
			most = 2
		}
		if m.Worst == nil || m.Typical == nil || m.Worst.Parts > most || m.Worst.Units < m.Typical.Units {
			t.Errorf("%s in %s: worst %+v, typical %+v", m.Words, m.Language, m.Worst, m.Typical)
		}
		if m.Used != slices.Contains([]string{"en", "cy"}, m.Language) {
			t.Errorf("%s counts as used: %v", m.Language, m.Used)
		}
	}
}

// Words are shown as they are sent: in the language of their file, with usual and with
// the longest values.
func TestWordsAreShown(t *testing.T) {
	files := example(t, nil)
	shown, ok := rules.ShowWords(files.FS(), "words/ur/enquiry-received.sms.txt")
	if !ok || shown.Language != "ur" || shown.Used || shown.Usual == nil || shown.LongestWords == nil {
		t.Fatalf("shown: %v %+v", ok, shown)
	}
	if usual := templates.Measure(shown.Usual.Body); usual.Units != shown.Typical.Units {
		t.Errorf("usual words take %d units, and are measured as %d", usual.Units, shown.Typical.Units)
	}
	if !strings.Contains(shown.LongestWords.Body, "H-12345678") {
		t.Errorf("at their longest they are %q", shown.LongestWords.Body)
	}
	for _, file := range []string{"words/en/nothing.sms.txt", "words/en", "rules.yaml", ""} {
		if _, ok := rules.ShowWords(files.FS(), file); ok {
			t.Errorf("%q is shown", file)
		}
	}
	files["words/en/help.sms.txt"] = "((nothing that is known))"
	if _, ok := rules.ShowWords(files.FS(), "words/en/help.sms.txt"); ok {
		t.Error("words with a fault are shown")
	}
	files["rules.yaml"] = "a: ["
	if _, ok := rules.ShowWords(files.FS(), "words/en/help.email.md"); ok {
		t.Error("words are shown whose rules cannot be read")
	}
}
