package letter

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// utf8Of decodes text of the named character set. The names are those that
// browsers know (WHATWG Encoding): like them it reads ISO-8859-1 and US-ASCII as
// Windows-1252, which is what senders of those mean. Where the name is unknown or
// untrue, UTF-8 is believed if it is valid, and Windows-1252 is the last resort:
// it reads anything, and leaves English readable.
func utf8Of(raw []byte, charset string) string {
	if named := charsetOf(charset); named != nil {
		if decoded, err := named.NewDecoder().Bytes(raw); err == nil {
			return strings.ToValidUTF8(string(decoded), "\uFFFD")
		}
	}
	raw = bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))
	if utf8.Valid(raw) {
		return string(raw)
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "\uFFFD")
	}
	return string(decoded)
}

// charsetOf is nil for UTF-8, for what is not known, and for the few sets that
// the standard replaces by nothing readable.
func charsetOf(name string) encoding.Encoding {
	name = strings.Trim(strings.TrimSpace(name), `"'`)
	if name == "" || strings.EqualFold(name, "utf-8") || strings.EqualFold(name, "utf8") || strings.EqualFold(name, "us-ascii") {
		return nil
	}
	found, err := htmlindex.Get(name)
	if err != nil || found == encoding.Replacement {
		return nil
	}
	return found
}

// charsetReader is for the encoded words of headers.
func charsetReader(charset string, input io.Reader) (io.Reader, error) {
	raw, err := io.ReadAll(input)
	if err != nil {
		return nil, err
	}
	return strings.NewReader(utf8Of(raw, charset)), nil
}
