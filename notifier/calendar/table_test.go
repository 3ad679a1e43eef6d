package calendar_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"hearback/notifier/calendar"
	"pgregory.net/rapid"
)

func merged(t tester, h calendar.Holidays, table string) calendar.Holidays {
	t.Helper()
	got, err := h.Merge([]byte(table))
	if err != nil {
		t.Fatalf("Merge: %v", err)
	}
	return got
}

const oneOff = `{"scotland": {"events": [{"title": "World Cup", "date": "2030-06-17"}]},
 "england-and-wales": {"division": "england-and-wales", "events": [{"title": "Coronation", "date": "2027-05-10", "notes": "", "bunting": true}]}}`

func TestMergeAddsOneOffDays(t *testing.T) {
	before := bankHolidays(t, "england-and-wales")
	after := merged(t, before, oneOff)
	name, ok := after.On(date(t, "2027-05-10"))
	mustEqual(t, "the one-off day", name, "Coronation")
	mustEqual(t, "is known", ok, true)
	if _, ok := before.On(date(t, "2027-05-10")); ok {
		t.Error("the holidays that were merged into have changed")
	}
	if _, ok := after.On(date(t, "2030-06-17")); ok {
		t.Error("Scotland's day counts in England")
	}
	mustEqual(t, "last", after.Last(), before.Last())
	all := merged(t, bankHolidays(t, "united-kingdom"), oneOff)
	name, _ = all.On(date(t, "2030-06-17"))
	mustEqual(t, "for the United Kingdom", name, "World Cup (Scotland)")
	mustEqual(t, "one day does not make a year known", all.Last(), date(t, "2028-12-31"))
}

// GOV.UK's file without the old years, with the next one, and in one division's
// own shape.
func TestMergeAddsAYearAndDropsNone(t *testing.T) {
	next := `{"division": "england-and-wales", "events": [
 {"title": "New Year’s Day", "date": "2029-01-01", "notes": "", "bunting": true},
 {"title": "Good Friday", "date": "2029-03-30", "notes": "", "bunting": false},
 {"title": "Easter Monday", "date": "2029-04-02", "notes": "", "bunting": true},
 {"title": "Early May bank holiday", "date": "2029-05-07", "notes": "", "bunting": true},
 {"title": "Spring bank holiday", "date": "2029-05-28", "notes": "", "bunting": true},
 {"title": "Summer bank holiday", "date": "2029-08-27", "notes": "", "bunting": true},
 {"title": "Christmas Day", "date": "2029-12-25", "notes": "", "bunting": true},
 {"title": "Boxing Day", "date": "2029-12-26", "notes": "", "bunting": true}]}`
	after := merged(t, bankHolidays(t, "england-and-wales"), next)
	mustEqual(t, "first", after.First(), date(t, "2019-01-01"))
	mustEqual(t, "last", after.Last(), date(t, "2029-12-31"))
	if _, ok := after.On(date(t, "2019-12-26")); !ok {
		t.Error("a holiday of 2019 is gone")
	}
	mustEqual(t, "Scotland is not known by it", merged(t, bankHolidays(t, "united-kingdom"), next).Last(), date(t, "2028-12-31"))
	skipped := merged(t, bankHolidays(t, "england-and-wales"), strings.ReplaceAll(next, "2029", "2030"))
	mustEqual(t, "a year with a gap before it", skipped.Last(), date(t, "2028-12-31"))
}

