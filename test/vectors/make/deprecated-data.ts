import type { OracleAnswer, OracleRequest } from "../../peers/sealed-secrets/ask-oracle.ts";
import type { DeprecatedDataFile, Manifest, SealedSecretManifest } from "../vector-files.ts";
import { goModuleVersion, MODULE } from "./go-crypto.ts";
import type { KeyName, TestKeys } from "./keys.ts";
import { run } from "./run.ts";

const KEY: KeyName = "rsa-2048";
const SECRETS: Readonly<Record<string, Manifest>> = {
  strict: secret({}),
  "namespace-wide": secret({ "sealedsecrets.bitnami.com/namespace-wide": "true" }),
  "cluster-wide": secret({ "sealedsecrets.bitnami.com/cluster-wide": "true" }),
};

/** SealedSecrets in the format of before `encryptedData`, one of each scope. */
export function makeDeprecatedDataFile(keys: TestKeys): DeprecatedDataFile {
  const privateKeys = [keys[KEY].privateKey];
  const source = {
    program: "github.com/bitnami-labs/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1, NewSealedSecretV1",
    version: goModuleVersion(),
    command: "go run . (in test/peers/sealed-secrets)",
  };
  const { sealed } = askOracle({ privateKeys, seal: Object.values(SECRETS) });
  const { opened } = askOracle({ privateKeys, open: sealed });
  return {
    about: "SealedSecrets in the format of before encryptedData, and the Secrets that the Go project makes of them.",
    source,
    vectors: Object.keys(SECRETS).map((name, index) => {
      const [sealedSecret, secret] = [sealed[index] as SealedSecretManifest, opened[index] as Manifest];
      return { name, source, key: KEY, sealedSecret, secret };
    }),
  };
}

/** Runs the program of `test/peers` from its source; it may not be built when vectors are made. */
function askOracle(request: OracleRequest): OracleAnswer {
  return JSON.parse(run("go", ["run", "."], { cwd: MODULE, stdin: JSON.stringify(request) })) as OracleAnswer;
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
