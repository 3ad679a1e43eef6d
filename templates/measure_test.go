package templates_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/templates"
)

func TestWordsAreExamined(t *testing.T) {
	values := templates.Values{"council": "Hertfordshire County Council", "ref": "H-12345678", "due day": "Wed 30 Sept", "name": "Ŵil"}
	long := strings.Repeat("go to it ", 20)
	for name, test := range map[string]struct {
		file, text string
		staff      bool
		want       []string // the beginnings
	}{
		"plain":                {"en/hello.sms.txt", "We will reply by ((due day)). Ref ((ref))", false, nil},
		"two parts":            {"en/hello.sms.txt", "Hello. " + long, false, []string{"en/hello.sms.txt:1:1: this text is 2 parts with the longest values: it has 186 of 160; take out 26 letters", "en/hello.sms.txt:1:8: this sentence has 60 words", "en/hello.sms.txt:1:1: the reading age is about 13"}},
		"two parts in Urdu":    {"ur/hello.sms.txt", strings.Repeat("سلام۔ ", 22), false, nil},
		"three parts in Urdu":  {"ur/hello.sms.txt", strings.Repeat("سلام۔ ", 23), false, []string{"ur/hello.sms.txt:1:1: this text is 3 parts with the longest values: it has 137 of 134; take out 3 letters"}},
		"a letter":             {"cy/hello.sms.txt", "Helo.\nDiolch i’r tîm, tîm", false, []string{`cy/hello.sms.txt:2:13: 'î' is not in GSM-7: with it a part of this text holds 70 letters instead of 160; write a word without it`}},
		"a letter in a value":  {"en/hello.sms.txt", "Hello ((name??((name))))", false, []string{`en/hello.sms.txt:1:1: a value of this text holds 'Ŵ'`}},
		"accents that go":      {"pl/hello.sms.txt", "Dziękuję", false, nil},
		"may be missing":       {"en/hello.email.md", "Subject: ((name))\n\nDear ((name)), ((told)) ((your link??[a](((your link))))) ((ref))", false, []string{"en/hello.email.md:1:10: the value ((name)) may be missing, and then nobody gets these words; write it as optional text, such as ((name??… ((name)) …))", "en/hello.email.md:3:16: the value ((told)) may be missing"}},
		"a promise":            {"en/hello.sms.txt", "Thank you.\nHere we will reply.", false, []string{`en/hello.sms.txt:2:6: "we will" is a promise, and these words hold no date; say by when, with ((due date)) or ((due day)), or promise nothing`}},
		"a promise in Welsh":   {"cy/hello.email.md", "Subject: Helo\n\nByddwn yn ateb.", false, []string{`cy/hello.email.md:3:1: "byddwn" is a promise`}},
		"a promise with a day": {"cy/hello.email.md", "Subject: Helo\n\nByddwn yn ateb ((ref??erbyn ((due day)))).", false, nil},
		"Welsh that tells":     {"cy/hello.sms.txt", "Mae eich blentyn yn yr ysgol. Anghenion! ADY", false, []string{`cy/hello.sms.txt:1:10: "blentyn" does not`, `cy/hello.sms.txt:1:24: "ysgol"`, `cy/hello.sms.txt:1:31: "Anghenion"`, `cy/hello.sms.txt:1:42: "ADY"`}},
		"plants in English":    {"en/hello.sms.txt", "A plant.", false, nil},
		"SEND in Polish":       {"pl/hello.sms.txt", "Tu SEND.", false, []string{`pl/hello.sms.txt:1:4: "SEND"`}},
		"staff may read more":  {"en/hello.email.md", "Subject: A child\n\nWe will see the school. ((name))", true, []string{"en/hello.email.md:3:25: the value ((name)) may be missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			language, _, _ := strings.Cut(test.file, "/")
			channel := templates.Email
			if strings.HasSuffix(test.file, ".txt") {
				channel = templates.SMS
			}
			measured, notes, found := library(t, test.file, test.text).Examine("hello", channel, language, values, values, !test.staff)
			if !found || measured.Language != language || measured.Longest == 0 {
				t.Fatalf("found %v: %+v", found, measured)
			}
			if len(notes) != len(test.want) {
				t.Fatalf("notes %q, want %q", notes, test.want)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(notes[i].String(), want) {
					t.Errorf("note %q, want %q", notes[i], want)
				}
			}
		})
	}
	if _, _, found := library(t, sms, "a").Examine("hello", templates.SMS, "cy", nil, nil, true); found {
		t.Error("words are found in a language that has none")
	}
}

