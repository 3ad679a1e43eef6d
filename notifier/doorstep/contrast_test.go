package doorstep

import (
	"regexp"
	"strings"
	"testing"

	"hearback/notifier/brand"
)

// Every pair of colours that meets on a page can be told apart: 4.5 to 1 for text, 3
// to 1 for edges and the focus (WCAG 2.2, criteria 1.4.3 and 1.4.11), by day and by night.
func TestColoursCanBeToldApart(t *testing.T) {
	text := "ink/paper ink/ground soft-ink/paper soft-ink/ground link/paper link/ground link-over/paper link-over/ground wrong/paper wrong/ground " +
		"on-brand/brand on-button/button on-late/late on-on-time/on-time on-ended/ended"
	edges := "edge/paper edge/ground focus/paper focus/ground button/paper button/ground wrong/paper"
	light, dark, found := strings.Cut(string(asset("assets/doorstep.css")), "prefers-color-scheme: dark")
	if !found {
		t.Fatal("the stylesheet has no colours for the night")
	}
	dark, _, _ = strings.Cut(dark, "\n\n")
	for name, css := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, match := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(css, -1) {
			colours[match[1]] = "#" + match[2]
		}
		for least, pairs := range map[float64]string{4.5: text, 3: edges} {
			for pair := range strings.FieldsSeq(pairs) {
				one, other, _ := strings.Cut(pair, "/")
				if ratio, known := brand.Contrast(colours[one], colours[other]); !known || ratio < least {
					t.Errorf("%s: %s have a contrast of %.2f", name, pair, ratio)
				}
			}
		}
	}
}
