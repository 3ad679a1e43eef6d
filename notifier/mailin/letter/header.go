package letter

import (
	"bytes"
	"mime"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxFields is how many header fields are read; honest emails have fewer than
	// a hundred.
	maxFields = 500
	// maxNames is how many addresses, or Message-IDs, of one email are looked at.
	maxNames = 50
	// maxLine is the longest text kept of a field that people read, in bytes.
	maxLine = 500
)

// field is one header field, unfolded, its value as it was sent.
type field struct{ name, value string }

// header is the fields of an email, or of a part of one, in their order.
type header []field

// readHeader splits at the first empty line. Lines that are no field are passed
// over: mail systems and virus scanners break headers, and a strict reader would
// lose the whole email for it.
func readHeader(raw []byte) (header, []byte) {
	var fields header
	var name string
	var value []string
	finish := func() {
		if name != "" && len(fields) < maxFields {
			fields = append(fields, field{name, strings.TrimSpace(strings.Join(value, " "))})
		}
		name, value = "", nil
	}
	rest := raw
	for len(rest) > 0 {
		var line []byte
		line, rest = nextLine(rest)
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			value = append(value, string(bytes.TrimSpace(line)))
			continue
		}
		finish()
		before, after, found := bytes.Cut(line, []byte(":"))
		if label := bytes.TrimRight(before, " \t"); found && isFieldName(label) {
			name, value = string(label), []string{string(bytes.TrimSpace(after))}
		}
	}
	finish()
	return fields, rest
}

// nextLine takes the first line off, without its end.
func nextLine(raw []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(raw, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

func isFieldName(text []byte) bool {
	for _, c := range text {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(text) > 0
}

// get is the first field of that name, in any case.
func (h header) get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

func (h header) has(name string) bool {
	for _, f := range h {
		if strings.EqualFold(f.name, name) {
			return true
		}
	}
	return false
}

// all are the fields of those names.
func (h header) all(names ...string) []string {
	var values []string
	for _, f := range h {
		for _, name := range names {
			if strings.EqualFold(f.name, name) {
				values = append(values, f.value)
				break
			}
		}
	}
	return values
}

// line is a field for people: encoded words (RFC 2047) read, on one line, at most
// maxLine bytes.
func (h header) line(name string) string {
	value := h.get(name)
	if len(value) > 4*maxLine {
		value = value[:4*maxLine]
	}
	value = utf8Of([]byte(value), "")
	decoder := mime.WordDecoder{CharsetReader: charsetReader}
	if decoded, err := decoder.DecodeHeader(value); err == nil {
		value = decoded
	}
	return oneLine(value)
}

// oneLine makes plain text of at most maxLine bytes that breaks no line.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return bounded(strings.Join(strings.Fields(text), " "), maxLine)
}

// bounded is the beginning of a text, at most that many bytes, no character cut.
func bounded(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// address is the first address of a field, without a display name; empty where
// there is none that could be written to.
func (h header) address(name string) string {
	value := utf8Of([]byte(bounded(h.get(name), 4*maxLine)), "")
	parser := mail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: charsetReader}}
	if list, err := parser.ParseList(value); err == nil && len(list) > 0 {
		return validAddress(list[0].Address)
	}
	// Not by the book: what stands in the last angle brackets, or looks like it.
	if open := strings.LastIndexByte(value, '<'); open >= 0 {
		inside, _, _ := strings.Cut(value[open+1:], ">")
		if found := validAddress(strings.TrimSpace(inside)); found != "" {
			return found
		}
	}
	for word := range strings.FieldsSeq(value) {
		if found := validAddress(strings.Trim(word, `<>,;"'()`)); found != "" {
			return found
		}
	}
	return ""
}

// addresses are the words of the fields that look like addresses, the first
// maxNames.
func (h header) addresses(names ...string) []string {
	var found []string
	for _, value := range h.all(names...) {
		for _, word := range strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("<>,;:\"'() \t", r) }) {
			if strings.ContainsRune(word, '@') && len(found) < maxNames {
				found = append(found, word)
			}
		}
	}
	return found
}

// validAddress is the address, or empty where it cannot be one. 320 characters
// are the most that one can have (RFC 3696, erratum 1690, says less).
func validAddress(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at == len(address)-1 || len(address) > 320 || !utf8.ValidString(address) {
		return ""
	}
	if strings.ContainsFunc(address, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '<' || r == '>' }) {
		return ""
	}
	return address
}

// identities are the Message-IDs in the fields of that name, without their angle
// brackets, in their order; the last maxNames where there are more.
func (h header) identities(name string) []string {
	var found []string
	for _, value := range h.all(name) {
		for {
			_, after, ok := strings.Cut(value, "<")
			if !ok {
				break
			}
			inside, rest, closed := strings.Cut(after, ">")
			if !closed {
				break
			}
			found, value = append(found, strings.TrimSpace(inside)), rest
		}
	}
	return found[max(0, len(found)-maxNames):]
}
