package console

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/caseload"
	"hearback/notifier/keeping"
	"hearback/notifier/rehearse/report"
)

const (
	silentDays     = 10 // working days of silence from which a family is named
	silentDaysMost = 250
	silentShown    = 10
	officersShown  = 15
	waitsShown     = 20 // working days that the distribution tells apart
	columnsMost    = 13 // of the plot over time
)

// keepingQuestion is what a manager asks of the figures.
type keepingQuestion struct {
	Team, Kind  string
	Weeks, Days int
	// DaysTyped is what was asked for, and DaysProblem what is wrong with it.
	DaysTyped, DaysProblem string
}

func weekSpans() []int { return []int{4, 13, 26, 52} }

func readQuestion(query url.Values) keepingQuestion {
	q := keepingQuestion{Team: shown(query.Get("team")), Kind: shown(query.Get("kind")), Weeks: 13, Days: silentDays}
	if n, err := strconv.Atoi(query.Get("weeks")); err == nil && slices.Contains(weekSpans(), n) {
		q.Weeks = n
	}
	if q.DaysTyped = strings.TrimSpace(shown(query.Get("days"))); q.DaysTyped != "" {
		n, err := strconv.Atoi(q.DaysTyped)
		if err != nil || n < 1 || n > silentDaysMost {
			q.DaysProblem = "Working days must be a whole number from 1 to 250"
		} else {
			q.Days = n
		}
	}
	if q.DaysTyped == "" {
		q.DaysTyped = strconv.Itoa(q.Days)
	}
	return q
}

// address is a page about the same question.
func (q keepingQuestion) address(path string, more ...string) string {
	query := url.Values{"weeks": {strconv.Itoa(q.Weeks)}, "days": {strconv.Itoa(q.Days)}}
	if q.Team != "" {
		query.Set("team", q.Team)
	}
	if q.Kind != "" {
		query.Set("kind", q.Kind)
	}
	for i := 0; i+1 < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	return path + "?" + query.Encode()
}

// keepingPage is how promises were kept.
type keepingPage struct {
	Question             keepingQuestion
	Teams, Spans, Kinds  []choice
	Errors               []fieldError
	Closed               bool // nothing is counted here
	Counted              string
	Summary              []stateCount
	Median, Ninetieth    string
	ByWeek, ByTeam       grid
	ByOfficer, Waits     grid
	Silent               grid
	SilentCount          int
	WeeksPlot, WaitsPlot template.HTML
	Pager                pager
	Previous, Next       string
	CSVTeam, CSVOfficer  string
	CSVWeek              string
	Period, Left         string
	Nothing              bool
	SilentMore           string
}

// keptLine is the figures of one team or officer.
type keptLine struct {
	Team, Officer string
	keeping.Counts
	OpenLate int
}

// figures are everything that the page and the export show.
type figures struct {
	sums     keeping.Sums
	teams    []keptLine
	officers []keptLine
	weeks    []calendar.Date
	openLate int
	silent   []*caseload.Row // the longest silence first
}

func (c *console) figures(q keepingQuestion) figures {
	days := c.workdays()
	last := keeping.Monday(days.today)
	f := figures{sums: keeping.Sums{}}
	for week := last.AddDays(-7 * (q.Weeks - 1)); week.Compare(last) <= 0; week = week.AddDays(7) {
		f.weeks = append(f.weeks, week)
	}
	teams := c.who.seen()
	if c.options.Keeping != nil {
		f.sums = c.options.Keeping.Sum(keeping.Filter{Teams: teams, Team: q.Team, From: f.weeks[0], AskedOnly: q.Kind != everyKind})
	}
	late := map[keeping.Officer]int{}
	for row := range c.options.Cases.Each(caseload.Filter{Teams: teams, Team: q.Team, AskedOnly: q.Kind != everyKind}) {
		if c.isLateRow(row) {
			late[keeping.Officer{Team: row.Team, ID: row.Officer}]++
			f.openLate++
		}
		if row.Asked() && days.since(row.Opened) > q.Days {
			f.silent = append(f.silent, row)
		}
	}
	slices.SortFunc(f.silent, caseload.LongestFirst)
	f.lines(late)
	return f
}

