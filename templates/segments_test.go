package templates_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"hearback/templates"
)

func TestMeasure(t *testing.T) {
	for _, test := range []struct {
		name, text         string
		encoding           string
		units, parts, left int
		forced             string
	}{
		{"nothing", "", "GSM-7", 0, 0, 160, ""},
		{"a full part", strings.Repeat("a", 160), "GSM-7", 160, 1, 0, ""},
		{"one more", strings.Repeat("a", 161), "GSM-7", 161, 2, 145, ""},
		{"two full parts", strings.Repeat("a", 306), "GSM-7", 306, 2, 0, ""},
		{"one more than two", strings.Repeat("a", 307), "GSM-7", 307, 3, 152, ""},
		{"Notify's longest", strings.Repeat("a", 918), "GSM-7", 918, 6, 0, ""},
		{"extension characters", "^{}\\[~]|€\f", "GSM-7", 20, 1, 140, ""},
		{"the pair fills the part", strings.Repeat("a", 158) + "€", "GSM-7", 160, 1, 0, ""},
		{"the pair at the edge", strings.Repeat("a", 152) + "€" + strings.Repeat("a", 152), "GSM-7", 306, 3, 152, ""},
		{"the pair before the edge", strings.Repeat("a", 151) + "€" + strings.Repeat("a", 153), "GSM-7", 306, 2, 0, ""},
		{"accents in the alphabet", "éèùìòàäöüñÅåØøÆæßÉÇÄÖÑÜ£¥¤§¡¿", "GSM-7", 29, 1, 131, ""},
		{"Greek capitals", "\u0394\u03a6\u0393\u039b\u03a9\u03a0\u03a8\u03a3\u0398\u039e", "GSM-7", 10, 1, 150, ""},
		{"twins of Greek capitals", "\u2206\u2126", "UCS-2", 2, 1, 68, "\u2206\u2126"},
		{"Greek capitals that look Latin", "\u0391\u0392", "UCS-2", 2, 1, 68, "\u0391\u0392"},
		{"accents outside", "áíóúâêîôûç", "UCS-2", 10, 1, 60, "áíóúâêîôûç"},
		{"a backtick", "a`", "UCS-2", 2, 1, 68, "`"},
		{"a tab", "\t", "UCS-2", 1, 1, 69, "\t"},
		{"the escape itself", "\x1b", "UCS-2", 1, 1, 69, "\x1b"},
		{"each named once", "’a’–’", "UCS-2", 5, 1, 65, "’–"},
		{"70 units", strings.Repeat("я", 70), "UCS-2", 70, 1, 0, "я"},
		{"71 units", strings.Repeat("я", 71), "UCS-2", 71, 2, 63, "я"},
		{"extension characters cost one in UCS-2", "€я", "UCS-2", 2, 1, 68, "я"},
		{"a pair of surrogates", "😀", "UCS-2", 2, 1, 68, "😀"},
		{"the pair is not split", strings.Repeat("я", 66) + "😀" + strings.Repeat("я", 66), "UCS-2", 134, 3, 66, "я😀"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := templates.Measure(test.text)
			if got.Encoding != test.encoding || got.Units != test.units || got.Parts != test.parts || got.Left != test.left || string(got.Forced) != test.forced {
				t.Errorf("%+v, forced %q", got, string(got.Forced))
			}
		})
	}
}

// TestAlphabet holds the table to the standard by its ranges, which are spelt
// here in another way than in the code.
func TestAlphabet(t *testing.T) {
	const one = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà"
	const two = "\f^{}\\[~]|€"
	basic := 0
	for r := range rune(0x3000) {
		want := 0
		switch {
		case strings.ContainsRune(one, r), r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', strings.ContainsRune(" !\"#%&'()*+,-./:;<=>?", r):
			want, basic = 1, basic+1
		case strings.ContainsRune(two, r):
			want = 2
		}
		got := templates.Measure(string(r))
		if want == 0 && got.Encoding != templates.UCS2 || want != 0 && (got.Encoding != templates.GSM7 || got.Units != want) {
			t.Errorf("%U: %+v, want %d septets", r, got, want)
		}
	}
	if basic != 127 {
		t.Errorf("%d characters in the default alphabet, want 127 and the escape", basic)
	}
}

func anyText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		letters := rapid.SampledFrom([]string{"a", "€", "|", "é", "я", "😀", strings.Repeat("a", 50), strings.Repeat("я", 20)})
		pieces := rapid.SliceOfN(letters, 0, 30).Draw(t, "pieces")
		if rapid.Bool().Draw(t, "GSM-7 only") {
			pieces = strings.Split(strings.NewReplacer("я", "b", "😀", "[").Replace(strings.Join(pieces, "\x00")), "\x00")
		}
		return strings.Join(pieces, "")
	})
}

// costs gives what each character of a text costs, by the encodings' own rules.
func costs(text string, s templates.Segments) (costs []int, alone, joined int) {
	for _, r := range text {
		switch {
		case s.Encoding == templates.UCS2:
			costs = append(costs, len(utf16.Encode([]rune{r})))
		case strings.ContainsRune("\f^{}\\[~]|€", r):
			costs = append(costs, 2)
		default:
			costs = append(costs, 1)
		}
	}
	if s.Encoding == templates.UCS2 {
		return costs, 70, 67
	}
	return costs, 160, 153
}

func TestSegmentsAddUpAndNeverSplitACharacter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText().Draw(t, "text")
		got := templates.Measure(text)
		each, alone, joined := costs(text, got)
		sum := 0
		for _, cost := range each {
			sum += cost
		}
		if got.Units != sum {
			t.Fatalf("%d units, want %d", got.Units, sum)
		}
		if (got.Encoding == templates.UCS2) != (len(got.Forced) > 0) {
			t.Fatalf("%+v", got)
		}
		if sum <= alone {
			if got.Left != alone-sum || got.Parts != min(sum, 1) {
				t.Fatalf("%+v for %d units", got, sum)
			}
			return
		}
		// Cut the text as a phone would, whole characters into parts.
		parts, left := 1, joined
		for _, cost := range each {
			if cost > left {
				parts, left = parts+1, joined
			}
			left -= cost
		}
		if got.Parts != parts || got.Left != left {
			t.Fatalf("%+v, want %d parts, %d left", got, parts, left)
		}
	})
}

func TestMoreTextNeverTakesFewerParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, more := anyText().Draw(t, "text"), anyText().Draw(t, "more")
		short, long := templates.Measure(text), templates.Measure(text+more)
		if long.Parts < short.Parts {
			t.Fatalf("%d parts, then %d", short.Parts, long.Parts)
		}
		if long.Encoding == short.Encoding && long.Units < short.Units {
			t.Fatalf("%d units, then %d", short.Units, long.Units)
		}
	})
}

func TestLeftIsWhatStillFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := anyText().Draw(t, "text") + "a"
		got := templates.Measure(text)
		if full := templates.Measure(text + strings.Repeat("a", got.Left)); full.Parts != got.Parts || full.Left != 0 {
			t.Fatalf("%+v, filled %+v", got, full)
		}
		if over := templates.Measure(text + strings.Repeat("a", got.Left+1)); over.Parts != got.Parts+1 {
			t.Fatalf("%+v, one more %+v", got, over)
		}
	})
}
