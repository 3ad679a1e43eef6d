package templates

// What plain letter stands for an accented Latin one, by position: U+00C0 to
// U+024F, then U+1E00 to U+1EFF. A dot means that the letter stays: it is in
// GSM-7, it is one of the Welsh letters that GOV.UK Notify keeps, or it is not
// an accented form of a plain letter. From the canonical decompositions of
// Unicode, with Ł, Đ, Ħ, Ŧ and ı added, which have none.
const (
	plainLatin = "" +
		"...A............" + // U+00C0
		".....O.........." + // U+00D0
		"...a...c........" + // U+00E0
		".....o.........." + // U+00F0
		"AaAaAaCcCcCcCcDd" + // U+0100
		"DdEeEeEeEeEeGgGg" + // U+0110
		"GgGgHhHhIiIiIiIi" + // U+0120
		"Ii..JjKk.LlLlLl." + // U+0130
		".LlNnNnNn...OoOo" + // U+0140
		"Oo..RrRrRrSsSsSs" + // U+0150
		"SsTtTtTtUuUuUuUu" + // U+0160
		"UuUu.....ZzZzZz." + // U+0170
		"................" + // U+0180
		"................" + // U+0190
		"Oo.............U" + // U+01A0
		"u..............." + // U+01B0
		".............AaI" + // U+01C0
		"iOoUuUuUuUuUu.Aa" + // U+01D0
		"Aa....GgKkOoOo.." + // U+01E0
		"j...Gg..NnAa...." + // U+01F0
		"AaAaEeEeIiIiOoOo" + // U+0200
		"RrRrUuUuSsTt..Hh" + // U+0210
		"......AaEeOoOoOo" + // U+0220
		"OoYy............" + // U+0230
		"................" // U+0240

	plainLatinAdditional = "" +
		"AaBbBbBbCcDdDdDd" + // U+1E00
		"DdDdEeEeEeEeEeFf" + // U+1E10
		"GgHhHhHhHhHhIiIi" + // U+1E20
		"KkKkKkLlLlLlLlMm" + // U+1E30
		"MmMmNnNnNnNnOoOo" + // U+1E40
		"OoOoPpPpRrRrRrRr" + // U+1E50
		"SsSsSsSsSsTtTtTt" + // U+1E60
		"TtUuUuUuUuUuVvVv" + // U+1E70
		"......WwWwXxXxYy" + // U+1E80
		"ZzZzZzhtwy......" + // U+1E90
		"AaAaAaAaAaAaAaAa" + // U+1EA0
		"AaAaAaAaEeEeEeEe" + // U+1EB0
		"EeEeEeEeIiIiOoOo" + // U+1EC0
		"OoOoOoOoOoOoOoOo" + // U+1ED0
		"OoOoUuUuUuUuUuUu" + // U+1EE0
		"Uu..YyYyYy......" // U+1EF0
)

// plainLetter gives the plain letter for an accented one, or the rune itself.
func plainLetter(r rune) rune {
	letter := byte('.')
	switch {
	case r == 0x212B: // the ångström sign is the same letter as Å
		return 0xC5
	case r >= 0xC0 && r < 0x250:
		letter = plainLatin[r-0xC0]
	case r >= 0x1E00 && r < 0x1F00:
		letter = plainLatinAdditional[r-0x1E00]
	}
	if letter == '.' {
		return r
	}
	return rune(letter)
}

// composed pairs a plain letter and a combining mark with the one character
// that GSM-7 has or Notify keeps for them. Letters come so from some keyboards
// and from files written on a Mac.
var composed = [...]struct {
	mark           rune
	plain, accents string
}{
	{0x300, "aeiouwyAEIOUWY", "àèìòùẁỳÀÈÌÒÙẀỲ"},
	{0x301, "aeiouwyAEIOUWY", "áéíóúẃýÁÉÍÓÚẂÝ"},
	{0x302, "aeiouwyAEIOUWY", "âêîôûŵŷÂÊÎÔÛŴŶ"},
	{0x303, "nN", "ñÑ"},
	{0x308, "aeiouwyAEIOUWY", "äëïöüẅÿÄËÏÖÜẄŸ"},
	{0x30A, "aA", "åÅ"},
	{0x327, "C", "Ç"},
}

// compose joins a plain Latin letter and a combining mark: into one character
// where there is one to keep, else into the letter alone.
func compose(letter, mark rune) rune {
	for i := range composed {
		if composed[i].mark != mark {
			continue
		}
		accents := []rune(composed[i].accents)
		for j, plain := range composed[i].plain {
			if plain == letter {
				return accents[j]
			}
		}
	}
	return letter
}
