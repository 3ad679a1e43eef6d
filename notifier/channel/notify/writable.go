package notify

import (
	"strings"
	"unicode"

	"hearback/notifier/channel"
	"hearback/templates"
)

// The codes of texts that are not handed over because of their words. None says
// anything against the number.
const (
	CodeScript  = "script"
	CodeTooLong = "too-long"
	CodeEmpty   = "empty"
)

// longestText is how many UTF-16 units Notify takes in one text, without the
// service's name before it: 6 parts of 153.
const longestText = 918

// welsh are the accented letters that Notify keeps although GSM-7 lacks them.
const welsh = "ẁỳÀÈÌÒÙẀỲáíóúẃýÁÍÓÚẂÝëïẅÿËÏẄŸâêîôûŵŷÂÊÎÔÛŴŶ"

// Writable tells whether a text can reach a phone through Notify as it is meant.
// Notify keeps the characters of GSM-7 and the accented letters of Welsh, writes
// typographic signs plainly, takes other accents off Latin letters, and writes "?"
// for everything else: Arabic, Bengali, Gujarati, Panjabi, Ukrainian and Urdu become
// nothing but question marks, and so does an emoji. The source is its published code
// (SanitiseSMS in alphagov/notifications-utils).
//
// It is true where no character is lost once templates.Normalise has done the same;
// why says for an officer what would be, and holds nothing of the text.
func Writable(text string) (ok bool, why string) {
	what := ""
	for _, r := range templates.Measure(templates.Normalise(text)).Forced {
		if strings.ContainsRune(welsh, r) {
			continue
		}
		if script := scriptOf(r); script != "" {
			what = script + " letters"
			break // letters say more than the signs round them
		}
		what = "signs that are no letters, such as emoji"
	}
	if what == "" {
		return true, ""
	}
	return false, "The text has " + what + ", for which GOV.UK Notify would write question marks."
}

// scriptOf names the script of a letter; it is empty for signs that belong to none,
// and for the few Latin letters it says that they are unusual.
func scriptOf(r rune) string {
	for name, table := range unicode.Scripts {
		if name == "Common" || name == "Inherited" || !unicode.Is(table, r) {
			continue
		}
		if name == "Latin" {
			return "unusual Latin"
		}
		return strings.ReplaceAll(name, "_", " ")
	}
	return ""
}

// prepared gives a text as Notify is to have it, or says why it must go another way.
func prepared(text string) (string, *channel.Failure) {
	text = strings.TrimSpace(templates.Normalise(text))
	never := func(code, reason string) (string, *channel.Failure) {
		return "", &channel.Failure{Verdict: channel.Never, Code: code, Reason: reason, Blameless: true}
	}
	if ok, why := Writable(text); !ok {
		return never(CodeScript, why+" It must go another way: by email, or through another provider of texts.")
	}
	if text == "" {
		return never(CodeEmpty, "The text has no words. A manager must look at these words in the book; a person should tell the family meanwhile.")
	}
	// What is writable holds no character outside the Basic Multilingual Plane, so
	// that each is one unit.
	if len([]rune(text)) > longestText {
		return never(CodeTooLong, "The text is longer than the 918 characters that GOV.UK Notify takes. A manager must shorten these words in the book; a person should tell the family meanwhile.")
	}
	return text, nil
}
