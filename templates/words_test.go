package templates_test

import (
	"flag"
	"maps"
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

// worst are the longest values that a text may have to carry, but for the date.
var worst = templates.Values{
	"council": "Hertfordshire County Council", "ref": "H-12345678", "phone": "01632 960123",
	"told": "the head of service", "urgent": "no",
}

// dates are what the calendar writes of a promise in each language: the day in full,
// the same short, the time; then the longest short day and the longest time.
var dates = map[string][5]string{
	"en": {"Monday 30 November 2026", "Mon 30 Nov", "5pm", "Wed 30 Sept", "11:59pm"},
	"cy": {"dydd Llun 30 Tachwedd 2026", "Llun 30 Tach", "5yh", "Gwen 29 Chwef", "hanner dydd"},
	"pl": {"poniedziałek, 30 listopada 2026", "pon. 30 lis", "17:00", "niedz. 29 wrz", "23:59"},
	"ro": {"luni, 30 noiembrie 2026", "lun 30 nov", "17:00", "lun 30 sept", "23:59"},
	"uk": {"понеділок, 30 листопада 2026 року", "пн 30.11", "17:00", "пн 30.11", "23:59"},
	"ar": {"الاثنين 30 نوفمبر 2026", "الاثنين 30 نوفمبر", "17:00", "الأربعاء 30 سبتمبر", "23:59"},
	"ur": {"پیر 30 نومبر 2026", "پیر 30 نومبر", "17:00", "جمعرات 30 ستمبر", "23:59"},
	"pa": {"ਸੋਮਵਾਰ 30 ਨਵੰਬਰ 2026", "ਸੋਮ 30 ਨਵੰ", "17:00", "ਸ਼ਨਿੱਚਰ 30 ਅਪ੍ਰੈ", "23:59"},
	"bn": {"সোমবার 30 নভেম্বর 2026", "সোম 30 নভে", "17:00", "বৃহস্পতি 30 এপ্রি", "23:59"},
}

func languages(tb testing.TB) []string {
	tb.Helper()
	entries, err := os.ReadDir(exampleWords)
	if err != nil {
		tb.Fatal(err)
	}
	var list []string
	for _, entry := range entries {
		if _, known := dates[entry.Name()]; !known {
			tb.Errorf("this test does not know how %s writes dates", entry.Name())
		}
		list = append(list, entry.Name())
	}
	return list
}

// in gives values in a language of which the test knows how it writes dates.
func in(language string, values templates.Values) templates.Values {
	spoken := maps.Clone(values)
	spoken["due date"], spoken["due day"], spoken["due time"] = dates[language][0], dates[language][1], dates[language][2]
	spoken["target date"], spoken["target day"] = spoken["due date"], spoken["due day"]
	switch language {
	case "en":
	case "cy":
		spoken["told"] = "arweinydd y tîm"
	default:
		delete(spoken, "told")
	}
	return spoken
}

// inAtWorst gives the longest values of a language.
func inAtWorst(language string) templates.Values {
	spoken := in(language, worst)
	spoken["due day"], spoken["due time"], spoken["target day"] = dates[language][3], dates[language][4], dates[language][3]
	return spoken
}

func TestEveryTextFitsItsParts(t *testing.T) {
	library := exampleLibrary(t)
	texts := make(map[string]int)
	for _, language := range languages(t) {
		for _, name := range library.Names() {
			if !slices.Contains(library.Languages(name, templates.SMS), language) {
				continue
			}
			texts[language]++
			rendered, err := library.Render(name, templates.SMS, language, inAtWorst(language))
			if err != nil {
				t.Fatal(err)
			}
			size := templates.Measure(rendered.Body)
			t.Logf("%s/%s: %s, %d units, %d left: %s", language, name, size.Encoding, size.Units, size.Left, rendered.Body)
			encoding, most := templates.GSM7, 1
			if slices.Contains([]string{"ar", "bn", "pa", "uk", "ur"}, language) {
				encoding, most = templates.UCS2, 2
			}
			if size.Encoding != encoding || size.Parts > most {
				t.Errorf("%s/%s: %s, %d parts, %q", language, name, size.Encoding, size.Parts, rendered.Body)
			}
			if strings.Contains(strings.ToUpper(rendered.Body), "REPLY STOP") {
				t.Errorf("%s asks for an answer that a named sender cannot receive", name)
			}
		}
	}
	for _, language := range languages(t) {
		want := 7 // families
		switch language {
		case "en":
			want = 10 // strangers and staff too
		case "cy":
			want = 8
		}
		if texts[language] < want {
			t.Errorf("%d texts in %s, want %d", texts[language], language, want)
		}
	}
}

// TestWordsAsSent holds every example message to the file that shows it as it
// is sent. Run with -update to write the files anew, then read them.
func TestWordsAsSent(t *testing.T) {
	library := exampleLibrary(t)
	for _, language := range languages(t) {
		for _, name := range library.Names() {
			if name == templates.Interpreter || !slices.Contains(library.Languages(name, templates.Email), language) {
				continue
			}
			file := name + ".txt"
			if language != "en" {
				file = language + "/" + file
			}
			t.Run(language+"/"+name, func(t *testing.T) { golden(t, file, asSent(t, library, name, language, language)) })
		}
	}
	t.Run("interpreter", func(t *testing.T) {
		golden(t, "interpreter.txt", asSent(t, library, templates.EnquiryReceived, "so", "en"))
	})
}

// asSent is a message to who asked for one language and has it in another.
func asSent(t *testing.T, library *templates.Library, name, wanted, written string) string {
	t.Helper()
	values := examples(templates.FamilyPlaceholders())
	switch required, _ := library.Placeholders(name, templates.Email, "en"); {
	case name == templates.ChasesDigest:
		values = examples(templates.DigestPlaceholders())
	case slices.Contains(required, "staff name"):
		values = examples(templates.StaffPlaceholders())
	}
	if written != "en" {
		values = in(written, values)
	}
	render := func(channel templates.Channel) templates.Rendered {
		rendered, err := library.Render(name, channel, wanted, values)
		if err != nil {
			t.Fatal(err)
		}
		if rendered.Language != written {
			t.Fatalf("%s %s is in %s, want %s", name, channel, rendered.Language, written)
		}
		return rendered
	}
	var b strings.Builder
	if slices.Contains(library.Languages(name, templates.SMS), written) {
		b.WriteString("Text message:\n" + render(templates.SMS).Body + "\n\n")
	}
	if slices.Contains(library.Languages(name, templates.Letter), written) {
		rendered := render(templates.Letter)
		b.WriteString("Letter:\n" + rendered.Subject + "\n\n" + templates.Print(rendered.Body) + "\n")
	}
	rendered := render(templates.Email)
	b.WriteString("Subject: " + rendered.Subject + "\n\n" + templates.Text(rendered.Body) + "\n")
	b.WriteString(templates.HTML(rendered.Body, templates.Frame{
		Title: rendered.Subject, Council: values["council"], Language: rendered.Language,
	}))
	return b.String()
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", "sent", file)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
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
	maybe := []string{"name", "told", "late by", "officer name", "link", "replied link", "until link", "not mine link", "your link", "text back", "urgent", "officer", "cites", "target date", "target day"}
	for _, language := range languages(t) {
		for _, name := range library.Names() {
			for _, channel := range templates.Channels() {
				if !slices.Contains(library.Languages(name, channel), language) {
					continue
				}
				required, optional := library.Placeholders(name, channel, language)
				values := templates.Values{}
				for _, placeholder := range required {
					if slices.Contains(maybe, placeholder) && name != templates.ExceptionRecorded {
						t.Errorf("%s %s in %s cannot do without ((%s))", name, channel, language, placeholder)
					}
					values[placeholder] = all[placeholder]
				}
				for _, placeholder := range optional {
					if !slices.Contains(maybe, placeholder) && placeholder != "reason" {
						t.Errorf("%s %s in %s leaves ((%s)) open", name, channel, language, placeholder)
					}
				}
				rendered, err := library.Render(name, channel, language, values)
				if err != nil {
					t.Error(err)
				}
				if strings.Contains(rendered.Body, "  ") && channel == templates.SMS || strings.Contains(templates.Text(rendered.Body), "\n\n\n") {
					t.Errorf("%s %s in %s leaves a hole: %q", name, channel, language, rendered.Body)
				}
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
