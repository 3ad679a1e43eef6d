package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// repository is where the root of the repository lies, seen from this package.
const repository = "../.."

// module is our own module path, as go.mod has it.
const module = "hearback/"

// sourceFile is one parsed Go file.
type sourceFile struct {
	path   string // from the root, with slashes
	folder string
	test   bool
	tree   *ast.File
}

// imports lists the import paths of the file.
func (f sourceFile) imports() []string {
	paths := make([]string, len(f.tree.Imports))
	for i, spec := range f.tree.Imports {
		paths[i], _ = strconv.Unquote(spec.Path.Value) // the parser has accepted it
	}
	return paths
}

// functions are the names of the file's top-level functions.
func (f sourceFile) functions() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, declaration := range f.tree.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if ok && function.Recv == nil && !yield(function.Name.Name) {
				return
			}
		}
	}
}

// sources parses every Go file of the repository. It opens the files itself:
// the go command may answer from a cache that a broken rule does not disturb.
func sources(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir(repository, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(entry.Name(), ".") && entry.Name() != ".."
		if entry.IsDir() && (name != repository && hidden || entry.Name() == "testdata" || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if entry.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(repository, name)
		if err != nil {
			return err
		}
		slashed := filepath.ToSlash(relative)
		files = append(files, sourceFile{path: slashed, folder: path.Dir(slashed), test: strings.HasSuffix(name, "_test.go"), tree: tree})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("only %d Go files were found; the walk does not see the repository", len(files))
	}
	return files
}

// text reads a file of the repository.
func text(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var quoted = regexp.MustCompile("`([^`]+)`")

// quotes lists what stands in backquotes.
func quotes(cell string) []string {
	var found []string
	for _, match := range quoted.FindAllStringSubmatch(cell, -1) {
		found = append(found, match[1])
	}
	return found
}

// table reads the Markdown table between <!-- name --> and <!-- /name -->: its
// rows, without the head.
func table(t *testing.T, document, name string) [][]string {
	t.Helper()
	_, rest, begun := strings.Cut(document, "<!-- "+name+" -->")
	body, _, ended := strings.Cut(rest, "<!-- /"+name+" -->")
	if !begun || !ended {
		t.Fatalf("the marks <!-- %s --> and <!-- /%s --> are not there", name, name)
	}
	var rows [][]string
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	if len(rows) < 3 {
		t.Fatalf("the table %s is empty", name)
	}
	return rows[2:] // behind the head and its rule
}

// TestOurPackagesKnowOnlyWhatTheMapSays holds every import of ours to the house
// in ARCHITECTURE.md, and the house to the imports.
func TestOurPackagesKnowOnlyWhatTheMapSays(t *testing.T) {
	house := map[string][]string{}
	for _, row := range table(t, text(t, "ARCHITECTURE.md"), "house") {
		house[quotes(row[0])[0]] = quotes(row[1])
	}
	known := map[string]map[string]bool{}
	for _, file := range sources(t) {
		if known[file.folder] == nil {
			known[file.folder] = map[string]bool{}
		}
		if file.test {
			continue
		}
		for _, imported := range file.imports() {
			folder, ours := strings.CutPrefix(imported, module)
			if !ours {
				continue
			}
			known[file.folder][folder] = true
			if !slices.Contains(house[file.folder], folder) {
				t.Errorf("%s imports %s, which the house does not allow: move the code, or change the house in ARCHITECTURE.md and say why", file.path, imported)
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(known)) {
		if _, there := house[folder]; !there {
			t.Errorf("%s is not in the house: give it a row in ARCHITECTURE.md", folder)
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(house)) {
		if known[folder] == nil {
			t.Errorf("the house has a row for %s, where there is no package: take it out", folder)
			continue
		}
		for _, allowed := range house[folder] {
			if !known[folder][allowed] {
				t.Errorf("the house lets %s know %s, which it does not: take it out", folder, allowed)
			}
		}
	}
}

// TestParentsKnowNoMachine holds the rule behind the house: a package may know
// those above it, never a machine below it. The exceptions are the words and
// rules that the core is made of.
func TestParentsKnowNoMachine(t *testing.T) {
	core := []string{"events/commit", "events/nearest", "notifier/calendar", "notifier/keyword", "notifier/mailin/letter", "notifier/phone", "notifier/postal"}
	for _, row := range table(t, text(t, "ARCHITECTURE.md"), "house") {
		folder := quotes(row[0])[0]
		for _, known := range quotes(row[1]) {
			if strings.HasPrefix(known, folder+"/") && !slices.Contains(core, known) {
				t.Errorf("%s knows its child %s: a parent holds words and rules, and knows no machine", folder, known)
			}
		}
	}
}

// TestForeignModulesStayInTheirFolders holds every import of others' code to the
// table of dependencies in ARCHITECTURE.md, and that table to go.mod.
func TestForeignModulesStayInTheirFolders(t *testing.T) {
	type dependency struct {
		folders   []string
		version   string
		testsOnly bool
	}
	allowed := map[string]dependency{}
	for _, row := range table(t, text(t, "ARCHITECTURE.md"), "dependencies") {
		allowed[quotes(row[0])[0]] = dependency{quotes(row[2]), row[1], row[2] == "tests"}
	}
	required := directRequirements(t)
	for name, version := range required {
		if allowed[name].version != version {
			t.Errorf("go.mod requires %s %s and ARCHITECTURE.md says %q: read what is new, then correct the table", name, version, allowed[name].version)
		}
	}
	used := map[string]map[string]bool{}
	for _, file := range sources(t) {
		for _, imported := range file.imports() {
			if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
				continue
			}
			name := owner(imported, slices.Collect(maps.Keys(allowed)))
			if name == "" {
				t.Errorf("%s imports %s, which is not in the table of dependencies in ARCHITECTURE.md: say there why it is needed", file.path, imported)
				continue
			}
			if file.test {
				continue // a test may use whatever the project has
			}
			if used[name] == nil {
				used[name] = map[string]bool{}
			}
			used[name][file.folder] = true
			if !slices.Contains(allowed[name].folders, file.folder) {
				t.Errorf("%s imports %s, which belongs in %s", file.path, imported, strings.Join(allowed[name].folders, ", "))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(allowed)) {
		if required[name] == "" {
			t.Errorf("ARCHITECTURE.md gives reasons for %s, which go.mod does not require: take it out", name)
		}
		for _, folder := range allowed[name].folders {
			if !used[name][folder] {
				t.Errorf("ARCHITECTURE.md says that %s uses %s, which it does not: take it out", folder, name)
			}
		}
	}
}

// TestJetStreamStaysWithTheStream: one package speaks JetStream for Hearback. What
// else does so is what services import, and what measures the raw stream.
func TestJetStreamStaysWithTheStream(t *testing.T) {
	const library = "github.com/nats-io/nats.go/jetstream"
	speak := map[string]bool{"events": false, "events/commit": false, "events/commit/committest": false, "notifier/bench": false, "notifier/stream": false}
	for _, file := range sources(t) {
		if file.test || !slices.Contains(file.imports(), library) {
			continue
		}
		if _, may := speak[file.folder]; !may {
			t.Errorf("%s imports %s: move what it does there to notifier/stream", file.path, library)
			continue
		}
		speak[file.folder] = true
	}
	for _, folder := range slices.Sorted(maps.Keys(speak)) {
		if !speak[folder] {
			t.Errorf("%s no longer speaks JetStream: take it out of this list", folder)
		}
	}
}

// directRequirements reads go.mod: module to version, the indirect ones left out.
func directRequirements(t *testing.T) map[string]string {
	t.Helper()
	required := map[string]string{}
	inside := false
	for line := range strings.Lines(text(t, "go.mod")) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 2 && fields[0] == "require":
			inside = true
		case len(fields) == 1 && fields[0] == ")":
			inside = false
		case inside && len(fields) == 2:
			required[fields[0]] = fields[1]
		}
	}
	if len(required) == 0 {
		t.Fatal("no requirements were found in go.mod")
	}
	return required
}

// owner is the longest module that the import path lies in.
func owner(imported string, modules []string) string {
	best := ""
	for _, name := range modules {
		if (imported == name || strings.HasPrefix(imported, name+"/")) && len(name) > len(best) {
			best = name
		}
	}
	return best
}

// TestPureRoomsTouchNothing: what is marked pure reads no clock, opens no file,
// logs nothing and draws no random numbers.
func TestPureRoomsTouchNothing(t *testing.T) {
	pure := map[string]bool{}
	for _, row := range table(t, text(t, "ARCHITECTURE.md"), "house") {
		if row[2] == "pure" {
			pure[quotes(row[0])[0]] = true
		}
	}
	for _, must := range []string{"events", "notifier", "notifier/calendar", "notifier/phone", "notifier/rules", "templates"} {
		if !pure[must] {
			t.Errorf("%s is not marked pure in the house", must)
		}
	}
	machines := []string{"crypto/rand", "log", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec"}
	clocks := []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}
	// A value may say how it wants to be logged; it may not log.
	loggers := []string{"Debug", "Default", "Error", "Info", "Log", "New", "SetDefault", "Warn", "With"}
	for _, file := range sources(t) {
		// The publisher for Go services is the one machine that lives with words.
		publisher := file.folder == "events" && strings.HasPrefix(path.Base(file.path), "publisher")
		if file.test || !pure[file.folder] || publisher {
			continue
		}
		for _, imported := range file.imports() {
			if slices.Contains(machines, imported) {
				t.Errorf("%s imports %s, and its package is pure", file.path, imported)
			}
		}
		for _, name := range clocks {
			if position, found := uses(file, "time", name); found {
				t.Errorf("%s uses time.%s at offset %d, and its package is pure: take the time as an argument", file.path, name, position)
			}
		}
		for _, name := range loggers {
			if _, found := uses(file, "slog", name); found {
				t.Errorf("%s uses slog.%s, and its package is pure: return what there is to say", file.path, name)
			}
		}
	}
}

// uses looks for a selector such as time.Now.
func uses(file sourceFile, from, name string) (position token.Pos, found bool) {
	ast.Inspect(file.tree, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok || selector.Sel.Name != name {
			return true
		}
		if left, ok := selector.X.(*ast.Ident); ok && left.Name == from {
			position, found = selector.Pos(), true
		}
		return true
	})
	return position, found
}

// TestNothingHappensBehindTheCallersBack: no init, and only the command itself
// reads its arguments or ends the process.
func TestNothingHappensBehindTheCallersBack(t *testing.T) {
	for _, file := range sources(t) {
		if file.test {
			continue
		}
		for name := range file.functions() {
			if name == "init" {
				t.Errorf("%s has an init function: do it where it is asked for", file.path)
			}
		}
		if file.path == "cmd/hearback/main.go" {
			continue
		}
		for _, name := range []string{"Args", "Exit"} {
			if _, found := uses(file, "os", name); found {
				t.Errorf("%s uses os.%s, which belongs in cmd/hearback/main.go", file.path, name)
			}
		}
	}
}

// TestEveryPackageSaysWhatItIsFor: one package comment each, that begins with
// the package's name.
func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	comments := map[string]int{}
	for _, file := range sources(t) {
		if file.test {
			continue
		}
		comments[file.folder] += 0
		if file.tree.Doc == nil {
			continue
		}
		comments[file.folder]++
		begins := "Package " + file.tree.Name.Name + " "
		if file.tree.Name.Name == "main" {
			begins = "Command " + path.Base(file.folder) + " "
		}
		if !strings.HasPrefix(file.tree.Doc.Text(), begins) {
			t.Errorf("%s: the package comment does not begin with %q", file.path, begins)
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(comments)) {
		if comments[folder] != 1 {
			t.Errorf("%s has %d package comments and must have one", folder, comments[folder])
		}
	}
}
