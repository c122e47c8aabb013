// Seals values and signs certificates with the Go project's own pkg/crypto, and tells what its command line never does: the session
// keys. Reads a request from standard input, writes the answer to standard output, both JSON; make/go-crypto.ts says their shape.
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"time"

	"github.com/bitnami/sealed-secrets/pkg/crypto"
)

const sessionKeyLength = 32

type request struct {
	Certificates []struct {
		PrivateKey          string
		CommonName          string
		NotBefore, NotAfter time.Time
	}
	Values []struct {
		PrivateKey   string
		Label, Value []byte
	}
}

type sealedValue struct {
	SessionKey []byte `json:"sessionKey"`
	Sealed     []byte `json:"sealed"`
}

type answer struct {
	Certificates []string      `json:"certificates"`
	Values       []sealedValue `json:"values"`
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

func serve(in io.Reader, out io.Writer) error {
	var asked request
	if err := json.NewDecoder(in).Decode(&asked); err != nil {
		return err
	}
	made := answer{Certificates: []string{}, Values: []sealedValue{}}
	for _, wanted := range asked.Certificates {
		key, err := parseKey(wanted.PrivateKey)
		if err != nil {
			return err
		}
		validFor := wanted.NotAfter.Sub(wanted.NotBefore)
		certificate, err := crypto.SignKeyWithNotBefore(rand.Reader, key, wanted.NotBefore, validFor, wanted.CommonName)
		if err != nil {
			return err
		}
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})
		made.Certificates = append(made.Certificates, string(text))
	}
	for _, wanted := range asked.Values {
		key, err := parseKey(wanted.PrivateKey)
		if err != nil {
			return err
		}
		// The session key is the first thing that HybridEncrypt draws.
		var drawn bytes.Buffer
		sealed, err := crypto.HybridEncrypt(io.TeeReader(rand.Reader, &drawn), &key.PublicKey, wanted.Value, wanted.Label)
		if err != nil {
			return err
		}
		made.Values = append(made.Values, sealedValue{drawn.Bytes()[:sessionKeyLength], sealed})
	}
	return json.NewEncoder(out).Encode(made)
}

func parseKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("not a PEM")
	}
	return x509.ParsePKCS1PrivateKey(block.Bytes)
}
