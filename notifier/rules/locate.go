package rules

import (
	"strings"
	"unicode"

	celast "cel.dev/cel-go/common/ast"
	"go.yaml.in/yaml/v3"
)

// locateID gives the place in the file of an expression within a condition.
func (d *document) locateID(n *yaml.Node, ast *celast.AST, id int64) (line, column int) {
	start := ast.SourceInfo().GetStartLocation(id)
	return d.locate(n, start.Line(), start.Column())
}

// locate turns a place within a scalar's value (a line from 1 and a column in
// characters from 0, as CEL counts) into the place in the file where that
// character was typed. YAML may have unfolded lines, dropped indentation and
// undone quotes in between; where the way back is not clear, it gives the place
// of the scalar.
func (d *document) locate(n *yaml.Node, line, column int) (int, int) {
	if line < 1 || column < 0 { // CEL knows no place
		return n.Line, n.Column
	}
	offset, value := 0, []rune(n.Value)
	for at, l := range strings.SplitAfter(n.Value, "\n") {
		if at+1 == line {
			offset += column
			break
		}
		offset += len([]rune(l))
	}
	offset = max(0, min(offset, len(value)))
	c := d.contentOf(n)
	for i := range offset {
		if !unicode.IsSpace(value[i]) && !c.pass(value[i]) {
			return n.Line, n.Column
		}
	}
	if offset < len(value) && !unicode.IsSpace(value[offset]) && !c.reach(value[offset]) {
		return n.Line, n.Column
	}
	return c.line + 1, c.column + 1
}

// cursor walks over a scalar as it was typed.
type cursor struct {
	lines        [][]rune
	line, column int // from 0
	style        yaml.Style
}

// contentOf stands at the first character of a scalar's content.
func (d *document) contentOf(n *yaml.Node) *cursor {
	// A condition is short: what lies beyond these lines is not part of it.
	const most = 200
	c := &cursor{line: n.Line - 1, column: n.Column - 1, style: n.Style}
	for i, l := range d.lines[:min(len(d.lines), n.Line-1+most)] {
		if i < n.Line-1 {
			c.lines = append(c.lines, nil)
			continue
		}
		c.lines = append(c.lines, []rune(l))
	}
	for c.at() == '&' || c.at() == '!' { // an anchor or a tag
		for c.at() != 0 && !unicode.IsSpace(c.at()) {
			c.column++
		}
		for c.at() == ' ' {
			c.column++
		}
	}
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		c.line, c.column = c.line+1, 0
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		c.column++
	}
	return c
}

// at is the character under the cursor, and 0 at the end of a line.
func (c *cursor) at() rune {
	if c.line < 0 || c.line >= len(c.lines) || c.column < 0 || c.column >= len(c.lines[c.line]) {
		return 0
	}
	return c.lines[c.line][c.column]
}

// reach goes to the next character, which must be r, over space and backslashes.
func (c *cursor) reach(r rune) bool {
	for c.line < len(c.lines) {
		switch at := c.at(); {
		case at == 0:
			c.line, c.column = c.line+1, 0
		case at == r && (at != '\\' || c.style&yaml.DoubleQuotedStyle == 0):
			return true
		case at == '\\' && c.style&yaml.DoubleQuotedStyle != 0:
			if c.column++; c.at() == r {
				return true
			}
		case unicode.IsSpace(at):
			c.column++
		default:
			return false
		}
	}
	return false
}

// pass goes over the next character, which must be r.
func (c *cursor) pass(r rune) bool {
	if !c.reach(r) {
		return false
	}
	c.column++
	if r == '\'' && c.style&yaml.SingleQuotedStyle != 0 && c.at() == '\'' {
		c.column++ // typed twice, meant once
	}
	return true
}
