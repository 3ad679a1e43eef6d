package console

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var colourPattern = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)

// Every pair of text and ground that the stylesheet uses can be read: 4.5 to 1 for
// text, 3 to 1 for edges and the focus (WCAG 2.2, 1.4.3 and 1.4.11), light and dark.
func TestContrast(t *testing.T) {
	light, rest, found := strings.Cut(string(stylesheet()), "@media (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("the stylesheet has no dark colours")
	}
	dark, _, _ := strings.Cut(rest, "\n\n")
	for scheme, colours := range map[string]map[string]float64{"light": luminances(t, light), "dark": luminances(t, dark)} {
		if scheme == "dark" { // what the dark scheme does not name stays as it is
			for name, value := range luminances(t, light) {
				if _, named := colours[name]; !named {
					colours[name] = value
				}
			}
		}
		for _, pair := range [][2]string{
			{"ink", "paper"}, {"ink", "ground"}, {"soft-ink", "paper"}, {"soft-ink", "ground"},
			{"link", "paper"}, {"link", "ground"}, {"link-over", "paper"}, {"link-over", "ground"},
			{"wrong", "paper"}, {"wrong", "ground"}, {"on-brand", "brand"}, {"on-button", "button"}, {"on-banner", "banner"},
			{"on-late", "late"}, {"on-soon", "soon"}, {"on-on-time", "on-time"}, {"on-unreached", "unreached"},
			{"on-ended", "ended"}, {"on-bubble", "bubble"},
		} {
			if ratio := contrast(t, colours, pair); ratio < 4.5 {
				t.Errorf("%s: %v have a contrast of %.2f", scheme, pair, ratio)
			}
		}
		for _, pair := range [][2]string{
			{"edge", "paper"}, {"edge", "ground"}, {"focus", "paper"}, {"focus", "ground"}, {"focus-on-brand", "brand"}, {"button", "paper"},
		} {
			if ratio := contrast(t, colours, pair); ratio < 3 {
				t.Errorf("%s: %v have a contrast of %.2f", scheme, pair, ratio)
			}
		}
	}
}

func luminances(t *testing.T, css string) map[string]float64 {
	t.Helper()
	found := map[string]float64{}
	for _, colour := range colourPattern.FindAllStringSubmatch(css, -1) {
		value, err := strconv.ParseUint(colour[2], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		channel := func(shift uint) float64 {
			c := float64(value>>shift&0xff) / 255
			if c <= 0.04045 {
				return c / 12.92
			}
			return math.Pow((c+0.055)/1.055, 2.4)
		}
		found[colour[1]] = 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
	}
	return found
}

func contrast(t *testing.T, colours map[string]float64, pair [2]string) float64 {
	t.Helper()
	for _, name := range pair {
		if _, named := colours[name]; !named {
			t.Fatalf("the stylesheet names no colour %s", name)
		}
	}
	a, b := colours[pair[0]], colours[pair[1]]
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}
