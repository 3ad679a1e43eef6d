package rules_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"hearback/deploy"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
)

// proved is the day from which the tests prove a year.
var proved = calendar.Date{Year: 2026, Month: time.November, Day: 27}

// goodBooks are books of different shapes, each in testdata/good, without any fault.
var goodBooks = []string{"tiny", "duty", "scotland", "leave", "letters"}

// good gives the files of one of them.
func good(t testing.TB, name string) rules.Files {
	t.Helper()
	files, err := rules.Bundle(os.DirFS("testdata/good/" + name))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestNoFalseAlarmOnGoodBooksWhenTheYearBegins(t *testing.T) {
	books := map[string]rules.Files{}
	for _, name := range goodBooks {
		books[name] = good(t, name)
	}
	example, err := rules.Bundle(deploy.Hertfordshire())
	if err != nil {
		t.Fatal(err)
	}
	books["hertfordshire"] = example
	for name, files := range books {
		t.Run(name, func(t *testing.T) {
			for month := range 13 {
				from := calendar.Date{Year: 2026, Month: time.June, Day: 1}.AddMonths(month)
				book, faults := rules.Prove(files.FS(), from)
				for _, f := range faults {
					t.Errorf("from %s: %s (warning: %v)", from, f, f.Warning)
				}
				if book == nil {
					t.Errorf("from %s: no book", from)
				}
			}
		})
	}
}

func TestEachSlipOfTheYearIsFoundAtItsPlace(t *testing.T) {
	for _, b := range unprovedBooks() {
		t.Run(b.name, func(t *testing.T) {
			files, line, column := b.breakBook(t)
			if _, faults := rules.Load(files.FS()); len(faults) > 0 {
				t.Fatalf("Load finds it already: %v", faults)
			}
			book, faults := rules.Prove(files.FS(), proved)
			if len(faults) != 1 {
				t.Fatalf("%d faults, want 1: %v", len(faults), faults)
			}
			problem, remedy, _ := strings.Cut(strings.TrimPrefix(b.want, "warning: "), "; ")
			warning := strings.HasPrefix(b.want, "warning: ")
			want := rules.Fault{File: b.file, Line: line, Column: column, Problem: problem, Remedy: remedy, Warning: warning}
			if faults[0] != want {
				t.Errorf("\ngot  %s (warning: %v)\nwant %s (warning: %v)", faults[0], faults[0].Warning, want, want.Warning)
			}
			if (book != nil) != warning {
				t.Errorf("there is a book: %v", book != nil)
			}
		})
	}
}

func TestDatesBeyondTheTableOfBankHolidays(t *testing.T) {
	for _, c := range []struct {
		book  string
		from  calendar.Date
		place string
		says  string
	}{
		{"tiny", calendar.Date{Year: 2028, Month: time.March, Day: 1}, "rules.yaml:3:1", "the table of bank holidays ends on Sunday 31 December 2028, and the year that is proved on Friday 2 March 2029"},
		{"leave", calendar.Date{Year: 2027, Month: time.December, Day: 20}, "rules.yaml:31:10", "a promise that opens on Saturday 1 January 2028 is due on Monday 1 January 2029"},
	} {
		files := good(t, c.book)
		files[rulesFile] = strings.Replace(files[rulesFile], "due: 14 weeks", "due: 12 months", 1)
		book, faults := rules.Prove(files.FS(), c.from)
		if book == nil || len(faults) != 1 || !faults[0].Warning || !strings.HasPrefix(faults[0].String(), c.place+": ") || !strings.HasPrefix(faults[0].Problem, c.says) {
			t.Errorf("%s from %s: %v", c.book, c.from, faults)
		}
	}
}

// Clocks that the law starts for one event stand for themselves, whatever keeps them.
func TestLawfulClocksOfOneEventAreNoOverlap(t *testing.T) {
	files := good(t, "scotland")
	files[rulesFile] += `  - name: assess
    opened_by: assessment.requested
    kept_by: [assessment.agreed, assessment.refused]
    due: 16 weeks
    statutory: true
    cites: another law
    acknowledge: {words: heard}
    steps:
      - {at: 15 working days before due, chase: [officer], words: soon}
      - {every: 5 working days, from: due, chase: [officer], words: overdue}
`
	if book, faults := rules.Prove(files.FS(), proved); book == nil || len(faults) > 0 {
		t.Errorf("got %v", faults)
	}
}
