package notifier_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

func TestDatesThatAnEventNames(t *testing.T) {
	rule := notifier.Rule{CountsFrom: "decided_on", Due: calendar.Due{Or: &calendar.Other{From: "issued_on"}}}
	day := func(month time.Month, d int) calendar.Date { return calendar.Date{Year: 2026, Month: month, Day: d} }
	for _, test := range []struct {
		name, data string
		want       map[string]calendar.Date
	}{
		{"both", `{"decided_on":"2026-11-23","issued_on":"2026-12-01","served_on":"2026-12-02"}`,
			map[string]calendar.Date{"decided_on": day(time.November, 23), "issued_on": day(time.December, 1)}},
		{"an instant late on a summer evening is the next London day", `{"decided_on":"2026-07-01T23:30:00Z"}`,
			map[string]calendar.Date{"decided_on": day(time.July, 2)}},
		{"no dates", `{"decided_on":"soon","issued_on":20261201}`, nil},
		{"a date that does not exist", `{"decided_on":"2026-02-30","issued_on":null}`, nil},
		{"no data", ``, nil},
		{"a list", `["2026-11-23"]`, nil},
	} {
		e := happened("e1", "mediation.certificate", "H-1", clock(t, "2026-11-23 09:00"), test.data)
		if got := rule.DatesOf(*e, base().Current.Calendar.Location); !maps.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// What a case says of its dates is counted again from what the ledger kept.
func TestTheWorkingSurvivesTheLedger(t *testing.T) {
	book := *base().Current
	book.Version = "by law"
	book.Rules = []notifier.Rule{{Name: "draft", CountsFrom: "served_on", Statutory: true,
		Due: calendar.Due{Amount: calendar.Amount{N: 15, Unit: calendar.Days}, Way: calendar.Beginning}}}
	books := notifier.Books{Current: &book, Versions: map[string]*notifier.Book{book.Version: &book}}
	p := notifier.Promise{Rule: "draft", Enquiry: "e1", Book: book.Version, Opened: clock(t, "2026-12-01 09:00"),
		Dates: map[string]calendar.Date{"served_on": {Year: 2026, Month: time.November, Day: 23}}}
	stored, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back notifier.Promise
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Counted from Monday 23 November 2026 (the event’s “served on”); that day is day 1.",
		"15 days beginning with that day end on Monday 7 December: every day counts, weekends and bank holidays too.",
		"Due at 5pm on Monday 7 December 2026, when working hours end.",
	}
	if got := books.Working(back); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	// An entry from before there were such dates says so, and is counted all the same.
	var old notifier.Promise
	if err := json.Unmarshal([]byte(`{"rule":"draft","enquiry":"e1","book":"by law","opened":"2026-12-01T09:00:00Z"}`), &old); err != nil {
		t.Fatal(err)
	}
	if got := books.Working(old); len(got) != 4 || got[3] != "Warning: the event does not say “served on”, the date to count from. Check this date." {
		t.Errorf("of an old entry: %q", got)
	}
}
