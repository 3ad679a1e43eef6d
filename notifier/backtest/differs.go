package backtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hearback/notifier"
)

// differs says in words what an entry has and what is decided now. It names the
// parts that differ and shows what was decided, but never what stands in a message,
// an address or a contact.
func differs(stored, now notifier.Entry) string {
	var parts []string
	for i, p := range stored.Case.Promises {
		if i < len(now.Case.Promises) && p.Key() == now.Case.Promises[i].Key() && p.Due != now.Case.Promises[i].Due {
			parts = append(parts, fmt.Sprintf("promise %s is due %s there and %s now", p.Key(), p.DueDate, now.Case.Promises[i].DueDate))
		}
	}
	if line := firstLine(stored.Lines, now.Lines); line != "" {
		parts = append(parts, line)
	}
	if len(parts) == 0 {
		names := unequal(withoutCase(stored), withoutCase(now))
		for _, name := range unequal(stored.Case, now.Case) {
			names = append(names, "the case's "+name)
		}
		if len(names) == 0 {
			return "the stored bytes are not what an entry of this content is written as"
		}
		parts = append(parts, "these parts differ: "+strings.Join(names, ", "))
	}
	return strings.Join(parts, "; ")
}

// firstLine is the first reason that differs.
func firstLine(stored, now []notifier.Line) string {
	for i := range max(len(stored), len(now)) {
		switch {
		case i >= len(stored):
			return fmt.Sprintf("decided now and not there: %q", now[i].What)
		case i >= len(now):
			return fmt.Sprintf("there and not decided now: %q", stored[i].What)
		case stored[i].What != now[i].What:
			return fmt.Sprintf("there it says %q, now %q", stored[i].What, now[i].What)
		case stored[i].Why != now[i].Why:
			return fmt.Sprintf("there is another reason for %q", stored[i].What)
		}
	}
	return ""
}

func withoutCase(e notifier.Entry) notifier.Entry {
	e.Case = notifier.Case{}
	return e
}

// unequal names the members of two values that are written differently.
func unequal(a, b any) []string {
	of := func(v any) (members map[string]json.RawMessage) {
		if data, err := json.Marshal(v); err == nil {
			_ = json.Unmarshal(data, &members) // what cannot be read has no members
		}
		return members
	}
	x, y := of(a), of(b)
	var names []string
	for name := range maps.Keys(x) {
		if string(x[name]) != string(y[name]) {
			names = append(names, name)
		}
	}
	for name := range maps.Keys(y) {
		if _, is := x[name]; !is {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
