package calendar

import (
	_ "embed"
	"encoding/json"
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
	names  map[Date]string
	days   []Date // the keys of names, in order
	issued Date
	first  Date
	last   Date
}

// publishedTable is the file as it stands.
type publishedTable struct {
	Issued          Date              `json:"issued"`
	EnglandAndWales publishedDivision `json:"england-and-wales"`
	Scotland        publishedDivision `json:"scotland"`
	NorthernIreland publishedDivision `json:"northern-ireland"`
}

type publishedDivision struct {
	Events []struct {
		Title string `json:"title"`
		Date  Date   `json:"date"`
	} `json:"events"`
}

// BankHolidays returns the built-in table of a division, as GOV.UK names it:
// england-and-wales, scotland or northern-ireland; or united-kingdom, which
// holds a day that is a holiday in any of them, as the Freedom of Information
// Act 2000, section 10(6), counts. It reads the table anew at each call: keep
// what it returns.
func BankHolidays(division string) (Holidays, error) {
	var table publishedTable
	if err := json.Unmarshal(published, &table); err != nil {
		return Holidays{}, fmt.Errorf("the built-in table of bank holidays is damaged; mend bank-holidays.json: %w", err)
	}
	holidays := Holidays{names: make(map[Date]string), issued: table.Issued}
	switch division {
	case "england-and-wales":
		holidays.add(table.EnglandAndWales, "")
	case "scotland":
		holidays.add(table.Scotland, "")
	case "northern-ireland":
		holidays.add(table.NorthernIreland, "")
	case "united-kingdom":
		holidays.add(table.EnglandAndWales, "")
		holidays.add(table.Scotland, " (Scotland)")
		holidays.add(table.NorthernIreland, " (Northern Ireland)")
	default:
		return Holidays{}, fmt.Errorf("%q is not a division of bank holidays: write england-and-wales, scotland, northern-ireland or united-kingdom", division)
	}
	holidays.days = slices.SortedFunc(maps.Keys(holidays.names), Date.Compare)
	return holidays, nil
}

// add takes in a division's days; a day already there keeps its name.
func (h *Holidays) add(division publishedDivision, where string) {
	for _, event := range division.Events {
		if _, known := h.names[event.Date]; !known {
			h.names[event.Date] = event.Title + where
		}
		if h.first.IsZero() || event.Date.Year < h.first.Year {
			h.first = Date{Year: event.Date.Year, Month: time.January, Day: 1}
		}
		if event.Date.Year > h.last.Year {
			h.last = Date{Year: event.Date.Year, Month: time.December, Day: 31}
		}
	}
}

// On returns the name of the bank holiday on d, if it is one.
func (h Holidays) On(d Date) (name string, ok bool) {
	name, ok = h.names[d]
	return name, ok
}

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

// Issued is the day on which GOV.UK last changed the table that was built in.
func (h Holidays) Issued() Date { return h.issued }
