import { type SealedSecret, seal } from "@sealwright/core";
import { sealAsSpecData, sealWithKubeseal } from "./go-files.ts";
import type { InteropKeys, KeyFiles } from "./key-files.ts";
import type { MatrixCase } from "./matrix-cases.ts";

/** A case with the object that some program sealed. */
export interface SealedCase extends MatrixCase {
  readonly sealed: SealedSecret;
}

/** What the Go project makes of the cases. */
export function sealedByGo(cases: readonly MatrixCase[], keys: InteropKeys): Promise<readonly SealedCase[]> {
  return toBothSizes(cases, keys, async (some, key) => {
    const [ofItems, ofSpecData] = [some.filter((each) => !isSpecData(each)), some.filter(isSpecData)];
    const sealed = await Promise.all([
      sealWithKubeseal(secretsOf(ofItems), key),
      sealAsSpecData(secretsOf(ofSpecData), key),
    ]);
    return finished([...ofItems, ...ofSpecData], sealed.flat());
  });
}

/** What core makes of the cases, `spec.data` aside: it seals nothing into that. */
export function sealedByCore(cases: readonly MatrixCase[], keys: InteropKeys): Promise<readonly SealedCase[]> {
  const ofItems = cases.filter((each) => !isSpecData(each));
  return toBothSizes(ofItems, keys, async (some, { key }) => {
    const options = { certificate: key.certificate, allowEmptyData: true, hints: true };
    return finished(some, await Promise.all(secretsOf(some).map((secret) => seal(secret, options))));
  });
}

/** The first few to the key of 4096 bits, for one value would do; the others to `former`, from where they can be moved to `newest`. */
async function toBothSizes(
  cases: readonly MatrixCase[],
  { large, former }: InteropKeys,
  sealTo: (cases: readonly MatrixCase[], key: KeyFiles) => Promise<readonly SealedCase[]>,
): Promise<readonly SealedCase[]> {
  return (await Promise.all([sealTo(cases.slice(0, 4), large), sealTo(cases.slice(4), former)])).flat();
}

export function isSpecData({ format }: MatrixCase): boolean {
  return format === "spec.data";
}

function secretsOf(cases: readonly MatrixCase[]) {
  return cases.map(({ secret }) => secret);
}

/** The cases with their objects, into which the templates are written. */
function finished(cases: readonly MatrixCase[], sealed: readonly SealedSecret[]): readonly SealedCase[] {
  if (sealed.length !== cases.length) throw new Error(`${sealed.length} sealed of ${cases.length}`);
  return sealed.map((object, index) => {
    const each = cases[index] as MatrixCase;
    return { ...each, sealed: withTemplateData(object, each.templateData) };
  });
}

function withTemplateData(sealed: SealedSecret, data: MatrixCase["templateData"]): SealedSecret {
  if (data === undefined) return sealed;
  return { ...sealed, spec: { ...sealed.spec, template: { ...sealed.spec.template, data } } };
}
