import {
  type Binding,
  bindingOf,
  readSealedSecret,
  readSecret,
  type SealedSecret,
  SealwrightError,
  type Secret,
  scopeOf,
  seal,
} from "@sealwright/core";
import { getValidCertificate } from "../certificate-source.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { namespaceRule } from "../kube-namespace.ts";
import { type Manifest, readSources, within } from "../manifest.ts";
import { readFormat } from "../manifest-text.ts";
import type { GoArguments } from "./arguments.ts";
import { certificateRequest } from "./connection.ts";
import { formatOf, writeObjects } from "./destination.ts";
import { readInput } from "./input.ts";

/**
 * `--merge-into`: seals the items of the input's one Secret for the name, namespace and scope of the SealedSecret in the file, and puts
 * them there, with the Secret's labels and annotations. The file is replaced as a whole, or left alone.
 */
export async function mergeInto(path: string, flags: GoArguments, io: Io): Promise<void> {
  if (flags.text("sealed-secret-file") !== undefined)
    throw new CommandError({ code: "output_without_use", mode: "--merge-into" });
  // The file keeps its name, and that says nothing about the format: JSON it is, unless -o says otherwise.
  const format = readFormat(formatOf(flags, undefined));
  const request = certificateRequest(flags, io);
  const target = onlyOne(path, await readSources([path], io));
  const original = await within(target, () => readOriginal(target.value));
  const input = onlyOne("the input", await readInput(flags, io));
  const read = await within(input, () => readSecret(input.value));
  const { scope, ...names } = bindingOf(original);
  assertScope(scope, read, input, flags);
  const inNamespace = namespaceRule(
    {
      asked: flags.text("namespace"),
      cluster: request.cluster,
      scope,
      clusterWideStaysBare: true,
      lastNamespace: undefined,
    },
    io,
  );
  const secret = await inNamespace(named(read, names), input.place);
  const certificate = await getValidCertificate(request, io);
  const allowEmptyData = flags.isSet("allow-empty-data");
  const update = await within(input, () => seal(secret, { certificate, scope, allowEmptyData, unchecked: true }));
  await writeObjects([merged(original, update)], { path, format }, io);
}

function onlyOne(source: string, manifests: readonly Manifest[]): Manifest {
  const [manifest, ...others] = manifests;
  if (manifest === undefined || others.length > 0) {
    throw new CommandError({ code: "manifest_not_one", source, found: manifests.length });
  }
  return manifest;
}

function readOriginal(value: unknown): SealedSecret {
  const original = readSealedSecret(value);
  if (original.spec.data !== undefined) throw new SealwrightError({ code: "deprecated_data" });
  return original;
}

/** What the ciphertexts are bound to is the original's to say; whoever wants another scope has to be told that he does not get it. */
function assertScope(scope: Binding["scope"], secret: Secret, { place }: Manifest, flags: GoArguments): void {
  const byFlag = flags.text("scope");
  // Strict is the default: asking for it is asking for nothing, in a flag as in annotations.
  const asked = byFlag !== undefined && byFlag !== "strict" ? byFlag : scopeOf(secret.metadata.annotations);
  if (asked !== "strict" && asked !== scope)
    throw new CommandError({ code: "scope_conflict", place, asked, inTarget: scope });
}

function named(secret: Secret, { name, namespace }: Omit<Binding, "scope">): Secret {
  return {
    ...secret,
    metadata: { ...secret.metadata, ...(name === "" ? {} : { name }), ...(namespace === "" ? {} : { namespace }) },
  };
}

function merged(original: SealedSecret, update: SealedSecret): SealedSecret {
  const { template = {}, encryptedData } = original.spec;
  const { labels, annotations } = update.spec.template?.metadata ?? {};
  return {
    ...original,
    spec: {
      ...original.spec,
      encryptedData: { ...encryptedData, ...update.spec.encryptedData },
      template: {
        ...template,
        metadata: {
          ...template.metadata,
          ...(labels === undefined ? {} : { labels: { ...template.metadata?.labels, ...labels } }),
          ...(annotations === undefined ? {} : { annotations: { ...template.metadata?.annotations, ...annotations } }),
        },
      },
    },
  };
}
