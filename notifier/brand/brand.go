// Package brand is the council's own colour on its pages: which colours words can be
// read on, and the stylesheet that sets one.
package brand

import (
	"fmt"
	"math"
	"strconv"
)

// What stands on the colour: words, and the ring around a link that has the focus.
// The pages' stylesheets name them too.
const (
	words = "#ffffff"
	focus = "#ffd28a"
)

// Check says what is wrong with a colour as the ground of a page's header, and what to
// do; nil where it can be one. Words on it need a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3);
// the ring around the focus then has the 3 to 1 that it needs (1.4.11).
func Check(colour string) error {
	ratio, ok := Contrast(words, colour)
	switch {
	case !ok:
		return fmt.Errorf("it is no colour; write # and six digits from 0 to f in quotes, such as \"#12403f\"")
	case ratio < 4.5:
		return fmt.Errorf("white words on it have a contrast of %.2f to 1, and need 4.5; choose a darker one", ratio)
	}
	return nil
}

// Contrast of two colours such as #12403f, from 1 to 21, as WCAG 2.2 defines it. It is
// false where one of them is no colour.
func Contrast(one, other string) (float64, bool) {
	a, ok := luminance(one)
	b, also := luminance(other)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05), ok && also
}

func luminance(colour string) (sum float64, ok bool) {
	if len(colour) != len("#000000") || colour[0] != '#' {
		return 0, false
	}
	value, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		return 0, false
	}
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(value>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum, true
}

// Query is what stands behind the address of the stylesheet of a colour; empty where
// the pages keep the colour that they have.
func Query(colour string) string {
	if Check(colour) != nil {
		return ""
	}
	return "?colour=" + colour[1:]
}

// Stylesheet sets the colour that an address names behind [Query]; nil where that is
// none. It holds on screens, by day and by night; paper stays white.
func Stylesheet(digits string) []byte {
	colour := "#" + digits
	if Check(colour) != nil {
		return nil
	}
	return fmt.Appendf(nil, "@media screen { :root { --brand: %s; --on-brand: %s; --focus-on-brand: %s; } }\n", colour, words, focus)
}
