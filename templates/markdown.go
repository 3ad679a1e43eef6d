package templates

import (
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// commonMark is plain CommonMark: no raw HTML comes through, and no bare
// address in running text becomes a link, for then a value could be one.
var commonMark = sync.OnceValue(func() goldmark.Markdown { return goldmark.New() })

// parseMarkdown gives the tree of a Markdown text.
func parseMarkdown(source []byte) ast.Node {
	return commonMark().Parser().Parse(text.NewReader(source))
}

// shape spells the structure of a Markdown text: everything but its words.
// Words in which a value changes the shape are refused.
func shape(source []byte) string {
	var b strings.Builder
	document := parseMarkdown(source)
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if node.Kind() != ast.KindText {
				b.WriteByte(')')
			}
			return ast.WalkContinue, nil
		}
		switch n := node.(type) {
		case *ast.Text:
			if before := b.String(); !strings.HasSuffix(before, " text") {
				b.WriteString(" text")
			}
			if n.HardLineBreak() {
				b.WriteString(" break")
			} else if n.SoftLineBreak() {
				b.WriteString(" line")
			}
			return ast.WalkContinue, nil
		case *ast.Heading:
			b.WriteString(" Heading" + strconv.Itoa(n.Level))
		case *ast.Emphasis:
			b.WriteString(" Emphasis" + strconv.Itoa(n.Level))
		case *ast.List:
			b.WriteString(" List" + string(n.Marker) + strconv.Itoa(n.Start) + strconv.FormatBool(n.IsTight))
		default:
			b.WriteString(" " + node.Kind().String())
		}
		b.WriteByte('(')
		return ast.WalkContinue, nil
	})
	return b.String()
}

// decode resolves the escapes and character references of Markdown, each once,
// so that an escaped "&amp;" stays what somebody wrote.
func decode(markdown []byte) string {
	var b strings.Builder
	b.Grow(len(markdown))
	for i := 0; i < len(markdown); i++ {
		c := markdown[i]
		switch {
		case c == '\\' && i+1 < len(markdown) && punctuation(markdown[i+1]):
			i++
			b.WriteByte(markdown[i])
		case c == '&':
			end := i + 1
			for end < len(markdown) && end-i < 40 && (markdown[end] == '#' || util.IsAlphaNumeric(markdown[end])) {
				end++
			}
			if end == len(markdown) || markdown[end] != ';' {
				b.WriteByte(c)
				continue
			}
			reference := markdown[i : end+1]
			if reference[1] == '#' {
				b.Write(util.ResolveNumericReferences(reference))
			} else {
				b.Write(util.ResolveEntityNames(reference))
			}
			i = end
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
