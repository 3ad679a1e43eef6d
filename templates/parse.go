package templates

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// largestFile bounds one file of words. The longest letter is a hundredth of it.
const largestFile = 64 << 10

// StatusFile stands in the folder of a language and says who approved its words. It is
// for those who keep the book, and no part of any message.
const StatusFile = "status.yaml"

// Parse reads a folder of words: <language>/<name>.sms.txt,
// <language>/<name>.email.md and <language>/<name>.letter.md, where the language is
// a BCP 47 tag and the name is in lower case with hyphens. The first line of an
// email or a letter is "Subject: …", then comes an empty line, then Markdown; a
// letter's holds paragraphs, "# " headings and "* " lists and nothing else. The words
// [Interpreter] have no subject. Files whose names begin with a dot and [StatusFile] are
// passed over. A byte order mark and Windows line ends are accepted.
//
// known says which placeholders may be used, by the name of the words; the
// entry "" is for words of any other name. Words without an entry, and all
// words when known is nil, may use any.
//
// The faults are sorted by file and place. The Library holds the files that
// have none, so that a caller may choose to go on with them.
func Parse(fsys fs.FS, known map[string][]string) (*Library, []Fault) {
	r := reader{library: &Library{files: make(map[key]*words)}, known: known}
	folders, err := fs.ReadDir(fsys, ".")
	if err != nil {
		r.fault(".", "the folder of words cannot be read", "make it readable, or set the book's folder to the right place")
		return r.library, r.faults
	}
	for _, folder := range folders {
		language := folder.Name()
		switch {
		case strings.HasPrefix(language, "."):
		case !folder.IsDir():
			r.fault(language, "this file is not in the folder of a language", "move it into one, such as en/"+language)
		case !languageTag().MatchString(language):
			r.fault(language, "this folder is not named after a language", "give it a language's tag, such as en, cy or pl")
		default:
			r.language(fsys, language)
		}
	}
	slices.Sort(r.library.names)
	r.library.names = slices.Compact(r.library.names)
	slices.SortStableFunc(r.faults, func(a, b Fault) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return (a.Line-b.Line)*1_000_000 + a.Column - b.Column
	})
	return r.library, r.faults
}

var (
	languageTag = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	})
	wordsName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	})
)

// reader gathers a library and its faults.
type reader struct {
	library *Library
	known   map[string][]string
	faults  []Fault
}

// fault notes a problem with a file as a whole.
func (r *reader) fault(file, problem, remedy string) {
	r.faults = append(r.faults, Fault{File: file, Line: 1, Column: 1, Problem: problem, Remedy: remedy})
}

func (r *reader) language(fsys fs.FS, language string) {
	files, err := fs.ReadDir(fsys, language)
	if err != nil {
		r.fault(language, "this folder cannot be read", "make it readable")
		return
	}
	for _, file := range files {
		if !strings.HasPrefix(file.Name(), ".") && file.Name() != StatusFile {
			r.file(fsys, language, file)
		}
	}
}

func (r *reader) file(fsys fs.FS, language string, entry fs.DirEntry) {
	file := path.Join(language, entry.Name())
	name, channel, ok := splitName(entry.Name())
	switch {
	case entry.IsDir():
		r.fault(file, "there is a folder among the words", "move its files up into "+language+"/")
		return
	case !ok:
		r.fault(file, "this is not the name of words", "name it like reply-late.sms.txt, reply-late.email.md or reply-late.letter.md, in lower case with hyphens")
		return
	}
	place := key{name, channel, strings.ToLower(language)}
	if r.library.files[place] != nil {
		r.fault(file, "these words are there twice, in folders that differ only in capitals", "keep one of the two")
		return
	}
	text, problem, remedy := read(fsys, file)
	if problem != "" {
		r.fault(file, problem, remedy)
		return
	}
	allowed, listed := r.known[name]
	switch {
	case !listed:
		allowed = r.known[""]
	case allowed == nil:
		allowed = []string{}
	}
	found, faults := parseFile(file, text, name, channel, allowed)
	r.faults = append(r.faults, faults...)
	if len(faults) > 0 {
		return
	}
	found.language, found.rightToLeft = language, Direction(language) == "rtl"
	r.library.files[place] = found
	r.library.names = append(r.library.names, name)
}

// suffix is how the files of a channel end.
func suffix(channel Channel) string {
	if channel == SMS {
		return ".sms.txt"
	}
	return "." + string(channel) + ".md"
}

