package rules_test

import (
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"hearback/deploy"
	"hearback/notifier/rules"
)

func TestBundleTakesWhatBelongsToABook(t *testing.T) {
	files, err := rules.Bundle(fstest.MapFS{
		"rules.yaml":               {Data: []byte("a")},
		"directory.yaml":           {Data: []byte("b")},
		"README.md":                {Data: []byte("c")},
		"words/en/heard.sms.txt":   {Data: []byte("d")},
		"words/en/.heard.sms.swp":  {Data: []byte("e")},
		"words/.git/config":        {Data: []byte("f")},
		"old/words/en/heard.sms.t": {Data: []byte("g")},
	})
	want := rules.Files{"rules.yaml": "a", "directory.yaml": "b", "words/en/heard.sms.txt": "d"}
	if err != nil || !maps.Equal(files, want) {
		t.Errorf("got %v, %v", files, err)
	}
}

func TestBundleSaysWhatIsMissing(t *testing.T) {
	files, err := rules.Bundle(fstest.MapFS{"rules.yml": {}})
	if files != nil || err == nil {
		t.Fatalf("got %v, %v", files, err)
	}
	want := strings.Join([]string{
		"directory.yaml:1:1: the book has no file directory.yaml; add it to the folder of the book",
		"rules.yaml:1:1: the book has no file rules.yaml; rename rules.yml",
		"words:1:1: there is no folder of words; make it, with a folder for each language in it, such as words/en",
	}, "\n")
	if err.Error() != want {
		t.Errorf("got\n%s\nwant\n%s", err, want)
	}
}

// Versions are stored with open promises: they must be the same for ever.
func TestVersionIsFrozen(t *testing.T) {
	if got := (rules.Files{"rules.yaml": "a", "words/en/x.sms.txt": "b"}).Version(); got != "9ec11afb65a4" {
		t.Errorf("got %s", got)
	}
}

func TestVersionSurvivesTheBundle(t *testing.T) {
	for name, fsys := range map[string]fs.FS{"base": os.DirFS("testdata/base"), "example": deploy.Hertfordshire()} {
		direct, _ := rules.Load(fsys)
		files, err := rules.Bundle(fsys)
		if err != nil || direct == nil {
			t.Fatal(name, err)
		}
		bundled, _ := rules.Load(files.FS())
		if bundled == nil || direct.Version != bundled.Version || direct.Version != files.Version() || len(direct.Version) != 12 {
			t.Errorf("%s: %s, %s", name, direct.Version, files.Version())
		}
	}
}

// anyFiles draws bundles of every kind of path, those that no book has included.
func anyFiles() *rapid.Generator[rules.Files] {
	name := rapid.OneOf(rapid.SampledFrom([]string{"rules.yaml", "directory.yaml", "words", "words/en/a.sms.txt", "words/en", "words/cy/b.email.md", "../up", "/abs", ".", "", "a//b"}),
		rapid.StringMatching(`[a-c]{1,2}(/[a-c]{1,2}){0,3}`))
	return rapid.Custom(func(t *rapid.T) rules.Files {
		return rapid.MapOf(name, rapid.String()).Draw(t, "files")
	})
}

func TestBundlesAreFileSystems(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files := anyFiles().Draw(t, "files")
		var expected []string
		for name := range files {
			hidden := !fs.ValidPath(name) || name == "."
			for other := range files {
				hidden = hidden || strings.HasPrefix(name, other+"/")
			}
			if !hidden {
				expected = append(expected, name)
			}
		}
		fsys := files.FS()
		if len(expected) > 0 {
			if err := fstest.TestFS(fsys, expected...); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range expected {
			if got, err := fs.ReadFile(fsys, name); err != nil || string(got) != files[name] {
				t.Fatalf("%s: %v", name, err)
			}
		}
	})
}

// Two bundles have one version only if they say the same.
func TestVersionTellsBundlesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyFiles().Draw(t, "a"), anyFiles().Draw(t, "b")
		if (a.Version() == b.Version()) != maps.Equal(a, b) {
			t.Fatalf("versions %s and %s", a.Version(), b.Version())
		}
		moved := maps.Clone(a)
		for _, name := range slices.Sorted(maps.Keys(a)) {
			if len(a[name]) > 0 { // the same bytes, parted elsewhere
				delete(moved, name)
				moved[name+a[name][:1]] = a[name][1:]
				break
			}
		}
		if !maps.Equal(a, moved) && a.Version() == moved.Version() {
			t.Fatal("a path and its content run together")
		}
	})
}

func FuzzLoad(f *testing.F) {
	seed := sound(f)
	f.Add(seed[rulesFile], seed[directoryFile], seed["words/en/heard.email.md"])
	example, err := rules.Bundle(deploy.Hertfordshire())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example[rulesFile], example[directoryFile], example["words/en/reply-late.email.md"])
	for _, b := range append(brokenBooks(), oddBooks()...) {
		files := sound(f)
		files[b.file] = strings.Replace(files[b.file], b.old, strings.Replace(b.new, here, "", 1), 1)
		f.Add(files[rulesFile], files[directoryFile], files["words/en/heard.email.md"])
	}
	f.Add("&a [*a]", "a: &a {teams: *a, people: *a}", "")
	f.Add("promises: [&p {steps: &s [*p, *s], name: *s}]", "\xff", "\ufeffSubject: x\r\n\r\nx")
	f.Add("council:\r  name: \u2028", "teams:\r\n", "Subject: x\r\r((du\xcf))")
	f.Add("promises: [{due: before 29 February, steps: [{at: 9999 months before due}]}]", "? [a]\n: b", "((")
	f.Fuzz(func(t *testing.T, rulesText, directoryText, words string) {
		files := sound(t)
		files[rulesFile], files[directoryFile], files["words/en/heard.email.md"] = rulesText, directoryText, words
		book, faults := rules.Load(files.FS())
		broken := slices.ContainsFunc(faults, func(f rules.Fault) bool { return !f.Warning })
		if (book == nil) != broken {
			t.Fatalf("book: %v, faults: %v", book != nil, faults)
		}
		for i, fault := range faults {
			lines := strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(files[fault.File]), "\n") + 1
			if fault.Line < 1 || fault.Column < 1 || fault.Line > lines || fault.Problem == "" || fault.Remedy == "" || strings.Contains(fault.String(), "\n") {
				t.Errorf("odd fault: %#v", fault)
			}
			if slices.Contains(faults[:i], fault) {
				t.Errorf("twice: %s", fault)
			}
		}
		if book != nil && rules.Explain(book) == "" {
			t.Error("the book explains nothing")
		}
	})
}
