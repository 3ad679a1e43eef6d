package simulate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"hearback/notifier/calendar"
	"hearback/notifier/rehearse/report"
)

// Report is the result for people to read.
func (r *Result) Report() report.Report {
	return report.Report{
		Title:    fmt.Sprintf("What the book of %s would do", r.Council),
		Says:     r.about(),
		Sections: []report.Section{r.hear(), r.kept(), r.waiting(), r.staffed(), r.tasked(), r.one()},
	}
}

func (r *Result) about() []string {
	staff := fmt.Sprintf("%s officers answer them, as prompt, steady or overloaded people do", report.Count(r.Officers))
	if r.MadeUp > 0 {
		staff += fmt.Sprintf("; %s of these are made up, so that each has about %s cases", report.Count(r.MadeUp), report.Count(r.Plan.Caseload))
	}
	return []string{
		fmt.Sprintf("%s invented cases from %s to %s: %d working days. %s.", report.Count(r.Plan.Cases), r.Plan.From.Words(), r.Plan.To().Words(), r.WorkingDays, staff),
		fmt.Sprintf("Nobody is real. Nobody waits on the first day. Book %s, seed %d: the same again gives the same figures.", r.Book, r.Plan.Seed),
	}
}

func (r *Result) hear() report.Section {
	f := r.Families
	promises := f.AtOnce + f.Later + f.Unheard
	hours := "None came outside contact hours, acknowledgements apart."
	if f.OutsideHours > 0 {
		hours = fmt.Sprintf("%s came outside contact hours and should not have: report this with the book.", report.Count(f.OutsideHours))
	}
	costs := ""
	if f.Pounds > 0 {
		costs = fmt.Sprintf(" Texts and letters cost about £%s.", report.Count(int(math.Round(f.Pounds))))
	}
	return report.Section{
		Title: "What families hear",
		Says: []string{
			fmt.Sprintf("%s families got in touch %s times, and %s times more while they waited. %s families had messages, %s each. %s", report.Count(f.InTouch), report.Count(f.Enquiries), report.Count(f.Again), report.Count(f.Heard), decimal(f.PerFamily), hours),
			fmt.Sprintf("Texts: %s, which cost %s segments. Emails: %s. Letters: %s. Messages that failed, so that another way was tried: %s.%s", report.Count(f.Texts), report.Count(f.Segments), report.Count(f.Emails), report.Count(f.Letters), report.Count(f.Failed), costs),
		},
		Tables: []report.Table{
			{Caption: "Were they heard at once?", Columns: columns("Enquiries", "Number#", "Share#"), Rows: [][]string{
				{"acknowledged within a minute", report.Count(f.AtOnce), percent(100 * share(f.AtOnce, promises))},
				{"acknowledged later", report.Count(f.Later), percent(100 * share(f.Later, promises))},
				{"no message could reach them, so somebody must phone", report.Count(f.Unheard), percent(100 * share(f.Unheard, promises))},
			}},
			{Caption: "Messages to families", Columns: columns("Message", "Number#"), Rows: some([][]string{
				{"we have heard you", report.Count(f.Acknowledged)}, {"our reply is late", report.Count(f.ToldLate)}, {"the date has changed", report.Count(f.Postponed)},
				{"we wait for something from you", report.Count(f.Chased)}, {"other news", report.Count(f.Other)},
			}), Empty: "None."},
		},
	}
}

// some are the rows of which there are any.
func some(rows [][]string) [][]string {
	return slices.DeleteFunc(rows, func(row []string) bool { return row[1] == "0" })
}

func (r *Result) kept() report.Section {
	section := report.Section{Title: "Replies by people", Says: []string{
		"Days are working days from the enquiry to the reply; 0 is the same day. A new date that a person gave counts as the date.",
		"What the law has the council do stands below as duties. Steps for which it gives weeks are done late about half the time, whoever is chased. Elsewhere only messages and chases count them.",
	}}
	heads := columns("", "Opened#", "Answered#", "Waiting#", "Late#", "In time#", "Median#", "9 in 10#", "Longest#")
	for _, of := range []struct {
		head string
		kept []Kept
	}{{"Promise", r.Promises}, {"Team", r.Teams}, {"Duty", r.Duties}} {
		table := report.Table{Caption: "By " + strings.ToLower(of.head), Columns: slices.Clone(heads), Empty: "No promise was opened."}
		table.Columns[0].Name = of.head
		for _, k := range of.kept {
			name := k.Name
			if k.Title != "" {
				name = k.Title
			}
			row := []string{name, report.Count(k.Opened), report.Count(k.Kept), report.Count(k.Open), report.Count(k.Late), percent(k.InTime),
				report.Count(k.Median), report.Count(k.Ninetieth), report.Count(k.Longest)}
			if k.Kept+k.Late == 0 {
				row[5] = "–"
			}
			if k.Kept == 0 {
				row[6], row[7], row[8] = "–", "–", "–"
			}
			table.Rows = append(table.Rows, row)
		}
		section.Tables = append(section.Tables, table)
	}
	return section
}

