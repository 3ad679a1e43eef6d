package calendar

import (
	"fmt"
	"strings"
	"time"
)

// ParseDue reads when something falls due, as the book writes it:
//
//	20 weeks                             the day it counts from is day 0
//	15 days beginning with the day       that day is day 1
//	5 months before                      counted back from a date
//	before 15 February                   the last day is the 14th
//	2 months or 1 month from certificate_on, whichever is later
func ParseDue(text string) (Due, error) {
	words := strings.Join(strings.Fields(text), " ")
	if day, is := strings.CutPrefix(words, "before "); is {
		return parseBefore(text, day)
	}
	first, second, two := strings.Cut(words, " or ")
	if !two {
		amount, way, err := parseWay(words)
		return Due{Amount: amount, Way: way}, err
	}
	second, rule, _ := strings.Cut(second, ", whichever is ")
	if rule != "later" && rule != "earlier" {
		return Due{}, fmt.Errorf("%q does not say which of the two dates counts: write \", whichever is later\" or \", whichever is earlier\" at its end", text)
	}
	second, from, named := strings.Cut(second, " from ")
	if named && !isName(from) {
		return Due{}, fmt.Errorf("%q is not the name of a date in the event: write one such as \"1 month from certificate_on\"", from)
	}
	or := &Other{From: from, Earlier: rule == "earlier"}
	d := Due{Or: or}
	var err error
	if d.Amount, d.Way, err = parseWay(first); err != nil {
		return Due{}, err
	}
	if or.Amount, or.Way, err = parseWay(second); err != nil {
		return Due{}, err
	}
	if err := d.checkTwo(); err != nil {
		return Due{}, err
	}
	return d, nil
}

func parseBefore(text, day string) (Due, error) {
	t, err := time.Parse("2 January", day)
	if err != nil {
		return Due{}, fmt.Errorf("%q is not a day of the year: write a day and a month, such as \"before 15 February\"", text)
	}
	before := MonthDay{Month: t.Month(), Day: t.Day()}
	if err := before.check(); err != nil {
		return Due{}, err
	}
	return Due{Before: &before}, nil
}

// parseWay reads an amount with what follows it.
func parseWay(text string) (Amount, Way, error) {
	words, way := text, Following
	for _, other := range []Way{Beginning, Ahead} {
		if rest, is := strings.CutSuffix(text, other.words()); is {
			words, way = rest, other
		}
	}
	amount, err := ParseAmount(words)
	if err != nil {
		return Amount{}, 0, fmt.Errorf("%w, \"15 days beginning with the day\", \"5 months before\" or \"before 15 February\"", err)
	}
	if way != Following && !amount.Unit.civil() && amount.Unit != WorkingDays {
		return Amount{}, 0, fmt.Errorf("%q counts what no day begins or ends: write days, weeks, months or working days, such as \"15 days%s\"", text, way.words())
	}
	return amount, way, nil
}

// isName reports what may be the name of a date in an event.
func isName(text string) bool {
	return text != "" && len(text) <= 64 && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
}
