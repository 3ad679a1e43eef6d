package main

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"hearback/deploy"
	"hearback/notifier/rules"
)

// holidaysAhead is how far ahead bank holidays should be known: due dates lie
// within a year.
const holidaysAhead = 365 * 24 * time.Hour

// book tests the book that Hearback would start with.
func (d *doctor) book(now time.Time) {
	var source fs.FS = deploy.Hertfordshire()
	name := "the built-in example book"
	if d.config.BookDir != "" {
		name = d.config.BookDir
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			d.fail("book", name+" is not a folder", "set HEARBACK_BOOK_DIR to the folder that holds rules.yaml")
			return
		}
		source = os.DirFS(name)
	}
	book, faults := rules.Load(source)
	if book == nil {
		wrong := 0
		first := ""
		for _, f := range faults {
			if !f.Warning {
				if wrong++; first == "" {
					first = fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Problem)
				}
			}
		}
		d.fail("book", fmt.Sprintf("%s has %s, first %s", name, count(wrong, "fault"), first), "hearback check lists them all and says what to mend")
		return
	}
	if len(faults) > 0 {
		d.warn("book", fmt.Sprintf("%s has %s", name, count(len(faults), "warning")), "see hearback check")
	} else {
		d.ok("book", fmt.Sprintf("%s has no faults; version %s, %s", name, book.Version, count(len(book.Rules), "promise")))
	}
	last := book.Holidays().Last()
	if last.At(24, 0, book.Calendar.Location).Before(now.Add(holidaysAhead)) {
		d.warn("bank holidays", "the table ends on "+last.Words()+", so later due dates may be wrong", "install a newer Hearback, whose table goes further")
	} else {
		d.ok("bank holidays", "they are known to "+last.Words())
	}
}

// clock tests the time zone here; how right the clock is shows when somebody
// else's is asked (see texts).
func (d *doctor) clock(now time.Time) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		d.fail("clock", "the time zone Europe/London cannot be loaded", "install the time zone data (the package tzdata), or unset ZONEINFO")
		return
	}
	_, winter := time.Date(2026, time.January, 15, 12, 0, 0, 0, london).Zone()
	_, summer := time.Date(2026, time.July, 15, 12, 0, 0, 0, london).Zone()
	if winter != 0 || summer != 3600 {
		d.fail("clock", "the time zone data for Europe/London is wrong", "install newer time zone data (the package tzdata), or unset ZONEINFO")
		return
	}
	detail := "it is " + now.In(london).Format("15:04:05 on Monday 2 January 2006") + " in London"
	if d.config.TwilioAccountSID == "" {
		detail += "; it was compared with nobody, since no Twilio account is set"
	}
	d.ok("clock", detail)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