// lines puts together what was counted and what is still open, by team and by officer.
func (f *figures) lines(late map[keeping.Officer]int) {
	teams, officers := map[string]*keptLine{}, map[keeping.Officer]*keptLine{}
	team := func(id string) *keptLine {
		if teams[id] == nil {
			teams[id] = &keptLine{Team: id}
		}
		return teams[id]
	}
	officer := func(who keeping.Officer) *keptLine {
		if officers[who] == nil {
			officers[who] = &keptLine{Team: who.Team, Officer: who.ID}
		}
		return officers[who]
	}
	for id, counts := range f.sums.Teams {
		team(id).Counts = *counts
	}
	for who, counts := range f.sums.Officers {
		officer(who).Counts = *counts
	}
	for who, n := range late {
		team(who.Team).OpenLate += n
		officer(who).OpenLate += n
	}
	mostLate := func(a, b *keptLine) int {
		return cmp.Or(cmp.Compare(b.OpenLate, a.OpenLate), cmp.Compare(b.Late, a.Late), cmp.Compare(a.Team, b.Team), cmp.Compare(a.Officer, b.Officer))
	}
	for _, line := range slices.SortedFunc(maps.Values(teams), mostLate) {
		f.teams = append(f.teams, *line)
	}
	for _, line := range slices.SortedFunc(maps.Values(officers), mostLate) {
		f.officers = append(f.officers, *line)
	}
}

func (c *console) showKeeping(w http.ResponseWriter, r *http.Request) {
	q := readQuestion(r.URL.Query())
	status := http.StatusOK
	body := keepingPage{Question: q, Closed: c.options.Keeping == nil, Errors: collect("keeping-days", q.DaysProblem), Teams: c.teamChoices(q.Team),
		Kinds: []choice{{"", "Families’ messages only", q.Kind != everyKind}, {everyKind, "Statutory promises too", q.Kind == everyKind}}}
	if len(body.Errors) > 0 {
		status = http.StatusUnprocessableEntity
	}
	for _, n := range weekSpans() {
		body.Spans = append(body.Spans, choice{strconv.Itoa(n), strconv.Itoa(n) + " weeks", n == q.Weeks})
	}
	f := c.figures(q)
	if err := c.fillKeeping(r, &body, f); err != nil {
		c.say(w, http.StatusInternalServerError, "The plots could not be drawn", "This is a fault of Hearback; please report it. The figures can be downloaded at /keeping.csv.")
		return
	}
	c.render(w, status, "keeping", page{Title: "Promises kept", Active: "/keeping", HasFail: len(body.Errors) > 0, Body: body})
}

func (c *console) fillKeeping(r *http.Request, body *keepingPage, f figures) (err error) {
	q, d := body.Question, c.options.Book().Directory
	all := &f.sums.All
	body.Period = "from " + f.weeks[0].Words() + " until today"
	body.Counted = c.countedUntil()
	body.Nothing = all.Kept()+all.Otherwise+f.openLate == 0
	body.Summary = []stateCount{{Words: "kept in time", Count: all.InTime}, {Words: "kept late", Count: all.Late},
		{Words: "still open, late", Count: f.openLate, Link: waitingFilter{Team: q.Team, State: stateLate, Kind: q.Kind}.address("/waiting", 1)},
		{Words: "ended without a reply", Count: all.Otherwise}}
	body.Median, body.Ninetieth = daysWords(all.Waits, 50), daysWords(all.Waits, 90)
	if f.sums.Left > 0 {
		body.Left = countOf(f.sums.Left, "promise has", "promises have") + " found no room in the count and " + map[bool]string{true: "is", false: "are"}[f.sums.Left == 1] + " not among these figures."
	}
	columns := func(first ...gridColumn) []gridColumn {
		return append(first, gridColumn{"Kept in time", true}, gridColumn{"Kept late", true}, gridColumn{"Still open, late", true},
			gridColumn{"Half of replies within", true}, gridColumn{"9 in 10 within", true})
	}
	body.ByTeam = grid{Caption: "By team", Columns: columns(gridColumn{Name: "Team"}), Empty: "No promise of these weeks has ended, and none is late."}
	for _, line := range f.teams {
		body.ByTeam.add(append([]gridCell{textCell(teamTitle(d, line.Team))}, line.cells()...)...)
	}
	officers, pages := paginate(r, "/keeping", f.officers, officersShown)
	body.Pager = pages
	if pages.Page > 1 {
		body.Previous = q.address("/keeping", "page", strconv.Itoa(pages.Page-1))
	}
	if pages.Page < pages.Pages {
		body.Next = q.address("/keeping", "page", strconv.Itoa(pages.Page+1))
	}
	body.ByOfficer = grid{Caption: "By officer", Columns: columns(gridColumn{Name: "Officer"}), Empty: "No officer has kept or missed a promise of these weeks."}
	for _, line := range officers {
		body.ByOfficer.add(append([]gridCell{{Words: staffName(d, line.Officer), Second: teamTitle(d, line.Team)}}, line.cells()...)...)
	}
	body.SilentCount = len(f.silent)
	days := c.workdays()
	body.Silent = grid{Caption: fmt.Sprintf("Families without a reply for more than %s, the longest first", workingDayWords(q.Days)),
		Columns: []gridColumn{{Name: "Case"}, {Name: "With"}, {"Working days", true}, {Name: "Since"}}, Empty: "No family has waited for more than " + workingDayWords(q.Days) + " in the teams that you may see."}
	for _, row := range f.silent[:min(len(f.silent), silentShown)] {
		body.Silent.add(gridCell{Words: row.Case, Link: "/cases/" + row.Case}, gridCell{Words: staffName(d, row.Officer), Second: teamTitle(d, row.Team)},
			countCell(days.since(row.Opened)), textCell(calendar.DateOf(row.Opened, c.london).Words()))
	}
	if len(f.silent) > silentShown {
		body.SilentMore = waitingFilter{Team: q.Team}.address("/waiting", 1)
	}
	body.CSVTeam, body.CSVOfficer, body.CSVWeek = q.address("/keeping.csv", "by", "team"), q.address("/keeping.csv", "by", "officer"), q.address("/keeping.csv", "by", "week")
	if body.Nothing || body.Closed {
		return nil
	}
	return body.draw(f)
}

