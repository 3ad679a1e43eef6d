package bench

import (
	"slices"
	"testing"
)

func TestEveryPageIsLookedAt(t *testing.T) {
	t.Parallel()
	c, err := runConsole(t.Context(), testConfig(t), 60, 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Err(); err != nil {
		t.Error(err)
	}
	if c.Floor <= 0 || c.Published <= 0 || c.Contacts != 600 || len(c.Finds) != len(questions()) || len(c.Pages) < 30 {
		t.Errorf("something was not measured: %+v", c)
	}
	for _, p := range slices.Concat(c.Pages, c.Finds) {
		if p.Median <= 0 || p.First <= 0 || p.Slowest < p.Median || p.Wire <= 0 || p.Looks != 2*p.Addresses || len(p.As) == 0 {
			t.Errorf("something was not measured: %+v", p)
		}
	}
}

func TestPagesAreReadAsABrowserDoes(t *testing.T) {
	m, err := readMarkup([]byte(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>A &amp; B</title></head><body>
<a href="/cases/H-1?enquiry=a&amp;b=c">one<br>two</a> <input name="outside" value="x">
<form action="/as" method="post"><select name="as"><option value="">All &amp; sundry</option>
<option value="o.1" selected>Sam, officer</option></select><textarea name="text">

first &lt;line</textarea><button type="submit" name="do" value="check">Go</button></form>
<form action="/find" method="get"><input type="search" name="q"><input type="checkbox" name="late" value="yes"><input type="checkbox" name="all" value="yes" checked></form>
</body></html>`))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(m.links, []string{"/cases/H-1?enquiry=a&b=c"}) || len(m.forms) != 2 {
		t.Fatalf("%+v", m)
	}
	as, find := m.forms[0], m.forms[1]
	if got := as.values().Encode(); !as.post || as.action != "/as" || got != "as=o.1&text=%0Afirst+%3Cline" {
		t.Errorf("%+v sends %s", as, got)
	}
	if got := find.values().Encode(); find.post || got != "all=yes&q=" || !find.fields[0].typed {
		t.Errorf("%+v sends %s", find, got)
	}
	if want := []option{{"", "All & sundry"}, {"o.1", "Sam, officer"}}; !slices.Equal(as.fields[0].choices, want) {
		t.Errorf("choices %+v", as.fields[0].choices)
	}
	if id, err := player([]byte(`<form action="/as"><select name="as"><option value="o.1">Sam, officer</option><option value="operator">An operator</option></select></form>`), isManager); err == nil {
		t.Errorf("%q is a manager", id)
	}
}

// Of addresses that differ in nothing but which case they are about, only some are
// looked at; what is no page, or has no end, is not.
func TestSomeAddressesOfEachKindAreLookedAt(t *testing.T) {
	w := &walk{known: siteMap(), begins: "/", kinds: map[string]int{}}
	for _, address := range []string{"/", "/#top", "/cases/H-1", "/cases/H-1#now", "/cases/H-2", "/cases/H-3", "/cases/H-4", "/cases/H-4?done=1", "?page=2", "/changes",
		"/assets/console.css", "https://council.example/cases/H-9", "javascript:alert(1)", ":", ""} {
		w.leads("/tasks", address)
	}
	if want := []string{"/", "/cases/H-1", "/cases/H-2", "/cases/H-3", "/cases/H-4?done=1", "/tasks?page=2", "/tasks"}; !slices.Equal(w.waiting, want) {
		t.Errorf("%q are looked at, want %q", w.waiting, want)
	}
	if pageOf(w.known, "/cases/H-1?x=y") != "/cases/{ref}" || pageOf(w.known, "/") != "/" {
		t.Error("an address is not told to be of its page")
	}
}

func TestWhatCannotBeLookedAtIsAFault(t *testing.T) {
	if err := (Console{}).Err(); err != nil {
		t.Errorf("all was looked at, and yet: %v", err)
	}
	for _, c := range []Console{{Unled: []string{"/health"}}, {Refused: []string{"/health as officer: 403"}}} {
		if c.Err() == nil {
			t.Errorf("%+v is no fault", c)
		}
	}
}

func TestPagesAddUp(t *testing.T) {
	one := Page{Path: "/", As: []string{"officer"}, Addresses: 1, Median: 2, Slowest: 9, First: 3, Looks: 4, CPU: 8, Wire: 100}
	other := Page{Path: "/", As: []string{"manager"}, Addresses: 1, Median: 5, Slowest: 6, First: 1, Looks: 4, CPU: 4, Wire: 300}
	sum := Page{}.with(one).with(other).with(other)
	if want := (Page{Path: "/", Addresses: 3, Median: 5, Slowest: 9, First: 3, Looks: 12, CPU: 16, Wire: 300}); !slices.Equal(sum.As, []string{"officer", "manager"}) || sum.Each() != 1 ||
		sum.Median != want.Median || sum.Slowest != want.Slowest || sum.First != want.First || sum.Looks != want.Looks || sum.CPU != want.CPU || sum.Wire != want.Wire || sum.Addresses != want.Addresses {
		t.Errorf("%+v, want %+v", sum, want)
	}
}
