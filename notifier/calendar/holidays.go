package calendar

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"time"
)

// published is GOV.UK's table of bank holidays in its own JSON shape, with the
// date of issue added. A new year is added by hand each November, when GOV.UK
// publishes it: add its lines and move the date of issue. Never drop an old
// year: what was received then is counted from it still.
//
//go:embed bank-holidays.json
var published []byte

// Holidays are the bank holidays of one part of the United Kingdom for the
// years that its table covers. A year outside the table is unknown: it is not a
// year without holidays. The zero Holidays know of none and cover no year.
type Holidays struct {
	parts  []part // whose holidays they are
	names  map[Date]string
	days   []Date // the keys of names, in order
	issued Date
	first  Date
	last   Date
}

// part is one division as GOV.UK's table has it.
type part struct {
	division string
	where    string // what follows the name of a holiday that only this part has
	names    map[Date]string
}

// divisions of GOV.UK's table.
func divisions() []string { return []string{"england-and-wales", "scotland", "northern-ireland"} }

// fewestHolidays of a year in any part of the United Kingdom, since 1978. A year
// of which a table names fewer is not complete: what it names are one-off days.
const fewestHolidays = 8

// BankHolidays returns the built-in table of a division, as GOV.UK names it:
// england-and-wales, scotland or northern-ireland; or united-kingdom, which
// holds a day that is a holiday in any of them, as the Freedom of Information
// Act 2000, section 10(6), counts. It reads the table anew at each call: keep
// what it returns.
func BankHolidays(division string) (Holidays, error) {
	var h Holidays
	switch division {
	case "england-and-wales", "scotland", "northern-ireland":
		h.parts = []part{{division: division}}
	case "united-kingdom":
		h.parts = []part{{division: "england-and-wales"}, {division: "scotland", where: " (Scotland)"}, {division: "northern-ireland", where: " (Northern Ireland)"}}
	default:
		return Holidays{}, fmt.Errorf("%q is not a division of bank holidays: write england-and-wales, scotland, northern-ireland or united-kingdom", division)
	}
	built, err := h.Merge(published)
	if err != nil {
		return Holidays{}, fmt.Errorf("the built-in table of bank holidays is damaged; mend bank-holidays.json: %w", err)
	}
	return built, nil
}

// Merge gives the holidays with those of a table in GOV.UK's JSON shape added:
// the whole of gov.uk/bank-holidays.json, one division's file, or a few one-off
// days. It takes what the table says of the divisions that h is made of.
//
// No day is ever taken out and no name changed: GOV.UK drops old years from its
// file, and what was received then is counted from them still. One-off days of a
// year that is otherwise unknown do not make the year known.
//
// The error is a *TableFault.
func (h Holidays) Merge(table []byte) (Holidays, error) {
	read, err := readTable(table)
	if err != nil {
		return Holidays{}, err
	}
	merged := Holidays{names: maps.Clone(h.names), issued: h.issued}
	if merged.names == nil {
		merged.names = make(map[Date]string)
	}
	if read.issued.Compare(merged.issued) > 0 {
		merged.issued = read.issued
	}
	for _, p := range h.parts {
		names := maps.Clone(read.days[p.division])
		if names == nil {
			names = make(map[Date]string, len(p.names))
		}
		maps.Copy(names, p.names)
		merged.parts = append(merged.parts, part{p.division, p.where, names})
		for d, name := range names {
			if _, known := merged.names[d]; !known {
				merged.names[d] = name + p.where
			}
		}
	}
	merged.days = slices.SortedFunc(maps.Keys(merged.names), Date.Compare)
	merged.cover()
	return merged, nil
}

// cover finds the first unbroken run of years of which every part is known.
func (h *Holidays) cover() {
	count := make(map[int]int)
	for i, p := range h.parts {
		own := make(map[int]int)
		for d := range p.names {
			if own[d.Year]++; own[d.Year] == fewestHolidays && count[d.Year] == i {
				count[d.Year]++
			}
		}
	}
	for _, d := range h.days {
		if len(h.parts) == 0 || count[d.Year] < len(h.parts) {
			continue
		}
		if h.first.IsZero() {
			h.first = Date{Year: d.Year, Month: time.January, Day: 1}
		} else if d.Year > h.last.Year+1 {
			return
		}
		h.last = Date{Year: d.Year, Month: time.December, Day: 31}
	}
}

// On returns the name of the bank holiday on d, if it is one.
func (h Holidays) On(d Date) (name string, ok bool) {
	name, ok = h.names[d]
	return name, ok
}

// All lists the bank holidays in order.
func (h Holidays) All() []Date { return slices.Clone(h.days) }

// between lists the bank holidays after from, up to and including to, in order.
func (h Holidays) between(from, to Date) []Date {
	first, found := slices.BinarySearchFunc(h.days, from, Date.Compare)
	if found {
		first++
	}
	last, found := slices.BinarySearchFunc(h.days, to, Date.Compare)
	if found {
		last++
	}
	return h.days[first:max(first, last)]
}

// First is 1 January of the first year that the table covers.
func (h Holidays) First() Date { return h.first }

// Last is 31 December of the last year that the table covers. Later bank
// holidays are not known: GOV.UK publishes about two years ahead.
func (h Holidays) Last() Date { return h.last }

// EndsWithinAYear reports that the table ends less than a year after today: time to
// load a newer one, for a date may be counted a year ahead.
func (h Holidays) EndsWithinAYear(today Date) bool {
	return h.last.Compare(today.AddMonths(12)) < 0
}

// Issued is the day on which GOV.UK last changed the table that was built in.
func (h Holidays) Issued() Date { return h.issued }

// Division is whose holidays they are, as BankHolidays takes it.
func (h Holidays) Division() string {
	if len(h.parts) == 1 {
		return h.parts[0].division
	}
	return "united-kingdom"
}
