package console

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/caseload"
	"hearback/notifier/keeping"
)

const (
	// awayShown is how many cases of an absence are named before it is recorded.
	awayShown = 50
	// awayDaysMost is how far ahead an absence may begin: a mistyped year would lie
	// beyond it.
	awayDaysMost = 366
	staffShown   = 40
)

// staffPage is who works where, and how much.
type staffPage struct {
	Teams          grid
	People         grid
	Book, Recorded grid
	Pager          pager
	Away           awayForm
	Errors         []fieldError
}

// awayForm is "somebody is away", as it was filled in.
type awayForm struct {
	Officer, Cover  string
	From, To        typedDate
	Officers        []choice
	Covers          []choice
	OfficerProblem  string
	CoverProblem    string
	from, to        calendar.Date
	officer, covers notifier.Person
}

// typedDate is a date in three fields, as it was typed.
type typedDate struct{ Name, Legend, Hint, Day, Month, Year, Problem string }

// read gives the date that was typed, and what is wrong with it. None is typed where
// all fields are empty.
func (d *typedDate) read(form url.Values, required bool) (day calendar.Date) {
	short := func(part string) string {
		text := []rune(shown(strings.TrimSpace(form.Get(d.Name + "-" + part))))
		return string(text[:min(len(text), 10)])
	}
	d.Day, d.Month, d.Year = short("day"), short("month"), short("year")
	if d.Day == "" && d.Month == "" && d.Year == "" {
		if required {
			d.Problem = d.Legend + " must have a day, a month and a year"
		}
		return calendar.Date{}
	}
	year, month, of := typedNumber(d.Year), typedNumber(d.Month), typedNumber(d.Day)
	day, err := calendar.ParseDate(zeroPadded(year, 4) + "-" + zeroPadded(month, 2) + "-" + zeroPadded(of, 2))
	if err != nil {
		d.Problem = d.Legend + " must be a real date, such as 27 3 2027"
		return calendar.Date{}
	}
	return day
}

// typedNumber is a number as somebody types it; 0 for anything else.
func typedNumber(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 9999 {
		return 0
	}
	return n
}

func zeroPadded(n, digits int) string {
	text := strconv.Itoa(n)
	return strings.Repeat("0", max(0, digits-len(text))) + text
}

func newAwayForm() awayForm {
	return awayForm{From: typedDate{Name: "from", Legend: "First day away", Hint: "Such as 27 3 2027."}, To: typedDate{Name: "to", Legend: "Last day away", Hint: "Leave it empty if nobody knows yet."}}
}

// read takes the form, and says what is wrong with it.
func (f *awayForm) read(c *console, form url.Values) []fieldError {
	var known bool
	f.Officer, f.Cover = shown(form.Get("officer")), shown(form.Get("cover"))
	if f.officer, known = c.colleague(f.Officer); !known {
		f.OfficerProblem = "Choose who is away, of the teams that you see"
	}
	if f.Cover != "" {
		if f.covers, known = c.colleague(f.Cover); !known {
			f.CoverProblem = "Choose who stands in, of the teams that you see"
		} else if f.Cover == f.Officer {
			f.CoverProblem = "Somebody else must stand in: choose another person, or leave it to the book"
		}
	}
	f.from, f.to = f.From.read(form, true), f.To.read(form, false)
	today := calendar.DateOf(c.options.Now(), c.london)
	switch {
	case f.From.Problem != "":
	case f.from.Compare(today.AddDays(-awayDaysMost)) < 0 || f.from.Compare(today.AddDays(awayDaysMost)) > 0:
		f.From.Problem = "First day away must be within a year of today. Check the year"
	case f.To.Problem != "" || f.to.IsZero():
	case f.to.Compare(f.from) < 0:
		f.To.Problem = "Last day away must be the first day away or later"
	case f.to.Compare(today) < 0:
		f.To.Problem = "Last day away must be today or later: what is over changes nothing"
	}
	return collect("away-officer", f.OfficerProblem, "away-from-day", f.From.Problem, "away-to-day", f.To.Problem, "away-cover", f.CoverProblem)
}

func (c *console) showStaff(w http.ResponseWriter, r *http.Request) {
	f := newAwayForm()
	today := calendar.DateOf(c.options.Now(), c.london)
	f.From.Day, f.From.Month, f.From.Year = strconv.Itoa(today.Day), strconv.Itoa(int(today.Month)), strconv.Itoa(today.Year)
	c.renderStaff(w, r, http.StatusOK, f, nil)
}

