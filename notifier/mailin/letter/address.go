package letter

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"hearback/events"
)

const (
	bouncePrefix = "bounce+"
	replyPrefix  = "reply+"

	// maxLocal is the longest local part that every mail system must take (RFC
	// 5321, 4.5.3.1.1), in octets.
	maxLocal = 64

	// proofLength is the proof behind an id that can be read, in characters of 5
	// bits. To guess 50 bits takes more emails than a mail system ever sees.
	proofLength = 10
	// aloneLength is the proof that stands alone for an id that does not fit.
	aloneLength = 32
)

// Return is the return path (MAIL FROM) for the message of that id. Bounces come
// to it.
//
// The id is Hearback's, such as H-10482-3. Where it fits into the 64 octets of a
// local part it can be read back from the address alone: up to about 35 letters,
// or 43 digits. A longer id, or one of another shape, gives an address that holds
// only its proof. The email must then name the message as well, as bounces and
// answers do by its Message-ID; one that does not concerns no message that we can
// tell. The local part never exceeds 64 octets.
func Return(messageID, domain string, secret []byte) string {
	return bouncePrefix + token(messageID, secret) + "@" + strings.ToLower(domain)
}

// ReplyTo is the Reply-To address for the message of that id, made like [Return].
func ReplyTo(messageID, domain string, secret []byte) string {
	return replyPrefix + token(messageID, secret) + "@" + strings.ToLower(domain)
}

// Ours says what is ours.
type Ours struct {
	// Domains are those of our return paths and of our Message-IDs, in any case.
	Domains []string
	// Secret is the key of the proofs. Earlier are keys that it has replaced: what
	// they have proven holds. Addresses made with any other key still reach us,
	// and prove nothing.
	Secret  []byte
	Earlier [][]byte
}

// Token is what stands between the plus and the @ of an address that [Return] or
// [ReplyTo] made, in lower case. ok is false for every other address. It does not
// judge the proof, which is for [Ours.Sort]: an address whose key has been changed
// since must still be taken in.
func (o Ours) Token(address string) (text string, ok bool) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 || !o.isDomain(address[at+1:]) {
		return "", false
	}
	local := lower(address[:at])
	found, ok := strings.CutPrefix(local, bouncePrefix)
	if !ok {
		found, ok = strings.CutPrefix(local, replyPrefix)
	}
	return found, ok && isToken(found)
}

func (o Ours) isDomain(domain string) bool {
	for _, ours := range o.Domains {
		if ours != "" && strings.EqualFold(ours, domain) {
			return true
		}
	}
	return false
}

func isToken(text string) bool {
	for _, c := range []byte(text) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return text != "" && len(text) <= maxLocal-len(replyPrefix)
}

// message is the id that an address proves; candidates are ids that the email
// names, one of which may be what a proof standing alone stands for.
func (o Ours) message(found string, candidates []string) (string, bool) {
	if strings.ContainsRune(found, '.') {
		id, ok := readable(found)
		return id, ok && o.proves(found, id)
	}
	for _, id := range candidates {
		if o.proves(found, id) {
			return id, true
		}
	}
	return "", false
}

func (o Ours) proves(found, id string) bool {
	proven := len(o.Secret) > 0 && hmac.Equal([]byte(found), []byte(token(id, o.Secret)))
	for _, secret := range o.Earlier {
		proven = proven || len(secret) > 0 && hmac.Equal([]byte(found), []byte(token(id, secret)))
	}
	return proven
}

// token stands for an id in an address: the id in lower case, which of its
// letters are capitals, and the proof; or the proof alone. It has no capitals.
func token(id string, secret []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("hearback mail address\x00"))
	mac.Write([]byte(id))
	proof := lower(base32.StdEncoding.EncodeToString(mac.Sum(nil)))
	if _, ok := events.CaseOfMessage(id); ok {
		whole := lower(id) + "."
		if shift := capitals(id); shift != "" {
			whole += shift + "."
		}
		whole += proof[:proofLength]
		if len(bouncePrefix)+len(whole) <= maxLocal {
			return whole
		}
	}
	return proof[:aloneLength]
}

// readable takes the id out of a token. It does not judge the proof.
func readable(found string) (id string, ok bool) {
	pieces := strings.Split(found, ".")
	switch len(pieces) {
	case 2:
		return pieces[0], true
	case 3:
		return withCapitals(pieces[0], pieces[1]), true
	}
	return "", false
}

// fives are the characters that stand for 5 bits, from 0 to 31: base 32 as in RFC
// 4648, in lower case.
const fives = "abcdefghijklmnopqrstuvwxyz234567"

// capitals says which letters of an id are capitals: 5 letters in a character,
// the first in the lowest bit, and nothing for the small letters at the end.
func capitals(id string) string {
	var packed []byte
	letters := 0
	for _, c := range []byte(id) {
		if !isLetter(c) {
			continue
		}
		if letters%5 == 0 {
			packed = append(packed, 0)
		}
		if c <= 'Z' {
			packed[len(packed)-1] |= 1 << (letters % 5)
		}
		letters++
	}
	for len(packed) > 0 && packed[len(packed)-1] == 0 {
		packed = packed[:len(packed)-1]
	}
	for i, five := range packed {
		packed[i] = fives[five]
	}
	return string(packed)
}

// withCapitals undoes capitals.
func withCapitals(small, shift string) string {
	id := []byte(small)
	letters := 0
	for i, c := range id {
		if !isLetter(c) {
			continue
		}
		if letters/5 < len(shift) {
			five := strings.IndexByte(fives, shift[letters/5])
			if five >= 0 && five&(1<<(letters%5)) != 0 {
				id[i] = c - 'a' + 'A'
			}
		}
		letters++
	}
	return string(id)
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// lower makes ASCII letters small and leaves everything else alone, so that the
// length stays as it is.
func lower(text string) string {
	for i := range len(text) {
		if c := text[i]; 'A' <= c && c <= 'Z' {
			small := []byte(text)
			for ; i < len(small); i++ {
				if c := small[i]; 'A' <= c && c <= 'Z' {
					small[i] = c - 'A' + 'a'
				}
			}
			return string(small)
		}
	}
	return text
}
