package templates

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// ListName is the placeholder whose value is a list, one item on each line. In
// an email it stands alone on a line and becomes a Markdown list; the items
// are read as letters only, like every other value.
const ListName = "list"

// checkSMS refuses what a text message cannot hold, or must not: a reason is
// what an officer wrote freely, and nobody can promise that it says nothing
// about a child. A locked phone shows a text to whoever holds it.
func (s *source) checkSMS(parts []part) {
	s.refuseList(parts, "a text message")
	for p := range placeholders(parts) {
		if p.name == "reason" {
			s.fault(p.offset, "a text message must not hold a reason", "take ((reason)) out; it is for emails")
		}
	}
}

// checkSubject refuses what a subject cannot hold.
func (s *source) checkSubject(parts []part) { s.refuseList(parts, "a subject") }

func (s *source) refuseList(parts []part, where string) {
	for p := range placeholders(parts) {
		if p.name == ListName {
			s.fault(p.offset, where+" cannot hold a list", "take ((list)) out; it is for the body of an email")
		}
	}
}

// placeholders yields every placeholder that is replaced by a value, those in
// optional text included. The pointers lead into parts.
func placeholders(parts []part) func(yield func(*part) bool) {
	return func(yield func(*part) bool) {
		for i := range parts {
			if parts[i].optional() {
				for p := range placeholders(parts[i].inner) {
					if !yield(p) {
						return
					}
				}
				continue
			}
			if parts[i].name != "" && !yield(&parts[i]) {
				return
			}
		}
	}
}

// trial is an email's Markdown put together with stand-ins for its values.
type trial struct {
	markdown []byte
	marks    []mark
}

// mark says which byte of the file a byte of the trial comes from.
type mark struct{ at, offset int }

// try puts parts together: fill writes each value, shown says whether optional
// text is there.
func (t *trial) try(parts []part, shown bool, fill func(b []byte, p *part) []byte) {
	for i := range parts {
		p := &parts[i]
		if p.optional() {
			if shown {
				t.try(p.inner, shown, fill)
			}
			continue
		}
		t.marks = append(t.marks, mark{len(t.markdown), p.offset})
		if p.name == "" {
			t.markdown = append(t.markdown, p.text...)
		} else {
			t.markdown = fill(t.markdown, p)
		}
	}
}

// offset gives the byte of the file for a byte of the trial.
func (t *trial) offset(at int) int {
	i, found := slices.BinarySearchFunc(t.marks, at, func(m mark, at int) int { return m.at - at })
	if !found {
		i--
	}
	if i < 0 {
		return 0
	}
	return t.marks[i].offset + at - t.marks[i].at
}

// checkMarkdown finds where each value stands, so that it can be made safe for
// that place, and refuses words in which none could be.
func (s *source) checkMarkdown(parts []part) {
	s.checkLists(parts)
	if len(s.faults) > 0 {
		return
	}
	s.checkBackslashes(parts)
	if len(s.faults) > 0 {
		return
	}
	s.placeValues(parts)
	if len(s.faults) > 0 {
		return
	}
	s.checkShape(parts)
}

// checkLists marks the lists, and refuses those that do not stand alone on a
// line of their own, where their items would run into other words.
func (s *source) checkLists(parts []part) {
	for p := range placeholders(parts) {
		before := s.text[:p.offset]
		line := s.text[p.offset:]
		line, after, _ := strings.Cut(line, "\n")
		if p.name != ListName {
			continue
		}
		next, _, _ := strings.Cut(after, "\n")
		alone := strings.HasSuffix(before, "\n\n") && strings.HasSuffix(strings.TrimSpace(line), "))") &&
			!strings.Contains(line[2:], "((") && strings.TrimSpace(line[strings.Index(line, "))")+2:]) == "" && strings.TrimSpace(next) == ""
		if !alone {
			s.fault(p.offset, "the list does not stand alone", "put ((list)) on a line of its own, with an empty line before and after it")
			continue
		}
		p.use = useList
	}
}

