package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var colourPattern = regexp.MustCompile(`--([a-z]+): #([0-9a-f]{6});`)

// Words can be read and every part of a plot can be seen, by day, by night and on
// paper: 4.5 to 1 for text, 3 to 1 for what a plot is made of (WCAG 2.2, 1.4.3 and
// 1.4.11). Parts that touch have an edge of paper between them.
func TestContrast(t *testing.T) {
	light, rest, _ := strings.Cut(pageCSS, "@media (prefers-color-scheme: dark)")
	dark, rest, _ := strings.Cut(rest, "* {")
	_, print, _ := strings.Cut(rest, "@media print")
	for scheme, css := range map[string]string{"light": light, "dark": dark, "print": print} {
		colours := map[string]float64{}
		for _, found := range colourPattern.FindAllStringSubmatch(css, -1) {
			colours[found[1]] = luminance(t, found[2])
		}
		need := func(front, back string, least float64) {
			a, okA := colours[front]
			b, okB := colours[back]
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); !okA || !okB || ratio < least {
				t.Errorf("%s: %s on %s have a contrast of %.2f, want %.1f", scheme, front, back, ratio, least)
			}
		}
		need("ink", "paper", 4.5)
		need("ink", "free", 4.5)
		need("quiet", "paper", 4.5)
		for _, class := range append([]string{"good", "late"}, series...) {
			need(class, "paper", 3)
			need(class, "free", 3)
		}
	}
	for _, class := range series {
		if !strings.Contains(pageCSS, ".fill-"+class+", ") && !strings.Contains(pageCSS, ", .fill-"+class+" { stroke: var(--paper)") {
			t.Errorf("nothing parts %s from what it touches", class)
		}
	}
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	value, err := strconv.ParseUint(colour, 16, 32)
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
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}
