package report

import (
	"encoding/json"
	"io"
	"strconv"
)

// Report is what was found, for people to read.
type Report struct {
	Title string
	// Says are sentences on what was done to find it, each a paragraph.
	Says     []string
	Sections []Section
}

// Section is one question and its answer.
type Section struct {
	Title string
	Says  []string
	// Plots are pictures of what stands in the tables; text leaves them out.
	Plots  []Plot
	Tables []Table
}

// Table is rows of cells, one cell for each column.
type Table struct {
	// Caption says what the table shows, as a page reads it aloud.
	Caption string
	Columns []Column
	Rows    [][]string
	// Empty is said in place of a table without rows.
	Empty string
}

// Column is the head of a column.
type Column struct {
	Name string
	// Number: the cells are figures, which stand to the right.
	Number bool
}

// JSON writes a result for programs, indented.
func JSON(to io.Writer, result any) error {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(result)
}

// Count writes a number with its digits in groups of three.
func Count(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
