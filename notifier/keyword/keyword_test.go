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
		"STOP ❤️": keyword.Stop, "🛑 Stop 🙏🏽": keyword.Stop, "ST\u200bOP": keyword.Stop, "\u202aSTOP\u202c": keyword.Stop, "（ＳＴＯＰ　ＡＬＬ）": keyword.Stop, "ſtop": keyword.Stop,
		"Dim mwy o negeseuon.": keyword.Stop, "STOPİO": keyword.Stop,
		"help": keyword.Help, "Help?": keyword.Help, "CYMORTH": keyword.Help, "who is this": keyword.Help,
		// What a parent may well answer is for a person.
		"": keyword.None, "?": keyword.None, "🛑": keyword.None, "yes": keyword.None, "Yes please": keyword.None, "cancel": keyword.None, "Cancel Friday": keyword.None,
		"end": keyword.None, "quit": keyword.None, "info": keyword.None, "Please stop ringing at work": keyword.None, "Stop, I need to talk": keyword.None,
		"help me": keyword.None, "I need help": keyword.None, "start on Monday?": keyword.None, "stopped": keyword.None, "non stop": keyword.None,
		"Dim mwy": keyword.None, "Please stop": keyword.None, "S T O P": keyword.None, "stop1": keyword.None, "STOP 2": keyword.None, "st\u0336op": keyword.None, "❤️": keyword.None,
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
		"I'm driving with Focus turned on. I'll see your message when I get where I'm going.":                                             true,
		"I’m driving with Do Not Disturb While Driving turned on. I’ll see your message when I get where I’m going.":                      true,
		"(I’m not receiving notifications. If this is urgent, reply “urgent” to send a notification through with your original message.)": true,
		"I'm driving…": true, "I'm driving right now - I'll get back to you later.": true, "Sorry, I can't talk right now.": true, "Sorry, I missed your call.": true,
		"This is an automated response.": true, "THIS IS AN AUTOMATED MESSAGE. We are closed until Monday.": true, "[Auto-reply] I am away": true, "*Automatic reply*\nAway": true,
		"Auto-reply: I am away": true, "Auto reply - away until Monday": true, "Ateb awtomatig: rwyf i ffwrdd": true, "This number is not monitored. Please call us.": true,
		"You have a new voicemail. To listen, call 121": true, "You have received a multimedia message. To view it go to https://media.example": true, "Message not delivered": true,
		// What somebody may have written is somebody's.
		"Delivered to the wrong school, your letter was": false, "Sorry I can't talk right now, can you ring at 3?": false, "Sorry, I can't talk right now. Ring at 3": false,
		"This is an automated message you keep sending me and I want a person": false, "This is an automated message. Can a person ring me?": false, "This is an automated message, I know, but please ring": false,
		"Message not delivered properly, please send it again": false, "I'm driving, ring at 3": false, "I'm driving with focus group people, ring at 3": false,
		"Sorry I missed your call. I am free now": false, "I'm not receiving notifications. Why": false, "Can I call you later?": false, "I'm on my way.": false, "You have a new voicemail from me": false,
		"Your message could not be delivered, it said": false, "Automatic door at school is broken": false,
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
		if kind != keyword.None && kind != keyword.Of("\n“"+text+"”", keyword.Words{Stop: []string{more}}) && len(text) < 100 {
			t.Errorf("%q depends on its quotes", text)
		}
		if keyword.Automatic(text) && keyword.Automatic(text+"?") {
			t.Errorf("%q is a machine's although it asks", text)
		}
	})
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > 127 })
}

// TestABooksWordsAreAsGoodAsTheUsual: in any case, with any marks around, and never
// beyond the kind that the book gave them. Stop comes before the others.
func TestABooksWordsAreAsGoodAsTheUsual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zâêîôûŵŷéà]{3,12}( [a-zâêîôûŵŷ]{2,8}){0,3}`).Draw(t, "word")
		if keyword.Of(word, keyword.Words{}) != keyword.None {
			t.Skip("one of the usual words")
		}
		kinds := map[keyword.Kind]keyword.Words{keyword.Stop: {Stop: []string{word}, Start: []string{word}, Help: []string{word}},
			keyword.Start: {Start: []string{word}, Help: []string{word}}, keyword.Help: {Help: []string{word + "!"}}}
		marks := rapid.SampledFrom([]string{"", " ", "“", "…", "\n", "🙂", "(", "\u200b", "❤️"})
		text := marks.Draw(t, "before") + rapid.SampledFrom([]string{word, strings.ToUpper(word), strings.ReplaceAll(word, " ", " - ")}).Draw(t, "spelled") + marks.Draw(t, "after")
		for want, more := range kinds {
			if got := keyword.Of(text, more); got != want {
				t.Fatalf("%q is %q, want %q", text, got, want)
			}
			if got := keyword.Of(text+" and ring me", more); got != keyword.None {
				t.Fatalf("%q with more words is %q", text, got)
			}
		}
	})
}

// TestNothingIsAKeyword: a book's word of marks alone is no word.
func TestNothingIsAKeyword(t *testing.T) {
	for _, text := range []string{"", " ", "…", "❤️", "\u200b", "\xff"} {
		if got := keyword.Of(text, keyword.Words{Stop: []string{"", "!!!", "\u200b"}}); got != keyword.None {
			t.Errorf("%q is %q", text, got)
		}
	}
}
