//go:build wasip1

// Command template-engine is text/template with Sprig's functions as a WebAssembly module.
//
// Its host writes into a buffer that it reserves and reads an answer; numbers are little-endian, a string is its length
// (uint32) and its bytes. The items are loaded once and serve the templates rendered after them.
package main

import (
	"encoding/binary"
	"runtime/debug"
	"time"
	"unsafe"

	_ "time/tzdata"

	"sealwright.dev/template-engine/render"
)

// heapLimit makes the collector work harder before the memory that the module may have is used up.
const heapLimit = 192 << 20

var (
	input  []byte
	items  map[string]string
	answer []byte
	// explanation is Go's own text of the last error, which may quote an item.
	explanation string
)

func main() {}

func init() {
	debug.SetMemoryLimit(heapLimit)
	localTimeIsUTC()
}

// localTimeIsUTC calls local time UTC, as Go does on a machine that has no zone of its own, such as the Go project's
// container. Without it, Go on WebAssembly calls it "Local".
func localTimeIsUTC() {
	// Using it once keeps Go from setting it up later.
	_ = time.Local.String()
	*time.Local = *time.UTC
}

// reserve gives the address of a buffer of size bytes for the next load or render.
//
//go:wasmexport reserve
func reserve(size uint32) uint32 {
	input = make([]byte, size)
	return address(input)
}

// load takes the items from the buffer: name, value, name, value ... to its end.
//
//go:wasmexport load
func load() {
	items = map[string]string{}
	for len(input) > 0 {
		name := next()
		items[name] = next()
	}
}

// renderTemplate takes a template's name and text from the buffer and tells a render.Status. The answer holds the
// output, or, of an error, its line and column (both uint32), and after them the message of a parse error.
//
//go:wasmexport render
func renderTemplate(limit uint32) uint32 {
	name := next()
	text := next()
	result := render.Render(name, text, items, int(limit))
	explanation = result.Text
	answer = answerOf(result)
	return uint32(result.Status)
}

func answerOf(result render.Result) []byte {
	switch result.Status {
	case render.OK:
		return result.Output
	case render.ParseError:
		return append(positionOf(result), result.Message...)
	default:
		return positionOf(result)
	}
}

func positionOf(result render.Result) []byte {
	numbers := binary.LittleEndian.AppendUint32(nil, uint32(result.Line))
	return binary.LittleEndian.AppendUint32(numbers, uint32(result.Column))
}

//go:wasmexport answerAddress
func answerAddress() uint32 { return address(answer) }

//go:wasmexport answerLength
func answerLength() uint32 { return uint32(len(answer)) }

// explain makes the answer Go's own text of the last error. Tests compare it; nothing else may ask for it.
//
//go:wasmexport explain
func explain() { answer = []byte(explanation) }

// forget drops everything that came in and went out.
//
//go:wasmexport forget
func forget() {
	input, items, answer, explanation = nil, nil, nil, ""
}

// next takes a string off the front of the buffer.
func next() string {
	length := binary.LittleEndian.Uint32(input)
	text := string(input[4 : 4+length])
	input = input[4+length:]
	return text
}

func address(data []byte) uint32 {
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(data))))
}
