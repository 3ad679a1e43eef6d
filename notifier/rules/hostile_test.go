package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"hearback/notifier/rules"
)

// A small file can stand for a huge one, or ask for endless counting. Each of
// these ends, with a fault; the limits are generous and are not timed here.
func TestHostileBooksEnd(t *testing.T) {
	const head = "council: {name: a, short: b, phone: c}\nworking_time: {bank_holidays: scotland, hours: {mon: [\"09:00-10:00\"]}%s}\n"
	steps := strings.Repeat("*s, ", 5000)
	for name, c := range map[string]struct{ rules, want string }{
		"aliases of aliases": {
			fmt.Sprintf(head, "") + "promises: [&p {name: a, opened_by: enquiry.received, due: 1 day, steps: [&s {at: due, chase: [officer], words: both}, " + steps + "]}, " + strings.Repeat("*p, ", 5000) + "]",
			"more than 200 promises",
		},
		"wide lists in wide lists": {
			fmt.Sprintf(head, "") + "promises: [&p {name: a, opened_by: enquiry.received, due: 1 day, steps: [&s {at: due, chase: [officer], words: both}, " + steps + "]}, " + strings.Repeat("*p, ", 150) + "]",
			"stands for more than a book can hold",
		},
		"a list within itself": {
			fmt.Sprintf(head, "") + "promises: &p [*p, *p]",
			"a promise cannot be a list",
		},
		"steps that are never reached": {
			fmt.Sprintf(head, "") + "promises:\n" + strings.Repeat("  - {name: a, opened_by: move.in, due: 500 working days, steps: ["+strings.Repeat("{at: 5000 working days before due, chase: [officer], words: both}, ", 40)+"]}\n", 100),
			"this step can never be reached",
		},
		"closures without end": {
			fmt.Sprintf(head, ", closures: ["+strings.Repeat("{from: 2026-01-01, to: 2026-12-31, name: a}, ", 5000)+"]") + "promises: []",
			"more than 200 closures",
		},
		"never a working day": {
			fmt.Sprintf(head, ", closures: ["+years()+"]") + "promises: [{name: a, opened_by: move.in, due: 1 working day, steps: [{at: due, chase: [officer], words: both}]}]",
			"ten years are not enough",
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := sound(t)
			files[rulesFile] = c.rules
			book, faults := rules.Load(files.FS())
			found := false
			for _, f := range faults {
				found = found || strings.Contains(f.String(), c.want)
			}
			if book != nil || !found || len(faults) > 1500 {
				t.Errorf("%d faults, none says %q; the first: %v", len(faults), c.want, faults[:min(3, len(faults))])
			}
		})
	}
}

func years() string {
	var closures strings.Builder
	for year := 2020; year < 2090; year++ {
		fmt.Fprintf(&closures, "{from: %d-01-01, to: %d-12-31, name: a}, ", year, year)
	}
	return closures.String()
}
