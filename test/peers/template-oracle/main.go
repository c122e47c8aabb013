// Command template-oracle renders templates as the WebAssembly module does, from the same source, compiled for this
// machine.
//
// Its first line of output is a JSON list of the functions that templates have beside text/template's own. Then each
// line of standard input is a JSON object of the type question; for each it prints one line: a JSON object of the type
// answer.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"sealwright.dev/template-engine/render"
)

// question is one template. Items are bytes, which JSON holds in base64.
type question struct {
	Items map[string][]byte `json:"items"`
	Name  string            `json:"name"`
	Text  string            `json:"text"`
	Limit int               `json:"limit"`
}

// answer is what became of it.
type answer struct {
	Status render.Status `json:"status"`
	Output []byte        `json:"output"`
	Line   int           `json:"line"`
	Column int           `json:"column"`
	// Error is Go's whole message, which may quote bytes that are no text.
	Error []byte `json:"error"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	questions := json.NewDecoder(bufio.NewReader(in))
	answers := json.NewEncoder(out)
	if err := answers.Encode(render.FunctionNames()); err != nil {
		return err
	}
	for {
		var asked question
		err := questions.Decode(&asked)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := answers.Encode(answerTo(asked)); err != nil {
			return err
		}
	}
}

func answerTo(asked question) answer {
	items := make(map[string]string, len(asked.Items))
	for name, value := range asked.Items {
		items[name] = string(value)
	}
	result := render.Render(asked.Name, asked.Text, items, asked.Limit)
	return answer{
		Status: result.Status,
		Output: append([]byte{}, result.Output...),
		Line:   result.Line,
		Column: result.Column,
		Error:  []byte(result.Text),
	}
}