func TestMergeNamesThePlaceAndTheRemedy(t *testing.T) {
	for _, test := range []struct{ name, table, place, says string }{
		{"not JSON", "{\n  \"england-and-wales\": }", "line 2, column 24", "gov.uk/bank-holidays.json"},
		{"empty", "", "line 1, column 1", "gov.uk/bank-holidays.json"},
		{"a list", "[]", "line 1", "gov.uk/bank-holidays.json"},
		{"nothing in it", "{}", "line 1", "no bank holidays"},
		{"a web page", "<!DOCTYPE html>", "line 1, column 1", "gov.uk/bank-holidays.json"},
		{"another part", "{\n \"england\": {\"events\": []}}", "line 2, column 2", "england-and-wales"},
		{"a date that does not exist", "{\"scotland\": {\"events\": [\n {\"title\": \"x\", \"date\": \"2027-02-30\"}]}}", "line 2, column 25", "year-month-day"},
		{"no title", `{"scotland": {"events": [{"date": "2027-02-03"}]}}`, "line 1, column 35", "name it"},
		{"a text for a list", `{"scotland": {"events": "none"}}`, "line 1, column 2", "scotland"},
		{"under another's name", `{"scotland": {"division": "northern-ireland", "events": []}}`, "line 1, column 27", "its own name"},
		{"whose is it", `{"events": []}`, "line 1", `"division"`},
		{"issued", `{"issued": "soon", "scotland": {"events": []}}`, "line 1, column 2", "date of issue"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := bankHolidays(t, "united-kingdom").Merge([]byte(test.table))
			if err == nil || !strings.Contains(err.Error(), test.place) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %v, want one at %s that says %q", err, test.place, test.says)
			}
		})
	}
}

// Whatever is merged, in whatever order and however often, nothing is lost and
// the same days come out.
func TestMergeIsOnlyEverMore(t *testing.T) {
	anyTable := rapid.Custom(func(t *rapid.T) string {
		var events []string
		for range rapid.IntRange(0, 12).Draw(t, "events") {
			events = append(events, `{"title": "Day", "date": "`+anyDate().Draw(t, "date").String()+`"}`)
		}
		return `{"` + rapid.SampledFrom([]string{"england-and-wales", "scotland"}).Draw(t, "division") + `": {"events": [` + strings.Join(events, ",") + `]}}`
	})
	built := map[string]calendar.Holidays{}
	for _, division := range []string{"england-and-wales", "scotland", "united-kingdom"} {
		built[division] = bankHolidays(t, division)
	}
	rapid.Check(t, func(t *rapid.T) {
		before := built[rapid.SampledFrom(slices.Sorted(maps.Keys(built))).Draw(t, "division")]
		a, b := anyTable.Draw(t, "a"), anyTable.Draw(t, "b")
		one := merged(t, merged(t, before, a), b)
		for _, d := range before.All() {
			was, _ := before.On(d)
			if is, ok := one.On(d); !ok || is != was {
				t.Fatalf("%s was %q and is %q", d, was, is)
			}
		}
		other := merged(t, merged(t, merged(t, before, b), a), b)
		if len(one.All()) != len(other.All()) || one.First() != other.First() || one.Last() != other.Last() {
			t.Fatalf("merged in another order: %d and %d days, %s to %s and %s to %s", len(one.All()), len(other.All()), one.First(), one.Last(), other.First(), other.Last())
		}
		if one.First() != before.First() || one.Last().Compare(before.Last()) < 0 {
			t.Fatalf("the years that are known shrank to %s to %s", one.First(), one.Last())
		}
	})
}

func TestAYearBeforeTheTableEnds(t *testing.T) {
	holidays := bankHolidays(t, "england-and-wales")
	mustEqual(t, "just in time", holidays.EndsWithinAYear(date(t, "2027-12-31")), false)
	mustEqual(t, "a day later", holidays.EndsWithinAYear(date(t, "2028-01-01")), true)
	mustEqual(t, "none at all", calendar.Holidays{}.EndsWithinAYear(date(t, "2027-01-01")), true)
}

func FuzzMerge(f *testing.F) {
	f.Add([]byte(oneOff))
	f.Add([]byte(`{"events": [], "division": "scotland"}`))
	f.Add([]byte("{\n\"scotland\": {\"events\": [{\"title\": \"é\", \"date\": \"x\"}]}}"))
	before := bankHolidays(f, "united-kingdom")
	f.Fuzz(func(t *testing.T, table []byte) {
		after, err := before.Merge(table)
		if err != nil {
			fault, ok := errors.AsType[*calendar.TableFault](err)
			if !ok || fault.Line < 1 || fault.Column < 1 || fault.Problem == "" || fault.Remedy == "" {
				t.Fatalf("the error is %#v", err)
			}
			return
		}
		if len(after.All()) < len(before.All()) || after.Last().Compare(before.Last()) < 0 {
			t.Fatalf("merging %q lost days", table)
		}
	})
}
