package calendar_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/notifier/calendar"
)

// drawTable is a table of one-off days in some divisions.
func drawTable(t *rapid.T, label string) []byte {
	var content []byte
	for range rapid.IntRange(1, 5).Draw(t, label) {
		day := calendar.Date{Year: 2027, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 9).Draw(t, "day"))
		in := rapid.SampledFrom([][]string{nil, {"scotland"}, {"england-and-wales"}, {"northern-ireland", "scotland"}}).Draw(t, "in")
		one, err := calendar.OneDay(day, rapid.SampledFrom([]string{"Coronation", "Jubilee"}).Draw(t, "name"), in...)
		if err != nil {
			t.Fatalf("%v", err)
		}
		if content, err = calendar.JoinTables(content, one); err != nil {
			t.Fatalf("%v", err)
		}
	}
	return content
}

// A joined table is the same as one merged after the other, for every division, and
// joining it again with either adds nothing.
func TestAJoinedTableIsOneMergedAfterTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, second := drawTable(t, "first"), drawTable(t, "second")
		joined, err := calendar.JoinTables(first, second)
		if err != nil {
			t.Fatalf("%v", err)
		}
		for _, division := range []string{"england-and-wales", "scotland", "northern-ireland", "united-kingdom"} {
			built, err := calendar.BankHolidays(division)
			if err != nil {
				t.Fatalf("%v", err)
			}
			one, err := built.Merge(first)
			if err == nil {
				one, err = one.Merge(second)
			}
			two, err2 := built.Merge(joined)
			if err != nil || err2 != nil {
				t.Fatalf("%v, %v", err, err2)
			}
			for d := (calendar.Date{Year: 2027, Month: 1, Day: 1}); d.Year == 2027; d = d.AddDays(1) {
				a, isA := one.On(d)
				b, isB := two.On(d)
				if isA != isB || a != b && division != "united-kingdom" { // there the name says which part had it first
					t.Fatalf("%s on %s: %q one after the other, %q joined", division, d, a, b)
				}
			}
		}
		for _, again := range [][]byte{first, second} {
			if twice, err := calendar.JoinTables(joined, again); err != nil || !bytes.Equal(twice, joined) {
				t.Fatalf("joined again it is another (%v):\n%s\n%s", err, joined, twice)
			}
		}
	})
}

func TestJoiningWhatIsNoTable(t *testing.T) {
	if _, err := calendar.JoinTables(nil, []byte("{")); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("half a table: %v", err)
	}
	if _, err := calendar.OneDay(calendar.Date{Year: 2027, Month: 5, Day: 3}, " "); err == nil || !strings.Contains(err.Error(), "title") {
		t.Errorf("a day without a name: %v", err)
	}
	if _, err := calendar.OneDay(calendar.Date{Year: 2027, Month: 5, Day: 3}, "Coronation", "wales"); err == nil || !strings.Contains(err.Error(), "England") && !strings.Contains(err.Error(), "england-and-wales") {
		t.Errorf("a division that is none: %v", err)
	}
}
