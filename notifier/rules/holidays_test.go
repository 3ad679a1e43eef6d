package rules_test

import (
	"slices"
	"testing"
	"time"

	"hearback/notifier/calendar"
	"hearback/notifier/rules"
)

const addedHolidays = "bank-holidays.json"

func TestABookAddsBankHolidays(t *testing.T) {
	files := sound(t)
	without, _ := rules.Load(files.FS())
	files[addedHolidays] = `{"england-and-wales": {"events": [{"title": "Coronation", "date": "2027-05-10"}]}}`
	book, faults := rules.Load(files.FS())
	if len(faults) > 0 || book == nil {
		t.Fatalf("faults: %v", faults)
	}
	day := calendar.Date{Year: 2027, Month: time.May, Day: 10}
	if _, why := book.Calendar.IsWorkingDay(day); why != "Coronation (bank holiday)" {
		t.Errorf("10 May 2027 is not counted because of %q", why)
	}
	if without.Version == book.Version || book.Version != files.Version() {
		t.Error("the added bank holidays are not part of the book's version")
	}
	bundle, err := rules.Bundle(files.FS())
	if err != nil || bundle[addedHolidays] != files[addedHolidays] {
		t.Errorf("the bundle holds %q, %v", bundle[addedHolidays], err)
	}
}

func TestFaultsInAddedBankHolidays(t *testing.T) {
	for _, test := range []struct{ name, content, want string }{
		{"bank-holidays.json", "{\n \"england\": {\"events\": []}}",
			"bank-holidays.json:2:2: this is no part of the United Kingdom that has bank holidays of its own; write england-and-wales, scotland, northern-ireland"},
		{"bank_holidays.json", "{}", "bank_holidays.json:1:1: this file would not be read; rename it to bank-holidays.json"},
	} {
		files := sound(t)
		files[test.name] = test.content
		_, faults := rules.Load(files.FS())
		var got []string
		for _, f := range faults {
			got = append(got, f.String())
		}
		if !slices.Equal(got, []string{test.want}) {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
