package letter

import (
	"strings"
	"unicode"
)

// reading is what can be read of an email or a part.
type reading struct {
	text string
	// plain: the text was written as plain text, not taken out of a page.
	plain       bool
	attachments int
}

// words gives what was written, and how many files came with it.
func (e email) words(l Letter) (string, int) {
	read := e.part.reading()
	text := cleaned(read.text)
	if l.Kind == Reply && e.header.has("X-Apple-Unsubscribe") {
		text = l.Subject // the text is the program's, for whoever reads it
	}
	if l.Kind == Reply && l.Message != "" && !forwarded(l.Subject) {
		text = e.ownWords(text)
	}
	return text, read.attachments
}

// reading takes plain text where there is some, and a page as text where not.
func (p part) reading() reading {
	switch {
	case p.media == "multipart/alternative":
		return p.alternative()
	case len(p.parts) > 0:
		return p.together()
	case p.attached() || p.media != "text/plain" && p.media != "text/html":
		if p.counts() {
			return reading{attachments: 1}
		}
		return reading{}
	case p.media == "text/html":
		return reading{text: fromHTML(p.text())}
	}
	return reading{text: p.text(), plain: true}
}

// alternative takes the first plain text that says something, or else the richest
// form, which stands last (RFC 2046, 5.1.4).
func (p part) alternative() reading {
	var best reading
	files := 0
	for _, child := range p.parts {
		read := child.reading()
		files += read.attachments
		if strings.TrimSpace(read.text) != "" && !best.plain {
			best = read
		}
	}
	best.attachments = files
	return best
}

// together joins what stands side by side. Of related parts only the first is
// read: the others are its pictures (RFC 2387). Of a report only the part for
// people.
func (p part) together() reading {
	whole := reading{plain: true}
	var texts []string
	for i, child := range p.parts {
		read := child.reading()
		beside := i > 0 && (p.media == "multipart/related" || p.media == "multipart/report")
		if strings.TrimSpace(read.text) != "" && !beside {
			texts = append(texts, read.text)
			whole.plain = whole.plain && read.plain
		}
		if !beside || child.attached() {
			whole.attachments += read.attachments
		}
	}
	whole.text = strings.Join(texts, "\n")
	return whole
}

// counts reports whether a part that is not read is a file that somebody should
// hear of: not a signature, and not a picture that belongs into the text.
func (p part) counts() bool {
	switch p.media {
	case "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature":
		return false
	}
	disposition := lower(strings.TrimSpace(p.header.get("Content-Disposition")))
	return p.attached() || !strings.HasPrefix(disposition, "inline") && !p.header.has("Content-ID")
}

// cleaned makes text of one kind of line end, without control characters, spaces
// at the ends of lines and more than one empty line together.
func cleaned(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r == '\u00A0':
			return ' '
		case r == '\uFEFF' || unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	var out strings.Builder
	empty := 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\n")
		if line == "" {
			empty++
			continue
		}
		if out.Len() > 0 {
			out.WriteString(strings.Repeat("\n", 1+min(empty, 1)))
		}
		empty = 0
		out.WriteString(line)
	}
	return out.String()
}

// forwarded reports whether a subject says that somebody else's words are passed
// on: then they are what the family wants to say.
func forwarded(subject string) bool {
	subject = strings.ToLower(subject)
	for _, begins := range []string{"fw:", "fwd:", "fw :", "tr:", "wg:", "ymlaen:", "pd:", "rv:", "enc:"} {
		if strings.HasPrefix(subject, begins) {
			return true
		}
	}
	return false
}
