package templates

// The GSM 7-bit default alphabet of 3GPP TS 23.038, section 6.2.1, by its own
// codes 0x00 to 0x7F, and its extension table (6.2.1.1). They are given as code
// points because several have twins that look the same and are not in the
// alphabet: U+0394 Δ is, U+2206 ∆ is not.

const gsmEscape = 0x1B // leads to the extension table; not a character itself

const gsmBasic = "" +
	"\u0040\u00A3\u0024\u00A5\u00E8\u00E9\u00F9\u00EC\u00F2\u00C7\u000A\u00D8\u00F8\u000D\u00C5\u00E5" + // 0x00
	"\u0394\u005F\u03A6\u0393\u039B\u03A9\u03A0\u03A8\u03A3\u0398\u039E\u001B\u00C6\u00E6\u00DF\u00C9" + // 0x10
	"\u0020\u0021\u0022\u0023\u00A4\u0025\u0026\u0027\u0028\u0029\u002A\u002B\u002C\u002D\u002E\u002F" + // 0x20
	"\u0030\u0031\u0032\u0033\u0034\u0035\u0036\u0037\u0038\u0039\u003A\u003B\u003C\u003D\u003E\u003F" + // 0x30
	"\u00A1\u0041\u0042\u0043\u0044\u0045\u0046\u0047\u0048\u0049\u004A\u004B\u004C\u004D\u004E\u004F" + // 0x40
	"\u0050\u0051\u0052\u0053\u0054\u0055\u0056\u0057\u0058\u0059\u005A\u00C4\u00D6\u00D1\u00DC\u00A7" + // 0x50
	"\u00BF\u0061\u0062\u0063\u0064\u0065\u0066\u0067\u0068\u0069\u006A\u006B\u006C\u006D\u006E\u006F" + // 0x60
	"\u0070\u0071\u0072\u0073\u0074\u0075\u0076\u0077\u0078\u0079\u007A\u00E4\u00F6\u00F1\u00FC\u00E0" // 0x70

const gsmExtension = "\u000C\u005E\u007B\u007D\u005C\u005B\u007E\u005D\u007C\u20AC"

// septets gives what a character costs in GSM-7: 1, 2 for the extension table,
// 0 for what the alphabet lacks.
func septets(r rune) int {
	if r < 0x80 {
		switch {
		case r >= 'a' && r <= 'z', r >= '?' && r <= 'Z', r >= ' ' && r <= '>', r == '\n', r == '\r', r == '_':
			return 1
		case r == '\f', r == '^', r == '{', r == '}', r == '\\', r == '[', r == '~', r == ']', r == '|':
			return 2
		}
		return 0
	}
	if r == 0x20AC {
		return 2
	}
	if r <= 0x3A9 {
		for _, letter := range gsmBasic {
			if letter == r {
				return 1
			}
		}
	}
	return 0
}
