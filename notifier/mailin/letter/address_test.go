package letter_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/events"
	"hearback/notifier/mailin/letter"
)

// messageIDs draws ids of messages, of every length that a case may have.
func messageIDs() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		ref := rapid.StringMatching(`[A-Za-z0-9_-]{1,64}`).Draw(t, "case")
		return events.MessageID(ref, rapid.OneOf(rapid.IntRange(1, 99), rapid.IntRange(1, 1<<31)).Draw(t, "number"))
	})
}

// concerned sorts an email of a person to that address; identities are what it says
// it answers.
func concerned(ours letter.Ours, to string, identities ...string) letter.Letter {
	raw := "From: sam@family.example\r\nSubject: Re: hello\r\n"
	if len(identities) > 0 {
		raw += "References: <" + strings.Join(identities, "> <") + ">\r\n"
	}
	return ours.Sort("sam@family.example", []string{to}, []byte(raw+"\r\nHello\r\n"))
}

// refolded changes the case of letters as mail systems do.
func refolded(t *rapid.T, address string) string {
	switch rapid.SampledFrom([]string{"as sent", "lower", "upper", "mixed"}).Draw(t, "folding") {
	case "lower":
		return strings.ToLower(address)
	case "upper":
		return strings.ToUpper(address)
	case "mixed":
		mixed := []byte(address)
		for i := range mixed {
			if rapid.Bool().Draw(t, "capital") {
				mixed[i] = strings.ToUpper(address)[i]
			}
		}
		return string(mixed)
	}
	return address
}

// TestAddressesSurviveFoldingAndProve: an address gives back its message whatever
// was done to its letters; a long id needs to be named in the email too.
func TestAddressesSurviveFoldingAndProve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := messageIDs().Draw(t, "id")
		for _, address := range []string{letter.Return(id, "Send.Council.example", []byte(secret)), letter.ReplyTo(id, domain, []byte(secret))} {
			local, _, _ := strings.Cut(address, "@")
			if len(local) > 64 {
				t.Fatalf("%s has %d octets before the @", address, len(local))
			}
			if address != strings.ToLower(address) {
				t.Fatalf("%s has capitals, which may be lost", address)
			}
			address = refolded(t, address)
			if _, ok := ours().Token(address); !ok {
				t.Fatalf("%s is not seen to be ours", address)
			}
			l := concerned(ours(), address)
			if fits := strings.Contains(local, "."); fits && (l.Message != id || !l.Proven) {
				t.Fatalf("%s gives %q, proven %t; want %q", address, l.Message, l.Proven, id)
			} else if !fits && l.Message != "" {
				t.Fatalf("%s alone gives %q", address, l.Message)
			}
			if l := concerned(ours(), address, "x@elsewhere.example", id+"@"+domain); l.Message != id || !l.Proven {
				t.Fatalf("%s with its Message-ID gives %q, proven %t; want %q", address, l.Message, l.Proven, id)
			}
		}
	})
}

// TestHowLongAnIDFits holds what the comment of Return says.
func TestHowLongAnIDFits(t *testing.T) {
	for id, fits := range map[string]bool{
		"H-10482-3":                       true,
		strings.Repeat("A", 35) + "-12":   true,
		strings.Repeat("A", 40) + "-12":   false,
		strings.Repeat("1", 43) + "-1":    true,
		strings.Repeat("1", 45) + "-1":    false,
		strings.Repeat("A", 64) + "-1":    false,
		"digest-0123456789abcdef01234567": false,
	} {
		l := concerned(ours(), letter.Return(id, domain, []byte(secret)))
		if got := l.Message == id && l.Proven; got != fits {
			t.Errorf("%s: read back %t, want %t", id, got, fits)
		}
		if l := concerned(ours(), letter.Return(id, domain, []byte(secret)), id+"@"+domain); l.Message != id || !l.Proven {
			t.Errorf("%s, named: got %q, proven %t", id, l.Message, l.Proven)
		}
	}
}

// TestNobodyForgesAProof: a proof holds for its own message and key only.
func TestNobodyForgesAProof(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mine, other := messageIDs().Draw(t, "mine"), messageIDs().Draw(t, "other")
		if mine == other {
			t.Skip("the same message")
		}
		address := letter.Return(mine, domain, []byte(secret))
		if l := concerned(ours(), address, other+"@"+domain); l.Message == other && l.Proven {
			t.Fatalf("%s proves %q", address, other)
		}
		foreign := letter.Return(other, domain, []byte("another key than ours"))
		if l := concerned(ours(), foreign, other+"@"+domain); l.Message != other || l.Proven {
			t.Fatalf("another's key: %q, proven %t; want %q, not proven", l.Message, l.Proven, other)
		}
		at := strings.IndexByte(address, '@')
		changed := []byte(address)
		place := rapid.IntRange(len("bounce+"), at-1).Draw(t, "place")
		changed[place] = rapid.SampledFrom([]byte("abcdefghijklmnopqrstuvwxyz0123456789-_.")).Draw(t, "letter")
		if string(changed) != address && concerned(ours(), string(changed), mine+"@"+domain).Proven {
			t.Fatalf("%s proves as much as %s", changed, address)
		}
	})
}

func TestEarlierKeysProveStill(t *testing.T) {
	ours := letter.Ours{Domains: []string{domain}, Secret: []byte("the new key of the tests"), Earlier: [][]byte{[]byte(secret)}}
	for _, key := range []string{secret, "the new key of the tests"} {
		if l := concerned(ours, letter.ReplyTo(about, domain, []byte(key))); l.Message != about || !l.Proven {
			t.Errorf("got %q, proven %t", l.Message, l.Proven)
		}
	}
	if l := concerned(letter.Ours{Domains: []string{domain}}, letter.ReplyTo(about, domain, nil)); l.Proven {
		t.Error("no key proves something")
	}
}

func TestOtherAddressesAreNotOurs(t *testing.T) {
	for _, address := range []string{
		"", "@", "bounce+@" + domain, "bounce@" + domain, "send@" + domain, "bounce+a b@" + domain, "bounce+a\x00@" + domain,
		letter.Return(about, "elsewhere.example", []byte(secret)), "bounce+" + strings.Repeat("a", 59) + "@" + domain, "xbounce+abc@" + domain,
	} {
		if text, ok := ours().Token(address); ok {
			t.Errorf("%q is taken for ours, with %q", address, text)
		}
	}
}
