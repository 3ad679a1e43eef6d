package caseload

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"hearback/notifier"
)

// Found is a case that was looked for.
type Found struct {
	Case, Team, Officer string
	// Contact is who was found, by name; empty where the reference was.
	Contact string
	// Open is how many promises are open.
	Open int
}

// findLeast is the fewest letters or digits that are looked for among contacts: fewer
// are in nearly every case.
const findLeast = 3

// hitsMost bounds how many contacts are looked at for one question: whoever asks for
// a name that hundreds have must ask more closely.
const hitsMost = 500

// Marks before the parts of what a case is found by, so that nothing matches across them.
const (
	newCase    = '\x03'
	newContact = '\x01'
	newField   = '\x02'
)

// Find looks for a reference, a name, a telephone number in any spelling, or an email
// address. It looks only at the cases of these teams (nil: of every team), and
// lists up to limit: exact references first, then those that begin with what
// was asked for, then contacts. It looks no further than at some hundreds.
func (x *Index) Find(text string, teams []string, limit int) []Found {
	folded := fold(text)
	if folded == "" {
		return nil
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	var found []Found
	known := map[*held]bool{}
	take := func(h *held, contact string) bool {
		if !known[h] && (teams == nil || slices.Contains(teams, h.team)) {
			known[h] = true
			found = append(found, Found{Case: h.ref, Team: h.team, Officer: h.officer, Contact: contact, Open: len(h.rows)})
		}
		return len(found) < hitsMost
	}
	x.text.each(string(newCase)+folded, func(h *held, _ int) bool { return take(h, "") })
	slices.SortFunc(found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(len(a.Case), len(b.Case)), cmp.Compare(a.Case, b.Case)) // an exact one is the shortest
	})
	looked := folded
	if digits := digitsOf(text); digits != "" {
		looked = digits
	}
	if len(looked) >= findLeast {
		contacts := len(found)
		x.text.each(looked, func(h *held, contact int) bool {
			if contact < 0 {
				return true // a piece of a reference
			}
			return take(h, h.contacts[contact])
		})
		slices.SortFunc(found[contacts:], func(a, b Found) int { return cmp.Compare(a.Case, b.Case) })
	}
	return found[:min(limit, len(found))]
}

// haystack is what all cases are found by, in one piece of memory, so that a search
// is one pass over it.
type haystack struct {
	text   []byte
	starts []int   // of each piece in text
	owners []*held // of each piece; nil where it is no longer true
	dead   int
}

func (s *haystack) add(h *held, find string) {
	if s.dead > len(s.owners)/2 {
		s.compact()
	}
	h.piece = len(s.starts)
	s.starts, s.owners = append(s.starts, len(s.text)), append(s.owners, h)
	s.text = append(s.text, find...)
}

func (s *haystack) drop(h *held) {
	if h != nil {
		s.owners[h.piece] = nil
		s.dead++
	}
}

// compact leaves out what is no longer true.
func (s *haystack) compact() {
	live := haystack{text: make([]byte, 0, len(s.text))}
	for i, h := range s.owners {
		if h != nil {
			live.add(h, string(s.piece(i)))
		}
	}
	*s = live
}

func (s *haystack) piece(i int) []byte {
	if i+1 < len(s.starts) {
		return s.text[s.starts[i]:s.starts[i+1]]
	}
	return s.text[s.starts[i]:]
}

// each calls fn for every case in whose piece the text stands, and with the number of
// the first contact in whom it does, -1 where it is not in a contact; until fn
// returns false.
func (s *haystack) each(text string, fn func(h *held, contact int) bool) {
	for from := 0; from < len(s.text); {
		at := bytes.Index(s.text[from:], []byte(text))
		if at < 0 {
			return
		}
		at += from
		i, exact := slices.BinarySearch(s.starts, at)
		if !exact {
			i--
		}
		piece := s.piece(i)
		before := piece[:at-s.starts[i]]
		contact := bytes.Count(before, []byte{newContact}) - 1
		if h := s.owners[i]; h != nil && !fn(h, contact) {
			return
		}
		if contact < 0 && text[0] != newCase {
			from = at + 1 // the same text may stand in a contact too
		} else {
			from = s.starts[i] + len(piece)
		}
	}
}

// findable is what a case is found by: its reference, and for each contact the name,
// the number and the address, folded.
func findable(c notifier.Case) string {
	var b strings.Builder
	b.WriteByte(newCase)
	b.WriteString(fold(c.Ref))
	for _, k := range c.Contacts {
		b.WriteByte(newContact)
		b.WriteString(fold(k.Name))
		b.WriteByte(newField)
		b.WriteString(digitsOf(k.Mobile))
		b.WriteByte(newField)
		b.WriteString(fold(k.Email))
	}
	return b.String()
}

// fold drops what people spell differently: case, accents, and the spaces round a text.
func fold(text string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.IsControl(r):
		case unicode.IsSpace(r):
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// digitsOf is a telephone number without what differs between its spellings: the
// United Kingdom's 44 or the 0 that stands for it, spaces, dashes and brackets. It is
// empty for what has letters in it.
func digitsOf(text string) string {
	var b strings.Builder
	for _, r := range strings.ReplaceAll(text, "(0)", "") {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.IsLetter(r):
			return ""
		}
	}
	digits := strings.TrimPrefix(b.String(), "00")
	if rest, international := strings.CutPrefix(digits, "44"); international {
		return strings.TrimPrefix(rest, "0")
	}
	return strings.TrimPrefix(digits, "0")
}
