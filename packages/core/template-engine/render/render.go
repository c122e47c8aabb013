// Package render runs a template of a SealedSecret as the Go project's controller does.
package render

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/template"
)

// Status tells how a template ended.
type Status uint32

const (
	// OK comes with the output.
	OK Status = iota
	// ParseError comes with a text, which quotes the template and nothing else.
	ParseError
	// ExecutionError comes with a text that may quote a value.
	ExecutionError
	// OutputLimit comes with nothing.
	OutputLimit
)

// Result is what became of a template.
type Result struct {
	Status Status
	Output []byte
	// Line counts from 1, Column (in bytes) as Go counts it; a parse error has no column. 0 where Go tells none.
	Line, Column int
	// Text is Go's whole error.
	Text string
	// Message is Text without the position before it.
	Message string
}

// Render runs the template text, called name, with dot. An output of more than limit bytes is an error.
func Render(name, text string, dot map[string]string, limit int) (result Result) {
	// text/template lets its own mistakes through: they end this template and not the engine.
	defer func() {
		if problem := recover(); problem != nil {
			result = Result{Status: ExecutionError, Text: fmt.Sprint("panic: ", problem)}
		}
	}()
	parsed, err := template.New(name).Funcs(functions).Parse(text)
	if err != nil {
		line, _, message := position(name, err.Error(), 1)
		return Result{Status: ParseError, Line: line, Text: err.Error(), Message: message}
	}
	written := output{limit: limit}
	err = parsed.Execute(&written, dot)
	if errors.Is(err, errOutputLimit) {
		return Result{Status: OutputLimit, Text: err.Error()}
	}
	if err != nil {
		line, column, message := position(name, err.Error(), 2)
		return Result{Status: ExecutionError, Line: line, Column: column, Text: err.Error(), Message: message}
	}
	return Result{Status: OK, Output: written.buffer.Bytes()}
}

// position takes the numbers (line and column, or only the line) from the front of an error's text: "template:
// NAME:1:2: message".
func position(name, text string, numbers int) (line, column int, message string) {
	rest, found := strings.CutPrefix(text, "template: "+name+":")
	if !found {
		return 0, 0, text
	}
	var read [2]int
	for i := range numbers {
		digits, after, _ := strings.Cut(rest, ":")
		number, err := strconv.Atoi(digits)
		if err != nil {
			return 0, 0, text
		}
		read[i], rest = number, after
	}
	return read[0], read[1], strings.TrimPrefix(rest, " ")
}
