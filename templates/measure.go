package templates

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Measured is what one file of words is like once it is sent.
type Measured struct {
	Words    string  `json:"words"`
	Channel  Channel `json:"channel"`
	Language string  `json:"language"`
	// Worst and Typical are of texts, with the longest values and with usual ones.
	Worst   *Segments `json:"worst,omitempty"`
	Typical *Segments `json:"typical,omitempty"`
	// Age is the reading age in years; 0 where it is not known: see LintIn.
	Age int `json:"reading_age,omitempty"`
	// Longest is the length of the longest sentence, in words.
	Longest int `json:"longest_sentence"`
}

// Examine measures the words of a language, named as its folder is, and says what a
// plain writer would change in them. Values that are not given are left out of optional
// text. To a family words must say less, and more: see LintIn. It is false where there
// are no such words.
func (l *Library) Examine(name string, channel Channel, folder string, worst, typical Values, family bool) (Measured, []Fault, bool) {
	found := l.files[key{name, channel, strings.ToLower(folder)}]
	if found == nil {
		return Measured{}, nil, false
	}
	m := Measured{Words: name, Channel: channel, Language: found.language, Age: readingAge(found.prose(), found.language)}
	for _, sentence := range sentencesOf(found.text) {
		m.Longest = max(m.Longest, len(sentence))
	}
	s := source{file: folder + "/" + name + suffix(channel), text: found.text}
	if channel == SMS {
		m.Worst, m.Typical = found.segments(worst), found.segments(typical)
		found.judgeSegments(&s, m.Worst)
	}
	found.judgeMissing(&s)
	if family {
		for _, note := range LintIn(found.text, found.language) {
			s.faults = append(s.faults, Fault{File: s.file, Line: note.Line, Column: note.Column, Problem: note.Problem, Remedy: note.Remedy})
		}
		found.judgePromise(&s)
	}
	return m, s.faults, true
}

// prose is the text without the word "Subject:".
func (w *words) prose() string {
	if len(w.subject) == 0 {
		return w.text
	}
	_, after, _ := strings.Cut(w.text, ":")
	return after
}

// segments counts a text with these values; nil where it lacks one.
func (w *words) segments(values Values) *Segments {
	body, lacks := appendParts(nil, w.body, values, style{plainSMS, w.rightToLeft})
	if lacks != "" {
		return nil
	}
	return new(Measure(tidy(body)))
}

// inLatin reports a language whose letters a text can have at the price of plain ones.
func inLatin(folder string) bool {
	script, _ := language.Make(folder).Script()
	return script.String() == "Latn"
}

// judgeSegments: a text in Latin letters is to be one part in GSM-7, any other two.
func (w *words) judgeSegments(s *source, worst *Segments) {
	if worst == nil {
		return
	}
	latin := inLatin(w.language)
	if latin && len(worst.Forced) > 0 {
		for _, r := range worst.Forced {
			at := strings.IndexRune(s.text, r)
			if at < 0 {
				s.fault(0, fmt.Sprintf("a value of this text holds %q, which is not in GSM-7: a part of it holds 70 letters instead of 160", r), "take the value out, or look at the council's name")
				continue
			}
			s.fault(at, fmt.Sprintf("%q is not in GSM-7: with it a part of this text holds 70 letters instead of 160", r), "write a word without it")
		}
		return
	}
	most := 2
	if latin {
		most = 1
	}
	if worst.Parts > most {
		room := []int{0, gsmAlone, 2 * gsmJoined}[most]
		if worst.Encoding == UCS2 {
			room = []int{0, ucs2Alone, 2 * ucs2Joined}[most]
		}
		s.fault(0, fmt.Sprintf("this text is %d parts with the longest values: it has %d of %d", worst.Parts, worst.Units, room), fmt.Sprintf("take out %d letters", worst.Units-room))
	}
}

// MayBeMissing are the values that an event or a contact may lack. Words that cannot do
// without one are not sent where it lacks.
func MayBeMissing() []string {
	return []string{"name", "told", "your link", "late by", "officer name", "link", "replied link", "until link", "not mine link", "text back", "urgent", "officer", "cites"}
}

func (w *words) judgeMissing(s *source) {
	var seen []string
	for i := range w.subject {
		seen = w.judgePart(s, &w.subject[i], seen)
	}
	for i := range w.body {
		seen = w.judgePart(s, &w.body[i], seen)
	}
}

func (w *words) judgePart(s *source, p *part, seen []string) []string {
	if p.name == "" || p.optional() || !slices.Contains(MayBeMissing(), p.name) || slices.Contains(seen, p.name) {
		return seen
	}
	s.fault(p.offset, "the value (("+p.name+")) may be missing, and then nobody gets these words", "write it as optional text, such as (("+p.name+"??… (("+p.name+")) …))")
	return append(seen, p.name)
}

// promising are the phrases of a promise, in lower case.
func promising(folder string) []string {
	switch primary(folder) {
	case "cy":
		return []string{"byddwn", "ein nod"}
	case DefaultLanguage:
		return []string{"we will", "we'll", "we’ll", "we aim"}
	}
	return nil
}

// judgePromise: what is promised has a date, somewhere in the same message.
func (w *words) judgePromise(s *source) {
	for _, parts := range [][]part{w.subject, w.body} {
		for p := range placeholders(parts) {
			if strings.HasSuffix(p.name, "date") || strings.HasSuffix(p.name, "day") {
				return
			}
		}
	}
	lower := strings.ToLower(s.text)
	for _, phrase := range promising(w.language) {
		if at := strings.Index(lower, phrase); at >= 0 {
			s.fault(min(at, len(s.text)), fmt.Sprintf("%q is a promise, and these words hold no date", phrase), "say by when, with ((due date)) or ((due day)), or promise nothing")
			return
		}
	}
}
