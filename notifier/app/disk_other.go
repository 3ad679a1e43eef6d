//go:build !linux && !darwin

package app

// diskFree is not known on this system.
func diskFree(string) uint64 { return 0 }
