package console

import (
	"regexp"
	"strings"
	"testing"

	"hearback/notifier/brand"
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
	for scheme, colours := range map[string]map[string]string{"light": named(light), "dark": named(dark)} {
		if scheme == "dark" { // what the dark scheme does not name stays as it is
			for name, value := range named(light) {
				if _, is := colours[name]; !is {
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

func named(css string) map[string]string {
	found := map[string]string{}
	for _, colour := range colourPattern.FindAllStringSubmatch(css, -1) {
		found[colour[1]] = "#" + colour[2]
	}
	return found
}

func contrast(t *testing.T, colours map[string]string, pair [2]string) float64 {
	t.Helper()
	ratio, ok := brand.Contrast(colours[pair[0]], colours[pair[1]])
	if !ok {
		t.Fatalf("the stylesheet does not name both of %v", pair)
	}
	return ratio
}
