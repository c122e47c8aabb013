// Command yaml-oracle tells how Kubernetes' own Go libraries read and write manifests.
//
// Each line of standard input is a JSON string: one text, as it would stand in a file. For each it prints one line: a JSON object
// of the type answer. The texts are read as kubeseal reads its input, through NewYAMLOrJSONDecoder with a buffer of 4096 bytes.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// The fields of a SealedSecret as github.com/bitnami-labs/sealed-secrets declares them, as far as their types steer the reading.
type sealedSecret struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              sealedSecretSpec `json:"spec"`
}

type sealedSecretSpec struct {
	Template      secretTemplate `json:"template,omitempty"`
	Data          []byte         `json:"data,omitempty"`
	EncryptedData encryptedData  `json:"encryptedData"`
}

type secretTemplate struct {
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Type              corev1.SecretType  `json:"type,omitempty"`
	Immutable         *bool              `json:"immutable,omitempty"`
	Data              map[string]*string `json:"data,omitempty"`
}

// encryptedData reads itself, which is why nothing in it is coerced; like the original it keeps quiet about what is no string.
type encryptedData map[string]string

func (e *encryptedData) UnmarshalJSON(data []byte) error {
	items := map[string]string{}
	_ = json.Unmarshal(data, &items)
	*e = items
	return nil
}

// answer holds what each way of reading made of a text, and plain written again.
type answer struct {
	// Secrets and SealedSecrets are the documents decoded into those types.
	Secrets       reading `json:"secrets"`
	SealedSecrets reading `json:"sealedSecrets"`
	// Plain are the documents converted to JSON with no type in mind, as kubectl does.
	Plain reading `json:"plain"`
	// Written are the documents of Plain as YAML; null where one of them cannot be written.
	Written []string `json:"written"`
}

type reading struct {
	// Documents have their objects as lists of entries, for a JavaScript engine that confuses keys with escapes.
	Documents []any `json:"documents"`
	// Failed tells that the reading stopped at an error after these documents.
	Failed bool `json:"failed"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	buffered := bufio.NewWriter(out)
	answers := json.NewEncoder(buffered)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var text string
			if err := json.Unmarshal(line, &text); err != nil {
				return err
			}
			answer, err := answerTo(text)
			if err != nil {
				return err
			}
			if err := answers.Encode(answer); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return buffered.Flush()
		}
		if err != nil {
			return err
		}
	}
}

func answerTo(text string) (*answer, error) {
	secrets, err := read[corev1.Secret](text).reading()
	if err != nil {
		return nil, err
	}
	sealedSecrets, err := read[sealedSecret](text).reading()
	if err != nil {
		return nil, err
	}
	documents := read[json.RawMessage](text)
	plain, err := documents.reading()
	if err != nil {
		return nil, err
	}
	return &answer{secrets, sealedSecrets, plain, written(documents.items)}, nil
}

type documents[T any] struct {
	items  []T
	failed bool
}

func read[T any](text string) documents[T] {
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	result := documents[T]{}
	for {
		var document T
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return result
		}
		if err != nil {
			result.failed = true
			return result
		}
		result.items = append(result.items, document)
	}
}

func (d documents[T]) reading() (reading, error) {
	result := reading{Documents: []any{}, Failed: d.failed}
	for _, item := range d.items {
		text, err := json.Marshal(item)
		if err != nil {
			return reading{}, err
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		var value any
		if err := decoder.Decode(&value); err != nil {
			return reading{}, err
		}
		result.Documents = append(result.Documents, withEntries(value))
	}
	return result, nil
}

func withEntries(value any) any {
	switch value := value.(type) {
	case map[string]any:
		entries := [][2]any{}
		for key, field := range value {
			entries = append(entries, [2]any{key, withEntries(field)})
		}
		return map[string]any{"entries": entries}
	case []any:
		items := []any{}
		for _, item := range value {
			items = append(items, withEntries(item))
		}
		return items
	default:
		return value
	}
}

func written(documents []json.RawMessage) []string {
	texts := []string{}
	for _, document := range documents {
		text, err := sigsyaml.JSONToYAML(document)
		if err != nil {
			return nil
		}
		texts = append(texts, string(text))
	}
	return texts
}
