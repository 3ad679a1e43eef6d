package answer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"hearback/notifier/calendar"
)

// Kind is one of the three answers.
type Kind string

// The answers that are known.
const (
	Replied Kind = "replied"  // the family has its answer
	Until   Kind = "until"    // it needs longer, and this is the new date
	NotMine Kind = "not mine" // somebody else must give it
)

// Answer is what somebody said about one case.
type Answer struct {
	Kind Kind
	// Case is the reference, spelled as in the list of open cases.
	Case string
	// Until is the new date, of [Until] only: today at the earliest, a year from now at
	// the latest. It may be a weekend or a bank holiday: see [Note].
	Until calendar.Date
}

// Question is an answer that cannot be taken. Its words ask for one that can.
type Question struct{ words string }

// Error is the question, to be texted back as it stands: at most 160 characters, all
// of them in the GSM 7-bit alphabet.
func (q *Question) Error() string { return q.words }

// Invitation says in a chase by text how to answer it. It fits behind about 100 more
// characters into one message.
const Invitation = "Text back 1: replied, 2 and a day: not yet, 3: not mine."

const (
	// maxText is the longest text that is read, in bytes: three times what a phone
	// sends in one message. The three answers need far less.
	maxText = 480
)

// Parse reads a text that came on a day, in London, from somebody who was chased about
// the open cases. The error is a [*Question] and nothing else.
func Parse(text string, today calendar.Date, open []string) (Answer, error) {
	open = distinct(open)
	if len(open) == 0 {
		return Answer{}, ask("Thank you. No family is waiting for an answer from you.")
	}
	words := split(text)
	readings := []reading{read(words, "", today, open)}
	for i, word := range words {
		for _, ref := range open {
			if strings.EqualFold(word, ref) {
				readings = append(readings, read(slices.Delete(slices.Clone(words), i, i+1), ref, today, open))
			}
		}
	}
	// One reading must make sense, and only one.
	var answers []Answer
	var questions []string
	for _, r := range readings {
		if r.answer != (Answer{}) && !slices.Contains(answers, r.answer) {
			answers = append(answers, r.answer)
		}
		if r.question != "" && !slices.Contains(questions, r.question) {
			questions = append(questions, r.question)
		}
	}
	switch {
	case len(answers) == 1 && len(questions) == 0:
		return answers[0], nil
	case len(answers) == 0 && len(questions) == 1:
		return Answer{}, ask(questions[0])
	case len(answers) > 0 || len(questions) > 0:
	case len(named(words, open)) > 1:
		return Answer{}, ask(oneAtATime(named(words, open)[0]))
	case namesAnother(words, today, open):
		return Answer{}, ask(notYours(open))
	}
	return Answer{}, ask(notUnderstood(today, open))
}

func ask(words string) error { return &Question{words} }

// reading is one way to understand a text: as an answer, as one that lacks something,
// or, with the zero value, as nothing that is known.
type reading struct {
	answer   Answer
	question string
}

// read takes the words without the reference. ref is empty where none was named.
func read(words []string, ref string, today calendar.Date, open []string) reading {
	if len(words) == 0 {
		return reading{}
	}
	a := Answer{Kind: kindOf(words[0]), Case: ref}
	rest := slices.DeleteFunc(slices.Clone(words[1:]), func(word string) bool { return slices.Contains(courtesies(), word) })
	switch a.Kind {
	case Replied, NotMine:
		if len(rest) > 0 {
			return reading{}
		}
	case Until:
		found := readDate(rest, today)
		if found.why != "" {
			return reading{question: whichDay(found, ref, today, open)}
		}
		if found.date.IsZero() {
			return reading{}
		}
		a.Until = found.date
	default:
		return reading{}
	}
	if ref == "" && len(open) > 1 {
		return reading{question: whichCase(a, open)}
	}
	if ref == "" {
		a.Case = open[0]
	}
	return reading{answer: a}
}

func kindOf(word string) Kind {
	switch word {
	case "1", "one":
		return Replied
	case "2", "two":
		return Until
	case "3", "three":
		return NotMine
	}
	return ""
}

// courtesies are words that change nothing.
func courtesies() []string { return []string{"thanks", "thank", "you", "please", "pls", "thx", "ta"} }

// split gives the words of a text in lower case, without what stands around them.
// Nothing is left of a text that is too long to be an answer.
func split(text string) []string {
	if len(text) > maxText || !utf8.ValidString(text) {
		return nil
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\u20e3' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
			return -1 // a digit drawn as a key, and what is not to be seen
		case r >= '\u2010' && r <= '\u2015':
			return '-' // what phones make of a hyphen
		case strings.ContainsRune(",;:!?()[]\"'“”‘’", r):
			return ' '
		}
		return unicode.ToLower(r)
	}, text)
	var words []string
	for word := range strings.FieldsSeq(text) {
		if word = strings.Trim(word, ".#"); word != "" {
			words = append(words, word)
		}
	}
	return words
}

// named lists the open cases that stand among the words.
func named(words, open []string) (refs []string) {
	for _, ref := range open {
		if slices.ContainsFunc(words, func(word string) bool { return strings.EqualFold(word, ref) }) {
			refs = append(refs, ref)
		}
	}
	return refs
}

// distinct keeps the first of each reference.
func distinct(refs []string) []string {
	var list []string
	for _, ref := range refs {
		if ref != "" && !slices.Contains(list, ref) {
			list = append(list, ref)
		}
	}
	return list
}
