package rules

import (
	"maps"
	"path"
	"slices"

	"hearback/templates"
)

// unusedWords warns of words that no rule names and that the product does not ask
// for by itself.
func (p *proof) unusedWords() {
	used := make(map[string]bool)
	for name := range templates.Known() {
		used[name] = true
	}
	for _, u := range p.rules.wordUses() {
		used[u.value] = true
	}
	for _, file := range slices.Sorted(maps.Keys(p.words.there)) {
		name := wordsName(file)
		if path.Base(file) == templates.StatusFile || used[name] || p.words.there[wordsPath(name, templates.Letter)] { // of letters Load has said so
			continue
		}
		used[name] = true
		p.faults.add(Fault{File: path.Join(wordsFolder, file), Line: 1, Column: 1, Warning: true,
			Problem: "no rule uses the words " + quoteID(name), Remedy: "delete their files, or name them in " + rulesFile})
	}
}
