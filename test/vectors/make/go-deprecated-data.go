// Seals whole Secrets into spec.data with the Go project's own package, and opens them again, as no command line of it does any more.
// Reads a request from standard input, writes the answer to standard output, both JSON; make/deprecated-data.ts says their shape.
package main

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"os"

	"github.com/bitnami/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
)

type request struct {
	PrivateKey, Fingerprint string
	Secrets                 []*v1.Secret
}

type vector struct {
	SealedSecret *v1alpha1.SealedSecret `json:"sealedSecret"`
	Secret       *v1.Secret             `json:"secret"`
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

func serve(in io.Reader, out io.Writer) error {
	v1alpha1.AcceptDeprecatedV1Data = true
	var asked request
	if err := json.NewDecoder(in).Decode(&asked); err != nil {
		return err
	}
	block, _ := pem.Decode([]byte(asked.PrivateKey))
	if block == nil {
		return errors.New("not a PEM")
	}
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return err
	}
	vectors := []vector{}
	for _, secret := range asked.Secrets {
		sealed, err := v1alpha1.NewSealedSecretV1(scheme.Codecs, &key.PublicKey, secret)
		if err != nil {
			return err
		}
		sealed.APIVersion, sealed.Kind = v1alpha1.SchemeGroupVersion.String(), "SealedSecret"
		opened, err := sealed.Unseal(scheme.Codecs, map[string]*rsa.PrivateKey{asked.Fingerprint: key})
		if err != nil {
			return err
		}
		opened.APIVersion, opened.Kind, opened.OwnerReferences = "v1", "Secret", nil
		vectors = append(vectors, vector{sealed, opened})
	}
	return json.NewEncoder(out).Encode(vectors)
}
