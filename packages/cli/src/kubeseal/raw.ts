import { type Binding, readScope, sealValue } from "@sealwright/core";
import { getValidCertificate } from "../certificate-source.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { contextNamespace } from "../kube-namespace.ts";
import { STDIN } from "../manifest.ts";
import type { GoArguments } from "./arguments.ts";
import { certificateRequest } from "./connection.ts";
import { announceTerminal, sourceOf } from "./input.ts";

/** `--raw`: one value from a file or stdin, every byte of it, to base64 on stdout, without a line end. */
export async function sealRaw(flags: GoArguments, io: Io): Promise<void> {
  const files = flags.list("from-file");
  if (files.length > 1) throw new CommandError({ code: "raw_values_many" });
  if (flags.text("secret-file") !== undefined) throw new CommandError({ code: "raw_input_ignored" });
  const request = certificateRequest(flags, io);
  const binding = await bindingOf(flags, io);
  const certificate = await getValidCertificate(request, io);
  const value = await readValue(sourceOf(pathOf(files[0])), io);
  if (value.length === 0 && !flags.isSet("allow-empty-data")) throw new CommandError({ code: "raw_value_empty" });
  const sealed = await sealValue(value, binding, certificate);
  const output = flags.text("sealed-secret-file");
  await (output === undefined ? io.stdout.write(sealed) : io.files.replace(output, sealed));
}

async function bindingOf(flags: GoArguments, io: Io): Promise<Binding> {
  const scope = readScope(flags.text("scope") ?? "strict");
  if (scope === "cluster-wide") return { scope, namespace: "", name: "" };
  const { cluster } = certificateRequest(flags, io);
  const namespace = flags.text("namespace") ?? (await contextNamespace(cluster, io));
  if (namespace === undefined) throw new CommandError({ code: "raw_flag_missing", flag: "--namespace", scope });
  const name = flags.text("name") ?? "";
  if (name === "" && scope === "strict") throw new CommandError({ code: "raw_flag_missing", flag: "--name", scope });
  return { scope, namespace, name };
}

/** `[KEY=]FILE`, as kubectl has it; for one value the key says nothing. */
function pathOf(fromFile: string | undefined): string | undefined {
  return fromFile?.includes("=") ? fromFile.slice(fromFile.indexOf("=") + 1) : fromFile;
}

async function readValue(source: string, io: Io): Promise<Uint8Array> {
  if (source !== STDIN) return io.files.read(source);
  await announceTerminal("(tty detected: expecting a secret to encrypt in stdin)", io);
  return io.stdin.read();
}
