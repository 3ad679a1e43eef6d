package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/caseload"
	"hearback/notifier/rehearse/report"
)

const (
	// waitingRows is how many rows a page has: what a form hands over at most.
	waitingRows = 25
	// soonWorkingDays is how many working days before its date a promise is due soon.
	soonWorkingDays = 3
)

// The states by which a manager looks, as the address of the page names them.
const (
	stateLate        = "late"
	stateSoon        = "soon"
	stateUnreachable = "unreachable"
	stateNobody      = "nobody"
	stateUrgent      = "urgent"
)

// everyKind wants statutory promises beside what families asked.
const everyKind = "all"

// waitingFilter is what a manager wants to see.
type waitingFilter struct{ Team, Officer, State, Kind string }

func readFilter(query url.Values) waitingFilter {
	return waitingFilter{Team: shown(query.Get("team")), Officer: shown(query.Get("officer")), State: shown(query.Get("state")), Kind: shown(query.Get("kind"))}
}

// address is a page with this filter; page 1 needs no number.
func (f waitingFilter) address(path string, page int) string {
	query := url.Values{}
	for _, pair := range [][2]string{{"team", f.Team}, {"officer", f.Officer}, {"state", f.State}, {"kind", f.Kind}} {
		if pair[1] != "" {
			query.Set(pair[0], pair[1])
		}
	}
	if page > 1 {
		query.Set("page", strconv.Itoa(page))
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// waitingList is the page of who is waiting.
type waitingList struct {
	Filter                            waitingFilter
	Teams, Officers, States, Kinds    []choice
	Counts                            []stateCount
	Rows                              []waitingRow
	Pager                             pager
	PreviousPage, NextPage, HandOver  string
	To                                []choice
	Errors                            []fieldError
	CasesProblem, OfficerProblem      string
	Empty, EmptyHint, EmptyHintPath   string
	Caption                           string
	Kept                              []string // cases that were ticked
	Total                             int
	ShowsRule, ShowsTeam, HasNextStep bool
}

type stateCount struct {
	Words   string
	Count   int
	Link    string
	Current bool
}

// Figure is the count as people write it.
func (s stateCount) Figure() string { return report.Count(s.Count) }

type waitingRow struct {
	Case, Officer, Team, Rule, Channel string
	Since, Told, Next                  moment
	For, Due                           string
	Tags                               []tag
	Ticked                             bool
	First                              bool // of its case on this page: it has the box
}

func (c *console) showWaiting(w http.ResponseWriter, r *http.Request) {
	c.renderWaiting(w, r, http.StatusOK, waitingList{})
}

// renderWaiting fills the list with what the address of the request asks for.
func (c *console) renderWaiting(w http.ResponseWriter, r *http.Request, status int, body waitingList) {
	f := readFilter(r.URL.Query())
	directory := c.options.Book().Directory
	days := c.workdays()
	body.Filter = f
	var rows []*caseload.Row
	body.Counts, rows = c.byState(f, days)
	body.Total = len(rows)
	paged, pages := paginate(r, "/waiting", rows, waitingRows)
	body.Pager = pages
	if pages.Page > 1 {
		body.PreviousPage = f.address("/waiting", pages.Page-1)
	}
	if pages.Page < pages.Pages {
		body.NextPage = f.address("/waiting", pages.Page+1)
	}
	body.HandOver = f.address("/waiting/hand-over", pages.Page)
	body.Teams, body.Officers = c.teamChoices(f.Team), c.colleagueChoices(f.Team, f.Officer)
	body.States = []choice{{stateLate, "Late", false}, {stateSoon, "Due within 3 working days", false}, {stateUnreachable, "Nobody can reach them", false},
		{stateNobody, "Without an officer", false}, {stateUrgent, "Urgent", false}}
	for i := range body.States {
		body.States[i].Chosen = body.States[i].Value == f.State
	}
	body.Kinds = []choice{{"", "Families’ messages only", f.Kind != everyKind}, {everyKind, "Statutory promises too", f.Kind == everyKind}}
	body.ShowsRule = f.Kind == everyKind
	if len(body.To) == 0 {
		body.To = c.colleagueChoices("", "")
	}
	body.Caption = "Who is waiting, the longest wait first"
	seen := map[string]bool{}
	for _, row := range paged {
		shown := c.waitingRow(row, days, directory)
		shown.First, seen[row.Case] = !seen[row.Case], true
		shown.Ticked = slices.Contains(body.Kept, row.Case)
		body.Rows = append(body.Rows, shown)
	}
	if len(rows) == 0 {
		body.Empty, body.EmptyHint, body.EmptyHintPath = c.nobodyWaitsHere(f)
	}
	c.render(w, status, "waiting", page{Title: "Who is waiting", Active: "/waiting", HasFail: len(body.Errors) > 0, Body: body})
}

// states are what a row may be, in the order in which a manager reads them; the first
// is every row.
func (c *console) states(days *workdays) []rowState {
	soon, now := days.after(soonWorkingDays), c.options.Now()
	late := func(r *caseload.Row) bool { return r.Late || !r.Due.IsZero() && now.After(r.Due) }
	return []rowState{
		{"", "waiting", func(*caseload.Row) bool { return true }},
		{stateLate, "late", late},
		{stateSoon, "due within 3 working days", func(r *caseload.Row) bool { return !late(r) && c.dueDate(r).Compare(soon) <= 0 }},
		{stateUnreachable, "that nobody can reach", func(r *caseload.Row) bool { return r.Unreachable }},
		{stateNobody, "without an officer", func(r *caseload.Row) bool { return r.Officer == "" }},
		{stateUrgent, "urgent", func(r *caseload.Row) bool { return r.Urgent }},
	}
}

type rowState struct {
	value, words string
	is           func(*caseload.Row) bool
}

// byState counts the rows of each state and lists those of the one that is wanted, the
// longest wait first.
func (c *console) byState(f waitingFilter, days *workdays) (counts []stateCount, kept []*caseload.Row) {
	states := c.states(days)
	for _, state := range states {
		link := f
		link.State = state.value
		counts = append(counts, stateCount{Words: state.words, Current: state.value == f.State, Link: link.address("/waiting", 1)})
	}
	for row := range c.options.Cases.Each(caseload.Filter{Teams: c.who.seen(), Team: f.Team, Officer: f.Officer, AskedOnly: f.Kind != everyKind}) {
		for i, state := range states {
			if state.is(row) {
				counts[i].Count++
				if state.value == f.State {
					kept = append(kept, row)
				}
			}
		}
	}
	slices.SortFunc(kept, caseload.LongestFirst)
	return counts, kept
}

func (c *console) isLateRow(r *caseload.Row) bool {
	return r.Late || !r.Due.IsZero() && c.options.Now().After(r.Due)
}

func (c *console) dueDate(r *caseload.Row) calendar.Date {
	if r.DueDate.IsZero() {
		return calendar.DateOf(r.Due, c.london)
	}
	return r.DueDate
}

func (c *console) waitingRow(r *caseload.Row, days *workdays, d notifier.Directory) waitingRow {
	row := waitingRow{Case: r.Case, Officer: staffName(d, r.Officer), Team: teamTitle(d, r.Team), Rule: r.Rule, Since: c.moment(r.Opened),
		For: workingDayWords(days.since(r.Opened)), Due: c.dueDate(r).Words(), Tags: c.waitingTags(r, days)}
	if r.Told.IsZero() {
		row.Told.Words = "Never"
	} else {
		row.Told = c.moment(r.Told)
	}
	if !r.Next.IsZero() {
		row.Next = c.moment(r.Next)
	}
	return row
}

// waitingTags say where a promise stands, by working days.
func (c *console) waitingTags(r *caseload.Row, days *workdays) (tags []tag) {
	if r.Urgent {
		tags = append(tags, tag{"late", "Urgent"})
	}
	if r.Unreachable {
		tags = append(tags, tag{"unreached", "Nobody can reach them"})
	}
	switch {
	case c.isLateRow(r):
		tags = append(tags, tag{"late", "Late"})
	case c.dueDate(r).Compare(days.after(soonWorkingDays)) <= 0:
		tags = append(tags, tag{"soon", "Due soon"})
	default:
		tags = append(tags, tag{"on-time", "On time"})
	}
	if r.Postponed {
		tags = append(tags, tag{"ended", "New date given"})
	}
	if r.Again > 0 {
		tags = append(tags, tag{"soon", "Wrote again"})
	}
	return tags
}

// nobodyWaitsHere says why a list is empty, and where to go on.
func (c *console) nobodyWaitsHere(f waitingFilter) (why, hint, path string) {
	switch {
	case f != waitingFilter{} && f != waitingFilter{Kind: f.Kind}:
		return "Nobody waits who fits this choice.", "Show everybody who waits", waitingFilter{Kind: f.Kind}.address("/waiting", 1)
	case c.options.Cases.Size() == 0:
		return "Hearback knows of no case yet. A case is known from the first event about it.", "", ""
	case f.Kind != everyKind:
		return "No family waits for a reply in the teams that you may see.", "Show statutory promises too", waitingFilter{Kind: everyKind}.address("/waiting", 1)
	}
	return "No promise is open in the teams that you may see.", "", ""
}
