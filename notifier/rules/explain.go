package rules

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
)

// Explain says in plain words what a book promises: a paragraph for the hours
// and one for each promise, as a manager could read them aloud. It holds the
// names of rules and words, and of nobody.
func Explain(b *notifier.Book) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s works %s.", b.Council.Name, weekWords(b.Calendar.Working))
	for _, c := range b.Calendar.Closures {
		fmt.Fprintf(&out, " It is closed from %s to %s (%s).", c.From.Words(), c.To.Words(), c.Name)
	}
	fmt.Fprintf(&out, " Families are contacted unprompted %s", weekWords(b.ContactHours))
	if b.ContactHours.ClosedOnBankHolidays {
		out.WriteString(", and not on bank holidays")
	}
	out.WriteString(".\n")
	for _, rule := range b.Rules {
		out.WriteString("\n" + ruleWords(rule) + "\n")
	}
	for _, tell := range b.Tells {
		out.WriteString("\n" + tellWords(tell) + "\n")
	}
	if len(b.Updates) > 0 {
		fmt.Fprintf(&out, "\nAn officer may send a family the words %s by hand.\n", listWords(b.Updates, "or"))
	}
	return out.String()
}

func ruleWords(rule notifier.Rule) string {
	var out strings.Builder
	if rule.Name == notifier.TaskRule {
		out.WriteString("What only a person can do is a task, and a promise of its own")
	} else {
		fmt.Fprintf(&out, "The promise %q opens with %s", rule.Name, listWords(rule.OpenedBy, "or"))
	}
	if rule.When != nil {
		out.WriteString(", where its condition holds")
		if condition, ok := rule.When.(fmt.Stringer); ok {
			fmt.Fprintf(&out, " (%s)", condition)
		}
	}
	fmt.Fprintf(&out, ". It is due %s and is kept by %s.", dueWords(rule), listWords(rule.KeptBy, "or"))
	if rule.Duty != "" {
		fmt.Fprintf(&out, " The council must %s.", rule.Duty)
	}
	if rule.FamilyTime {
		out.WriteString(" The time is the family's own: when it is over the promise ends, and nobody is late.")
	}
	if rule.Private {
		out.WriteString(" Only who sent it hears of it.")
	}
	switch rule.Each {
	case "":
	case notifier.EachCase:
		out.WriteString(" A case has one at a time.")
	default:
		fmt.Fprintf(&out, " Each %s has one of its own.", rule.Each)
	}
	if len(rule.Replaces) > 0 {
		fmt.Fprintf(&out, " It takes the place of %s.", listWords(rule.Replaces, "and"))
	}
	if len(rule.RestartedBy) > 0 {
		fmt.Fprintf(&out, " The days count anew from %s.", listWords(rule.RestartedBy, "or"))
	}
	if rule.Statutory {
		fmt.Fprintf(&out, " The date is set by law: %s.", rule.Cites)
	}
	out.WriteString(lawWords(rule))
	if a := rule.Acknowledge; a != nil {
		fmt.Fprintf(&out, " The family hears at once (%s, %s", a.Words, viaWords(a.Via))
		if a.AnyHour {
			out.WriteString(", at any hour")
		}
		out.WriteString(").")
	} else if rule.Name != notifier.TaskRule {
		out.WriteString(" The family is not told that it opened.")
	}
	repeats := false
	for _, step := range rule.Steps {
		out.WriteString(" " + stepWords(step))
		repeats = repeats || step.Every != nil
	}
	if !repeats && !rule.FamilyTime {
		out.WriteString(" The last step repeats every 5 working days.")
	}
	out.WriteString(" Nothing else ends this, unless the case is closed or stopped.")
	return out.String()
}

func tellWords(t notifier.Tell) string {
	var out strings.Builder
	fmt.Fprintf(&out, "On %s", listWords(t.On, "or"))
	if condition, ok := t.When.(fmt.Stringer); ok {
		fmt.Fprintf(&out, ", where its condition holds (%s)", condition)
	}
	if t.Words != "" {
		fmt.Fprintf(&out, ", the family is told (%s, %s)", t.Words, viaWords(t.Via))
	}
	if t.Task != "" {
		fmt.Fprintf(&out, ", a person is asked to do this: %s", t.Task)
	}
	return strings.TrimSuffix(out.String(), ".") + "."
}

func stepWords(s notifier.Step) string {
	when := "When it is due,"
	if s.At.Amount.N != 0 {
		side := "after it was due"
		if s.At.Before {
			side = "before it is due"
		}
		when = strings.ToUpper(s.At.Amount.String()[:1]) + s.At.Amount.String()[1:] + " " + side + ","
	}
	if s.Every != nil {
		when = strings.TrimSuffix(when, ",") + " and every " + strings.TrimPrefix(s.Every.String(), "1 ") + " from then on,"
	}
	var whom []string
	for _, target := range s.Chase {
		whom = append(whom, targetWords(target))
	}
	verb := "is"
	if len(whom) > 1 {
		verb = "are"
	}
	words := fmt.Sprintf("%s %s %s chased (%s)", when, listWords(whom, "and"), verb, s.Words)
	if s.TellFamily != "" {
		words += " and the family is told (" + s.TellFamily + ")"
	}
	return words + "."
}

func targetWords(target string) string {
	switch target {
	case notifier.Family:
		return "the family"
	case notifier.Officer, notifier.TeamLead, notifier.Manager, notifier.HeadOfService:
		return "the " + strings.ReplaceAll(target, "_", " ")
	}
	return strings.Replace(target, ":", " ", 1)
}

func viaWords(via notifier.Via) string {
	switch {
	case len(via.Channels) > 0:
		return "by " + listWords(via.Channels, "or")
	case via.All:
		return "by every channel that works"
	}
	return "by the channel they prefer"
}

// listWords joins "a, b and c".
func listWords(list []string, joint string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " " + joint + " " + list[last]
}

// weekWords says opening hours, days of the same hours together.
func weekWords(hours calendar.Hours) string {
	var parts []string
	for day := 1; day <= 7; {
		last := day
		for last < 7 && spansWords(hours.Days[(last+1)%7]) == spansWords(hours.Days[day%7]) {
			last++
		}
		if spans := spansWords(hours.Days[day%7]); spans != "" {
			days := time.Weekday(day % 7).String()
			if last > day {
				days += " to " + time.Weekday(last%7).String()
			}
			parts = append(parts, days+" "+spans)
		}
		day = last + 1
	}
	return strings.Join(parts, "; ")
}

func spansWords(spans []calendar.Span) string {
	var parts []string
	for _, s := range spans {
		parts = append(parts, minuteWords(s.From)+" to "+minuteWords(s.To))
	}
	return listWords(parts, "and")
}

// minuteWords says a minute of the day as GOV.UK writes times.
func minuteWords(minute int) string {
	switch minute {
	case 0, 24 * 60:
		return "midnight"
	case 12 * 60:
		return "midday"
	}
	half := "am"
	if minute >= 12*60 {
		half = "pm"
	}
	words := strconv.Itoa((minute/60+11)%12 + 1)
	if minute%60 != 0 {
		words += fmt.Sprintf(":%02d", minute%60)
	}
	return words + half
}
