package link

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyLink draws a link that can be made.
func anyLink(t *rapid.T, k Keys) Link {
	text := rapid.StringN(1, 80, 320)
	l := Link{Purpose: rapid.SampledFrom(everyPurpose).Draw(t, "purpose"), Case: rapid.StringMatching(`[A-Za-z0-9_-]{1,64}`).Draw(t, "case"),
		Person:  text.Filter(validText).Draw(t, "person"),
		Expires: time.Unix(rapid.Int64Range(1, maxHour*3600-3600).Draw(t, "expires"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds"))}
	if l.Purpose.ofStaff() {
		l.Promise = text.Filter(validText).Draw(t, "promise")
	} else {
		l.SentTo = k.Tag(rapid.StringMatching(`[a-z]{1,9}@family\.example`).Draw(t, "address"))
	}
	return l
}

// Whatever is made opens as it was made, until the hour after it expires, in one
// spelling that is safe in an address and at the end of a sentence.
func TestEveryLinkOpensAsItWasMade(t *testing.T) {
	k := keys(t, secret('a'), secret('b'))
	rapid.Check(t, func(t *rapid.T) {
		l := anyLink(t, k)
		token, err := k.Make(l)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.Open(token, l.Expires.Add(-time.Nanosecond), l.Purpose)
		if err != nil {
			t.Fatal(err)
		}
		if late := got.Expires.Sub(l.Expires); late < 0 || late >= time.Hour {
			t.Fatalf("it expires %v late", late)
		}
		if _, err := k.Open(token, got.Expires, l.Purpose); !errors.Is(err, ErrExpired) {
			t.Fatalf("at its end: %v", err)
		}
		l.Expires = got.Expires
		if got != l {
			t.Fatalf("%+v, not %+v", got, l)
		}
		if strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" || strings.HasSuffix(token, "-") || strings.HasSuffix(token, "_") || len(token) > maxToken {
			t.Fatalf("the token is %s", token)
		}
		if again, err := k.Make(got); err != nil || again != token {
			t.Fatalf("made again it is %s, %v", again, err)
		}
	})
}

// No token with a bit turned over, a character changed, or an end cut off opens.
func TestAnyChangeIsRefused(t *testing.T) {
	k := keys(t, secret('a'), secret('b'))
	rapid.Check(t, func(t *rapid.T) {
		l := anyLink(t, k)
		token, err := k.Make(l)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			t.Fatal(err)
		}
		raw[rapid.IntRange(0, len(raw)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		letters := []byte(token)
		at := rapid.IntRange(0, len(letters)-1).Draw(t, "letter")
		letters[at] = rapid.Byte().Filter(func(b byte) bool { return b != token[at] }).Draw(t, "other")
		for name, changed := range map[string]string{
			"a bit": base64.RawURLEncoding.EncodeToString(raw), "a letter": string(letters), "cut": token[:at], "longer": token + string(letters[at]),
			"the spare bits": base64.RawURLEncoding.EncodeToString(raw) + "A",
		} {
			if got, err := k.Open(changed, l.Expires.Add(-time.Hour), everyPurpose...); !errors.Is(err, ErrInvalid) || got != (Link{}) {
				t.Fatalf("%s: %v, %+v", name, err, got)
			}
		}
	})
}

// A link opens for its own purpose and for no other.
func TestNoPurposeStandsForAnother(t *testing.T) {
	k := keys(t, secret('a'))
	rapid.Check(t, func(t *rapid.T) {
		l := anyLink(t, k)
		token, err := k.Make(l)
		if err != nil {
			t.Fatal(err)
		}
		for _, purpose := range everyPurpose {
			_, err := k.Open(token, l.Expires.Add(-time.Hour), purpose)
			if purpose == l.Purpose && err != nil || purpose != l.Purpose && !errors.Is(err, ErrPurpose) {
				t.Fatalf("%v for %v: %v", l.Purpose, purpose, err)
			}
		}
	})
}

// FuzzOpen reads anything as a token, and signs anything as if we had made it: what
// opens is a link that makes the same token again.
func FuzzOpen(f *testing.F) {
	k, err := NewKeys(secret('a'))
	if err != nil {
		f.Fatal(err)
	}
	for _, l := range []Link{familyLink(k), officerLink()} {
		token, err := k.Make(l)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(token, l.body())
	}
	f.Add("", []byte{})
	f.Add("AAAA", []byte{0x14, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add("EQ\n", []byte{0x11, 0, 0, 1, 0x81, 0, 'A', 1, 'p', 1, 'o'})
	f.Fuzz(func(t *testing.T, token string, body []byte) {
		signed := base64.RawURLEncoding.EncodeToString(append(body[:len(body):len(body)], k.made[0].mac(body)...))
		for _, text := range []string{token, signed} {
			l, err := k.Open(text, time.Unix(0, 0), everyPurpose...)
			if err != nil {
				continue
			}
			if again, err := k.Make(l); err != nil || again != text {
				t.Errorf("%q opens as %+v, which makes %q, %v", text, l, again, err)
			}
		}
	})
}
