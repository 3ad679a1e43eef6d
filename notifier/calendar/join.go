package calendar

import (
	"encoding/json"
	"maps"
	"slices"
)

// JoinTables gives the days of both tables, each in GOV.UK's JSON shape, as one such
// table. A day that stands in both keeps the name it has in the first, which may be
// empty. The error is a *TableFault.
func JoinTables(first, second []byte) ([]byte, error) {
	joined := table{days: map[string]map[Date]string{}}
	for _, content := range [][]byte{first, second} {
		if len(content) == 0 {
			continue
		}
		read, err := readTable(content)
		if err != nil {
			return nil, err
		}
		if read.issued.Compare(joined.issued) > 0 {
			joined.issued = read.issued
		}
		for division, days := range read.days {
			named := maps.Clone(days)
			maps.Copy(named, joined.days[division])
			joined.days[division] = named
		}
	}
	return joined.write()
}

// OneDay is a table that holds one day in some divisions, or in all where none is
// named.
func OneDay(day Date, name string, in ...string) ([]byte, error) {
	if len(in) == 0 {
		in = divisions()
	}
	t := table{days: map[string]map[Date]string{}}
	for _, division := range in {
		t.days[division] = map[Date]string{day: name}
	}
	content, err := t.write()
	if err != nil {
		return nil, err
	}
	_, err = readTable(content)
	return content, err
}

// write gives the table in GOV.UK's JSON shape, the same days always as the same text.
func (t table) write() ([]byte, error) {
	members := map[string]any{}
	if !t.issued.IsZero() {
		members["issued"] = t.issued
	}
	for division, days := range t.days {
		events := []tableEvent{}
		for _, d := range slices.SortedFunc(maps.Keys(days), Date.Compare) {
			events = append(events, tableEvent{Title: days[d], Date: d.String()})
		}
		members[division] = tableDivision{Division: division, Events: events}
	}
	content, err := json.MarshalIndent(members, "", "  ")
	return append(content, '\n'), err
}
