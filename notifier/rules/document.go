package rules

import (
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// document is one YAML file being read, with the faults found in it so far.
type document struct {
	file   string
	lines  []string // as they stand, without line ends
	faults *collector
	// visits counts the nodes looked at. Aliases let a small file stand for a
	// huge one; this is what bounds it.
	visits int
}

// mostVisits is ten times what the largest council's directory needs.
const mostVisits = 200_000

func (d *document) fault(n *yaml.Node, problem, remedy string) { d.add(n, problem, remedy, false) }

func (d *document) warn(n *yaml.Node, problem, remedy string) { d.add(n, problem, remedy, true) }

func (d *document) add(n *yaml.Node, problem, remedy string, warning bool) {
	d.faults.add(Fault{File: d.file, Line: n.Line, Column: n.Column, Problem: problem, Remedy: remedy, Warning: warning})
}

func (d *document) faultAt(line, column int, problem, remedy string) {
	d.faults.add(Fault{File: d.file, Line: line, Column: column, Problem: problem, Remedy: remedy})
}

// readDocument parses a file. The root is nil where it cannot be read at all.
func readDocument(file, content string, faults *collector) (*document, *yaml.Node) {
	content = strings.TrimPrefix(content, "\ufeff")
	content = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(content)
	d := &document{file: file, faults: faults}
	for line := range strings.Lines(content) {
		d.lines = append(d.lines, strings.TrimSuffix(line, "\n"))
	}
	if !d.isText() {
		return d, nil
	}
	decoder := yaml.NewDecoder(strings.NewReader(content))
	var root, more yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		d.faultAt(1, 1, "this file is empty", "write it as the example book does")
		return d, nil
	case err != nil:
		d.syntax(err)
		return d, nil
	}
	switch err := decoder.Decode(&more); {
	case err == nil:
		d.fault(&more, "a second document begins here", "take the line \"---\" out, so that the file is one document")
		return d, nil // half a file is no ground to judge the rest on
	case !errors.Is(err, io.EOF):
		d.syntax(err)
		return d, nil
	}
	if root.Kind == yaml.DocumentNode && len(root.Content) == 1 {
		return d, root.Content[0]
	}
	return d, nil
}

// isText refuses bytes that are not UTF-8, control characters, and the signs for
// a new line that only some programs show as one.
func (d *document) isText() bool {
	for i, line := range d.lines {
		column := 0
		for at := 0; at < len(line); {
			r, size := utf8.DecodeRuneInString(line[at:])
			column++
			switch {
			case r == utf8.RuneError && size == 1:
				d.faultAt(i+1, column, "this is not UTF-8 text", "save the file as UTF-8")
				return false
			case r != '\t' && unicode.IsControl(r), r == '\u2028', r == '\u2029', r == 0xFFFE, r == 0xFFFF:
				d.faultAt(i+1, column, "there is a control character here", "delete it, or type the line again")
				return false
			}
			at += size
		}
	}
	return true
}

// syntax says in plain words what the YAML parser found.
func (d *document) syntax(err error) {
	line, message := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if found := regexp.MustCompile(`^line (\d+): (.*)$`).FindStringSubmatch(message); found != nil {
		line, _ = strconv.Atoi(found[1])
		message = found[2]
	}
	line = max(1, min(line, len(d.lines)))
	if at, column, ok := d.tabAsIndent(line); ok {
		d.faultAt(at, column, "this line begins with a tab", "indent with spaces: YAML does not take tabs")
		return
	}
	if at, column, ok := d.openQuote(line); ok {
		d.faultAt(at, column, "a quote that opens here is not closed on this line", "close it")
		return
	}
	text := ""
	if len(d.lines) > 0 {
		text = d.lines[line-1]
	}
	column := utf8.RuneCountInString(text[:len(text)-len(strings.TrimLeft(text, " "))]) + 1
	remedy := "look at this line and the one before it: the indentation, the brackets and the quotes"
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		message, remedy = "there is a colon where none may stand", "put the text in quotes, or mend the indentation"
	case strings.Contains(message, "unknown anchor"):
		name := strings.TrimSuffix(strings.TrimPrefix(message, "unknown anchor '"), "' referenced")
		if at, col, ok := d.find("*" + name); ok {
			line, column = at, col
		}
		message, remedy = "nothing is anchored as &"+clip(name), "anchor it before it is used, or put the text in quotes"
	case strings.Contains(message, "cannot start any token"):
		message, remedy = "a value cannot begin with this sign", "put the text in quotes"
	default:
		message = "this is not YAML: " + clip(message)
	}
	d.faultAt(line, column, message, remedy)
}

// tabAsIndent finds a tab that indents the line or one next to it.
func (d *document) tabAsIndent(line int) (at, column int, ok bool) {
	for _, at := range []int{line, line + 1, line - 1} {
		if at < 1 || at > len(d.lines) {
			continue
		}
		text := d.lines[at-1]
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if i := strings.IndexByte(indent, '\t'); i >= 0 && len(indent) < len(text) {
			return at, i + 1, true
		}
	}
	return 0, 0, false
}

// openQuote finds a quote that opened up to a line and did not close where it
// opened: the parser stumbles only where the next one closes it.
func (d *document) openQuote(line int) (at, column int, ok bool) {
	for i, text := range d.lines[:min(line, len(d.lines))] {
		text, _, _ = strings.Cut(text, " #")
		text = strings.ReplaceAll(text, `\"`, "  ")
		if strings.Count(text, `"`)%2 == 1 {
			return i + 1, utf8.RuneCountInString(text[:strings.LastIndex(text, `"`)]) + 1, true
		}
	}
	return 0, 0, false
}

// find gives the first place of a text in the file.
func (d *document) find(text string) (line, column int, ok bool) {
	for i, l := range d.lines {
		if before, _, found := strings.Cut(l, text); found {
			return i + 1, utf8.RuneCountInString(before) + 1, true
		}
	}
	return 0, 0, false
}

// resolve follows an alias to what it stands for. It is nil once the file has
// shown to be larger than any book.
func (d *document) resolve(n *yaml.Node) *yaml.Node {
	if d.visits++; d.visits > mostVisits {
		if d.visits == mostVisits+1 {
			d.fault(n, "this file stands for more than a book can hold", "use fewer aliases (*name), and move what is not the book's elsewhere")
		}
		return nil
	}
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}
