package templates_test

import (
	"testing"

	"hearback/templates"
)

// FuzzLanguage reads tags as services and managers may write them.
func FuzzLanguage(f *testing.F) {
	for _, tag := range []string{"en", "cy-GB", "pa-Guru-GB", "zh-min-nan", "i-klingon", "x-private", "a-b-c", "pl_PL", "en-a-bbb-x-a-ccc", "\xff", "--", "sr-Latn-u-nu-latn"} {
		f.Add(tag)
	}
	words := library(f, "en/hello.sms.txt", "en", "pl/hello.sms.txt", "pl", "pa/hello.sms.txt", "pa", "ur/hello.sms.txt", "ur", "en/interpreter.sms.txt", "help")
	f.Fuzz(func(t *testing.T, tag string) {
		rendered, err := words.Render("hello", templates.SMS, tag, nil)
		if err != nil {
			t.Fatal(err)
		}
		if rendered.Body != rendered.Language && rendered.Body != "en\nhelp" {
			t.Errorf("%q: %q in %q", tag, rendered.Body, rendered.Language)
		}
		if again, _ := words.Render("hello", templates.SMS, rendered.Language, nil); again.Body != rendered.Language {
			t.Errorf("the words in %q are found as %q", rendered.Language, again.Body)
		}
		problem, remedy := templates.LanguageProblem(tag)
		if (problem == "") != (remedy == "") {
			t.Errorf("%q: %q and %q", tag, problem, remedy)
		}
	})
}
