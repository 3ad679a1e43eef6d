package letter

import (
	"bytes"
	"encoding/base64"
	"mime"
	"slices"
	"strings"
)

const (
	// maxDepth and maxParts bound how far parts within parts are followed. What
	// lies deeper is text as it stands; what comes later is left out.
	maxDepth = 8
	maxParts = 200
	// maxType is how much of a Content-Type is read, in bytes.
	maxType = 4 << 10
	// maxPart is how much of one part is decoded, in bytes.
	maxPart = 1 << 20
)

// part is an email, or a part of one.
type part struct {
	header header
	// media is the type in lower case, such as text/plain.
	media  string
	params map[string]string
	raw    []byte
	parts  []part // of a multipart
}

// parse reads the parts of an email. Whatever is wrong with their structure, the
// text stays: a multipart that cannot be split is read as text.
func parse(h header, body []byte) part {
	left := maxParts
	return parsePart(h, body, "text/plain", maxDepth, &left)
}

func parsePart(h header, body []byte, usual string, depth int, left *int) part {
	p := part{header: h, raw: body}
	p.media, p.params = mediaType(bounded(h.get("Content-Type"), maxType))
	if p.media == "" {
		p.media = usual
	}
	if !strings.HasPrefix(p.media, "multipart/") {
		return p
	}
	pieces := split(body, p.params["boundary"], *left)
	if depth == 0 || len(pieces) == 0 {
		p.media = "text/plain"
		return p
	}
	*left -= len(pieces)
	usual = "text/plain"
	if p.media == "multipart/digest" {
		usual = "message/rfc822" // RFC 2046, 5.1.5
	}
	for _, piece := range pieces {
		h, body := readHeader(piece)
		p.parts = append(p.parts, parsePart(h, body, usual, depth-1, left))
	}
	return p
}

// mediaType reads a Content-Type. Parameters that are not by the book are read as
// well as may be: a missing quotation mark must not hide a delivery report.
func mediaType(value string) (string, map[string]string) {
	media, params, err := mime.ParseMediaType(value)
	if err == nil {
		return media, params
	}
	media, rest, _ := strings.Cut(value, ";")
	params = map[string]string{}
	for pair := range strings.SplitSeq(rest, ";") {
		name, text, found := strings.Cut(pair, "=")
		if name = lower(strings.TrimSpace(name)); found && params[name] == "" {
			params[name] = strings.Trim(strings.TrimSpace(text), `"`)
		}
	}
	media, _, _ = strings.Cut(strings.TrimSpace(media), " ")
	return lower(media), params
}

// split cuts a multipart body at its boundary (RFC 2046, 5.1.1) into at most that
// many pieces. A closing boundary may be missing.
func split(body []byte, boundary string, most int) [][]byte {
	if boundary == "" {
		return nil
	}
	mark := append([]byte("--"), boundary...)
	var pieces [][]byte
	begin := -1
	for at := 0; at < len(body); {
		found := bytes.Index(body[at:], mark)
		if found < 0 {
			break
		}
		start := at + found
		at = start + len(mark)
		line, _ := nextLine(body[at:])
		end := at + len(line)
		last := bytes.HasPrefix(line, []byte("--"))
		line = bytes.TrimRight(bytes.TrimPrefix(line, []byte("--")), " \t")
		if start > 0 && body[start-1] != '\n' || len(line) > 0 {
			continue // the words of the mark within a line
		}
		if begin >= 0 {
			pieces = append(pieces, body[begin:max(begin, start-1)])
		}
		_, after := nextLine(body[end:])
		at = len(body) - len(after)
		begin = at
		if last || len(pieces) >= most {
			return pieces
		}
	}
	if begin >= 0 && begin < len(body) {
		pieces = append(pieces, body[begin:])
	}
	return pieces
}

// decoded is the content without its transfer encoding (RFC 2045, 6), as much of
// it as can be read, at most maxPart bytes.
func (p part) decoded() []byte {
	raw := p.raw
	if len(raw) > 4*maxPart {
		raw = raw[:4*maxPart]
	}
	switch lower(strings.TrimSpace(p.header.get("Content-Transfer-Encoding"))) {
	case "base64":
		raw = fromBase64(raw)
	case "quoted-printable":
		raw = fromQuotedPrintable(raw)
	}
	return raw[:min(len(raw), maxPart)]
}

// fromBase64 passes over what does not belong there, as RFC 2045, 6.8, asks.
func fromBase64(raw []byte) []byte {
	clean := make([]byte, 0, len(raw))
	for _, c := range raw {
		if isLetter(c) || '0' <= c && c <= '9' || c == '+' || c == '/' {
			clean = append(clean, c)
		}
	}
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, err := base64.RawStdEncoding.Decode(out, clean)
	if err != nil {
		return out[:0] // cannot happen: nothing but the alphabet is left
	}
	return out[:n]
}

// fromQuotedPrintable leaves what is no escape as it stands (RFC 2045, 6.7).
func fromQuotedPrintable(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		line, rest := nextLine(raw)
		broken := len(rest) == 0 && !bytes.HasSuffix(raw, []byte("\n"))
		line = bytes.TrimRight(line, " \t")
		soft := bytes.HasSuffix(line, []byte("="))
		if soft {
			line = line[:len(line)-1]
		}
		for i := 0; i < len(line); i++ {
			if line[i] == '=' && i+2 < len(line) {
				if high, low := hexOf(line[i+1]), hexOf(line[i+2]); high >= 0 && low >= 0 {
					out = append(out, byte(high<<4|low))
					i += 2
					continue
				}
			}
			out = append(out, line[i])
		}
		if !soft && !broken {
			out = append(out, '\n')
		}
		raw = rest
	}
	return out
}

func hexOf(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// text is the content as text.
func (p part) text() string { return utf8Of(p.decoded(), p.params["charset"]) }

// attached reports whether the part is a file beside the words, or a picture
// within them that has no meaning without a page.
func (p part) attached() bool {
	disposition, _, _ := strings.Cut(p.header.get("Content-Disposition"), ";")
	return strings.EqualFold(strings.TrimSpace(disposition), "attachment")
}

// leaves are the parts that have none of their own, in their order.
func (p part) leaves() []part {
	if len(p.parts) == 0 {
		return []part{p}
	}
	var found []part
	for _, child := range p.parts {
		found = append(found, child.leaves()...)
	}
	return found
}

// leaf is the first leaf of one of those types.
func (p part) leaf(medias ...string) (part, bool) {
	for _, leaf := range p.leaves() {
		if slices.Contains(medias, leaf.media) {
			return leaf, true
		}
	}
	return part{}, false
}
