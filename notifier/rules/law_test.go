package rules_test

import (
	"strings"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/notifier/rules"
)

// lawful is the small book with what a promise says of its date put in place of
// "due: 5 working days", and promises the rest as before.
func lawful(t *testing.T, due string) *notifier.Book {
	t.Helper()
	files := sound(t)
	files[rulesFile] = strings.Replace(files[rulesFile], "    due: 5 working days", "    "+strings.ReplaceAll(due, "\n", "\n    "), 1)
	files["bank-holidays.json"] = `{"scotland": {"events": [{"title": "Coronation", "date": "2027-05-10"}]}}`
	book, faults := rules.Load(files.FS())
	for _, f := range faults {
		if !f.Warning {
			t.Error(f)
		}
	}
	if book == nil {
		t.Fatal("no book")
	}
	return book
}

const byLaw = "\nstatutory: true\ncites: a law\n"

func TestLawOfAPromise(t *testing.T) {
	rule, _ := lawful(t, "due: 15 days beginning with the day"+byLaw+"rolls: next working day\ncounts_from: served_on\napplies: {from: 2026-09-01}").Rule("reply")
	if rule.CountsFrom != "served_on" || rule.Due.Way != calendar.Beginning || !rule.Law.RollsOn || rule.Law.Holidays != nil {
		t.Errorf("the rule is %+v", rule)
	}
	for day, want := range map[calendar.Date]bool{
		{Year: 2026, Month: time.August, Day: 31}:   false,
		{Year: 2026, Month: time.September, Day: 1}: true,
		{Year: 2030, Month: time.January, Day: 1}:   true,
	} {
		if rule.AppliesOn(day) != want {
			t.Errorf("on %s it applies: %t", day, !want)
		}
	}
	rule, _ = lawful(t, "due: 5 weeks"+byLaw+"calendar: tribunal\napplies: {until: 2026-09-01}").Rule("reply")
	if rule.Law.Tribunal != calendar.OtherActs || rule.Law.Holidays.Division() != "england-and-wales" || rule.AppliesOn(calendar.Date{Year: 2026, Month: time.September, Day: 2}) {
		t.Errorf("the rule is %+v", rule)
	}
	// What the book adds to the table counts for a statutory promise too.
	rule, _ = lawful(t, "due: 20 working days"+byLaw+"calendar: united-kingdom").Rule("reply")
	if name, _ := rule.Law.Holidays.On(calendar.Date{Year: 2027, Month: time.May, Day: 10}); name != "Coronation (Scotland)" {
		t.Errorf("10 May 2027 is %q", name)
	}
}

func TestLawInWords(t *testing.T) {
	for due, want := range map[string]string{
		"due: 15 days beginning with the day":                                                              "It is due 15 days beginning with the day it opens and",
		"due: 6 weeks\ncounts_from: held_on":                                                               "It is due 6 weeks after “held on” and",
		"due: 5 months before" + byLaw + "counts_from: moves_on":                                           "It is due 5 months before “moves on” and",
		"due: before 15 February" + byLaw + "counts_from: transfer_on":                                     "It is due before 15 February of the year of “transfer on” and",
		"due: 2 months or 1 month from issued_on, whichever is later" + byLaw + "counts_from: decided_on":  "It is due 2 months after “decided on” or 1 month after “issued on”, whichever is later, and",
		"due: 20 working days" + byLaw + "calendar: united-kingdom":                                        "The bank holidays of every part of the United Kingdom do not count as working days; days on which the council is closed do.",
		"due: 1 month" + byLaw + "rolls: next working day\napplies: {from: 2026-09-01, until: 2029-08-31}": "A last day that is no working day gives way to the next that is. This holds for what happens from Tuesday 1 September 2026 to Friday 31 August 2029.",
		"due: 2 months" + byLaw + "calendar: tribunal-appeal":                                              "a last day in August or from 25 December to 1 January gives way to the first working day after",
		"due: 20 working days" + byLaw + "calendar: tribunal\napplies: {until: 2029-08-31}":                "days in August and from 25 December to 1 January are not counted, and a last day that is no working day gives way to the next that is. This holds for what happens up to Friday 31 August 2029.",
	} {
		if got := rules.Explain(lawful(t, due)); !strings.Contains(got, want) {
			t.Errorf("%q: no %q in\n%s", due, want, got)
		}
	}
}

// One promise follows another on the day on which the law changes: no enquiry is
// left without one, until the second ends.
func TestPromisesThatFollowEachOtherLeaveNoGap(t *testing.T) {
	files := sound(t)
	text := files[rulesFile]
	start, end := strings.Index(text, "  - name: reply"), strings.Index(text, "  - name: urgent")
	reply := text[start:end]
	before := strings.Replace(reply, "    due:", "    applies: {until: 2029-08-31}\n    due:", 1)
	after := strings.Replace(strings.Replace(reply, "name: reply", "name: reply-2029", 1), "    due:", "    applies: {from: 2029-09-01}\n    due:", 1)
	files[rulesFile] = text[:start] + before + after + text[end:]
	if _, faults := rules.Load(files.FS()); len(faults) > 0 {
		t.Errorf("faults: %v", faults)
	}
	files[rulesFile] = strings.Replace(files[rulesFile], "from: 2029-09-01", "from: 2029-09-02", 1)
	if _, faults := rules.Load(files.FS()); len(faults) != 1 || !strings.Contains(faults[0].String(), "an enquiry may fit none of the promises") {
		t.Errorf("faults of a book with a day between: %v", faults)
	}
}
