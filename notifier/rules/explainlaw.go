package rules

import (
	"strings"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

// dueWords says when a promise is due, as it follows "it is due".
func dueWords(rule notifier.Rule) string {
	due := rule.Due
	if due.Before != nil {
		if rule.CountsFrom != "" {
			return due.String() + " of the year of " + dateWords(rule.CountsFrom)
		}
		return due.String()
	}
	words := amountWords(due.Amount, due.Way, rule.CountsFrom)
	if due.Or == nil {
		return words
	}
	_, pick, _ := strings.Cut(due.String(), ", ")
	return words + " or " + amountWords(due.Or.Amount, due.Or.Way, due.Or.From) + ", " + pick + ","
}

func amountWords(amount calendar.Amount, way calendar.Way, from string) string {
	day := "it opens"
	if from != "" {
		day = dateWords(from)
	}
	switch way {
	case calendar.Beginning:
		if from == "" {
			day = "the day it opens"
		}
		return amount.String() + " beginning with " + day
	case calendar.Ahead:
		return amount.String() + " before " + day
	}
	return amount.String() + " after " + day
}

// dateWords says the name of a date in an event.
func dateWords(name string) string { return "“" + strings.ReplaceAll(name, "_", " ") + "”" }

// lawWords say how the date is counted beyond what is usual, and when the rule is
// in force.
func lawWords(rule notifier.Rule) string {
	var out strings.Builder
	if law := rule.Law; law.Holidays != nil && law.Tribunal == calendar.NoTribunal {
		out.WriteString(" The bank holidays of " + divisionWords(law.Holidays.Division()) + " do not count as working days; days on which the council is closed do.")
	}
	switch rule.Law.Tribunal {
	case calendar.StartingAppeal:
		out.WriteString(" The Tribunal’s rules hold: a last day in August or from 25 December to 1 January gives way to the first working day after, and any other that is no working day to the next that is.")
	case calendar.OtherActs:
		out.WriteString(" The Tribunal’s rules hold: days in August and from 25 December to 1 January are not counted, and a last day that is no working day gives way to the next that is.")
	default:
		if rule.Law.RollsOn {
			out.WriteString(" A last day that is no working day gives way to the next that is.")
		}
	}
	switch from, until := rule.Applies.From, rule.Applies.Until; {
	case !from.IsZero() && !until.IsZero():
		out.WriteString(" This holds for what happens from " + from.Words() + " to " + until.Words() + ".")
	case !from.IsZero():
		out.WriteString(" This holds for what happens from " + from.Words() + " on.")
	case !until.IsZero():
		out.WriteString(" This holds for what happens up to " + until.Words() + ".")
	}
	return out.String()
}

func divisionWords(division string) string {
	switch division {
	case "england-and-wales":
		return "England and Wales"
	case "scotland":
		return "Scotland"
	case "northern-ireland":
		return "Northern Ireland"
	}
	return "every part of the United Kingdom"
}
