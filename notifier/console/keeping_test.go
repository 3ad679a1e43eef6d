package console_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/caseload"
	"hearback/notifier/console"
)

// ends is an entry that ends a promise opened so many days ago, answered after a while.
func ends(team, officer string, daysAgo int, after time.Duration, kept bool) notifier.Entry {
	opened := morning().AddDate(0, 0, -daysAgo)
	return notifier.Entry{Case: notifier.Case{Ref: "H-1", Team: team, Officer: officer}, Ended: []notifier.Promise{{Rule: "reply", Enquiry: "q", Channel: "phone",
		Opened: opened, Due: opened.AddDate(0, 0, 7), Ended: &notifier.Ended{At: opened.Add(after), Kept: kept}}}}
}

const aDay = 24 * time.Hour

func (d *district) books() notifier.Books {
	return notifier.Books{Current: d.book}
}

func TestPromisesKept(t *testing.T) {
	d := newDistrict(t, managerOf("north"))
	sound(t, d.get("/keeping"), http.StatusOK, "Hearback has begun to count", "No promise of these weeks has ended and none is late", "No family has waited for more than 10 working days")
	d.tally.Begin(9)
	d.tally.Add(ends("north", "o.jane", 14, 2*aDay, true), d.books())
	d.tally.Add(ends("north", "o.jane", 14, 9*aDay, true), d.books())
	d.tally.Add(ends("north", "o.amir", 14, 3*aDay, false), d.books())
	d.tally.Add(ends("south", "o.lee", 14, 3*aDay, true), d.books())
	d.tally.Reached(5, morning())
	d.put("H-1", "north", "o.jane", 21)
	d.put("H-2", "south", "o.lee", 31)
	m := sound(t, d.get("/keeping"), http.StatusOK, "still counting", "Counted up to Monday 30 November 2026 at 9:30am", "Kept in time 1", "Kept late 1", "Still open, late 1", "Ended without a reply 1",
		"Half of the replies came within 2 working days", "9 in 10 replies came within 7 working days", "By team", "SEND North 1 1 1 2 working days 7 working days",
		"Jane Okafor SEND North 1 1 1", "more than 10 working days", "H-1 Jane Okafor SEND North 15", "Monday 16 November 2026 1 0 1")
	if strings.Contains(m.text, "H-2") || strings.Contains(m.text, "Lee Marsh") || strings.Contains(m.text, "SEND South") {
		t.Errorf("figures of another team: %s", m.text)
	}
	if m.count("svg") != 2 {
		t.Errorf("%d plots", m.count("svg"))
	}
	d.tally.Reached(9, morning())
	m = sound(t, d.get("/keeping?days=15&weeks=4"), http.StatusOK, "Everything is counted", "No family has waited for more than 15 working days")
	sound(t, d.get("/keeping?days=0"), http.StatusUnprocessableEntity, "Working days must be a whole number from 1 to 250")
	sound(t, d.get("/keeping?days=%3Cscript%3E&team=%3Cscript%3E&weeks=x"), http.StatusUnprocessableEntity)
	if text := sound(t, d.get("/keeping?team=south"), http.StatusOK).text; strings.Contains(text, "Lee Marsh") || strings.Contains(text, "H-2") {
		t.Errorf("figures of a team that is not theirs: %s", text)
	}
}

func TestKeepingForASpreadsheet(t *testing.T) {
	d := newDistrict(t, console.Everybody())
	for i, name := range []string{"=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\tx", "\rx", " =1", "＝1", "Zoë, of \"North\"", "<script>"} {
		id := fmt.Sprint("o.", i)
		d.book.Directory.People = append(d.book.Directory.People, notifier.Person{ID: id, Name: name, Team: "north"})
		d.tally.Add(ends("north", id, 14, 2*aDay, true), d.books())
	}
	d.tally.Add(ends("=cmd|' /C calc'!A0", "-2+3", 14, 2*aDay, true), d.books())
	for _, by := range []string{"", "team", "week", "nothing"} {
		w := d.get("/keeping.csv?by=" + by)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
			t.Fatalf("%s: status %d, %v", by, w.Code, w.Header())
		}
		rows, err := csv.NewReader(w.Body).ReadAll()
		if err != nil || len(rows) < 3 {
			t.Fatalf("%s: %d rows, %v", by, len(rows), err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r\n") || strings.HasPrefix(strings.TrimSpace(cell), "=") || strings.HasPrefix(cell, "＝") {
					t.Errorf("%s: the cell %q may run", by, cell)
				}
			}
		}
	}
	if text := d.get("/keeping.csv").Body.String(); !strings.Contains(text, "'=HYPERLINK(1)") || !strings.Contains(text, `"Zoë, of ""North"""`) {
		t.Errorf("the names are not there: %s", text)
	}
	d.who = managerOf("south")
	if text := d.get("/keeping.csv").Body.String(); strings.Contains(text, "north") {
		t.Errorf("figures of another team: %s", text)
	}
}