// TestWhateverLanguageIsAskedFor: whatever language a family asks for, it gets its own, or
// English with the sentence, and never another's.
func TestWhateverLanguageIsAskedFor(t *testing.T) {
	words := []string{}
	languages := []string{"en", "cy", "pl", "pa", "zh-hant", "sr", "sr-latn", "pt", "pt-br"}
	for _, language := range languages {
		words = append(words, language+"/hello.sms.txt", language+" hello", language+"/interpreter.sms.txt", language+" interpreter")
	}
	library := library(t, words...)
	for _, one := range []struct{ asked, want string }{
		{"", "en hello"}, {"und", "en hello"}, {"en", "en hello"}, {"en-GB", "en hello"}, {"EN", "en hello"}, {"cy-GB", "cy hello"}, {"CY", "cy hello"},
		{"pl", "pl hello"}, {"pol", "pl hello"}, {"pl-PL", "pl hello"}, {"pl-x-home", "pl hello"}, {"pl-u-nu-latn", "pl hello"},
		{"pa-Guru-GB", "pa hello"}, {"pa-Guru", "pa hello"}, {"pa", "pa hello"}, {"pa-IN", "pa hello"},
		{"pa-Arab", "en hello\nen interpreter"}, {"pa-PK", "en hello\nen interpreter"}, {"pa-Arab-PK", "en hello\nen interpreter"},
		{"zh-Hant", "zh-hant hello"}, {"zh-Hant-HK", "zh-hant hello"}, {"zh", "en hello\nen interpreter"}, {"zh-Hans", "en hello\nen interpreter"},
		{"sr-Latn-RS", "sr-latn hello"}, {"sr-Cyrl", "sr hello"}, {"sr", "sr hello"}, {"pt-BR", "pt-br hello"}, {"pt-PT", "pt hello"},
		{"so", "en hello\nen interpreter"}, {"bfi", "en hello\nen interpreter"}, {"Polish", "en hello\nen interpreter"}, {"??", "en hello\nen interpreter"}, {"-", "en hello\nen interpreter"},
	} {
		rendered, err := library.Render("hello", templates.SMS, one.asked, nil)
		if err != nil || rendered.Body != one.want {
			t.Errorf("%q: %q, %v; want %q", one.asked, rendered.Body, err, one.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		asked := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8}){0,4}`), rapid.Map(rapid.SampledFrom(languages), func(l string) string { return l + "-x-y" })).Draw(t, "language")
		rendered, err := library.Render("hello", templates.SMS, asked, nil)
		if err != nil {
			t.Fatal(err)
		}
		first, rest, told := strings.Cut(rendered.Body, "\n")
		if first != rendered.Language+" hello" || told && (rendered.Language != "en" || rest != "en interpreter") {
			t.Fatalf("%q: %q", asked, rendered.Body)
		}
		if got := library.Language("hello", templates.SMS, asked); got != rendered.Language {
			t.Fatalf("%q: values in %s, words in %s", asked, got, rendered.Language)
		}
	})
}

func TestTheInterpretersSentence(t *testing.T) {
	book := library(t, sms, "Hello", email, "Subject: Hello\n\nHello\n\n> ((ref))", "en/interpreter.sms.txt", "We can arrange an interpreter.", "en/interpreter.email.md", "Call ((phone)) for an interpreter.",
		"ur/interpreter.sms.txt", "ہم ترجمان کا انتظام کر سکتے ہیں۔", "ur/interpreter.email.md", "ترجمان: ((phone))", "pl/interpreter.sms.txt", "Możemy zapewnić tłumacza.", "pl/interpreter.email.md", "Możemy zapewnić tłumacza.")
	values := templates.Values{"ref": "H-1", "phone": "01632 960123"}
	for language, want := range map[string]string{"pl": "Hello\nMozemy zapewnic tlumacza.", "ur": "Hello\nWe can arrange an interpreter.", "so": "Hello\nWe can arrange an interpreter."} {
		if rendered, err := book.Render("hello", templates.SMS, language, values); err != nil || rendered.Body != want || rendered.Language != "en" {
			t.Errorf("%s: %q in %s, %v", language, rendered.Body, rendered.Language, err)
		}
	}
	rendered, err := book.Render("hello", templates.Email, "ur", values)
	if err != nil {
		t.Fatal(err)
	}
	html := templates.HTML(rendered.Body, templates.Frame{Language: rendered.Language})
	for _, want := range []string{`<html lang="en" dir="ltr">`, `dir="rtl"`, `lang="ur"`, "ترجمان: <bdi>01632 960123</bdi></p>"} {
		if strings.Count(html, want) != 1 {
			t.Errorf("%s stands %d times in\n%s", want, strings.Count(html, want), html)
		}
	}
	if text := templates.Text(rendered.Body); !strings.HasSuffix(text, "\n\nترجمان: \u206801632 960123\u2069\n") || strings.Contains(text, "language of") {
		t.Errorf("text %+q", text)
	}
	if _, err := book.Render("hello", templates.Email, "so", templates.Values{"ref": "H-1"}); err == nil || !strings.Contains(err.Error(), `words "interpreter": the value ((phone))`) {
		t.Errorf("without a number: %v", err)
	}
	for _, text := range []string{"Subject: a\n\nb", "a\n\nb", "# a", "- a", "> a"} {
		if _, faults := templates.Parse(files("en/interpreter.email.md", text), templates.Known()); len(faults) != 1 || !strings.Contains(faults[0].Problem, "more than one plain sentence") && text[0] != 'S' {
			t.Errorf("%q: %v", text, faults)
		}
	}
}
