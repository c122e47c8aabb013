import { rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLUSTER_AND_CONTROLLER_FLAGS } from "../src/cluster-flags.ts";
import { COMMANDS } from "../src/command-table.ts";
import type { Flags } from "../src/flags.ts";
import { PASSWORD, TOKEN } from "./api-server-double.ts";
import { createTestKeys, type TestKeys } from "./keys.ts";
import { call } from "./script/program.ts";
import { World } from "./script/world.ts";

/** What each command that may ask a cluster is given so that it does. */
const RUNS: Readonly<Record<string, string>> = {
  init: "init --yes",
  seal: "seal secret.yaml",
  create: "create any -n shop --generate password",
  set: "set db.yaml --generate password",
  edit: "edit db.yaml",
  verify: "verify --cluster db.yaml",
  explain: "explain --cluster db.yaml",
  reseal: "reseal --through-controller db.yaml",
  cert: "cert",
  "cert fetch": "cert fetch",
  "cert show": "cert show",
  "cert check": "cert check",
  status: "status",
  diff: "diff db.yaml",
  doctor: "doctor",
  "keys list": "keys list",
  "keys status": "keys status",
  "keys backup": "keys backup --passphrase-file passphrase",
  "keys restore": "keys restore --yes keys.yaml",
  "keys rotate": "keys rotate --key-size 2048",
  "keys retire": "keys retire any --yes",
};

/** What a run has said, and what the API server was asked. */
interface Outcome {
  readonly said: string;
  readonly asked: readonly string[];
}

interface Proof {
  readonly args: string;
  readonly holds: (outcome: Outcome) => boolean;
}

const UNAUTHORIZED = /does not accept the kubeconfig's credentials|\b401\b/;
const isLetIn = ({ said, asked }: Outcome) => asked.length > 0 && !UNAUTHORIZED.test(said);
const everyRequest = (text: string) => (outcome: Outcome) =>
  outcome.asked.length > 0 && outcome.asked.every((line) => line.includes(text));

/** What shows that a flag is heard. */
const PROOFS: Readonly<Record<string, Proof>> = {
  kubeconfig: { args: "--kubeconfig kube/config", holds: isLetIn },
  context: { args: "--context wrong-token", holds: ({ said }) => UNAUTHORIZED.test(said) },
  cluster: { args: "--context closed --cluster plain", holds: isLetIn },
  user: { args: "--context wrong-token --user alice", holds: isLetIn },
  server: { args: "--context closed --server {server}", holds: isLetIn },
  token: { args: `--context wrong-token --token ${TOKEN}`, holds: isLetIn },
  username: { args: `--context wrong-token --username user --password ${PASSWORD}`, holds: isLetIn },
  password: { args: "--username user --password wrong", holds: ({ said }) => UNAUTHORIZED.test(said) },
  as: { args: "--as carol", holds: everyRequest("impersonate-user=carol") },
  "as-group": { args: "--as carol --as-group devs", holds: everyRequest("impersonate-group=devs") },
  "as-uid": { args: "--as carol --as-uid 42", holds: everyRequest("impersonate-uid=42") },
  "client-certificate": {
    args: "--client-certificate missing.crt --client-key key.pem",
    holds: ({ said }) => said.includes("missing.crt cannot be read"),
  },
  "client-key": {
    args: "--client-certificate cert.pem --client-key missing.key",
    holds: ({ said }) => said.includes("missing.key cannot be read"),
  },
  "certificate-authority": {
    args: "--context insecure --certificate-authority ec.pem",
    holds: ({ said }) => said.includes("its TLS certificate is not trusted"),
  },
  "tls-server-name": {
    args: "--context insecure --certificate-authority server.crt --tls-server-name elsewhere.example",
    holds: ({ said }) => said.includes("ERR_TLS_CERT_ALTNAME_INVALID"),
  },
  "insecure-skip-tls-verify": { args: "--context untrusted --insecure-skip-tls-verify", holds: isLetIn },
  "proxy-url": { args: "--proxy-url {closed}", holds: ({ said }) => said.includes("the connection was refused") },
  "request-timeout": {
    args: "--request-timeout soon",
    holds: ({ said }) => said.includes("--request-timeout is no time"),
  },
  "controller-name": {
    args: "--controller-name other",
    holds: ({ asked }) => asked.some((line) => line.includes("other")),
  },
  "controller-namespace": {
    args: "--controller-namespace elsewhere",
    holds: ({ asked }) => asked.some((line) => line.includes("/namespaces/elsewhere/")),
  },
};

/** They find keys by the namespace alone. */
const NAMELESS = ["keys list", "keys status", "keys backup", "keys restore", "keys retire"];

let keys: TestKeys;
let world: World;

beforeAll(async () => {
  keys = await createTestKeys();
  const files = Object.entries(FILES).map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
  world = await World.create(keys, [...files, { name: "server.crt", bytes: Buffer.from(keys.server.cert) }]);
  await world.startCluster("ready");
  await writeFile(world.path("keys.yaml"), world.fill(BACKUP));
  world.served.set("GET /version", '{"gitVersion": "v1.36.3"}');
});
afterAll(() => world?.close());

describe("a flag about the connection is heard by each command that has it", () => {
  // Others have the same names: `verify --cluster` is a switch.
  const ours: Flags = CLUSTER_AND_CONTROLLER_FLAGS;
  const flagsOf = ({ flags }: (typeof COMMANDS)[number]) => {
    return Object.keys(flags).filter((name) => flags[name] === ours[name]);
  };
  const connected = COMMANDS.filter((command) => flagsOf(command).length > 0 && command.isHidden !== true);

  test.each(connected.map((command) => ({ name: command.name, flags: flagsOf(command) })))("$name", async (command) => {
    const run = RUNS[command.name];
    expect(run, "a run that asks a cluster").toBeDefined();
    const unheard: unknown[] = [];
    for (const flag of command.flags) {
      if (flag === "controller-name" && NAMELESS.includes(command.name)) continue;
      const proof = PROOFS[flag];
      const outcome = await outcomeOf(`${run} ${proof?.args}`, flag);
      if (proof?.holds(outcome) !== true) unheard.push({ flag, ...outcome });
    }
    expect(unheard).toEqual([]);
  });
});

async function outcomeOf(line: string, flag: string): Promise<Outcome> {
  world.asked.length = 0;
  // What init has made would say which certificate the others take.
  await rm(world.path(".sealwright.yaml"), { force: true });
  world.answers = ["quit"];
  delete world.env["KUBECONFIG"];
  if (flag !== "kubeconfig") world.env["KUBECONFIG"] = "kube/config";
  const { stdout, stderr, screen } = await call(world.fill(`sealwright ${line}`).split(" "), world);
  return { said: stdout + stderr + screen, asked: [...world.asked] };
}

const SEALED =
  "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\nspec: {encryptedData: {a: AgA=}}\n";

const BACKUP =
  "apiVersion: v1\nkind: Secret\nmetadata: {name: any}\ntype: kubernetes.io/tls\ndata: {tls.key: {key64}, tls.crt: {cert64}}\n";

const FILES = {
  "secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {a: b}\n",
  "db.yaml": SEALED,
  passphrase: "a passphrase of the test",
};
