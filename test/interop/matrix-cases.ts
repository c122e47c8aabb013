import { createHash } from "node:crypto";
import { type Annotations, SCOPES, type Secret } from "@sealwright/core";
import { allPairs, type Row } from "./pairwise.ts";

/** What a SealedSecret can be, as far as two implementations could differ over it. */
export const DIMENSIONS = {
  scope: SCOPES,
  type: [
    "Opaque",
    "example.com/custom",
    "kubernetes.io/tls",
    "kubernetes.io/dockercfg",
    "kubernetes.io/dockerconfigjson",
    "kubernetes.io/service-account-token",
    "kubernetes.io/ssh-auth",
    "kubernetes.io/basic-auth",
    "bootstrap.kubernetes.io/token",
  ],
  /** Beside those that the type demands. */
  items: ["0", "1", "50"],
  /** Of those items. 900 KB are what they take together. */
  values: ["none", "empty", "binary", "900 KB"],
  template: ["plain", "metadata", "data", "null"],
  format: ["encryptedData", "spec.data"],
} as const;

type Level<Name extends keyof typeof DIMENSIONS> = (typeof DIMENSIONS)[Name][number];
type MatrixRow = Row<typeof DIMENSIONS>;

/** No items have no values, and 900 KB that are base64 twice over are more than etcd takes in one object. */
function isPossible({ items, values, format }: MatrixRow): boolean {
  return (items === "0") === (values === "none") && !(format === "spec.data" && values === "900 KB");
}

/** Every pair of levels at least once. */
export const MATRIX = allPairs(DIMENSIONS, isPossible);

/** What no cluster can hold, and files can. */
export const LARGEST_SPEC_DATA: MatrixRow = {
  scope: "strict",
  type: "Opaque",
  items: "1",
  values: "900 KB",
  template: "plain",
  format: "spec.data",
};

/** One row made concrete. */
export interface MatrixCase {
  readonly title: string;
  readonly format: Level<"format">;
  /** What is sealed. Its annotations say the scope. */
  readonly secret: Secret;
  /** What is written into `spec.template.data` once it is sealed, as people do by hand. */
  readonly templateData: TemplateData | undefined;
  /** What must come out of it. */
  readonly expected: Secret;
}

type TemplateData = Readonly<Record<string, string | null>>;
type Items = ReadonlyMap<string, Uint8Array>;

/** The ServiceAccount that tokens are for; the API server of a cluster wants it there. */
export const SERVICE_ACCOUNT = "robot";

/**
 * The cases of some rows.
 *
 * @param group where they are: a namespace of their own, and bootstrap tokens with ids of their own. Its first letter must tell it
 * from other groups of the same cluster
 */
export function matrixCases(group: string, rows: readonly MatrixRow[] = MATRIX): readonly MatrixCase[] {
  return rows.map((row, index) => matrixCase(row, placeOf(row.type, group, index), index));
}

/** Bootstrap tokens are looked for in one namespace alone, by a name with their id in it. */
function placeOf(type: Level<"type">, group: string, index: number) {
  if (type !== "bootstrap.kubernetes.io/token") return { namespace: group, name: `case-${index}` };
  return { namespace: "kube-system", name: `bootstrap-token-${group.charAt(0)}${String(index).padStart(5, "0")}` };
}

function matrixCase(row: MatrixRow, place: { namespace: string; name: string }, index: number): MatrixCase {
  const kept = new Map([...demandedItems(row.type, place.name), ...freeItems(row)]);
  const sealed = row.template === "null" ? new Map([...kept, ["dropped", Buffer.from("not in the Secret")]]) : kept;
  const secret: Secret = {
    metadata: { ...place, ...metadataOf(row) },
    type: row.type,
    ...(row.template === "metadata" ? { immutable: true } : {}),
    data: sealed,
  };
  return {
    title: `${index}: ${Object.values(row).join(", ")}`,
    format: row.format,
    secret,
    templateData: { plain: undefined, metadata: undefined, data: TEMPLATE_DATA, null: { dropped: null } }[row.template],
    expected: { ...secret, data: expectedItems(row, sealed, kept) },
  };
}

