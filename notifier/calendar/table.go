package calendar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// TableFault is what is wrong in a table of bank holidays, where, and what to do
// about it.
type TableFault struct {
	Line, Column int // from 1; the column counts characters
	Problem      string
	Remedy       string
}

// Error gives the place, the problem and the remedy in one line.
func (f *TableFault) Error() string {
	return fmt.Sprintf("line %d, column %d: %s; %s", f.Line, f.Column, f.Problem, f.Remedy)
}

const tableRemedy = "save the file anew from https://www.gov.uk/bank-holidays.json, or write it like that one"

// table is a table that was read: the days of each division, with their names.
type table struct {
	issued Date // zero in GOV.UK's own file
	days   map[string]map[Date]string
}

// tableDivision is a division in GOV.UK's shape.
type tableDivision struct {
	Division string       `json:"division"`
	Events   []tableEvent `json:"events"`
}

type tableEvent struct {
	Title string `json:"title"`
	Date  string `json:"date"`
}

// readTable reads GOV.UK's file, or its file of one division.
func readTable(content []byte) (table, error) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	t := table{days: make(map[string]map[Date]string)}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(content, &members); err != nil {
		return t, tableSyntax(content, err)
	}
	if _, one := members["events"]; one {
		var name string
		if err := json.Unmarshal(members["division"], &name); err != nil || !slices.Contains(divisions(), name) {
			return t, tableFault(content, `"division"`, "it does not say whose bank holidays these are", `write "division": "england-and-wales", "scotland" or "northern-ireland"`)
		}
		members = map[string]json.RawMessage{name: content}
	}
	for name, raw := range members {
		if err := t.take(content, name, raw); err != nil {
			return t, err
		}
	}
	if len(t.days) == 0 {
		return t, tableFault(content, "", "there are no bank holidays in it", tableRemedy)
	}
	return t, nil
}

// take reads one member of the file. What else GOV.UK may add to it, and what is
// said of its source, is passed over.
func (t *table) take(content []byte, name string, raw json.RawMessage) error {
	quoted := `"` + name + `"`
	if name == "issued" {
		if err := json.Unmarshal(raw, &t.issued); err != nil {
			return tableFault(content, quoted, "its date of issue is not a date", `write "issued": "2026-02-25", or take the line out`)
		}
		return nil
	}
	if !slices.Contains(divisions(), name) {
		if bytes.Contains(raw, []byte(`"events"`)) {
			return tableFault(content, quoted, "this is no part of the United Kingdom that has bank holidays of its own", "write "+strings.Join(divisions(), ", "))
		}
		return nil
	}
	var d tableDivision
	if err := json.Unmarshal(raw, &d); err != nil {
		return tableFault(content, quoted, "the bank holidays of "+name+" cannot be read", tableRemedy)
	}
	if d.Division != "" && d.Division != name {
		return tableFault(content, `"`+d.Division+`"`, "the bank holidays of another part stand under "+name, "put each part's days under its own name")
	}
	days := make(map[Date]string, len(d.Events))
	for _, event := range d.Events {
		date, err := ParseDate(event.Date)
		if err != nil {
			return tableFault(content, `"`+event.Date+`"`, "a bank holiday is on no date that exists", "write year-month-day, such as 2026-12-25")
		}
		if strings.TrimSpace(event.Title) == "" {
			return tableFault(content, `"`+event.Date+`"`, "this bank holiday has no title", "name it, for the name is read out where the day is not counted")
		}
		days[date] = event.Title
	}
	t.days[name] = days
	return nil
}

// tableSyntax places what the JSON decoder says.
func tableSyntax(content []byte, err error) *TableFault {
	at := 0
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = int(syntax.Offset) - 1
	}
	return tableFaultAt(content, at, "this is not a JSON table of bank holidays", tableRemedy)
}

// tableFault stands where a text first stands in the file, or at its beginning.
func tableFault(content []byte, text, problem, remedy string) *TableFault {
	return tableFaultAt(content, bytes.Index(content, []byte(text)), problem, remedy)
}

func tableFaultAt(content []byte, at int, problem, remedy string) *TableFault {
	before := content[:max(0, min(at, len(content)))]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return &TableFault{Line: bytes.Count(before, []byte("\n")) + 1, Column: utf8.RuneCount(line) + 1, Problem: problem, Remedy: remedy}
}
