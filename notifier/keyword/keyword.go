// Package keyword recognises the few messages that are meant for a machine:
// stop, start and help, and the answers that a machine wrote.
//
// It is made to be wrong on one side only. A message is a keyword when it is
// nothing but the keyword; whatever a person could have meant as an answer goes to
// a person. "Cancel my meeting", "Yes" and "End of term" are answers.
package keyword

import (
	"slices"
	"strings"
	"unicode"
)

// Kind is what a message asks of the machine.
type Kind string

// The kinds.
const (
	None  Kind = ""      // it is for a person
	Stop  Kind = "stop"  // no more messages this way
	Start Kind = "start" // messages this way again
	Help  Kind = "help"  // who are you
)

// Words are those that a book adds to the usual ones, by kind.
type Words struct{ Stop, Start, Help []string }

// The usual words. The English ones are those that Twilio acts on by itself
// (https://help.twilio.com/articles/223134027), less CANCEL, END, QUIT, YES and
// INFO: a parent who is asked a question may well answer with one of them. Where
// Twilio has blocked us because of one, the next text is refused (its code 21610),
// and that counts as opting out.
func usual(kind Kind) []string {
	switch kind {
	case Stop:
		return []string{"stop", "stopall", "stop all", "unsubscribe", "optout", "opt out", "revoke", "stop texts", "stop texting me", "stopio", "stopiwch", "atal", "dim mwy o negeseuon"}
	case Start:
		return []string{"start", "unstop", "opt in", "optin", "subscribe", "dechrau", "cychwyn", "ailddechrau"}
	case Help:
		return []string{"help", "cymorth"}
	default:
		return nil
	}
}

// longest is the longest text that can be a keyword, in bytes.
const longest = 200

// Of says what a message asks of the machine. Case, punctuation, quotes, pictures
// and spaces around and between words, and the width of letters make no difference;
// any other word does. Where a book gives a word two kinds, stop comes before start
// and start before help.
func Of(text string, more Words) Kind {
	if len(text) > longest {
		return None
	}
	said := plain(text)
	if said == "" {
		return None
	}
	for _, kind := range [...]Kind{Stop, Start, Help} {
		if slices.Contains(usual(kind), said) {
			return kind
		}
	}
	for _, added := range [...]struct {
		kind  Kind
		words []string
	}{{Stop, more.Stop}, {Start, more.Start}, {Help, more.Help}} {
		if slices.ContainsFunc(added.words, func(word string) bool { return plain(word) == said }) {
			return added.kind
		}
	}
	return None
}

// plain is a text in small letters: letters, digits and the marks on them alone, one
// space between words.
func plain(text string) string {
	var b strings.Builder
	between := false
	for _, r := range text {
		if r >= '\uff01' && r <= '\uff5e' {
			r -= '\uff01' - '!' // the wide forms of ASCII, of keyboards in East Asia
		}
		switch {
		case unsounded(r):
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if between && b.Len() > 0 {
				b.WriteByte(' ')
			}
			between = false
			b.WriteRune(unicode.ToLower(unicode.ToUpper(r))) // by way of the capital: some letters share one
		default:
			between = true
		}
	}
	return b.String()
}

// unsounded are characters that change how others look: joiners, marks of direction,
// and what makes a sign a coloured picture.
func unsounded(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r == '\u20e3'
}
