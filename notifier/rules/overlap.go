package rules

import (
	"slices"
	"strings"
	"time"

	"hearback/notifier"
)

// overlapBudget bounds the search for events that open two promises, in events
// tried. The largest council's book needs a hundredth of it.
const overlapBudget = 200_000

// overlaps finds promises that one event opens together although they are one
// promise to the family. It tries events as the search for gaps does; it may miss
// an overlap, and never invents one.
func (p *proof) overlaps() {
	budget := overlapBudget
	promises := p.rules.promises
	for j := range promises {
		for i := range j {
			if p.overlap(&promises[i], &promises[j], &budget) {
				break
			}
		}
	}
	if budget < 0 {
		p.rules.doc.warn(p.rules.object.key("promises"), "this book has too many conditions to look for events that open two promises", "take out promises that are not needed, or join some")
	}
}

// overlap names the later of two promises, if an event opens both and one of them
// would do.
func (p *proof) overlap(a, b *promise, budget *int) bool {
	harm, warning := clash(a.rule, b.rule)
	if harm == "" || a.task || b.task {
		return false
	}
	for _, kind := range b.rule.OpenedBy {
		if !slices.Contains(a.rule.OpenedBy, kind) {
			continue
		}
		example, found := opensBoth(a, b, kind, budget)
		if !found {
			continue
		}
		at := orNode(b.when.node, b.object.key("opened_by"))
		p.rules.doc.add(at, "the promises "+quoteID(a.name.value)+" and "+quoteID(b.name.value)+" are both opened by "+example+", so "+harm,
			"tell them apart with \"when\", or make one promise of the two", warning)
		return true
	}
	return false
}

// clash says what harm it does if one event opens both promises; empty where it may.
//
// A family that is told of two dates for one thing cannot rely on either, so that
// is a fault. Two ladders that the same events end chase for the same deed twice.
// The law sets several clocks for one event, and each stands for itself.
func clash(a, b notifier.Rule) (harm string, warning bool) {
	lawful := a.Statutory && b.Statutory
	switch {
	case slices.Contains(a.Replaces, b.Name), slices.Contains(b.Replaces, a.Name):
		return "", false // one takes the place of the other
	case a.Acknowledge != nil && b.Acknowledge != nil && !(lawful && a.Acknowledge.Words != b.Acknowledge.Words):
		return "the family is told twice, of two dates", false
	case !a.Statutory && !b.Statutory && sameTypes(a.KeptBy, b.KeptBy):
		return "two ladders chase for what ends both", true
	}
	return "", false
}

func sameTypes(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// opensBoth makes up an event that meets both conditions, and says it in words.
func opensBoth(a, b *promise, kind string, budget *int) (example string, found bool) {
	var conditions []*condition
	for _, pr := range []*promise{a, b} {
		if pr.condition != nil {
			conditions = append(conditions, pr.condition)
		}
	}
	for tried, answers := range trials(askedBy(conditions), kind) {
		if *budget--; tried >= mostTrials || *budget < 0 {
			return "", false
		}
		event, of := answers.event(kind)
		if !slices.ContainsFunc(conditions, func(c *condition) bool {
			holds, err := c.Holds(event, of)
			return !holds || err != nil // what cannot be judged is named elsewhere
		}) {
			return kind + answers.words(), true
		}
	}
	return "", false
}

// words say what an event that was made up holds: ` with data.urgent = true`.
func (t trial) words() string {
	var parts []string
	for _, a := range t {
		name := a.of
		if a.name != "" {
			name += "." + a.name
		}
		switch value := a.value.(type) {
		case string:
			if value != "" {
				parts = append(parts, name+" = "+quoteID(value))
			}
		case bool:
			if value {
				parts = append(parts, name+" = true")
			}
		case time.Time:
			parts = append(parts, "on a "+value.Weekday().String())
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " with " + strings.Join(parts, " and ")
}
