package templates

import (
	"testing"

	"pgregory.net/rapid"
)

func TestOneNameInManySpellings(t *testing.T) {
	for _, name := range []string{"due date", "duedate", "Due_Date", "DUE-DATE ", " due\tdate"} {
		if got := (Values{name: "today", "due": "no"}).get("due date"); got != "today" {
			t.Errorf("%q: got %q", name, got)
		}
	}
	for _, name := range []string{"due dates", "due dat", "", "\xff", "due\xffdate"} {
		if got := (Values{name: "today"}).get("due date"); got != "" {
			t.Errorf("%q: got %q, want nothing", name, got)
		}
	}
}

func TestSameNameIsFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spelling := rapid.StringOf(rapid.SampledFrom([]rune("aAbBéÉ _-\t")))
		a, b := spelling.Draw(t, "a"), spelling.Draw(t, "b")
		if sameName(a, b) != (fold(a) == fold(b)) {
			t.Fatalf("%q and %q: same %v, folded %q and %q", a, b, sameName(a, b), fold(a), fold(b))
		}
	})
}
