package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/calendar"
)

func TestStaff(t *testing.T) {
	d := newDistrict(t, managerOf("north"))
	d.book.Directory.Teams[0].Lead = "o.jane"
	d.put("H-1", "north", "o.jane", 3)
	d.put("H-2", "north", "o.jane", 21)
	d.put("H-3", "south", "o.lee", 30)
	d.put("H-4", "north", "", 3)
	d.put("H-5", "north", "o.gone", 3)
	d.index.Put(notifier.Case{Ref: "H-6", Team: "north", Away: []notifier.Absence{{Officer: "o.jane", From: calendar.Date{Year: 2026, Month: 12, Day: 1}, Cover: "o.amir"},
		{Officer: "o.jane", From: calendar.Date{Year: 2026, Month: 1, Day: 1}, To: calendar.Date{Year: 2026, Month: 1, Day: 5}}}})
	m := sound(t, d.get("/staff"), http.StatusOK, "SEND North Jane Okafor Nobody Nobody 4 1", "Jane Okafor officer SEND North 2 1", "Amir Hosseini officer SEND North 0 0", "o.gone not in the directory SEND North 1 0",
		"Nobody yet cases without an officer Every team that you see 1 0", "Amir Hosseini Monday 7 December 2026 Friday 18 December 2026 Jane Okafor", "Jane Okafor Tuesday 1 December 2026 until further notice Amir Hosseini 1", "For long absences, put it in the book")
	for _, hidden := range []string{"Lee Marsh", "SEND South", "H-3", "January 2026"} {
		if strings.Contains(m.text, hidden) {
			t.Errorf("the page shows %s: %s", hidden, m.text)
		}
	}
	d.book.Directory = notifier.Directory{}
	sound(t, newDistrict(t, managerOf("west")).get("/staff"), http.StatusOK, "The directory of the book has no team that you may see", "has nobody in your teams", "No absence is recorded")
}

func away(officer, from, to, cover string) url.Values {
	form := url.Values{"officer": {officer}, "cover": {cover}}
	for name, date := range map[string]string{"from": from, "to": to} {
		parts := append(strings.Split(date, "-"), "", "")
		form.Set(name+"-year", parts[0])
		form.Set(name+"-month", parts[1])
		form.Set(name+"-day", parts[2])
	}
	return form
}

func TestRecordAnAbsence(t *testing.T) {
	d := newDistrict(t, managerOf("north"))
	d.council.decide = nil
	for i := range 60 {
		d.put(fmt.Sprint("H-", i), "north", "o.jane", 3)
	}
	d.put("S-1", "south", "o.jane", 3)
	d.put("H-99", "north", "o.amir", 3)
	plan := sound(t, d.post("/staff/away", away("o.jane", "2026-12-1", "2026-12-4", "o.amir")), http.StatusOK,
		"Jane Okafor is away from Tuesday 1 December 2026 to Friday 4 December 2026; Amir Hosseini stands in.", "recorded for 60 cases", "And 10 more", "Record it for 60 cases")
	if len(d.published) > 0 || strings.Contains(plan.text, "S-1") {
		t.Fatalf("stored %d; %s", len(d.published), plan.text)
	}
	form := plan.hidden()
	sound(t, d.post("/staff/away", form), http.StatusOK, "This was stored for 60 of 60 cases")
	sound(t, d.post("/staff/away", form), http.StatusOK)
	ids := map[uint64]bool{}
	for _, e := range d.published {
		ids[e.Identity()] = true
		said, err := events.DataOf[events.OfficerAway](e)
		if err != nil || e.Check(morning()) != nil || said != (events.OfficerAway{Officer: "o.jane", From: "2026-12-01", To: "2026-12-04", Cover: "o.amir"}) || !strings.HasPrefix(e.Case, "H-") || e.Case == "H-99" {
			t.Fatalf("stored %v: %v", e, err)
		}
	}
	if len(ids) != 60 {
		t.Errorf("pressed twice, %d different events were stored for 60 cases", len(ids))
	}
	sound(t, d.post("/staff/away", away("o.jane", "2026-12-1", "", "")), http.StatusOK, "until further notice; whom the book names stands in")
	d.index.Put(notifier.Case{Ref: "H-99", Team: "north", Officer: "o.amir"})
	sound(t, d.post("/staff/away", away("o.amir", "2026-12-1", "", "")), http.StatusOK, "Amir Hosseini has no case in which somebody waits")
	d.council.refuse = fmt.Errorf("no stream")
	sound(t, d.post("/staff/away", form), http.StatusOK, "stored for 0 of 60 cases", "Not all of it was recorded", "Try again")
}

func TestAbsencesThatCannotBe(t *testing.T) {
	d := newDistrict(t, managerOf("north"))
	d.put("H-1", "north", "o.jane", 3)
	for name, test := range map[string]struct {
		form url.Values
		says string
	}{
		"nobody":            {away("", "2026-12-1", "", ""), "Choose who is away, of the teams that you see"},
		"of another team":   {away("o.lee", "2026-12-1", "", ""), "Choose who is away, of the teams that you see"},
		"no date":           {away("o.jane", "", "", ""), "First day away must have a day, a month and a year"},
		"no such date":      {away("o.jane", "2026-2-30", "", ""), "First day away must be a real date"},
		"another year":      {away("o.jane", "2062-12-1", "", ""), "First day away must be within a year of today"},
		"ends before":       {away("o.jane", "2026-12-5", "2026-12-4", ""), "Last day away must be the first day away or later"},
		"is over":           {away("o.jane", "2026-11-5", "2026-11-6", ""), "Last day away must be today or later"},
		"covers themselves": {away("o.jane", "2026-12-1", "", "o.jane"), "Somebody else must stand in"},
		"a made-up cover":   {away("o.jane", "2026-12-1", "", nasty), "Choose who stands in"},
		"a script":          {away("o.jane", nasty, nasty, ""), "First day away must be a real date"},
	} {
		test.form.Set("confirm", "yes")
		t.Run(name, func(t *testing.T) {
			sound(t, d.post("/staff/away", test.form), http.StatusUnprocessableEntity, "There is a problem", test.says)
		})
	}
	if len(d.published) > 0 {
		t.Errorf("stored %v", d.published)
	}
}
