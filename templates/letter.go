package templates

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Print makes the words of a letter, as GOV.UK Notify prints them, from the
// Markdown that Render gives: a paragraph to a line, a line that begins with "# "
// for a heading and one with "* " for each item of a list. Notify reads what it is
// given by such rules once more, so a value at the beginning of a line loses the
// signs that would act there: values are read as letters only. It ends in one line
// end.
func Print(markdown string) string {
	w := textWriter{source: []byte(markdown)}
	w.letter(parseMarkdown(w.source))
	return strings.TrimRight(w.out.String(), "\n") + "\n"
}

func (w *textWriter) letter(parent ast.Node) {
	for node := parent.FirstChild(); node != nil; node = node.NextSibling() {
		switch node.Kind() {
		case ast.KindHeading:
			w.out.WriteString("# " + inert(strings.ReplaceAll(w.inline(node), "\n", " ")) + "\n\n")
		case ast.KindList:
			for item := node.FirstChild(); item != nil; item = item.NextSibling() {
				for block := item.FirstChild(); block != nil; block = block.NextSibling() {
					w.out.WriteString("* " + inert(strings.ReplaceAll(w.inline(block), "\n", " ")) + "\n")
				}
			}
			w.out.WriteString("\n")
		case ast.KindParagraph:
			for line := range strings.SplitSeq(w.inline(node), "\n") {
				w.out.WriteString(inert(line) + "\n")
			}
			w.out.WriteString("\n")
		default: // words that hold more do not pass Parse
			w.letter(node)
		}
	}
}

// inert takes from the beginning of a line what Notify would read as a sign: of a
// heading, a list, a numbered list, an inset or a new page.
func inert(line string) string {
	line = strings.TrimLeft(strings.Join(strings.Fields(line), " "), "#*-•^>=_ ")
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	if after, numbered := strings.CutPrefix(line[digits:], "."); digits > 0 && numbered && strings.TrimLeft(after, "0123456789") == after {
		line = line[:digits] + after
	}
	return line
}

// checkLetter refuses what a printed page cannot hold: whatever is no paragraph, no
// heading of the first level and no list with bullets, and every link.
func (s *source) checkLetter(parts []part) {
	const remedy = "write paragraphs, \"# \" headings and \"* \" lists only"
	var named func(parts []part)
	named = func(parts []part) {
		for i := range parts {
			if name := parts[i].name; name == "link" || strings.HasSuffix(name, " link") {
				s.fault(parts[i].offset, "nobody can press a link on paper", "take (("+name+")) out, and give the number to call")
				return
			}
			named(parts[i].inner)
		}
	}
	if named(parts); len(s.faults) > 0 {
		return
	}
	var t trial
	t.try(parts, true, func(b []byte, p *part) []byte {
		if p.use == useList {
			b = append(b, "- "...)
		}
		return append(b, 'a')
	})
	_ = ast.Walk(parseMarkdown(t.markdown), func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || len(s.faults) > 0 {
			return ast.WalkContinue, nil
		}
		problem := ""
		switch n := node.(type) {
		case *ast.Document, *ast.Paragraph, *ast.TextBlock, *ast.Text, *ast.String:
		case *ast.Heading:
			if n.Level != 1 {
				problem = "a letter has headings of one level"
			}
		case *ast.List:
			switch {
			case n.IsOrdered():
				problem = "a letter has no numbered list"
			case n.Parent().Kind() != ast.KindDocument:
				problem = "a letter has no list inside a list"
			}
		case *ast.ListItem:
			if n.ChildCount() > 1 {
				problem = "an item of a list in a letter is one paragraph"
			}
		case *ast.Link, *ast.AutoLink:
			problem = "nobody can press a link on paper"
		case *ast.Emphasis:
			problem = "a letter has no bold or italic words"
		default:
			problem = "a letter cannot hold this"
		}
		if problem != "" {
			s.fault(t.offset(letterPlace(node)), problem, remedy)
		}
		return ast.WalkContinue, nil
	})
}

// letterPlace is about where a node begins.
func letterPlace(node ast.Node) int {
	for n := node; n != nil; n = n.FirstChild() {
		if text, ok := n.(*ast.Text); ok {
			return text.Segment.Start
		}
		if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
			return n.Lines().At(0).Start
		}
	}
	for n := node; n != nil; n = n.Parent() {
		if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
			return n.Lines().At(0).Start
		}
	}
	return 0
}
