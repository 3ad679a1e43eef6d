package bench

import (
	"os"
	"syscall"
)

// mostResident is the most memory that a process which has ended had resident, in bytes.
func mostResident(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Maxrss) << 10
}
