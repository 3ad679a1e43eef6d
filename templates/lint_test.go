package templates_test

import (
	"strings"
	"testing"

	"hearback/templates"
)

func TestLint(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"plain", "We have your message. We will call you on ((due day)). You can call us too, on ((phone)).", ""},
		{"send is a verb", "We will send you a letter.", ""},
		{"a long sentence", "Hello.\nWe " + strings.Repeat("go and ", 12) + "go.", "2:1: this sentence has 26 words"},
		{"25 words", "We " + strings.Repeat("go and ", 12) + "." + strings.Repeat(" Go.", 10), ""},
		{"placeholders count once", "We " + strings.Repeat("go and ", 11) + "((due date)) ((urgent??now))." + strings.Repeat(" Go.", 10), ""},
		{"hard words", "The communication regarding your application has been acknowledged. Representatives will subsequently undertake consideration of outstanding information. Notification follows immediately thereafter, including explanations.", "1:1: the reading age is about"},
		{"a child", "About your Child’s visit", `1:12: "Child’s" does not belong`},
		{"in optional text", "Hi ((urgent??about school))", `1:20: "school" does not belong`},
		{"SEND", "The SEND team", `1:5: "SEND" does not belong`},
		{"EHC", "Your EHCP", `1:6: "EHCP" does not belong`},
		{"need", "You need to call.", `1:5: "need" does not belong`},
		{"outcome", "The outcome", `1:5: "outcome" does not belong`},
		{"not UTF-8", "caf\xe9 \xff", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, note := range templates.Lint(test.text) {
				got = append(got, note.String())
				if note.Remedy == "" {
					t.Error("no remedy")
				}
			}
			if len(got) > 1 || (test.want == "") != (len(got) == 0) || len(got) == 1 && !strings.HasPrefix(got[0], test.want) {
				t.Errorf("notes %q, want %q", got, test.want)
			}
		})
	}
	if notes := templates.Lint("a special need"); len(notes) != 2 {
		t.Errorf("notes %v", notes)
	}
}

func FuzzLint(f *testing.F) {
	f.Add("We need ((a)) ((b??c. d)) e’s.\n\n- f")
	f.Fuzz(func(t *testing.T, text string) {
		for _, note := range templates.Lint(text) {
			if note.Line < 1 || note.Column < 1 || note.Problem == "" {
				t.Errorf("bad note %+v", note)
			}
		}
	})
}