// mostWaits is the last wait with a row of its own.
const mostWaits = 20

func (r *Result) waiting() report.Section {
	waits := report.Table{Caption: "How long families wait, in working days", Columns: columns("Working days", "Answered then#", "Still waiting#"), Empty: "Nobody got in touch."}
	bars := &report.Bars{Title: "How long families wait", Describes: "Columns of how many enquiries were answered after so many working days, and how many still wait.",
		Across: "working days since they got in touch", Up: "enquiries", Series: []report.Series{{Name: "answered"}, {Name: "still waiting"}}}
	for i, w := range r.Waits {
		name := report.Count(w.WorkingDays)
		if i == mostWaits {
			name += " or more"
			for _, more := range r.Waits[i+1:] {
				w.Replies += more.Replies
				w.Open += more.Open
			}
		}
		waits.Rows = append(waits.Rows, []string{name, report.Count(w.Replies), report.Count(w.Open)})
		bars.Labels = append(bars.Labels, strings.TrimSuffix(name, " or more"))
		bars.Series[0].Values = append(bars.Series[0].Values, float64(w.Replies))
		bars.Series[1].Values = append(bars.Series[1].Values, float64(w.Open))
		if i == mostWaits {
			bars.Labels[i] += "+"
			break
		}
	}
	last := report.Table{Caption: "Who waits longest at the end", Columns: columns("Case", "Promise", "Team", "Officer", "Since", "Due", "Waits#", "Chases#", "Highest"), Empty: "Nobody waits."}
	for _, w := range r.Longest {
		last.Rows = append(last.Rows, []string{w.Case, w.Promise, w.Team, w.Officer, w.Since.Short(), w.Due.Short(), report.Count(w.WorkingDays), report.Count(w.Chases), roleWords(w.Highest)})
	}
	section := report.Section{Title: "How long families wait", Tables: []report.Table{waits, last}}
	if len(r.Waits) > 0 {
		section.Plots = []report.Plot{bars}
	}
	return section
}

func (r *Result) staffed() report.Section {
	rungs := report.Table{Caption: "By rung of the ladder, for each person and working day", Columns: columns("Rung", "People#", "Chases#", "a day each#", "Emails#", "a day each#", "Texts#", "Busiest day", "Chases then#"), Empty: "Nobody was chased."}
	for _, of := range r.Staff {
		rungs.Rows = append(rungs.Rows, []string{roleWords(of.Name), report.Count(of.People), report.Count(of.Chases), decimal(of.PerDay), report.Count(of.Emails), decimal(of.EmailsPerDay), report.Count(of.Texts), day(of.Busiest), report.Count(of.BusiestChases)})
	}
	people := report.Table{Caption: "Who is chased most", Columns: columns("Person", "Role", "Team", "Chases#", "a working day#", "Emails#", "Busiest day", "Chases then#"), Empty: "Nobody was chased."}
	for _, p := range r.People {
		people.Rows = append(people.Rows, []string{p.Name, roleWords(p.Role), p.Team, report.Count(p.Chases), decimal(p.PerDay), report.Count(p.Emails), day(p.Busiest), report.Count(p.BusiestChases)})
	}
	return report.Section{
		Title:  "Whom the book chases",
		Says:   []string{"Chases of one person within a minute go as one email. Chases about tasks count too."},
		Plots:  []report.Plot{r.daily()},
		Tables: []report.Table{rungs, people, r.weekly()},
	}
}

// mostLabels is how many days can be named below a plot.
const mostLabels = 13

// daily are the chases of every working day, by rung.
func (r *Result) daily() *report.Bars {
	bars := &report.Bars{Title: "Chases per working day", Describes: "Columns of how many times officers, team leads, managers and heads of service were chased on each working day.",
		Across: "working day", Up: "chases"}
	for _, rung := range rungNames {
		series := report.Series{Name: roleWords(rung)}
		some := 0
		for _, d := range r.Days {
			if d.Works {
				series.Values = append(series.Values, float64(d.Chases[rung]))
				some += d.Chases[rung]
			}
		}
		if some > 0 {
			bars.Series = append(bars.Series, series)
		}
	}
	every := max((r.WorkingDays+mostLabels-1)/mostLabels, 1)
	for _, d := range r.Days {
		if !d.Works {
			continue
		}
		label := ""
		if len(bars.Labels)%every == 0 {
			label = fmt.Sprintf("%d %s", d.Date.Day, d.Date.Month.String()[:3])
		}
		bars.Labels = append(bars.Labels, label)
	}
	return bars
}

