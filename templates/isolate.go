package templates

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// A value that is read in the other direction than the words round it is set apart by
// the two signs of Unicode's bidirectional algorithm (UAX #9), so that a reference, a
// phone number or a Latin name in Urdu keeps its own order and leaves the sentence in
// its. Words may not hold the signs and [clean] takes them from values, so every one in
// a message is ours and is closed. In the HTML part they become the element bdi.
const (
	isolate    = "\u2068" // first strong isolate
	endIsolate = "\u2069" // pop directional isolate
)

// setApart tells whether a value has to be isolated. Between words that run from right
// to left figures must be, too: "01632 960123" would come out as "960123 01632".
func setApart(value string, rightToLeft bool) bool {
	if isClean(value) {
		return rightToLeft // plain ASCII
	}
	left, right := false, false
	for _, r := range value {
		switch properties, _ := bidi.LookupRune(r); properties.Class() {
		case bidi.L:
			left = true
		case bidi.R, bidi.AL:
			right = true
		}
	}
	if rightToLeft {
		return left || !right
	}
	return right
}

// directs tells whether a character is a sign of direction that words must not hold.
func directs(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }

// isolatesInHTML writes the signs as elements.
func isolatesInHTML(fragment string) string {
	return strings.NewReplacer(isolate, "<bdi>", endIsolate, "</bdi>").Replace(fragment)
}
