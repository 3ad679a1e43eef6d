package templates_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hearback/templates"
)

const exampleWords = "../deploy/books/hertfordshire/words"

func exampleLibrary(tb testing.TB) *templates.Library {
	tb.Helper()
	library, faults := templates.Parse(os.DirFS(exampleWords), templates.Known())
	for _, fault := range faults {
		tb.Error(fault)
	}
	return library
}

// worst are the longest values that a text may have to carry.
var worst = templates.Values{
	"council": "Hertfordshire County Council", "ref": "H-12345678",
	"due day": "Wed 30 Sept", "due time": "11:59pm", "phone": "01632 960123",
	"told": "the head of service", "urgent": "no",
}

func TestEveryTextFitsOnePart(t *testing.T) {
	library := exampleLibrary(t)
	texts := 0
	for _, name := range library.Names() {
		if !library.Has(name, templates.SMS, "en") {
			continue
		}
		texts++
		rendered, err := library.Render(name, templates.SMS, "en", worst)
		if err != nil {
			t.Fatal(err)
		}
		size := templates.Measure(rendered.Body)
		t.Logf("%s: %d units, %d left: %s", name, size.Units, size.Left, rendered.Body)
		if size.Encoding != templates.GSM7 || size.Parts != 1 {
			t.Errorf("%s: %s, %d parts, %q", name, size.Encoding, size.Parts, rendered.Body)
		}
		if strings.Contains(strings.ToUpper(rendered.Body), "REPLY STOP") {
			t.Errorf("%s asks for an answer that a named sender cannot receive", name)
		}
	}
	if texts != 9 {
		t.Errorf("%d texts, want 9", texts)
	}
}

// TestWordsAsSent holds every example message to the file that shows it as it
// is sent. Run with -update to write the files anew, then read them.
func TestWordsAsSent(t *testing.T) {
	library := exampleLibrary(t)
	for _, name := range library.Names() {
		t.Run(name, func(t *testing.T) {
			values := examples(templates.StaffPlaceholders())
			switch name {
			case templates.EnquiryReceived, templates.ReplyLate, templates.ReplyPostponed, templates.OptedOut, templates.OptedIn, templates.Help, "unknown-sender":
				values = examples(templates.FamilyPlaceholders())
			case templates.ChasesDigest:
				values = examples(templates.DigestPlaceholders())
			}
			var b strings.Builder
			if library.Has(name, templates.SMS, "en") {
				rendered, err := library.Render(name, templates.SMS, "en", values)
				if err != nil {
					t.Fatal(err)
				}
				b.WriteString("Text message:\n" + rendered.Body + "\n\n")
			}
			if library.Has(name, templates.Letter, "en") {
				rendered, err := library.Render(name, templates.Letter, "en", values)
				if err != nil {
					t.Fatal(err)
				}
				b.WriteString("Letter:\n" + rendered.Subject + "\n\n" + templates.Print(rendered.Body) + "\n")
			}
			rendered, err := library.Render(name, templates.Email, "en", values)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString("Subject: " + rendered.Subject + "\n\n" + templates.Text(rendered.Body) + "\n")
			b.WriteString(templates.HTML(rendered.Body, templates.Frame{
				Title: rendered.Subject, Council: values["council"], Language: rendered.Language,
			}))
			golden(t, name+".txt", b.String())
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", "sent", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}

var update = flag.Bool("update", false, "write the files in testdata/sent anew")

// TestWordsBearWhatMayBeMissing sends each message with nothing but what it
// cannot do without, as at the step "at due" for a caller without a name and a
// case without an officer.
func TestWordsBearWhatMayBeMissing(t *testing.T) {
	library := exampleLibrary(t)
	all := examples(templates.FamilyPlaceholders(), templates.StaffPlaceholders(), templates.DigestPlaceholders())
	maybe := []string{"name", "told", "late by", "officer name", "link", "replied link", "until link", "not mine link", "your link", "text back", "urgent"}
	for _, name := range library.Names() {
		for _, channel := range templates.Channels() {
			if !library.Has(name, channel, "en") {
				continue
			}
			required, optional := library.Placeholders(name, channel, "en")
			values := templates.Values{}
			for _, placeholder := range required {
				if slices.Contains(maybe, placeholder) {
					t.Errorf("%s %s cannot do without ((%s))", name, channel, placeholder)
				}
				values[placeholder] = all[placeholder]
			}
			for _, placeholder := range optional {
				if !slices.Contains(maybe, placeholder) {
					t.Errorf("%s %s leaves ((%s)) open", name, channel, placeholder)
				}
			}
			rendered, err := library.Render(name, channel, "en", values)
			if err != nil {
				t.Error(err)
			}
			if strings.Contains(rendered.Body, "  ") && channel == templates.SMS || strings.Contains(templates.Text(rendered.Body), "\n\n\n") {
				t.Errorf("%s %s leaves a hole: %q", name, channel, rendered.Body)
			}
		}
	}
}

func TestFamilyWordsArePlain(t *testing.T) {
	for _, name := range []string{templates.EnquiryReceived, templates.ReplyLate, templates.ReplyPostponed} {
		for _, suffix := range []string{".sms.txt", ".email.md", ".letter.md"} {
			content, err := os.ReadFile(filepath.Join(exampleWords, "en", name+suffix))
			if err != nil {
				t.Fatal(err)
			}
			for _, note := range templates.Lint(string(content)) {
				t.Errorf("%s%s:%s", name, suffix, note)
			}
		}
	}
}

func TestEveryKnownNameHasWords(t *testing.T) {
	library := exampleLibrary(t)
	for name := range templates.Known() {
		if name != "" && !library.Has(name, templates.Email, "en") {
			t.Errorf("no email %s", name)
		}
	}
}

func TestExamplesFillEveryPlaceholder(t *testing.T) {
	for _, table := range [][]templates.Placeholder{templates.FamilyPlaceholders(), templates.StaffPlaceholders(), templates.DigestPlaceholders()} {
		seen := map[string]bool{}
		for _, placeholder := range table {
			if placeholder.Meaning == "" || placeholder.Example == "" || seen[placeholder.Name] {
				t.Errorf("%+v", placeholder)
			}
			seen[placeholder.Name] = true
		}
	}
}
