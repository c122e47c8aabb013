//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakOf is in bytes, whichever unit this system has.
func peakOf(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) * 1024
}
