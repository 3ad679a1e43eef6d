// Package standin holds stand-ins for the providers: a Twilio and a mail
// server that answer at once, fail as told, and remember everything they
// accepted. `hearback bench` measures against them and the fault tests count
// with them. They are part of the product, not of its tests, so that anybody
// can repeat a measurement.
//
// Faults are drawn from a seed and from the message itself (its recipient, its
// words and the number of the attempt), never from the order of arrival. The
// same messages under the same plan meet the same faults, however many
// connections carry them.
package standin

import (
	"encoding/binary"
	"hash/fnv"
)

// draw gives a number in [0, 1) that depends on the seed and the words alone.
func draw(seed, attempt uint64, words ...string) float64 {
	hash := fnv.New64a()
	var number [16]byte
	binary.LittleEndian.PutUint64(number[:8], seed)
	binary.LittleEndian.PutUint64(number[8:], attempt)
	_, _ = hash.Write(number[:])
	for _, word := range words {
		_, _ = hash.Write([]byte(word))
		_, _ = hash.Write([]byte{0})
	}
	return float64(mix(hash.Sum64())>>11) / (1 << 53)
}

// mix spreads the bits of a hash evenly (the finaliser of SplitMix64, Steele,
// Lea and Flood 2014): FNV alone leaves near-equal numbers near each other.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}
