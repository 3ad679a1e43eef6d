package link

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// secret is a made-up secret of n times the same byte.
func secret(b byte) []byte { return []byte(strings.Repeat(string(rune(b)), MinSecret)) }

func keys(t testing.TB, secrets ...[]byte) Keys {
	t.Helper()
	k, err := NewKeys(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var everyPurpose = []Purpose{OfficerReplied, OfficerUntil, OfficerNotMine, Family, Unsubscribe, OfficerAnswer}

func morning() time.Time { return time.Date(2026, time.November, 30, 9, 30, 0, 0, time.UTC) }

func familyLink(k Keys) Link {
	return Link{Purpose: Family, Case: "H-10482", Person: "c1", SentTo: k.Tag("+447700900123"), Expires: morning().AddDate(0, 3, 0).Truncate(time.Hour)}
}

func officerLink() Link {
	return Link{Purpose: OfficerReplied, Case: "H-10482", Promise: "reply/call-1", Person: "o.jane", Expires: morning().AddDate(0, 0, 14).Truncate(time.Hour)}
}

// The lengths are those that the package comment promises: a text has little room.
func TestTokensAreAsShortAsSaid(t *testing.T) {
	k := keys(t, secret('a'))
	for want, l := range map[int]Link{47: familyLink(k), 66: officerLink()} {
		token, err := k.Make(l)
		if err != nil || len(token) != want {
			t.Errorf("%v: %d characters, not %d, %v", l.Purpose, len(token), want, err)
		}
	}
}

// Tokens that people hold today must open for ever: a change of this text breaks them.
func TestTheFormIsFrozen(t *testing.T) {
	k := keys(t, secret('a'))
	token, err := k.Make(officerLink())
	const frozen = "EQeeIQdILTEwNDgyDHJlcGx5L2NhbGwtMQZvLmphbmVhzAcCz14B1I9zKU8k_4f1nQ"
	if err != nil || token != frozen {
		t.Errorf("the token is %s, not %s (%v)", token, frozen, err)
	}
}

func TestRefuses(t *testing.T) {
	k := keys(t, secret('a'))
	token := func(l Link) string {
		made, err := k.Make(l)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	family := token(familyLink(k))
	foreign, err := keys(t, secret('b')).Make(officerLink())
	if err != nil {
		t.Fatal(err)
	}
	end := familyLink(k).Expires
	for name, test := range map[string]struct {
		token    string
		now      time.Time
		purposes []Purpose
		want     error
	}{
		"good to the last second":   {family, end.Add(-time.Second), []Purpose{Family}, nil},
		"one of several purposes":   {family, morning(), []Purpose{Unsubscribe, Family}, nil},
		"expired on the hour":       {family, end, []Purpose{Family}, ErrExpired},
		"expired for years":         {family, end.AddDate(9, 0, 0), []Purpose{Family}, ErrExpired},
		"for something else":        {family, morning(), []Purpose{OfficerReplied, OfficerUntil}, ErrPurpose},
		"for nothing":               {family, morning(), nil, ErrPurpose},
		"for another, and expired":  {family, end, []Purpose{Unsubscribe}, ErrPurpose},
		"another's key":             {foreign, morning(), everyPurpose, ErrInvalid},
		"nothing":                   {"", morning(), everyPurpose, ErrInvalid},
		"no base64":                 {"%%%", morning(), everyPurpose, ErrInvalid},
		"a line end in the middle":  {family[:9] + "\n" + family[9:], morning(), everyPurpose, ErrInvalid},
		"padding":                   {family + "=", morning(), everyPurpose, ErrInvalid},
		"lower case":                {strings.ToLower(family), morning(), everyPurpose, ErrInvalid},
		"cut short":                 {family[:len(family)-2], morning(), everyPurpose, ErrInvalid},
		"with a full stop":          {family + ".", morning(), everyPurpose, ErrInvalid},
		"far too long":              {strings.Repeat("A", 100_000), morning(), everyPurpose, ErrInvalid},
		"the letters, changed last": {family[:len(family)-1] + "B", morning(), everyPurpose, ErrInvalid},
	} {
		got, err := k.Open(test.token, test.now, test.purposes...)
		if !errors.Is(err, test.want) || err == nil && got != familyLink(k) || err != nil && got != (Link{}) {
			t.Errorf("%s: %v, %v", name, err, got)
		}
	}
	if _, err := (Keys{}).Open(family, morning(), Family); !errors.Is(err, ErrInvalid) {
		t.Errorf("no keys: %v", err)
	}
}

func TestNothingIsMadeThatLacksSomething(t *testing.T) {
	k := keys(t, secret('a'))
	for name, change := range map[string]func(*Link){
		"a purpose":         func(l *Link) { l.Purpose = 0 },
		"a known purpose":   func(l *Link) { l.Purpose = 7 },
		"a case":            func(l *Link) { l.Case = "" },
		"a case reference":  func(l *Link) { l.Case = "H 1" },
		"a person":          func(l *Link) { l.Person = "" },
		"a shorter person":  func(l *Link) { l.Person = strings.Repeat("x", 1601) },
		"a person in UTF-8": func(l *Link) { l.Person = "\xff" },
		"a time":            func(l *Link) { l.Expires = time.Time{} },
		"a nearer time":     func(l *Link) { l.Expires = time.Date(3900, 1, 1, 0, 0, 0, 0, time.UTC) },
	} {
		for _, good := range []Link{familyLink(k), officerLink()} {
			change(&good)
			if token, err := k.Make(good); err == nil || token != "" {
				t.Errorf("a %v link without %s was made", good.Purpose, name)
			}
		}
	}
	for name, l := range map[string]Link{
		"an officer's without a promise": {Purpose: OfficerUntil, Case: "H-1", Person: "o", Expires: morning()},
		"an officer's with an address":   {Purpose: OfficerUntil, Case: "H-1", Person: "o", Promise: "p", SentTo: Tag{1}, Expires: morning()},
		"a contact's without an address": {Purpose: Unsubscribe, Case: "H-1", Person: "c1", Expires: morning()},
		"a contact's with a promise":     {Purpose: Family, Case: "H-1", Person: "c1", Promise: "p", SentTo: Tag{1}, Expires: morning()},
	} {
		if _, err := k.Make(l); err == nil {
			t.Errorf("%s was made", name)
		}
	}
	if _, err := (Keys{}).Make(officerLink()); err == nil {
		t.Error("a link was made without a key")
	}
}

func TestASecretMayBeChanged(t *testing.T) {
	old, both, fresh := keys(t, secret('a')), keys(t, secret('b'), secret('a')), keys(t, secret('b'))
	held, err := old.Make(familyLink(old))
	if err != nil {
		t.Fatal(err)
	}
	l, err := both.Open(held, morning(), Family)
	if err != nil || !both.WentTo(l, "+447700900123") || both.WentTo(l, "+447700900124") {
		t.Errorf("a link from before the change: %v", err)
	}
	if _, err := fresh.Open(held, morning(), Family); !errors.Is(err, ErrInvalid) {
		t.Errorf("after the old secret is gone: %v", err)
	}
	made, err := both.Make(familyLink(both))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fresh.Open(made, morning(), Family); err != nil {
		t.Errorf("a link made with the new secret: %v", err)
	}
}

func TestSecretsMustBeLong(t *testing.T) {
	for name, secrets := range map[string][][]byte{"none": nil, "short": {[]byte("short")}, "a short second": {secret('a'), nil}} {
		if k, err := NewKeys(secrets...); err == nil || k.Ready() {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	k := keys(t, secret('a'))
	var said strings.Builder
	slog.New(slog.NewTextHandler(&said, nil)).Info("x", "keys", k, "inside", struct{ K Keys }{k})
	slog.New(slog.NewJSONHandler(&said, nil)).Info("x", "keys", k)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		fmt.Fprintf(&said, verb+"\n", k)
	}
	if strings.Count(said.String(), "[redacted]") != 9 {
		t.Errorf("printed: %s", &said)
	}
}

func TestTags(t *testing.T) {
	k := keys(t, secret('a'))
	l := Link{SentTo: k.Tag("Sam@Family.example")}
	for address, want := range map[string]bool{"sam@family.example": true, " SAM@FAMILY.EXAMPLE ": true, "sam@family.example.": false, "": false, " ": false} {
		if got := k.WentTo(l, address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
	if k.Tag("") != (Tag{}) || k.WentTo(Link{}, "") || k.WentTo(Link{}, "sam@family.example") || (Keys{}).Tag("sam@family.example") != (Tag{}) {
		t.Error("no address has a tag")
	}
	if k.Tag("+447700900123") == keys(t, secret('b')).Tag("+447700900123") {
		t.Error("the tag does not hang on the secret, so whoever holds a token could try all numbers")
	}
}

func TestPurposesHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range append(everyPurpose, 0) {
		if name := p.String(); name == "" || seen[name] {
			t.Errorf("purpose %d is %q", byte(p), name)
		} else {
			seen[name] = true
		}
	}
}
