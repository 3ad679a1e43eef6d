package templates

import (
	"strings"
	"unicode/utf8"

	"hearback/events/nearest"
)

// part is a piece of a parsed template: fixed text, a placeholder, or optional
// text with the parts that it shows.
type part struct {
	text   string // fixed text; empty for the other two
	name   string // the placeholder's name, or the condition's
	inner  []part // optional text; nil for the other two
	ownUse bool   // the optional text uses the value it depends on
	use    use    // where in an email the value stands
	offset int    // byte offset in the source, for faults
}

// use says where in an email a value stands, and so how it is made safe.
type use uint8

const (
	useText      use = iota // in running text
	useAddress              // the whole address of a link
	useInAddress            // a piece of the address of a link
	useList                 // alone on its line: one list item for each line of the value
)

func (p *part) optional() bool { return p.inner != nil }

// partReader splits a template into parts.
//
// Its grammar is Notify's, with two additions: optional text may hold
// placeholders and balanced brackets.
type partReader struct {
	*source
	end     int
	allowed []string // nil: every name
}

// read parses text[from:end]. Faults go to the source; what it returns is only
// fit for use if there were none.
func (r *partReader) read(from int) []part {
	parts, _, _ := r.parts(from, false)
	return parts
}

// parts reads until the end or, inside optional text, past the closing "))".
func (r *partReader) parts(at int, nested bool) (parts []part, next int, closed bool) {
	start, depth := at, 0
	flush := func(to int) {
		if to > start {
			parts = append(parts, part{text: r.text[start:to], offset: start})
		}
	}
	for at < r.end {
		switch r.text[at] {
		case '(':
			run := 1
			for at+run < r.end && r.text[at+run] == '(' {
				run++
			}
			if run == 1 {
				depth++
				at++
				continue
			}
			// Of three or more brackets the last two open the placeholder, as
			// in "[Open the case](((link)))".
			opening := at + run - 2
			depth += run - 2
			flush(opening)
			found, after, ok := r.placeholder(opening, nested)
			if ok {
				parts = append(parts, found)
			}
			at, start = after, after
		case ')':
			double := at+1 < r.end && r.text[at+1] == ')'
			switch {
			case nested && depth == 0 && double:
				flush(at)
				return parts, at + 2, true
			case !nested && depth < 2 && double:
				r.fault(at, "\"))\" closes nothing", "write \"((\" before the name, or take one bracket away")
				at += 2
				depth = 0
				continue
			}
			depth = max(depth-1, 0)
			at++
		default:
			at++
		}
	}
	flush(r.end)
	return parts, r.end, false
}

// placeholder reads from "((" at opening to past its "))".
func (r *partReader) placeholder(opening int, nested bool) (found part, next int, ok bool) {
	const remedy = "write it as ((name)), or optional text as ((name??text))"
	at := opening + 2
	for ; at < r.end; at++ {
		switch r.text[at] {
		case '\n':
			r.fault(opening, "this \"((\" is not closed on its line", remedy)
			return part{}, r.skip(at), false
		case '(':
			r.fault(at, "there is a bracket inside a placeholder's name", remedy)
			return part{}, r.skip(at), false
		case ')':
			if at+1 == r.end || r.text[at+1] != ')' {
				r.fault(opening, "this \"((\" is closed by one bracket only", remedy)
				return part{}, at + 1, false
			}
			name, known := r.name(opening, at)
			return part{name: name, offset: opening}, at + 2, known
		case '?':
			if at+1 < r.end && r.text[at+1] == '?' {
				return r.optionalText(opening, at, nested)
			}
		}
	}
	r.fault(opening, "this \"((\" is never closed", remedy)
	return part{}, r.end, false
}

// optionalText reads from the "??" at question to past the closing "))".
func (r *partReader) optionalText(opening, question int, nested bool) (found part, next int, ok bool) {
	name, known := r.name(opening, question)
	inner, after, closed := r.parts(question+2, true)
	switch {
	case !closed:
		r.fault(opening, "this optional text is never closed", "end it with \"))\"")
		return part{}, r.end, false
	case nested:
		r.fault(opening, "there is optional text inside optional text", "write the two one after the other")
		return part{}, after, false
	case len(inner) == 0 || len(inner) == 1 && inner[0].name == "" && strings.TrimSpace(inner[0].text) == "":
		r.fault(opening, "this optional text is empty", "write the text after \"??\", or take the placeholder out")
		return part{}, after, false
	}
	found = part{name: name, inner: inner, offset: opening}
	for i := range inner {
		if inner[i].name == name {
			found.ownUse = true
		}
	}
	return found, after, known
}

// skip finds the place to go on after a name that could not be read, so that
// one slip is one fault: past the brackets that seem to close it, within this
// line and the next, else at the end of the line.
func (r *partReader) skip(at int) int {
	rest := r.text[at:r.end]
	closing := strings.Index(rest, "))")
	if closing >= 0 && strings.Count(rest[:closing], "\n") <= 1 && !strings.Contains(rest[:closing], "((") {
		return at + closing + 2
	}
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		return at + i
	}
	return r.end
}

// name gives the canonical spelling of the placeholder whose brackets open at
// opening and whose name ends before to.
func (r *partReader) name(opening, to int) (name string, ok bool) {
	written := canonical(r.text[opening+2 : to])
	folded := fold(written)
	if folded == "" {
		r.fault(opening, "this placeholder has no name", "write the name of a value between the brackets")
		return "", false
	}
	if r.allowed == nil {
		return written, true
	}
	for _, known := range r.allowed {
		if fold(known) == folded {
			return known, true
		}
	}
	remedy := "use one of: " + strings.Join(r.allowed, ", ")
	if len(r.allowed) == 0 {
		remedy = "take it out: these words have no values"
	}
	if close := nearest.Name(written, r.allowed); close != "" {
		remedy = "did you mean ((" + close + "))?"
	}
	r.fault(opening, "there is no value \""+clip(written)+"\" for these words", remedy)
	return "", false
}

// canonical spells a placeholder's name as the keys of Values are spelt: lower
// case, words parted by single spaces.
func canonical(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return ' '
		}
		return r
	}, strings.ToLower(name))
	return strings.Join(strings.Fields(name), " ")
}

// fold drops what GOV.UK Notify drops when it compares names: case, spaces,
// underscores and hyphens.
func fold(name string) string {
	return strings.ReplaceAll(canonical(name), " ", "")
}

// clip keeps a fault on one short line, however long the mistake in the file.
func clip(s string) string {
	const most = 40
	for i, n := 0, 0; i < len(s); n++ {
		if n == most {
			return s[:i] + "…"
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return s
}
