package templates

import (
	"slices"
)

// Library is all the words of one book. It never changes after [Parse], so it
// is safe for any number of goroutines.
type Library struct {
	files map[key]*words
	names []string
}

// key finds words; the language is in lower case.
type key struct {
	name     string
	channel  Channel
	language string
}

// words is one parsed file.
type words struct {
	language    string // as the folder is named
	rightToLeft bool
	text        string // the file, for those who read it as a writer would
	subject     []part // emails and letters
	body        []part
}

// find applies the order of languages that Render promises.
func (l *Library) find(name string, channel Channel, language string) *words {
	if found := l.own(name, channel, language); found != nil {
		return found
	}
	return l.files[key{name, channel, DefaultLanguage}]
}

// Has tells whether Render would find words, in this language or in one it
// falls back to.
func (l *Library) Has(name string, channel Channel, language string) bool {
	return l.find(name, channel, language) != nil
}

// Language is the language of the words that Render would find, as its folder is
// named; empty where there are none. Values must speak it.
func (l *Library) Language(name string, channel Channel, language string) string {
	if found := l.find(name, channel, language); found != nil {
		return found.language
	}
	return ""
}

// Only gives the library without the languages that use refuses, which are given as
// their folders are named.
func (l *Library) Only(use func(language string) bool) *Library {
	kept := &Library{files: make(map[key]*words, len(l.files))}
	for place, found := range l.files {
		if use(found.language) {
			kept.files[place] = found
			kept.names = append(kept.names, place.name)
		}
	}
	slices.Sort(kept.names)
	kept.names = slices.Compact(kept.names)
	return kept
}

// Names lists the names of all words, sorted.
func (l *Library) Names() []string { return slices.Clone(l.names) }

// Languages lists the languages, as their folders are named, in which words
// are written for a channel, sorted.
func (l *Library) Languages(name string, channel Channel) []string {
	var languages []string
	for k, found := range l.files {
		if k.name == name && k.channel == channel {
			languages = append(languages, found.language)
		}
	}
	slices.Sort(languages)
	return languages
}

// Placeholders lists, sorted, what the words that Render would find ask for:
// the values that every such message must have, and those that only optional
// text depends on or uses.
func (l *Library) Placeholders(name string, channel Channel, language string) (required, optional []string) {
	found := l.find(name, channel, language)
	if found == nil {
		return nil, nil
	}
	for _, parts := range [][]part{found.subject, found.body} {
		for i := range parts {
			switch p := &parts[i]; {
			case p.name == "":
			case p.optional():
				optional = append(optional, p.name)
				for j := range p.inner {
					if p.inner[j].name != "" {
						optional = append(optional, p.inner[j].name)
					}
				}
			default:
				required = append(required, p.name)
			}
		}
	}
	slices.Sort(required)
	slices.Sort(optional)
	required, optional = slices.Compact(required), slices.Compact(optional)
	optional = slices.DeleteFunc(optional, func(name string) bool {
		_, found := slices.BinarySearch(required, name)
		return found
	})
	return required, optional
}
