package rules_test

import (
	"maps"
	"strings"
	"testing"

	"hearback/notifier"
	"hearback/notifier/rules"
	"hearback/templates"
)

// What is wrong with words for letters is named as for any other words.
func TestWordsForLetters(t *testing.T) {
	const heard, late, postponed, both = "words/en/heard.letter.md", "words/en/late.letter.md", "words/en/reply-postponed.letter.md", "words/en/both.letter.md"
	good := "Subject: About ((ref))\n\nDear ((name)), call ((phone)).\n"
	for name, test := range map[string]struct {
		files map[string]string
		rules []string // old, new
		want  []string
	}{
		"all of them": {map[string]string{heard: good, late: good, postponed: good, both: good}, nil, nil},
		"unknown value": {map[string]string{heard: "Subject: a\n\n((nmae))\n", late: good, postponed: good, both: good}, nil,
			[]string{`words/en/heard.letter.md:3:1: there is no value "nmae" for these words; did you mean ((name))?`}},
		"a link": {map[string]string{heard: "Subject: a\n\n((your link??See ((your link))))\n", late: good, postponed: good, both: good}, nil,
			[]string{"words/en/heard.letter.md:3:1: nobody can press a link on paper"}},
		"words of staff": {map[string]string{heard: good, late: good, postponed: good, both: "Subject: a\n\n((staff name))\n"}, nil,
			[]string{`rules.yaml:45:81: the words "both" use ((staff name)), which a message to a family does not have`}},
		"some are missing": {map[string]string{heard: good, both: good}, nil,
			[]string{"words/en/late.letter.md:1:1: these words are missing, so a family that only letters reach is not told this",
				"words/en/reply-postponed.letter.md:1:1: these words are missing"}},
		"nobody gets them": {map[string]string{heard: good, late: good, postponed: good, both: good, "words/en/overdue.letter.md": "Subject: a\n\n((ref))\n"}, nil,
			[]string{"words/en/overdue.letter.md:1:1: these words never go as a letter"}},
		"asked for by name": {map[string]string{heard: good, late: good, postponed: good, both: good}, []string{"words: heard\n      via: preferred", "words: heard\n      via: [sms, letter]"}, nil},
		"asked for by a step": {map[string]string{heard: good, late: good, postponed: good, both: good},
			[]string{"chase: [head_of_service, family], words: both", "chase: [family], words: both, via: [letter]"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			files := sound(t)
			maps.Copy(files, test.files)
			if len(test.rules) > 0 {
				files[rulesFile] = strings.Replace(files[rulesFile], test.rules[0], test.rules[1], 1)
				if name == "asked for by a step" {
					files[rulesFile] += "      - {at: 40 minutes after due, chase: [officer], words: overdue}\n"
				}
			}
			book, faults := rules.Load(files.FS())
			var got []string
			for _, f := range faults {
				got = append(got, f.String())
			}
			if len(got) != len(test.want) {
				t.Fatalf("got %q, want %q", got, test.want)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got %q, want %q", got[i], want)
				}
			}
			if book != nil && !book.Words.Has("heard", templates.Letter, "pl") {
				t.Error("the book has no words for letters")
			}
			if book != nil && name == "asked for by name" && (len(book.Rules[0].Acknowledge.Via.Channels) != 2 || book.Rules[0].Acknowledge.Via.Channels[1] != notifier.Letter) {
				t.Errorf("via %v", book.Rules[0].Acknowledge.Via)
			}
		})
	}
}
