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

	"golang.org/x/text/width"
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
// INFO: a parent who is asked a question may well answer with one of them, and
// where Twilio has acted on one all the same it says so (OptOutType).
func usual(kind Kind) []string {
	switch kind {
	case Stop:
		return []string{"STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "OPTOUT", "OPT OUT", "REVOKE", "STOP TEXTS", "STOP TEXTING ME", "STOPIO", "STOPIWCH", "ATAL", "DIM MWY"}
	case Start:
		return []string{"START", "UNSTOP", "OPT IN", "OPTIN", "SUBSCRIBE", "DECHRAU", "CYCHWYN", "AILDDECHRAU"}
	case Help:
		return []string{"HELP", "CYMORTH"}
	default:
		return nil
	}
}

// Of says what a message asks of the machine. Case, punctuation, quotes, the width
// of letters and spaces make no difference; any other word does.
func Of(text string, more Words) Kind {
	if len(text) > 200 {
		return None // longer than any keyword
	}
	said := plain(text)
	if said == "" {
		return None
	}
	added := map[Kind][]string{Stop: more.Stop, Start: more.Start, Help: more.Help}
	for _, kind := range [...]Kind{Stop, Start, Help} {
		for _, word := range slices.Concat(usual(kind), added[kind]) {
			if plain(word) == said {
				return kind
			}
		}
	}
	return None
}

// plain is a text in capitals, its letters and digits alone, one space between
// words.
func plain(text string) string {
	folded := strings.ToUpper(width.Fold.String(text))
	words := strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	return strings.Join(words, " ")
}

// Automatic reports whether a machine wrote a text: an answering phone, a car, a
// network. It knows the sentences that phones offer by themselves, and takes them
// only where they begin the text. In doubt a person wrote it.
func Automatic(text string) bool {
	said := plain(text)
	return slices.ContainsFunc(automatic(), func(begins string) bool { return said == begins || strings.HasPrefix(said, begins+" ") })
}

func automatic() []string {
	return []string{
		"I M DRIVING WITH FOCUS", "I AM DRIVING WITH FOCUS", "I M DRIVING WITH DO NOT DISTURB", "I AM DRIVING WITH DO NOT DISTURB",
		"THIS IS AN AUTOMATED", "THIS IS AN AUTOMATIC", "AUTO REPLY", "AUTOREPLY", "AUTOMATIC REPLY", "AUTO RESPONSE", "AUTOMATED RESPONSE",
		"YOUR MESSAGE COULD NOT BE DELIVERED", "MESSAGE NOT DELIVERED", "DELIVERY REPORT", "DELIVERED TO",
		"YOU HAVE A NEW VOICEMAIL", "YOU HAVE A MULTIMEDIA MESSAGE", "SORRY I CAN T TALK RIGHT NOW", "SENT FROM MY CAR",
		"MAE HWN YN ATEB AWTOMATIG", "ATEB AWTOMATIG",
	}
}
