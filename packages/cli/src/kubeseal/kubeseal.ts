import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { VERSION } from "../version.ts";
import { type GoArguments, GoUsageError, parseGoArguments } from "./arguments.ts";
import { flagList } from "./flags.ts";

/**
 * `kubeseal` as the Go project's users call it: its modes in the order in which they win over each other.
 *
 * @param program the name that it was called by, as the usage shows it
 */
export async function runKubeseal(program: string, args: readonly string[], io: Io): Promise<void> {
  const flags = await parse(program, args, io);
  if (flags.isSet("version")) return io.stdout.write(`kubeseal version: ${VERSION}\n`);
  if (flags.isSet("help")) return io.stdout.write(`${usageLine(program)}${flagList()}`);
  if (flags.asksForHelp) return printUsage(program, "", io);
  if (flags.hasOperands) throw new CommandError({ code: "operand_unexpected" });
  if (flags.deprecated.includes("rotate")) await io.stderr.write("--rotate is deprecated: it is now --re-encrypt\n");
  return (await modeOf(flags))(flags, io);
}

type Mode = (flags: GoArguments, io: Io) => Promise<void>;

/** Each mode is loaded only where it is asked for. */
async function modeOf(flags: GoArguments): Promise<Mode> {
  if (flags.list("from-file").length > 0 && !flags.isSet("raw"))
    throw new CommandError({ code: "from_file_without_raw" });
  if (flags.isSet("recovery-unseal")) return (await import("./recover.ts")).recover;
  if (flags.isSet("validate")) return (await import("./validate.ts")).validate;
  if (flags.isSet("re-encrypt")) return (await import("./re-encrypt.ts")).reEncrypt;
  if (flags.isSet("fetch-cert")) return (await import("./fetch-certificate.ts")).fetchCertificate;
  const target = flags.text("merge-into");
  if (target !== undefined) {
    const { mergeInto } = await import("./merge.ts");
    return (given, io) => mergeInto(target, given, io);
  }
  if (flags.isSet("raw")) return (await import("./raw.ts")).sealRaw;
  return (await import("./seal.ts")).seal;
}

async function parse(program: string, args: readonly string[], io: Io): Promise<GoArguments> {
  try {
    return parseGoArguments(args, io.env);
  } catch (error) {
    if (!(error instanceof GoUsageError)) throw error;
    await printUsage(program, `${error.message}\n`, io);
    throw new CommandError({ code: "usage_printed" });
  }
}

/** Where nobody asked for it by `--help`, its first line goes to stderr: that is how Go's flag package does it, and scripts know. */
async function printUsage(program: string, after: string, io: Io): Promise<void> {
  await io.stderr.write(usageLine(program));
  await io.stdout.write(flagList() + after);
}

function usageLine(program: string): string {
  return `Usage of ${program}:\n`;
}