// checkBackslashes refuses a backslash right before a value: it would take
// away the meaning of the value's own first character.
func (s *source) checkBackslashes(parts []part) {
	for _, shown := range []bool{true, false} {
		var t trial
		t.try(parts, shown, func(b []byte, p *part) []byte {
			run := len(b) - len(bytes.TrimRight(b, `\`))
			if run%2 == 1 && len(s.faults) == 0 {
				s.fault(p.offset, "there is a backslash before this value", "take the backslash out")
			}
			return append(b, 'a')
		})
	}
}

// placeValues finds where in the Markdown each value stands.
func (s *source) placeValues(parts []part) {
	standIn := "hearbackvalue"
	for strings.Contains(strings.ToLower(s.text), standIn) {
		standIn += "x"
	}
	var order []*part
	var t trial
	t.try(parts, true, func(b []byte, p *part) []byte {
		order = append(order, p)
		if p.use == useList {
			b = append(b, "- "...)
		}
		return append(b, numbered(standIn, len(order)-1)...)
	})
	context := parser.NewContext()
	document := commonMark().Parser().Parse(text.NewReader(t.markdown), parser.WithContext(context))
	if len(context.References()) > 0 {
		at := bytes.Index(t.markdown, []byte("]:"))
		s.fault(t.offset(max(at, 0)), "there is a link by reference", "write the link in full, as [words](address)")
		return
	}
	s.refuseNodes(document, &t)
	if len(s.faults) > 0 {
		return
	}
	placed := make([]bool, len(order))
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := node.(type) {
		case *ast.Text:
			if n.Parent().Kind() == ast.KindCodeSpan {
				break
			}
			for i := range order {
				if bytes.Contains(n.Value(t.markdown), numbered(standIn, i)) {
					placed[i] = true
				}
			}
		case *ast.Link:
			for i, p := range order {
				stands := numbered(standIn, i)
				switch {
				case bytes.Equal(n.Destination, stands):
					placed[i], p.use = true, useAddress
				case bytes.Contains(n.Destination, stands):
					placed[i], p.use = true, useInAddress
				}
			}
		}
		return ast.WalkContinue, nil
	})
	for i, p := range order {
		if !placed[i] {
			s.fault(p.offset, "a value cannot stand here, in code or in a link's title", "put it in the text or in a link's address")
		}
	}
}

// numbered is the stand-in of one value. The last letter keeps the first from
// being found in the eleventh.
func numbered(standIn string, i int) []byte {
	return []byte(standIn + strings.Repeat("i", i) + "z")
}

// refuseNodes refuses what an email may not hold at all.
func (s *source) refuseNodes(document ast.Node, t *trial) {
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := node.(type) {
		case *ast.RawHTML:
			if len(s.faults) > 0 && bytes.HasPrefix(t.markdown[n.Segments.At(0).Start:], []byte("</")) {
				break // the tag that it closes has been reported
			}
			s.fault(t.offset(n.Segments.At(0).Start), "HTML is not used in words", "write Markdown, or write \"&lt;\" for the sign <")
		case *ast.HTMLBlock:
			s.fault(t.offset(n.Lines().At(0).Start), "HTML is not used in words", "write Markdown, or write \"&lt;\" for the sign <")
		case *ast.Image:
			s.fault(t.offset(max(n.Pos(), 0)), "pictures are not sent in emails", "say it in words, or link to the picture")
		}
		return ast.WalkContinue, nil
	})
}

// probes are values that would show at once if the look of an email hung on
// what its values say: they begin and end in a letter, a number and a mark.
var probes = [...]string{"1", "(a", "a)", "(a b)", "1. a", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}

// checkShape proves on the probes that no value changes the shape of the email.
func (s *source) checkShape(parts []part) {
	var all []*part
	for p := range placeholders(parts) {
		all = append(all, p)
	}
	for _, shown := range []bool{true, false} {
		plain := shapeWith(parts, shown, nil, "")
		for _, probe := range probes {
			if shapeWith(parts, shown, all, probe) == plain {
				continue
			}
			guilty := all[0]
			for _, p := range all {
				if shapeWith(parts, shown, []*part{p}, probe) != plain {
					guilty = p
					break
				}
			}
			s.fault(guilty.offset, "what this value says would change the look of the email",
				"put a space or a word between it and the sign beside it")
			return
		}
	}
}

// shapeWith gives the shape with a probe for some values and a letter for the rest.
func shapeWith(parts []part, shown bool, probed []*part, probe string) string {
	var t trial
	t.try(parts, shown, func(b []byte, p *part) []byte {
		value := "a"
		if slices.Contains(probed, p) {
			value = probe
		}
		switch p.use {
		case useList:
			b, _ = appendList(b, value, false)
		case useAddress:
			b, _ = appendAddress(b, "https://council.example/"+value)
		case useInAddress:
			b = appendInAddress(b, value)
		default:
			b = appendEscaped(b, value)
		}
		return b
	})
	return shape(t.markdown)
}
