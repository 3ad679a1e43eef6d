package rules_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"hearback/notifier/rules"
)

const (
	rulesFile     = "rules.yaml"
	directoryFile = "directory.yaml"
)

// here marks in a broken book where its fault must be found.
const here = "‸"

// broken is one slip in a sound book, and what must be said of it.
type broken struct {
	name     string
	book     string // one of testdata/good; empty for testdata/base
	file     string
	old, new string            // new holds the mark, unless the fault is elsewhere
	also     *strings.Replacer // what else is changed in the file, which is no slip by itself
	want     string            // "what is wrong; what to do"
	at       string            // file:line:column, where the mark cannot stand there
}

// sound gives the files of a small book without any fault.
func sound(t testing.TB) rules.Files {
	t.Helper()
	files, err := rules.Bundle(os.DirFS("testdata/base"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// breakBook makes the slip and gives the place of the mark.
func (b broken) breakBook(t *testing.T) (book rules.Files, line, column int) {
	t.Helper()
	book = sound(t)
	if b.book != "" {
		book = good(t, b.book)
	}
	if b.old == "" {
		if _, there := book[b.file]; there {
			t.Fatalf("%s is there already", b.file)
		}
	} else if strings.Count(book[b.file], b.old) != 1 {
		t.Fatalf("%q stands %d times in %s", b.old, strings.Count(book[b.file], b.old), b.file)
	}
	text := strings.Replace(book[b.file], b.old, b.new, 1)
	if b.also != nil {
		text = b.also.Replace(text)
	}
	before, after, marked := strings.Cut(text, here)
	if marked {
		line = strings.Count(before, "\n") + 1
		column = utf8.RuneCountInString(before[strings.LastIndex(before, "\n")+1:]) + 1
	}
	book[b.file] = before + after
	return book, line, column
}

func TestSoundBooksHaveNoFault(t *testing.T) {
	for name, fsys := range map[string]fs.FS{"base": os.DirFS("testdata/base"), "bundle": sound(t).FS()} {
		book, faults := rules.Load(fsys)
		for _, f := range faults {
			t.Errorf("%s: %s", name, f)
		}
		if book == nil {
			t.Errorf("%s: no book", name)
		}
	}
}

func TestEachSlipIsOneFaultAtItsPlace(t *testing.T) {
	for _, b := range brokenBooks() {
		t.Run(b.name, func(t *testing.T) { b.check(t, false) })
	}
}

func TestEachOddityIsOneWarningAtItsPlace(t *testing.T) {
	for _, b := range oddBooks() {
		t.Run(b.name, func(t *testing.T) { b.check(t, true) })
	}
}

func (b broken) check(t *testing.T, warning bool) {
	t.Helper()
	files, line, column := b.breakBook(t)
	book, faults := rules.Load(files.FS())
	if (book != nil) != warning {
		t.Errorf("there is a book: %v", book != nil)
	}
	if len(faults) != 1 {
		t.Errorf("%d faults, want 1", len(faults))
	}
	for _, f := range faults {
		problem, remedy, _ := strings.Cut(b.want, "; ")
		want := rules.Fault{File: b.file, Line: line, Column: column, Problem: problem, Remedy: remedy, Warning: warning}
		if b.at != "" {
			if !strings.HasPrefix(f.String(), b.at+": ") {
				t.Errorf("got  %s\nwant %s", f, b.at)
			}
			want.File, want.Line, want.Column = f.File, f.Line, f.Column
		}
		if f.String() != want.String() || f.Warning != warning {
			t.Errorf("\ngot  %s (warning: %v)\nwant %s", f, f.Warning, want)
		}
	}
}

func TestEveryFaultOfEveryFileInOneRun(t *testing.T) {
	files := sound(t)
	files[rulesFile] = strings.NewReplacer("due: 5 working days", "due: soon", "chase: [officer]\n", "chase: [offcer]\n").Replace(files[rulesFile])
	files[directoryFile] = strings.Replace(files[directoryFile], "cover: p.lead", "cover: p.led", 1)
	files["words/en/heard.sms.txt"] = "We have your message, ((reff))."
	_, faults := rules.Load(files.FS())
	var places []string
	for _, f := range faults {
		place, _, _ := strings.Cut(f.String(), ": ")
		places = append(places, place)
	}
	want := "directory.yaml:16:51 rules.yaml:20:10 rules.yaml:27:17 words/en/heard.sms.txt:1:23"
	if got := strings.Join(places, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFaultsInWholeFiles(t *testing.T) {
	large := strings.Repeat("# a comment\n", 100_000)
	nested := "teams: " + strings.Repeat("[", 20_000)
	for _, c := range []struct {
		name, file string
		content    *string // nil: the file is not there
		want       string
	}{
		{"no rules", rulesFile, nil, "rules.yaml:1:1: the book has no file rules.yaml; add it to the folder of the book"},
		{"no directory", directoryFile, nil, "directory.yaml:1:1: the book has no file directory.yaml; add it to the folder of the book"},
		{"empty", rulesFile, new(""), "rules.yaml:1:1: this file is empty; write it as the example book does"},
		{"only a comment", rulesFile, new("# nothing\n"), "rules.yaml:1:1: this file is empty; write it as the example book does"},
		{"a list", rulesFile, new("- a\n"), "rules.yaml:1:1: the rules cannot be a list; write it as council: {name: Hertfordshire County Council, short: Herts SEND, phone: 01632 960123}"},
		{"too large", directoryFile, &large, "directory.yaml:1:1: this file is larger than 1 MB; keep what belongs to the book and move the rest elsewhere"},
		{"too deep", directoryFile, &nested, "directory.yaml:1:1: this is not YAML: exceeded max depth of 10000; look at this line and the one before it: the indentation, the brackets and the quotes"},
		{"not UTF-8", directoryFile, new("teams:\n  - né\xe9\n"), "directory.yaml:2:7: this is not UTF-8 text; save the file as UTF-8"},
		{"control character", directoryFile, new("teams:\n  - a\x07\n"), "directory.yaml:2:6: there is a control character here; delete it, or type the line again"},
		{"no digest", "words/en/chases-digest.email.md", nil, "words/en/chases-digest.email.md:1:1: these words are missing, so several chases of one person cannot go as one email; write this file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := sound(t)
			if c.content == nil {
				delete(files, c.file)
			} else {
				files[c.file] = *c.content
			}
			book, faults := rules.Load(files.FS())
			if book != nil || len(faults) != 1 || faults[0].String() != c.want {
				t.Errorf("got  %v\nwant %s", faults, c.want)
			}
		})
	}
}

func TestMissingFolderOfWordsIsOneFault(t *testing.T) {
	files := sound(t)
	book, faults := rules.Load(fstest.MapFS{
		rulesFile:     {Data: []byte(files[rulesFile])},
		directoryFile: {Data: []byte(files[directoryFile])},
		"words.txt":   {Data: []byte("no words")},
	})
	const want = "words:1:1: there is no folder of words; make it, with a folder for each language in it, such as words/en"
	if book != nil || len(faults) != 1 || faults[0].String() != want {
		t.Errorf("got %v", faults)
	}
}

func TestMissingReplyPostponedIsAWarning(t *testing.T) {
	files := sound(t)
	delete(files, "words/en/reply-postponed.sms.txt")
	book, faults := rules.Load(files.FS())
	if book == nil || len(faults) != 1 || !faults[0].Warning || faults[0].File != "words/en/reply-postponed.sms.txt" {
		t.Errorf("got %v", faults)
	}
}
