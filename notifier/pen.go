package notifier

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// penPrefix begins the reference of every case in the holding pen.
const penPrefix = "pen-"

// PenRef is the holding pen of one address: the case under which Hearback keeps
// what somebody wrote whom it cannot match with one case, until a person has.
// channel is SMS or Email. The reference does not show the address.
func PenRef(channel, address string) string {
	sum := sha256.Sum256([]byte(channel + "\x00" + strings.ToLower(address)))
	return penPrefix + hex.EncodeToString(sum[:8])
}

// Penned reports whether a case is a holding pen.
func Penned(ref string) bool {
	return strings.HasPrefix(ref, penPrefix) && len(ref) == len(penPrefix)+16
}
