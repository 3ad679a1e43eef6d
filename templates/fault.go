package templates

import (
	"fmt"
	"unicode/utf8"
)

// A Fault is one thing wrong in the files of words, at the place to mend.
type Fault struct {
	File         string // path below the words folder, with forward slashes
	Line, Column int    // from 1; the column counts characters, not bytes
	Problem      string // what is wrong
	Remedy       string // what to do about it
}

// String gives the fault on one line: "file:line:column: problem; remedy".
func (f Fault) String() string {
	return fmt.Sprintf("%s:%d:%d: %s; %s", f.File, f.Line, f.Column, f.Problem, f.Remedy)
}

// source is one file being read, with the faults found in it so far.
type source struct {
	file   string
	text   string // without byte order mark, every line ended by "\n"
	faults []Fault
}

// fault notes a problem at a byte offset of the text.
func (s *source) fault(offset int, problem, remedy string) {
	line, column := place(s.text, offset)
	s.faults = append(s.faults, Fault{
		File: s.file, Line: line, Column: column, Problem: problem, Remedy: remedy,
	})
}

// place turns a byte offset into a line and a column, both from 1.
func place(text string, offset int) (line, column int) {
	line, start := 1, 0
	offset = min(offset, len(text))
	for i := range offset {
		if text[i] == '\n' {
			line, start = line+1, i+1
		}
	}
	return line, utf8.RuneCountInString(text[start:offset]) + 1
}
