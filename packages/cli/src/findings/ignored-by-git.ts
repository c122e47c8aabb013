import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Io } from "../io.ts";
import type { Finding } from "./finding.ts";

/**
 * Leaves out plaintext that Git ignores: it lies beside what is sealed of it, and is never committed. Git is asked only where there is
 * plaintext; where there is no Git, or no repository, nothing is left out.
 */
export async function ignoredByGit(findings: readonly Finding[], io: Io): Promise<readonly Finding[]> {
  const sources = new Set(findings.filter(isPlaintext).map(({ source }) => source));
  sources.delete("stdin");
  if (sources.size === 0) return findings;
  const ignored = new Set(await ask([...sources], io));
  return findings.filter((finding) => !isPlaintext(finding) || !ignored.has(finding.source));
}

function isPlaintext({ code }: Finding): boolean {
  return code === "plaintext_secret";
}

/** A tracked file is never ignored, whatever `.gitignore` says. */
async function ask(paths: readonly string[], io: Io): Promise<readonly string[]> {
  try {
    // A repository's configuration may name a program to run as its file system monitor.
    const git = spawn("git", ["-c", "core.fsmonitor=false", "check-ignore", "-z", "--stdin"], {
      cwd: io.files.resolve("."),
      env: { ...io.env, GIT_OPTIONAL_LOCKS: "0" },
      stdio: ["pipe", "pipe", "ignore"],
    });
    const ended = new Promise<void>((resolve) => git.once("close", () => resolve()).once("error", () => resolve()));
    git.stdin.on("error", () => undefined).end(paths.map((path) => `${path}\0`).join(""));
    const [output] = await Promise.all([text(git.stdout), ended]);
    return output.split("\0");
  } catch {
    return [];
  }
}
