package rules

import (
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"
)

// Wherever YAML lets a condition be written, a fault in it is found where it
// was typed.
func TestPlacesInConditionsAreFound(t *testing.T) {
	styles := map[string]yaml.Style{"plain": 0, "single": yaml.SingleQuotedStyle, "double": yaml.DoubleQuotedStyle, "literal": yaml.LiteralStyle, "folded": yaml.FoldedStyle}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"data.urgent", "'x'", `"y"`, "''", `\d`, `\\`, "é", "==", "&&", "(", ")", "'", "\n", "\n  "}), 0, 12)
		before := strings.Join(words.Draw(t, "before"), " ")
		value := before + " zz " + strings.Join(words.Draw(t, "after"), " ")
		style := rapid.SampledFrom([]string{"plain", "single", "double", "literal", "folded"}).Draw(t, "style")
		book := map[string]*yaml.Node{"when": {Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: styles[style]}}
		written, err := yaml.Marshal(map[string]any{"promise": book})
		if err != nil {
			t.Fatal(err)
		}
		content := "# a comment\n" + string(written)
		var faults collector
		doc, root := readDocument("rules.yaml", content, &faults)
		if root == nil {
			t.Fatalf("%v in %s", faults.list, content)
		}
		n := root.Content[1].Content[1]
		if strings.Count(n.Value, "zz") != 1 {
			t.Fatalf("the value is lost: %q", n.Value)
		}
		prefix := n.Value[:strings.Index(n.Value, "zz")]
		start := strings.LastIndex(prefix, "\n") + 1
		line, column := doc.locate(n, strings.Count(prefix, "\n")+1, utf8.RuneCountInString(prefix[start:]))
		typed := content[:strings.Index(content, "zz")]
		wantLine := strings.Count(typed, "\n") + 1
		wantColumn := utf8.RuneCountInString(typed[strings.LastIndex(typed, "\n")+1:]) + 1
		escaped := n.Style&yaml.DoubleQuotedStyle != 0 && strings.Contains(typed, `\n`)
		if escaped && line == n.Line && column == n.Column {
			return // the way back is not clear, and the scalar's own place is named
		}
		if line != wantLine || column != wantColumn {
			t.Fatalf("got %d:%d, want %d:%d in\n%s", line, column, wantLine, wantColumn, content)
		}
	})
}
