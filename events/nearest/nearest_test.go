package nearest_test

import (
	"testing"

	"pgregory.net/rapid"

	"hearback/events/nearest"
)

func TestName(t *testing.T) {
	known := []string{"acknowledge", "opened_by", "kept_by", "steps"}
	for written, want := range map[string]string{
		"acknowlege": "acknowledge",
		"opened-by":  "opened_by",
		"kpet_by":    "kept_by",
		"Steps":      "steps",
		"weather":    "",
		"":           "",
	} {
		if got := nearest.Name(written, known); got != want {
			t.Errorf("Name(%q) = %q, want %q", written, got, want)
		}
	}
}

// One slip of the keyboard in a name of five letters or more is always recognised.
func TestOneSlipIsRecognised(t *testing.T) {
	known := []string{"acknowledge", "contact_hours", "working_time", "promises"}
	rapid.Check(t, func(t *rapid.T) {
		meant := rapid.SampledFrom(known).Draw(t, "meant")
		letters := []rune(meant)
		at := rapid.IntRange(0, len(letters)-1).Draw(t, "at")
		switch rapid.IntRange(0, 2).Draw(t, "slip") {
		case 0:
			letters = append(letters[:at], letters[at+1:]...)
		case 1:
			letters[at] = rapid.RuneFrom([]rune("abcxyz")).Draw(t, "letter")
		case 2:
			if at > 0 {
				letters[at-1], letters[at] = letters[at], letters[at-1]
			}
		}
		if got := nearest.Name(string(letters), known); got != meant {
			t.Fatalf("Name(%q) = %q, want %q", string(letters), got, meant)
		}
	})
}
