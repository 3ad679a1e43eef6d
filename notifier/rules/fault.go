package rules

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"

	"hearback/templates"
)

// Fault is one thing wrong in a book, at the place to mend.
type Fault struct {
	File         string // path within the book, with forward slashes
	Line, Column int    // from 1; the column counts characters, not bytes
	Problem      string // what is wrong
	Remedy       string // what to do about it
	Warning      bool   // the book may be put in force all the same
}

// String gives the fault on one line: "file:line:column: what is wrong; what to do".
func (f Fault) String() string {
	return fmt.Sprintf("%s:%d:%d: %s; %s", f.File, f.Line, f.Column, f.Problem, f.Remedy)
}

// collector gathers faults. What an alias repeats is one fault: it is mended in
// one place.
type collector struct {
	seen     map[Fault]bool
	list     []Fault
	warnings int
}

// Bounds of what one run reports. Nobody mends a thousand faults at once, and a
// stranger's file must not fill the memory. Warnings have a bound of their own,
// so that they cannot crowd out the fault that stops a book.
const (
	mostFaults   = 1000
	mostWarnings = 500
)

func (c *collector) add(f Fault) {
	if c.seen[f] || c.full() && !f.Warning || c.warnings >= mostWarnings && f.Warning {
		return
	}
	if c.seen == nil {
		c.seen = make(map[Fault]bool)
	}
	c.seen[f] = true
	c.list = append(c.list, f)
	if f.Warning {
		c.warnings++
	}
}

// full reports that no more faults are taken in.
func (c *collector) full() bool { return len(c.list)-c.warnings >= mostFaults }

// stop reports a fault that keeps the book from being put in force.
func (c *collector) stop() bool { return len(c.list) > c.warnings }

// addWords takes over what was found in the folder of words.
func (c *collector) addWords(faults []templates.Fault) {
	for _, f := range faults {
		c.add(Fault{File: wordsFolder + "/" + f.File, Line: f.Line, Column: f.Column, Problem: f.Problem, Remedy: f.Remedy})
	}
}

// sorted gives the faults by file, line and column.
func (c *collector) sorted() []Fault {
	slices.SortStableFunc(c.list, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Problem, b.Problem))
	})
	return c.list
}

// clip keeps a fault on one short line, however long the mistake in the file.
func clip(s string) string {
	const most = 60
	for i, n := 0, 0; i < len(s); n++ {
		if n == most {
			return s[:i] + "…"
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return s
}
