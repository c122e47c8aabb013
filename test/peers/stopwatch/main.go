// Command stopwatch runs a program and tells what the operating system says that it took.
//
//	stopwatch REPORT PROGRAM [ARGUMENT...]
//
// The program has this process's input, outputs and signals. When it has ended, REPORT gets one JSON object of the type report,
// and stopwatch ends with the program's exit code, or with 1 where a signal ended it. It is a process of its own, and a small
// one, because a child begins with the peak memory of the process that forked it.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// report counts the program with the children that it waited for.
type report struct {
	Wall   float64 `json:"wall"`   // seconds
	User   float64 `json:"user"`   // seconds of processor time
	System float64 `json:"system"` // the same, in the kernel
	Peak   int64   `json:"peak"`   // bytes of memory in use at the worst moment, of one process
	Code   int     `json:"code"`   // its exit code; -1 where a signal ended it
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: stopwatch REPORT PROGRAM [ARGUMENT...]")
		os.Exit(2)
	}
	code, err := measure(os.Args[1], exec.Command(os.Args[2], os.Args[3:]...))
	if err != nil {
		fmt.Fprintln(os.Stderr, "stopwatch:", err)
		os.Exit(2)
	}
	os.Exit(code)
}

func measure(path string, program *exec.Cmd) (int, error) {
	program.Stdin, program.Stdout, program.Stderr = os.Stdin, os.Stdout, os.Stderr
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	begin := time.Now()
	if err := program.Start(); err != nil {
		return 0, err
	}
	go func() {
		for each := range signals {
			_ = program.Process.Signal(each)
		}
	}()
	err := program.Wait()
	wall := time.Since(begin)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	state := program.ProcessState
	text, err := json.Marshal(report{
		Wall:   wall.Seconds(),
		User:   state.UserTime().Seconds(),
		System: state.SystemTime().Seconds(),
		Peak:   peakOf(state),
		Code:   state.ExitCode(),
	})
	if err != nil {
		return 0, err
	}
	code := state.ExitCode()
	if code < 0 {
		code = 1
	}
	return code, os.WriteFile(path, text, 0o600)
}
