import { fileURLToPath } from "node:url";
import type { DeprecatedDataFile, Manifest, SealedSecretManifest } from "../vector-files.ts";
import { goModuleVersion, MODULE } from "./go-crypto.ts";
import type { KeyName, TestKeys } from "./keys.ts";
import { run } from "./run.ts";

const PROGRAM = fileURLToPath(new URL("go-deprecated-data.go", import.meta.url));
const KEY: KeyName = "rsa-2048";
const SECRETS: Readonly<Record<string, Manifest>> = {
  strict: secret({}),
  "namespace-wide": secret({ "sealedsecrets.bitnami.com/namespace-wide": "true" }),
  "cluster-wide": secret({ "sealedsecrets.bitnami.com/cluster-wide": "true" }),
};

/** SealedSecrets in the format of before `encryptedData`, one of each scope. */
export function makeDeprecatedDataFile(keys: TestKeys): DeprecatedDataFile {
  const { privateKey, fingerprint } = keys[KEY];
  const stdin = JSON.stringify({ privateKey, fingerprint, secrets: Object.values(SECRETS) });
  const source = {
    program: "github.com/bitnami-labs/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1, NewSealedSecretV1",
    version: goModuleVersion(),
    command: "go run make/go-deprecated-data.go",
  };
  const made: readonly { sealedSecret: SealedSecretManifest; secret: Manifest }[] = JSON.parse(
    run("go", ["run", PROGRAM], { cwd: MODULE, stdin }),
  );
  return {
    about: "SealedSecrets in the format of before encryptedData, and the Secrets that the Go project makes of them.",
    source,
    vectors: Object.keys(SECRETS).map((name, index) => {
      const { sealedSecret = {} as SealedSecretManifest, secret: opened = {} } = made[index] ?? {};
      return { name, source, key: KEY, sealedSecret, secret: opened };
    }),
  };
}

function secret(annotations: Readonly<Record<string, string>>): Manifest {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "database", namespace: "payments", labels: { app: "ledger" }, annotations },
    type: "example.com/kind",
    data: { password: "AP8=", ["__proto__"]: "YW4gaXRlbSBsaWtlIGFueSBvdGhlcg==" },
  };
}
