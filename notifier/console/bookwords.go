package console

import (
	"cmp"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hearback/notifier/rules"
	"hearback/templates"
)

// wordsList is the words of one language, with those of the others a step away.
type wordsList struct {
	Nav       bookNav
	Languages []languageShown
	Language  string // its tag
	Name      string
	Files     []wordsRow
	// Others are files that hold no words that can be measured.
	Others []wordsRow
	Add    addForm
}

type languageShown struct {
	Name, Path string
	Files      int
	Chosen     bool
}

// wordsRow is one file of words, measured.
type wordsRow struct {
	Words, Channel, Path           string
	Segments, Age, Longest, Remark string
	Faults                         int
}

// addForm names words that are not written yet.
type addForm struct {
	Language, Name, Channel string
	Channels                []choice
	Errors                  []fieldError
	LanguageProblem         string
	NameProblem             string
}

func (c *console) showWords(w http.ResponseWriter, r *http.Request) {
	d, ok := c.desk(w, r)
	if !ok {
		return
	}
	c.renderWords(w, http.StatusOK, d, r.URL.Query().Get("language"), addForm{})
}

func (c *console) renderWords(w http.ResponseWriter, status int, d desk, language string, add addForm) {
	files := d.files()
	languages := map[string]int{}
	for file := range files {
		if below, inside := strings.CutPrefix(file, wordsFolder); inside {
			tag, _, _ := strings.Cut(below, "/")
			languages[tag]++
		}
	}
	if languages[language] == 0 {
		language = templates.DefaultLanguage
	}
	body := wordsList{Nav: d.nav("/book/words"), Language: language, Name: templates.LanguageName(language), Add: add}
	for _, tag := range slices.Sorted(maps.Keys(languages)) {
		body.Languages = append(body.Languages, languageShown{templates.LanguageName(tag), "/book/words?" + url.Values{"language": {tag}}.Encode(), languages[tag], tag == language})
	}
	words := c.options.Proofs.Words(files)
	wrong := map[string]int{}
	for _, f := range words.Faults {
		wrong[f.File]++
	}
	seen := map[string]bool{}
	for _, m := range words.Measured {
		if m.Language != language {
			continue
		}
		file := fileOf(m.Language, m.Words, string(m.Channel))
		seen[file] = true
		row := wordsRow{Words: m.Words, Channel: channelWords(string(m.Channel)), Path: wordsLink(file), Faults: wrong[file], Longest: numbered(m.Longest, "word")}
		row.Segments, row.Age, row.Remark = segmentsShown(m), ageShown(m), remark(m)
		body.Files = append(body.Files, row)
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if below, inside := strings.CutPrefix(file, wordsFolder+language+"/"); inside && !seen[file] {
			body.Others = append(body.Others, wordsRow{Words: below, Path: wordsLink(file), Faults: wrong[file]})
		}
	}
	body.Add.Language = cmp.Or(body.Add.Language, language)
	for _, channel := range templates.Channels() {
		body.Add.Channels = append(body.Add.Channels, choice{string(channel), capitalised(channelWords(string(channel))), string(channel) == add.Channel})
	}
	c.render(w, status, "bookwords", page{Title: "The words", Active: "/book", HasFail: len(add.Errors) > 0, Body: body})
}

// fileOf is where words stand in a book.
func fileOf(language, name, channel string) string {
	ending := ".md"
	if channel == string(templates.SMS) {
		ending = ".txt"
	}
	return wordsFolder + language + "/" + name + "." + channel + ending
}

func wordsLink(file string) string {
	link, _, _ := strings.Cut(fileLink(file, 1), "?")
	return link
}

