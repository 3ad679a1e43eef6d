package brand_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/notifier/brand"
)

func TestWhichColoursWordsCanBeReadOn(t *testing.T) {
	for colour, want := range map[string]string{
		"#12403f": "", "#5B2D86": "", "#000000": "",
		"#777777": "contrast of 4.48 to 1, and need 4.5", "#ffff00": "choose a darker one",
		"": "no colour", "12403f": "no colour", "#12403": "no colour", "#12403g": "no colour", "#+12403": "no colour", "teal": "no colour",
	} {
		switch err := brand.Check(colour); {
		case want == "" && err != nil:
			t.Errorf("%q: %v", colour, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %q", colour, err, want)
		}
	}
	if ratio, ok := brand.Contrast("#ffd28a", "#767676"); !ok || ratio < 3 { // the lightest grey that may be one
		t.Errorf("the ring around the focus has a contrast of %.2f", ratio)
	}
	if ratio, ok := brand.Contrast("#000000", "#ffffff"); !ok || ratio < 20.99 || ratio > 21.01 {
		t.Errorf("black on white is %v", ratio)
	}
}

// Whatever an address says, the stylesheet holds a colour and nothing else.
func TestTheStylesheetIsAColour(t *testing.T) {
	if sheet := string(brand.Stylesheet("12403f")); !strings.Contains(sheet, "--brand: #12403f;") {
		t.Error(sheet)
	}
	rapid.Check(t, func(t *rapid.T) {
		colour := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9a-f;}]{6}`)).Draw(t, "colour")
		if sheet := string(brand.Stylesheet(colour)); sheet != "" && strings.Count(sheet, "}") != 2 {
			t.Fatal(sheet)
		}
	})
	if query := brand.Query("#12403f"); query != "?colour=12403f" || brand.Query("#ffffff") != "" {
		t.Errorf("%q", query)
	}
}
