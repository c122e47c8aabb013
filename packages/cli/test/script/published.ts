import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** How a program is started: by what, with which arguments before its own, and under which name. */
export interface Start {
  readonly command: string;
  readonly before: readonly string[];
  readonly name?: string;
}

type ProgramName = "sealwright" | "kubeseal";

/** What a script's programs are: their sources, `npm run build`'s bundle, or its executable. */
export type Form = "source" | "bundle" | "executable";

/** As `SEALWRIGHT_PROGRAM` says it. */
export const FORM = formOf(process.env["SEALWRIGHT_PROGRAM"]);

const STARTS: Readonly<Record<Form, (name: ProgramName) => Start>> = {
  source: (name) => onNode(name === "sealwright" ? "../../src/bin.ts" : "../../src/kubeseal/bin.ts"),
  bundle: (name) => onNode(`../../dist/${name}.cjs`),
  executable: (name) => {
    const suffix = process.platform === "win32" ? ".exe" : "";
    const file = `../../../../dist/executables/sealwright-${process.platform}-${process.arch}${suffix}`;
    return { command: built(file), before: [], name };
  },
};

/** Others are names that `main` is called by, or files in the world's folder. */
export function isBuilt(name = ""): name is ProgramName {
  return name === "sealwright" || name === "kubeseal";
}

/** Null where there is no program of that name. */
export function startOf(name: string): Start | null {
  return isBuilt(name) ? STARTS[FORM](name) : null;
}

function onNode(file: string): Start {
  return { command: process.execPath, before: [built(file)] };
}

function built(file: string): string {
  const path = fileURLToPath(new URL(file, import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is not there: npm run build -- --executables makes it`);
  return path;
}

function formOf(declared = "source"): Form {
  if (declared === "source" || declared === "bundle" || declared === "executable") return declared;
  throw new Error("SEALWRIGHT_PROGRAM is source, bundle or executable");
}
