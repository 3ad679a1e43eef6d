package rules

import (
	"bytes"
	"encoding/json"
	"iter"
)

// objectMembers yields the members of a JSON object as they stand, without
// decoding them. What it is given was checked to be JSON when the event came
// in; where it is not an object after all, the last value it yields is nil.
//
// It is here because a condition is judged for every event, and encoding/json
// would decode all of the data to find one flag. It matches names by case, as
// encoding/json does not.
func objectMembers(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		rest := bytes.TrimLeft(object, jsonSpace)
		if len(rest) == 0 {
			return
		}
		if rest[0] != '{' {
			yield(nil, nil)
			return
		}
		for rest = bytes.TrimLeft(rest[1:], jsonSpace); len(rest) == 0 || rest[0] != '}'; rest = bytes.TrimLeft(rest, jsonSpace) {
			nameEnd := valueEnd(rest)
			name, ok := memberName(rest[:nameEnd])
			rest = bytes.TrimLeft(rest[nameEnd:], jsonSpace)
			if !ok || len(rest) == 0 || rest[0] != ':' {
				yield(nil, nil)
				return
			}
			rest = bytes.TrimLeft(rest[1:], jsonSpace)
			end := valueEnd(rest)
			if end == 0 {
				yield(nil, nil)
				return
			}
			if !yield(name, rest[:end]) {
				return
			}
			rest = bytes.TrimLeft(rest[end:], jsonSpace)
			if len(rest) > 0 && rest[0] == ',' {
				rest = rest[1:]
			} else if len(rest) == 0 || rest[0] != '}' {
				yield(nil, nil)
				return
			}
		}
	}
}

const jsonSpace = " \t\r\n"

// memberName undoes the quotes of a name.
func memberName(raw []byte) ([]byte, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return nil, false
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], true
	}
	var name string
	err := json.Unmarshal(raw, &name)
	return []byte(name), err == nil
}

// valueEnd is the length of the JSON value that text begins with; 0 where there
// is none.
func valueEnd(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	switch text[0] {
	case '"':
		return stringEnd(text)
	case '{', '[':
		depth := 0
		for i := 0; i < len(text); i++ {
			switch text[i] {
			case '"':
				end := stringEnd(text[i:])
				if end == 0 {
					return 0
				}
				i += end - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return 0
	}
	if i := bytes.IndexAny(text, ",}] \t\r\n:"); i >= 0 {
		return i
	}
	return len(text)
}

func stringEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
