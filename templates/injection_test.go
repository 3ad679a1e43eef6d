package templates_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"hearback/templates"
)

// structure spells the tree of a Markdown text without its words.
func structure(markdown string) string {
	var b strings.Builder
	var write func(node ast.Node)
	write = func(node ast.Node) {
		before := ast.NodeKind(-1)
		for child := node.FirstChild(); child != nil; child = child.NextSibling() {
			if child.Kind() == ast.KindText && before == ast.KindText {
				continue
			}
			before = child.Kind()
			b.WriteString(child.Kind().String() + "(")
			write(child)
			b.WriteString(")")
		}
	}
	write(goldmark.DefaultParser().Parse(text.NewReader([]byte(markdown))))
	return b.String()
}

var tag = regexp.MustCompile(`<[^>]*>`)

// elements spells the tags of the HTML part, with their attributes but for the
// address of a link, and without what sets a value apart: see TestNoValueLeavesItsIsolation.
func elements(markdown string) string {
	html := templates.HTML(markdown, templates.Frame{Title: "a", Council: "b"})
	address := regexp.MustCompile(`href="[^"]*"`)
	list := slices.DeleteFunc(tag.FindAllString(html, -1), func(tag string) bool { return tag == "<bdi>" || tag == "</bdi>" })
	return address.ReplaceAllString(strings.Join(list, ""), "href")
}

// hostile are pieces of Markdown and HTML that values are made of.
var hostile = []string{
	"*", "**", "_", "__", "`", "``", "```", "~~~", "#", "# ", "=", "===", "---", "- ", "+ ", "* ", "1. ", "1) ", "> ", "    ", "\t",
	"[", "]", "](", ")", "(", "!", "![", "[a](https://evil.example)", "<https://evil.example>", "https://evil.example", "www.evil.example",
	"<b>", "</p>", "<!--", "-->", "<!X", "<?", "?>", "<script>alert(1)</script>", "&lt;", "&#42;", "&", ";", "\\", "\\\\", "\n", "\n\n", "\r\n", "\x00",
	"[a]: https://evil.example", "]:", ": https://evil.example", "|", "| a |", "$", "\"", "'", "a@evil.example", "javascript:", " ", "a", "1", "é", "“", "\u00a0", "\u2028", "((name))", "((", "))", "??",
}

func hostileValue() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		pieces := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(hostile), rapid.String()), 1, 8).Draw(t, "pieces")
		return strings.Join(pieces, "")
	})
}

// awkward are words that stand close to the edge of what Parse allows.
const awkward = `Subject: About ((a))

# ((a)) and ((b))

((a)), **((b))** _((a))_ (((b))). "((a))" ((b))((a)) ((a))
((b))

- ((a))
- ((b)): ((a))

1. ((a))

> ((b))

[((a))](((link))) and [a](https://council.example/((b))?c=((a)) "title") <b ((a)) ` + "` ((b)) < ((a)) <!X ((b))" + `

((b))

[((a))] ((b)): [((b))]((a))

[words]((a))

((c??((c)) **((b))**))

((list))

***
`

func TestNoValueActsInAnEmail(t *testing.T) {
	all := exampleLibrary(t)
	close := library(t, "en/awkward.email.md", awkward)
	shows := library(t, sms, "((value))")
	type template struct {
		library *templates.Library
		name    string
	}
	list := []template{{close, "awkward"}}
	for _, name := range all.Names() {
		list = append(list, template{all, name})
	}
	plain := func(name string) string {
		switch {
		case strings.HasSuffix(name, "link"):
			return "https://council.example/"
		case name == templates.ListName:
			return templates.Item("a", "answer", "https://council.example/a/b")
		}
		return "a"
	}
	rapid.Check(t, func(t *rapid.T) {
		drawn := rapid.SampledFrom(list).Draw(t, "words")
		required, optional := drawn.library.Placeholders(drawn.name, templates.Email, "en")
		values, plainly := templates.Values{}, templates.Values{}
		for _, name := range slices.Concat(required, optional) {
			value := hostileValue().Draw(t, name)
			plainly[name] = plain(name)
			switch {
			case strings.HasSuffix(name, "link"):
				value = plain(name) + value
			case name == templates.ListName:
				value = templates.Item(strings.Join(strings.Fields(value), " "), "answer", "https://council.example/a/b")
			}
			values[name] = value
		}
		got, err := drawn.library.Render(drawn.name, templates.Email, "en", values)
		if err != nil {
			return // a value that shows nothing, or no address: nothing is sent
		}
		for name := range maps.Clone(plainly) {
			if _, err := shows.Render("hello", templates.SMS, "en", templates.Values{"value": values[name]}); err != nil {
				delete(plainly, name) // optional text that depends on it stays away
			}
		}
		want, err := drawn.library.Render(drawn.name, templates.Email, "en", plainly)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := structure(got.Body), structure(want.Body); got != want {
			t.Fatalf("structure\n%s, want\n%s", got, want)
		}
		if got, want := elements(got.Body), elements(want.Body); got != want {
			t.Fatalf("elements\n%s, want\n%s", got, want)
		}
		if strings.ContainsAny(got.Subject, "\r\n") {
			t.Fatalf("subject %q", got.Subject)
		}
	})
}
