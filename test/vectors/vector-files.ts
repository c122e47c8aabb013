import { vectorText } from "./vector-text.ts";

/** Which program made a vector, and how. */
export interface Source {
  readonly program: string;
  readonly version: string;
  /** As it would be typed; file names stand for what the vector holds. */
  readonly command: string;
}

interface VectorFile {
  readonly about: string;
  readonly source: Source;
}

/** Keys for these tests alone: whoever reads this repository can open what was sealed to them. */
export interface KeysFile extends VectorFile {
  readonly keys: Readonly<Record<string, TestKey>>;
}

export interface TestKey {
  readonly bits: number;
  /** PEM, PKCS#1. */
  readonly privateKey: string;
  /** PEM, made by the Go project's `pkg/crypto`. */
  readonly certificate: string;
  /** What `ssh-keygen -l` says of the public key. */
  readonly fingerprint: string;
}

/** `strict.json`, `namespace-wide.json`, `cluster-wide.json`, `large-value.json`. */
export interface SealedSecretsFile extends VectorFile {
  readonly vectors: readonly SealedSecretVector[];
}

export interface SealedSecretVector {
  readonly name: string;
  readonly source: Source;
  /** Its name in `keys.json`. */
  readonly key: string;
  readonly sealedSecret: SealedSecretManifest;
  /** What the Go project makes of it, without owner references; its empty values are "", where Go prints null. */
  readonly secret: Manifest;
}

/** `deprecated-data.json`: one ciphertext of a whole Secret each, in `spec.data`. */
export type DeprecatedDataFile = SealedSecretsFile;

/** `refused.json`. */
export interface RefusedFile extends VectorFile {
  readonly vectors: readonly RefusedVector[];
}

export interface RefusedVector {
  readonly name: string;
  /** Names in `keys.json`. */
  readonly keys: readonly string[];
  readonly sealedSecret: SealedSecretManifest;
  /** Each item that does not open, and why (`ItemFailure`). */
  readonly failures: Readonly<Record<string, string>>;
  /** What the Go project says of it. */
  readonly go: string;
}

/** `base64.json`: spellings of one sealed value. */
export interface Base64File extends VectorFile {
  readonly key: string;
  /** The SealedSecret, whose only item is to be replaced by each text. */
  readonly sealedSecret: SealedSecretManifest;
  readonly item: string;
  readonly value: string;
  readonly texts: readonly { readonly name: string; readonly text: string; readonly accepted: boolean }[];
}

/** `hybrid.json`: single values, without an object around them. All bytes are base64. */
export interface HybridFile extends VectorFile {
  readonly vectors: readonly HybridVector[];
}

export interface HybridVector {
  readonly name: string;
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly sessionKey: string;
  readonly sealed: string;
}

/** `certificates.json`. */
export interface CertificatesFile extends VectorFile {
  /** Made by the Go project. */
  readonly sealing: readonly {
    readonly name: string;
    readonly certificate: string;
    readonly key: string;
    readonly commonName: string;
    readonly notBefore: string;
    readonly notAfter: string;
  }[];
  /** Made by OpenSSL: what nobody may seal with, and the code that says so. */
  readonly refused: readonly {
    readonly name: string;
    readonly source: Source;
    readonly certificate: string;
    readonly code: string;
  }[];
}

/** `fingerprints.json`. */
export interface FingerprintsFile extends VectorFile {
  readonly vectors: readonly {
    readonly name: string;
    /** PEM, PKCS#1. */
    readonly privateKey: string;
    /** One line of an `authorized_keys` file. */
    readonly openssh: string;
    readonly fingerprint: string;
  }[];
}

export type Manifest = Readonly<Record<string, unknown>>;

export interface SealedSecretManifest extends Manifest {
  readonly metadata: Manifest;
  readonly spec: Manifest & { readonly encryptedData: Readonly<Record<string, string>> };
}

interface VectorFiles {
  readonly "base64.json": Base64File;
  readonly "certificates.json": CertificatesFile;
  readonly "cluster-wide.json": SealedSecretsFile;
  readonly "deprecated-data.json": DeprecatedDataFile;
  readonly "fingerprints.json": FingerprintsFile;
  readonly "hybrid.json": HybridFile;
  readonly "keys.json": KeysFile;
  readonly "large-value.json": SealedSecretsFile;
  readonly "namespace-wide.json": SealedSecretsFile;
  readonly "refused.json": RefusedFile;
  readonly "strict.json": SealedSecretsFile;
}

export type VectorFileName = keyof VectorFiles;

/** Reads one file of this folder. */
export function readVectors<Name extends VectorFileName>(name: Name): VectorFiles[Name] {
  return JSON.parse(vectorText(name));
}
