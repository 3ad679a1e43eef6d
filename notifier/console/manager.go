package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rehearse/report"
)

// managerRoutes are the pages of those who answer for silence.
func managerRoutes() map[string]route {
	return map[string]route{
		"/waiting":           {roles: managers, get: (*console).showWaiting},
		"/waiting/hand-over": {roles: managers, post: (*console).handOver},
		"/keeping":           {roles: managers, get: (*console).showKeeping},
		"/keeping.csv":       {roles: managers, get: (*console).exportKeeping},
		"/staff":             {roles: managers, get: (*console).showStaff},
		"/staff/away":        {roles: managers, post: (*console).recordAway},
	}
}

// grid is a table: a row's first cell names it.
type grid struct {
	Caption string
	Columns []gridColumn
	Rows    [][]gridCell
	// Empty is said in place of a table without rows.
	Empty string
}

type gridColumn struct {
	Name   string
	Number bool
}

type gridCell struct {
	Words, Second, Link string
	Tags                []tag
	Column              gridColumn
}

// add appends a row; each cell knows its column, which a narrow page shows beside it.
func (g *grid) add(cells ...gridCell) {
	for i := range cells {
		cells[i].Column = g.Columns[i]
	}
	g.Rows = append(g.Rows, cells)
}

func textCell(text string) gridCell { return gridCell{Words: text} }

func countCell(n int) gridCell { return gridCell{Words: report.Count(n)} }

// staffName is a member of staff by name, or by id where the directory lacks them.
func staffName(d notifier.Directory, id string) string {
	if person, known := d.Person(id); known && person.Name != "" {
		return person.Name
	}
	return cmp.Or(id, "Nobody yet")
}

// teamTitle is a team by name, or by id where the directory lacks it.
func teamTitle(d notifier.Directory, id string) string {
	if team, known := d.Team(id); known && team.Name != "" {
		return team.Name
	}
	if id == "" || id == notifier.Unassigned {
		return "No team yet"
	}
	return id
}

// teamChoices are the teams that the caller sees.
func (c *console) teamChoices(chosen string) (list []choice) {
	for _, team := range c.options.Book().Directory.Teams {
		if c.who.Sees(team.ID) {
			list = append(list, choice{team.ID, cmp.Or(team.Name, team.ID), team.ID == chosen})
		}
	}
	return list
}

// colleagues are the people of the teams that the caller sees: whom they may give work.
func (c *console) colleagues() (list []notifier.Person) {
	for _, person := range c.options.Book().Directory.People {
		if person.Team != "" && c.who.Sees(person.Team) {
			list = append(list, person)
		}
	}
	slices.SortFunc(list, func(a, b notifier.Person) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return list
}

// colleagueChoices are colleagues of one team, or of every one, to choose from.
func (c *console) colleagueChoices(team, chosen string) (list []choice) {
	for _, person := range c.colleagues() {
		if team == "" || team == person.Team {
			list = append(list, choice{person.ID, cmp.Or(person.Name, person.ID), person.ID == chosen})
		}
	}
	return list
}

// colleague finds one of them.
func (c *console) colleague(id string) (notifier.Person, bool) {
	people := c.colleagues()
	at := slices.IndexFunc(people, func(p notifier.Person) bool { return p.ID == id })
	if at < 0 {
		return notifier.Person{}, false
	}
	return people[at], true
}

// workdays counts working days as the book in force does, and every day where it has
// no calendar. Days that were counted once are remembered.
type workdays struct {
	calendar *calendar.Calendar
	today    calendar.Date
	place    *time.Location
	known    map[calendar.Date]int
}

func (c *console) workdays() *workdays {
	return &workdays{calendar: c.options.Book().Calendar, today: calendar.DateOf(c.options.Now(), c.london), place: c.london, known: map[calendar.Date]int{}}
}

// since is how many working days have passed since an instant.
func (w *workdays) since(from time.Time) int {
	day := calendar.DateOf(from, w.place)
	days, known := w.known[day]
	if !known {
		if w.calendar != nil {
			days = w.calendar.WorkingDaysBetween(day, w.today)
		} else {
			days = int(w.today.At(12, 0, time.UTC).Sub(day.At(12, 0, time.UTC)).Hours() / 24)
		}
		w.known[day] = max(days, 0)
	}
	return w.known[day]
}

// after is the day that comes so many working days after today.
func (w *workdays) after(days int) calendar.Date {
	const farthest = 60 // days of closure in a row, after which every day counts
	day := w.today
	for range farthest {
		if days == 0 {
			return day
		}
		day = day.AddDays(1)
		if w.calendar == nil {
			days--
		} else if works, _ := w.calendar.IsWorkingDay(day); works {
			days--
		}
	}
	return day
}

func workingDayWords(n int) string {
	if n == 1 {
		return "1 working day"
	}
	return strconv.Itoa(n) + " working days"
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return report.Count(n) + " " + many
}

// storedTogether is how many events are stored at once: as many as go in a batch.
const storedTogether = 100

// outcome is what became of one case of a form that is about many.
type outcome struct {
	Case string
	Tag  tag
	Why  string
}

func (o outcome) went() bool { return o.Tag.Class == "on-time" }

// tellAll stores one event for each case, of those that may be told, in their order.
// Each is written down before it is stored.
func (c *console) tellAll(r *http.Request, cases []string, made func(ref string) events.Event) []outcome {
	outcomes := make([]outcome, len(cases))
	for begin := 0; begin < len(cases); begin += storedTogether {
		var all sync.WaitGroup
		for i := begin; i < min(begin+storedTogether, len(cases)); i++ {
			all.Go(func() { outcomes[i] = c.tellOne(r, cases[i], made(cases[i])) })
		}
		all.Wait()
	}
	return outcomes
}

func (c *console) tellOne(r *http.Request, ref string, event events.Event) outcome {
	if team, _, known := c.options.Cases.Team(ref); !known || !c.who.Sees(team) {
		return outcome{ref, tag{"late", "Not changed"}, notYourCase}
	}
	if err := c.accounted(r, ref); err != nil {
		return outcome{ref, tag{"late", "Not changed"}, "Who acts on a case is written down, and that could not be stored. Send it again in a minute."}
	}
	if err := c.publish(r.Context(), event); err != nil {
		return outcome{ref, tag{"late", "Not known"}, "It is not known whether this was stored. Send it again; what was stored already is not counted twice."}
	}
	return outcome{ref, tag{"on-time", "Stored"}, ""}
}

// notYourCase is said of a case of another team and of one that nobody knows alike.
const notYourCase = "It belongs to another team, or nobody has told Hearback of it yet."

// namedCases are the references that a form names, each once.
func namedCases(named []string) (refs []string) {
	for _, ref := range named {
		if ref = strings.TrimSpace(ref); validCase(ref) && !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	return refs
}

// untilMoved waits, for a moment, until the lists show what was stored.
func (c *console) untilMoved(ctx context.Context, moved func() bool) {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	for {
		_, changed := c.options.Cases.Version()
		if moved() {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}
