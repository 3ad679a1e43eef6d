package report_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"hearback/notifier/rehearse/report"
)

func text(t interface{ Fatal(...any) }, r report.Report) string {
	var out strings.Builder
	if err := report.Text(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestText(t *testing.T) {
	got := text(t, report.Report{
		Title: "What was found",
		Says:  []string{strings.Repeat("A sentence that is long. ", 6)},
		Sections: []report.Section{{
			Title: "Staff",
			Says:  []string{"Chases of one person."},
			Tables: []report.Table{
				{Caption: "By team", Columns: []report.Column{{Name: "Team"}, {Name: "Chases", Number: true}},
					Rows: [][]string{{"SEND Dwyrain Môn", "7"}, {"SEND North", "1,204"}}},
				{Columns: []report.Column{{Name: "Team"}}, Empty: "Nobody was chased."},
			},
		}},
	})
	want := `What was found
A sentence that is long. A sentence that is long. A sentence that is long. A sentence that is long.
A sentence that is long. A sentence that is long.

Staff
─────
Chases of one person.

By team
  Team              Chases
  SEND Dwyrain Môn       7
  SEND North         1,204
  Nobody was chased.
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Names come from a book or from a service: none may leave its line or move the cursor.
func TestTextKeepsToItsLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.String()
		rows := rapid.SliceOf(rapid.SliceOfN(cell, 2, 2)).Draw(t, "rows")
		got := text(t, report.Report{Title: "T", Sections: []report.Section{{Title: "S",
			Tables: []report.Table{{Columns: []report.Column{{Name: cell.Draw(t, "name")}, {Name: "n", Number: true}}, Rows: rows, Empty: "none"}}}}})
		lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
		if want := 4 + 1 + len(rows); len(rows) > 0 && len(lines) != want {
			t.Fatalf("%d lines for %d rows, want %d:\n%q", len(lines), len(rows), want, got)
		}
		for _, line := range lines {
			if i := strings.IndexFunc(line, unicode.IsControl); i >= 0 {
				t.Fatalf("a control character in %q", line)
			}
		}
		for _, line := range lines[4:] {
			if len(rows) > 0 && !utf8.ValidString(line) {
				t.Fatalf("%q is no text", line)
			}
		}
	})
}
