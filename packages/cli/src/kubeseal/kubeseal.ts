import type { CertificateRequest } from "../certificate-source.ts";
import type { SealRequest } from "../commands/seal.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";
import { type GoArguments, GoUsageError, parseGoArguments } from "./arguments.ts";
import { type GoFlagName, goFlag, usageOf } from "./flags.ts";

/**
 * `kubeseal` as the Go project's users call it, for what this package can do so far: sealing and `--fetch-cert`. A flag that asks for
 * anything else is an error, never passed over.
 */
export async function runKubeseal(args: readonly string[], io: Io): Promise<void> {
  const { flags, operands } = await parse(args, io);
  const isSet = (name: GoFlagName) => flags.get(name) === "true";
  if (isSet("version")) return io.stdout.write(`kubeseal version: ${VERSION}\n`);
  if (isSet("help")) return io.stdout.write(usageOf("kubeseal"));
  refuseUnsupported(flags, operands);
  if (isSet("fetch-cert")) {
    const { writeCertificate } = await import("../commands/cert.ts");
    return writeCertificate({ certificate: certificateRequest(flags), output: given(flags, "sealed-secret-file") }, io);
  }
  const { sealSecrets } = await import("../commands/seal.ts");
  return sealSecrets(sealRequest(flags), io);
}

async function parse(args: readonly string[], io: Io): Promise<GoArguments> {
  try {
    return parseGoArguments(args, io.env);
  } catch (error) {
    if (!(error instanceof GoUsageError)) throw error;
    await io.stdout.write(usageOf("kubeseal"));
    throw new CommandError({ code: "usage", message: error.message, hint: "the usage lists the flags" });
  }
}

type GoFlagValues = GoArguments["flags"];

/** A switch that is off, and a value that is empty, ask for nothing. */
function refuseUnsupported(flags: GoFlagValues, operands: number): void {
  for (const [name, value] of flags) {
    if (goFlag(name)?.help !== undefined || value === "false" || value === "") continue;
    throw new CommandError({ code: "flag_not_supported_yet", flag: `--${name}` });
  }
  if (operands > 0) throw new CommandError({ code: "operand_unexpected" });
}

function sealRequest(flags: GoFlagValues): SealRequest {
  const output = given(flags, "sealed-secret-file");
  const scope = given(flags, "scope");
  return {
    inputs: [given(flags, "secret-file") ?? "-"],
    output,
    format: isYamlFile(output) ? "yaml" : (given(flags, "format") ?? "json").toLowerCase(),
    // There, strict is the default: asking for it is asking for nothing, and annotations decide.
    scope: scope === "strict" ? undefined : scope,
    namespace: given(flags, "namespace"),
    allowEmptyData: flags.get("allow-empty-data") === "true",
    certificate: certificateRequest(flags),
    dialect: {
      firstSeparator: true,
      clusterWideStaysBare: true,
      unchecked: true,
      terminalNotice: "(tty detected: expecting json/yaml k8s resource in stdin)",
    },
  };
}

function certificateRequest(flags: GoFlagValues): CertificateRequest {
  return {
    location: given(flags, "cert"),
    controller: {
      name: given(flags, "controller-name") ?? "sealed-secrets-controller",
      namespace: given(flags, "controller-namespace") ?? "kube-system",
    },
    cluster: { kubeconfig: given(flags, "kubeconfig"), context: given(flags, "context") },
  };
}

function isYamlFile(path: string | undefined): boolean {
  return path !== undefined && /\.ya?ml$/.test(path);
}

function given(flags: GoFlagValues, name: GoFlagName): string | undefined {
  return flags.get(name) || undefined;
}
