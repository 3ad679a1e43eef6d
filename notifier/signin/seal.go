package signin

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// shortestSecret is the least length of a secret in bytes.
const shortestSecret = 32

var (
	errSecret   = fmt.Errorf("a secret of sessions must have at least %d bytes", shortestSecret)
	errUnsealed = errors.New("not sealed by us for this purpose")
)

// seals encrypt what browsers and the identity provider keep for us, so that they can
// neither read nor change it. The first key seals; all of them open.
type seals struct {
	keys    []cipher.AEAD
	deriver []byte
}

// newSeals takes the secrets, the newest first.
func newSeals(secrets [][]byte) (seals, error) {
	if len(secrets) == 0 {
		return seals{}, errSecret
	}
	var s seals
	for _, secret := range secrets {
		if len(secret) < shortestSecret {
			return seals{}, errSecret
		}
		key, err := hkdf.Key(sha256.New, secret, nil, "hearback sign-in: seal", 32)
		if err != nil {
			return seals{}, err
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return seals{}, err
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return seals{}, err
		}
		s.keys = append(s.keys, aead)
	}
	var err error
	// The newest secret alone: an attempt that spans a change of secrets begins again.
	s.deriver, err = hkdf.Key(sha256.New, secrets[0], nil, "hearback sign-in: derive", 32)
	return s, err
}

// seal encrypts a value for one purpose, in letters that a cookie and an address take.
func (s seals) seal(purpose string, value any) (string, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.keys[0].Seal(nil, nil, plain, []byte(purpose))), nil
}

// open reads what seal made for the same purpose.
func (s seals) open(purpose, sealed string, value any) error {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return errUnsealed
	}
	for _, key := range s.keys {
		if plain, err := key.Open(nil, nil, raw, []byte(purpose)); err == nil {
			return json.Unmarshal(plain, value)
		}
	}
	return errUnsealed
}

// derive is a value that only we can make of the parts: 43 letters.
func (s seals) derive(purpose string, parts ...string) string {
	mac := hmac.New(sha256.New, s.deriver)
	for _, part := range append([]string{purpose}, parts...) {
		fmt.Fprintf(mac, "%d:%s", len(part), part)
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// digest stands for a value without telling it.
func digest(value string) string {
	sum := sha256.Sum256([]byte(value))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