/** A template counts for nothing where the whole Secret was sealed. */
function expectedItems({ format, template }: MatrixRow, sealed: Items, kept: Items): Items {
  if (format === "spec.data") return sealed;
  return template === "data" ? rendered(kept) : kept;
}

function metadataOf({ scope, type, template }: MatrixRow): Pick<Secret["metadata"], "labels" | "annotations"> {
  const annotations: Annotations = {
    ...(scope === "strict" ? {} : { [`sealedsecrets.bitnami.com/${scope}`]: "true" }),
    ...(type === "kubernetes.io/service-account-token"
      ? { "kubernetes.io/service-account.name": SERVICE_ACCOUNT }
      : {}),
  };
  if (template !== "metadata") return { annotations };
  return {
    labels: { "app.kubernetes.io/name": "ledger", empty: "" },
    annotations: { ...annotations, "example.com/note": 'a <b> & "c" \\ ü 🔑\n\u2028' },
  };
}

/** Without these the API server refuses the Secret, or what reads it does. */
function demandedItems(type: Level<"type">, name: string): Items {
  const texts: Readonly<Record<Level<"type">, Readonly<Record<string, string>>>> = {
    Opaque: {},
    "example.com/custom": {},
    "kubernetes.io/tls": { "tls.crt": "-----BEGIN CERTIFICATE-----\n", "tls.key": "-----BEGIN PRIVATE KEY-----\n" },
    "kubernetes.io/dockercfg": { ".dockercfg": '{"registry.example":{"auth":"YTpi"}}' },
    "kubernetes.io/dockerconfigjson": { ".dockerconfigjson": '{"auths":{"registry.example":{"auth":"YTpi"}}}' },
    "kubernetes.io/service-account-token": {},
    "kubernetes.io/ssh-auth": { "ssh-privatekey": "-----BEGIN OPENSSH PRIVATE KEY-----\r\n" },
    "kubernetes.io/basic-auth": { username: "ada", password: "pässwörd 密码" },
    "bootstrap.kubernetes.io/token": { "token-id": name.slice(-6), "token-secret": "0123456789abcdef" },
  };
  return new Map(Object.entries(texts[type]).map(([item, text]) => [item, Buffer.from(text)]));
}

function freeItems({ items, values }: MatrixRow): Items {
  const count = Number(items);
  const value = (index: number): Uint8Array => {
    switch (values) {
      case "none":
      case "empty":
        return new Uint8Array();
      case "binary":
        return Uint8Array.from({ length: 256 }, (_, at) => (at + index) & 0xff);
      case "900 KB":
        return Uint8Array.from({ length: (900 * 1024) / count }, (_, at) => (at * 31 + index) & 0xff);
    }
  };
  return new Map(Array.from({ length: count }, (_, index) => [`item.${index}`, value(index)]));
}

/** The second sees every byte of everything: what was sealed, what was not, and its own text. */
const TEMPLATE_DATA = {
  host: "db.example.org",
  digests: "{{ range $item, $value := . }}{{ $item }} {{ len $value }} {{ sha256sum $value }}\n{{ end }}",
  url: '{{ printf "https://%s/" (.host | trimSuffix ".org" | upper) }}',
};

/** What TEMPLATE_DATA adds to items, worked out without a template. */
function rendered(items: Items): Items {
  const texts = Object.entries(TEMPLATE_DATA).map(([item, text]) => [item, Buffer.from(text)] as const);
  const digests = [...items, ...texts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([item, value]) => `${item} ${value.length} ${createHash("sha256").update(value).digest("hex")}\n`);
  return new Map([
    ...items,
    ["host", Buffer.from(TEMPLATE_DATA.host)],
    ["digests", Buffer.from(digests.join(""))],
    ["url", Buffer.from("https://DB.EXAMPLE/")],
  ]);
}
