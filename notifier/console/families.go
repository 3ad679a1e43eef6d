package console

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"hearback/notifier/calendar"
	"hearback/notifier/caseload"
)

// familiesPerPage is how many promises the list of an officer shows at once.
const familiesPerPage = 20

// families is the list of one officer.
type families struct {
	Heading string
	Officer string
	// Officers are whose lists the caller may look at; none where it is only their own.
	Officers                    []choice
	All                         bool // what no message of a family opened is shown too
	Waiting, Late, Today, Tasks int
	Rows                        []familyRow
	Wordless                    bool // what families wrote cannot be shown
	Pager                       pager
	Stored                      *stored
}

// familyRow is one promise of an officer, with the one next thing to do.
type familyRow struct {
	Case, Enquiry, Duty, Said string
	Officer                   string // where the list is not one officer's
	Asked                     bool
	Since                     moment
	For, Due                  string
	Tags                      []tag
	// Heard says what the family was sent, and whether it arrived.
	Heard string
	Next  next
}

// next is the one next thing to do.
type next struct{ Words, Path, Link string }

func (c *console) showFamilies(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	now := c.options.Now()
	body := families{Heading: "My families", All: query.Get("show") == "all"}
	filter := caseload.Filter{Teams: c.who.seen(), AskedOnly: !body.All}
	_, staffed := c.options.Book().Directory.Person(c.who.ID)
	asked, chosen := query.Get("officer"), query.Has("officer")
	switch {
	case chosen:
		filter.Officer = asked
	case staffed:
		filter.Officer = c.who.ID
	}
	body.Officer = filter.Officer
	if filter.Officer != c.who.ID {
		body.Heading = "Families of every officer"
		if filter.Officer != "" {
			name, _ := c.owner(filter.Officer, "")
			body.Heading = "Families of " + name
		}
	}
	body.Officers = c.listed(filter.Officer)
	rows := c.options.Cases.Rows(filter, caseload.DueFirst)
	tasks := map[string]int{}
	for _, row := range rows {
		body.Waiting++
		tasks[row.Case] = row.Tasks
		switch {
		case late(row, now):
			body.Late++
		case calendar.DateOf(row.Due, c.london) == calendar.DateOf(now, c.london):
			body.Today++
		}
	}
	for _, n := range tasks {
		body.Tasks += n
	}
	keep := url.Values{}
	if chosen {
		keep.Set("officer", asked)
	}
	if body.All {
		keep.Set("show", "all")
	}
	path := "/families"
	var shown []*caseload.Row
	shown, body.Pager = paginate(r, path, rows, familiesPerPage)
	body.Pager.Keep = keep
	var spoke []string
	for _, row := range shown {
		f := c.familyRow(r, row, now)
		if filter.Officer == "" {
			f.Officer, _ = c.owner(row.Officer, "")
		}
		if f.Said != "" {
			spoke = append(spoke, f.Case)
		}
		body.Rows = append(body.Rows, f)
	}
	if !c.accountedFor(r, spoke) {
		body.Wordless = true
		for i := range body.Rows {
			body.Rows[i].Said = ""
		}
	}
	c.render(w, http.StatusOK, "families", page{Title: body.Heading, Active: "/families", Live: true, Body: body})
}

// listed are the officers whose lists the caller may look at.
func (c *console) listed(chosen string) []choice {
	list := c.officers(chosen, "")
	if len(list) < 3 {
		return nil
	}
	list[0] = choice{"", "Every officer", chosen == ""}
	return list
}

func late(row *caseload.Row, now time.Time) bool { return row.Late || now.After(row.Due) }

func (c *console) familyRow(r *http.Request, row *caseload.Row, now time.Time) familyRow {
	f := familyRow{Case: row.Case, Enquiry: row.Enquiry, Duty: c.duty(row.Rule), Asked: row.Asked(), Since: c.moment(row.Opened),
		For: calendar.Elapsed(now.Sub(row.Opened)), Due: row.DueDate.Words(), Tags: c.rowTags(row, now), Heard: c.heard(row), Next: c.next(row, now)}
	if row.Asked() {
		f.Said = c.said(r.Context(), row.Case, row.Enquiry)
	}
	return f
}

// rowTags say where a promise stands.
func (c *console) rowTags(row *caseload.Row, now time.Time) (tags []tag) {
	if row.Urgent {
		tags = append(tags, tag{"late", "Urgent"})
	}
	if row.Unreachable {
		tags = append(tags, tag{"unreached", "Nobody can reach them"})
	}
	switch today := calendar.DateOf(now, c.london); {
	case late(row, now):
		tags = append(tags, tag{"late", "Late"})
	case row.DueDate == today:
		tags = append(tags, tag{"soon", "Due today"})
	case row.DueDate.Compare(today.AddDays(soonDays)) <= 0:
		tags = append(tags, tag{"soon", "Due soon"})
	default:
		tags = append(tags, tag{"on-time", "On time"})
	}
	if row.Again > 0 {
		tags = append(tags, tag{"soon", fmt.Sprintf("Wrote again %s", times(row.Again))})
	}
	return tags
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// heard says what the family was sent, and whether it arrived.
func (c *console) heard(row *caseload.Row) string {
	switch {
	case row.Unreachable:
		return "Somebody of the family could not be reached by any message."
	case row.OnTheirWay > 0:
		return "A message is on its way to them."
	case row.Told.IsZero():
		return "No message has reached them yet."
	}
	return "Last message on " + c.moment(row.Told).Words + "."
}

// next is the one thing that an officer should do next about a promise.
func (c *console) next(row *caseload.Row, now time.Time) next {
	at := "/cases/" + url.PathEscape(row.Case)
	reply := at + "/reply?" + url.Values{"enquiry": {row.Enquiry}}.Encode()
	rule, known := c.options.Book().Rule(row.Rule)
	replies := !known || slices.Contains(rule.KeptBy, "reply.sent")
	today := calendar.DateOf(now, c.london)
	lateBy := c.options.Book().LateBy(row.DueDate, today)
	switch {
	case row.Unreachable:
		return next{"Phone them: no message can reach them.", at, "See the case"}
	case !replies:
		return next{capitalised(cmp.Or(rule.Duty, "do what was promised")) + ", by " + row.DueDate.Words() + ".", at, "See the case"}
	case late(row, now) && lateBy > 0:
		return next{"Reply now: it is " + workingDayWords(lateBy) + " late. If you cannot, give them an honest new date.", reply, "Record the reply"}
	case late(row, now):
		return next{"Reply now: it is late. If you cannot, give them an honest new date.", reply, "Record the reply"}
	case row.Urgent:
		return next{"Call them first: they said that it is urgent.", reply, "Record the reply"}
	case row.Attempts > 0:
		return next{"Call again: nobody answered " + times(row.Attempts) + ".", reply, "Record the reply"}
	case row.DueDate == today:
		return next{"Reply today.", reply, "Record the reply"}
	}
	return next{"Reply by " + row.DueDate.Words() + ".", reply, "Record the reply"}
}