// draw makes the plots, each with its table.
func (body *keepingPage) draw(f figures) (err error) {
	every, title := (len(f.weeks)+columnsMost-1)/columnsMost, "Promises that ended in each week"
	if every > 1 {
		title = fmt.Sprintf("Promises that ended in every %d weeks", every)
	}
	body.ByWeek = grid{Caption: title, Columns: []gridColumn{{Name: "From"}, {"Kept in time", true}, {"Kept late", true}, {"Ended without a reply", true}}}
	bars := &report.Bars{Title: title, Describes: "Columns by time: kept in time, kept late and ended without a reply. The table below has the same figures.",
		Across: "From", Up: "Promises", Series: []report.Series{{Name: "Kept in time"}, {Name: "Kept late"}, {Name: "Ended without a reply"}}}
	for weeks := range slices.Chunk(f.weeks, every) {
		var counts keeping.Counts
		for _, week := range weeks {
			if sum := f.sums.Weeks[week]; sum != nil {
				counts.InTime, counts.Late, counts.Otherwise = counts.InTime+sum.InTime, counts.Late+sum.Late, counts.Otherwise+sum.Otherwise
			}
		}
		week := weeks[0]
		bars.Labels = append(bars.Labels, fmt.Sprintf("%d %s", week.Day, week.Month.String()[:3]))
		for j, n := range []int{counts.InTime, counts.Late, counts.Otherwise} {
			bars.Series[j].Values = append(bars.Series[j].Values, float64(n))
		}
		body.ByWeek.add(textCell(week.Words()), countCell(counts.InTime), countCell(counts.Late), countCell(counts.Otherwise))
	}
	if body.WeeksPlot, err = report.SVG(bars, "weeks"); err != nil {
		return err
	}
	waits := f.sums.All.Waits
	if waits.Count() == 0 {
		body.Waits.Empty = "Nobody has had a reply in these weeks, so there are no waits to show."
		return nil
	}
	body.Waits = grid{Caption: "Working days until a person replied", Columns: []gridColumn{{Name: "Working days"}, {"Replies", true}}}
	plot := &report.Bars{Title: "Working days until a person replied", Describes: "Columns for each number of working days: how many families had their reply after as many. The table below has the same figures.",
		Across: "Working days", Up: "Replies", Series: []report.Series{{Name: "Replies"}}}
	for day := range waitsShown + 1 {
		label, n := strconv.Itoa(day), waits.Within(day, day)
		if day == waitsShown {
			label, n = label+" or more", waits.Within(day, keeping.DaysMost)
		}
		plot.Labels, plot.Series[0].Values = append(plot.Labels, strings.Replace(label, " or more", "+", 1)), append(plot.Series[0].Values, float64(n))
		if n > 0 {
			body.Waits.add(textCell(label), countCell(n))
		}
	}
	body.WaitsPlot, err = report.SVG(plot, "waits")
	return err
}

