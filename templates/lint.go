package templates

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Note is one thing about a text that a plain writer would change. Notes are
// advice: they do not stop words from being used.
type Note struct {
	Line, Column int    // of the sentence or the word, from 1
	Problem      string // what is hard or unwise
	Remedy       string // what to write instead
}

// String gives the note on one line: "line:column: problem; remedy".
func (n Note) String() string {
	return fmt.Sprintf("%d:%d: %s; %s", n.Line, n.Column, n.Problem, n.Remedy)
}

const (
	longestSentence = 25 // words; the limit of GOV.UK's content guide
	highestAge      = 9  // the reading age that GOV.UK writes for
)

// Lint reads an English text for families as a plain writer would: see LintIn.
func Lint(text string) []Note { return LintIn(text, DefaultLanguage) }

// LintIn reads a text for families as a plain writer would: sentences of more than 25
// words in any language; words that a message to a family must not or had better not
// say, in English and in Welsh; and a reading age above 9, in English. It takes a text,
// or a template with its placeholders, each of which counts as one easy word.
func LintIn(text, language string) []Note {
	var notes []Note
	add := func(at int, problem, remedy string) {
		line, column := place(text, at)
		notes = append(notes, Note{Line: line, Column: column, Problem: problem, Remedy: remedy})
	}
	unwise := unwiseIn(language)
	for _, sentence := range sentencesOf(text) {
		if len(sentence) > longestSentence {
			add(sentence[0].at, fmt.Sprintf("this sentence has %d words", len(sentence)), "make two of it, of 25 words at most")
		}
		for i, w := range sentence {
			if remedy := unwise(w, sentence[i+1:]); remedy != "" {
				add(w.at, fmt.Sprintf("%q does not belong in a message to a family", w.text), remedy)
			}
		}
	}
	if age := readingAge(text, language); age > highestAge {
		add(0, fmt.Sprintf("the reading age is about %d", age), "use shorter words and shorter sentences, for a reader of 9")
	}
	return notes
}

// readingAge is the Flesch-Kincaid grade plus 5, in whole years, with syllables counted
// by rule of thumb: it is right to about a year. It says nothing, 0, about fewer than 20
// words and about other languages than English.
func readingAge(text, language string) int {
	words, sentences, syllables := 0, 0, 0
	for _, sentence := range sentencesOf(text) {
		sentences++
		words += len(sentence)
		for _, w := range sentence {
			syllables += w.syllables()
		}
	}
	if words < 20 || primary(language) != DefaultLanguage {
		return 0
	}
	grade := 0.39*float64(words)/float64(sentences) + 11.8*float64(syllables)/float64(words) - 15.59
	return max(int(grade+5), 1)
}

// primary is the first subtag of a language's tag.
func primary(language string) string {
	first, _, _ := strings.Cut(strings.ToLower(language), "-")
	return first
}

// word is one word of a text; a placeholder is one without letters of its own.
type word struct {
	text string
	at   int // byte offset
}

// sentencesOf splits a text at full stops, question and exclamation marks, those of
// Arabic, Urdu and the scripts of India included, at colons and empty lines, and at the
// lines of a list.
func sentencesOf(text string) [][]word {
	var all [][]word
	var sentence []word
	end := func() {
		if len(sentence) > 0 {
			all, sentence = append(all, sentence), nil
		}
	}
	for at := 0; at < len(text); {
		rest := text[at:]
		if strings.HasPrefix(rest, "((") {
			if inner := strings.IndexAny(rest[2:], "?)("); inner >= 0 && strings.HasPrefix(rest[2+inner:], "))") {
				sentence = append(sentence, word{"", at})
				at += inner + 4
				continue
			}
			if condition := strings.Index(rest, "??"); condition >= 0 && !strings.ContainsAny(rest[2:condition], "()\n") {
				at += condition + 2 // optional text is read as if it were shown
				continue
			}
		}
		length := strings.IndexFunc(rest, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) && !joiner(r) && r != '\'' && r != '’' && r != '-'
		})
		if length < 0 {
			length = len(rest)
		}
		if length > 0 {
			if written := strings.Trim(rest[:length], "-'’"); written != "" {
				sentence = append(sentence, word{written, at + strings.Index(rest, written)})
			}
			at += length
			continue
		}
		sign, size := utf8.DecodeRuneInString(rest)
		after := rest[size:]
		switch sign {
		case '.', '?', '!', ':', '؟', '۔', '।':
			if after == "" || strings.ContainsAny(after[:1], " \n)*_") {
				end()
			}
		case '\n':
			if after == "" || strings.ContainsAny(after[:1], "\n#>-*0123456789") {
				end()
			}
		}
		at += size
	}
	end()
	return all
}