// weekly says the same as daily, week by week, which people can read.
func (r *Result) weekly() report.Table {
	table := report.Table{Caption: "Week by week", Columns: columns("Week from", "Enquiries#", "Replies#", "Officers#", "Leads#", "Managers#", "Heads#", "Others#")}
	var opened, replies int
	var chases [rungs]int
	from := r.Days[0].Date
	for i, d := range r.Days {
		opened, replies = opened+d.Opened, replies+d.Replies
		for j, rung := range rungNames {
			chases[j] += d.Chases[rung]
		}
		if d.Date.Weekday() != 0 && i < len(r.Days)-1 {
			continue
		}
		row := []string{from.Short(), report.Count(opened), report.Count(replies)}
		for _, n := range chases {
			row = append(row, report.Count(n))
		}
		table.Rows = append(table.Rows, row)
		opened, replies, chases, from = 0, 0, [rungs]int{}, d.Date.AddDays(1)
	}
	return table
}

func (r *Result) tasked() report.Section {
	return report.Section{
		Title: "What only people can do",
		Tables: []report.Table{{Caption: "Tasks", Columns: columns("Tasks", "Number#"), Rows: [][]string{
			{"opened", report.Count(r.Tasks.Opened)}, {"done", report.Count(r.Tasks.Done)}, {"no longer needed", report.Count(r.Tasks.Gone)}, {"open at the end", report.Count(r.Tasks.Open)},
		}}},
	}
}

// one tells the life of one promise.
func (r *Result) one() report.Section {
	section := report.Section{Title: "One promise"}
	if r.Example == nil {
		section.Says = []string{"Nobody waits at the end, so there is none to tell."}
		return section
	}
	e := r.Example
	section.Says = []string{fmt.Sprintf("Family %s got in touch on %s and was promised a reply (%s) by %s. They still wait at the end, after %s working days.",
		e.Case, e.Since.Words(), e.Promise, e.Due.Words(), report.Count(e.WorkingDays))}
	table := report.Table{Caption: "What was done until the end", Columns: columns("When", "What", "To")}
	for i, one := range e.Events {
		row := []string{one.Clock + " on " + one.Date.Short(), one.What, roleWords(one.Who)}
		if i > 0 && slices.Equal(row, table.Rows[len(table.Rows)-1]) {
			continue // another contact of the family heard the same
		}
		table.Rows = append(table.Rows, row)
	}
	section.Tables = []report.Table{table}
	section.Plots = []report.Plot{r.timeline()}
	return section
}

func (r *Result) timeline() *report.Timeline {
	e := r.Example
	t := &report.Timeline{Title: "The life of one promise", Describes: fmt.Sprintf("A line from %s to %s for family %s, with a mark for each message to the family and each chase of staff. Days that nobody works are shaded.", e.Since.Words(), r.Plan.To().Words(), e.Case),
		From: e.Since, To: r.Plan.To(), Location: r.location}
	t.Rows = append(t.Rows, report.Row{Name: "promised", Start: e.Opened, End: e.DueAt}, report.Row{Name: "late", Start: e.DueAt, End: r.end, Late: true})
	if !e.DueAt.Before(r.end) {
		t.Rows = t.Rows[:1]
		t.Rows[0].End = r.end
	}
	for _, who := range append([]string{"family"}, rungNames[:]...) {
		row := report.Row{Name: roleWords(who)}
		for _, one := range e.Events {
			if one.Who == who || who == "others" && !slices.Contains(rungNames[:], one.Who) && one.Who != "family" {
				row.Marks = append(row.Marks, report.Mark{At: one.At})
			}
		}
		if len(row.Marks) > 0 {
			t.Rows = append(t.Rows, row)
		}
	}
	for _, d := range r.Days {
		if !d.Works && d.Date.Compare(t.From) >= 0 {
			t.Free = append(t.Free, report.FreeDay{Date: d.Date, Name: d.Why})
		}
	}
	return t
}

// columns reads heads; those that end in # are of figures.
func columns(heads ...string) []report.Column {
	made := make([]report.Column, len(heads))
	for i, h := range heads {
		name, number := strings.CutSuffix(h, "#")
		made[i] = report.Column{Name: name, Number: number}
	}
	return made
}

// roleWords says a rung to people.
func roleWords(role string) string {
	switch role {
	case "":
		return "nobody"
	case "team_lead":
		return "team lead"
	case "head_of_service":
		return "head of service"
	default:
		return role
	}
}

func day(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Short()
}

func decimal(n float64) string { return strconv.FormatFloat(n, 'f', 1, 64) }

func percent(n float64) string { return decimal(n) + " %" }
