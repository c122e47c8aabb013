import { readScope, readSecret, type Scope, type Secret, seal as sealSecret } from "@sealwright/core";
import { type CertificateRequest, getValidCertificate } from "../certificate-source.ts";
import type { Io } from "../io.ts";
import { namespaceRule } from "../kube-namespace.ts";
import { type Manifest, STDIN, streamSource, within } from "../manifest.ts";
import { readFormat } from "../manifest-text.ts";
import { keepYoungSpace } from "../young-space.ts";
import type { GoArguments } from "./arguments.ts";
import { certificateRequest } from "./connection.ts";
import { formatOf, objectWriter } from "./destination.ts";
import { sourceOf, TERMINAL_NOTICE } from "./input.ts";

/**
 * What it does where no flag asks for anything else: seals every Secret of the input, one after the other. No file is replaced, and nothing
 * is printed, before all of them are sealed.
 */
export async function seal(flags: GoArguments, io: Io): Promise<void> {
  const path = flags.text("sealed-secret-file");
  const format = readFormat(formatOf(flags, path));
  const scope = scopeOf(flags);
  const request = certificateRequest(flags, io);
  const options = {
    allowEmptyData: flags.isSet("allow-empty-data"),
    // As the Go program, which leaves that to the API server.
    unchecked: true,
    ...(scope === undefined ? {} : { scope }),
  };
  const writer = objectWriter({ path, format }, io);
  // It is on its way while whoever writes to stdin takes the time for that. What is wrong with the input is told first.
  const coming = getValidCertificate(request, io);
  coming.catch(() => undefined);
  let count = 0;
  try {
    for await (const { manifest, secret } of readSecrets(flags, { scope, request }, io)) {
      const certificate = await coming;
      await writer.write(await within(manifest, () => sealSecret(secret, { ...options, certificate })));
      count += 1;
      keepYoungSpace(count);
    }
    await writer.finish();
  } finally {
    await writer.discard();
  }
}

/** Strict is the default: asking for it is asking for nothing, and annotations decide. */
function scopeOf(flags: GoArguments): Scope | undefined {
  const scope = flags.text("scope");
  return scope === undefined || scope === "strict" ? undefined : readScope(scope);
}

interface LocatedSecret {
  readonly manifest: Manifest;
  readonly secret: Secret;
}

async function* readSecrets(
  flags: GoArguments,
  { scope, request }: { readonly scope: Scope | undefined; readonly request: CertificateRequest },
  io: Io,
): AsyncGenerator<LocatedSecret> {
  const input = sourceOf(flags.text("secret-file"));
  if (input === STDIN && io.stdin.isTerminal) await io.stderr.write(`${TERMINAL_NOTICE}\n`);
  const asked = flags.text("namespace");
  const inNamespace = namespaceRule(
    { asked, cluster: request.cluster, scope, clusterWideStaysBare: true, lastNamespace: undefined },
    io,
  );
  const name = flags.text("name");
  for await (const manifest of streamSource(input, io)) {
    const read = await within(manifest, () => readSecret(manifest.value));
    const secret = name === undefined ? read : { ...read, metadata: { ...read.metadata, name } };
    yield { manifest, secret: await inNamespace(secret, manifest.place) };
  }
}
