package rules

import (
	"strings"

	"hearback/events/nearest"
)

// didYouMean is the remedy for a name that is not one of a few.
func didYouMean(written string, known []string) string {
	return orElse(ask(nearest.Name(written, known)), "use one of: "+strings.Join(known, ", "))
}

// ask asks whether a name was meant; "" where there is none to ask about.
func ask(name string) string {
	if name == "" {
		return ""
	}
	return "did you mean \"" + name + "\"?"
}
