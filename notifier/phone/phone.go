// Package phone decides whether a text may be sent to a number that somebody
// wrote down.
//
// Only UK mobiles pass. A text to a UK landline may be read aloud by a robot or
// left as a voicemail, which tells the family's business to whoever picks up;
// and some numbers that begin with +44 are not in the UK at all. The check says
// what kind of number it is, not whether anybody still answers it.
//
// Errors hold a reason and never the number, so that they may be logged.
package phone

import (
	"log/slog"
	"strings"
)

// Number is a UK mobile in E.164, such as +447700900123. Numbers come from
// Mobile; two spellings of one number give the same Number.
type Number string

// LogValue keeps numbers out of logs.
func (Number) LogValue() slog.Value { return slog.StringValue("[number]") }

const (
	// nationalLength is the length of a UK mobile without country code and
	// leading zero; no other UK number is longer. shortest is that of the
	// shortest geographic numbers.
	nationalLength = 10
	shortest       = 9
	// longestRaw bounds, in bytes, the work done for what is plainly no number.
	longestRaw = 100
)

// Mobile reads a UK mobile number in any spelling that people use: with spaces,
// hyphens, dots or brackets, with +44, 0044, 44 or 0 in front or nothing, with
// the zero left in as +44 (0), or with the country code after a zero as 0+44.
//
// The mobile numbers that Ofcom keeps for drama, 07700 900000 to 900999, pass:
// nobody has them, and examples and tests use them.
//
// The error is always an *Unusable.
func Mobile(raw string) (Number, error) {
	digits, plus, reason := clean(raw)
	if reason != 0 {
		return "", &Unusable{Reason: reason}
	}
	national, reason := nationalNumber(digits, plus)
	if reason != 0 {
		return "", &Unusable{Reason: reason}
	}
	if reason := classify(national); reason != 0 {
		return "", &Unusable{Reason: reason}
	}
	return Number("+44" + national), nil
}

// clean drops what people write between digits. It reports whether a plus stood
// before them.
func clean(raw string) (digits string, plus bool, reason Reason) {
	raw = strings.TrimPrefix(strings.TrimFunc(raw, isFiller), "tel:")
	if strings.TrimFunc(raw, isFiller) == "" {
		return "", false, Empty
	}
	if len(raw) > longestRaw {
		return "", false, NotANumber
	}
	kept := make([]byte, 0, len(raw))
	significant := false
	for _, r := range raw {
		digit, isDigit := digitOf(r)
		switch {
		case isDigit:
			kept = append(kept, digit)
			significant = significant || digit != '0'
		case (r == '+' || r == '＋') && !significant:
			plus = true
		case isFiller(r) || isPunctuation(r):
		default:
			return "", false, NotANumber
		}
	}
	if len(kept) == 0 {
		return "", false, NotANumber
	}
	return string(kept), plus, 0
}

// digitOf gives the ASCII digit for the digits of keyboards that families use.
func digitOf(r rune) (byte, bool) {
	for _, zero := range [...]rune{'0', '٠', '۰', '०', '০', '੦', '０'} {
		if r >= zero && r <= zero+9 {
			return byte('0' + r - zero), true
		}
	}
	return 0, false
}

// isFiller reports what cannot be seen: spaces of every width, and the marks
// that address books put around a copied number.
func isFiller(r rune) bool {
	switch {
	case r == ' ', r >= '\t' && r <= '\r', r == '\u0085', r == '\u00a0', r == '\u00ad', r == '\ufeff':
		return true
	case r >= '\u2000' && r <= '\u200f', r >= '\u2028' && r <= '\u202f', r >= '\u205f' && r <= '\u2069', r == '\u3000':
		return true
	}
	return false
}

func isPunctuation(r rune) bool {
	switch r {
	case '-', '.', '(', ')', '[', ']', '\u2212', '\uff0d', '\uff08', '\uff09':
		return true
	}
	return r >= '\u2010' && r <= '\u2015' // hyphens and dashes
}

// nationalNumber takes off the country code and the leading zero, and refuses
// other countries. No UK number begins with 4 behind its zero, so 44 there is
// always the country code.
func nationalNumber(digits string, plus bool) (string, Reason) {
	rest := strings.TrimLeft(digits, "0")
	zeros := len(digits) - len(rest)
	if national, ok := strings.CutPrefix(rest, "44"); ok {
		return strings.TrimLeft(national, "0"), 0
	}
	// A zero after the plus is a UK number with a plus too many: no country
	// code begins with zero. Two zeros alone are the plus, dialled.
	if abroad := plus && zeros == 0 || !plus && zeros >= 2; abroad && rest != "" {
		return "", Foreign
	}
	return rest, 0
}

// classify says why a national number is not a mobile that may be texted, or
// nothing where it is.
func classify(national string) Reason {
	switch {
	case len(national) < shortest:
		return TooShort
	case len(national) > nationalLength:
		return TooLong
	case national[0] == '1' || national[0] == '2':
		return Landline
	case national[0] != '7':
		return NotAMobile
	case len(national) < nationalLength:
		return TooShort
	case strings.HasPrefix(national, "7700900"):
		return 0 // Ofcom's drama numbers, which the library does not know
	}
	return ranges().classify(national)
}
