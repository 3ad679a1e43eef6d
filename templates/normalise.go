package templates

import (
	"strings"
	"unicode"
)

// Normalise makes a text cheap to send as SMS without changing what it says.
//
// Like GOV.UK Notify it turns typographic quotes, dashes and dots into plain
// ones, special spaces into spaces, drops invisible characters, and takes the
// accents off Latin letters, except those in GSM-7 and those of Welsh.
// Windows line ends become "\n".
//
// Unlike Notify it never writes "?" for what is left. Letters of other scripts
// and signs stay, and make [Measure] answer UCS-2. A text in a script whose
// letters join or run from right to left keeps the invisible characters too,
// for there they matter. Normalising twice changes nothing more.
func Normalise(text string) string {
	return normalise(text, hasJoiningScript(text))
}

func normalise(text string, keepFormat bool) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	latin := rune(-1) // the Latin letter just read, which a mark may still change
	for _, r := range strings.ReplaceAll(text, "\r\n", "\n") {
		if latin >= 0 && r >= 0x300 && r < 0x370 {
			latin = compose(latin, r)
			continue
		}
		sign, replaced := plainSign(r)
		if sign == "" && (replaced || !keepFormat && unicode.Is(unicode.Cf, r)) {
			continue
		}
		if latin >= 0 {
			b.WriteRune(latin)
			latin = -1
		}
		if replaced {
			b.WriteString(sign)
		} else if r = plainLetter(r); isLatin(r) {
			latin = r
		} else {
			b.WriteRune(r)
		}
	}
	if latin >= 0 {
		b.WriteRune(latin)
	}
	return b.String()
}

// isLatin tells whether a mark after r belongs to a Latin letter.
func isLatin(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0xC0 && r < 0x250 || r >= 0x1E00 && r < 0x1F00
}

// isPlain is the quick answer for texts in which nothing can change.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < ' ' || c > '~' || c == '`') && c != '\n' {
			return false
		}
	}
	return true
}

// plainSign gives the plain form of a sign, and whether it has one.
func plainSign(r rune) (string, bool) {
	switch r {
	case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2015', '\u2212', '\u2022':
		return "-", true // hyphens, dashes, minus, bullet
	case '\u2018', '\u2019', '\u201A', '\u201B', '\u2032', '\u2039', '\u203A', '\u00B4', '`':
		return "'", true
	case '\u201C', '\u201D', '\u201E', '\u201F', '\u2033', '\u00AB', '\u00BB':
		return `"`, true
	case '\u2026':
		return "...", true
	case '\r':
		return "\n", true
	case '\t', '\u00A0', '\u202F', '\u205F', '\u3000', '\u2028', '\u2029':
		return " ", true
	case '\u180E', '\u200B', '\u2060', '\uFEFF', '\u00AD':
		return "", true
	case '\u2126':
		return "\u03A9", true // ohm sign: the same letter as Ω, and only that one is in GSM-7
	}
	if r >= 0x2000 && r <= 0x200A {
		return " ", true
	}
	return "", false
}

// hasJoiningScript tells whether a text holds letters of the scripts that need
// invisible characters: from Hebrew and Arabic to those of South and
// South-East Asia and Mongolian, the presentation forms of the first two, and the
// blocks in which every other script runs from right to left.
func hasJoiningScript(text string) bool {
	for _, r := range text {
		if (r >= 0x590 && r < 0x1100 || r >= 0x1780 && r < 0x1CC0 || r >= 0xFB1D && r < 0xFDFE || r >= 0xFE70 && r < 0xFEFF ||
			r >= 0x10800 && r < 0x11000 || r >= 0x1E800 && r < 0x1F000) &&
			r != '\u180E' {
			return true
		}
	}
	return false
}

// normaliseParts prepares fixed text once, so that rendering only copies it.
// The whole template decides whether invisible characters stay.
func normaliseParts(parts []part, keepFormat bool) []part {
	kept := make([]part, 0, len(parts))
	for _, p := range parts {
		p.text = normalise(p.text, keepFormat)
		if p.inner != nil {
			p.inner = normaliseParts(p.inner, keepFormat)
		}
		if p.text != "" || p.name != "" {
			kept = append(kept, p)
		}
	}
	return kept
}
