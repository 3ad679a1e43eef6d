package templates_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"hearback/templates"
)

func TestText(t *testing.T) {
	for _, test := range []struct{ name, markdown, want string }{
		{"nothing", "", "\n"},
		{"paragraphs", "one\ntwo\n\nthree", "one two\n\nthree\n"},
		{"hard break", "one  \ntwo\\\nthree", "one\ntwo\nthree\n"},
		{"marks", "# Head\n\n**a** _b_ `c &amp; \\*` \\*d\\* &amp; \\&amp; &#35; &nothing;", "Head\n\na b c &amp; \\* *d* & &amp; # &nothing;\n"},
		{"links", "[Words](https://a.example) <https://b.example> [c@d.example](mailto:c@d.example) [https://e.example](https://e.example)", "Words: https://a.example https://b.example c@d.example https://e.example\n"},
		{"link without words", "[](https://a.example)", "https://a.example\n"},
		{"list", "- a\n- b\n  - c\n    d\n\ne", "* a\n* b\n  * c d\n\ne\n"},
		{"loose list", "- a\n\n- b\n\n  c", "* a\n\n* b\n\n  c\n"},
		{"numbers", "3. a\n4. b", "3. a\n4. b\n"},
		{"empty item", "-\n- b", "*\n* b\n"},
		{"quote", "> a\n>\n> - b", "> a\n>\n> * b\n"},
		{"code", "    a\n      b\n\n```go\nc\n```", "a\n  b\n\nc\n"},
		{"rule", "a\n\n***\n\nb", "a\n\n--------------------\n\nb\n"},
		{"HTML left out", "a <b>c</b>\n\n<script>\nd\n</script>", "a c\n"},
		{"picture", "![a](https://b.example/c.png)", "a\n"},
		{"wrapped", strings.Repeat("word ", 20), strings.TrimSpace(strings.Repeat("word ", 14)) + "\n" + strings.TrimSpace(strings.Repeat("word ", 6)) + "\n"},
		{"wrapped in a list", "- " + strings.Repeat("word ", 16), "* " + strings.TrimSpace(strings.Repeat("word ", 14)) + "\n  word word\n"},
		{"address not broken", "see https://council.example/" + strings.Repeat("a", 70), "see\nhttps://council.example/" + strings.Repeat("a", 70) + "\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := templates.Text(test.markdown); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestTextKeepsEveryWordAndWraps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zé]{1,90}`), 1, 60).Draw(t, "words")
		got := templates.Text(strings.Join(words, " "))
		if strings.Join(strings.Fields(got), " ") != strings.Join(words, " ") {
			t.Fatalf("words are lost: %q", got)
		}
		for line := range strings.Lines(got) {
			if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > 72 && strings.Contains(line, " ") {
				t.Fatalf("long line %q", line)
			}
		}
	})
}

func TestHTML(t *testing.T) {
	got := templates.HTML("Hi <b>you</b> ![a *b*](https://c.example/d.png) [e](javascript:alert(1)) [f](https://g.example?a=1&b=2)\n\n<script>alert(1)</script>",
		templates.Frame{Title: `a"<b>`, Council: "A & B", Language: "ur", Direction: ""})
	for _, want := range []string{
		`<html lang="ur" dir="rtl">`, `<title>a&#34;&lt;b&gt;</title>`, `><bdi>A &amp; B</bdi></p>`, `name="viewport"`, `<meta charset="utf-8">`,
		`Hi <!-- raw HTML omitted -->you`, `a <em>b</em>`, `<a href="" `, `<a href="https://g.example?a=1&amp;b=2" style="`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	for _, never := range []string{"<img", "<script", "javascript:", "<b>", "<style", "class="} {
		if strings.Contains(got, never) {
			t.Errorf("%s in\n%s", never, got)
		}
	}
	if plain := templates.HTML("a", templates.Frame{}); !strings.Contains(plain, `<html lang="en" dir="ltr">`) || strings.Count(plain, "<p") != 1 {
		t.Errorf("bare frame:\n%s", plain)
	}
}

func TestDirection(t *testing.T) {
	for language, want := range map[string]string{
		"": "ltr", "en": "ltr", "cy-GB": "ltr", "ur": "rtl", "AR": "rtl", "fa-IR": "rtl", "pa": "ltr", "pa-Arab": "rtl", "ur-Latn": "ltr", "ar-Latn-GB": "ltr", "he": "rtl",
		"sl-1994": "ltr", "ar-1994": "rtl",
	} {
		if got := templates.Direction(language); got != want {
			t.Errorf("%q: %s, want %s", language, got, want)
		}
	}
}

func FuzzMail(f *testing.F) {
	f.Add("# a\n\n- **b** [c](d)\n  > e\n\n```\nf\n```\n&amp; ![g](h) <i>")
	f.Add("[a]: b\n\n[a] &#0; \\")
	f.Fuzz(func(t *testing.T, markdown string) {
		if got := templates.Text(markdown); !strings.HasSuffix(got, "\n") || strings.HasSuffix(got, "\n\n") {
			t.Errorf("text %q", got)
		}
		got := templates.HTML(markdown, templates.Frame{Title: "a"})
		if strings.Contains(got, "<img") || strings.Contains(got, "<script") {
			t.Errorf("HTML %q", got)
		}
	})
}

// The words alone are those of the email, without styles, and bring nothing of their own.
func TestBody(t *testing.T) {
	const markdown = "# Hello\n\nRead [this](https://council.example/a) and [that](javascript:alert(1)).\n\n* one\n* <script>alert(1)</script> two\n\n![a picture](https://council.example/b.png)\n"
	got := templates.Body(markdown)
	for _, wanted := range []string{"<h1>Hello</h1>", `<a href="https://council.example/a">this</a>`, "<li>one</li>", "a picture"} {
		if !strings.Contains(got, wanted) {
			t.Errorf("the words lack %q: %s", wanted, got)
		}
	}
	for _, never := range []string{"style", "<script", "javascript:", "<img", "<html"} {
		if strings.Contains(got, never) {
			t.Errorf("the words hold %q: %s", never, got)
		}
	}
}
