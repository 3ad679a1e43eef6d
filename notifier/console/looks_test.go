package console_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hearback/notifier"
	"hearback/notifier/console"
)

// Who reads on a list what families wrote is written down, once a day for each family;
// where that cannot be stored, their words are not shown.
func TestWhoReadsFamiliesWordsIsWrittenDown(t *testing.T) {
	d, c := newDesk()
	trail := &diary{fault: errors.New("the disk is full")}
	now := morning()
	h := console.New(d, d, console.Options{Council: councilName, Now: func() time.Time { return now }, Cases: indexOf(c), Families: d, Trail: trail,
		Who: officer(directory, "o.jane"), Book: func() *notifier.Book { return &notifier.Book{Directory: directory} }})
	list := func() string { return get(h, "/families").Body.String() }
	if page := list(); strings.Contains(page, "class=\"said\"") || !strings.Contains(page, "cannot be shown at the moment") || !strings.Contains(page, "H-10480") {
		t.Errorf("without a trail the page says %s", parseMarkup(t, page).text)
	}
	trail.fault = nil
	if page := list(); !strings.Contains(page, "class=\"said\"") {
		t.Errorf("the page says %s", parseMarkup(t, page).text)
	}
	once := len(trail.entries)
	if once == 0 || trail.entries[0].By != "o.jane" || trail.entries[0].Page != "/families" || trail.entries[0].Act {
		t.Fatalf("written down: %+v", trail.entries)
	}
	if list(); len(trail.entries) != once {
		t.Errorf("the same list again the same day makes %d entries more", len(trail.entries)-once)
	}
	now = now.AddDate(0, 0, 1)
	if list(); len(trail.entries) != 2*once {
		t.Errorf("the next day %d entries are written down, want %d", len(trail.entries)-once, once)
	}
}
