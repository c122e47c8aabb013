import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runGo } from "./compile.ts";

const LICENSE = /^(LICENSE|COPYING|NOTICE)(\.\w+)?$/i;

/**
 * The licences of everything that is compiled into the module: of Go itself and of each Go module, in the order of
 * their names.
 */
export function collectLicenses(folder: string): string {
  const listed = runGo(folder, "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}", ".");
  const modules = [...new Set(listed.split("\n"))].filter((line) => line !== "").map((line) => line.split("\t"));
  const others = modules.filter(([, version]) => version !== "").sort();
  const go = ["The Go standard library", "", runGo(folder, "env", "GOROOT").trim()];
  return [go, ...others].map(([name, version, source = ""]) => section(`${name} ${version}`.trim(), source)).join("\n");
}

function section(title: string, folder: string): string {
  const files = readdirSync(folder).filter((name) => LICENSE.test(name));
  if (files.length === 0) throw new Error(`${title} has no licence in ${folder}`);
  const texts = files.map((name) => readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").trim());
  return `${title}\n${"=".repeat(title.length)}\n\n${texts.join("\n\n")}\n`;
}
