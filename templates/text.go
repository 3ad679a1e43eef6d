package templates

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

// lineWidth is where the plain-text part wraps, in characters: short enough to
// survive being quoted in a reply at the usual 78.
const lineWidth = 72

// Text makes the plain-text part of an email from the Markdown that Render
// gives. Paragraphs are wrapped at 72 characters, never within a word or an
// address; a link is spelled out as "words: address"; list items keep their
// bullets or numbers. Raw HTML is left out. It ends in one line end.
func Text(markdown string) string {
	w := textWriter{source: []byte(markdown)}
	w.blocks(parseMarkdown(w.source), "", "")
	return strings.TrimRight(w.out.String(), "\n") + "\n"
}

type textWriter struct {
	source []byte
	out    strings.Builder
}

// blocks writes the blocks of a node. The first line begins with first, the
// others with rest.
func (w *textWriter) blocks(parent ast.Node, first, rest string) {
	for node := parent.FirstChild(); node != nil; node = node.NextSibling() {
		if node.PreviousSibling() != nil && node.Kind() != ast.KindTextBlock && node.PreviousSibling().Kind() != ast.KindTextBlock {
			w.out.WriteString(strings.TrimRight(rest, " ") + "\n")
		}
		w.block(node, first, rest)
		first = rest
	}
}

func (w *textWriter) block(node ast.Node, first, rest string) {
	switch n := node.(type) {
	case *ast.Heading, *ast.Paragraph, *ast.TextBlock:
		w.wrap(w.inline(node), first, rest)
	case *ast.Blockquote:
		w.blocks(n, first+"> ", rest+"> ")
	case *ast.List:
		w.list(n, first, rest)
	case *ast.ThematicBreak:
		w.out.WriteString(first + strings.Repeat("-", 20) + "\n")
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		for i := range node.Lines().Len() {
			line := node.Lines().At(i)
			w.out.WriteString(first + strings.TrimRight(string(line.Value(w.source)), "\n") + "\n")
			first = rest
		}
	case *ast.HTMLBlock:
		// Left out, as in the HTML part.
	default:
		w.blocks(node, first, rest)
	}
}

func (w *textWriter) list(list *ast.List, first, rest string) {
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		bullet := "* "
		if list.IsOrdered() {
			bullet = strconv.Itoa(number) + ". "
			number++
		}
		if item.PreviousSibling() != nil && !list.IsTight {
			w.out.WriteString(strings.TrimRight(rest, " ") + "\n")
		}
		if item.FirstChild() == nil {
			w.out.WriteString(first + strings.TrimRight(bullet, " ") + "\n")
		}
		w.blocks(item, first+bullet, rest+strings.Repeat(" ", len(bullet)))
		first = rest
	}
}

// inline gives the words of a block, with "\n" only where a line must end.
func (w *textWriter) inline(parent ast.Node) string {
	var b strings.Builder
	for node := parent.FirstChild(); node != nil; node = node.NextSibling() {
		switch n := node.(type) {
		case *ast.Text:
			if n.IsRaw() || parent.Kind() == ast.KindCodeSpan {
				b.Write(n.Value(w.source))
			} else {
				b.WriteString(decode(n.Value(w.source)))
			}
			switch {
			case n.HardLineBreak():
				b.WriteByte('\n')
			case n.SoftLineBreak():
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.Link:
			b.WriteString(spellOut(w.inline(n), decode(n.Destination)))
		case *ast.AutoLink:
			b.Write(n.Label(w.source))
		case *ast.RawHTML:
			// Left out, as in the HTML part.
		default:
			b.WriteString(w.inline(node))
		}
	}
	return b.String()
}

// spellOut writes a link's address behind its words, unless they are the same.
func spellOut(words, address string) string {
	bare := strings.TrimPrefix(strings.TrimPrefix(address, "mailto:"), "tel:")
	switch {
	case address == "" || words == bare || words == address:
		return words
	case words == "":
		return bare
	}
	return words + ": " + bare
}

// wrap writes words in lines of at most lineWidth characters where it can.
func (w *textWriter) wrap(words, first, rest string) {
	for line := range strings.SplitSeq(words, "\n") {
		w.out.WriteString(first)
		used := utf8.RuneCountInString(first)
		empty := true
		for word := range strings.FieldsSeq(line) {
			length := utf8.RuneCountInString(word)
			switch {
			case empty:
			case used+1+length > lineWidth:
				w.out.WriteString("\n" + rest)
				used = utf8.RuneCountInString(rest)
			default:
				w.out.WriteByte(' ')
				used++
			}
			w.out.WriteString(word)
			used += length
			empty = false
		}
		w.out.WriteByte('\n')
		first = rest
	}
}
