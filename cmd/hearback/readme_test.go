package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hearback/deploy"
	"hearback/events"
	"hearback/notifier"
	"hearback/notifier/app"
	"hearback/notifier/rules"
)

// documents are the pages for people.
var documents = []string{"ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"}

// between is what a page has between <!-- name --> and <!-- /name -->.
func between(t *testing.T, document, name string) string {
	t.Helper()
	_, rest, begun := strings.Cut(document, "<!-- "+name+" -->\n")
	body, _, ended := strings.Cut(rest, "<!-- /"+name+" -->")
	if !begun || !ended {
		t.Fatalf("the marks <!-- %s --> and <!-- /%s --> are not there", name, name)
	}
	return body
}

// TestReadmeListsEverySetting compares the table with what the program reads.
func TestReadmeListsEverySetting(t *testing.T) {
	var want strings.Builder
	want.WriteString("| variable | what it sets | default |\n|---|---|---|\n")
	for _, s := range app.Settings() {
		value := ""
		if s.Default != "" {
			value = "`" + s.Default + "` "
		}
		fmt.Fprintf(&want, "| `%s` | %s | %s|\n", s.Name, s.Description, value)
	}
	if have := between(t, text(t, "README.md"), "settings"); have != want.String() {
		t.Errorf("the settings in README.md are not those of the program; put this between the marks:\n%s", want.String())
	}
}

// TestReadmeListsEveryVerb compares the table with the command.
func TestReadmeListsEveryVerb(t *testing.T) {
	var want strings.Builder
	want.WriteString("| verb | what it does |\n|---|---|\n")
	for _, v := range verbs() {
		fmt.Fprintf(&want, "| `hearback %s` | %s |\n", strings.ReplaceAll(v.usage, "|", `\|`), v.summary)
	}
	if have := between(t, text(t, "README.md"), "verbs"); have != want.String() {
		t.Errorf("the verbs in README.md are not those of the command; put this between the marks:\n%s", want.String())
	}
}

// TestReadmeBeginsWithTheTwoCommands: a newcomer finds them before anything else.
func TestReadmeBeginsWithTheTwoCommands(t *testing.T) {
	readme := text(t, "README.md")
	first, second := strings.Index(readme, "\ngo run ./cmd/hearback demo\n"), strings.Index(readme, "\ngo test ./...\n")
	if first < 0 || second < first || second > strings.Index(readme, "\n## ") {
		t.Error("README.md must give `go run ./cmd/hearback demo`, then `go test ./...`, before its first heading")
	}
}

var jsonBlock = regexp.MustCompile("(?s)```json\n(.*?)```")

// TestReadmeTellsWhatFamiliesGet plays README's own events through the core, and
// holds the picture of the phone to the texts that come out.
func TestReadmeTellsWhatFamiliesGet(t *testing.T) {
	readme := text(t, "README.md")
	book, faults := rules.Load(deploy.Hertfordshire())
	if book == nil {
		t.Fatal(faults)
	}
	books := notifier.Books{Current: book, Versions: map[string]*notifier.Book{book.Version: book}}
	family := &phoneOnPaper{books: books}
	for i, block := range jsonBlock.FindAllStringSubmatch(readme, -1) {
		event, err := events.Parse([]byte(block[1]))
		if err == nil {
			err = event.Check(event.Time)
		}
		if err != nil {
			t.Fatalf("example %d of README.md is not an event: %v", i+1, err)
		}
		family.decide(notifier.Input{Event: &event, Sequence: uint64(i + 1)}, event.Time)
	}
	if len(family.c.Promises) != 1 || len(family.texts) != 1 {
		t.Fatalf("README's events opened %d promises and led to %d texts; one of each is right", len(family.c.Promises), len(family.texts))
	}
	due := family.c.Promises[0].Due
	for now := family.c.Next(); !now.After(due); now = family.c.Next() {
		family.decide(notifier.Input{Due: true}, now)
	}
	postponed, err := events.Parse([]byte(`{"specversion":"1.0","id":"p1","source":"/t","type":"reply.postponed","subject":"H-10482",
		"time":"2026-12-01T10:00:00Z","data":{"until":"2026-12-07","reason":"We wait for a report.","by":"o.jane"}}`))
	if err != nil {
		t.Fatal(err)
	}
	family.decide(notifier.Input{Event: &postponed, Sequence: 9}, postponed.Time)

	shown := bubbles(between(t, readme, "phone"))
	if !slices.Equal(shown, family.texts) {
		t.Errorf("README.md shows these texts:\n%s\nthe example book makes these:\n%s", strings.Join(shown, "\n"), strings.Join(family.texts, "\n"))
	}
}

