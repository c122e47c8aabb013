import type { Page } from "./page.ts";

/** The name of a page's file. */
export function markdownFile(command: string): string {
  return `${command === "sealwright" ? "README" : command.replace(/^sealwright /, "").replaceAll(" ", "-")}.md`;
}

/** A page for a reader on the web, where the summaries of all commands stand on the first. */
export function markdown(page: Page, all: readonly Page[]): string {
  const sections = [
    `# ${page.command}\n\n${sentence(page.summary)}\n`,
    `\`\`\`\n${page.synopsis}\n\`\`\`\n`,
    page.operand === undefined ? "" : `\`${page.operand.name}\`: ${page.operand.help}\n`,
    page.command === "sealwright"
      ? section(
          "Commands",
          page.related.map((name) => commandRow(name, all)),
          ["", ""],
        )
      : "",
    section(
      "Flags",
      page.flags.map(({ signature, help }) => [code(signature), cell(help)]),
      ["Flag", "What it does"],
    ),
    page.examples.length === 0 ? "" : `## Examples\n\n\`\`\`sh\n${page.examples.join("\n")}\n\`\`\`\n`,
    page.command === "sealwright" || page.command === "kubeseal"
      ? section(
          "Exit codes",
          page.exitCodes.map(([number, meaning]) => [String(number), cell(meaning)]),
          ["", ""],
        )
      : "",
    page.command === "sealwright" ? "" : `See also: ${page.related.map(link).join(", ")}\n`,
  ];
  return sections.filter((text) => text !== "").join("\n");
}

function commandRow(name: string, all: readonly Page[]): readonly string[] {
  return [link(name), cell(all.find(({ command }) => command === name)?.summary ?? "")];
}

function section(title: string, rows: readonly (readonly string[])[], heads: readonly string[]): string {
  const lines = [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`);
  return `## ${title}\n\n${lines.join("")}`;
}

function link(command: string): string {
  return `[${command}](${markdownFile(command)})`;
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

function cell(text: string): string {
  return text.replaceAll(/[|<>*_`[\]\\]/g, "\\$&");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
