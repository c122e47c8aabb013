import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./root.ts";

/** Bun's own name for this machine. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "x64", arm64: "aarch64" };

/** The Bun that test/runtimes brings for this machine; null where it is not installed (`node tools/bootstrap.cjs --with test/runtimes`). */
export function findBun(): string | null {
  const { platform, arch } = process;
  const isWindows = platform === "win32";
  const name = `@oven/bun-${isWindows ? "windows" : platform}-${ARCHITECTURES[arch] ?? arch}`;
  try {
    const manifest = createRequire(join(root, "test/runtimes/package.json")).resolve(`${name}/package.json`);
    const bun = join(manifest, "..", "bin", isWindows ? "bun.exe" : "bun");
    return existsSync(bun) ? bun : null;
  } catch {
    return null;
  }
}