func numbered(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// segmentsShown says how many texts a phone puts together, and so what the words cost.
func segmentsShown(m rules.WordsMeasured) string {
	switch {
	case m.Worst == nil || m.Typical == nil:
		return ""
	case m.Worst.Parts == m.Typical.Parts:
		return numbered(m.Worst.Parts, "segment")
	}
	return fmt.Sprintf("%s, usually %d", numbered(m.Worst.Parts, "segment"), m.Typical.Parts)
}

func ageShown(m rules.WordsMeasured) string {
	if m.Age == 0 {
		return ""
	}
	return strconv.Itoa(m.Age)
}

// remark says for whom words are, where that is not families as usual.
func remark(m rules.WordsMeasured) string {
	switch {
	case !m.Used:
		return "Not used: the language waits for approval"
	case !m.Family:
		return "For staff"
	}
	return ""
}

// addWords leads to the page of words that are not written yet.
func (c *console) addWords(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	add := addForm{Language: shown(strings.TrimSpace(query.Get("language"))), Name: shown(strings.TrimSpace(query.Get("name"))), Channel: query.Get("channel")}
	if problem, remedy := templates.LanguageProblem(add.Language); problem != "" {
		add.LanguageProblem = "The language " + problem + "; " + remedy
	}
	if !slices.Contains(templates.Channels(), templates.Channel(add.Channel)) {
		add.Channel = string(templates.SMS)
	}
	file := fileOf(add.Language, add.Name, add.Channel)
	if add.LanguageProblem == "" && !wordsName(file) {
		add.NameProblem = "The name must be lower-case letters, digits and hyphens, such as reply-late"
	}
	if add.Errors = collect("add-language", add.LanguageProblem, "add-name", add.NameProblem); len(add.Errors) == 0 {
		http.Redirect(w, r, wordsLink(file), http.StatusSeeOther)
		return
	}
	if d, ok := c.desk(w, r); ok {
		c.renderWords(w, http.StatusUnprocessableEntity, d, add.Language, add)
	}
}

// wordsPage is what stands beside the text of words.
type wordsPage struct {
	Language, Direction string
	New                 bool
	Measured            []string // in sentences
	Looks               []look
	// Values are those that the words may use.
	Values []templates.Placeholder
	// English is what the words say in English, for those who write another language.
	English string
}

func newWordsPage(language string) *wordsPage {
	return &wordsPage{Language: language, Direction: templates.Direction(language)}
}

// look is a message as whoever gets it sees it.
type look struct {
	Heading, About string
	IsText         bool
	Subject, Text  string
	Body           template.HTML // of an email or a letter
}

// words is the page of a file of words, and answers for itself where there can be none.
func (c *console) words(w http.ResponseWriter, r *http.Request) (editPage, bool) {
	language, name := r.PathValue("language"), r.PathValue("file")
	file := wordsFolder + language + "/" + name
	if d, ok := c.desk(w, r); !ok {
		return editPage{}, false
	} else if _, there := d.files()[file]; !there && !wordsName(file) {
		c.say(w, http.StatusNotFound, "There are no such words", "Choose them from the list of words.")
		return editPage{}, false
	}
	return editPage{Heading: "Words in " + templates.LanguageName(language) + ": " + name, File: file, Path: wordsLink(file),
		Hint:  "Values stand in double brackets, such as ((due date)). Nothing that you change here is in force before you publish it.",
		Words: newWordsPage(language)}, true
}

func (c *console) showWordsFile(w http.ResponseWriter, r *http.Request) {
	if e, ok := c.words(w, r); ok {
		c.showFile(w, r, e)
	}
}

func (c *console) keepWordsFile(w http.ResponseWriter, r *http.Request) {
	if e, ok := c.words(w, r); ok {
		c.keepFile(w, r, e)
	}
}

// preview fills in what the words look like, as they stand in the field. words are those
// of the book with them.
func (c *console) preview(e *editPage, d desk, words *rules.BookWords) {
	p := e.Words
	_, there := d.files()[e.File]
	p.New = !there
	if below, other := strings.CutPrefix(e.File, wordsFolder+p.Language+"/"); other && p.Language != templates.DefaultLanguage {
		p.English = d.files()[wordsFolder+templates.DefaultLanguage+"/"+below]
	}
	shown, ok := words.Show(e.File)
	switch {
	case strings.HasSuffix(e.File, "/"+templates.StatusFile):
	case ok && shown.Words == templates.ChasesDigest:
		p.Values = templates.DigestPlaceholders()
	case ok && !shown.Family:
		p.Values = templates.StaffPlaceholders()
	default:
		p.Values = templates.FamilyPlaceholders()
	}
	if !ok {
		return
	}
	if text := shown.Worst; text != nil {
		p.Measured = append(p.Measured, fmt.Sprintf("At its longest it takes %s (%d characters of %s); %d would still fit.", numbered(text.Parts, "segment"), text.Units, text.Encoding, text.Left))
		if len(text.Forced) > 0 {
			p.Measured = append(p.Measured, "These characters make the text dearer: "+string(text.Forced)+".")
		}
	}
	if shown.Age > 0 {
		p.Measured = append(p.Measured, fmt.Sprintf("Reading age: %d years.", shown.Age))
	}
	p.Measured = append(p.Measured, "The longest sentence has "+numbered(shown.Longest, "word")+".")
	if said := remark(shown.WordsMeasured); said != "" {
		p.Measured = append(p.Measured, said+".")
	}
	for i, rendered := range []*templates.Rendered{shown.Usual, shown.LongestWords} {
		if rendered == nil {
			continue
		}
		one := look{Heading: []string{"As it usually looks", "At its longest"}[i], Subject: rendered.Subject, IsText: shown.Channel == templates.SMS}
		if one.IsText {
			one.Text = strings.TrimSpace(rendered.Body)
			measured := templates.Measure(one.Text)
			one.About = fmt.Sprintf("A text of %s, %s", numbered(measured.Parts, "segment"), numbered(measured.Units, "character"))
		} else {
			one.Body, one.About = template.HTML(templates.Body(rendered.Body)), map[bool]string{true: "An email", false: "A letter"}[shown.Channel == templates.Email]
		}
		p.Looks = append(p.Looks, one)
	}
}
