//go:build !linux

package streamtest

import "testing"

// SmallDisk runs a test with a folder on a disk of this size, on Linux.
func SmallDisk(t *testing.T, _ int, _ func(t *testing.T, dir string)) {
	t.Helper()
	t.Skip("SKIPPED, NOT TRIED: a small disk can be mounted without rights on Linux only")
}

// ResizeSmallDisk gives the disk of SmallDisk another size.
func ResizeSmallDisk(testing.TB, string, int) {}
