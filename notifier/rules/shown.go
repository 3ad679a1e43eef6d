package rules

import (
	"io/fs"
	"path"
	"strings"

	"hearback/templates"
)

// WordsShown is one file of words as whoever gets it sees it.
type WordsShown struct {
	WordsMeasured
	// Usual has usual values in it, and LongestWords the longest: a day, a time, a reference,
	// and all optional text. Either is nil where the words lack a value then.
	Usual, LongestWords *templates.Rendered
}

// ShowWords shows one file of a book's words, such as words/en/enquiry-received.sms.txt,
// with the values by which [MeasureWords] measures. It is false where the file holds no
// words that can be used, or where the rules cannot be read: [Load] says why.
func ShowWords(fsys fs.FS, file string) (WordsShown, bool) {
	r := read(fsys)
	if r.rules == nil || r.words.library == nil {
		return WordsShown{}, false
	}
	for _, m := range r.rules.examine(r.dir, r.words, func(templates.Fault) {}) {
		if wordsFolder+"/"+wordsFileOf(m.Measured) != file {
			continue
		}
		worst, typical := r.rules.wordValues(r.dir).in(m.Language)
		shown := WordsShown{WordsMeasured: m}
		render := func(values templates.Values) *templates.Rendered {
			rendered, err := r.words.library.Render(m.Words, m.Channel, m.Language, values)
			if err != nil {
				return nil
			}
			return &rendered
		}
		shown.Usual, shown.LongestWords = render(typical), render(worst)
		return shown, true
	}
	return WordsShown{}, false
}

// wordsFileOf is where words stand below the folder of words.
func wordsFileOf(m templates.Measured) string {
	return m.Language + strings.TrimPrefix(wordsPath(m.Words, m.Channel), path.Dir(wordsPath(m.Words, m.Channel)))
}
