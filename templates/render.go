package templates

import (
	"fmt"
	"strings"
)

// A Channel is a way of sending that has words of its own.
type Channel string

// The channels that have words.
const (
	SMS    Channel = "sms"    // <language>/<name>.sms.txt
	Email  Channel = "email"  // <language>/<name>.email.md
	Letter Channel = "letter" // <language>/<name>.letter.md
)

// Channels lists the channels that have words.
func Channels() []Channel { return []Channel{SMS, Email, Letter} }

// DefaultLanguage is the language of last resort: words that a family's own
// language lacks are sent in it.
const DefaultLanguage = "en"

// Rendered is one message in words.
type Rendered struct {
	Subject  string // emails and letters: one line of plain text
	Body     string // sms: the text, normalised; email: Markdown for [Text] and [HTML]; letter: Markdown for [Print]
	Language string // the language of the words that were found, as its folder is named
}

// Missing is the error of a message that lacks a value. Such a message must
// not go: a person has to say it instead.
type Missing struct {
	Words       string // the name of the words
	Placeholder string // the value they lack
}

// Error names the words and the placeholder; it holds no value.
func (m *Missing) Error() string {
	return fmt.Sprintf("words %q: the value ((%s)) is missing, blank or not fit for its place; give the case this value, or take it out of the words", m.Words, m.Placeholder)
}

// Unwritten is the error of a message for which nobody wrote words.
type Unwritten struct {
	Words    string
	Channel  Channel
	Language string
}

// Error says which file to write.
func (u *Unwritten) Error() string {
	return fmt.Sprintf("there are no %s words %q in %q or in %q; write words/%s/%s%s",
		u.Channel, u.Words, u.Language, DefaultLanguage, DefaultLanguage, u.Words, suffix(u.Channel))
}

// Render puts values into words.
//
// Of the languages it takes the one asked for, then the same with its last
// subtags dropped (cy-GB, cy), then [DefaultLanguage]. The tag's case does not
// matter; an empty one asks for DefaultLanguage. Who asked for another language than
// they get is told of an interpreter in the same message: see [Interpreter].
//
// The error is [*Missing] when a value that the message would show is missing
// or blank, and [*Unwritten] when there are no such words.
func (l *Library) Render(name string, channel Channel, language string, values Values) (Rendered, error) {
	found := l.find(name, channel, language)
	if found == nil {
		return Rendered{}, &Unwritten{Words: name, Channel: channel, Language: language}
	}
	var room [1024]byte // most messages fit, so that only the result is allocated
	missing := func(placeholder string) (Rendered, error) {
		return Rendered{}, &Missing{Words: name, Placeholder: placeholder}
	}
	if channel == SMS {
		body, lacks := appendParts(room[:0], found.body, values, style{plainSMS, found.rightToLeft})
		if lacks != "" {
			return missing(lacks)
		}
		return l.withInterpreter(Rendered{Body: tidy(body), Language: found.language}, name, channel, language, values)
	}
	line, lacks := appendParts(room[:0], found.subject, values, style{plainLine, found.rightToLeft})
	if lacks != "" {
		return missing(lacks)
	}
	subject := tidy(line)
	body, lacks := appendParts(room[:0], found.body, values, style{markdownText, found.rightToLeft})
	if lacks != "" {
		return missing(lacks)
	}
	return l.withInterpreter(Rendered{Subject: subject, Body: string(body), Language: found.language}, name, channel, language, values)
}

// kind is what a value is made safe for.
type kind uint8

const (
	plainSMS kind = iota
	plainLine
	markdownText
)

// style is how the values of one text are written.
type style struct {
	kind        kind
	rightToLeft bool // the words round them
}

// appendParts writes parts with their values. It returns the name of the first
// value that is lacking, or "".
func appendParts(b []byte, parts []part, values Values, as style) (_ []byte, lacks string) {
	for i := range parts {
		p := &parts[i]
		switch {
		case p.name == "":
			b = appendFixed(b, p.text, as.kind)
		case p.optional():
			value := values.get(p.name)
			if !yes(value) && !(p.ownUse && clean(value) != "") {
				continue
			}
			if b, lacks = appendParts(b, p.inner, values, as); lacks != "" {
				return b, lacks
			}
		default:
			var ok bool
			if b, ok = appendValue(b, values.get(p.name), p.use, as); !ok {
				return b, p.name
			}
		}
	}
	return b, ""
}

// appendFixed writes the manager's own words. Where optional text stayed away
// it leaves one space, not two.
func appendFixed(b []byte, text string, as kind) []byte {
	if as != markdownText && text[0] == ' ' && (len(b) == 0 || b[len(b)-1] == ' ' || b[len(b)-1] == '\n') {
		text = text[1:]
	}
	return append(b, text...)
}

// appendValue writes one value, and reports false where there is nothing fit
// to write.
func appendValue(b []byte, value string, where use, as style) ([]byte, bool) {
	if where == useList {
		return appendList(b, value, as.rightToLeft)
	}
	if value = clean(value); value == "" {
		return b, false
	}
	switch {
	case as.kind == markdownText && where == useAddress:
		return appendAddress(b, value)
	case as.kind == markdownText && where == useInAddress:
		return appendInAddress(b, value), true
	}
	apart := setApart(value, as.rightToLeft)
	if apart {
		b = append(b, isolate...)
	}
	switch as.kind {
	case plainSMS:
		b = append(b, Normalise(value)...)
	case plainLine:
		b = append(b, value...)
	default:
		b = appendEscaped(b, value)
	}
	if apart {
		b = append(b, endIsolate...)
	}
	return b, true
}

// tidy drops the spaces that optional text leaves behind at the ends.
func tidy(b []byte) string {
	return strings.TrimSpace(string(b))
}
