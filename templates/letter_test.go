package templates_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/templates"
)

const letterFile = "en/hello.letter.md"

func TestPrint(t *testing.T) {
	for _, test := range []struct{ name, markdown, want string }{
		{"nothing", "", "\n"},
		{"paragraphs", "one\ntwo\n\nthree", "one two\n\nthree\n"},
		{"hard break", "one  \ntwo", "one\ntwo\n"},
		{"heading", "# Head\n\nwords", "# Head\n\nwords\n"},
		{"list", "one\n\n- a\n- b\n  c\n\ntwo", "one\n\n* a\n* b c\n\ntwo\n"},
		{"loose list", "* a\n\n* b", "* a\n* b\n"},
		{"what would act", "&#35; a\n\n&#42;&#42;&#42;\n\n1&#46; b\n\n&#94; c\n\n1&#46;5 d", "a\n\n\n\n1 b\n\nc\n\n1.5 d\n"},
		{"what does not", "a # * 1. b", "a # * 1. b\n"},
	} {
		if got := templates.Print(test.markdown); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestLettersHoldWhatPaperHolds(t *testing.T) {
	known := map[string][]string{"hello": {"name", "your link", "list"}}
	for _, test := range []struct{ body, want string }{
		{"Dear ((name)),\n\n# Head\n\n* a ((name))\n* b", ""},
		{"((name??Dear ((name)),))\n\n((list))\n", ""},
		{"((your link??See ((your link))))", "3:1: nobody can press a link on paper"},
		{"((your link??a))", "3:1: nobody can press a link on paper"},
		{"See [here](https://council.example).", "3:6: nobody can press a link on paper"},
		{"See <https://council.example>.", "nobody can press a link on paper"},
		{"a **b**", "3:5: a letter has no bold or italic words"},
		{"## Head", "3:4: a letter has headings of one level"},
		{"1. a", "3:4: a letter has no numbered list"},
		{"* a\n  * b", "3:3: an item of a list in a letter is one paragraph"},
		{"* * b", "3:5: a letter has no list inside a list"},
		{"* a\n\n  b", "3:3: an item of a list in a letter is one paragraph"},
		{"a\n\n> b", "5:3: a letter cannot hold this"},
		{"a\n\n***\n\nb", "a letter cannot hold this"},
		{"a `b`", "3:4: a letter cannot hold this"},
		{"<b>a</b>", "3:1: HTML is not used in words"},
	} {
		_, faults := templates.Parse(files(letterFile, "Subject: Hello\n\n"+test.body), known)
		switch {
		case test.want == "" && len(faults) > 0:
			t.Errorf("%q: %v", test.body, faults)
		case test.want != "" && (len(faults) != 1 || !strings.Contains(faults[0].String(), test.want) || faults[0].Remedy == ""):
			t.Errorf("%q: %v, want %s", test.body, faults, test.want)
		}
	}
	if _, faults := templates.Parse(files(letterFile, "Subject: Hello\n"), known); len(faults) != 1 || !strings.Contains(faults[0].String(), "the letter has no body") {
		t.Errorf("no body: %v", faults)
	}
}

// Whatever the values say, the printed page has the lines that its words have, and
// no sign that GOV.UK Notify would read stands before a value.
func TestNoValueActsInALetter(t *testing.T) {
	words := library(t, letterFile, "Subject: About ((a))\n\n# ((a))\n\n((a)) and ((b))\n\n((b))\n\n* ((a))\n* ((b)) ((a))\n")
	all := exampleLibrary(t)
	plain, err := words.Render("hello", templates.Letter, "en", templates.Values{"a": "x", "b": "x"})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(templates.Print(plain.Body), "\n")
	rapid.Check(t, func(t *rapid.T) {
		values := templates.Values{"a": hostileValue().Draw(t, "a"), "b": hostileValue().Draw(t, "b")}
		got, err := words.Render("hello", templates.Letter, "en", values)
		if err != nil {
			return // a value that shows nothing: nothing is sent
		}
		lines := strings.Split(templates.Print(got.Body), "\n")
		if len(lines) != len(want) {
			t.Fatalf("%q has %d lines, want %d", lines, len(lines), len(want))
		}
		for i, line := range lines {
			sign := strings.TrimRight(want[i], "x and")
			line, found := strings.CutPrefix(line, sign)
			if !found || strings.ContainsRune("#*-•^>=_", []rune(line + "x")[0]) {
				t.Fatalf("line %d is %q, want it as %q", i, lines[i], want[i])
			}
		}
		family := examples(templates.FamilyPlaceholders())
		for name := range family {
			family[name] = hostileValue().Draw(t, name)
		}
		for _, name := range all.Names() {
			if rendered, err := all.Render(name, templates.Letter, "en", family); err == nil && strings.Contains(templates.Print(rendered.Body), "\n#") {
				t.Fatalf("%s has a heading: %q", name, rendered.Body)
			}
		}
	})
}
