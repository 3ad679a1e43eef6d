package rules

import (
	"hearback/events/nearest"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"hearback/notifier"
	"hearback/templates"
)

// audience is whom words speak to.
type audience int

const (
	toFamily audience = iota
	toStaff
	toDigest
)

func (a audience) String() string {
	if a == toFamily {
		return "a family"
	}
	return "staff"
}

// placeholders are the values that words for an audience may use.
func (a audience) placeholders() []string {
	list := templates.StaffPlaceholders()
	switch a {
	case toFamily:
		list = templates.FamilyPlaceholders()
	case toDigest:
		list = templates.DigestPlaceholders()
	}
	names := make([]string, len(list))
	for i, p := range list {
		names[i] = p.Name
	}
	return names
}

// use is one place of the book that asks for words.
type use struct {
	text
	to       audience
	channels []templates.Channel
	// news has no date by which anything is due.
	news bool
}

// wordUses lists every place of the rules that asks for words.
func (r *ruleBook) wordUses() []use {
	var uses []use
	for _, p := range r.promises {
		if p.acknowledge.given() {
			uses = append(uses, use{text: p.acknowledge, to: toFamily, channels: familyChannels(p.rule.Acknowledge.Via)})
		}
		for _, s := range p.steps {
			chasesFamily := slices.Contains(s.value.Chase, notifier.Family)
			if s.words.given() && chasesFamily {
				uses = append(uses, use{text: s.words, to: toFamily, channels: familyChannels(s.value.Via)})
			}
			if s.words.given() && (len(s.value.Chase) > 1 || len(s.value.Chase) == 1 && !chasesFamily) {
				uses = append(uses, use{text: s.words, to: toStaff, channels: staffChannels(s.value.Via)})
			}
			if s.tellFamily.given() {
				uses = append(uses, use{text: s.tellFamily, to: toFamily, channels: familyChannels(notifier.Via{})})
			}
		}
	}
	for _, t := range r.tells {
		if t.words.given() {
			uses = append(uses, use{text: t.words, to: toFamily, channels: familyChannels(t.value.Via), news: true})
		}
	}
	for _, t := range r.updates {
		uses = append(uses, use{text: t, to: toFamily, channels: familyChannels(notifier.Via{}), news: true})
	}
	if r.answers.reply.given() {
		uses = append(uses, use{text: r.answers.reply, to: toFamily, channels: familyChannels(notifier.Via{})})
	}
	return uses
}

// dated are the values that only a promise gives: news has no date.
var dated = []string{"due date", "due day", "due time", "target date", "target day", "told", "reason"}

// familyChannels are the channels that a message to a family may take and must have
// words for. Letters are for those councils that write words for them.
func familyChannels(via notifier.Via) []templates.Channel {
	if len(via.Channels) == 0 {
		return []templates.Channel{templates.SMS, templates.Email}
	}
	return channels(via)
}

// staffChannels: staff are chased by email unless the step says otherwise.
func staffChannels(via notifier.Via) []templates.Channel {
	switch {
	case len(via.Channels) > 0:
		return channels(via)
	case via.All:
		return []templates.Channel{templates.Email, templates.SMS}
	}
	return []templates.Channel{templates.Email}
}

func channels(via notifier.Via) []templates.Channel {
	list := make([]templates.Channel, len(via.Channels))
	for i, channel := range via.Channels {
		list[i] = templates.Channel(channel)
	}
	return list
}

// wordList is the folder of words, read.
type wordList struct {
	library *templates.Library
	// there holds every file below the folder, whether or not it can be used.
	there map[string]bool
}

// readWords parses the folder of words, each file by whom it speaks to.
func readWords(files Files, r *ruleBook, faults *collector) *wordList {
	list := &wordList{there: make(map[string]bool)}
	for name := range files {
		if below, ok := strings.CutPrefix(name, wordsFolder+"/"); ok {
			list.there[below] = true
		}
	}
	if len(list.there) == 0 {
		if !slices.ContainsFunc(faults.list, func(f Fault) bool { return strings.HasPrefix(f.File, wordsFolder) }) {
			faults.add(Fault{File: wordsFolder, Line: 1, Column: 1, Problem: "there are no words", Remedy: "add files such as words/en/enquiry-received.sms.txt"})
		}
		return list
	}
	folder, err := fs.Sub(files.FS(), wordsFolder)
	if err != nil {
		return list // cannot happen: the path is valid
	}
	library, found := templates.Parse(folder, r.placeholders())
	faults.addWords(found)
	list.library = library
	return list
}

// placeholders says which values words may use: those for the audience that the
// rules give them. The product's own words have theirs; words for both audiences,
// or for none, may use all, and each use is looked at by itself.
func (r *ruleBook) placeholders() map[string][]string {
	known := maps.Clone(templates.Known())
	if r == nil {
		return known
	}
	audiences := make(map[string][]audience)
	for _, u := range r.wordUses() {
		if !slices.Contains(audiences[u.value], u.to) {
			audiences[u.value] = append(audiences[u.value], u.to)
		}
	}
	for name, to := range audiences {
		if _, own := known[name]; !own && len(to) == 1 {
			known[name] = to[0].placeholders()
		}
	}
	return known
}

