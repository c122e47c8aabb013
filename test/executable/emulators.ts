import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** What runs programs of another machine on this one. */
export interface Emulator {
  /** The platform of its programs, as `npm run build -- --executables=` has it. */
  readonly target: string;
  /** With its arguments, before the program. */
  readonly command: readonly string[];
}

/** Where Debian's libc6-arm64-cross puts the C library. */
const ARM64_LIBRARIES = "/usr/aarch64-linux-gnu";

/** The first that has all that Bun needs of Windows; an older one may have it in its prefix. */
const WINE_MAJOR = 10;
const NEEDED_OF_WINDOWS = "drive_c/windows/system32/bcryptprimitives.dll";

/** Those of this machine, one for a platform: QEMU's for programs, as `qemu-user-static` brings it, and Wine. */
export function findEmulators(): readonly Emulator[] {
  if (process.platform !== "linux" || process.arch !== "x64") return [];
  return [...findQemu(), ...findWine()];
}

function findQemu(): readonly Emulator[] {
  const root = [ARM64_LIBRARIES, "/"].find((folder) => existsSync(join(folder, "lib/ld-linux-aarch64.so.1")));
  const qemu = ["qemu-aarch64-static", "qemu-aarch64"].find((name) => versionOf(name) !== null);
  return root === undefined || qemu === undefined ? [] : [{ target: "linux-arm64", command: [qemu, "-L", root] }];
}

function findWine(): readonly Emulator[] {
  const isReady = existsSync(join(process.env["WINEPREFIX"] ?? "", NEEDED_OF_WINDOWS));
  const wine = ["wine64", "wine", "/usr/lib/wine/wine64"].find((name) => {
    const [, major] = /^wine-(\d+)/.exec(versionOf(name) ?? "") ?? [];
    return major !== undefined && (isReady || Number(major) >= WINE_MAJOR);
  });
  return wine === undefined ? [] : [{ target: "win32-x64", command: [wine] }];
}

/** Null where there is no such program. */
function versionOf(program: string): string | null {
  const { status, stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout : null;
}
