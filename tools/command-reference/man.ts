import type { Page } from "./page.ts";

/** The name of a page's file: `sealwright-cert-show.1`. */
export function manFile(command: string): string {
  return `${manName(command)}.1`;
}

/** A page for `man`, in roff with the macros of man(7). */
export function man(page: Page, version: string): string {
  const name = manName(page.command);
  return [
    `.TH ${quoted(name.toUpperCase())} 1 "" ${quoted(`Sealwright ${version}`)}`,
    ".SH NAME",
    `${escaped(name)} \\- ${escaped(page.summary)}`,
    ".SH SYNOPSIS",
    `.B ${escaped(page.command)}`,
    escaped(page.synopsis.slice(page.command.length).trim()),
    ...(page.operand === undefined ? [] : [".SH OPERANDS", ...entry(page.operand.name, page.operand.help)]),
    ".SH OPTIONS",
    ...page.flags.flatMap(({ signature, help }) => entry(signature, help)),
    ...(page.examples.length === 0
      ? []
      : [".SH EXAMPLES", ".EX", ...page.examples.map((example) => escaped(example)), ".EE"]),
    ".SH EXIT STATUS",
    ...page.exitCodes.flatMap(([code, meaning]) => entry(String(code), meaning)),
    ".SH SEE ALSO",
    page.related.map((command) => `${escaped(manName(command))}(1)`).join(", "),
    "",
  ].join("\n");
}

function manName(command: string): string {
  return command.replaceAll(" ", "-");
}

function entry(term: string, text: string): readonly string[] {
  return [".TP", `.B ${escaped(term)}`, escaped(text)];
}

/** A line of text as it is: a leading dot or quote would be a macro, a bare hyphen could become another character. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/, "\\&$&");
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', "\\(dq")}"`;
}
