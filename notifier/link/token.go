package link

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"hearback/events"
)

// A token is, in base64 for addresses (RFC 4648, section 5) without padding:
//
//	1 byte   version 1 in the high four bits, the purpose in the low four
//	3 bytes  when it expires, in hours since 1970, big endian
//	texts    case, then promise (officers) and person, each behind its length
//	4 bytes  the address tag (contacts)
//	16 bytes of HMAC-SHA256 over all of the above, 17 where that keeps the last
//	         character of the token from being - or _
//
// Half of the hash is what RFC 2104, section 5, asks for at least.
const (
	version = 1

	// maxText is the longest promise key or id, in bytes: a rule's name and an id of
	// 320 characters of up to four bytes.
	maxText = 1600
	// maxToken is the longest that a token of ours can be, rounded up.
	maxToken = 5000

	maxHour = 1<<24 - 1 // in the year 3883
)

// Make gives the token of a link. An error says what the link lacks; it quotes none
// of it. The same link gives the same token until the keys change.
func (k Keys) Make(l Link) (string, error) {
	if !k.Ready() {
		return "", errors.New("there is no secret to sign links with")
	}
	l.Expires = l.Expires.Add(time.Hour - time.Nanosecond).Truncate(time.Hour).UTC()
	if seconds := l.Expires.Unix(); seconds <= 0 || seconds > maxHour*3600 {
		return "", errors.New("a link needs the time at which it expires, after 1970 and before 3883")
	}
	if err := l.check(); err != nil {
		return "", err
	}
	body := l.body()
	return base64.RawURLEncoding.EncodeToString(append(body, k.made[0].mac(body)...)), nil
}

// Open checks a token against every key, and then what it says: that it is for one of
// the purposes named, and has not expired at now. The error is [ErrInvalid],
// [ErrPurpose] or [ErrExpired], and the link then is the zero value.
func (k Keys) Open(token string, now time.Time, purposes ...Purpose) (Link, error) {
	body, ok := k.signed(token)
	if !ok {
		return Link{}, ErrInvalid
	}
	l, ok := parse(body)
	switch {
	case !ok:
		return Link{}, ErrInvalid
	case !slices.Contains(purposes, l.Purpose):
		return Link{}, ErrPurpose
	case !now.Before(l.Expires):
		return Link{}, ErrExpired
	}
	return l, nil
}

// signed gives the body of a token that one of the keys has signed.
func (k Keys) signed(token string) ([]byte, bool) {
	if len(token) > maxToken {
		return nil, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	// The decoder passes over line ends and spare bits; a token has one spelling only.
	if err != nil || base64.RawURLEncoding.EncodeToString(raw) != token {
		return nil, false
	}
	for _, size := range []int{16, 17} {
		if len(raw) <= size || macSize(len(raw)-size) != size {
			continue
		}
		body, mac := raw[:len(raw)-size], raw[len(raw)-size:]
		for _, key := range k.made {
			if hmac.Equal(key.mac(body), mac) {
				return body, true
			}
		}
	}
	return nil, false
}

func (k key) mac(body []byte) []byte { return sum(k.sign, body)[:macSize(len(body))] }

// macSize keeps the length of a token from being a multiple of three bytes: then its
// last character holds bits to spare, which are zero, and - and _ would need them.
func macSize(body int) int {
	if (body+16)%3 == 0 {
		return 17
	}
	return 16
}

// check says what a link lacks to be made.
func (l Link) check() error {
	switch {
	case !l.Purpose.ofStaff() && !l.Purpose.ofContact():
		return errors.New("a link needs a purpose")
	case !events.ValidCase(l.Case):
		return errors.New("a link needs a case reference")
	case !validText(l.Person):
		return errors.New("a link needs the id of a person, of at most 1,600 bytes")
	case l.Purpose.ofStaff() && !validText(l.Promise):
		return errors.New("an officer's link needs the key of a promise, of at most 1,600 bytes")
	case l.Purpose.ofStaff() && l.SentTo != Tag{}:
		return errors.New("an officer's link holds no address")
	case l.Purpose.ofContact() && l.Promise != "":
		return errors.New("a contact's link is about no single promise")
	case l.Purpose.ofContact() && l.SentTo == Tag{}:
		return errors.New("a contact's link needs the address that it is sent to")
	}
	return nil
}

func validText(text string) bool {
	return text != "" && len(text) <= maxText && utf8.ValidString(text)
}

// body is the link in bytes. It is meant for links that have passed check.
func (l Link) body() []byte {
	b := []byte{version<<4 | byte(l.Purpose)}
	hours := l.Expires.Unix() / 3600
	b = append(b, byte(hours>>16), byte(hours>>8), byte(hours))
	b = appendText(b, l.Case)
	if l.Purpose.ofStaff() {
		b = appendText(b, l.Promise)
	}
	b = appendText(b, l.Person)
	if l.Purpose.ofContact() {
		b = append(b, l.SentTo[:]...)
	}
	return b
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// parse reads what body has written, and nothing else.
func parse(body []byte) (l Link, ok bool) {
	if len(body) < 4 || body[0]>>4 != version {
		return Link{}, false
	}
	l.Purpose = Purpose(body[0] & 0xF)
	hours := int64(body[1])<<16 | int64(body[2])<<8 | int64(body[3])
	l.Expires = time.Unix(hours*3600, 0).UTC()
	rest := body[4:]
	texts := []*string{&l.Case, &l.Promise, &l.Person}
	if !l.Purpose.ofStaff() {
		texts = []*string{&l.Case, &l.Person}
	}
	for _, text := range texts {
		if *text, rest, ok = cutText(rest); !ok {
			return Link{}, false
		}
	}
	if l.Purpose.ofContact() && len(rest) == len(l.SentTo) {
		l.SentTo = Tag(rest)
	}
	if l.check() != nil || !bytes.Equal(l.body(), body) {
		return Link{}, false
	}
	return l, true
}

func cutText(b []byte) (text string, rest []byte, ok bool) {
	length, size := binary.Uvarint(b)
	if size <= 0 || length > uint64(len(b)-size) {
		return "", nil, false
	}
	end := size + int(length)
	return string(b[size:end]), b[end:], true
}
