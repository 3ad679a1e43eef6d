//go:build linux || darwin

package app

import "syscall"

// diskFree is what is free in the folder for us, in bytes; 0 where that is not known.
func diskFree(folder string) uint64 {
	var disk syscall.Statfs_t
	if syscall.Statfs(folder, &disk) != nil || disk.Bsize <= 0 {
		return 0
	}
	return disk.Bavail * uint64(disk.Bsize)
}
