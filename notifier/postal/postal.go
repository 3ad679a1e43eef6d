// Package postal decides whether a letter may be posted to an address that
// somebody wrote down, and when two addresses are the same home.
//
// It judges the form alone: whether anybody lives there only a letter that comes
// back can say. Reasons hold nothing of the address, so that they may be logged.
package postal

import (
	"slices"
	"strings"
	"unicode"
)

// The fewest and the most lines of an address that Notify takes.
const (
	fewestLines = 3
	mostLines   = 7
)

// Lines makes the lines of an envelope out of a name and a postal address:
// one to a line, or separated by commas where it is written on a single line. The
// first is the recipient's name. A postcode that shares the last line with a town
// gets a line of its own, a country of the United Kingdom behind it is left out,
// and the postcode is written as Royal Mail wants it.
//
// The rules are Notify's
// (https://docs.notifications.service.gov.uk/rest-api.html#send-a-letter): 3 to 7
// lines; a letter or a digit in each of the first two; none that begins with a
// sign which its printer does not take; no "no fixed abode"; last a UK postcode, or
// a British Forces post office as BFPO and its number. Letters abroad are not sent,
// since no family of a council's lives there by its records. Whether there is such
// a postcode is for Notify to say.
//
// Where there is no such address, why says for an officer what is wrong, and holds
// nothing of it; otherwise why is empty.
func Lines(address string) (lines []string, why string) {
	lines = split(address)
	for len(lines) > 0 && isHomeCountry(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	if len(lines) > 0 {
		lines = finish(lines)
	}
	switch {
	case len(lines) < fewestLines:
		return nil, "The postal address has fewer than 3 lines. Ask the family for the whole of it, with a name first and a postcode last."
	case len(lines) > mostLines:
		return nil, "The postal address has more than 7 lines, and GOV.UK Notify takes no more. Write it shorter, with a name first and a postcode last."
	case !isLast(lines[len(lines)-1]):
		return nil, "The postal address does not end with a UK postcode. Ask the family for it."
	case !hasAlphanumeric(lines[0]) || !hasAlphanumeric(lines[1]):
		return nil, "The first two lines of the postal address must be a name and a street, or the like. Correct it."
	case slices.ContainsFunc(lines, beginsBadly):
		return nil, "A line of the postal address begins with a sign that the printer does not take, such as a bracket. Correct it."
	case slices.ContainsFunc(lines, isNoAbode):
		return nil, "The family has no fixed address, so a letter cannot reach them. Phone them, or meet them."
	}
	return lines, ""
}

// split takes an address apart, without empty lines, spaces in excess, and the
// commas at ends of lines.
func split(address string) []string {
	separator := func(r rune) bool { return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' }
	address = strings.TrimSpace(address)
	if !strings.ContainsFunc(address, separator) {
		separator = func(r rune) bool { return r == ',' }
	}
	var lines []string
	for line := range strings.FieldsFuncSeq(address, separator) {
		line = strings.Join(strings.Fields(line), " ")
		line = strings.ReplaceAll(line, " ,", ",")
		if line = strings.Trim(line, " ,"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// finish gives the postcode a line of its own, in its proper form.
func finish(lines []string) []string {
	last := lines[len(lines)-1]
	if postcode, ok := postcodeOf(last); ok {
		lines[len(lines)-1] = postcode
		return lines
	}
	// A town and its postcode: the last word, or the last two.
	words := strings.Fields(last)
	for _, count := range []int{2, 1} {
		if len(words) <= count {
			continue
		}
		town, rest := words[:len(words)-count], words[len(words)-count:]
		if postcode, ok := postcodeOf(strings.Join(rest, " ")); ok {
			lines[len(lines)-1] = strings.TrimRight(strings.Join(town, " "), " ,")
			return append(lines, postcode)
		}
	}
	return lines
}

// postcodeOf reads a UK postcode in any case and spacing: an area of one or two
// letters, a district of a digit and perhaps a digit or letter, then a digit and
// two letters, which are never C, I, K, M, O or V (BS 7666). It comes back in
// capitals, with one space before the last three.
func postcodeOf(line string) (string, bool) {
	code := strings.ToUpper(strings.ReplaceAll(line, " ", ""))
	if len(code) < 5 || len(code) > 7 {
		return "", false
	}
	outward, inward := code[:len(code)-3], code[len(code)-3:]
	area := 1
	if isLetter(outward[1]) {
		area = 2
	}
	district := outward[area:]
	ok := isLetter(outward[0]) && len(district) >= 1 && len(district) <= 2 && isDigit(district[0]) &&
		(len(district) == 1 || isDigit(district[1]) || isLetter(district[1])) &&
		isDigit(inward[0]) && isUnit(inward[1]) && isUnit(inward[2])
	return outward + " " + inward, ok
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }
func isUnit(c byte) bool   { return isLetter(c) && !strings.ContainsRune("CIKMOV", rune(c)) }

// isLast tells whether an address may end with a line: a postcode, or BFPO and a
// number.
func isLast(line string) bool {
	if _, ok := postcodeOf(line); ok {
		return true
	}
	number, ok := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(line, " ", "")), "bfpo")
	number = strings.TrimPrefix(number, "c/o")
	return ok && number != "" && len(number) <= 4 && !strings.ContainsFunc(number, func(r rune) bool { return r < '0' || r > '9' })
}

// Home stands for the home that an address with a name in front, such as Lines
// reads, leads to, whoever lives there: its postcode and the numbers of house and
// flat, or where there are none the first line behind the name. Two spellings of
// one home nearly always give the same, and two homes nearly never do; where it is
// wrong, a letter too few goes. It is empty where there is nothing to go by.
func Home(address string) string {
	_, address, _ = strings.Cut(address, "\n")
	lines := split(address)
	for len(lines) > 0 && isHomeCountry(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return ""
	}
	lines = finish(lines)
	last := len(lines) - 1
	house := strings.FieldsFunc(strings.ToLower(strings.Join(lines[:last], " ")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	house = slices.DeleteFunc(house, func(word string) bool { return !strings.ContainsFunc(word, unicode.IsDigit) })
	slices.Sort(house)
	if len(house) == 0 {
		house = []string{plain(lines[0])}
	}
	return strings.TrimSpace(strings.Join(append(house, plain(lines[last])), " "))
}

// plain keeps letters and digits, in lower case.
func plain(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, line)
}

func isHomeCountry(line string) bool {
	switch strings.ToLower(strings.ReplaceAll(line, ".", "")) {
	case "england", "wales", "cymru", "scotland", "northern ireland", "united kingdom", "great britain", "uk", "gb":
		return true
	}
	return false
}

func hasAlphanumeric(line string) bool {
	return strings.ContainsFunc(line, func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	})
}

func beginsBadly(line string) bool { return strings.ContainsRune(`@()=[]"”\/,<>~`, []rune(line)[0]) }

func isNoAbode(line string) bool {
	line = strings.ToLower(line)
	return line == "nfa" || strings.Contains(line, "no fixed abode") || strings.Contains(line, "no fixed address")
}