// Names from the directory and from events are only words.
func TestManagersPagesAndNastyNames(t *testing.T) {
	d := newDistrict(t, console.Everybody())
	d.book.Directory = notifier.Directory{Teams: []notifier.Team{{ID: nasty, Name: nasty}}, People: []notifier.Person{{ID: nasty, Name: nasty, Team: nasty}}}
	opened := morning().AddDate(0, 0, -30)
	d.index.Put(notifier.Case{Ref: "H-1", Team: nasty, Officer: nasty, Away: []notifier.Absence{{Officer: nasty, Cover: nasty}},
		Promises: []notifier.Promise{{Rule: nasty, Enquiry: nasty, Channel: nasty, Opened: opened, Due: opened}}})
	d.tally.Add(ends(nasty, nasty, 14, 2*aDay, true), d.books())
	for _, path := range []string{"/waiting", "/waiting?kind=all", "/waiting?team=%3Cscript%3E", "/keeping", "/staff"} {
		sound(t, d.get(path), http.StatusOK)
	}
	sound(t, d.post("/waiting/hand-over", map[string][]string{"cases": {"H-1", nasty}, "officer": {nasty}}), http.StatusOK)
}

// The pages of a council of 15,000 cases: 50 ms and 60 KB at most.
func BenchmarkManagersPages(b *testing.B) {
	d := newDistrict(b, console.Everybody())
	d.book.Directory = notifier.Directory{}
	for i := range 10 {
		d.book.Directory.Teams = append(d.book.Directory.Teams, notifier.Team{ID: fmt.Sprint("team", i), Name: fmt.Sprint("SEND team ", i)})
	}
	for i := range 75 {
		d.book.Directory.People = append(d.book.Directory.People, notifier.Person{ID: fmt.Sprint("o.", i), Name: fmt.Sprint("Rosalind Pemberley-", i), Team: fmt.Sprint("team", i%10)})
	}
	cases := make([]notifier.Case, 15_000)
	for i := range cases {
		opened := morning().Add(-time.Duration(i) * 5 * time.Minute)
		cases[i] = notifier.Case{Ref: fmt.Sprint("H-", 10_000+i), Team: fmt.Sprint("team", i%10), Officer: fmt.Sprint("o.", i%75), Contacts: []notifier.Contact{{ID: "c1", Name: "Sam Taylor", Told: opened}},
			Promises: []notifier.Promise{{Rule: "reply", Enquiry: "q", Channel: "phone", Opened: opened, Due: opened.AddDate(0, 0, 14), DueDate: calendar.DateOf(opened.AddDate(0, 0, 14), time.UTC), Next: opened.AddDate(0, 0, 14)},
				{Rule: "assessment", Enquiry: "a", Opened: opened, Due: opened.AddDate(0, 0, 140), DueDate: calendar.DateOf(opened.AddDate(0, 0, 140), time.UTC)}}}
		d.tally.Add(ends(cases[i].Team, cases[i].Officer, i%365, time.Duration(i%12)*aDay, true), d.books())
	}
	d.index = caseload.New()
	d.index.Put(cases...)
	d.open(console.Options{})
	for _, path := range []string{"/families?officer=", "/families?officer=&show=all", "/waiting", "/waiting?kind=all", "/waiting?kind=all&state=late", "/find?q=sam+taylor", "/keeping", "/keeping?weeks=52&kind=all", "/staff"} {
		b.Run(path, func(b *testing.B) {
			size := 0
			for b.Loop() {
				w := d.get(path)
				if size = w.Body.Len(); w.Code != http.StatusOK {
					b.Fatalf("status %d", w.Code)
				}
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
