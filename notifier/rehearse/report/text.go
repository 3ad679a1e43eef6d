package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// width is where sentences are broken in text, in characters.
const width = 100

// Text writes a report for a terminal.
func Text(to io.Writer, r Report) error {
	out := bufio.NewWriter(to)
	fmt.Fprintln(out, plain(r.Title))
	for _, sentence := range r.Says {
		wrap(out, sentence)
	}
	for _, s := range r.Sections {
		fmt.Fprintf(out, "\n%s\n%s\n", plain(s.Title), strings.Repeat("─", utf8.RuneCountInString(plain(s.Title))))
		for _, sentence := range s.Says {
			wrap(out, sentence)
		}
		for _, t := range s.Tables {
			if t.Caption != "" {
				fmt.Fprintf(out, "\n%s\n", plain(t.Caption))
			}
			table(out, t)
		}
	}
	return out.Flush()
}

// table aligns the columns, figures to the right.
func table(out *bufio.Writer, t Table) {
	if len(t.Rows) == 0 {
		fmt.Fprintf(out, "  %s\n", plain(t.Empty))
		return
	}
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Name
	}
	lines := append([][]string{head}, t.Rows...)
	widths := make([]int, len(t.Columns))
	for _, cells := range lines {
		for i := range min(len(cells), len(widths)) {
			widths[i] = max(widths[i], utf8.RuneCountInString(plain(cells[i])))
		}
	}
	for _, cells := range lines {
		var line strings.Builder
		for i := range min(len(cells), len(widths)) {
			cell := plain(cells[i])
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if t.Columns[i].Number {
				cell = space + cell
			} else {
				cell += space
			}
			line.WriteString("  " + cell)
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}

// wrap breaks a sentence between words.
func wrap(out *bufio.Writer, sentence string) {
	used := 0
	for word := range strings.FieldsSeq(plain(sentence)) {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0:
		case used+1+n > width:
			fmt.Fprintln(out)
			used = 0
		default:
			out.WriteByte(' ')
			used++
		}
		out.WriteString(word)
		used += n
	}
	fmt.Fprintln(out)
}

// plain keeps a cell on its line.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return ' '
		}
		return printable(r)
	}, text)
}

// printable makes a space of what a terminal or a browser would obey instead of show:
// names come from outside. Lines may end.
func printable(r rune) rune {
	control := r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0
	turns := r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	if control || turns || r == 0xfffe || r == 0xffff {
		return ' '
	}
	return r
}
