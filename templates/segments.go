package templates

import "slices"

// The two encodings of a text message.
const (
	GSM7 = "GSM-7"
	UCS2 = "UCS-2"
)

// Segments says how a text message travels, and so what it costs: providers
// charge for each part.
type Segments struct {
	Encoding string `json:"encoding"` // GSM7 or UCS2
	Units    int    `json:"units"`    // septets (GSM-7) or UTF-16 units (UCS-2), without the parts' own headers
	Parts    int    `json:"parts"`    // messages that a phone puts together; 0 only for an empty text
	Left     int    `json:"left"`     // units that still fit into the last part
	Forced   []rune `json:"-"`        // characters that force UCS-2, each once, in the order they stand
}

// Room in a message that stands alone, and in one of several (3GPP TS 23.040:
// the header that joins them takes 6 octets).
const (
	gsmAlone, gsmJoined   = 160, 153
	ucs2Alone, ucs2Joined = 70, 67
)

// Measure counts a text as the phone network will. A character of GSM-7's
// extension table costs 2 units and a character outside the Basic Multilingual
// Plane 2 UTF-16 units; neither is ever split between two parts, so a part may
// stay one unit short. Measure the text after [Normalise].
func Measure(text string) Segments {
	s := Segments{Encoding: GSM7}
	gsm, ucs2 := packer{room: gsmJoined}, packer{room: ucs2Joined}
	for _, r := range text {
		cost := septets(r)
		if cost == 0 && !slices.Contains(s.Forced, r) {
			s.Forced = append(s.Forced, r)
		}
		gsm.add(cost)
		if r > 0xFFFF {
			ucs2.add(2)
		} else {
			ucs2.add(1)
		}
	}
	packed, alone := gsm, gsmAlone
	if len(s.Forced) > 0 {
		s.Encoding, packed, alone = UCS2, ucs2, ucs2Alone
	}
	s.Units = packed.units
	switch {
	case s.Units == 0:
		s.Left = alone
	case s.Units <= alone:
		s.Parts, s.Left = 1, alone-s.Units
	default:
		s.Parts, s.Left = packed.full+1, packed.room-packed.used
	}
	return s
}

// packer fills the parts of a message that has several.
type packer struct {
	room       int // of each part
	units      int // in all
	full, used int // parts left behind, units in the present one
}

func (p *packer) add(cost int) {
	if p.used+cost > p.room {
		p.full, p.used = p.full+1, 0
	}
	p.used += cost
	p.units += cost
}
