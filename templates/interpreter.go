package templates

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Interpreter names the words that end a message to somebody who asked for another
// language than the book has: one sentence, which says that an interpreter can be
// arranged. It is sent in their language where that is written, else in
// [DefaultLanguage]; in a text only where its letters are in GSM-7, for others would
// double the price, and GOV.UK Notify could not send it at all. A book without these
// words says nothing.
const Interpreter = "interpreter"

// InterpreterPlaceholders are the values of [Interpreter]: those that no message lacks.
func InterpreterPlaceholders() []Placeholder {
	var list []Placeholder
	for _, p := range FamilyPlaceholders() {
		if p.Name == "council" || p.Name == "ref" || p.Name == "phone" {
			list = append(list, p)
		}
	}
	return list
}

// withInterpreter adds the sentence to a message that is not in the language asked for.
func (l *Library) withInterpreter(r Rendered, name string, channel Channel, wanted string, values Values) (Rendered, error) {
	if !speaks(wanted) || name == Interpreter || l.own(name, channel, wanted) != nil {
		return r, nil
	}
	found := l.find(Interpreter, channel, wanted)
	if found == nil {
		return r, nil
	}
	as := style{markdownText, found.rightToLeft}
	if channel == SMS {
		as.kind = plainSMS
	}
	sentence, lacks := appendParts(nil, found.body, values, as)
	if channel == SMS && lacks == "" && Measure(string(sentence)).Encoding != GSM7 {
		if found = l.files[key{Interpreter, channel, DefaultLanguage}]; found == nil {
			return r, nil
		}
		sentence, lacks = appendParts(nil, found.body, values, style{kind: plainSMS})
	}
	if lacks != "" {
		return Rendered{}, &Missing{Words: Interpreter, Placeholder: lacks}
	}
	r.Body = strings.TrimRight(r.Body, "\n")
	switch {
	case channel == SMS:
		r.Body += "\n"
	case found.language != r.Language:
		r.Body += "\n\n[" + lastLanguage + "]: #" + found.language + "\n\n"
	default:
		r.Body += "\n\n"
	}
	r.Body += tidy(sentence)
	if channel != SMS {
		r.Body += "\n"
	}
	return r, nil
}

// lastLanguage is the label of a link reference that says in which language the last
// paragraph of an email stands: "[language of the last paragraph]: #pl". Markdown shows
// no reference, words may hold none, and a value is never one.
const lastLanguage = "language of the last paragraph"

// parseDressed parses an email and gives its last paragraph the language and the
// direction that it has of its own.
func parseDressed(source []byte) ast.Node {
	context := parser.NewContext()
	document := commonMark().Parser().Parse(text.NewReader(source), parser.WithContext(context))
	reference, ok := context.Reference(lastLanguage)
	if !ok {
		return document
	}
	tag := strings.TrimPrefix(string(reference.Destination()), "#")
	for last := document.LastChild(); last != nil; last = last.PreviousSibling() {
		if last.Kind() == ast.KindParagraph && languageTag().MatchString(tag) {
			last.SetAttributeString("lang", tag)
			last.SetAttributeString("dir", Direction(tag))
			break
		}
	}
	return document
}

// checkInterpreter refuses all but one paragraph.
func (s *source) checkInterpreter(parts []part) {
	if len(s.faults) == 0 {
		s.checkMarkdown(parts)
	}
	if len(s.faults) > 0 {
		return
	}
	if got := shapeWith(parts, true, nil, ""); got != shape([]byte("a")) {
		s.fault(0, "these words are more than one plain sentence, and they end every message that is not in a family's own language",
			"write one sentence, without a subject, such as: We can arrange an interpreter.")
	}
}