// phoneOnPaper keeps the texts that a family would get: every message is handed
// over at once.
type phoneOnPaper struct {
	books notifier.Books
	c     notifier.Case
	texts []string
}

func (p *phoneOnPaper) decide(in notifier.Input, now time.Time) {
	p.c = notifier.Decide(p.c, in, p.books, now).Case
	for len(p.c.Messages) > 0 {
		m := p.c.Messages[0]
		if !m.Staff && m.Channel == notifier.SMS {
			p.texts = append(p.texts, m.Body)
		}
		sent := notifier.Result{Message: m.ID, Status: notifier.Sent, At: now}
		p.c = notifier.Decide(p.c, notifier.Input{Result: &sent}, p.books, now).Case
	}
}

// bubbles reads the texts out of the drawn phone, each on one line.
func bubbles(drawing string) []string {
	var texts []string
	open := false
	for line := range strings.Lines(drawing) {
		inside, isText := strings.CutPrefix(line, "│")
		switch {
		case strings.HasPrefix(line, "╭"):
			texts, open = append(texts, ""), true
		case isText && open:
			words := strings.Join(strings.Fields(strings.TrimSuffix(strings.TrimSpace(inside), "│")), " ")
			texts[len(texts)-1] = strings.TrimSpace(texts[len(texts)-1] + " " + words)
		}
	}
	return texts
}

var (
	link      = regexp.MustCompile(`\]\(([^)#]+)\)`)
	fileName  = regexp.MustCompile(`^[A-Za-z0-9_./-]+\.(conf|example|go|json|md|mod|service|txt|yaml)$`)
	testNamed = regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Za-z0-9_]+)`")
	anySet    = regexp.MustCompile(`HEARBACK_[A-Z][A-Z_]*[A-Z]`)
)

// TestPagesNameOnlyWhatExists: every link, every file or folder in backquotes,
// every test and every setting.
func TestPagesNameOnlyWhatExists(t *testing.T) {
	var settings []string
	for _, s := range app.Settings() {
		settings = append(settings, s.Name)
	}
	tests := map[string]bool{}
	for _, file := range sources(t) {
		for name := range file.functions() {
			tests[name] = true
		}
	}
	for _, document := range documents {
		page := text(t, document)
		var names []string
		for _, match := range link.FindAllStringSubmatch(page, -1) {
			if !strings.Contains(match[1], "://") {
				names = append(names, match[1])
			}
		}
		for _, quote := range quotes(page) {
			folder, _, nested := strings.Cut(quote, "/")
			known := slices.Contains([]string{".ci", "cmd", "deploy", "events", "notifier", "templates"}, folder)
			if nested && known && !strings.ContainsAny(quote, " <>*…") || document == "ARCHITECTURE.md" && fileName.MatchString(quote) && nested {
				names = append(names, quote)
			}
		}
		for _, name := range names {
			if _, err := os.Stat(filepath.Join(repository, filepath.FromSlash(path.Clean(name)))); err != nil {
				t.Errorf("%s names %s, which is not there", document, name)
			}
		}
		for _, match := range testNamed.FindAllStringSubmatch(page, -1) {
			if !tests[match[1]] {
				t.Errorf("%s names the test %s, which is not there", document, match[1])
			}
		}
		for _, name := range anySet.FindAllString(page, -1) {
			if !slices.Contains(settings, name) {
				t.Errorf("%s names the setting %s, which does not exist", document, name)
			}
		}
	}
}
