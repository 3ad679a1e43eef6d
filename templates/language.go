package templates

import (
	"errors"
	"strings"

	"golang.org/x/text/language"
)

// own finds words in the language that was asked for, and in no other: by RFC 4647's
// lookup, the tag as it stands and then with its last subtags dropped (pa-Guru-GB,
// pa-Guru, pa). A shorter tag that is written in another script is passed over, for
// who reads pa-Arab may not read pa; so the lookup sooner finds nothing. A tag that is
// only another spelling (pol, iw) counts as the usual one.
func (l *Library) own(name string, channel Channel, wanted string) *words {
	if found := l.shortened(name, channel, wanted); found != nil {
		return found
	}
	parsed, err := language.Parse(wanted)
	if usual := parsed.String(); err == nil && !strings.EqualFold(usual, wanted) {
		return l.shortened(name, channel, usual)
	}
	return nil
}

func (l *Library) shortened(name string, channel Channel, wanted string) *words {
	for tag := strings.ToLower(wanted); tag != ""; tag = shorter(tag) {
		if found := l.files[key{name, channel, tag}]; found != nil && (len(tag) == len(wanted) || sameScript(tag, wanted)) {
			return found
		}
	}
	return nil
}

// shorter drops the last subtag, and with it a single letter before it, which has no
// meaning by itself (RFC 4647, section 3.4).
func shorter(tag string) string {
	cut := strings.LastIndexByte(tag, '-')
	if cut >= 2 && tag[cut-2] == '-' {
		cut -= 2
	}
	return tag[:max(cut, 0)]
}

// sameScript compares the scripts in which two languages are written where nothing
// else is said. Of tags that nobody registered it knows nothing, and lets them pass.
func sameScript(a, b string) bool {
	first, errA := language.Parse(a)
	second, errB := language.Parse(b)
	if errA != nil || errB != nil {
		return true
	}
	scriptA, _ := first.Script()
	scriptB, _ := second.Script()
	return scriptA == scriptB
}

// speaks is false of no language at all: then nobody need be told of an interpreter.
func speaks(wanted string) bool { return wanted != "" && !strings.EqualFold(wanted, "und") }

// LanguageProblem says what is wrong with a language's tag, as a problem and what to do,
// or nothing where it is one that BCP 47 knows.
func LanguageProblem(tag string) (problem, remedy string) {
	const examples = "such as cy, pl or ur"
	_, err := language.Parse(tag)
	if _, unknown := errors.AsType[language.ValueError](err); unknown {
		return "nobody speaks \"" + clip(tag) + "\", as far as BCP 47 knows", "write a language's tag, " + examples
	}
	if err != nil || !languageTag().MatchString(tag) {
		return "\"" + clip(tag) + "\" is not the tag of a language", "write a tag of BCP 47, " + examples
	}
	return "", ""
}
