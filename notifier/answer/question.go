package answer

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hearback/events"
	"hearback/notifier/calendar"
)

// maxOne is the room of one message, in characters of the GSM alphabet.
const maxOne = 160

// first is the first of the texts that fits into one message. The last one always does.
func first(texts ...string) string {
	for _, text := range texts {
		if len(text) <= maxOne {
			return text
		}
	}
	return texts[len(texts)-1][:maxOne]
}

// whichDay asks for a date, with the case where one of several must be named.
func whichDay(found dated, ref string, today calendar.Date, open []string) string {
	if ref == "" && len(open) > 1 {
		ref = open[0]
	}
	days := found.days
	if len(days) == 0 {
		days = []calendar.Date{example(today)}
	}
	var whole, short []string
	for _, day := range days {
		answer := "2 " + ref + " " + day.Short()
		whole = append(whole, strings.Join(strings.Fields(answer), " "))
		short = append(short, day.Short())
	}
	reply := " Reply "
	if len(found.days) == 0 {
		reply = " Reply for example "
	}
	return first(found.why+reply+strings.Join(whole, " or ")+".",
		found.why+" Reply 2, the case and a day: "+strings.Join(short, " or ")+".")
}

// whichCase asks which of several cases an answer is about.
func whichCase(a Answer, open []string) string {
	answer := digit(a.Kind) + " " + open[0]
	if a.Kind == Until {
		answer += " " + a.Until.Short()
	}
	return withList("Which case? Reply for example "+answer+".", open)
}

// notYours answers somebody who named a case that they were not asked about.
func notYours(open []string) string {
	return withList("You were not asked about that case.", open)
}

// oneAtATime answers somebody who named several cases at once.
func oneAtATime(ref string) string {
	return "Please answer for one case at a time, for example 1 " + ref + "."
}

// notUnderstood explains the three answers.
func notUnderstood(today calendar.Date, open []string) string {
	const begin = "Sorry, we cannot read that. Reply 1 if you have replied, 2 and a day if it needs longer (2 "
	ref := ""
	if len(open) > 1 {
		ref = open[0] + " "
	}
	return first(begin+ref+example(today).Short()+"), 3 if it is not yours.",
		"Sorry, we cannot read that. Reply 1 and the case if you have replied, 2, the case and a day if it needs longer, 3 and the case if it is not yours.")
}

// withList adds as many of the cases as there is room for.
func withList(text string, open []string) string {
	for n := len(open); n > 0; n-- {
		list := " You have " + strings.Join(open[:n], ", ") + "."
		if more := len(open) - n; more > 0 {
			list = fmt.Sprintf(" You have %s and %d more.", strings.Join(open[:n], ", "), more)
		}
		if len(text)+len(list) <= maxOne {
			return text + list
		}
	}
	return first(text)
}

func digit(kind Kind) string {
	switch kind {
	case Replied:
		return "1"
	case Until:
		return "2"
	default:
		return "3"
	}
}

// example is a day for an answer to be shown with: the next Friday.
func example(today calendar.Date) calendar.Date { return after(today, time.Friday) }

// dayAndMonth is such as "27 Nov".
func dayAndMonth(date calendar.Date) string {
	_, words, _ := strings.Cut(date.Short(), " ")
	return words
}

// namesAnother reports whether a text answers for something that looks like a case.
func namesAnother(words []string, today calendar.Date, open []string) bool {
	if len(words) < 2 || len(named(words, open)) > 0 || !slices.ContainsFunc(words, func(word string) bool { return kindOf(word) != "" }) {
		return false
	}
	return slices.ContainsFunc(words, func(word string) bool {
		letters := strings.Trim(word, "0123456789")
		found := readDate([]string{word}, today)
		return len(letters) < len(word) && (letters != "" || len(word) > 4) && letters != "am" && letters != "pm" &&
			events.ValidCase(word) && found.why == "" && found.date.IsZero()
	})
}

// Note says, to be texted back, that a new date is no working day, and what follows
// from that. It is empty for a working day. Its length and letters are those of a
// [Question].
func Note(a Answer, c *calendar.Calendar) string {
	works, why := c.IsWorkingDay(a.Until)
	if a.Kind != Until || works {
		return ""
	}
	const follows = " The family is told a working day next to it. To choose another, reply 2 and a day."
	begin := a.Case + ": " + a.Until.Short() + " is no working day"
	if plain(why) {
		why = ": " + why
	} else {
		why = ""
	}
	return first(begin+why+"."+follows, begin+"."+follows, a.Until.Short()+" is no working day."+follows)
}

// Taken says, to be texted back, what follows from an answer, with its [Note] where it
// has one. Its length and letters are those of a [Question].
func Taken(a Answer, c *calendar.Calendar) string {
	switch a.Kind {
	case Replied:
		return first(a.Case + ": thank you. It is recorded that you have replied, and nobody is chased about it any more.")
	case NotMine:
		return first(a.Case + ": recorded that it is not yours. The team lead is asked to find who answers. The family still waits.")
	}
	if note := Note(a, c); note != "" {
		return note
	}
	return first(a.Case+": thank you. The family is told that they will hear by "+a.Until.Short()+". We remind you again before.",
		a.Case+": the family is told that they will hear by "+a.Until.Short()+".")
}

// plain reports whether every character is one of the GSM alphabet and counts once.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' || r > '~' || strings.ContainsRune("^{}\\[~]|`", r)
	})
}