// splitName splits "reply-late.sms.txt" into the name of the words and their channel.
func splitName(file string) (name string, channel Channel, ok bool) {
	for _, channel := range Channels() {
		if name, found := strings.CutSuffix(file, suffix(channel)); found && wordsName().MatchString(name) {
			return name, channel, true
		}
	}
	return "", "", false
}

// read gives a file's content as it stands, or says why it cannot.
func read(fsys fs.FS, file string) (text, problem, remedy string) {
	info, err := fs.Stat(fsys, file)
	if err == nil && info.Size() > largestFile {
		return "", "this file is larger than 64 KB", "keep the words and move the rest elsewhere"
	}
	content, err := fs.ReadFile(fsys, file)
	if err != nil {
		return "", "this file cannot be read", "make it readable"
	}
	if len(content) > largestFile {
		return "", "this file is larger than 64 KB", "keep the words and move the rest elsewhere"
	}
	return string(content), "", ""
}

// parseFile reads one file of words. Only without faults is the result fit for use.
func parseFile(file, content, name string, channel Channel, allowed []string) (*words, []Fault) {
	content = strings.TrimPrefix(content, "\ufeff")
	content = strings.ReplaceAll(content, "\r\n", "\n")
	content = strings.ReplaceAll(content, "\r", "\n")
	s := &source{file: file, text: content}
	if !s.checkCharacters() {
		return nil, s.faults
	}
	reader := partReader{source: s, end: len(s.text), allowed: allowed}
	found := &words{text: content}
	if channel == SMS {
		if strings.TrimSpace(s.text) == "" {
			s.fault(0, "this file is empty", "write the text, or delete the file")
			return nil, s.faults
		}
		found.body = reader.read(0)
		s.checkSMS(found.body)
		if len(s.faults) == 0 {
			found.body = normaliseParts(found.body, hasJoiningScript(s.text))
		}
		return found, s.faults
	}
	if name == Interpreter {
		found.body = reader.read(0)
		s.checkInterpreter(found.body)
		return found, s.faults
	}
	start, subjectEnd, bodyStart, ok := s.head("the " + string(channel))
	if !ok {
		return nil, s.faults
	}
	reader.end = subjectEnd
	found.subject = reader.read(start)
	s.checkSubject(found.subject)
	reader.end = len(s.text)
	found.body = reader.read(bodyStart)
	if len(s.faults) == 0 {
		s.checkMarkdown(found.body)
	}
	if channel == Letter && len(s.faults) == 0 {
		s.checkLetter(found.body)
	}
	return found, s.faults
}

// checkCharacters refuses what is not text: bytes that are not UTF-8 and
// control characters.
func (s *source) checkCharacters() bool {
	for i, r := range s.text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s.text[i:]); size == 1 {
				s.fault(i, "this is not UTF-8 text", "save the file as UTF-8")
				return false
			}
		}
		if directs(r) {
			s.fault(i, "there is a sign of writing direction here, which nobody can see", "delete it: values are set apart by themselves, and an email knows the direction of its language")
			return false
		}
		if r != utf8.RuneError && !printable(r) {
			s.fault(i, "there is a control character here", "delete it, or type the line again")
			return false
		}
	}
	return true
}

// head finds the subject and the start of the body of an email or a letter.
func (s *source) head(what string) (start, end, body int, ok bool) {
	const prefix = "subject:"
	end = strings.IndexByte(s.text, '\n')
	if end < 0 {
		end = len(s.text)
	}
	line := s.text[:end]
	switch {
	case len(line) < len(prefix) || !strings.EqualFold(line[:len(prefix)], prefix):
		s.fault(0, "the first line is not a subject", "begin the file with \"Subject: …\" and an empty line")
		return 0, 0, 0, false
	case strings.TrimSpace(line[len(prefix):]) == "":
		s.fault(end, "the subject is empty", "write what "+what+" is about after \"Subject:\"")
		return 0, 0, 0, false
	}
	start = len(prefix) + len(line[len(prefix):]) - len(strings.TrimLeft(line[len(prefix):], " \t"))
	rest := s.text[min(end+1, len(s.text)):]
	next, _, _ := strings.Cut(rest, "\n")
	if strings.TrimSpace(rest) == "" {
		s.fault(len(s.text), what+" has no body", "write it under the subject, after an empty line")
		return 0, 0, 0, false
	}
	if strings.TrimSpace(next) != "" {
		s.fault(end+1, "there is no empty line under the subject", "put one between the subject and the body")
		return 0, 0, 0, false
	}
	body = end + 1 + len(next) + 1
	for s.text[body] == '\n' {
		body++
	}
	return start, end, body, true
}
