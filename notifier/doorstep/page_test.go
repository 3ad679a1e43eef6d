package doorstep_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sight is a page as a reader finds it.
type sight struct {
	elements []xml.StartElement
	text     string // of everything, one space where there was any
	prose    []string
}

var (
	voidTag   = regexp.MustCompile(`<(meta|link|input|br)\b([^>]*)>`)
	bareWords = regexp.MustCompile(` (checked|selected|autofocus|novalidate)\b([ >/])`)
)

// look reads a page strictly, as XML: every element closed, every attribute in quotes.
// It fails the test where the page is not well formed, or hard to use without eyes or
// a mouse, or holds what no page may hold.
func look(t testing.TB, page string) sight {
	t.Helper()
	if !strings.HasPrefix(page, "<!DOCTYPE html>") {
		t.Fatalf("no doctype: %.60q", page)
	}
	for bareWords.MatchString(page) {
		page = bareWords.ReplaceAllString(page, ` $1=""$2`)
	}
	decoder := xml.NewDecoder(strings.NewReader(voidTag.ReplaceAllString(page, "<$1$2/>")))
	var s sight
	var text, paragraph strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well formed: %v\n%s", err, page)
		}
		switch token := token.(type) {
		case xml.StartElement:
			s.elements = append(s.elements, token.Copy())
			text.WriteByte(' ')
			if token.Name.Local == "p" {
				paragraph.Reset()
			}
		case xml.CharData:
			text.Write(token)
			paragraph.Write(token)
		case xml.EndElement:
			if words := strings.Join(strings.Fields(paragraph.String()), " "); token.Name.Local == "p" && words != "" {
				s.prose = append(s.prose, words)
			}
		}
	}
	s.text = strings.Join(strings.Fields(text.String()), " ")
	for _, fault := range s.faults() {
		t.Error(fault)
	}
	return s
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (s sight) count(name string) (n int) {
	for _, e := range s.elements {
		if e.Name.Local == name {
			n++
		}
	}
	return n
}

// value is what a field holds when the page is shown.
func (s sight) value(field string) string {
	for _, e := range s.elements {
		if attribute(e, "name") == field {
			return attribute(e, "value")
		}
	}
	return ""
}

// chosen lists the values of what is checked or selected.
func (s sight) chosen() (values []string) {
	for _, e := range s.elements {
		for _, a := range e.Attr {
			if a.Name.Local == "checked" || a.Name.Local == "selected" {
				values = append(values, attribute(e, "value"))
			}
		}
	}
	return values
}

func (s sight) faults() (found []string) {
	var ids, labelled []string
	for _, e := range s.elements {
		if id := attribute(e, "id"); id != "" {
			if slices.Contains(ids, id) {
				found = append(found, "the id "+id+" stands twice")
			}
			ids = append(ids, id)
		}
		if e.Name.Local == "label" {
			labelled = append(labelled, attribute(e, "for"))
		}
	}
	for _, name := range []string{"h1", "main", "title", "header", "footer", "html"} {
		if s.count(name) != 1 {
			found = append(found, "there is not one <"+name+">")
		}
	}
	for _, e := range s.elements {
		for _, name := range []string{"aria-labelledby", "aria-describedby", "for"} {
			for id := range strings.FieldsSeq(attribute(e, name)) {
				if !slices.Contains(ids, id) {
					found = append(found, name+" names "+id+", which is nowhere")
				}
			}
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "style" || a.Name.Local == "src" || a.Name.Local == "href" && strings.Contains(a.Value, "//") {
				found = append(found, "<"+e.Name.Local+"> has "+a.Name.Local+"="+a.Value)
			}
		}
		if target, inside := strings.CutPrefix(attribute(e, "href"), "#"); inside && !slices.Contains(ids, target) {
			found = append(found, "a link leads to #"+target+", which is nowhere")
		}
		switch name := e.Name.Local; name {
		case "script", "style", "iframe", "object", "embed", "base", "b", "i", "img":
			found = append(found, "there is a <"+name+">")
		case "html":
			if attribute(e, "lang") != "en-GB" {
				found = append(found, "the language is not said")
			}
		case "input", "select", "textarea":
			if attribute(e, "type") != "hidden" && !slices.Contains(labelled, attribute(e, "id")) {
				found = append(found, "the field "+attribute(e, "name")+" has no label")
			}
		case "form":
			if attribute(e, "method") != "post" || attribute(e, "action") != "" {
				found = append(found, "a form does not post to its own page")
			}
		}
	}
	return found
}
