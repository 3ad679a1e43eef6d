// Package explained shows what a book promises as a report: its paragraphs, and each
// promise as a chart and a table of what follows if nobody ever replies.
package explained

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse/report"
	"hearback/notifier/rules"
)

// Hour is when the family of the example gets in touch.
const Hour = 10

// NextMonday is the day of the example where the manager names none.
func NextMonday(today calendar.Date) calendar.Date {
	day := today.AddDays(1)
	for day.Weekday() != time.Monday {
		day = day.AddDays(1)
	}
	return day
}

// Page is what a book promises, with a section for each promise that can open on a day.
func Page(book *notifier.Book, on calendar.Date) report.Report {
	loc := book.Calendar.Location
	at := on.At(Hour, 0, loc)
	hours, promises, _ := strings.Cut(rules.Explain(book), "\n")
	page := report.Report{Title: "What " + book.Council.Name + " promises", Says: []string{
		"Version " + book.Version + " of the book. " + hours,
		fmt.Sprintf("Each chart and table shows what follows if it begins on %s at %s and nobody ever replies.", on.Words(), calendar.Clock(at, loc)),
	}}
	for _, t := range rules.Timelines(book, at) {
		page.Sections = append(page.Sections, section(book, promises, t))
	}
	return page
}

// Promise is one promise of a book as a report of its own; false where there is none of
// the name that can open on the day.
func Promise(book *notifier.Book, name string, on calendar.Date) (report.Report, bool) {
	for _, t := range rules.Timelines(book, on.At(Hour, 0, book.Calendar.Location)) {
		if t.Promise == name {
			_, promises, _ := strings.Cut(rules.Explain(book), "\n")
			return report.Report{Title: name, Sections: []report.Section{section(book, promises, t)}}, true
		}
	}
	return report.Report{}, false
}

// Paragraph is what [rules.Explain] says of one promise, among all its paragraphs.
func Paragraph(promises, name string) (said []string) {
	for paragraph := range strings.SplitSeq(promises, "\n") {
		if strings.HasPrefix(paragraph, fmt.Sprintf("The promise %q ", name)) || name == notifier.TaskRule && strings.HasPrefix(paragraph, "What only a person") {
			said = append(said, paragraph)
		}
	}
	return said
}

func section(book *notifier.Book, promises string, t rules.Timeline) report.Section {
	return report.Section{
		Title:  fmt.Sprintf("%s: due on %s at %s", t.Promise, t.DueDate.Words(), calendar.Clock(t.Due, book.Calendar.Location)),
		Says:   append(Paragraph(promises, t.Promise), strings.Join(t.Working, " ")),
		Plots:  []report.Plot{gantt(book.Calendar, t)},
		Tables: []report.Table{momentsOf(t, book.Calendar)},
	}
}

// momentsOf is a timeline as a table.
func momentsOf(t rules.Timeline, cal *calendar.Calendar) report.Table {
	table := report.Table{Caption: "What follows, day by day", Columns: []report.Column{{Name: "Day"}, {Name: "Time"}, {Name: "What happens"}, {Name: "What the family reads"}}}
	for _, m := range t.Moments {
		clock := calendar.Clock(m.At, cal.Location)
		if m.Kind == rules.MomentClosed {
			clock = "all day"
		}
		table.Rows = append(table.Rows, []string{calendar.DateOf(m.At, cal.Location).Words(), clock, m.Said, m.Message})
	}
	return table
}

// longestByDay is the longest chart, in days, that shows every day that nobody works;
// a longer one shows those that have a name.
const longestByDay = 100

// gantt draws a timeline: the time promised, the time after it, and a line for everybody
// who hears.
func gantt(cal *calendar.Calendar, t rules.Timeline) *report.Timeline {
	end := t.Due
	for _, m := range t.Moments {
		if m.At.After(end) {
			end = m.At
		}
	}
	chart := &report.Timeline{Title: t.Promise, Location: cal.Location, From: calendar.DateOf(t.Opened, cal.Location), To: calendar.DateOf(end, cal.Location).AddDays(1),
		Describes: fmt.Sprintf("A line from %s to %s, with a mark whenever somebody is told or chased; the table below says the same in words.", t.Opened.In(cal.Location).Format("2 January 2006"), end.In(cal.Location).Format("2 January 2006"))}
	chart.Rows = append(chart.Rows, report.Row{Name: "promised", Start: t.Opened, End: t.Due})
	if end.After(t.Due) {
		chart.Rows = append(chart.Rows, report.Row{Name: "late", Start: t.Due, End: end, Late: true})
	}
	for _, m := range t.Moments {
		whom := m.Whom
		if m.Kind == rules.MomentTold {
			whom = []string{notifier.Family}
		} else if m.Kind != rules.MomentChased {
			continue
		}
		for _, who := range whom {
			name := strings.ReplaceAll(who, "_", " ")
			i := slices.IndexFunc(chart.Rows, func(r report.Row) bool { return r.Name == name })
			if i < 0 {
				i, chart.Rows = len(chart.Rows), append(chart.Rows, report.Row{Name: name})
			}
			chart.Rows[i].Marks = append(chart.Rows[i].Marks, report.Mark{At: m.At})
		}
	}
	short := chart.To.Compare(chart.From.AddDays(longestByDay)) <= 0
	for d := chart.From; d.Compare(chart.To) <= 0; d = d.AddDays(1) {
		works, why := cal.IsWorkingDay(d)
		if why == d.Weekday().String() {
			why = ""
		}
		if !works && (short || why != "") {
			chart.Free = append(chart.Free, report.FreeDay{Date: d, Name: why})
		}
	}
	return chart
}
