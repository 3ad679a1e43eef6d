package rules

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// The files of a book.
const (
	rulesFile     = "rules.yaml"
	directoryFile = "directory.yaml"
	holidaysFile  = "bank-holidays.json" // may be absent
	wordsFolder   = "words"
)

// Limits of a book. The largest council's book is a tenth of them.
const (
	largestFile = 1 << 20
	mostFiles   = 2000
	largestBook = 16 << 20
)

// Files is a book as one bundle, path to content, as it goes into the stream.
type Files map[string]string

// Bundle gathers the files of a book: rules.yaml, directory.yaml, what is in the
// folder words and, where it is there, bank-holidays.json. It passes over other files and over names that begin with a
// dot. It does not judge what the files say: that is for [Load].
func Bundle(fsys fs.FS) (Files, error) {
	var faults collector
	files := gather(fsys, &faults)
	var problems []error
	for _, f := range faults.sorted() {
		problems = append(problems, errors.New(f.String()))
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return files, nil
}

// Version names the content: 12 hex digits of the SHA-256 of every path and
// content. Equal bundles have equal versions on every machine.
func (f Files) Version() string {
	hash := sha256.New()
	frame := func(s string) {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(s)))
		hash.Write(size[:])
		io.WriteString(hash, s)
	}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		frame(name)
		frame(f[name])
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

// gather reads what belongs to a book.
func gather(fsys fs.FS, faults *collector) Files {
	g := gathering{fsys: fsys, faults: faults, files: make(Files)}
	g.required(rulesFile, "rules.yml", "rule.yaml")
	g.required(directoryFile, "directory.yml", "directories.yaml")
	g.optional(holidaysFile, "bank_holidays.json", "bankholidays.json", "bank-holiday.json", "holidays.json")
	switch info, err := fs.Stat(fsys, wordsFolder); {
	case err != nil:
		g.fault(wordsFolder, "there is no folder of words", "make it, with a folder for each language in it, such as words/en")
	case !info.IsDir():
		g.fault(wordsFolder, "this is a file, and the folder of words must stand here", "make a folder of it, with a folder for each language in it, such as words/en")
	default:
		g.folder(wordsFolder, 0)
	}
	return g.files
}

type gathering struct {
	fsys   fs.FS
	faults *collector
	files  Files
	size   int
}

func (g *gathering) fault(file, problem, remedy string) {
	g.faults.add(Fault{File: file, Line: 1, Column: 1, Problem: problem, Remedy: remedy})
}

func (g *gathering) required(name string, slips ...string) {
	if _, err := fs.Stat(g.fsys, name); err != nil {
		remedy := "add it to the folder of the book"
		for _, slip := range slips {
			if _, err := fs.Stat(g.fsys, slip); err == nil {
				remedy = "rename " + slip
			}
		}
		g.fault(name, "the book has no file "+name, remedy)
		return
	}
	g.file(name)
}

// optional takes a file in where it is there. One under a name that is nearly its
// own would otherwise be passed over in silence.
func (g *gathering) optional(name string, slips ...string) {
	if _, err := fs.Stat(g.fsys, name); err == nil {
		g.file(name)
		return
	}
	for _, slip := range slips {
		if _, err := fs.Stat(g.fsys, slip); err == nil {
			g.fault(slip, "this file would not be read", "rename it to "+name)
		}
	}
}

// deepestFolder bounds the search for words, whose files stand two levels down.
const deepestFolder = 8

func (g *gathering) folder(name string, depth int) {
	entries, err := fs.ReadDir(g.fsys, name)
	if err != nil {
		g.fault(name, "this folder cannot be read", "make it readable")
		return
	}
	for _, entry := range entries {
		inner := path.Join(name, entry.Name())
		switch {
		case strings.HasPrefix(entry.Name(), "."):
		case entry.IsDir() && depth >= deepestFolder:
			g.fault(inner, "the folders of words are too deep", "put the files into the folder of their language, such as words/en")
		case entry.IsDir():
			g.folder(inner, depth+1)
		default:
			g.file(inner)
		}
	}
}

func (g *gathering) file(name string) {
	content, err := readBounded(g.fsys, name)
	switch {
	case errors.Is(err, errTooLarge):
		g.fault(name, "this file is larger than 1 MB", "keep what belongs to the book and move the rest elsewhere")
		return
	case err != nil:
		g.fault(name, "this file cannot be read", "make it a plain, readable file")
		return
	}
	if g.size += len(content); g.size > largestBook || len(g.files) >= mostFiles {
		g.fault(wordsFolder, fmt.Sprintf("the book is larger than %d files or %d MB", mostFiles, largestBook>>20), "keep what belongs to the book and move the rest elsewhere")
		return
	}
	g.files[name] = content
}

var errTooLarge = errors.New("the file is too large")

// readBounded never reads more of a file than a book may hold, whatever size the
// file claims to have.
func readBounded(fsys fs.FS, name string) (string, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, largestFile+1))
	if err != nil {
		return "", err
	}
	if len(content) > largestFile {
		return "", errTooLarge
	}
	return string(content), nil
}
