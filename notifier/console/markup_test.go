package console_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// markup is what a test must know of a page: enough of HTML for pages that we write
// ourselves, with every element closed and every attribute in double quotes.
type markup struct {
	elements []element
	text     string // of the body, with a space for every tag
}

type element struct {
	name       string
	attributes map[string]string
}

var (
	tagPattern       = regexp.MustCompile(`<(/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z-][a-zA-Z0-9-]*(?:="[^"<>]*")?)*)\s*>`)
	attributePattern = regexp.MustCompile(`([a-zA-Z-][a-zA-Z0-9-]*)(?:="([^"<>]*)")?`)
)

var voidElements = []string{"meta", "link", "input", "br", "img", "hr"}

// parseMarkup fails the test where the page is not well formed.
func parseMarkup(t testing.TB, page string) markup {
	t.Helper()
	rest, ok := strings.CutPrefix(page, "<!DOCTYPE html>")
	if !ok {
		t.Fatalf("the page does not begin with its doctype: %.60q", page)
	}
	var m markup
	var open []string
	var text strings.Builder
	for rest != "" {
		before, _, found := strings.Cut(rest, "<")
		if strings.Contains(before, ">") {
			t.Fatalf("a > stands in text: %.80q", before)
		}
		text.WriteString(before)
		text.WriteByte(' ')
		if !found {
			break
		}
		rest = rest[len(before):]
		at := tagPattern.FindStringSubmatchIndex(rest)
		if at == nil || at[0] != 0 {
			t.Fatalf("no tag that we write: %.80q", rest)
		}
		closing, name, attributes := rest[at[2]:at[3]] == "/", rest[at[4]:at[5]], rest[at[6]:at[7]]
		rest = rest[at[1]:]
		switch {
		case closing && (len(open) == 0 || open[len(open)-1] != name):
			t.Fatalf("</%s> closes %v", name, open)
		case closing:
			open = open[:len(open)-1]
			continue
		case !slices.Contains(voidElements, name):
			open = append(open, name)
		}
		e := element{name, map[string]string{}}
		if slices.Contains(open, "svg") && name == "title" {
			e.name = "svg-title" // of a picture, not of the page
		}
		for _, pair := range attributePattern.FindAllStringSubmatch(attributes, -1) {
			if _, twice := e.attributes[pair[1]]; twice {
				t.Fatalf("<%s> has %s twice", name, pair[1])
			}
			e.attributes[pair[1]] = pair[2]
		}
		m.elements = append(m.elements, e)
	}
	if len(open) > 0 {
		t.Fatalf("left open: %v", open)
	}
	m.text = strings.Join(strings.Fields(text.String()), " ")
	return m
}

func (m markup) count(name string) (n int) {
	for _, e := range m.elements {
		if e.name == name {
			n++
		}
	}
	return n
}

// links are the addresses that the page leads to.
func (m markup) links() (addresses []string) {
	for _, e := range m.elements {
		if address, ok := e.attributes["href"]; ok && !slices.Contains(addresses, address) {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

// faults are what makes a page hard to use without eyes or a mouse, or unsafe.
func (m markup) faults() (found []string) {
	say := func(format string, values ...any) { found = append(found, fmt.Sprintf(format, values...)) }
	ids := map[string]bool{}
	labelled := map[string]bool{}
	for _, e := range m.elements {
		if id, ok := e.attributes["id"]; ok && ids[id] {
			say("the id %s stands twice", id)
		} else if ok {
			ids[id] = true
		}
		if e.name == "label" {
			labelled[e.attributes["for"]] = true
		}
	}
	for _, name := range []string{"h1", "main", "title", "header"} {
		if n := m.count(name); n != 1 {
			say("%d elements are <%s>", n, name)
		}
	}
	level := 1
	for _, e := range m.elements {
		for name := range e.attributes {
			if strings.HasPrefix(name, "on") || name == "style" {
				say("<%s> has the attribute %s", e.name, name)
			}
		}
		for _, name := range []string{"aria-labelledby", "aria-describedby", "for", "list"} {
			for id := range strings.FieldsSeq(e.attributes[name]) {
				if !ids[id] {
					say("<%s %s> names %s, which is nowhere", e.name, name, id)
				}
			}
		}
		if fragment, ok := strings.CutPrefix(e.attributes["href"], "#"); ok && !ids[fragment] {
			say("a link leads to #%s, which is nowhere", fragment)
		}
		switch e.name {
		case "script":
			if !strings.HasPrefix(e.attributes["src"], "/assets/") {
				say("there is a <script> that is not ours")
			}
		case "style", "iframe", "object", "embed", "base":
			say("there is a <%s>", e.name)
		case "html":
			if e.attributes["lang"] != "en-GB" {
				say("the language is %q", e.attributes["lang"])
			}
		case "th":
			if e.attributes["scope"] == "" {
				say("a <th> has no scope")
			}
		case "input", "select":
			if e.attributes["type"] != "hidden" && !labelled[e.attributes["id"]] {
				say("the field %s has no label", e.attributes["id"])
			}
		case "h2", "h3", "h4":
			next := int(e.name[1] - '0')
			if next > level+1 {
				say("a heading of level %d follows one of level %d", next, level)
			}
			level = next
		case "h1":
			level = 1
		}
	}
	if m.count("table") != m.count("caption") {
		say("a table has no caption")
	}
	return found
}
