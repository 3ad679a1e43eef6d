package rules

import (
	"errors"

	"hearback/notifier/calendar"
)

// divisions are the tables of bank holidays there are.
func divisions() []string {
	return []string{"england-and-wales", "scotland", "northern-ireland", "united-kingdom"}
}

// holidayTables are the built-in tables of bank holidays with what the book adds.
type holidayTables struct {
	added  []byte // the book's own table; nil where it has none
	tables map[string]*calendar.Holidays
}

// readHolidays reads the bank holidays that the book adds, if it does.
func readHolidays(files Files, faults *collector) *holidayTables {
	h := &holidayTables{tables: make(map[string]*calendar.Holidays)}
	content, ok := files[holidaysFile]
	if !ok {
		return h
	}
	_, err := calendar.Holidays{}.Merge([]byte(content))
	if fault, ok := errors.AsType[*calendar.TableFault](err); ok {
		faults.add(Fault{File: holidaysFile, Line: fault.Line, Column: fault.Column, Problem: fault.Problem, Remedy: fault.Remedy})
		return h
	}
	h.added = []byte(content)
	return h
}

// of gives the table of a division, the same one to all. ok is false where there is none of that name.
func (h *holidayTables) of(division string) (*calendar.Holidays, bool) {
	if table, ok := h.tables[division]; ok {
		return table, true
	}
	table, err := calendar.BankHolidays(division)
	if err != nil {
		return nil, false
	}
	if h.added != nil {
		if table, err = table.Merge(h.added); err != nil { // readHolidays has read it without a fault
			return nil, false
		}
	}
	h.tables[division] = &table
	return &table, true
}
