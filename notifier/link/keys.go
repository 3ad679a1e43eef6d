package link

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MinSecret is the fewest bytes that a secret may have.
const MinSecret = 32

// Keys sign and check. The zero value makes nothing and refuses every token. Keys are
// read only: any number of goroutines may use them at once. Printed with any verb of
// fmt they are "[redacted]".
type Keys struct {
	made []key // the newest first
}

// key is what is derived from one secret.
type key struct{ sign, tag []byte }

// NewKeys derives keys from secrets of at least [MinSecret] random bytes each. The
// first secret makes links and checks them, the others only check: to change the
// secret, put the new one first and take the old one out once the links that it made
// have expired.
func NewKeys(secrets ...[]byte) (Keys, error) {
	if len(secrets) == 0 {
		return Keys{}, errors.New("no secret was given to sign links with; give one of 32 random bytes")
	}
	var keys Keys
	for i, secret := range secrets {
		if len(secret) < MinSecret {
			return Keys{}, fmt.Errorf("secret %d for links has %d bytes; it must have at least %d, and they must be random", i+1, len(secret), MinSecret)
		}
		derived, err := derive(secret)
		if err != nil {
			return Keys{}, fmt.Errorf("secret %d for links: %w", i+1, err)
		}
		keys.made = append(keys.made, derived)
	}
	return keys, nil
}

// derive follows RFC 5869, with an info of its own for each use, so that the secret
// may serve other uses elsewhere.
func derive(secret []byte) (k key, err error) {
	if k.sign, err = hkdf.Key(sha256.New, secret, nil, "hearback link 1: sign", sha256.Size); err != nil {
		return key{}, err
	}
	k.tag, err = hkdf.Key(sha256.New, secret, nil, "hearback link 1: address", sha256.Size)
	return k, err
}

// Format keeps keys out of whatever is printed.
func (k Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// Ready reports whether there is a key to make links with.
func (k Keys) Ready() bool { return len(k.made) > 0 }

// Tag is the tag of a number in E.164 or of an email address, in any case of letters.
// It is the zero Tag for an empty address, and of zero Keys.
func (k Keys) Tag(address string) Tag {
	if !k.Ready() {
		return Tag{}
	}
	return k.made[0].tagOf(address)
}

// WentTo reports whether a link was sent to the address.
func (k Keys) WentTo(l Link, address string) bool {
	for _, key := range k.made {
		if tag := key.tagOf(address); tag != (Tag{}) && hmac.Equal(tag[:], l.SentTo[:]) {
			return true
		}
	}
	return false
}

func (k key) tagOf(address string) (tag Tag) {
	address = strings.ToLower(strings.TrimSpace(address))
	if address == "" {
		return Tag{}
	}
	copy(tag[:], sum(k.tag, []byte(address)))
	if tag == (Tag{}) {
		tag[0] = 1 // the zero Tag stands for no address
	}
	return tag
}

func sum(key, message []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(message)
	return mac.Sum(nil)
}
