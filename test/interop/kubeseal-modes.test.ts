import { createSealingKey, KeyRing, readSealedSecret, readSealingKey, secretManifest, unseal } from "@sealwright/core";
import { readManifests } from "@sealwright/core/kubernetes-yaml";
import { beforeAll, expect, it } from "vitest";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { KUBECONFIG, MANIFESTS } from "./kubeseal-manifests.ts";
import { type Given, type Left, runBoth } from "./kubeseal-pair.ts";

const DAY = 24 * 60 * 60 * 1000;
const CIPHERTEXT = /A[A-Za-z0-9+/]{300,}={0,2}/g;

/** The same input through the Go project's program and ours. Offline; the modes that ask a controller are in kubeseal-cluster.test.ts. */
describeWithPeers("kubeseal, the Go project's and ours", ["kubeseal"], () => {
  let ring: KeyRing;
  let files: Record<string, string>;

  beforeAll(async () => {
    const made = await Promise.all(
      ["ours", "other"].map((commonName) => {
        const validity = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
        return createSealingKey({ bits: 2048, commonName, ...validity });
      }),
    );
    const [key, other] = made as [(typeof made)[0], (typeof made)[0]];
    ring = new KeyRing([await readSealingKey(key)]);
    files = {
      ...MANIFESTS,
      "cert.pem": key.certificate,
      "chain.pem": key.certificate + other.certificate,
      "key.pem": key.privateKey,
      "other.pem": other.privateKey,
      "key-secret.yaml": keySecret(key.privateKey),
      "key-list.json": JSON.stringify({
        apiVersion: "v1",
        kind: "List",
        items: [JSON.parse(keySecret(other.privateKey)), JSON.parse(keySecret(key.privateKey))],
      }),
      "key-documents.yaml": `${keySecret(other.privateKey)}\n---\n${keySecret(key.privateKey)}\n`,
    };
  });

  /** Whatever both wrote, with the ciphertexts taken out; and the Secrets that were in them. */
  async function reading(left: Left) {
    const texts = [left.stdout, ...Object.values(left.files)];
    return {
      code: left.code,
      stderr: left.stderr,
      stdout: left.stdout.replace(CIPHERTEXT, "…"),
      files: Object.fromEntries(
        Object.entries(left.files).map(([name, text]) => [name, text.replace(CIPHERTEXT, "…")]),
      ),
      opened: (await Promise.all(texts.map(open))).flat(),
    };
  }

  async function open(text: string) {
    if (!text.includes("SealedSecret") || text.search(CIPHERTEXT) === -1) return [];
    const opened = readManifests(text).map(async ({ value }) => {
      return secretManifest((await unseal(readSealedSecret(value), ring)).secret);
    });
    return Promise.all(opened);
  }

  const given = (args: string, more: Partial<Given> = {}): Given => ({
    args: args.split(" ").filter((word) => word !== ""),
    ...more,
    files: { ...files, ...more.files },
  });

  it.each([
    ["a manifest of stdin", "--cert cert.pem", { stdin: "basic.yaml" }],
    ["a file", "--cert cert.pem -f basic.yaml"],
    ["YAML", "--cert cert.pem -f basic.yaml -o yaml"],
    ["YAML in capitals", "--cert cert.pem -f basic.yaml --format=YAML"],
    ["JSON input", "--cert cert.pem -f basic.json"],
    ["a file that is YAML by its name", "--cert cert.pem -f basic.yaml -w out.yml -o json"],
    ["a file that is JSON", "--cert cert.pem -f basic.yaml -w out.txt"],
    ["many documents, as JSON", "--cert cert.pem -f many.yaml"],
    ["many documents, as YAML", "--cert cert.pem -f many.yaml -o yaml"],
    ["to the first certificate of a chain", "--cert chain.pem -f basic.yaml"],
    ["the certificate itself", "--cert cert.pem --fetch-cert"],
    ["a certificate into a file", "--cert cert.pem --fetch-cert -w fetched.pem"],
    ["a scope by annotation", "--cert cert.pem -f wide.yaml"],
    ["another scope by flag", "--cert cert.pem -f wide.yaml --scope namespace-wide"],
    ["strict asked for, against an annotation", "--cert cert.pem -f wide.yaml --scope strict"],
    ["cluster-wide in a namespace that is not the one asked for", "--cert cert.pem -f wide.yaml -n elsewhere"],
    ["a namespace asked for", "--cert cert.pem -f bare.yaml -n shop"],
    ["a name asked for", "--cert cert.pem -f basic.yaml --name another"],
    ["no data, allowed", "--cert cert.pem -f empty.yaml --allow-empty-data"],
    ["every field of a Secret", "--cert cert.pem -f rich.yaml"],
    ["every field of a Secret, as YAML", "--cert cert.pem -f rich.yaml -o yaml"],
    ["items whose names are numbers", "--cert cert.pem -f numbers.yaml"],
    ["characters that Go escapes", "--cert cert.pem -f escapes.yaml"],
    ["the environment", "", { env: { SEALED_SECRETS_CERT: "cert.pem", SEALED_SECRETS_SECRET_FILE: "basic.yaml" } }],
    ["a flag over the environment", "--cert cert.pem -f basic.yaml", { env: { SEALED_SECRETS_FORMAT: "yaml" } }],
    ["klog's flags", "--cert cert.pem -f basic.yaml -v 0 --logtostderr=false --vmodule a=1"],
  ] satisfies Case[])("seal alike: %s", async (_title, args, more: More = {}) => {
    const { go, ours } = await runBoth(given(args, resolved(more, files)));
    expect(await reading(ours)).toEqual(await reading(go));
    expect(ours.code).toBe(0);
  });

  it.each([
    ["a namespace of the context", "--cert cert.pem -f bare.yaml"],
    ["a context by name", "--cert cert.pem -f bare.yaml --context second"],
    ["a context without a namespace", "--cert cert.pem -f bare.yaml --context third"],
    [
      "a raw value in the context's namespace",
      "--cert cert.pem --raw --name a --from-file basic.yaml --context second",
    ],
  ] satisfies Case[])("find the namespace alike: %s", async (_title, args) => {
    const { go, ours } = await runBoth(given(args, { kubeconfig: KUBECONFIG }));
    expect(await reading(ours)).toEqual(await reading(go));
    expect(ours.code).toBe(0);
  });

  it.each([
    ["strict", "--raw --cert cert.pem -n shop --name database --from-file value", { strict: true }],
    ["with a key", "--raw --cert cert.pem -n shop --name database --from-file key=value", { strict: true }],
    ["into a file", "--raw --cert cert.pem -n shop --name database --from-file value -w out", { strict: true }],
    ["of stdin", "--raw --cert cert.pem -n shop --name database", { strict: true, stdin: "value" }],
    ["namespace-wide", "--raw --cert cert.pem -n shop --scope namespace-wide --from-file value", {}],
  ])(
    "seal one value alike: %s",
    async (_title, args, { strict = false, stdin }: { strict?: boolean; stdin?: string }) => {
      const { go, ours } = await runBoth(given(args, resolved({ stdin }, files)));
      expect(await reading(ours)).toEqual(await reading(go));
      const annotations = strict ? {} : { "sealedsecrets.bitnami.com/namespace-wide": "true" };
      for (const left of [go, ours]) {
        const sealed = readSealedSecret({
          apiVersion: "bitnami.com/v1alpha1",
          kind: "SealedSecret",
          metadata: { name: "database", namespace: "shop", annotations },
          spec: { encryptedData: { value: left.stdout || (left.files["out"] ?? "") } },
        });
        const { secret } = await unseal(sealed, ring);
        expect(Buffer.from(secret.data.get("value") ?? []).toString()).toBe(MANIFESTS.value);
      }
    },
  );

  it.each([
    ["into JSON", "--cert cert.pem --merge-into sealed.json -f update.yaml", {}],
    ["into YAML, which becomes JSON", "--cert cert.pem --merge-into sealed.yaml -f update.yaml", {}],
    ["into YAML, which stays it", "--cert cert.pem --merge-into sealed.yaml -o yaml -f update.yaml", {}],
    ["of a manifest without a name", "--cert cert.pem --merge-into sealed.json -f nameless.yaml", {}],
  ])("merge alike: %s", async (_title, args) => {
    const { go: sealed } = await runBoth(given("--cert cert.pem -f merged-into.yaml", {}));
    const { go: sealedYaml } = await runBoth(given("--cert cert.pem -f merged-into.yaml -o yaml", {}));
    const targets = { "sealed.json": sealed.stdout, "sealed.yaml": sealedYaml.stdout };
    const { go, ours } = await runBoth(given(args, { files: targets }));
    expect(await reading(ours)).toEqual(await reading(go));
    expect(ours.code).toBe(0);
    expect(ours.files).not.toEqual({ ...files, ...targets });
  });

  it("differ in merging into what has neither labels nor annotations, where the Go program panics", async () => {
    const { go: sealed } = await runBoth(given("--cert cert.pem -f basic.yaml"));
    const target = { "sealed.json": sealed.stdout };
    const { go, ours } = await runBoth(
      given("--cert cert.pem --merge-into sealed.json -f update.yaml", { files: target }),
    );
    expect(go.code).toBe(2);
    expect(ours).toMatchObject({ code: 0, stdout: "", stderr: "" });
    const { opened } = await reading(ours);
    const labels = { tier: "back" };
    expect(opened).toMatchObject([
      { metadata: { name: "database", labels }, data: { password: "dHdv", more: "dGhyZWU=" } },
    ]);
  });

  it("differ in Lists, and in recovering all documents, which the Go program does not read", async () => {
    const list = await runBoth(given("--cert cert.pem -f list.yaml"));
    expect([list.go.code, list.ours.code]).toEqual([1, 0]);
    expect((await reading(list.ours)).opened).toMatchObject([
      { metadata: { name: "one" } },
      { metadata: { name: "two" } },
    ]);
    const { go: sealed } = await runBoth(given("--cert cert.pem -f many.yaml -o yaml"));
    const args = "--recovery-unseal --recovery-private-key key.pem";
    const { go, ours } = await runBoth(given(args, { stdin: sealed.stdout }));
    expect([read(go.stdout).length, read(ours.stdout).length]).toEqual([1, 2]);
  });

  it.each([
    ["PEM", "key.pem"],
    ["two PEM files", "other.pem,key.pem"],
    ["a key's Secret", "key-secret.yaml"],
    ["a List", "key-list.json"],
    ["documents", "key-documents.yaml"],
  ])("recover alike: %s", async (_title, keys) => {
    const { go: sealed } = await runBoth(given("--cert cert.pem -f rich.yaml", {}));
    for (const format of ["json", "yaml"]) {
      const args = `--recovery-unseal --recovery-private-key ${keys} -o ${format}`;
      const { go, ours } = await runBoth(given(args, { stdin: sealed.stdout }));
      expect({ ...ours, stdout: read(ours.stdout) }).toEqual({ ...go, stdout: read(go.stdout).map(withoutOwner) });
      expect(ours.code).toBe(0);
    }
  });

  it("recover alike: a template over what was sealed and what was not", async () => {
    const { go: sealed } = await runBoth(given("--cert cert.pem -f basic.yaml"));
    const { spec, ...rest } = JSON.parse(sealed.stdout) as { spec: { template: object } };
    const data = { url: "db://{{ .user | upper }}:{{ .password }}@host", user: "me", password: "shadowed" };
    const stdin = JSON.stringify({ ...rest, spec: { ...spec, template: { ...spec.template, data } } });
    const { go, ours } = await runBoth(given("--recovery-unseal --recovery-private-key key.pem", { stdin }));
    expect(read(ours.stdout)).toEqual(read(go.stdout).map(withoutOwner));
    const url = Buffer.from("db://ME:one@host").toString("base64");
    expect(read(ours.stdout)).toMatchObject([{ data: { url, user: "bWU=", password: "b25l" } }]);
  });

  it.each([
    ["no certificate there", "--cert missing.pem -f basic.yaml"],
    ["no manifest there", "--cert cert.pem -f missing.yaml"],
    ["a certificate that is none", "--cert basic.yaml -f basic.yaml"],
    ["no data", "--cert cert.pem -f empty.yaml"],
    ["no name", "--cert cert.pem -f nameless.yaml -n shop"],
    ["no namespace anywhere", "--cert cert.pem -f bare.yaml"],
    ["contradicting namespaces", "--cert cert.pem -f basic.yaml -n elsewhere"],
    ["an unknown format", "--cert cert.pem -f basic.yaml -o xml"],
    ["input without a document", "--cert cert.pem"],
    ["input that is no YAML", "--cert cert.pem", { stdin: "broken.yaml" }],
    ["--from-file without --raw", "--cert cert.pem --from-file value"],
    ["two raw values", "--cert cert.pem --raw --scope cluster-wide --from-file value --from-file value"],
    ["raw without a name", "--cert cert.pem --raw -n shop --from-file value"],
    ["raw without a namespace", "--cert cert.pem --raw --name a --from-file value"],
    ["a raw value that is not there", "--cert cert.pem --raw --scope cluster-wide --from-file missing"],
    ["no file to merge into", "--cert cert.pem --merge-into missing.json -f basic.yaml"],
    ["a Secret to merge into", "--cert cert.pem --merge-into basic.yaml -f basic.yaml"],
    ["no cluster", "--fetch-cert"],
    ["no cluster to validate with", "--validate -f basic.yaml"],
    ["no cluster to re-encrypt with", "--re-encrypt -f basic.yaml"],
    ["an unknown context", "--fetch-cert --context missing"],
    ["an unknown cluster", "--fetch-cert --cluster missing"],
    ["an unknown user", "--fetch-cert --user missing"],
    ["no kubeconfig there", "--fetch-cert --kubeconfig missing"],
    ["no recovery key there", "--recovery-unseal --recovery-private-key missing -f basic.yaml"],
    ["recovery of a Secret", "--recovery-unseal --recovery-private-key key.pem -f basic.yaml"],
  ] satisfies Case[])("refuse alike: %s", async (_title, args, more: More = {}) => {
    const { go, ours } = await runBoth(given(args, resolved(more, files)));
    const shape = ({ stderr, ...left }: Left) => ({ ...left, stderr: /^error: ./.test(stderr) });
    expect(shape(ours)).toEqual({ ...shape(go), files });
    expect(ours).toMatchObject({ code: 1, stdout: "" });
  });

  it.each(["--bogus", "--o json", "-Z", "--cert", "-f", "-o", "--=x", "---x", "--version --bogus", "-h", "-h --bogus"])(
    "print their usage alike: %s",
    async (args) => {
      const { go, ours } = await runBoth(given(args));
      const shape = ({ code, stderr, stdout }: Left) => ({
        code,
        stderr: stderr.replace(/^Usage of .*:$/m, "Usage of kubeseal:"),
        flags: [...stdout.matchAll(/^ {2}(?:-\w,| {3}) --(\S+(?: \w+)?) {2,}/gm)].map(([, flag]) => flag),
        reason: /^\S.*$/m.exec(stdout)?.[0],
      });
      expect(shape(ours)).toEqual(shape(go));
    },
  );

  it.each(["--help", "--version=true"])("answer alike: %s", async (args) => {
    const { go, ours } = await runBoth(given(args));
    const shape = ({ code, stderr, stdout }: Left) => ({ code, stderr, firstWord: stdout.split(" ")[0] });
    expect(shape(ours)).toEqual(shape(go));
  });

  /** docs/from-kubeseal.md lists them. In each the Go program ends with 0. */
  it.each([
    ["an argument that is no flag", "--cert cert.pem -f basic.yaml more.yaml"],
    ["a manifest of another kind", "--cert cert.pem -f config-map.yaml"],
    ["a second document that is no YAML", "--cert cert.pem -f broken-second.yaml"],
    ["a second document that is something else", "--cert cert.pem -f other-second.yaml"],
    ["a folder as output", "--cert cert.pem -f basic.yaml -w ."],
    ["-f, which --raw does not read", "--cert cert.pem --raw --scope cluster-wide -f value"],
    ["a raw value of nothing", "--cert cert.pem --raw --scope cluster-wide"],
    ["-w, which --merge-into would empty", "--cert cert.pem --merge-into sealed.json -f update.yaml -w value"],
    ["a scope that the file to merge into does not have", "--cert cert.pem --merge-into sealed.json -f wide.yaml"],
    ["groups of nobody", "--cert cert.pem --raw --scope cluster-wide --from-file value --as-group devs"],
    ["an item twice", "--cert cert.pem -f twice.yaml"],
  ])("differ, ours being an error: %s", async (_title, args) => {
    const { go: sealed } = await runBoth(given("--cert cert.pem -f merged-into.yaml"));
    const { go, ours } = await runBoth(given(args, { files: { "sealed.json": sealed.stdout } }));
    expect(go.code).toBe(0);
    expect(ours).toMatchObject({ code: 1, stdout: "", files: { ...files, "sealed.json": sealed.stdout } });
  });
});

type More = { readonly stdin?: string | undefined; readonly env?: Readonly<Record<string, string>> };
type Case = [title: string, args: string, more?: More];

/** The stdin of a case is the name of a file. */
function resolved({ stdin, ...more }: More, files: Readonly<Record<string, string>>): Partial<Given> {
  return { ...more, ...(stdin === undefined ? {} : { stdin: files[stdin] }) };
}

function read(text: string): readonly unknown[] {
  return readManifests(text).map(({ value }) => value);
}

/** The Go program writes an owner without a UID, which no API server takes. */
function withoutOwner(value: unknown): unknown {
  const { metadata, ...secret } = value as { metadata: Record<string, unknown> };
  const { ownerReferences: _owners, ...rest } = metadata;
  return { ...secret, metadata: rest };
}

function keySecret(privateKey: string): string {
  const data = { "tls.crt": "", "tls.key": Buffer.from(privateKey).toString("base64") };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "key" },
    type: "kubernetes.io/tls",
    data,
  });
}