func (c *console) renderStaff(w http.ResponseWriter, r *http.Request, status int, f awayForm, errors []fieldError) {
	d := c.options.Book().Directory
	f.Officers, f.Covers = c.colleagueChoices("", f.Officer), c.colleagueChoices("", f.Cover)
	body := staffPage{Away: f, Errors: errors}
	open, late := map[keeping.Officer]int{}, map[keeping.Officer]int{}
	openTeam, lateTeam := map[string]int{}, map[string]int{}
	for row := range c.options.Cases.Each(caseload.Filter{Teams: c.who.seen()}) {
		who := keeping.Officer{Team: row.Team, ID: row.Officer}
		open[who]++
		openTeam[row.Team]++
		if c.isLateRow(row) {
			late[who]++
			lateTeam[row.Team]++
		}
	}
	load := []gridColumn{{"Open promises", true}, {"Late", true}}
	body.Teams = grid{Caption: "Teams", Columns: append([]gridColumn{{Name: "Team"}, {Name: "Lead"}, {Name: "Manager"}, {Name: "Head of service"}}, load...),
		Empty: "The directory of the book has no team that you may see. Put your teams in directory.yaml, then publish the book."}
	for _, team := range d.Teams {
		if c.who.Sees(team.ID) {
			body.Teams.add(gridCell{Words: teamTitle(d, team.ID), Second: team.Phone}, textCell(roleHolder(d, team.Lead)), textCell(roleHolder(d, team.Manager)), textCell(roleHolder(d, team.HeadOfService)),
				countCell(openTeam[team.ID]), countCell(lateTeam[team.ID]))
		}
	}
	c.listPeople(r, &body, d, open, late)
	c.listAbsences(&body, d)
	c.render(w, status, "staff", page{Title: "Staff", Active: "/staff", HasFail: len(errors) > 0, Body: body})
}

func roleHolder(d notifier.Directory, id string) string {
	if id == "" {
		return "Nobody"
	}
	return staffName(d, id)
}

// listPeople lists officers with their load, the most late first, and whoever has cases
// and does not stand in the directory.
func (c *console) listPeople(r *http.Request, body *staffPage, d notifier.Directory, open, late map[keeping.Officer]int) {
	type line struct {
		keeping.Officer
		role       string
		open, late int
	}
	lines := map[string]*line{}
	for _, person := range d.People {
		if person.Team != "" && c.who.Sees(person.Team) {
			lines[person.ID] = &line{Officer: keeping.Officer{Team: person.Team, ID: person.ID}, role: cmp.Or(person.Role, "officer")}
		}
	}
	for who, n := range open {
		if lines[who.ID] == nil {
			lines[who.ID] = &line{Officer: who, role: "not in the directory"}
		}
		lines[who.ID].open += n
		lines[who.ID].late += late[who]
	}
	if nobody := lines[keeping.Nobody]; nobody != nil {
		nobody.role = "cases without an officer"
	}
	sorted := slices.SortedFunc(maps.Values(lines), func(a, b *line) int {
		return cmp.Or(cmp.Compare(b.late, a.late), cmp.Compare(b.open, a.open), cmp.Compare(a.Team, b.Team), cmp.Compare(a.ID, b.ID))
	})
	body.People = grid{Caption: "People, the most late first", Columns: []gridColumn{{Name: "Name"}, {Name: "Team"}, {"Open promises", true}, {"Late", true}},
		Empty: "The directory of the book has nobody in your teams, and no case has an officer there. Put your officers in directory.yaml, then publish the book."}
	shownNow, pages := paginate(r, "/staff", sorted, staffShown)
	body.Pager = pages
	for _, l := range shownNow {
		name := gridCell{Words: staffName(d, l.ID), Second: strings.ReplaceAll(l.role, "_", " ")}
		if l.open > 0 && l.ID != keeping.Nobody {
			name.Link = waitingFilter{Officer: l.ID, Kind: everyKind}.address("/waiting", 1)
		}
		team := teamTitle(d, l.Team)
		if l.ID == keeping.Nobody {
			team = "Every team that you see"
		}
		body.People.add(name, textCell(team), countCell(l.open), countCell(l.late))
	}
}

