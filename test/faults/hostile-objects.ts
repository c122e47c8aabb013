import { type Certificate, createSealingKey, readCertificate, readSecret, seal } from "@sealwright/core";

/** What somebody who may write SealedSecrets in one namespace can write there, to the harm of others. */
export interface HostileObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly [other: string]: unknown;
}

/** What they hold where they hold something that opens. */
export const HOSTILE_PLAINTEXT = "plaintext-of-the-hostile";

type Spec = Readonly<Record<string, unknown>>;

/** How one kind of hostile object is made: its spec, from one that is in order, and what else its metadata has. */
interface Hostility {
  readonly spec: (good: { encryptedData: Readonly<Record<string, string>>; template: Spec }, strange: string) => Spec;
  readonly metadata?: Spec;
  /** So large that only one of a hundred objects is of this kind. */
  readonly large?: true;
}

const endless = "{{ range until 100000000 }}{{ range until 100000000 }}x{{ end }}{{ end }}";
const renders = (text: string): Hostility => ({
  spec: ({ encryptedData, template }) => ({ encryptedData, template: { ...template, data: { out: text } } }),
});
const asks = (more: Spec): Hostility => ({
  spec: ({ encryptedData, template }) => ({ encryptedData, template: { ...template, ...more } }),
});
const holds = (encryptedData: () => Spec, more: { large?: true } = {}): Hostility => ({
  spec: ({ template }) => ({ encryptedData: encryptedData(), template }),
  ...more,
});
const many = (count: number, value: string) => () =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`item-${index}`, value]));
const garbage = (bytes: number) => Buffer.alloc(bytes, 7).toString("base64");

const HOSTILITIES: readonly Hostility[] = [
  renders(endless),
  renders('{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}'),
  renders('{{ repeat 100000000 "x" }}'),
  renders('{{ regexMatch "(a+)+$" (repeat 5000 "a") }}{{ index . "absent" | required "x" }}'),
  renders("{{ .password"),
  renders("{{ fail .password }}"),
  holds(() => ({ a: "!!! no base64 !!!", b: "" })),
  holds(many(3, garbage(2))),
  holds(many(40, garbage(600))),
  holds(() => Object.fromEntries([["__proto__", garbage(600)]])),
  holds(() => ({ constructor: garbage(600), "../../etc/passwd": garbage(600), [`${"n".repeat(253)}`]: "AAAA" })),
  { spec: ({ template }, strange) => ({ encryptedData: { password: strange }, template }) },
  { spec: () => ({ encryptedData: {}, data: garbage(900) }) },
  asks({ type: "kubernetes.io/tls" }),
  asks({ type: "x".repeat(5_000) }),
  asks({ metadata: { labels: { team: "x".repeat(200) } } }),
  asks({ metadata: { labels: { "sealedsecrets.bitnami.com/sealed-secrets-key": "active" } } }),
  asks({ metadata: { annotations: { "sealedsecrets.bitnami.com/cluster-wide": "true" }, name: "another" } }),
  { ...renders("plain"), metadata: { annotations: { "sealedsecrets.bitnami.com/namespace-wide": "true" } } },
  { ...renders("plain"), metadata: { annotations: { large: "x".repeat(250_000) } }, large: true },
  holds(many(10_000, garbage(60)), { large: true }),
  holds(many(1_500, garbage(600)), { large: true }),
  { ...asks({ data: { out: "x".repeat(1024 * 1024 + 1) } }), large: true },
];

/** So many of them, of every kind, in one namespace. Their names are as long as names may be. */
export async function hostileObjects(
  count: number,
  namespace: string,
  certificate: Certificate,
): Promise<readonly HostileObject[]> {
  const strange = await strangersValue();
  const small = HOSTILITIES.filter(({ large }) => large !== true);
  const large = HOSTILITIES.filter(({ large }) => large === true);
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const group = index % 100 < large.length ? large : small;
      const { spec, metadata = {} } = group[index % group.length] ?? renders("");
      const name = `hostile-${index}.`.padEnd(253, "x");
      const good = await sealed(namespace, name, certificate);
      return {
        apiVersion: "bitnami.com/v1alpha1",
        kind: "SealedSecret",
        metadata: { ...metadata, name, namespace },
        spec: spec(good.spec as never, strange),
      };
    }),
  );
}

function sealed(namespace: string, name: string, certificate: Certificate) {
  const metadata = { namespace, name };
  const secret = { apiVersion: "v1", kind: "Secret", metadata, stringData: { password: HOSTILE_PLAINTEXT } };
  return seal(readSecret(secret), { certificate });
}

/** Sealed to a key that the controller has never had. */
async function strangersValue(): Promise<string> {
  const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
  const { certificate } = await createSealingKey({ bits: 2048, commonName: "", notBefore, notAfter });
  const { spec } = await sealed("elsewhere", "strange", await readCertificate(certificate));
  return spec.encryptedData["password"] ?? "";
}