// checkWords finds words that are missing, and words used for those to whom
// they cannot speak.
func (r *ruleBook) checkWords(list *wordList) {
	if list.library == nil {
		return
	}
	missing := make(map[string]bool)
	for _, u := range r.wordUses() {
		if !missing[u.value] && !r.present(list, u) {
			missing[u.value] = true
			continue
		}
		r.checkAudience(list.library, u)
	}
	r.ownWords(list, templates.ChasesDigest, []templates.Channel{templates.Email}, false)
	r.ownWords(list, templates.ReplyPostponed, []templates.Channel{templates.SMS, templates.Email}, true)
	if len(list.folders()) > 1 {
		r.ownWords(list, templates.Interpreter, []templates.Channel{templates.SMS, templates.Email}, true)
	}
	if r.setByLaw() {
		r.ownWords(list, templates.ExceptionRecorded, []templates.Channel{templates.SMS, templates.Email}, true)
	}
	r.checkLetters(list)
	r.checkLanguages(list)
}

// setByLaw reports a book with a date that only an exception can excuse.
func (r *ruleBook) setByLaw() bool {
	return slices.ContainsFunc(r.promises, func(p promise) bool { return p.rule.Statutory })
}

// checkLetters warns, in a book that has words for letters, of news that it cannot
// tell by letter, and of words for letters that nobody gets.
func (r *ruleBook) checkLetters(list *wordList) {
	var written []string
	for _, name := range list.names() {
		if list.there[wordsPath(name, templates.Letter)] {
			written = append(written, name)
		}
	}
	if len(written) == 0 {
		return
	}
	told := []string{templates.ReplyPostponed}
	if r.setByLaw() {
		told = append(told, templates.ExceptionRecorded)
	}
	for _, u := range r.wordUses() {
		if u.to == toFamily && u.value != r.answers.reply.value && !slices.Contains(told, u.value) {
			told = append(told, u.value)
		}
	}
	warn := func(name, problem, remedy string) {
		r.doc.faults.add(Fault{File: wordsFolder + "/" + wordsPath(name, templates.Letter), Line: 1, Column: 1, Warning: true, Problem: problem, Remedy: remedy})
	}
	for _, name := range told {
		if !slices.Contains(written, name) {
			warn(name, "these words are missing, so a family that only letters reach is not told this", "write this file")
		}
	}
	for _, name := range written {
		if !slices.Contains(told, name) && name != templates.Interpreter {
			warn(name, "these words never go as a letter", "delete this file: letters tell families that they were heard, and what becomes of their reply")
		}
	}
}

// present looks for words in every channel that a use may need.
func (r *ruleBook) present(list *wordList, u use) bool {
	var lacking []string
	for _, channel := range u.channels {
		if file := wordsPath(u.value, channel); !list.there[file] {
			lacking = append(lacking, wordsFolder+"/"+file)
		}
	}
	if len(lacking) == 0 {
		return true
	}
	remedy := "write " + strings.Join(lacking, " and ")
	if close := nearest.Name(u.value, list.names()); close != "" && close != u.value {
		remedy = "did you mean \"" + close + "\"? Else " + remedy
	}
	problem := "there are no words \"" + clip(u.value) + "\" for " + u.to.String()
	if len(lacking) < len(u.channels) {
		problem += " by " + strings.TrimPrefix(path.Ext(strings.TrimSuffix(lacking[0], path.Ext(lacking[0]))), ".")
	}
	r.doc.fault(u.node, problem, remedy)
	return false
}

// wordsPath is where the words of a channel stand in the language that every
// other falls back to.
func wordsPath(name string, channel templates.Channel) string {
	ending := ".md"
	if channel == templates.SMS {
		ending = ".txt"
	}
	return templates.DefaultLanguage + "/" + name + "." + string(channel) + ending
}

// wordsName is the name of the words in a file.
func wordsName(file string) string {
	name, _, _ := strings.Cut(path.Base(file), ".")
	return name
}

func (l *wordList) names() []string {
	var names []string
	for file := range l.there {
		names = append(names, wordsName(file))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// checkAudience finds a value in the words that a message to this audience does
// not have.
func (r *ruleBook) checkAudience(library *templates.Library, u use) {
	allowed, channels, whom := u.to.placeholders(), u.channels, u.to.String()
	if u.to == toFamily && !slices.Contains(channels, templates.Letter) {
		channels = append(slices.Clip(channels), templates.Letter)
	}
	for _, channel := range channels {
		for _, language := range library.Languages(u.value, channel) {
			required, optional := library.Placeholders(u.value, channel, language)
			for _, name := range slices.Concat(required, optional) {
				undated := u.news && slices.Contains(dated, name) && slices.Contains(required, name)
				if slices.Contains(allowed, name) && !undated {
					continue
				}
				if undated {
					whom = "a family about news"
				}
				r.doc.fault(u.node, "the words \""+clip(u.value)+"\" use (("+name+")), which a message to "+whom+" does not have",
					"name words written for "+u.to.String()+", or take the value out of these")
				return
			}
		}
	}
}

// ownWords looks for words that the product asks for by itself.
func (r *ruleBook) ownWords(list *wordList, name string, channels []templates.Channel, warning bool) {
	for _, channel := range channels {
		if file := wordsPath(name, channel); !list.there[file] {
			why := "several chases of one person cannot go as one email"
			switch name {
			case templates.ExceptionRecorded:
				why = "a family is not told by " + string(channel) + " why a lawful date cannot be kept"
			case templates.ReplyPostponed:
				why = "a family is not told by " + string(channel) + " when the date of a reply moves"
			case templates.Interpreter:
				why = "a family that reads no English is not told by " + string(channel) + " that an interpreter can be arranged"
			}
			r.doc.faults.add(Fault{File: wordsFolder + "/" + file, Line: 1, Column: 1, Warning: warning,
				Problem: "these words are missing, so " + why, Remedy: "write this file"})
		}
	}
}
