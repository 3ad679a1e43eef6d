package templates

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Values are what one message puts in place of its placeholders. Keys are the
// names of placeholders in lower case with spaces: "name", "due date".
type Values map[string]string

// get finds a value by its canonical name or by another spelling that Notify
// would take for the same.
func (v Values) get(name string) string {
	if value, ok := v[name]; ok {
		return value
	}
	// Most words ask for values that most messages lack, so this allocates nothing.
	// Two spellings of one name in one map would be a mistake of the caller; taking
	// the first in order makes it at least the same mistake every time.
	found, is := "", false
	for key := range v {
		if sameName(key, name) && (!is || key < found) {
			found, is = key, true
		}
	}
	if !is {
		return ""
	}
	return v[found]
}

// sameName reports whether Notify would take both for one name: see fold.
func sameName(a, b string) bool {
	for {
		x, restA := nextLetter(a)
		y, restB := nextLetter(b)
		if x != y {
			return false
		}
		if x == 0 {
			return true
		}
		a, b = restA, restB
	}
}

// nextLetter is the first rune that counts in a name, in lower case; 0 at its end.
func nextLetter(name string) (rune, string) {
	for name != "" {
		r, size := utf8.DecodeRuneInString(name)
		name = name[size:]
		if r != '_' && r != '-' && !unicode.IsSpace(r) {
			return unicode.ToLower(r), name
		}
	}
	return 0, ""
}

// yes tells whether a value shows optional text. The words are Notify's.
func yes(value string) bool {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "yes", "y", "true", "t", "1", "include", "show":
		return true
	}
	return false
}

// clean makes a value a single line of visible text: control characters, line
// ends and runs of spaces become one space, invisible characters go, bytes
// that are not UTF-8 become U+FFFD. A value that shows nothing becomes "".
func clean(value string) string {
	if isClean(value) {
		return value
	}
	var b strings.Builder
	b.Grow(len(value))
	space, visible := false, false
	for _, r := range value {
		switch {
		case blank(r):
			space = true
			continue
		case unicode.Is(unicode.Cf, r) && !joiner(r):
			// Marks of direction would reorder our own words round the value;
			// soft hyphens and byte order marks come in by copying.
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		visible = visible || unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S)
		b.WriteRune(r)
	}
	if !visible {
		return ""
	}
	return b.String()
}

// isClean is the quick answer for plain ASCII, which nearly every value is.
func isClean(value string) bool {
	before := byte(' ')
	for i := range len(value) {
		c := value[i]
		if c < ' ' || c > '~' || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return before != ' ' || value == ""
}

// blank tells whether a character shows as nothing but takes room: spaces,
// controls, and letters that are drawn empty.
func blank(r rune) bool {
	switch r {
	case 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0:
		return true
	}
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Z)
}

// joiner tells whether a character is one of the two invisible ones that
// Persian, Urdu and the scripts of India need for their spelling.
func joiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// appendEscaped writes a clean value so that Markdown reads it as text.
//
// Only ASCII punctuation, line ends and spaces at the edges of a line ever act
// in CommonMark, and a clean value has neither of the last two. Character
// references are used, not backslashes: a reference never acts, while a
// backslash is itself powerless next to code or a half-written tag.
func appendEscaped(b []byte, value string) []byte {
	for i := range len(value) {
		switch c := value[i]; {
		case !punctuation(c), c == ',', c == '/', c == '?', c == '%', c == '$', c == '@', c == '\'':
			b = append(b, c)
		default:
			b = append(b, "&#"...)
			b = strconv.AppendUint(b, uint64(c), 10)
			b = append(b, ';')
		}
	}
	return b
}

// punctuation tells whether c is one of the marks that CommonMark can escape.
func punctuation(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}

// appendAddress writes a value as the whole address of a link. It reports
// false for anything but an http or https address with a host.
func appendAddress(b []byte, value string) ([]byte, bool) {
	address, err := url.Parse(value)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
		return b, false
	}
	const hex = "0123456789ABCDEF"
	for i := range len(value) {
		switch c := value[i]; {
		case c == '&':
			b = append(b, "&amp;"...) // else "&copy;" in an address would be read as a sign
		case c <= ' ' || c > '~' || strings.IndexByte("\"()<>[\\]^`{|}", c) >= 0:
			b = append(b, '%', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return b, true
}

// appendInAddress writes a value as a piece of a link's address.
func appendInAddress(b []byte, value string) []byte {
	return append(b, strings.ReplaceAll(url.QueryEscape(value), "+", "%20")...)
}

// itemLink stands between the words of an item, the words of its link and the link's
// address. It is the unit separator, which no value can hold: see clean.
const itemLink = "\x1f"

// Item is one line of a list that ends with a link: text, then words that lead to
// the address. What is no full web address leaves the text alone.
func Item(text, words, address string) string {
	if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return strings.ReplaceAll(text, itemLink, " ")
	}
	return strings.ReplaceAll(text, itemLink, " ") + itemLink + strings.ReplaceAll(words, itemLink, " ") + itemLink + address
}

// appendList writes each line of a value as one item of a Markdown list. It
// reports false when no line shows anything.
func appendList(b []byte, value string, rightToLeft bool) ([]byte, bool) {
	any := false
	for line := range strings.Lines(value) {
		line, link, _ := strings.Cut(line, itemLink)
		if line = clean(line); line == "" {
			continue
		}
		if any {
			b = append(b, '\n')
		}
		any = true
		b = append(b, "- "...)
		if setApart(line, rightToLeft) {
			line = isolate + line + endIsolate
		}
		b = appendEscaped(b, line)
		if words, address, ok := strings.Cut(link, itemLink); ok {
			b = appendEscaped(append(b, "&#46; ["...), clean(words)) // a bare full stop behind a number would begin a list
			b = appendEscaped(append(b, "]("...), clean(address))
			b = append(b, ')')
		}
	}
	return b, any
}

// printable tells whether a file of words may hold a character.
func printable(r rune) bool {
	return r == '\n' || r == '\t' || r != utf8.RuneError && !unicode.IsControl(r)
}
