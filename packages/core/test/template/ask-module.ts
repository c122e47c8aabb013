import { templateHost } from "#template-host";
import type { TemplateAnswer, TemplateQuestion } from "../../../../test/peers/template-oracle/ask-oracle.ts";
import { encodeItems, encodeTemplate } from "../../src/template/engine-input.ts";
import { unpacked } from "../../src/template/engine-on-host.ts";
import { Instance } from "../../src/template/instance.ts";
import { base64 } from "../encodings.ts";

let compiled: Promise<WebAssembly.Module> | undefined;

/** The module of the package, unpacked. */
export async function readModule(): Promise<Uint8Array<ArrayBuffer>> {
  return unpacked(templateHost, await templateHost.readModule());
}

export async function startInstance(): Promise<Instance> {
  compiled ??= readModule().then((bytes) => WebAssembly.compile(bytes));
  return new Instance(await compiled);
}

/** Asks the module what the oracle is asked, with Go's own words of an error, which no caller but this gets to see. */
export function askModule(instance: Instance, { items, name, text, limit }: TemplateQuestion): TemplateAnswer {
  instance.load(encodeItems(items));
  const rendered = instance.render(encodeTemplate(name, text), limit);
  const position = { line: 0, column: 0 };
  switch (rendered.status) {
    case "ok":
      return { status: 0, output: base64(rendered.output), ...position, error: "" };
    case "parse_error":
      return { ...position, status: 1, output: "", line: rendered.line ?? 0, error: explanation(instance) };
    case "execution_error":
      return {
        status: 2,
        output: "",
        line: rendered.line ?? 0,
        column: rendered.column ?? 0,
        error: explanation(instance),
      };
    case "output_limit":
      return { ...position, status: 3, output: "", error: explanation(instance) };
  }
}

function explanation(instance: Instance): string {
  instance.exports.explain();
  return base64(instance.answer());
}
