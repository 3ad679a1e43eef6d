package rules

import (
	"cmp"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"hearback/notifier"
	"hearback/notifier/calendar"
	"hearback/templates"
)

// longestReference is as long as references of case systems are in life; 64 characters
// are allowed.
const longestReference = "H-12345678"

// WordsMeasured is one file of words, measured.
type WordsMeasured struct {
	templates.Measured
	Family bool `json:"family"` // else staff
	Used   bool `json:"used"`   // false of a language that waits for approval
}

// BookWords are the words of one book, read and measured once. Nothing changes what they
// hold, so they are safe for many goroutines.
type BookWords struct {
	// Measured is every file of words, sorted by words, language and channel.
	Measured []WordsMeasured
	// Faults are those of [Load].
	Faults  []Fault
	library *templates.Library // nil where nothing is measured
	values  wordValues         // of every language that is measured
}

// ReadWords reads the words of a book and measures these files of them; where none is
// named, all.
func ReadWords(fsys fs.FS, only ...string) *BookWords {
	wanted := func(file string) bool { return len(only) == 0 || slices.Contains(only, file) }
	return read(fsys).measured(wanted, func(templates.Fault) {})
}

// measured are the words of a book that was read, with the faults that it has so far.
func (r reading) measured(wanted func(file string) bool, note func(templates.Fault)) *BookWords {
	b := &BookWords{Faults: slices.Clone(r.faults.sorted())}
	if r.rules != nil && r.words.library != nil {
		b.library, b.values = r.words.library, r.rules.wordValues(r.dir)
		b.Measured = r.rules.examine(b.values, r.words, wanted, note)
	}
	return b
}

// MeasureWords measures every file of a book's words, sorted by words, language and
// channel. The faults are those of [Load].
func MeasureWords(fsys fs.FS) ([]WordsMeasured, []Fault) {
	b := ReadWords(fsys)
	return b.Measured, b.Faults
}

// examineWords measures the words and warns of what a plain writer would change in them.
func (r reading) examineWords() *BookWords {
	return r.measured(func(string) bool { return true }, func(f templates.Fault) {
		r.faults.add(Fault{File: wordsFolder + "/" + f.File, Line: f.Line, Column: f.Column, Problem: f.Problem, Remedy: f.Remedy, Warning: true})
	})
}

// examine measures the wanted files with these values, and notes what a plain writer
// would change.
func (r *ruleBook) examine(values wordValues, list *wordList, wanted func(file string) bool, note func(templates.Fault)) []WordsMeasured {
	family := r.familyWords(list)
	var all []WordsMeasured
	for _, name := range list.library.Names() {
		for _, channel := range templates.Channels() {
			for _, language := range list.library.Languages(name, channel) {
				if !wanted(wordsFileOf(name, channel, language)) {
					continue
				}
				worst, typical := values.in(language)
				measured, notes, _ := list.library.Examine(name, channel, language, worst, typical, family[name])
				all = append(all, WordsMeasured{measured, family[name], r.uses(language)})
				for _, f := range notes {
					note(f)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b WordsMeasured) int {
		return cmp.Or(cmp.Compare(a.Words, b.Words), cmp.Compare(a.Language, b.Language))
	})
	return all
}

// wordValues are the values with which words are measured.
type wordValues struct {
	council, phone string // of the book; the longest phone of all
	known          map[string][2]templates.Values
}

// wordValues are those of this book.
func (r *ruleBook) wordValues(dir *directory) wordValues {
	values := wordValues{phone: r.council.Phone, council: r.council.Name, known: make(map[string][2]templates.Values)}
	if dir != nil {
		for _, team := range dir.value.Teams {
			if len(team.Phone) > len(values.phone) {
				values.phone = team.Phone
			}
		}
	}
	return values
}

// in gives the longest and the usual values in a language.
func (v wordValues) in(language string) (worst, typical templates.Values) {
	if found, ok := v.known[language]; ok {
		return found[0], found[1]
	}
	typical = make(templates.Values)
	for _, p := range slices.Concat(templates.StaffPlaceholders(), templates.DigestPlaceholders(), templates.FamilyPlaceholders()) {
		typical[p.Name] = p.Example
	}
	// Of what is missing in most messages nothing is shown: an answer by text stands on
	// a line of its own, and is as long as there is room for.
	for _, name := range []string{"urgent", "text back"} {
		delete(typical, name)
	}
	typical["council"], typical["phone"] = v.council, v.phone
	day := calendar.Date{Year: 2026, Month: time.November, Day: 30}
	set := func(values templates.Values, date, short calendar.Date, at time.Time, role string) {
		values["due date"], values["due day"] = date.WordsIn(language), short.ShortIn(language)
		values["due time"] = calendar.ClockIn(at, time.UTC, language)
		if values["told"] = notifier.ToldIn(role, language); values["told"] == "" {
			delete(values, "told")
		}
	}
	set(typical, day, day, day.At(17, 0, time.UTC), notifier.TeamLead)
	worst = maps.Clone(typical)
	worst["ref"], worst["urgent"] = longestReference, "yes"
	longest := slices.MaxFunc([]time.Time{day.At(12, 0, time.UTC), day.At(23, 59, time.UTC)}, func(a, b time.Time) int {
		return cmp.Compare(cost(calendar.ClockIn(a, time.UTC, language)), cost(calendar.ClockIn(b, time.UTC, language)))
	})
	role := slices.MaxFunc([]string{notifier.Officer, notifier.TeamLead, notifier.Manager, notifier.HeadOfService}, func(a, b string) int {
		return cmp.Compare(cost(notifier.ToldIn(a, language)), cost(notifier.ToldIn(b, language)))
	})
	set(worst, longestDay(func(d calendar.Date) string { return d.WordsIn(language) }), longestDay(func(d calendar.Date) string { return d.ShortIn(language) }), longest, role)
	v.known[language] = [2]templates.Values{worst, typical}
	return worst, typical
}

// longestDay is the day of a leap year that takes most room in a text.
func longestDay(words func(calendar.Date) string) calendar.Date {
	longest := calendar.Date{Year: 2028, Month: time.January, Day: 1}
	for d, most := longest, 0; d.Year == 2028; d = d.AddDays(1) {
		if units := cost(words(d)); units > most {
			longest, most = d, units
		}
	}
	return longest
}

// cost is what a value takes of a text.
func cost(value string) int {
	return templates.Measure(templates.Normalise(strings.TrimSpace(value))).Units
}
