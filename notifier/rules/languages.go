package rules

import (
	"maps"
	"slices"
	"strings"

	"hearback/templates"
)

var languagesShape = shape{"the list of languages", []field{
	{"approved", "approved: [pl, ur]", true},
}}

var statusShape = shape{"the status of a language", []field{
	{"status", "status: approved", true},
	{"by", "by: Anna Nowak, qualified translator", false},
	{"on", "on: 2026-12-01", false},
}}

// What status.yaml says of the words of a language.
const (
	statusNeeded   = "needs approval by a qualified translator"
	statusApproved = "approved"
)

// readLanguages reads which languages the book approves.
func (r *ruleBook) readLanguages() {
	n := r.object.value("languages")
	if n == nil {
		return
	}
	o, ok := r.doc.object(n, languagesShape)
	if !ok {
		return
	}
	for _, t := range o.texts("approved", false) {
		if problem, remedy := templates.LanguageProblem(t.value); problem != "" {
			r.doc.fault(t.node, problem, remedy)
			continue
		}
		r.approved = append(r.approved, t)
	}
}

// alwaysUsed: English and Welsh are languages of the council's own; every other waits
// for a qualified translator.
func alwaysUsed(language string) bool {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	return primary == templates.DefaultLanguage || primary == "cy"
}

// uses reports whether families may be written to in a language, named as its folder is.
func (r *ruleBook) uses(language string) bool {
	return alwaysUsed(language) || slices.ContainsFunc(r.approved, func(t text) bool { return strings.EqualFold(t.value, language) })
}

// folders are the languages for which the book has a folder of words, as they are
// named.
func (l *wordList) folders() []string {
	var list []string
	for file := range l.there {
		if language, name, inside := strings.Cut(file, "/"); inside && name != templates.StatusFile {
			list = append(list, language)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// checkLanguages finds languages that are approved and cannot be used, and news that a
// family would get in English instead of its own language.
func (r *ruleBook) checkLanguages(list *wordList) {
	folders := list.folders()
	seen := make(map[string]bool)
	for _, t := range r.approved {
		tag := strings.ToLower(t.value)
		switch {
		case seen[tag]:
			r.doc.warn(t.node, "\""+t.value+"\" is approved twice", "keep one of the two")
		case !slices.ContainsFunc(folders, func(folder string) bool { return strings.EqualFold(folder, t.value) }):
			remedy := "write its words into words/" + t.value + ", or take it out"
			if others := slices.DeleteFunc(slices.Clone(folders), alwaysUsed); len(others) > 0 {
				remedy += "; there are words in " + strings.Join(others, ", ")
			}
			r.doc.fault(t.node, "there are no words in \""+t.value+"\"", remedy)
		}
		seen[tag] = true
	}
	for _, language := range folders {
		if strings.EqualFold(language, templates.DefaultLanguage) || !r.uses(language) {
			continue
		}
		if lacking := r.lacking(list, language); len(lacking) > 0 {
			r.doc.faults.add(Fault{File: wordsFolder + "/" + language, Line: 1, Column: 1, Warning: true,
				Problem: "families who read " + language + " get these words in English: " + strings.Join(lacking, ", "),
				Remedy:  "write them, or accept that an interpreter has to help"})
		}
	}
}

// lacking lists the files that a language lacks of all that families get in English. Of
// strangers nobody knows the language.
func (r *ruleBook) lacking(list *wordList, language string) []string {
	var lacking []string
	for _, name := range slices.Sorted(maps.Keys(r.familyWords(list))) {
		for _, channel := range templates.Channels() {
			file := wordsPath(name, channel)
			if channel == templates.Letter && !alwaysUsed(language) || !list.there[file] || name == r.answers.reply.value {
				continue // a text and an email are asked for; letters are for those who can
			}
			own := language + strings.TrimPrefix(file, templates.DefaultLanguage)
			if !list.there[own] {
				lacking = append(lacking, strings.TrimPrefix(own, language+"/"))
			}
		}
	}
	return lacking
}

// familyWords names all words that go to families: those that the rules ask for and
// those that the product asks for by itself.
func (r *ruleBook) familyWords(list *wordList) map[string]bool {
	names := make(map[string]bool)
	for _, u := range r.wordUses() {
		if u.to == toFamily {
			names[u.value] = true
		}
	}
	for _, name := range []string{templates.ReplyPostponed, templates.OptedOut, templates.OptedIn, templates.Help, templates.Interpreter} {
		names[name] = true
	}
	return names
}

// readStatus reads the status of each language's words.
func (r *ruleBook) readStatus(files Files, list *wordList, faults *collector) {
	for _, language := range list.folders() {
		name := wordsFolder + "/" + language + "/" + templates.StatusFile
		content, there := files[name]
		if !there {
			continue
		}
		doc, root := readDocument(name, content, faults)
		if root == nil {
			continue
		}
		o, ok := doc.object(root, statusShape)
		if !ok {
			continue
		}
		status := o.text("status")
		switch {
		case !status.given():
		case status.value == statusApproved:
			for _, key := range []string{"by", "on"} {
				if !o.text(key).given() {
					doc.warn(status.node, "it is not said who approved these words, or when", "add "+statusShape.example("by")+" and "+statusShape.example("on"))
					break
				}
			}
		case status.value != statusNeeded:
			doc.fault(status.node, "\""+clip(status.value)+"\" is not a status", "write status: "+statusApproved+", or status: "+statusNeeded)
		case r != nil && r.uses(language) && !alwaysUsed(language):
			doc.warn(status.node, "the rules approve "+language+", and this still says that its words need approval",
				"write here who approved them and when, or take "+language+" out of languages in "+rulesFile)
		}
	}
}