// syllables counts groups of vowels, less a silent e at the end.
func (w word) syllables() int {
	letters := strings.ToLower(w.text)
	count, before := 0, false
	for _, r := range letters {
		vowel := strings.ContainsRune("aeiouyàâäéèêëíîïóôöúûüŵŷ", r)
		if vowel && !before {
			count++
		}
		before = vowel
	}
	if count > 1 && strings.HasSuffix(letters, "e") && !strings.HasSuffix(letters, "le") ||
		count > 1 && strings.HasSuffix(letters, "ed") && !strings.HasSuffix(letters, "ted") && !strings.HasSuffix(letters, "ded") {
		count--
	}
	return max(count, 1)
}

// unwiseIn gives what says what to do about a word that tells whoever picks up the phone
// something about a child, or "" for all others.
func unwiseIn(language string) func(w word, next []word) string {
	switch primary(language) {
	case "cy":
		return unwiseWelsh
	case DefaultLanguage:
		return unwiseEnglish
	}
	return func(w word, _ []word) string { return unwiseNames(w) }
}

// unwiseNames are the short names of special needs that every language borrows.
func unwiseNames(w word) string {
	if w.text == "SEND" || strings.HasPrefix(w.text, "EHC") {
		return "leave it out: it tells a stranger that a child has special needs"
	}
	return ""
}

func unwiseEnglish(w word, next []word) string {
	if remedy := unwiseNames(w); remedy != "" {
		return remedy
	}
	switch strings.TrimSuffix(strings.ReplaceAll(strings.ToLower(w.text), "’", "'"), "'s") {
	case "child", "children", "son", "daughter", "pupil", "pupils":
		return "write \"you\", or \"your enquiry\""
	case "school", "schools", "college", "nursery":
		return "leave it out: a message never says where a child learns"
	case "special":
		if len(next) > 0 && strings.HasPrefix(strings.ToLower(next[0].text), "need") {
			return "leave it out: a message never says what a child needs"
		}
	case "need", "needs":
		return "leave it out, or write \"have to\""
	case "outcome", "outcomes", "decision", "diagnosis":
		return "write \"news\": a decision is told by a person or a letter"
	}
	return ""
}

// unwiseWelsh knows the words with their first letter as it stands and mutated.
func unwiseWelsh(w word, _ []word) string {
	if remedy := unwiseNames(w); remedy != "" {
		return remedy
	}
	switch w.text {
	case "AAA", "ADY", "CDU", "AIG": // anghenion addysgol arbennig, anghenion dysgu ychwanegol, cynllun datblygu unigol
		return "leave it out: it tells a stranger that a child has special needs"
	}
	switch strings.ToLower(w.text) {
	case "plentyn", "blentyn", "phlentyn", "mhlentyn", "plant", "blant", "phlant", "mhlant", "mab", "fab", "merch", "ferch",
		"disgybl", "ddisgybl", "disgyblion", "ddisgyblion":
		return "write \"chi\", or \"eich ymholiad\""
	case "ysgol", "ysgolion", "coleg", "goleg", "choleg", "colegau", "golegau", "meithrinfa", "feithrinfa", "meithrinfeydd":
		return "leave it out: a message never says where a child learns"
	case "angen", "hangen", "anghenion", "hanghenion":
		return "leave it out, or write \"rhaid\""
	case "canlyniad", "ganlyniad", "chanlyniad", "canlyniadau", "ganlyniadau", "penderfyniad", "benderfyniad", "phenderfyniad",
		"penderfyniadau", "benderfyniadau", "diagnosis", "ddiagnosis":
		return "write \"newyddion\": a decision is told by a person or a letter"
	}
	return ""
}
