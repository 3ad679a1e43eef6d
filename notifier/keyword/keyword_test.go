package keyword_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/notifier/keyword"
)

func TestKeywords(t *testing.T) {
	more := keyword.Words{Stop: []string{"leave me alone"}, Help: []string{"who is this?"}}
	for text, want := range map[string]keyword.Kind{
		"STOP": keyword.Stop, " stop. ": keyword.Stop, "“Stop!”": keyword.Stop, "ｓｔｏｐ": keyword.Stop, "STOP\n": keyword.Stop,
		"stop all": keyword.Stop, "Opt-out": keyword.Stop, "unsubscribe": keyword.Stop, "Stopio": keyword.Stop, "ATAL": keyword.Stop, "Leave me alone!!": keyword.Stop,
		"Start": keyword.Start, "UNSTOP": keyword.Start, "dechrau": keyword.Start,
		"help": keyword.Help, "Help?": keyword.Help, "CYMORTH": keyword.Help, "who is this": keyword.Help,
		// What a parent may well answer is for a person.
		"": keyword.None, "?": keyword.None, "🛑": keyword.None, "yes": keyword.None, "Yes please": keyword.None, "cancel": keyword.None, "Cancel Friday": keyword.None,
		"end": keyword.None, "quit": keyword.None, "info": keyword.None, "Please stop ringing at work": keyword.None, "Stop, I need to talk": keyword.None,
		"help me": keyword.None, "I need help": keyword.None, "start on Monday?": keyword.None, "stopped": keyword.None, "non stop": keyword.None,
		strings.Repeat("stop ", 60): keyword.None,
	} {
		if got := keyword.Of(text, more); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestSpellingMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"STOP", "STOP ALL", "START", "HELP", "ATAL"}).Draw(t, "word")
		want := keyword.Of(word, keyword.Words{})
		var spelled strings.Builder
		for _, r := range word {
			letter := string(r)
			if rapid.Bool().Draw(t, "small") {
				letter = strings.ToLower(letter)
			}
			if r == ' ' {
				letter = rapid.SampledFrom([]string{" ", "  ", "-", " - ", "\n"}).Draw(t, "gap")
			}
			spelled.WriteString(letter)
		}
		around := rapid.SampledFrom([]string{"", " ", ".", "!", "\"", "'", "…", "\t"})
		text := around.Draw(t, "before") + spelled.String() + around.Draw(t, "after")
		if got := keyword.Of(text, keyword.Words{}); got != want {
			t.Fatalf("%q is %q, want %q", text, got, want)
		}
		if got := keyword.Of(text+" please", keyword.Words{}); got != keyword.None {
			t.Fatalf("%q with another word is %q", text, got)
		}
	})
}

func TestMachinesAreKnownByTheirSentences(t *testing.T) {
	for text, want := range map[string]bool{
		"I'm driving with Focus turned on. I'll see your message when I get where I'm going.": true,
		"This is an automated response.": true, "Auto-reply: I am away": true, "Ateb awtomatig: rwyf i ffwrdd": true,
		"I was driving": false, "I'm driving him to school on Friday": false, "": false, "Is this an automated message?": false, "Thanks": false,
	} {
		if got := keyword.Automatic(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add("STOP", "leave me alone")
	f.Add("\xff\xfe", "")
	f.Fuzz(func(t *testing.T, text, more string) {
		kind := keyword.Of(text, keyword.Words{Stop: []string{more}})
		if kind != keyword.Of(strings.ToUpper(text), keyword.Words{Stop: []string{more}}) && len(text) < 100 && isASCII(text) {
			t.Errorf("%q depends on its case", text)
		}
		_ = keyword.Automatic(text)
	})
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > 127 })
}