// listAbsences lists who is away, by the book and by what was recorded for cases. What
// is over is left out.
func (c *console) listAbsences(body *staffPage, d notifier.Directory) {
	today := calendar.DateOf(c.options.Now(), c.london)
	until := func(a notifier.Absence) string {
		if a.To.IsZero() {
			return "until further notice"
		}
		return a.To.Words()
	}
	body.Book = grid{Caption: "Absences in the book", Columns: []gridColumn{{Name: "Who"}, {Name: "From"}, {Name: "To"}, {Name: "Stands in"}}, Empty: "The book names no absence of your teams that is not over."}
	for _, person := range d.People {
		if !c.who.Sees(person.Team) || person.Team == "" {
			continue
		}
		for _, a := range person.Away {
			if a.To.IsZero() || a.To.Compare(today) >= 0 {
				body.Book.add(textCell(staffName(d, person.ID)), textCell(a.From.Words()), textCell(until(a)), textCell(standsIn(d, a.Cover)))
			}
		}
	}
	recorded := c.options.Cases.Away(caseload.Filter{Teams: c.who.seen()})
	absences := slices.SortedFunc(maps.Keys(recorded), func(a, b notifier.Absence) int {
		return cmp.Or(cmp.Compare(a.Officer, b.Officer), a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.Cover, b.Cover))
	})
	body.Recorded = grid{Caption: "Absences recorded for cases", Columns: []gridColumn{{Name: "Who"}, {Name: "From"}, {Name: "To"}, {Name: "Stands in"}, {"Cases", true}},
		Empty: "No absence is recorded for any case that you may see."}
	for _, a := range absences {
		if len(body.Recorded.Rows) < staffShown && (a.To.IsZero() || a.To.Compare(today) >= 0) {
			body.Recorded.add(textCell(staffName(d, a.Officer)), textCell(a.From.Words()), textCell(until(a)), textCell(standsIn(d, a.Cover)), countCell(recorded[a]))
		}
	}
}

func standsIn(d notifier.Directory, cover string) string {
	if cover == "" {
		return "Whom the book names"
	}
	return staffName(d, cover)
}

// absence is what a manager is about to record, or has recorded.
type absence struct {
	awayForm
	Token string
	Name  string
	Words string // who is away when, and who stands in
	Cases []string
	More  int
	Total int
	Done  bool
	Went  int
	Stays []outcome
}

// recordAway shows which cases an absence is recorded for, and records it once somebody
// has seen that.
func (c *console) recordAway(w http.ResponseWriter, r *http.Request) {
	form, ok := c.posted(w, r)
	if !ok {
		return
	}
	f := newAwayForm()
	if errors := f.read(c, form); len(errors) > 0 {
		c.renderStaff(w, r, http.StatusUnprocessableEntity, f, errors)
		return
	}
	d := c.options.Book().Directory
	a := absence{awayForm: f, Token: cmp.Or(shownToken(form.Get("token")), newToken()), Name: staffName(d, f.Officer)}
	a.Words = a.Name + " is away from " + f.from.Words()
	if f.to.IsZero() {
		a.Words += " until further notice"
	} else {
		a.Words += " to " + f.to.Words()
	}
	if f.Cover == "" {
		a.Words += "; whom the book names stands in."
	} else {
		a.Words += "; " + staffName(d, f.Cover) + " stands in."
	}
	cases := c.openCases(f.Officer)
	a.Total, a.Cases, a.More = len(cases), cases[:min(len(cases), awayShown)], max(0, len(cases)-awayShown)
	if form.Get("confirm") == "yes" {
		c.carryOutAbsence(r, &a, cases)
	}
	c.render(w, http.StatusOK, "away", page{Title: "An absence of " + a.Name, Active: "/staff", Body: a})
}

// openCases are the cases of an officer that the caller sees and in which a promise is
// open, the longest wait first.
func (c *console) openCases(officer string) (refs []string) {
	known := map[string]bool{}
	for _, row := range c.options.Cases.Rows(caseload.Filter{Teams: c.who.seen(), Officer: officer}, caseload.LongestFirst) {
		if !known[row.Case] {
			known[row.Case] = true
			refs = append(refs, row.Case)
		}
	}
	return refs
}

func (c *console) carryOutAbsence(r *http.Request, a *absence, cases []string) {
	data := events.OfficerAway{Officer: a.Officer, From: a.from.String(), To: a.to.String(), Cover: a.Cover}
	a.Done = true
	for _, o := range c.tellAll(r, cases, func(ref string) events.Event {
		return c.event(events.TypeOfficerAway, ref, eventID(a.Token, ref, data.Officer, data.From, data.To, data.Cover), data)
	}) {
		if o.went() {
			a.Went++
		} else if len(a.Stays) < awayShown {
			a.Stays = append(a.Stays, o)
		}
	}
}
