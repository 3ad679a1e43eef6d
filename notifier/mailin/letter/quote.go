package letter

import (
	"strings"
)

// ownWords cuts from an answer what its writer did not write: our own message
// quoted below or above it, and the signature. It cuts only where the form of the
// quotation is certain, and never so that nothing is left: a family's words are
// worth more than a tidy page. Answers between the lines of the quotation stay as
// they are, for without it they mean nothing.
func (e email) ownWords(text string) string {
	lines := strings.Split(text, "\n")
	lines = keepSome(lines, e.cutCopied(lines))
	lines = keepSome(lines, cutQuoted(lines))
	lines = keepSome(lines, cutSignature(lines))
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// keepSome takes the cut lines if anything is left of them.
func keepSome(whole, cut []string) []string {
	if blank(cut) {
		return whole
	}
	return cut
}

func blank(lines []string) bool {
	for _, line := range lines {
		if strings.Trim(line, " \t_-*>") != "" {
			return false
		}
	}
	return true
}

// cutCopied cuts at the message that Outlook and its kin put below an answer: a
// line such as "-----Original Message-----", or a block of fields in which From,
// Sent, To and Subject stand, or in any language one of our own addresses.
func (e email) cutCopied(lines []string) []string {
	for i, line := range lines {
		if !originalMark(line) && !e.fieldsBegin(lines[i:]) {
			continue
		}
		end := i
		for end > 0 && strings.Trim(lines[end-1], " \t_*-") == "" {
			end-- // the rule above it
		}
		return lines[:end]
	}
	return lines
}

func originalMark(line string) bool {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "--") || !strings.HasSuffix(line, "--") {
		return false
	}
	switch strings.ToLower(strings.Trim(line, "- ")) {
	case "original message", "neges wreiddiol", "original appointment", "reply message", "ursprüngliche nachricht", "message d'origine", "mensaje original", "oryginalna wiadomość", "wiadomość oryginalna", "messaggio originale", "mensagem original", "mesaj original":
		return true
	}
	return false
}

// fieldsBegin reports whether the header of a copied message begins here: at
// least three lines, each a short label and a value.
func (e email) fieldsBegin(lines []string) bool {
	known, ours, count := 0, false, 0
	for _, line := range lines[:min(len(lines), 8)] {
		label, value, found := strings.Cut(strings.ReplaceAll(line, "*", ""), ":")
		label = strings.ToLower(strings.TrimSpace(label))
		if !found || label == "" || len(label) > 30 || strings.TrimSpace(value) == "" || strings.ContainsAny(label, "/.@>") {
			break
		}
		if count == 0 && !strings.Contains(value, "@") && !fromLabel(label) {
			return false
		}
		count++
		switch label {
		case "from", "sent", "date", "to", "cc", "subject", "oddi wrth", "anfonwyd", "dyddiad", "at", "pwnc":
			known++
		}
		ours = ours || e.mentionsUs(value)
	}
	return count >= 3 && (known >= 3 || ours)
}

func fromLabel(label string) bool { return label == "from" || label == "oddi wrth" }

func (e email) mentionsUs(value string) bool {
	at := strings.LastIndexByte(value, '@')
	if at < 0 {
		return false
	}
	domain, _, _ := strings.Cut(strings.TrimSpace(value[at+1:]), ">")
	domain, _, _ = strings.Cut(domain, "]")
	return e.isDomain(strings.TrimSpace(domain))
}

// cutQuoted takes out one block of lines behind ">" and the line that announces
// it. Where there are several blocks, the answer stands between them.
func cutQuoted(lines []string) []string {
	first, last := -1, -1
	for i, line := range lines {
		if quotedLine(line) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return lines
	}
	for _, line := range lines[first:last] {
		if !quotedLine(line) && strings.TrimSpace(line) != "" {
			return lines
		}
	}
	begin := announced(lines, first)
	rest := append([]string{}, lines[:begin]...)
	return append(rest, lines[last+1:]...)
}

func quotedLine(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t"), ">") }

// announced is where a quotation begins if the line that announces it is counted
// too: up to three lines that end in a colon and hold an address or a year, as
// "On … wrote:" does in every language.
func announced(lines []string, quoted int) int {
	end := quoted
	for end > 0 && strings.TrimSpace(lines[end-1]) == "" {
		end--
	}
	if end == 0 || !strings.HasSuffix(strings.TrimSpace(lines[end-1]), ":") {
		return quoted
	}
	joined := ""
	for begin := end - 1; begin >= 0 && begin >= end-3 && strings.TrimSpace(lines[begin]) != ""; begin-- {
		joined = lines[begin] + " " + joined
		if strings.Contains(joined, "@") || year(joined) {
			// "On Mon, 23 Nov 2026 at 09:00" may stand on the line before.
			if begin > 0 && begin >= end-2 && startsAttribution(lines[begin-1]) && !startsAttribution(lines[begin]) {
				begin--
			}
			return begin
		}
	}
	return quoted
}

func startsAttribution(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	return strings.HasPrefix(line, "on ") || strings.HasPrefix(line, "ar ")
}

// year reports whether a text holds a year of this century.
func year(text string) bool {
	for i := 0; i+4 <= len(text); i++ {
		if text[i] == '2' && text[i+1] == '0' && isDigit(text[i+2]) && isDigit(text[i+3]) &&
			(i == 0 || !isDigit(text[i-1])) && (i+4 == len(text) || !isDigit(text[i+4])) {
			return true
		}
	}
	return false
}

// maxSignature is the longest signature that is cut, in lines. RFC 3676 asks for
// four.
const maxSignature = 15

// cutSignature cuts behind the mark "-- " (RFC 3676, 4.3), whose space many
// programs lose, and the line that phones add at the end.
func cutSignature(lines []string) []string {
	for len(lines) > 0 && (strings.TrimSpace(lines[len(lines)-1]) == "" || phoneLine(lines[len(lines)-1])) {
		lines = lines[:len(lines)-1]
	}
	for i := len(lines) - 1; i >= max(0, len(lines)-maxSignature-1); i-- {
		if strings.TrimRight(lines[i], " ") == "--" {
			return lines[:i]
		}
	}
	return lines
}

func phoneLine(line string) bool {
	line = strings.ToLower(strings.TrimSpace(line))
	if len(line) > 60 {
		return false
	}
	for _, begins := range []string{"sent from my ", "sent from outlook", "sent from yahoo mail", "sent from samsung", "sent from mail for ", "get outlook for ", "sent via ", "anfonwyd o fy "} {
		if strings.HasPrefix(line, begins) {
			return true
		}
	}
	return false
}
