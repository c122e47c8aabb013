import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createSealingKey,
  createTemplateEngine,
  KeyRing,
  readCertificate,
  readSealedSecret,
  readSealingKey,
  readSecret,
  SealwrightError,
  seal,
  type TemplateEngine,
  unseal,
} from "@sealwright/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWithPeers } from "../peers/describe-with-peers.ts";
import { runKubeseal } from "../peers/kubeseal.ts";

type TemplateData = Readonly<Record<string, string | null>>;

/** What is sealed. */
const ITEMS: ReadonlyMap<string, Buffer> = new Map([
  ["user", Buffer.from("alice")],
  ["password", Buffer.from('p@ss "wörd" <&> {{ .user }}\n')],
  ["host", Buffer.from("db.example.org")],
  ["port", Buffer.from("5432")],
  ["hosts", Buffer.from("a.example.org,b.example.org, c.example.org")],
  ["config", Buffer.from('{"debug":true,"levels":[1,2.5,null],"nested":{"key":"<value>"}}')],
  ["tls.key", Buffer.from("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")],
  ["binary", Buffer.from(Array.from({ length: 256 }, (_, index) => index))],
  ["empty", Buffer.alloc(0)],
]);

/** Templates as people write them; each becomes one item of one Secret. */
const SOUND: TemplateData = {
  plain: "no template at all",
  braces: "}} { {",
  url: "postgres://{{ .user }}:{{ .password | trim | urlquery }}@{{ .host }}:{{ .port }}/app?sslmode=require",
  "config.yaml": [
    "database:",
    "  user: {{ .user }}",
    "  password: {{ .password | quote }}",
    "{{- range $index, $host := splitList `,` .hosts }}",
    "  replica{{ $index }}: {{ $host | trim }}",
    "{{- end }}",
    "key: |",
    '{{ index . "tls.key" | indent 2 }}',
  ].join("\n"),
  ".dockerconfigjson":
    '{"auths":{"{{ .host }}":{"username":"{{ .user }}","auth":"{{ printf "%s:%s" .user .password | b64enc }}"}}}',
  "settings.json": "{{ merge (fromJson .config) (dict `port` (int .port)) | toPrettyJson }}",
  ".netrc": "machine {{ .host }}\n{{- if .user }}\n  login {{ .user }}\n{{- else }}\n  none\n{{- end }}\n",
  digest: "{{ sha256sum .binary }} {{ .binary | b64enc | b64dec | sha1sum }} {{ adler32sum .password }}",
  copy: "{{ .binary }}",
  all: "{{ range $name, $value := . }}{{ $name }}={{ len $value }};{{ end }}",
  missing: "{{ .nothing }}|{{ .nothing | default `x` }}|{{ index . `nothing` }}|{{ hasKey (dict) `a` }}",
  sibling: "{{ .plain }} {{ .braces }} {{ .sibling }} {{ .url }}",
  numbers: "{{ add .port 1 }} {{ divf 1 3 }} {{ round 2.675 2 }} {{ mul 3 1.9 }} {{ .port | float64 }} {{ 1e21 }}",
  named: '{{ define "pair" }}{{ . }}={{ . | upper }}{{ end }}{{ template "pair" .user }}',
  dates: '{{ toDate "2006-01-02" "2024-02-29" | dateModify "24h" | date "Mon Jan _2 15:04:05 MST 2006" }}',
  zones: '{{ dateInZone "2006-01-02T15:04:05Z07:00 MST" 1720000000 "Europe/Berlin" }}',
  pattern: '{{ regexReplaceAll "([a-c])\\\\.example" .hosts "$1-x" }} {{ regexFindAll "[0-9]" .port -1 | join "+" }}',
  cases: "{{ snakecase `HTTPServer Name` }} {{ camelcase `a_b-c` }} {{ kebabcase `aB cD` }} {{ title `äb cd` }}",
  derived: "{{ derivePassword 1 `long` .password .user .host }}",
  version: "{{ semverCompare `^1.2` `1.9.0` }} {{ (semver `1.2.3-rc.1`).Prerelease }}",
  escapes: "{{ html .password }} {{ js .password }} {{ .password | toJson }} {{ .password | squote }}",
  // The item wins, but its template is run.
  user: "{{ .user }} is not what this becomes",
  empty: null,
};

/** Each makes the whole Secret fail. */
const FAILING: readonly TemplateData[] = [
  { a: "{{ .user" },
  { a: "{{ nosuch }}" },
  { a: "{{ env `HOME` }}" },
  { a: "{{ expandenv `$HOME` }}" },
  { a: "{{ getHostByName `localhost` }}" },
  { a: "{{ fail .password }}" },
  { a: "{{ .user.name }}" },
  { a: "{{ index . 1 }}" },
  { a: '{{ template "none" }}' },
  { a: "{{ mustFromJson .user }}" },
  { plain: "x", user: "{{ fail `the item wins, and this fails` }}" },
];

/** kubeseal unseals by the code that the Go controller runs. */
describeWithPeers("templates, as the Go project renders them", ["kubeseal"], () => {
  let folder: string;
  let engine: TemplateEngine;
  let ring: KeyRing;
  let sealedItems: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
    const pem = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
    ring = new KeyRing([await readSealingKey(pem)]);
    const data = Object.fromEntries([...ITEMS].map(([item, value]) => [item, value.toString("base64")]));
    const secret = readSecret({ apiVersion: "v1", kind: "Secret", metadata: { namespace: "shop", name: "app" }, data });
    const sealed = await seal(secret, { certificate: await readCertificate(pem.certificate) });
    sealedItems = sealed.spec.encryptedData;
    folder = await mkdtemp(join(tmpdir(), "sealwright-templates-"));
    await writeFile(join(folder, "key.pem"), pem.privateKey);
    engine = createTemplateEngine();
  });
  afterAll(async () => {
    engine?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const manifestWith = (data: TemplateData) => ({
    apiVersion: "bitnami.com/v1alpha1",
    kind: "SealedSecret",
    metadata: { namespace: "shop", name: "app" },
    spec: { encryptedData: sealedItems, template: { data } },
  });
  const unsealWithGo = async (data: TemplateData) => {
    const args = ["--recovery-unseal", "--recovery-private-key", join(folder, "key.pem"), "--format", "json"];
    const { code, stdout } = await runKubeseal(args, { stdin: JSON.stringify(manifestWith(data)), env: { TZ: "" } });
    return code === 0 ? (JSON.parse(stdout) as { data: Record<string, string> }).data : null;
  };
  const unsealWithOurs = async (data: TemplateData) => {
    const { secret } = await unseal(readSealedSecret(manifestWith(data)), ring, { templates: engine });
    return Object.fromEntries([...secret.data].map(([item, value]) => [item, Buffer.from(value).toString("base64")]));
  };

  it("gives the same Secret, to the byte", async () => {
    const [go, ours] = await Promise.all([unsealWithGo(SOUND), unsealWithOurs(SOUND)]);
    expect(ours).toEqual(go);
    expect(Object.keys(ours)).toHaveLength(ITEMS.size + Object.keys(SOUND).length - 3);
  });

  it.each(FAILING)("gives none where the Go project gives none: %j", async (data) => {
    expect(await unsealWithGo(data)).toBeNull();
    await expect(unsealWithOurs(data)).rejects.toThrow(SealwrightError);
  });
});
