package rules

import (
	"io/fs"
	"path"
	"slices"

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
	return ReadWords(fsys, file).Show(file)
}

// Show shows one file of the words, as [ShowWords] does.
func (b *BookWords) Show(file string) (WordsShown, bool) {
	at := slices.IndexFunc(b.Measured, func(m WordsMeasured) bool { return wordsFileOf(m.Words, m.Channel, m.Language) == file })
	if at < 0 {
		return WordsShown{}, false
	}
	shown := WordsShown{WordsMeasured: b.Measured[at]}
	worst, typical := b.values.in(shown.Language)
	render := func(values templates.Values) *templates.Rendered {
		rendered, err := b.library.Render(shown.Words, shown.Channel, shown.Language, values)
		if err != nil {
			return nil
		}
		return &rendered
	}
	shown.Usual, shown.LongestWords = render(typical), render(worst)
	return shown, true
}

// wordsFileOf is where words stand in a book.
func wordsFileOf(name string, channel templates.Channel, language string) string {
	return path.Join(wordsFolder, language, path.Base(wordsPath(name, channel)))
}
