// Command core-bench does in bulk what bench/core measures, with the Go project's own library.
//
//	core-bench seal CERTIFICATE IN OUT
//	core-bench unseal KEYS IN OUT
//	core-bench render IN OUT
//
// IN has one JSON document on each line: Secrets to seal, SealedSecrets to unseal, or objects of the type rendering. OUT gets
// one line for each of them. KEYS holds any number of private keys in PEM. As many documents are worked on at the same time
// as GOMAXPROCS says.
package main

import (
	"bufio"
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/bitnami/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	"github.com/bitnami/sealed-secrets/pkg/crypto"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
)

// rendering is a template and what it sees.
type rendering struct {
	Items map[string]string `json:"items"`
	Text  string            `json:"text"`
}

// work makes of one line of IN one of OUT.
type work func(line []byte) ([]byte, error)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "core-bench:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 3 {
		return errors.New("usage: core-bench seal|unseal|render [KEYS] IN OUT")
	}
	doOne, err := workOf(args[0], args[1])
	if err != nil {
		return err
	}
	return inBulk(doOne, args[len(args)-2], args[len(args)-1])
}

func workOf(name, keys string) (work, error) {
	switch name {
	case "seal":
		return sealing(keys)
	case "unseal":
		return unsealing(keys)
	case "render":
		return render, nil
	default:
		return nil, fmt.Errorf("no such work: %q", name)
	}
}

func inBulk(doOne work, in, out string) (err error) {
	text, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	lines := bytes.Split(text, []byte("\n"))
	lines = lines[:len(lines)-1]
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	results := inOrder{out: bufio.NewWriterSize(file, 65536), waiting: map[int64][]byte{}}
	failures := make([]error, runtime.GOMAXPROCS(0))
	var begun atomic.Int64
	var workers sync.WaitGroup
	for worker := range failures {
		workers.Go(func() {
			for i := begun.Add(1) - 1; i < int64(len(lines)); i = begun.Add(1) - 1 {
				result, err := doOne(lines[i])
				if err != nil {
					failures[worker] = err
					return
				}
				results.put(i, result)
			}
		})
	}
	workers.Wait()
	return errors.Join(append(failures, results.out.Flush())...)
}

// inOrder writes results as soon as all before them are written.
type inOrder struct {
	mutex   sync.Mutex
	out     *bufio.Writer
	waiting map[int64][]byte
	written int64
}

func (r *inOrder) put(i int64, result []byte) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.waiting[i] = result
	for next, found := r.waiting[r.written]; found; next, found = r.waiting[r.written] {
		delete(r.waiting, r.written)
		r.written++
		// Flush tells of what failed.
		_, _ = r.out.Write(append(next, '\n'))
	}
}

func sealing(certificate string) (work, error) {
	text, err := os.ReadFile(certificate)
	if err != nil {
		return nil, err
	}
	certificates, err := cert.ParseCertsPEM(text)
	if err != nil {
		return nil, err
	}
	key, ok := certificates[0].PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("no RSA certificate")
	}
	return func(line []byte) ([]byte, error) {
		var secret corev1.Secret
		if err := json.Unmarshal(line, &secret); err != nil {
			return nil, err
		}
		sealed, err := v1alpha1.NewSealedSecret(scheme.Codecs, key, &secret)
		if err != nil {
			return nil, err
		}
		sealed.APIVersion, sealed.Kind = "bitnami.com/v1alpha1", "SealedSecret"
		return json.Marshal(sealed)
	}, nil
}

func unsealing(keys string) (work, error) {
	text, err := os.ReadFile(keys)
	if err != nil {
		return nil, err
	}
	ring := map[string]*rsa.PrivateKey{}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		key, err := keyutil.ParsePrivateKeyPEM(pem.EncodeToMemory(block))
		if err != nil {
			return nil, err
		}
		private, ok := key.(*rsa.PrivateKey)
		if !ok {
			return nil, errors.New("no RSA key")
		}
		fingerprint, err := crypto.PublicKeyFingerprint(&private.PublicKey)
		if err != nil {
			return nil, err
		}
		ring[fingerprint] = private
	}
	return func(line []byte) ([]byte, error) {
		var sealed v1alpha1.SealedSecret
		if err := json.Unmarshal(line, &sealed); err != nil {
			return nil, err
		}
		secret, err := sealed.Unseal(scheme.Codecs, ring)
		if err != nil {
			return nil, err
		}
		return json.Marshal(secret)
	}, nil
}

// render does what the library does with each text of spec.template.data.
func render(line []byte) ([]byte, error) {
	var asked rendering
	if err := json.Unmarshal(line, &asked); err != nil {
		return nil, err
	}
	parsed, err := template.New("text").Funcs(functions).Parse(asked.Text)
	if err != nil {
		return nil, err
	}
	var output bytes.Buffer
	if err := parsed.Execute(&output, asked.Items); err != nil {
		return nil, err
	}
	return json.Marshal(output.String())
}

var functions = sprig.GenericFuncMap()
