// Command sealed-secrets-oracle does with the Go project's own package what no command line of it does any more: it
// seals whole Secrets into spec.data and opens such objects again, and any others beside them.
//
// It reads one JSON object of the type request from standard input and prints one of the type answer.
package main

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/bitnami/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	"github.com/bitnami/sealed-secrets/pkg/crypto"
	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/util/keyutil"
)

// request is what to seal, to the first key, and what to open, with all of them.
type request struct {
	// PrivateKeys are PEM texts.
	PrivateKeys []string                 `json:"privateKeys"`
	Seal        []*v1.Secret             `json:"seal"`
	Open        []*v1alpha1.SealedSecret `json:"open"`
}

// answer has one entry for each that was asked for, in the same order.
type answer struct {
	Sealed []*v1alpha1.SealedSecret `json:"sealed"`
	Opened []*v1.Secret             `json:"opened"`
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(in io.Reader, out io.Writer) error {
	v1alpha1.AcceptDeprecatedV1Data = true
	var asked request
	if err := json.NewDecoder(in).Decode(&asked); err != nil {
		return err
	}
	keys := make([]*rsa.PrivateKey, 0, len(asked.PrivateKeys))
	for _, pem := range asked.PrivateKeys {
		key, err := readKey(pem)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return errors.New("no private key")
	}
	result := answer{Sealed: []*v1alpha1.SealedSecret{}, Opened: []*v1.Secret{}}
	for _, secret := range asked.Seal {
		sealed, err := seal(secret, keys[0])
		if err != nil {
			return fmt.Errorf("seal %s: %w", secret.Name, err)
		}
		result.Sealed = append(result.Sealed, sealed)
	}
	for _, sealed := range asked.Open {
		opened, err := open(sealed, keys)
		if err != nil {
			return fmt.Errorf("open %s: %w", sealed.Name, err)
		}
		result.Opened = append(result.Opened, opened)
	}
	return json.NewEncoder(out).Encode(result)
}

func readKey(pem string) (*rsa.PrivateKey, error) {
	key, err := keyutil.ParsePrivateKeyPEM([]byte(pem))
	if err != nil {
		return nil, err
	}
	rsaKey, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%T is no RSA key", key)
	}
	return rsaKey, nil
}

func seal(secret *v1.Secret, key *rsa.PrivateKey) (*v1alpha1.SealedSecret, error) {
	sealed, err := v1alpha1.NewSealedSecretV1(scheme.Codecs, &key.PublicKey, secret)
	if err != nil {
		return nil, err
	}
	sealed.APIVersion, sealed.Kind = v1alpha1.SchemeGroupVersion.String(), "SealedSecret"
	return sealed, nil
}

func open(sealed *v1alpha1.SealedSecret, keys []*rsa.PrivateKey) (*v1.Secret, error) {
	byFingerprint := map[string]*rsa.PrivateKey{}
	for _, key := range keys {
		fingerprint, err := crypto.PublicKeyFingerprint(&key.PublicKey)
		if err != nil {
			return nil, err
		}
		byFingerprint[fingerprint] = key
	}
	opened, err := sealed.Unseal(scheme.Codecs, byFingerprint)
	if err != nil {
		return nil, err
	}
	opened.APIVersion, opened.Kind, opened.OwnerReferences = "v1", "Secret", nil
	return opened, nil
}