func (l *keptLine) cells() []gridCell {
	return []gridCell{countCell(l.InTime), countCell(l.Late), countCell(l.OpenLate), textCell(daysWords(l.Waits, 50)), textCell(daysWords(l.Waits, 90))}
}

func daysWords(w keeping.Waits, percent int) string {
	days, ok := w.Percentile(percent)
	switch {
	case !ok:
		return "No replies"
	case days == keeping.DaysMost:
		return "A year or more"
	}
	return workingDayWords(days)
}

// countedUntil says how far the figures reach.
func (c *console) countedUntil() string {
	if c.options.Keeping == nil {
		return ""
	}
	progress := c.options.Keeping.Progress()
	switch {
	case progress.Whole && progress.Until.IsZero():
		return "Nothing has been decided yet, so there is nothing to count."
	case progress.Whole:
		return "Everything is counted. The last decision was made on " + c.moment(progress.Until).Words + "."
	case progress.Until.IsZero():
		return "Hearback has begun to count. Load the page again in a moment."
	}
	return "Hearback is still counting, and these figures are not whole. Counted up to " + c.moment(progress.Until).Words + ". Load the page again in a moment."
}

// exportKeeping gives the figures as a table for a spreadsheet.
func (c *console) exportKeeping(w http.ResponseWriter, r *http.Request) {
	q := readQuestion(r.URL.Query())
	f, d := c.figures(q), c.options.Book().Directory
	by := r.URL.Query().Get("by")
	header := w.Header()
	header.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	header.Set("Content-Disposition", `attachment; filename="promises-kept.csv"`)
	out := csv.NewWriter(w)
	out.UseCRLF = true
	write := func(cells ...string) {
		for i := range cells {
			cells[i] = spreadsheetSafe(cells[i])
		}
		_ = out.Write(cells) // whoever asked has gone
	}
	figures := func(counts keeping.Counts) []string {
		return []string{strconv.Itoa(counts.InTime), strconv.Itoa(counts.Late), strconv.Itoa(counts.Otherwise), percentileCell(counts.Waits, 50), percentileCell(counts.Waits, 90)}
	}
	names := []string{"kept_in_time", "kept_late", "ended_without_reply", "median_working_days", "90th_percentile_working_days"}
	switch by {
	case "week":
		write(append([]string{"week_from"}, names...)...)
		for _, week := range f.weeks {
			var counts keeping.Counts
			if sum := f.sums.Weeks[week]; sum != nil {
				counts = *sum
			}
			write(append([]string{week.String()}, figures(counts)...)...)
		}
	case "team":
		write(append(append([]string{"team", "team_name"}, names...), "open_late")...)
		for _, line := range f.teams {
			write(append(append([]string{line.Team, teamTitle(d, line.Team)}, figures(line.Counts)...), strconv.Itoa(line.OpenLate))...)
		}
	default:
		write(append(append([]string{"team", "team_name", "officer", "officer_name"}, names...), "open_late")...)
		for _, line := range f.officers {
			write(append(append([]string{line.Team, teamTitle(d, line.Team), line.Officer, officerCell(d, line.Officer)}, figures(line.Counts)...), strconv.Itoa(line.OpenLate))...)
		}
	}
	out.Flush()
}

func officerCell(d notifier.Directory, id string) string {
	if id == keeping.Nobody {
		return ""
	}
	return staffName(d, id)
}

func percentileCell(w keeping.Waits, percent int) string {
	days, ok := w.Percentile(percent)
	if !ok {
		return ""
	}
	return strconv.Itoa(days)
}

// spreadsheetSafe is a cell that no spreadsheet takes for a formula.
func spreadsheetSafe(cell string) string {
	if strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r") || strings.HasPrefix(cell, "\n") ||
		strings.ContainsAny(firstOf(strings.TrimSpace(cell)), "=+-@＝＋－＠") {
		return "'" + cell
	}
	return cell
}

func firstOf(text string) string {
	for _, r := range text {
		return string(r)
	}
	return ""
}
