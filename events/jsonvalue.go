package events

import (
	"bytes"
	"encoding/json"
	"iter"
	"unicode/utf8"
)

// value is the text of one JSON value inside a document that validJSON accepted.
//
// encoding/json checks every document; this file only walks it again. It does so
// because encoding/json matches the names of members without regard to case, lets a
// repeated member win silently, and reports one wrong type at a time. A sender must
// hear of every fault at once, and two readers of one event must never disagree.
type value []byte

// validJSON reports whether the text is one JSON value in UTF-8.
func validJSON(text []byte) bool { return utf8.Valid(text) && json.Valid(text) }

// document is the value in a text that validJSON accepted, without space around it.
func document(text []byte) value { return bytes.Trim(text, " \t\r\n") }

func (v value) isObject() bool { return v[0] == '{' }
func (v value) isArray() bool  { return v[0] == '[' }
func (v value) isText() bool   { return v[0] == '"' }
func (v value) isNull() bool   { return v[0] == 'n' }

// text is the string that a JSON string stands for.
func (v value) text() string {
	inside := v[1 : len(v)-1]
	if bytes.IndexByte(inside, '\\') < 0 {
		return string(inside)
	}
	var decoded string
	// A valid JSON string always decodes.
	_ = json.Unmarshal(v, &decoded)
	return decoded
}

// members gives the members of a JSON object in order, repeated names included.
func (v value) members() iter.Seq2[[]byte, value] {
	return func(yield func([]byte, value) bool) {
		for at := skipSpace(v, 1); v[at] != '}'; {
			nameEnd := skipString(v, at)
			name := v[at+1 : nameEnd-1]
			if bytes.IndexByte(name, '\\') >= 0 {
				name = []byte(v[at:nameEnd].text())
			}
			start := skipSpace(v, skipSpace(v, nameEnd)+1) // past the colon
			end := skipValue(v, start)
			if !yield(name, v[start:end]) {
				return
			}
			if at = skipSpace(v, end); v[at] == ',' {
				at = skipSpace(v, at+1)
			}
		}
	}
}

// elements gives the values of a JSON array in order.
func (v value) elements() iter.Seq[value] {
	return func(yield func(value) bool) {
		for at := skipSpace(v, 1); v[at] != ']'; {
			end := skipValue(v, at)
			if !yield(v[at:end]) {
				return
			}
			if at = skipSpace(v, end); v[at] == ',' {
				at = skipSpace(v, at+1)
			}
		}
	}
}

func skipSpace(text []byte, at int) int {
	for text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t' {
		at++
	}
	return at
}

// skipString gives the index after the string that starts at the given index.
func skipString(text []byte, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// skipValue gives the index after the value that starts at the given index.
func skipValue(text []byte, at int) int {
	depth := 0
	for {
		switch text[at] {
		case '"':
			at = skipString(text, at)
		case '{', '[':
			depth++
			at++
		case '}', ']':
			depth--
			at++
		default:
			at++
			if depth > 0 {
				continue // a comma, a colon, space, or part of a number or word
			}
			for at < len(text) && !endsWord(text[at]) {
				at++
			}
		}
		if depth == 0 {
			return at
		}
	}
}

// endsWord reports whether a byte cannot belong to a number, true, false or null.
func endsWord(c byte) bool {
	switch c {
	case ',', ']', '}', ' ', '\n', '\r', '\t':
		return true
	}
	return false
}
